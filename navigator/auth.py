"""Who is acting and what they may do: roles, regions, and the check every service call makes. It keeps nothing itself.

Accounts and sign-ins lie in navigator.store; the form and the cookie in navigator.signin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from navigator.errors import InputError

Role = Literal["public", "team", "staff", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most: each may do what those before it may."""

ROLE_NAMES: dict[Role, str] = {"public": "普通访客", "team": "小分队成员", "staff": "工作人员", "admin": "管理员"}


class NotAllowed(InputError):
    """Somebody asked for what their role or region does not cover, or is not signed in any more."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the command line) that does something. `region` is None for the whole city."""

    name: str
    role: Role
    region: str | None = None
    sign_in: str = field(default="", repr=False, compare=False)
    """The row of the sign-in this actor came with; empty for the command line and in tests of single calls."""

    @property
    def role_name(self) -> str:
        """The role in Chinese."""
        return ROLE_NAMES[self.role]

    @property
    def area(self) -> str:
        """The region in Chinese; 全市 for the whole city."""
        return self.region or "全市"

    def is_at_least(self, role: Role) -> bool:
        """Whether this role covers another."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def covers(self, region: str | None) -> bool:
        """Whether records of a region are this actor's business; where the region is unknown, only the whole city's."""
        return self.region is None or self.region == region


COMMAND_LINE = Actor("命令行", "admin")
"""Whoever can run commands on the server may do everything."""


def need(actor: Actor | None, role: Role, *, region: str | None = None) -> Actor:
    """The actor, if signed in still, of the role at least, and (where a region is given) responsible for it.

    Every service call starts with this. Raises NotAllowed.
    """
    if actor is None:
        raise NotAllowed("登录", "您还没有登录", f"{ROLE_NAMES[role]}登录后才能用")
    if actor.sign_in:
        actor = _as_of_now(actor)
    if not actor.is_at_least(role):
        raise NotAllowed("权限", f"您的身份是{actor.role_name}", f"{ROLE_NAMES[role]}才能用")
    if region is not None and not actor.covers(region):
        raise NotAllowed("权限", f"您负责的是{actor.region}", f"{region}的资料由当地工作人员处理")
    return actor


def _as_of_now(actor: Actor) -> Actor:
    """The same person with the role and region of this moment: both may have changed since the page began."""
    from navigator.store.sign_ins import actor_of  # SQLAlchemy: only for those who are signed in

    now = actor_of(actor.sign_in)
    if now is None:
        raise NotAllowed("登录", "已经退出，或者太久没有操作", "请重新登录")
    return now
