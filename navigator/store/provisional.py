"""Records of enterprises whose code nobody has at hand: a shop met on the way is written down in seconds, under a key that says so.

The key (待补码-…) is no 统一社会信用代码 and never taken for one; the code itself is put in its place once somebody has read it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from navigator.auth import Actor, NotAllowed, need
from navigator.errors import InputError, shown
from navigator.matching.facts import is_uscc
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import SHANGHAI, audit
from navigator.store.engine import one_at_a_time, transaction
from navigator.store.enterprise_tables import ChangeRow, EnterpriseRow
from navigator.store.enterprises import in_region_of, plain_value, searchable, source_ids

MARK = "待补码-"
"""How the key of a record without a code begins."""
_NEW = 420804
LONGEST_KEY = 64


def is_provisional(uscc: str) -> bool:
    """Whether this is the key of a record whose code is not known yet."""
    return uscc.startswith(MARK)


def add_unregistered(
    actor: Actor | None,
    facts: Mapping[str, Any],
    *,
    source: str,
    on: date,
    client_id: str | None = None,
    now: datetime | None = None,
) -> int:
    """Begin a record without a code; gives its id. The same `client_id` again gives the same record. For the team, in their region.

    Needs name and region; raises InputError where a record of that name is already in the region.
    """
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    values = _checked(actor, facts, client_id)
    name, region = str(values["name"]), str(values["region"])
    made_from = client_id or secrets.token_hex(16)
    key = MARK + hashlib.sha256(made_from.encode()).hexdigest()[:12].upper()
    with transaction() as session:
        one_at_a_time(session, _NEW)
        known = session.scalar(select(EnterpriseRow).where(EnterpriseRow.uscc == key))
        if known is not None:
            if not actor.covers(known.region):
                raise InputError("编号", "已经用过了", "重新登记一次")
            return known.id
        same = (
            EnterpriseRow.name == searchable(name),
            EnterpriseRow.region == region,
            EnterpriseRow.example.is_(False),
        )
        if session.scalar(select(EnterpriseRow.id).where(*same).limit(1)) is not None:
            raise InputError(
                "名称", f"{region}已经有“{name}”的档案", "先查到那一份；真是另一家就在名称里加上街道或路名"
            )
        source_id = source_ids(session, [source])[source.strip()]
        kept = {fact: [plain_value(value), source_id, on.isoformat()] for fact, value in values.items()}
        row = EnterpriseRow(
            uscc=key, name=searchable(name), region=region, example=False, version=1, facts=kept, changed=now,
            changed_by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add(
            ChangeRow(enterprise_id=row.id, version=1, at=now, by=actor.name, before={}, remark="没有代码，先登记")
        )
        audit(actor, "登记没有代码的企业", f"enterprise:{key}", {"来源": source.strip()}, within=session, now=now)
        return row.id


def _checked(actor: Actor, facts: Mapping[str, Any], client_id: str | None) -> dict[str, Value]:
    """The facts of a new record, read; InputError where name or region is missing, or the region is another's."""
    if client_id is not None and not 0 < len(client_id) <= LONGEST_KEY:
        raise InputError("编号", f"写的是{shown(client_id)}", f"应是1到{LONGEST_KEY}个字")
    values = default_rulebook().facts.read_profile({**facts, "uscc": None}, "企业档案")
    for name, label in (("name", "名称"), ("region", "所在地区")):
        if not isinstance(values.get(name), str):
            raise InputError(label, "没有填", "这两项要有：叫什么、在哪里")
    if not actor.covers(str(values["region"])):
        raise NotAllowed("权限", f"您负责的是{actor.region}", f"所在地区要填{actor.region}")
    return values


def give_code(actor: Actor | None, enterprise: int, uscc: str, *, now: datetime | None = None) -> None:
    """Put the code that was read in the place of the key; the record keeps everything else. For the team, in their region."""
    actor, now = need(actor, "team"), now or datetime.now(UTC)
    code = uscc.strip().upper()
    if not is_uscc(code):
        raise InputError("统一社会信用代码", f"写的是{shown(code)}", "应是18位，最后一位是校验码，请核对有没有抄错")
    try:
        with transaction() as session:
            query = select(EnterpriseRow).where(EnterpriseRow.id == enterprise, in_region_of(actor))
            row = session.scalar(query.with_for_update())
            if row is None or not is_provisional(row.uscc):
                raise InputError("统一社会信用代码", "这家不是待补代码的", "从待补代码的企业里选")
            source_id = source_ids(session, ["走访"])["走访"]
            before = row.uscc
            row.facts = {**row.facts, "uscc": [code, source_id, now.astimezone(SHANGHAI).date().isoformat()]}
            row.uscc, row.version, row.changed, row.changed_by = code, row.version + 1, now, actor.name
            session.flush()
            session.add(
                ChangeRow(
                    enterprise_id=row.id, version=row.version, at=now, by=actor.name, before={"uscc": None}, remark="补上代码"
                )
            )  # fmt: skip
            audit(actor, "补上统一社会信用代码", f"enterprise:{code}", {"原来": before}, within=session, now=now)
    except IntegrityError:
        raise InputError("统一社会信用代码", f"{code} 已经有档案了", "两份档案请工作人员核对") from None
