"""Small worlds of pushes, answers, cases and judgements, written straight into the store, with what they should count to at hand."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from navigator.delivery.months import month_of
from navigator.store.engine import transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.judging_tables import CaseRow
from navigator.store.push_tables import AnswerRow, BatchRow, GroundRow, PushRow, SubjectRow
from tests.store.test_importing_columns import code

REGIONS = ("京山市", "钟祥市", "东宝区")
MEASURES = ("tax-small-low-profit-cit", "tax-hnte-15", "tax-vat-small-scale-exempt")
OFFICES = ("市税务局", "市经信局")
NOVEMBER = datetime(2026, 11, 10, 2, tzinfo=UTC)
GROUND = b"0123456789abcdef"


@dataclass
class Push:
    """One push of a world: `case` is the result and reason of its window case, on the day of the push."""

    enterprise: int
    measure: str
    region: str | None
    office: str
    sent: datetime | None = NOVEMBER
    state: str = "sent"
    kind: str = "fits"
    example: bool = False
    answer: str | None = None
    case: tuple[str, str | None] | None = None
    id: int = 0

    @property
    def month(self) -> int | None:
        return None if self.sent is None else month_of(self.sent)

    @property
    def counts(self) -> bool:
        """Whether it is in the real rates."""
        return self.state == "sent" and self.kind == "fits" and not self.example and self.sent is not None

    @property
    def said(self) -> str | None:
        """What counts of what was said of it."""
        if self.case in (("accepted", None), ("refused", "not_eligible")):
            return "accepted" if self.case[0] == "accepted" else "not_eligible"
        return self.answer


@dataclass
class World:
    """Pushes as they stand in the store."""

    pushes: list[Push] = field(default_factory=list)

    @property
    def counted(self) -> list[Push]:
        return [push for push in self.pushes if push.counts]


def make_world(pushes: list[Push]) -> World:
    """Keep these pushes with their enterprises, batches and subjects; ids are given in order."""
    with transaction() as session:
        for number in sorted({push.enterprise for push in pushes}):
            first = next(push for push in pushes if push.enterprise == number)
            session.add(
                EnterpriseRow(
                    id=number, uscc=code(number), name=f"甲{number}厂", region=first.region, example=first.example,
                    version=1, facts={"name": [f"甲{number}厂", 1, "2026-01-01"]}, changed=NOVEMBER, changed_by="x",
                )
            )  # fmt: skip
        for place, measure in enumerate(MEASURES, start=1):
            session.add(SubjectRow(id=place, measure_id=measure, substance="s", name=f"政策{place}", conditions=[]))
        kinds = sorted({(push.office, push.example) for push in pushes})
        for number, (office, example) in enumerate(kinds, start=1):
            session.add(_batch(number, office, example))
        session.add(GroundRow(hash=GROUND, content={"facts": {}, "outcomes": [], "missing": []}))
        session.flush()
        rows, answers = [], []
        for number, push in enumerate(pushes, start=1):
            push.id = number
            rows.append(
                {
                    "id": number, "batch_id": kinds.index((push.office, push.example)) + 1,
                    "subject_id": MEASURES.index(push.measure) + 1, "enterprise_id": push.enterprise,
                    "kind": push.kind, "fact": None, "example": push.example, "region": push.region, "estimate": None,
                    "ground": GROUND, "state": push.state, "remark": None, "sent": push.sent, "month": push.month,
                    "message_id": None,
                }
            )  # fmt: skip
            if push.answer is not None:
                answers.append(
                    {"push_id": number, "at": NOVEMBER, "fits": push.answer == "fits", "words": "", "facts": {},
                     "reason": None if push.answer == "fits" else push.answer}
                )  # fmt: skip
        session.execute(insert(PushRow), rows)
        if answers:
            session.execute(insert(AnswerRow), answers)
        for push in pushes:
            if push.case:
                session.add(a_case(push))
    return World(pushes)


def a_case(push: Push, days: int = 0, number: str = "") -> CaseRow:
    """The case of a push at a window, some days after it."""
    assert push.case is not None
    day = (push.sent or NOVEMBER) + timedelta(hours=8, days=days)
    return CaseRow(
        system="窗口", number=number or str(push.id), enterprise_id=push.enterprise, measure_id=push.measure,
        example=push.example, region=push.region, office="政务大厅", brought=date(day.year, day.month, day.day),
        result=push.case[0], reason=push.case[1], remark="", at=NOVEMBER, by="x",
    )  # fmt: skip


def _batch(number: int, office: str, example: bool) -> BatchRow:
    return BatchRow(
        id=number, title="推送", office=office, scope=None, example=example, channel="sms", choice={}, text="",
        as_of=date(2026, 11, 1), corpus_version="1", link_days=30, daily=1000, state="done", cursor=0, counts={},
        made=NOVEMBER, by="x", reason="", worker="", seen=NOVEMBER,
    )  # fmt: skip


def any_world(seed: int, count: int = 120) -> World:
    """Pushes of every kind by chance: other months, other states, invented ones, answered or decided or not."""
    chance = random.Random(seed)
    regions: dict[int, str | None] = {}
    pushes = []
    taken = set()
    for _ in range(count):
        enterprise, measure = chance.randint(1, 40), chance.choice(MEASURES)
        if (enterprise, measure) in taken:
            continue
        taken.add((enterprise, measure))
        region = regions.setdefault(enterprise, chance.choice((*REGIONS, None)))
        state = chance.choices(("sent", "unsure", "queued", "dropped"), (16, 1, 1, 1))[0]
        sent = chance.choice(
            (NOVEMBER, NOVEMBER, datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 10, 5, tzinfo=UTC))
        )
        pushes.append(
            Push(
                enterprise, measure, region, chance.choice(OFFICES), sent if state == "sent" else None, state,
                chance.choices(("fits", "asks"), (9, 1))[0], enterprise % 7 == 0,
                chance.choice((None, None, "fits", "already", "no_need", "not_fit", "wrong_info", "other")) if state == "sent" else None,
                chance.choice((None, None, None, ("accepted", None), ("refused", "not_eligible"), ("refused", "incomplete"), ("supplement", None))),
            )
        )  # fmt: skip
    return make_world(pushes)
