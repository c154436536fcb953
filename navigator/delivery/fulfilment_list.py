"""The list of a 免申即享 round: made by the rules from the records, gone through by a person, exported for the public notice.

Who is on it is what the rules say of the records as of a day; whoever is struck or added has a reason beside the name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, insert, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from navigator.auth import Actor, need
from navigator.delivery.fulfilment import ITEM_STATES, item_of, row_of, subject, text_of
from navigator.delivery.selecting import Choice, Selector
from navigator.downloads import Download, csv_download
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.dates import period as period_of
from navigator.matching.rulebook import CompiledMeasure, rulebook_for
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import in_region_of, plain_value, read_enterprise
from navigator.store.fulfilment_tables import ItemRow, RoundRow

AT_ONCE = 5_000
MOST_YUAN = 1e10


@dataclass(frozen=True, slots=True)
class Made:
    """A new round as somebody wants it. `promised` None: as the measure says, or to be filled in."""

    measure_id: str
    period: str
    office: str
    as_of: date
    region: str | None = None
    example: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """Whom the rules put on a list: record id, yuan (None unknown), ground."""

    id: int
    amount: float | None
    ground: Mapping[str, Any]


def measures_of(as_of: date) -> dict[str, str]:
    """The 免申即享 measures in force on a day: id and name."""
    found = [
        one.measure
        for one in rulebook_for(as_of).measures
        if one.measure.delivery == "免申即享" and period_of(one.measure, as_of) == "in_force"
    ]
    return {one.id: one.name for one in sorted(found, key=lambda one: one.name)}


def make_round(actor: Actor | None, wanted: Made, *, now: datetime | None = None) -> int:
    """Make the list of a measure by the rules of a day. For staff; those of a region make it of their region's enterprises."""
    actor = need(actor, "staff")
    region = actor.region or wanted.region
    period, office = text_of(wanted.period, "期间", 40), text_of(wanted.office, "部门", 64)
    if wanted.measure_id not in measures_of(wanted.as_of):
        raise InputError("政策", f"不是 {wanted.as_of} 有效的免申即享事项", "从列表里选一项，或者换一个日期")
    compiled = rulebook_for(wanted.as_of).by_id[wanted.measure_id]
    found, records, undecided = _select(actor, compiled, wanted, region)
    apply = compiled.measure.apply
    row = RoundRow(
        measure_id=wanted.measure_id, measure=compiled.measure.name[:200], period=period, office=office, region=region,
        example=wanted.example, as_of=wanted.as_of, corpus_version=rulebook_for(wanted.as_of).corpus.fingerprint[:32],
        conditions=[[rule.condition.text, rule.source] for rule in compiled.rules], records=records, undecided=undecided,
        promised=apply.promised_days,
        promised_source="政策库里这项政策的承诺时限" if apply.promised_days is not None else "",
        starts="notice", state="checking", made=now or datetime.now(UTC), made_by=actor.name, proposed=None,
        proposed_by=None, confirmed=None, confirmed_by=None, notice_from=None, notice_to=None, notice_place="", due=None,
    )  # fmt: skip
    try:
        with transaction() as session:
            session.add(row)
            session.flush()
            _keep_items(session, actor, row, found)
            about = {"政策": wanted.measure_id, "期间": period, "部门": office, "家数": len(found)}
            audit(actor, "列兑现名单", subject(row), about, within=session, now=now)
            return row.id
    except IntegrityError:
        raise InputError(
            "兑现", f"{office}这项政策的“{period}”已经有一轮", "打开那一轮接着办，或者换一个期间"
        ) from None


def _select(actor: Actor, compiled: CompiledMeasure, wanted: Made, region: str | None) -> tuple[list[_Found], int, int]:
    """Who is on the list, how many records were looked at, how many the rules cannot decide."""
    selector = Selector(
        [wanted.measure_id], wanted.as_of, Choice(measures=(wanted.measure_id,)), rulebook_for(wanted.as_of)
    )
    benefit = compiled.measure.benefit
    is_exact = benefit.estimate_kind == "exact" and benefit.per in ("年", "一次性")
    found: list[_Found] = []
    records = undecided = 0
    with reading() as session:
        where = (EnterpriseRow.example.is_(wanted.example), in_region_of(actor), _place(region))
        for rows, facts in selector.reader.pieces(session, *where):
            selection = selector.select(facts)
            records, undecided = records + len(rows), undecided + selection.undecided
            for one in selection.selected:
                if one.kind == "asks":
                    undecided += len(one.rows)
                    continue
                for place, amount, key in zip(one.rows.tolist(), one.estimates.tolist(), one.grounds, strict=True):
                    known = is_exact and math.isfinite(amount)
                    ground = json.loads(selection.grounds[key])
                    found.append(_Found(rows[place].id, round(amount, 2) if known else None, ground))
    return found, records, undecided


def _place(region: str | None) -> ColumnElement[bool]:
    return true() if region is None else EnterpriseRow.region == region


def _keep_items(session: Session, actor: Actor, row: RoundRow, found: list[_Found]) -> None:
    for start in range(0, len(found), AT_ONCE):
        part = {one.id: one for one in found[start : start + AT_ONCE]}
        query = select(EnterpriseRow.id, EnterpriseRow.uscc, EnterpriseRow.facts, EnterpriseRow.region)
        items = [
            {
                "round_id": row.id, "enterprise_id": one.id, "uscc": one.uscc, "region": one.region, "by_rules": True,
                "name": str(one.facts["name"][0])[:200] if "name" in one.facts else one.uscc,
                "ground": part[one.id].ground, "amount": part[one.id].amount, "computed": part[one.id].amount is not None,
                "state": "listed", "reason": "", "done_on": None, "paid": None, "at": row.made, "by": actor.name,
            }
            for one in session.execute(query.where(EnterpriseRow.id.in_(part)))
        ]  # fmt: skip
        session.execute(insert(ItemRow), items)


# ---- going through it


def check(actor: Actor | None, number: int, items: Iterable[int] | None = None, *, now: datetime | None = None) -> int:
    """Confirm items of a list, all that wait without `items`; gives how many. For staff, of the round's region."""
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        row = row_of(session, actor, number, "checking")
        wanted = true() if items is None else ItemRow.id.in_(list(items))
        changed: CursorResult[Any] = session.connection().execute(
            update(ItemRow)
            .where(ItemRow.round_id == number, ItemRow.state == "listed", wanted)
            .values(state="checked", at=now, by=actor.name)
        )
        audit(actor, "核对兑现名单", subject(row), {"家数": changed.rowcount}, within=session, now=now)
        return int(changed.rowcount)


def strike(actor: Actor | None, item: int, reason: str, *, now: datetime | None = None) -> None:
    """Take one off the list, with a reason."""
    actor = need(actor, "staff")
    reason = text_of(reason, "剔除的原因")
    _change(actor, item, "剔除一家", {"原因": reason}, {"state": "struck", "reason": reason}, now)


def put_back(actor: Actor | None, item: int, *, now: datetime | None = None) -> None:
    """One that was struck is on the list again, to be gone through."""
    _change(actor, item, "放回一家", {}, {"state": "listed", "reason": ""}, now)


def set_amount(actor: Actor | None, item: int, amount: float, *, now: datetime | None = None) -> None:
    """Fill in or change what is due, in yuan."""
    actor = need(actor, "staff")
    if not (math.isfinite(amount) and 0 <= amount <= MOST_YUAN):
        raise InputError("金额", f"写的是 {amount}", "应是不小于0的数，单位是元")
    yuan = round(amount, 2)
    _change(actor, item, "改应兑现金额", {"金额": yuan}, {"amount": yuan, "computed": False}, now)


def _change(
    actor: Actor | None,
    item: int,
    action: str,
    about: dict[str, Any],
    values: Mapping[str, Any],
    now: datetime | None,
) -> None:
    actor = need(actor, "staff")
    now = now or datetime.now(UTC)
    with transaction() as session:
        found, row = item_of(session, actor, item, "checking")
        for name, value in values.items():
            setattr(found, name, value)
        found.at, found.by = now, actor.name
        audit(actor, action, subject(row), {"企业": found.uscc} | about, within=session, now=now)


def add_item(
    actor: Actor | None,
    number: int,
    uscc: str,
    reason: str,
    amount: float | None = None,
    *,
    now: datetime | None = None,
) -> int:
    """Put an enterprise on the list that the rules did not: with a reason, and with what the rules say of it kept beside."""
    actor = need(actor, "staff")
    reason, now = text_of(reason, "补进来的原因"), now or datetime.now(UTC)
    record = read_enterprise(actor, uscc)
    with transaction() as session:
        row = row_of(session, actor, number, "checking")
        if row.example != record.example or (row.region is not None and record.region != row.region):
            raise InputError("企业", f"{record.name}不在这一轮的范围里", "示例和真的分开办，别的区域由当地办")
        found = next((one for one in assess(record.profile, row.as_of).measures if one.measure.id == row.measure_id), None)  # fmt: skip
        outcomes = [one.outcome for one in found.conditions] if found else []
        used = rulebook_for(row.as_of).by_id[row.measure_id].facts
        facts = {name: plain_value(record.profile[name]) for name in sorted(used) if name in record.profile}
        made = ItemRow(
            round_id=number, enterprise_id=record.id, uscc=record.uscc, name=record.name[:200], region=record.region,
            by_rules=False, ground={"facts": facts, "outcomes": outcomes, "missing": list(found.missing) if found else []},
            amount=None if amount is None else round(amount, 2), computed=False, state="checked", reason=reason,
            done_on=None, paid=None, at=now, by=actor.name,
        )  # fmt: skip
        if session.scalar(select(ItemRow.id).where(ItemRow.round_id == number, ItemRow.enterprise_id == record.id)):
            raise InputError("企业", f"{record.name}已经在名单里", "剔除过的可以放回")
        session.add(made)
        session.flush()
        audit(actor, "补进一家", subject(row), {"企业": record.uscc, "原因": reason}, within=session, now=now)
        return made.id


# ---- files


def export_list(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The list of a round as CSV. Parameters: id; notice=1: only what a public notice shows of those to be paid. For staff."""
    actor = need(actor, "staff")
    text = parameters.get("id", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    notice = parameters.get("notice") == "1"
    with reading() as session:
        row = row_of(session, actor, number)
        query = select(ItemRow).where(ItemRow.round_id == number).order_by(ItemRow.name, ItemRow.id)
        items = session.scalars(
            query.where(ItemRow.state.in_(("checked", "paid", "granted"))) if notice else query
        ).all()
    if notice and row.state in ("checking", "proposed"):
        raise InputError("公示名单", "名单还没有确认", "第二个人确认以后再下载")
    audit(actor, "下载兑现名单", subject(number), {"行数": len(items), "用途": "公示" if notice else "办理"})
    mark = "示例_" if row.example else ""
    name = f"{mark}{row.measure[:40]}_{row.period}_{'公示名单' if notice else '兑现名单'}.csv".replace("/", "-")
    if notice:
        rows: Iterable[tuple[Any, ...]] = (
            (place, one.name, one.uscc, _yuan(one.amount)) for place, one in enumerate(items, start=1)
        )
        return csv_download(name, ("序号", "名称", "统一社会信用代码", "金额（元）"), rows)
    header = (
        "名称",
        "统一社会信用代码",
        "所在地区",
        "怎么来的",
        "应兑现（元）",
        "状态",
        "原因",
        "兑现日",
        "实发（元）",
        "经手人",
    )
    rows = (
        (
            one.name, one.uscc, one.region or "", "按规则" if one.by_rules else "人工补进", _yuan(one.amount),
            ITEM_STATES[one.state], one.reason, one.done_on or "", _yuan(one.paid), one.by,
        )
        for one in items
    )  # fmt: skip
    return csv_download(name, header, rows)


def _yuan(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
