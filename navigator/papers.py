"""少带材料: what the plan's 免证办, 容缺受理, 打包办 and the like may spare for one measure.

It promises nothing: the plan is a draft, and what is shown says so each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from navigator.corpus.load import Corpus
from navigator.corpus.model import Measure, PaperRule
from navigator.matching.dates import period


@dataclass(frozen=True, slots=True)
class FewerPapers:
    """One rule that touches a measure; `papers` are those of its own materials that it may spare, none when it is about the whole matter."""

    rule: PaperRule
    papers: tuple[str, ...]

    @property
    def line(self) -> str:
        """`营业执照、身份证：可能不用带纸的（免证办，第32项承诺）`."""
        what = f"{'、'.join(self.papers)}：" if self.papers else ""
        return f"{what}{self.rule.short}（{self.rule.way}，第{self.rule.commitment}项承诺）"


def fewer_papers(corpus: Corpus, measure: Measure, as_of: date) -> tuple[FewerPapers, ...]:
    """What may be left out or brought later for a measure, in the file's order; nothing once the measure has ended."""
    if corpus.papers is None or period(measure, as_of) == "expired":
        return ()
    return tuple(FewerPapers(rule, spared_by(rule, measure)) for rule in corpus.papers.rules if touches(rule, measure))


def spared_by(rule: PaperRule, measure: Measure) -> tuple[str, ...]:
    """The materials of a measure that a rule's words stand in."""
    return tuple(paper for paper in measure.apply.materials if any(word in paper for word in rule.papers))


def touches(rule: PaperRule, measure: Measure) -> bool:
    """Whether a rule is about a measure: by name, or by its papers and its place, never where a bank asks for them."""
    if measure.id in rule.not_for:
        return False
    if measure.id in rule.measures:
        return True
    if measure.domain not in rule.domains or measure.delivery == "金融机构办理":
        return False
    fits_papers = not rule.papers or bool(spared_by(rule, measure))
    return fits_papers and (not rule.places or any(word in (measure.apply.where or "") for word in rule.places))
