"""The typed shape of every file in policy_corpus/: facts, measures, commitments, platforms, the city.

Only shape is held here (keys, lists of allowed words, dates in order). Predicates are plain text at this level; whether they parse, and
whether links exist, is `navigator.matching.check`'s matter.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
MeasureId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Level = Literal["国家", "湖北省", "荆门市"]
Domain = Literal[
    "税费减免",
    "社保就业",
    "融资担保",
    "科技创新",
    "产业发展",
    "外贸跨境",
    "用能用地",
    "准入与政务服务",
    "信用与法治",
    "人才",
]
Delivery = Literal["免申即享", "自行申报享受", "申请审核", "金融机构办理"]
Verification = Literal["confirmed", "partly", "unverified"]
BenefitKind = Literal[
    "减税",
    "免税",
    "降费",
    "返还",
    "补贴",
    "奖励",
    "贴息",
    "电价优惠",
    "担保费优惠",
    "贷款",
    "担保",
    "认定",
    "服务便利",
]
EstimateKind = Literal["exact", "at_most", "typical"]
Per = Literal["年", "一次性", "月"]
FactType = Literal["text", "choice", "code", "bool", "count", "number", "money", "percent", "date"]
Outcome = Literal["eligible", "not_eligible", "needs_info"]

NOT_MONEY: frozenset[str] = frozenset({"贷款", "担保"})
"""Benefit kinds whose amount is lent or guaranteed, never given: they are no part of a total."""


class Model(BaseModel):
    """Base of all corpus models: unknown keys are refused, values are never changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Derivation(Model):
    """One value of a derived fact and the predicate that forces it."""

    value: str | bool | float
    when: Text


class FactSpec(Model):
    """One fact about an enterprise (contract §1)."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Text
    type: FactType
    unit: str | None = None
    group: Text
    question: Text
    help: str | None = None
    values: list[Text] = []
    min: float | None = None
    actionable: bool = False
    derived: list[Derivation] = []
    basis: str | None = None
    """Where the rule of a derived fact stands."""

    @model_validator(mode="after")
    def _choices_have_values(self) -> FactSpec:
        if (self.type == "choice") != bool(self.values):
            raise ValueError("values 只用于 choice 类型的事实,且不能为空")
        return self


class Implication(Model):
    """What a given fact implies about others, and why: it spares questions."""

    when: Text
    then: dict[str, str | bool | int | float]
    because: Text


class IntentQuestion(Model):
    """The one multiple-choice question that sets all intent facts at once."""

    question: Text
    help: str | None = None
    none_of_these: Text
    facts: list[str]


class FactsFile(Model):
    """policy_corpus/facts.yaml."""

    facts: list[FactSpec]
    implications: list[Implication]
    intent: IntentQuestion
    checkup: list[str]
    """The facts asked first in 政策体检, in order."""


class Source(Model):
    """The document a measure rests on."""

    document: str | None = None
    title: Text
    issuer: str | None = None
    issued: date | None = None
    links: list[Text] = []


class InForce(Model):
    """Period of validity; both end days belong to it."""

    from_: date | None = Field(alias="from")
    to: date | None
    to_inferred: bool = False
    sure_until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> InForce:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} 晚于 to {self.to};起始日应不晚于终止日")
        return self


class Condition(Model):
    """One requirement in words, as a predicate, with the article where it was read (null: the document)."""

    text: Text
    when: Text
    cite: str | None


class Benefit(Model):
    """What the enterprise gets. `estimate` is in yuan for each `per`."""

    kind: BenefitKind
    text: Text
    estimate: Text | None = None
    estimate_kind: EstimateKind | None = None
    per: Per | None = None
    basis: str | None = None
    """How the estimate is computed, in plain words."""

    @model_validator(mode="after")
    def _estimate_is_whole(self) -> Benefit:
        given = [part is not None for part in (self.estimate, self.estimate_kind, self.per)]
        if any(given) != all(given):
            raise ValueError("estimate、estimate_kind、per 要么都写,要么都不写")
        return self


class Window(Model):
    """One period in which applications are taken; both days belong to it."""

    from_: date | None = Field(alias="from")
    to: date | None
    note: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError(f"from {self.from_} 晚于 to {self.to};起始日应不晚于终止日")
        return self


class Apply(Model):
    """Where, how, with what, until when. `windows: []` is always open, null unknown."""

    where: str | None
    how: list[Text] = []
    materials: list[Text] = []
    deadline: str | None = None
    windows: list[Window] | None = None
    promised_days: int | None = None
    phone: str | None = None


class SharedCap(Model):
    """What several measures bring together at most: all that name it state the same `what` and `amount` (yuan in twelve months)."""

    name: MeasureId
    what: Text
    """In plain words, after “合起来最多是”."""
    amount: Text


class Review(Model):
    """Who read the file against its source, and when."""

    on: date
    by: Text


class Example(Model):
    """A small profile and what the conditions alone must say of it."""

    name: Text
    facts: dict[str, Any]
    expect: Outcome
    as_of: date | None = None
    estimate: float | None = None
    """Yuan that the estimate must give, where the example states it."""
    missing: list[str] | None = None


class Measure(Model):
    """One 政策事项: policy_corpus/measures/<id>.yaml."""

    id: MeasureId
    name: Text
    level: Level
    domain: Domain
    source: Source
    in_force: InForce
    verification: Verification
    verification_note: str | None = None
    review_by: date | None = None
    delivery: Delivery
    summary: Text
    say: list[Text] = []
    """Everyday words with which people ask for it, 2-8 characters each; search finds it by them, nobody reads them."""
    note: str | None = None
    """The present state in plain words: renewal, doubt, whom to ring."""
    conditions: list[Condition] = Field(min_length=1)
    confirm: list[Text] = []
    benefit: Benefit
    apply: Apply
    replaces: list[str] = []
    conflicts_with: list[str] = []
    best_of: str | None = None
    shared_cap: SharedCap | None = None
    commitments: list[int] = []
    reviewed: list[Review] = []
    examples: list[Example] = Field(min_length=3)

    @model_validator(mode="after")
    def _says_what_is_open(self) -> Measure:
        if self.verification != "confirmed" and not self.verification_note:
            raise ValueError(f"verification 是 {self.verification} 时要写 verification_note,说明哪里没有核实")
        return self


class Target(Model):
    """One printed figure of a commitment, with the words that carry it."""

    indicator: Text
    comparator: Literal[">=", "<=", "=", ">", "<"]
    value: float
    unit: str
    deadline: date | None
    quote: Text
    kind: Literal["target", "benefit", "procedure"]
    note: str | None = None


class Commitment(Model):
    """One of the plan's 45 commitments."""

    number: int
    action: Text
    title: Text
    text: Text
    summary: Text
    say: list[Text] = []
    """Everyday words with which people ask for it."""
    concerns: Text
    why: Text
    targets: list[Target]
    measures: list[str]
    platforms: list[str]
    note: str | None = None


class Platform(Model):
    """A platform or mechanism the plan names; `serve` says how the navigator serves it."""

    id: Annotated[str, StringConstraints(pattern=r"^sys-\d{3}$")]
    name: Text
    what: Text
    for_whom: str | None
    serve: Literal["build", "route", "track"]
    name_verbatim: bool
    commitments: list[int]
    where: str | None = None
    """Its place: in the plan for one that belongs to no commitment, else where it is found."""
    how: Text | None = None
    """How to reach it, in one or two sentences."""
    phone: Text | None = None
    measures: list[MeasureId] = []
    """The measures it serves."""
    say: list[Text] = []
    """Everyday words people ask for it with."""


class PaperRule(Model):
    """One of the plan's ways to bring fewer papers, and what it touches: measures by id, or by their papers or place."""

    id: MeasureId
    way: Text
    commitment: int
    quote: Text
    """The commitment's own words."""
    short: Text
    """What it may spare, in a few words."""
    advice: Text
    papers: list[Text] = []
    """Words looked for in a measure's materials."""
    places: list[Text] = []
    """Words looked for in where a measure is applied for."""
    domains: list[Domain] = []
    """Where `papers` and `places` are looked for; a bank's own papers are never meant."""
    measures: list[MeasureId] = []
    not_for: list[MeasureId] = []
    see: MeasureId | None = None
    """The measure that says more."""
    platform: str | None = None

    @model_validator(mode="after")
    def _touches_something(self) -> PaperRule:
        if not (self.measures or self.papers or self.places):
            raise ValueError("measures、papers、places 至少写一样，不然碰不到任何事项")
        if bool(self.papers or self.places) != bool(self.domains):
            raise ValueError("按材料或地点找的要写 domains，只按事项找的不写")
        return self


class PapersFile(Model):
    """policy_corpus/papers.yaml."""

    caveat: Text
    """How sure all of it is, and what to do before going."""
    rules: list[PaperRule]


class City(Model):
    """policy_corpus/city.yaml: what another city would change."""

    name: Text
    full_name: Text
    product: Text
    plan_document: Text
    plan_banner: Text
    phones: list[Phone]


class Phone(Model):
    """A number to ring, and for what."""

    name: Text
    number: Text
    for_what: Text


City.model_rebuild()
