"""What one enterprise can have, as the Excel workbook of its record and as its 一企一策 package: made when it is asked for, and only for who
may see the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from navigator.auth import Actor, need
from navigator.downloads import Download
from navigator.errors import InputError
from navigator.matching.assess import assess
from navigator.matching.dates import read_day, today
from navigator.matching.rulebook import rulebook_for
from navigator.reports.pack import FORMATS, MEDIA_TYPES, lay_out, pack_of
from navigator.reports.results import results_workbook
from navigator.store.audit import audit
from navigator.store.enterprises import Enterprise, read_enterprise, uscc_of

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_record(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The workbook of a record on a day. Parameters: id, as_of. For staff, in their region; it stands in the log."""
    actor = need(actor, "staff")
    record, day = _asked(actor, parameters)
    audit(actor, "下载企业结果", f"enterprise:{record.uscc}", {"按哪天": day.isoformat()})
    return Download(f"{record.name}_{day}.xlsx", _EXCEL, results_workbook(assess(record.profile, day)))


def export_pack(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The 一企一策 package of a record on a day. Parameters: id, as_of, format (pdf, docx, xlsx). For staff, in their region; logged."""
    actor = need(actor, "staff")
    format = parameters.get("format", "pdf")
    if format not in FORMATS:
        raise InputError("format", f"写的是“{format[:20]}”", "应是 pdf、docx 或 xlsx")
    record, day = _asked(actor, parameters)
    found = assess({**record.profile, "name": record.name}, day)
    sources = {name: f"{fact.source}，{fact.on.isoformat()}" for name, fact in record.facts.items()}
    pack = pack_of(found, rulebook_for(day), example=record.example, sources=sources)
    audit(actor, "下载一企一策", f"enterprise:{record.uscc}", {"按哪天": day.isoformat(), "格式": format})
    return Download(f"一企一策_{record.name}_{day}.{format}", MEDIA_TYPES[format], lay_out(pack, format))


def _asked(actor: Actor, parameters: Mapping[str, str]) -> tuple[Enterprise, date]:
    """The record and the day that are asked for."""
    number = parameters.get("id", "")
    record = read_enterprise(actor, uscc_of(actor, int(number) if number.isdecimal() and len(number) < 10 else 0))
    return record, read_day(parameters["as_of"]) if "as_of" in parameters else today()
