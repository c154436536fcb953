"""One spoken sentence fills the profile: 我在钟祥开面馆,4个人,一年卖90万.

Only what was said is read: nothing follows from anything else, a vague number (十来个, 不到90万) is no number, and a question, a plan, a
supposition, the past or somebody else's business states nothing. What is said twice and differently is left out. The caller shows what was
read, with the words that said it, before it is used.
"""

from navigator.matching.said.reading import Said, facts_from_text, read_facts

__all__ = ["Said", "facts_from_text", "read_facts"]
