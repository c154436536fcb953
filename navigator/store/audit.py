"""The log of who read and changed what: added to, looked through, exported. Never altered: the database refuses it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from navigator.auth import ROLE_NAMES, Actor, need
from navigator.downloads import Download, csv_download
from navigator.store.engine import reading, transaction
from navigator.store.tables import AuditRow

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_EXPORT = 100_000
SUBJECTS = {
    "enterprise": "企业", "user": "用户", "measure": "政策事项", "document": "文件", "draft": "草稿", "import": "导入",
    "push-batch": "推送批次", "push": "推送", "sample": "抽查", "backtest": "回测", "metric": "指标", "contact": "联系方式",
    "remark": "留言", "link": "链接", "fulfilment": "免申即享兑现", "window": "窗口办理",
    "board": "承诺看板", "board-unit": "责任单位", "board-task": "督办任务", "upkeep": "维护清单", "audit": "日志", "store": "数据库",
    "problem": "问题", "cadence": "调度", "bulletin": "通报", "appeal": "诉求", "team": "小分队",
    "route": "走访路线", "worklist": "走访清单", "visit": "走访", "promise": "走访时答应的事", "visit-photo": "走访照片", "sync": "离线走访",
}  # fmt: skip
"""What the kinds of subjects are called."""
_PARAMETERS = {"actor": "谁", "action": "做了什么", "subject": "对象", "from": "从", "to": "到"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `subject` is `kind:id`, such as `user:张三` or `measure:tax-hnte-15`."""

    id: int
    at: datetime
    actor: str
    role: str
    region: str | None
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of the log is wanted; both end days belong to it. `subject` is the beginning of one."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    from_day: date | None = None
    to_day: date | None = None


def audit(
    actor: Actor,
    action: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
    *,
    within: Session | None = None,
    now: datetime | None = None,
) -> None:
    """Add a line. `within` a transaction, the line is kept exactly when the change is. No passwords in details."""
    row = AuditRow(
        at=now or datetime.now(UTC),
        actor=actor.name,
        role=actor.role,
        region=actor.region,
        action=action,
        subject=subject,
        details=dict(details or {}),
    )
    with _in(within) as session:
        session.add(row)


@contextmanager
def _in(session: Session | None) -> Iterator[Session]:
    if session is not None:
        yield session
        return
    with transaction() as own:
        yield own


def read_audit(actor: Actor | None, wanted: Filter | None = None, *, limit: int = 100, offset: int = 0) -> list[Entry]:
    """Lines of the log, newest first. For administrators."""
    need(actor, "admin")
    query = _chosen(select(AuditRow), wanted or Filter()).order_by(AuditRow.id.desc()).limit(limit).offset(offset)
    with reading() as session:
        return [
            Entry(row.id, row.at, row.actor, row.role, row.region, row.action, row.subject, row.details)
            for row in session.scalars(query)
        ]


def count_audit(actor: Actor | None, wanted: Filter | None = None) -> int:
    """How many lines there are. For administrators."""
    need(actor, "admin")
    with reading() as session:
        return session.scalar(_chosen(select(func.count(AuditRow.id)), wanted or Filter())) or 0


def audit_actions(actor: Actor | None) -> list[str]:
    """The actions that occur in the log. For administrators."""
    need(actor, "admin")
    with reading() as session:
        return list(session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)))


def export_audit(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The log as CSV, newest first; the export stands in the log itself. For administrators.

    Parameters: actor, action, subject, from, to (ISO days); what cannot be read is left out.
    """
    actor = need(actor, "admin")
    wanted = Filter(
        actor=parameters.get("actor", ""),
        action=parameters.get("action", ""),
        subject=parameters.get("subject", ""),
        from_day=_day(parameters.get("from", "")),
        to_day=_day(parameters.get("to", "")),
    )
    entries = read_audit(actor, wanted, limit=LONGEST_EXPORT)
    chosen = {_PARAMETERS[name]: value for name, value in parameters.items() if value and name in _PARAMETERS}
    audit(actor, "导出日志", "audit:", {"行数": len(entries), **chosen})
    header = ("时间", "谁", "身份", "区域", "做了什么", "对象", "说明")
    return csv_download(
        "操作日志.csv",
        header,
        (
            (
                shown_moment(entry.at),
                entry.actor,
                ROLE_NAMES.get(entry.role, entry.role),
                entry.region or "全市",
                entry.action,
                shown_subject(entry.subject),
                shown_details(entry.details),
            )
            for entry in entries
        ),
    )


def shown_moment(at: datetime) -> str:
    """A moment by the clock of the city: 2026-11-23 15:04:05."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def shown_subject(subject: str) -> str:
    """A subject for a reader: 用户 张三, 企业; one of no known kind as it stands."""
    kind, _, name = subject.partition(":")
    return f"{SUBJECTS[kind]} {name}".strip() if kind in SUBJECTS else subject


def shown_details(details: Mapping[str, Any]) -> str:
    """The details in one line: 角色：小分队成员；区域：京山市."""
    return "；".join(f"{name}：{_shown(value)}" for name, value in details.items())


def _shown(value: Any) -> str:
    if value is None:
        return "无"
    if isinstance(value, list | tuple):
        return " → ".join(_shown(part) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chosen(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.actor:
        query = query.where(AuditRow.actor == wanted.actor)
    if wanted.action:
        query = query.where(AuditRow.action == wanted.action)
    if wanted.subject:
        query = query.where(AuditRow.subject.startswith(wanted.subject, autoescape=True))
    if wanted.from_day:
        query = query.where(AuditRow.at >= _midnight(wanted.from_day))
    if wanted.to_day:
        query = query.where(AuditRow.at < _midnight(wanted.to_day + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
