"""The one-time link of each push: which push a token belongs to, that nobody can make one up, and tries with wrong ones counted.

A token is the push's number with a 128-bit code over it (HMAC-SHA256 with a key of this installation), written in 58 letters and
digits that are not mistaken for one another. How long a link answers and what it shows is navigator.delivery.answers' matter.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from navigator.settings import settings
from navigator.store.engine import database_url, one_at_a_time, transaction
from navigator.store.push_tables import KeyRow
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS, TRIES_WITHIN
from navigator.store.tables import AttemptRow

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TRIAL = "test"
"""Stands for the token in messages that are only looked at or tried out."""

_KEY = "push-links"
_KEYS = 420811
_TRIES = 420812
_CODE_BITS = 128
_LONGEST = 32
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_known: dict[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads the links of this installation."""

    key: bytes = field(repr=False)

    def token(self, push_id: int) -> str:
        """The token of a push: 22 to 29 characters."""
        number = push_id << _CODE_BITS | int.from_bytes(self._code(push_id))
        signs = []
        while number:
            number, rest = divmod(number, len(ALPHABET))
            signs.append(ALPHABET[rest])
        return "".join(reversed(signs))

    def link(self, push_id: int) -> str:
        """The address that goes to the enterprise."""
        return address_of(self.token(push_id))

    def push(self, token: str) -> int | None:
        """The push a token belongs to; None for every other text."""
        if not token or len(token) > _LONGEST or token[0] == ALPHABET[0]:
            return None
        number = 0
        for sign in token:
            value = _VALUES.get(sign)
            if value is None:
                return None
            number = number * len(ALPHABET) + value
        push_id, code = number >> _CODE_BITS, number & (1 << _CODE_BITS) - 1
        fits = hmac.compare_digest(code.to_bytes(_CODE_BITS // 8), self._code(push_id))
        return push_id if fits else None

    def _code(self, push_id: int) -> bytes:
        return hmac.digest(self.key, f"push:{push_id}".encode(), "sha256")[: _CODE_BITS // 8]


def links(session: Session) -> Links:
    """The links of the store a session is open on; the key is made at first use, in the session's own transaction if it can write."""
    url = database_url()
    if url in _known:
        return Links(_known[url])
    row = session.get(KeyRow, _KEY)
    if row is not None:
        _known[url] = row.value
        return Links(row.value)
    if session.get_bind().get_execution_options().get("reads_only"):
        with transaction() as writing:
            return Links(_make_key(writing))
    return Links(_make_key(session))


def _make_key(session: Session) -> bytes:
    one_at_a_time(session, _KEYS)
    value = session.scalar(select(KeyRow.value).where(KeyRow.name == _KEY))
    if value is None:
        value = secrets.token_bytes(32)
        session.add(KeyRow(name=_KEY, value=value, made=datetime.now(UTC)))
        session.flush()
    return value


def address_of(token: str) -> str:
    """The address a token (or TRIAL) stands in."""
    return f"{settings().public_address.rstrip('/')}/p/{token}"


def too_many_wrong(address: str, *, now: datetime | None = None) -> bool:
    """Count a wrong token from a network address; True once there were too many within a quarter of an hour.

    Only wrong ones are held up: behind one address may stand a whole telephone network, and a code of 128 bits is not found by trying.
    """
    now = now or datetime.now(UTC)
    who = f"p {address}"[:64]
    with transaction() as session:
        one_at_a_time(session, _TRIES)
        tries = session.scalar(
            select(func.count(AttemptRow.id)).where(AttemptRow.address == who, AttemptRow.at > now - TRIES_WITHIN)
        )
        if (tries or 0) >= TRIES_OF_AN_ADDRESS:
            return True
        session.execute(delete(AttemptRow).where(AttemptRow.at <= now - TRIES_WITHIN))
        session.add(AttemptRow(key="", address=who, at=now))
        return False
