"""Pushes as they stand in the store once a batch went out, written there directly: tests of links, answers and files begin with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from navigator.auth import Actor
from navigator.delivery.grounds import keep_grounds, sealed, subject_ids
from navigator.delivery.links import links
from navigator.matching.assess import assess
from navigator.matching.rulebook import rulebook_for
from navigator.store.engine import transaction
from navigator.store.enterprises import add_enterprise, plain_value
from navigator.store.push_tables import BatchRow, HandOverRow, MessageRow, PushRow
from tests.store.test_importing_columns import code

CITY = Actor("市局老张", "staff")
LI = Actor("京山小李", "staff", "京山市")
DAY = date(2026, 11, 23)
SENT = datetime(2026, 11, 23, 2, tzinfo=UTC)
CIT, ASKED = "tax-small-low-profit-cit", "taxable_income"
FACTS = {
    "entity_type": "企业", "region": "京山市", "employees": 45, "total_assets": 1_000_000, "taxable_income": 160_000,
    "restricted_industry": False, "industry": "C3841",
}  # fmt: skip
TEXT = "【荆策通】{企业}：{事项}，{原因}，{金额}。查看和回复：{链接}"


@dataclass
class Pushed:
    """A batch of one message to one enterprise, and what it consists of."""

    batch: int
    uscc: str
    enterprise: int
    message: int
    pushes: list[int]
    tokens: list[str] = field(default_factory=list)

    @property
    def token(self) -> str:
        return self.tokens[0]

    @property
    def push(self) -> int:
        return self.pushes[0]


def push_out(
    number: int = 1,
    name: str = "京山机械厂",
    measures: tuple[str, ...] = (CIT,),
    *,
    kind: str = "fits",
    fact: str | None = None,
    example: bool = False,
    facts: dict[str, Any] = FACTS,
    state: str = "sent",
    scope: str | None = None,
    channel: str = "sms",
    address: str = "13800138000",
    batch: int | None = None,
    hand_over: int | None = None,
    sent: datetime = SENT,
    **of_batch: Any,
) -> Pushed:
    """Measures pushed to one enterprise (made here) in one message; with `batch`, as a further message of that one."""
    known = {name: value for name, value in facts.items() if name != fact}
    made = add_enterprise(
        CITY, {"uscc": code(number), "name": name, **known}, source="名单", on=date(2025, 10, 1), example=example
    )
    found = {one.measure.id: one for one in assess(made.profile, DAY).measures}
    rulebook = rulebook_for(DAY)
    with transaction() as session:
        batch = batch or _batch(session, example=example, scope=scope, channel=channel, **of_batch)
        subjects = subject_ids(session, [rulebook.by_id[one] for one in measures])
        message = MessageRow(
            batch_id=batch, enterprise_id=made.id, hand_over_id=hand_over, name=name, address=address, person="王经理",
            state="sent", remark=None, at=SENT, day=DAY,
        )  # fmt: skip
        session.add(message)
        session.flush()
        pushes = []
        for measure in measures:
            result = found[measure]
            used = {
                name: plain_value(made.profile[name])
                for rule in rulebook.by_id[measure].rules
                for name in rule.facts
                if name in made.profile
            }
            outcomes = [one.outcome for one in result.conditions]
            key, content = sealed(used, outcomes, result.missing)
            keep_grounds(session, {key: content})
            row = PushRow(
                batch_id=batch, subject_id=subjects[measure], enterprise_id=made.id, kind=kind, fact=fact,
                example=example, region="京山市", estimate=result.estimate, ground=key, state=state, remark=None,
                sent=sent if state == "sent" else None, month=202611 if state == "sent" else None,
                message_id=message.id,
            )  # fmt: skip
            session.add(row)
            session.flush()
            pushes.append(row.id)
        signer = links(session)
        return Pushed(batch, made.uscc, made.id, message.id, pushes, [signer.token(one) for one in pushes])


def begin_hand_over(batch: int) -> int:
    """A hand-over of a batch, to which messages can be added."""
    with transaction() as session:
        row = HandOverRow(batch_id=batch, at=SENT, by="市局老张", messages=1)
        session.add(row)
        session.flush()
        return row.id


def begin_batch(**columns: Any) -> int:
    """A batch without messages."""
    with transaction() as session:
        return _batch(session, **columns)


def _batch(session: Any, **columns: Any) -> int:
    row = BatchRow(
        **{
            "title": "十一月", "office": "荆门市经济和信息化局", "scope": None, "example": False, "channel": "sms",
            "choice": {}, "text": TEXT, "as_of": DAY, "corpus_version": "v", "link_days": 30, "daily": 1000,
            "state": "approved", "cursor": 0, "counts": {}, "made": SENT, "by": "市局老张", "proposed": SENT,
            "proposed_by": "市局老张", "approved": SENT, "approved_by": "市局老王", "tested": None, "withdrawn": None,
            "withdrawn_by": None, "reason": "", "worker": "", "seen": SENT,
        }
        | columns
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id
