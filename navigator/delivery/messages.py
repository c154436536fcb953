"""What goes to an enterprise: one message for all its pushes of a batch, written from the batch's text and what each push is about.

The same rows always give the same message. Nothing is sent here, and no address is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.corpus.load import default_corpus
from navigator.delivery.links import TRIAL, address_of, links
from navigator.errors import InputError, shorten
from navigator.matching.amounts import show_yuan
from navigator.matching.rulebook import default_rulebook
from navigator.store.push_tables import BatchRow, GroundRow, MessageRow, PushRow, SubjectRow

BLANKS = ("企业", "事项", "金额", "链接", "原因")
LONGEST_TEXT = 500
EXAMPLE_MARK = "【示例】"

_BLANK = re.compile(r"\{([^{}]*)\}")
_LONGEST_NAME = 40
_AT_ONCE = 500
_PER = {"年": "每年", "月": "每月", "一次性": "一次性"}


@dataclass(frozen=True, slots=True)
class Item:
    """One push as its message tells it: `reasons` are the conditions that hold, `asked` the label of the fact a push asks for."""

    push_id: int
    measure_id: str
    name: str
    kind: str
    estimate: float | None
    estimate_kind: str | None
    per: str | None
    reasons: tuple[str, ...]
    asked: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a message goes to. `number` is the message's own, by which other systems report back; 0 for one only looked at."""

    enterprise_id: int
    name: str
    address: str
    person: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it goes out; `names` and `links` stand in the order of `push_ids`."""

    number: int
    batch_id: int
    enterprise_id: int
    push_ids: tuple[int, ...]
    enterprise: str
    to: str
    person: str
    subject: str
    text: str
    names: tuple[str, ...]
    links: tuple[str, ...]
    office: str
    example: bool
    trial: bool


def default_text(office: str = "") -> str:
    """A plain text to begin with."""
    sign = f" {office}" if office else ""
    return f"【{default_corpus().city.product}】{{企业}}：{{事项}}，{{原因}}，{{金额}}。查看和回复：{{链接}}{sign}"


def check_text(text: str) -> str:
    """The text of a batch, stripped; InputError for an unknown blank, a single brace, no link, or one far too long."""
    text = text.strip()
    unknown = [blank for blank in _BLANK.findall(text) if blank not in BLANKS]
    allowed = "、".join(f"{{{blank}}}" for blank in BLANKS)
    if unknown:
        raise InputError("短信内容", f"有不认识的空格 {{{shorten(unknown[0], 20)}}}", f"只能用 {allowed}")
    if re.search(r"[{}]", _BLANK.sub("", text)):
        raise InputError("短信内容", "花括号没有成对", f"空格要写成 {allowed}")
    if "{链接}" not in text:
        raise InputError("短信内容", "没有 {链接}", "企业要点链接才能看明细、回复")
    if len(text) > LONGEST_TEXT:
        raise InputError("短信内容", f"有 {len(text)} 个字", f"最多 {LONGEST_TEXT} 个字")
    if re.search(r"\{链接\}[^\s）)，。；、！？]", text):
        raise InputError("短信内容", "{链接} 后面紧跟着字", "后面空一格，不然手机认不准链接到哪里为止")
    return text


def sms_parts(text: str) -> int:
    """As how many short messages a text is billed: 70 characters, or 67 each where it takes several."""
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)


def compose(batch: BatchRow, receiver: Receiver, items: Sequence[Item], addresses: Sequence[str]) -> Message:
    """One message about some pushes of a batch; `addresses` are their links, or one TRIAL link for all."""
    trial = addresses[0] == address_of(TRIAL)
    filled = {
        "企业": shorten(receiver.name, _LONGEST_NAME),
        "事项": _what(items),
        "金额": _money(items),
        "链接": addresses[0],
        "原因": _why(items),
    }
    mark = EXAMPLE_MARK if batch.example else ""
    asks_only = all(item.kind == "asks" for item in items)
    return Message(
        number=receiver.number,
        batch_id=batch.id,
        enterprise_id=receiver.enterprise_id,
        push_ids=tuple(item.push_id for item in items),
        enterprise=receiver.name,
        to=receiver.address,
        person=receiver.person,
        subject=mark + shorten(f"{'想请您补一项信息' if asks_only else '政策提醒'}：{filled['事项']}", 100),
        text=mark + _BLANK.sub(lambda blank: filled[blank[1]], batch.text),
        names=tuple(item.name for item in items),
        links=tuple(addresses),
        office=batch.office,
        example=batch.example,
        trial=trial,
    )


def preview(session: Session, batch: BatchRow, receiver: Receiver, push_ids: Sequence[int]) -> Message:
    """The message as it will read, with a link that leads to no enterprise: for looking at it and for trying it out."""
    items = items_of(session, push_ids)
    wanted = [items[push_id] for push_id in push_ids]
    return compose(batch, receiver, wanted, [address_of(TRIAL)] * len(wanted))


def messages_of(session: Session, batch: BatchRow, rows: Sequence[MessageRow]) -> list[Message]:
    """The messages of a batch as they go out, in the order of the rows, each with the live links of its pushes."""
    made = []
    signer = links(session)
    for part in _parts(rows):
        query = (
            select(PushRow.id, PushRow.message_id)
            .where(PushRow.message_id.in_([row.id for row in part]))
            .order_by(PushRow.id)
        )
        pushes: dict[int, list[int]] = {}
        for push_id, message_id in session.execute(query):
            pushes.setdefault(message_id or 0, []).append(push_id)
        items = items_of(session, [push_id for found in pushes.values() for push_id in found])
        for row in part:
            receiver = Receiver(row.enterprise_id, row.name, row.address, row.person, row.id)
            mine = [items[push_id] for push_id in pushes.get(row.id, ())]
            if mine:
                made.append(compose(batch, receiver, mine, [signer.link(item.push_id) for item in mine]))
    return made


def items_of(session: Session, push_ids: Sequence[int]) -> dict[int, Item]:
    """What some pushes are about, by push."""
    found: dict[int, Item] = {}
    for part in _parts(push_ids):
        query = (
            select(PushRow, SubjectRow, GroundRow.content)
            .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
            .join(GroundRow, GroundRow.hash == PushRow.ground)
            .where(PushRow.id.in_(part))
        )
        for push, subject, ground in session.execute(query):
            found[push.id] = _item(push, subject, ground)
    return found


def _parts(whole: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (whole[start : start + _AT_ONCE] for start in range(0, len(whole), _AT_ONCE))


def _item(push: PushRow, subject: SubjectRow, ground: Mapping[str, list[bool | None]]) -> Item:
    outcomes = zip(subject.conditions, ground["outcomes"], strict=True)
    return Item(
        push.id, subject.measure_id, subject.name, push.kind, push.estimate, subject.estimate_kind, subject.per,
        tuple(condition[0] for condition, outcome in outcomes if outcome), label_of(push.fact) if push.fact else "",
    )  # fmt: skip


def label_of(fact: str) -> str:
    """What a fact is called; its name where facts.yaml no longer has it."""
    spec = default_rulebook().facts.specs.get(fact)
    return spec.label if spec else fact


def money_words(estimate: float | None, estimate_kind: str | None, per: str | None) -> str:
    """预计每年约3.6万元, 一次性最多5000元; empty where there is nothing to say."""
    if not estimate or estimate <= 0:
        return ""
    how = "最多" if estimate_kind == "at_most" else "约"
    return f"{'' if estimate_kind == 'at_most' else '预计'}{_PER.get(per or '', '')}{how}{show_yuan(estimate)}"


def _what(items: Sequence[Item]) -> str:
    if len(items) <= 2:
        return "、".join(item.name for item in items)
    return f"{items[0].name}等{len(items)}项政策"


def _money(items: Sequence[Item]) -> str:
    only = items[0] if len(items) == 1 else None
    told = money_words(only.estimate, only.estimate_kind, only.per) if only and only.kind == "fits" else ""
    return told or "能得什么、怎么办理见链接"


def _why(items: Sequence[Item]) -> str:
    asked = [item for item in items if item.kind == "asks"]
    fits = len(items) - len(asked)
    if len(items) == 1:
        return _why_one(items[0])
    if not asked:
        return "按现有资料条件都符合"
    if not fits:
        return "各差一项信息就能判断"
    return f"{fits}项按现有资料条件都符合，{len(asked)}项差一项信息"


def _why_one(item: Item) -> str:
    if item.kind == "asks":
        return f"只差一项信息（{item.asked}）就能判断"
    if not item.reasons:
        return "按现有资料条件都符合"
    more = f"等{len(item.reasons)}项条件" if len(item.reasons) > 2 else ""
    return f"按现有资料符合{'、'.join(item.reasons[:2])}{more}"
