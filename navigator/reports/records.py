"""What one enterprise can have, as the Excel workbook of its record: made when it is asked for, and only for who may see the record."""

from __future__ import annotations

from collections.abc import Mapping

from navigator.auth import Actor, need
from navigator.downloads import Download
from navigator.matching.assess import assess
from navigator.matching.dates import read_day, today
from navigator.reports.results import results_workbook
from navigator.store.audit import audit
from navigator.store.enterprises import read_enterprise, uscc_of

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export_record(actor: Actor | None, parameters: Mapping[str, str]) -> Download:
    """The workbook of a record on a day. Parameters: id, as_of. For staff, in their region; it stands in the log."""
    actor = need(actor, "staff")
    number = parameters.get("id", "")
    record = read_enterprise(actor, uscc_of(actor, int(number) if number.isdecimal() and len(number) < 10 else 0))
    day = read_day(parameters["as_of"]) if "as_of" in parameters else today()
    audit(actor, "下载企业结果", f"enterprise:{record.uscc}", {"按哪天": day.isoformat()})
    return Download(f"{record.name}_{day}.xlsx", _EXCEL, results_workbook(assess(record.profile, day)))
