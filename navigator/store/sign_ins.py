"""Signing in and out: the tries, the open sign-ins, and who stands behind one at this moment.

A sign-in is a row; the browser holds a random value whose hash is the row's id. No clock but the one given is used in tests.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.errors import InputError, shorten
from navigator.settings import settings
from navigator.store.accounts import key_of, no_password, password_fits
from navigator.store.audit import audit
from navigator.store.engine import one_at_a_time, reading, transaction
from navigator.store.tables import AccountRow, AttemptRow, SignInRow

TRIES_WITHIN = timedelta(minutes=15)
TRIES_OF_A_NAME, TRIES_OF_AN_ADDRESS = 8, 40
"""Wrong tries within that time; an office shares one address."""

LONGEST = timedelta(hours=12)
"""A sign-in ends after this, whatever is done meanwhile."""

_TOUCH = timedelta(minutes=1)
_TRIES = 420801
_WRONG = ("登录", "用户名或密码不对", "请再试一次；忘了密码请找管理员")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in just begun: the value for the cookie and who signed in."""

    cookie: str
    actor: Actor


def sign_in(name: str, password: str, address: str, *, before: str = "", now: datetime | None = None) -> SignIn:
    """Begin a sign-in; the one the browser came with (`before`) ends. Raises InputError: too many tries, or simply wrong."""
    now = now or datetime.now(UTC)
    key = key_of(name)[:64]
    attempt = _announce(key, address, now)
    with reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.key == key))
    fits = password_fits(row.password if row else no_password(), password)
    if row is None or not fits or row.disabled:
        _log_refusal(row, key, address, now)
        raise InputError(*_WRONG)
    return _begin(row.id, attempt, address, before, now)


def count_try(address: str, *, now: datetime | None = None) -> int:
    """Count a try to sign in with an account of the organisation; gives its number. Raises InputError after too many."""
    return _announce("", address, now or datetime.now(UTC))


def sign_in_proven(name: str, attempt: int, address: str, *, before: str = "", now: datetime | None = None) -> SignIn:
    """Begin a sign-in of somebody whose name the organisation's provider has proved. Raises InputError: no account here, or off."""
    now = now or datetime.now(UTC)
    with reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.key == key_of(name)))
    if row is None or row.disabled:
        why = {"原因": "账号已停用" if row else "没有这个用户", "单位账号": name[:200], "地址": address}
        audit(Actor("未登录", "public"), "登录失败", f"user:{row.name}" if row else "user:", why, now=now)
        found = "在荆策通已停用" if row else "在荆策通还没有开通"
        raise InputError("登录", f"您的单位账号（{shorten(name, 64)}）{found}", "请找管理员")
    return _begin(row.id, attempt, address, before, now, {"方式": "单位账号"})


def _begin(
    account: int, attempt: int, address: str, before: str, now: datetime, details: Mapping[str, str] | None = None
) -> SignIn:
    cookie = secrets.token_urlsafe(32)
    with transaction() as session:
        row = session.get(AccountRow, account, with_for_update=True)
        if row is None or row.disabled:
            raise InputError(*_WRONG)
        tries = or_(AttemptRow.id == attempt, AttemptRow.key == row.key)
        session.execute(delete(AttemptRow).where(tries))
        session.execute(delete(SignInRow).where(or_(SignInRow.id == id_of(before), _is_over(now))))
        session.add(
            SignInRow(
                id=id_of(cookie),
                account_id=row.id,
                token=secrets.token_urlsafe(32),
                began=now,
                seen=now,
                address=address,
            )
        )
        actor = _actor(row, id_of(cookie))
        audit(actor, "登录", f"user:{row.name}", {"地址": address, **(details or {})}, within=session, now=now)
    return SignIn(cookie, actor)


def _announce(key: str, address: str, now: datetime) -> int:
    """Count this try before the password is looked at, so that many tries at once count as many; without a key, of the address."""
    with transaction() as session:
        one_at_a_time(session, _TRIES)
        session.execute(delete(AttemptRow).where(AttemptRow.at <= now - TRIES_WITHIN))
        limits = [(AttemptRow.address, address, TRIES_OF_AN_ADDRESS)]
        if key:
            limits.insert(0, (AttemptRow.key, key, TRIES_OF_A_NAME))
        for column, value, most in limits:
            tries = select(func.count(AttemptRow.id), func.min(AttemptRow.at)).where(column == value)
            count, first = session.execute(tries).one()
            if count >= most:
                wait = max(1, math.ceil((first + TRIES_WITHIN - now) / timedelta(minutes=1)))
                raise InputError("登录", "试错的次数太多了", f"请过 {wait} 分钟再试")
        row = AttemptRow(key=key, address=address, at=now)
        session.add(row)
        session.flush()
        return row.id


def _log_refusal(row: AccountRow | None, key: str, address: str, now: datetime) -> None:
    """A name without an account is not written down: it may be a password typed into the wrong box."""
    subject = f"user:{row.name}" if row else "user:"
    why = "账号已停用" if row and row.disabled else "密码不对" if row else "没有这个用户"
    audit(Actor("未登录", "public"), "登录失败", subject, {"原因": why, "地址": address}, now=now)


def actor_of(sign_in: str, *, now: datetime | None = None) -> Actor | None:
    """Who stands behind a sign-in (its row's id) at this moment, with today's role and region; None once it is over."""
    now = now or datetime.now(UTC)
    with reading() as session:
        found = _open(session, sign_in, now)
    if found is None:
        return None
    row, account = found
    if now - row.seen >= _TOUCH:
        _touch(sign_in, now)
    return _actor(account, sign_in)


def _touch(sign_in: str, now: datetime) -> None:
    with transaction() as session:
        row = session.get(SignInRow, sign_in)
        if row is not None and row.seen < now:
            row.seen = now


def form_token(sign_in: str, *, now: datetime | None = None) -> str:
    """What a form of this sign-in carries; empty once it is over."""
    with reading() as session:
        found = _open(session, sign_in, now or datetime.now(UTC))
    return found[0].token if found else ""


def token_fits(sign_in: str, token: str, *, now: datetime | None = None) -> bool:
    """Whether a form came from this sign-in."""
    expected = form_token(sign_in, now=now)
    return bool(expected) and hmac.compare_digest(expected.encode(), token.encode())


def sign_out(sign_in: str) -> None:
    """End a sign-in; nothing happens where it is over already."""
    with transaction() as session:
        row = session.get(SignInRow, sign_in)
        if row is None:
            return
        account = session.get_one(AccountRow, row.account_id)
        session.delete(row)
        audit(_actor(account, ""), "退出", f"user:{account.name}", within=session)


def sign_out_everywhere_else(actor: Actor) -> int:
    """End a person's other sign-ins; says how many there were."""
    with transaction() as session:
        mine = session.get(SignInRow, actor.sign_in)
        if mine is None:
            return 0
        others = (SignInRow.account_id == mine.account_id) & (SignInRow.id != mine.id)
        ended = session.execute(delete(SignInRow).where(others)).rowcount
        audit(actor, "退出其他地方", f"user:{actor.name}", {"几处": ended}, within=session)
        return ended


def count_open(actor: Actor, *, now: datetime | None = None) -> int:
    """In how many places this person is signed in."""
    with reading() as session:
        mine = session.get(SignInRow, actor.sign_in)
        if mine is None:
            return 0
        query = select(func.count(SignInRow.id)).where(
            SignInRow.account_id == mine.account_id, ~_is_over(now or datetime.now(UTC))
        )
        return session.scalar(query) or 0


def id_of(cookie: str) -> str:
    """The id of the row behind a cookie's value."""
    return hashlib.sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def _open(session: Session, sign_in: str, now: datetime) -> tuple[SignInRow, AccountRow] | None:
    query = select(SignInRow, AccountRow).join(AccountRow, AccountRow.id == SignInRow.account_id)
    found = session.execute(query.where(SignInRow.id == sign_in, ~_is_over(now), AccountRow.disabled.is_(None))).first()
    return (found[0], found[1]) if found else None


def _is_over(now: datetime) -> object:
    idle = timedelta(minutes=settings().idle_minutes)
    return or_(SignInRow.seen <= now - idle, SignInRow.began <= now - LONGEST)


def _actor(row: AccountRow, sign_in: str) -> Actor:
    return Actor(row.name, row.role, row.region, sign_in)
