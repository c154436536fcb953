"""Invented enterprises for trying things out: a city of them put among the records, every one marked 示例, and taken out again.

They are never mixed with real ones: a store that holds a real record takes none in.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from sqlalchemy import delete, func, select

from navigator.auth import Actor, need
from navigator.errors import InputError
from navigator.matching.rulebook import default_rulebook
from navigator.matching.synthetic import synthetic_enterprises
from navigator.store.audit import audit
from navigator.store.engine import transaction
from navigator.store.enterprise_intake import AT_ONCE, take_part
from navigator.store.enterprise_tables import EnterpriseRow

MOST = 100_000
_SEED = 2026
_SOURCES = {
    "示例：登记信息": ({"身份"}, 20),
    "示例：年报": ({"规模", "用工"}, 150),
    "示例：税务和信用": ({"税务与信用", "外贸", "资金"}, 60),
    "示例：走访": (None, 420),
}
"""Where invented facts claim to come from: the groups of facts, and how many days ago at most."""


def add_demo(actor: Actor | None, count: int, today: date) -> int:
    """Put invented enterprises among the records; gives how many are new. For administrators.

    Asked again it changes nothing. Raises InputError where there are real records.
    """
    actor = need(actor, "admin")
    if not 1 <= count <= MOST:
        raise InputError("--count", f"写的是 {count}", f"应在1到{MOST:,}之间")
    frame = synthetic_enterprises(count, _SEED)
    sources = _facts_by_source(frame.columns)
    rows = frame.iter_rows(named=True)
    added = 0
    while part := list(islice(rows, AT_ONCE)):
        with transaction() as session:
            if session.scalar(select(EnterpriseRow.id).where(EnterpriseRow.example.is_(False)).limit(1)) is not None:
                raise InputError("示例数据", "库里已经有真的企业", "示例只放进空的库；可以另设一个数据文件夹来试")
            for source, (names, days) in sources.items():
                profiles = [
                    (
                        {name: row[name] for name in names if row[name] is not None},
                        today - timedelta(days=_age(row["uscc"], days)),
                    )
                    for row in part
                ]
                added += take_part(session, actor, profiles, source=source, example=True).added
    audit(actor, "放入示例企业", "enterprise:", {"新增": added})
    return added


def remove_demo(actor: Actor | None) -> int:
    """Take all invented enterprises out again, with what hangs on them; gives how many. For administrators."""
    actor = need(actor, "admin")
    with transaction() as session:
        examples = EnterpriseRow.example.is_(True)
        count = session.scalar(select(func.count(EnterpriseRow.id)).where(examples)) or 0
        session.execute(delete(EnterpriseRow).where(examples))
        audit(actor, "清掉示例企业", "enterprise:", {"家数": count}, within=session)
    return count


def _facts_by_source(names: list[str]) -> dict[str, tuple[list[str], int]]:
    """For each source the facts it gives (always with the code) and how old it may be."""
    specs = default_rulebook().facts.specs
    listed = set().union(*(groups for groups, _ in _SOURCES.values() if groups))
    return {
        source: (
            [name for name in names if name == "uscc" or _in(specs[name].group, groups, listed)],
            days,
        )
        for source, (groups, days) in _SOURCES.items()
    }


def _in(group: str, groups: set[str] | None, listed: set[str]) -> bool:
    return group in groups if groups else group not in listed


def _age(uscc: str, days: int) -> int:
    """How old a source is for an enterprise: the same at every call, anything up to `days`."""
    return int(uscc[9:17], 36) % (days + 1)
