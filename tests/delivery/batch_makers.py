"""Enterprises that fit, ask, or do neither for one measure, with numbers and mailboxes, and batches made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from navigator.auth import Actor
from navigator.delivery import batches, filling
from navigator.delivery.messages import default_text
from navigator.delivery.selecting import Choice
from navigator.store.engine import transaction
from navigator.store.enterprise_intake import take_enterprises
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import source_ids
from navigator.store.push_tables import ContactRow
from tests.store.test_importing_columns import code

LI, WANG = Actor("京山小李", "staff", "京山市"), Actor("京山小王", "staff", "京山市")
ZHANG, ZHAO = Actor("市局老张", "staff"), Actor("市局老赵", "staff")
TEAM = Actor("小陈", "team", "京山市")
DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
MEASURE = "tax-small-low-profit-cit"
FITS = {
    "entity_type": "企业", "taxable_income": 1_000_000.0, "employees": 20.0, "total_assets": 2_000_000.0,
    "restricted_industry": False,
}  # fmt: skip


def firm(number: int, region: str = "京山市", **facts: object) -> dict[str, object]:
    """A checked profile that fits, but for what is given; None leaves a fact out."""
    whole = {"uscc": code(number), "name": f"第{number}厂", "region": region, **FITS, **facts}
    return {name: value for name, value in whole.items() if value is not None}


def put(firms: Iterable[dict[str, object]], *, contacts: bool = True, example: bool = False) -> None:
    """Take enterprises in, each (unless said otherwise) with a mobile number and a mailbox for pushes."""
    firms = list(firms)
    take_enterprises(ZHANG, firms, source="表", on=date(2026, 11, 1), example=example)  # type: ignore[arg-type]
    if contacts:
        for one in firms:
            add_contacts(str(one["uscc"]))


def add_contacts(uscc: str) -> None:
    """A mobile number and a mailbox by which an enterprise can be reached."""
    with transaction() as session:
        enterprise = session.query(EnterpriseRow).filter_by(uscc=uscc).one()
        source = source_ids(session, ["表"])["表"]
        for kind, value in (("phone", f"138{enterprise.id:08}"), ("email", f"firm{enterprise.id}@example.com")):
            session.add(
                ContactRow(
                    enterprise_id=enterprise.id, kind=kind, value=value, person="王会计", purpose="政策推送",
                    source_id=source, day=date(2026, 11, 1), until=date(2028, 11, 1),
                )
            )  # fmt: skip


def draft(channel: str = "sms", *, measures: tuple[str, ...] = (MEASURE,), **changes: object) -> batches.Draft:
    """A batch about one measure."""
    values: dict[str, object] = {
        "title": "小微所得税", "office": "京山市企业服务中心", "channel": channel, "choice": Choice(measures=measures),
        "text": default_text("京山市企业服务中心"),
    }  # fmt: skip
    return batches.Draft(**(values | changes))  # type: ignore[arg-type]


def selected(actor: Actor = ZHANG, channel: str = "sms", **changes: object) -> int:
    """A batch whose enterprises are selected."""
    number = batches.begin_batch(actor, draft(channel, **changes), DAY, now=NOON)
    filling.fill(actor, number)
    return number


def approved(channel: str = "sms", **changes: object) -> int:
    """A batch that one proposed and another approved."""
    number = selected(ZHANG, channel, **changes)
    batches.propose(ZHANG, number, now=NOON)
    batches.approve(ZHAO, number, now=NOON)
    return number
