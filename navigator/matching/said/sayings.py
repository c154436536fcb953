"""What a row of the tables is: one way to state one fact, as a pattern over a clause.

Rows err on the side of silence: between cue and number stand only the words of `~`, so 不到, 超过 or another subject in between leaves the
fact unknown. What a word merely makes likely is in no table: 厂 and 店 say nothing of the legal form (individuals may use both), 请了3个人
nothing of how many work there, 产值 is not revenue, 社保 does not name 失业保险. The rows stand in `business`, `records` and `plans`.

In a pattern `<name>` is a group of words from `words`, and these are read: <count>, <yuan>, <percent>, <number>, <day>; <place> (anywhere),
<ours> (a place of the city), <region> (the name of one of its regions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from navigator.matching.language import Value
from navigator.matching.said.clauses import Mood
from navigator.matching.said.numerals import NUMBER
from navigator.matching.said.places import places
from navigator.matching.said.words import WORDS

UNCLEAR = "?"
"""Value of a row that says the fact is not as another row may have read it: 我和老婆两个人,又请了一个人."""

_DAY = (
    r"[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2}(?![0-9])[日号]?"
    r"|[零〇一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
)
_GAP = "(?:大概|大约|大致|差不多|估计|约|能|可以|也就是|就是|就|总共|一共|共|有|是|为|在|达到?|到|了|的|得|:|=){0,5}"
_NAME = re.compile(r"(?<!\?P)<([a-z_]+)>")


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to state a fact.

    `value` is what it says where the pattern reads nothing, `denied` what 不是 or 没有 before it says; `despite`: the moods that do not
    matter; `unless`: words that take it back when they stand in the same clause or the one before; `after`: words the clause before must
    have (去年卖了90万,利润10万).
    """

    fact: str
    pattern: re.Pattern[str]
    value: Value = None
    denied: Value = None
    despite: Mood = Mood.PLAIN
    unless: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None


def say(
    fact: str,
    *patterns: str,
    value: Value = None,
    denied: Value = None,
    despite: Mood = Mood.PLAIN,
    unless: str | None = None,
    after: str | None = None,
) -> Iterator[Saying]:
    """The rows of one fact that differ in wording only."""
    taken_back, wanted = (_compile(words) if words else None for words in (unless, after))
    for pattern in patterns:
        yield Saying(fact, _compile(pattern), value, denied, despite, taken_back, wanted)


@cache
def _readings() -> dict[str, str]:
    known = places()
    return {
        "count": f"(?P<count>{NUMBER})",
        "yuan": f"(?P<yuan>{NUMBER})(?:元|块钱?)?",
        "percent": f"(?P<percent>百分之{NUMBER}|{NUMBER}(?:%|个百分点))",
        "number": f"(?P<number>{NUMBER})",
        "day": f"(?P<day>{_DAY})",
        "place": f"(?P<place>{known.any_pattern})",
        "ours": f"(?P<place>{known.own_pattern})",
        "region": f"(?P<place>{known.name_pattern})",
        "own_place": known.own_pattern,
        "city": known.city,
        "some": NUMBER,
    }


def _compile(pattern: str) -> re.Pattern[str]:
    readings = _readings()
    while _NAME.search(pattern):
        pattern = _NAME.sub(lambda found: readings.get(found[1]) or WORDS[found[1]], pattern)
    return re.compile(pattern.replace("~", _GAP), re.IGNORECASE)
