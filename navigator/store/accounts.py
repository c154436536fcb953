"""Accounts: made, changed and switched off by administrators; passwords kept as argon2 hashes. Signing in is sign_ins.py."""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from navigator.auth import ROLE_NAMES, ROLES, Actor, Role, need
from navigator.corpus.regions import load_regions
from navigator.errors import InputError, shown
from navigator.store.audit import audit
from navigator.store.engine import reading, transaction
from navigator.store.tables import AccountRow, AttemptRow, SignInRow

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_NAME = re.compile(r"[\w.·@+-]{2,64}")
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_hashing = threading.BoundedSemaphore(2)
"""Each hash takes 32 MB and a processor; a crowd at the door waits its turn."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it."""

    id: int
    name: str
    role: Role
    region: str | None
    created: datetime
    disabled: datetime | None

    @property
    def subject(self) -> str:
        """What the log calls it."""
        return f"user:{self.name}"


def key_of(name: str) -> str:
    """The name as names are compared."""
    return unicodedata.normalize("NFKC", name).replace("\0", "").strip().casefold()


def add_account(actor: Actor | None, name: str, role: str, region: str | None, password: str | None) -> Account:
    """Make an account; without a password it is for the organisation's provider only (navigator.oidc). For administrators.

    Raises InputError for a name taken, a role or region there is none of, a weak password.
    """
    actor = need(actor, "admin")
    name = _checked_name(name)
    kept_role, region = _checked_scope(role, region)
    now = datetime.now(UTC)
    row = AccountRow(
        name=name,
        key=key_of(name),
        role=kept_role,
        region=region,
        password=_unknown_password() if password is None else hash_password(password, name),
        created=now,
        password_set=now,
    )
    try:
        with transaction() as session:
            session.add(row)
            session.flush()
            details = {"身份": ROLE_NAMES[kept_role], "区域": region or "全市"}
            audit(actor, "新建用户", f"user:{name}", details, within=session)
    except IntegrityError:
        raise _taken(name) from None
    return _account(row)


def check_new_account(actor: Actor | None, name: str, role: str, region: str | None) -> None:
    """Raises what `add_account` would, but for the password: to be told before one is asked for."""
    need(actor, "admin")
    name = _checked_name(name)
    _checked_scope(role, region)
    with reading() as session:
        if session.scalar(select(AccountRow.id).where(AccountRow.key == key_of(name))):
            raise _taken(name)


def check_account(actor: Actor | None, name: str) -> Account:
    """An account by its name. For administrators. Raises InputError where there is none."""
    need(actor, "admin")
    with reading() as session:
        return _account(find(session, name))


def list_accounts(actor: Actor | None) -> list[Account]:
    """All accounts by name. For administrators."""
    need(actor, "admin")
    with reading() as session:
        return [_account(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.key))]


def set_scope(actor: Actor | None, name: str, role: str, region: str | None) -> Account:
    """Give an account another role and region; it counts from the person's next click. For administrators."""
    actor = need(actor, "admin")
    kept_role, region = _checked_scope(role, region)
    with transaction() as session:
        row = find(session, name)
        before = _account(row)
        row.role, row.region = kept_role, region
        _keep_one_administrator(session)
        details = {
            "身份": [ROLE_NAMES[before.role], ROLE_NAMES[kept_role]],
            "区域": [before.region or "全市", region or "全市"],
        }
        audit(actor, "改用户权限", before.subject, details, within=session)
        return _account(row)


def set_enabled(actor: Actor | None, name: str, enabled: bool) -> Account:
    """Switch an account on or off; off ends its sign-ins at once. For administrators."""
    actor = need(actor, "admin")
    with transaction() as session:
        row = find(session, name)
        row.disabled = None if enabled else row.disabled or datetime.now(UTC)
        _keep_one_administrator(session)
        if not enabled:
            session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))
        audit(actor, "启用用户" if enabled else "停用用户", f"user:{row.name}", within=session)
        return _account(row)


def set_password(actor: Actor | None, name: str, password: str) -> None:
    """Give an account another password; its sign-ins end, wrong tries are forgotten. For administrators."""
    actor = need(actor, "admin")
    with transaction() as session:
        row = find(session, name)
        row.password, row.password_set = hash_password(password, row.name), datetime.now(UTC)
        session.execute(delete(SignInRow).where(SignInRow.account_id == row.id))
        session.execute(delete(AttemptRow).where(AttemptRow.key == row.key))
        audit(actor, "重设密码", f"user:{row.name}", within=session)


def change_own_password(actor: Actor | None, old: str, new: str) -> None:
    """A person's own change: the old password is asked for, and all their other sign-ins end."""
    actor = need(actor, "public")
    with reading() as session:
        row = find(session, actor.name)
    if not password_fits(row.password, old):
        raise InputError("原密码", "不对", "请再输一次")
    hashed = hash_password(new, actor.name)
    with transaction() as session:
        row = find(session, actor.name)
        row.password, row.password_set = hashed, datetime.now(UTC)
        others = (SignInRow.account_id == row.id) & (SignInRow.id != actor.sign_in)
        session.execute(delete(SignInRow).where(others))
        audit(actor, "改密码", f"user:{row.name}", within=session)


def find(session: Session, name: str) -> AccountRow:
    """The row of an account; InputError where there is none."""
    row = session.scalar(select(AccountRow).where(AccountRow.key == key_of(name)))
    if row is None:
        raise InputError("用户名", f"没有叫{shown(name)}的用户", "看看用户名有没有写错")
    return row


def hash_password(password: str, name: str) -> str:
    """The hash of a password fit for use; InputError says what is wrong with another."""
    if len(password) < SHORTEST_PASSWORD:
        raise InputError("密码", f"只有 {len(password)} 个字符", f"至少 {SHORTEST_PASSWORD} 个")
    if len(password) > LONGEST_PASSWORD:
        raise InputError("密码", f"有 {len(password)} 个字符", f"最多 {LONGEST_PASSWORD} 个")
    plain = password.casefold()
    if len(set(plain)) < 5 or key_of(name) in plain or plain.rstrip("0123456789!@#.") in _COMMON or plain.isdecimal():
        raise InputError("密码", "太好猜", "不要用用户名、常见密码、纯数字或重复的字符")
    with _hashing:
        return _hasher.hash(password)


_COMMON = frozenset(
    {
        "password",
        "p@ssword",
        "passw0rd",
        "p@ssw0rd",
        "qwertyuiop",
        "qwerty",
        "abcdefghij",
        "abc",
        "admin",
        "jingmen",
        "1q2w3e4r5t",
    }
)


def password_fits(hashed: str, password: str) -> bool:
    """Whether a password belongs to a hash; takes the same time for every hash."""
    try:
        with _hashing:
            return _hasher.verify(hashed, password[: LONGEST_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def no_password() -> str:
    """A hash that no password belongs to: names without an account take as long to refuse as wrong passwords."""
    return _unknown_password()


def _unknown_password() -> str:
    """The hash of a password that nobody ever saw."""
    return _hasher.hash(secrets.token_urlsafe(32))


def regions_of_staff() -> list[str]:
    """The regions somebody can be responsible for: those of the city."""
    regions = load_regions()
    return [region for region in regions.names if regions.code_of(region)]


def _taken(name: str) -> InputError:
    return InputError("用户名", f"“{name}”已经有人用了", "换一个名字")


def _checked_name(name: str) -> str:
    name = unicodedata.normalize("NFKC", name).strip()
    if not _NAME.fullmatch(name) or len(key_of(name)) > 64:
        raise InputError("用户名", f"写的是{shown(name)}", "应是2到64个汉字、字母、数字，可以带 . - _ @ +")
    return name


def _checked_scope(role: str, region: str | None) -> tuple[Role, str | None]:
    if role not in ROLES:
        raise InputError("身份", f"写的是{shown(role)}", f"应是 {'、'.join(ROLES)} 之一")
    if region is not None and region not in regions_of_staff():
        raise InputError("区域", f"没有{shown(region)}", f"应是{'、'.join(regions_of_staff())}之一；管全市的不写")
    if role == "admin" and region is not None:
        raise InputError("区域", f"给管理员写了{shown(region)}", "管理员管全市，不写区域")
    return role, region


def _keep_one_administrator(session: Session) -> None:
    session.flush()
    active = select(func.count(AccountRow.id)).where(AccountRow.role == "admin", AccountRow.disabled.is_(None))
    if not session.scalar(active):
        raise InputError("管理员", "这样就一个都没有了", "先让另一个人当管理员")


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.name, row.role, row.region, row.created, row.disabled)
