"""What an enterprise sees and says by the link of a push: why it was pushed, 适用 or 不适用, the fact it was asked for, 不再接收.

A link stands for one push. It answers from sending until its days are over, or says that the batch was withdrawn. Looking changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.corpus.model import FactSpec, Measure
from navigator.delivery.grounds import Ground, read_ground, substance
from navigator.delivery.links import links
from navigator.delivery.messages import money_words
from navigator.delivery.opt_outs import SELF, stops_of
from navigator.errors import InputError, shorten
from navigator.matching.assess import MeasureResult, assess
from navigator.matching.cells import read_cell
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import reading, transaction
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.enterprises import ChangedMeanwhile, Enterprise, plain_value, read_enterprise, save_facts
from navigator.store.push_tables import AnswerRow, BatchRow, OptOutRow, PushRow, SubjectRow

REASONS = {
    "already": "已经享受了",
    "not_fit": "条件不符合",
    "no_need": "不需要",
    "wrong_info": "信息有误",
    "other": "其他",
}
UNCLEAR, UNCLEAR_WORDS = "-", "说不清是哪一条"
"""Chosen where somebody cannot say which condition or fact it is."""
LONGEST_WORDS = 300
SOURCE = "企业自报（推送回复）"
REACHED = ("sent", "handing", "unsure")
"""States of a push that has, or may have, reached the enterprise."""

_WRITER = Actor(SELF.name, "team")
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What the enterprise said last."""

    at: datetime
    fits: bool
    reason: str | None
    about: str | None
    words: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Other:
    """Another push of the same batch to the same enterprise."""

    token: str
    name: str
    kind: str
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """What a link leads to. `withdrawn` says why where the batch was withdrawn; then nothing can be answered."""

    token: str
    push_id: int
    kind: str
    enterprise: str
    office: str
    example: bool
    sent: date
    last_day: date
    withdrawn: str | None
    ground: Ground
    money: str
    fact: str | None
    measure: Measure | None
    """As it stands today; None where the library no longer has it."""
    is_changed: bool
    """Whether its substance changed since it was pushed."""
    answer: Answer | None
    found: MeasureResult | None
    """What today's rules say once the fact asked for was told."""
    stopped: frozenset[str | None]
    others: tuple[Other, ...]


def read_letter(token: str, *, now: datetime | None = None) -> Letter | None:
    """What a link leads to; None for one that is wrong, over, or not sent. Changes nothing, as messengers look at links before people do."""
    now = now or datetime.now(UTC)
    with reading() as session:
        held = _held(session, token, now)
        return _letter(session, token, *held, now) if held else None


def say_fits(token: str, *, now: datetime | None = None) -> bool:
    """The enterprise says 适用. False where the link does not answer any more."""
    return _answer(token, AnswerRow(fits=True, reason=None, about=None, words="", facts={}), now)


def say_not(token: str, reason: str, about: str = "", words: str = "", *, now: datetime | None = None) -> bool:
    """The enterprise says 不适用, why, and which condition or fact. Raises InputError; False where the link does not answer any more."""
    if reason not in REASONS:
        raise InputError("原因", "没有选", "请选一个原因")
    words = words.replace("\r\n", "\n").replace("\0", "").strip()
    if len(words) > LONGEST_WORDS:
        raise InputError("说明", f"有 {len(words)} 个字", f"最多 {LONGEST_WORDS} 个字")
    if reason == "other" and not words:
        raise InputError("说明", "没有写", "选“其他”时请写几个字")
    chosen = None
    if reason in ("not_fit", "wrong_info"):
        what = "哪一条条件不符合" if reason == "not_fit" else "哪一项信息有误"
        if not about:
            raise InputError("原因", f"没有选{what}", f"请选一下；说不上来就选“{UNCLEAR_WORDS}”")
        chosen = None if about == UNCLEAR else shorten(about, 190)
        if chosen is not None and chosen not in choices(token, reason, now=now):
            raise InputError("原因", f"{what}没有看懂", "请从列出的里面选")
    return _answer(token, AnswerRow(fits=False, reason=reason, about=chosen, words=words, facts={}), now)


def choices(token: str, reason: str, *, now: datetime | None = None) -> list[str]:
    """What can be chosen beside a reason: the push's conditions, or the facts it used."""
    letter = read_letter(token, now=now)
    return choices_of(letter, reason) if letter else []


def choices_of(letter: Letter, reason: str) -> list[str]:
    """What can be chosen beside a reason of a letter."""
    if reason == "not_fit":
        return [shorten(text, 190) for text, _, _ in letter.ground.conditions]
    specs = default_rulebook().facts.specs
    return [specs[name].label for name in letter.ground.facts if name in specs]


def tell_fact(token: str, raw: str, *, now: datetime | None = None) -> bool:
    """The enterprise tells the fact it was asked for: it enters its record and is kept with the push. Raises InputError.

    What offices know from elsewhere is not overwritten: both stay, and staff look at it. False where the link does not answer any more.
    """
    now = now or datetime.now(UTC)
    with reading() as session:
        held = _held(session, token, now)
        spec = default_rulebook().facts.specs.get(held[0].fact or "") if held else None
        if held is None or spec is None or _withdrawn(held[1]):
            return False
        push, _ = held
        enterprise = session.get_one(EnterpriseRow, push.enterprise_id)
        measure_id = session.get_one(SubjectRow, push.subject_id).measure_id
    value, day = _read_told(spec, raw), now.astimezone(SHANGHAI).date()
    profile = _into_record(enterprise.uscc, spec.name, value, day).profile | {spec.name: value}
    found = _result(profile, measure_id, day)
    fits = found is not None and found.status == "eligible"
    told = AnswerRow(fits=fits, reason=None, about=None, words="", facts={spec.name: plain_value(value)})
    return _answer(token, told, now)


def stop(token: str, *, everything: bool, now: datetime | None = None) -> bool:
    """The enterprise wants nothing pushed any more, of this measure or at all. False where the link does not answer any more."""
    now = now or datetime.now(UTC)
    with transaction() as session:
        held = _held(session, token, now, lock=True)
        if held is None:
            return False
        push, _ = held
        wanted = None if everything else session.get_one(SubjectRow, push.subject_id).measure_id
        known = stops_of(session, [push.enterprise_id]).get(push.enterprise_id, frozenset())
        if wanted not in known:
            number = push.enterprise_id
            session.add(OptOutRow(enterprise_id=number, measure_id=wanted, at=now, by=SELF.name, remark="推送链接"))
            what = {"哪些": wanted or "所有推送"}
            audit(SELF, "不再接收推送", f"push:{push.id}", what, within=session, now=now)
        return True


def _held(session: Session, token: str, now: datetime, *, lock: bool = False) -> tuple[PushRow, BatchRow] | None:
    """The push of a token and its batch, while the link answers."""
    number = links(session).push(token)
    if number is None:
        return None
    query = select(PushRow).where(PushRow.id == number)
    push = session.scalar(query.with_for_update() if lock else query)
    if push is None or push.state not in REACHED:
        return None
    batch = session.get_one(BatchRow, push.batch_id)
    return None if now >= _ends(push, batch) else (push, batch)


def _ends(push: PushRow, batch: BatchRow) -> datetime:
    return _began(push, batch) + timedelta(days=batch.link_days)


def _began(push: PushRow, batch: BatchRow) -> datetime:
    return push.sent or batch.approved or batch.made


def _withdrawn(batch: BatchRow) -> str | None:
    return (batch.reason or "没有写原因") if batch.state == "withdrawn" else None


def _answer(token: str, new: AnswerRow, now: datetime | None) -> bool:
    """Keep an answer in the place of the one before; the log names what was said, never the words or values."""
    now = now or datetime.now(UTC)
    with transaction() as session:
        held = _held(session, token, now, lock=True)
        if held is None or _withdrawn(held[1]):
            return False
        push, _ = held
        known = session.get(AnswerRow, push.id)
        names = ("fits", "reason", "about", "words", "facts")
        if known is not None and all(getattr(known, name) == getattr(new, name) for name in names):
            return True
        if known is None:
            new.push_id, new.at = push.id, now
            session.add(new)
        else:
            for name in names:
                setattr(known, name, getattr(new, name))
            known.at = now
        audit(SELF, "回复推送", f"push:{push.id}", _log_line(new, known is not None), within=session, now=now)
        return True


def _log_line(new: AnswerRow, is_correction: bool) -> dict[str, str]:
    said = "补了信息" if new.facts else "适用" if new.fits else f"不适用（{REASONS[new.reason or 'other']}）"
    return {"回复": said} | ({"更正": "是"} if is_correction else {})


def _read_told(spec: FactSpec, raw: str) -> Value:
    """What was typed as the value of a fact; InputError in words for who typed it."""
    try:
        value = read_cell(default_rulebook().facts, spec, raw)
    except InputError as fault:
        raise InputError(spec.label, fault.found, fault.expected) from None
    if value is None:
        raise InputError(spec.label, "没有填", "请填上再提交")
    return value


def _into_record(uscc: str, fact: str, value: Value, day: date) -> Enterprise:
    """Put a told fact into the record, unless it is known from elsewhere by now; gives the record as it stands."""
    for _ in range(_TRIES):
        record = read_enterprise(_WRITER, uscc)
        known = record.facts.get(fact)
        if known is not None and (known.source != SOURCE or known.value == value):
            return record
        try:
            return save_facts(
                _WRITER, uscc, {fact: value}, source=SOURCE, on=day, based_on=record.version, remark="推送回复"
            )
        except ChangedMeanwhile:
            continue
    raise InputError("资料", "正有人在改这份档案，这次没有存上", "请过一会儿再提交")


def _result(profile: Mapping[str, Value], measure_id: str, day: date) -> MeasureResult | None:
    found = assess(profile, day)
    return next((one for one in found.measures if one.measure.id == measure_id), None)


def _letter(session: Session, token: str, push: PushRow, batch: BatchRow, now: datetime) -> Letter:
    day = now.astimezone(SHANGHAI).date()
    ground = read_ground(session, push.id)
    if ground is None:
        raise InputError("推送", "判断的依据没有找到", "请联系发出推送的单位")
    subject = session.get_one(SubjectRow, push.subject_id)
    enterprise = session.get_one(EnterpriseRow, push.enterprise_id)
    compiled = rulebook_for(day).by_id.get(subject.measure_id)
    measure = compiled.measure if compiled else None
    answer = _given(session.get(AnswerRow, push.id))
    told = bool(answer and answer.facts)
    return Letter(
        token=token,
        push_id=push.id,
        kind=push.kind,
        enterprise=_name_of(enterprise),
        office=batch.office,
        example=push.example,
        sent=_began(push, batch).astimezone(SHANGHAI).date(),
        last_day=(_ends(push, batch) - timedelta(microseconds=1)).astimezone(SHANGHAI).date(),
        withdrawn=_withdrawn(batch),
        ground=ground,
        money=money_words(push.estimate, subject.estimate_kind, subject.per) if push.kind == "fits" else "",
        fact=push.fact,
        measure=measure,
        is_changed=measure is not None and substance(measure) != subject.substance,
        answer=answer,
        found=_result(_profile(enterprise) | dict(answer.facts), subject.measure_id, day) if told and answer else None,
        stopped=stops_of(session, [push.enterprise_id]).get(push.enterprise_id, frozenset()),
        others=_others(session, push),
    )


def _given(row: AnswerRow | None) -> Answer | None:
    if row is None:
        return None
    book = default_rulebook().facts
    facts = {name: book.read_value(name, raw) for name, raw in row.facts.items() if name in book.specs}
    return Answer(row.at, row.fits, row.reason, row.about, row.words, facts)


def _name_of(row: EnterpriseRow) -> str:
    return str(row.facts["name"][0]) if "name" in row.facts else "您的企业"


def _profile(row: EnterpriseRow) -> dict[str, Value]:
    """The record's values that facts.yaml still knows."""
    book = default_rulebook().facts
    values: dict[str, Value] = {}
    for name, kept in row.facts.items():
        try:
            values[name] = book.read_value(name, kept[0])
        except InputError:
            continue
    return values


def _others(session: Session, push: PushRow) -> tuple[Other, ...]:
    query = (
        select(PushRow.id, PushRow.kind, SubjectRow.name, AnswerRow.push_id)
        .join(SubjectRow, SubjectRow.id == PushRow.subject_id)
        .outerjoin(AnswerRow, AnswerRow.push_id == PushRow.id)
        .where(PushRow.enterprise_id == push.enterprise_id, PushRow.batch_id == push.batch_id)
        .where(PushRow.id != push.id, PushRow.state.in_(REACHED))
        .order_by(PushRow.id)
    )
    signer = links(session)
    rows = session.execute(query).all()
    return tuple(Other(signer.token(number), name, kind, answered is not None) for number, kind, name, answered in rows)
