"""窗口受理率 in its two readings: cases accepted of cases brought, and regular measures a window handles of those in force.

A case counts with its last result, in the month it was brought. What no window has said anything about is not counted as handled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session

from navigator.auth import Actor
from navigator.corpus.model import Measure
from navigator.delivery.metrics import TREND, By, Figure, Line, Lines, Look, Metric, Wanted
from navigator.delivery.months import month_name, month_text, months_before
from navigator.delivery.window import handled_by, is_regular, words_of
from navigator.matching import dates
from navigator.matching.rulebook import rulebook_for
from navigator.store.enterprise_tables import EnterpriseRow
from navigator.store.judging_tables import CaseRow

CITY_WINDOW = "市本级"
Key = tuple[int, str, str, str, str]
"""Month, region of the window (empty: the city's), measure, office, result."""


def _where(first: int, last: int, example: bool, region: str | None) -> list[ColumnElement[bool]]:
    after = months_before(last, -1)
    found: list[ColumnElement[bool]] = [
        CaseRow.example.is_(example),
        CaseRow.brought >= date(first // 100, first % 100, 1),
        CaseRow.brought < date(after // 100, after % 100, 1),
    ]
    if region is not None:
        found.append(func.coalesce(CaseRow.region, "") == region)
    return found


def count_cases(session: Session, first: int, last: int, example: bool, region: str | None) -> Counter[Key]:
    """Cases of some months by month, region, measure, office and last result."""
    month = extract("year", CaseRow.brought) * 100 + extract("month", CaseRow.brought)
    key = (month, func.coalesce(CaseRow.region, ""), CaseRow.measure_id, CaseRow.office, CaseRow.result)
    query = select(*key, func.count()).where(*_where(first, last, example, region)).group_by(*key)
    found: Counter[Key] = Counter()
    for of, place, measure, office, result, number in session.execute(query):
        found[int(of), place, measure, office, result] += number
    return found


def acceptance(counts: Mapping[str, int]) -> Figure:
    """Accepted / brought, 补正 told apart, of cases by result."""
    accepted, waiting, refused = (counts.get(result, 0) for result in ("accepted", "supplement", "refused"))
    brought = accepted + waiting + refused
    parts = (("受理", accepted), ("补正还没回来", waiting), ("不予受理", refused))
    if not brought:
        return Figure(None, 0, 0, note="没有办件")
    note = ""
    if waiting and brought > waiting:
        note = f"不把正在补正的 {waiting:,} 件算进去，是 {100 * accepted / (brought - waiting):.1f}%"
    return Figure(100 * accepted / brought, accepted, brought, note=note, parts=parts)


def _counts(look: Look) -> Counter[Key]:
    scope = look.scope
    return count_cases(look.session, scope.first, scope.last, scope.example, scope.region)


def _acceptance(look: Look) -> list[Figure]:
    counts, month = look.once(_counts), look.scope.last

    def of(then: int, place: int = 0, key: str | int = "") -> Figure:
        found: Counter[str] = Counter()
        for one, number in counts.items():
            if one[0] == then and (place == 0 or one[place] == key):
                found[one[4]] += number
        return acceptance(found)

    found = [of(month)]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(of(then).of("month", month_text(then), month_name(then)))
    names = _names(month)
    places: dict[By, int] = {"region": 1, "measure": 2, "office": 3}
    for by, place in places.items():
        sizes: Counter[str] = Counter()
        for one, number in counts.items():
            if one[0] == month:
                sizes[str(one[place])] += number
        for key, _ in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
            label = names.get(key, key) if by == "measure" else key or CITY_WINDOW
            found.append(of(month, place, key).of(by, key, label))
    return found


def _names(month: int) -> dict[str, str]:
    day = date(month // 100, month % 100, 28)
    return {one.measure.id: one.measure.name for one in rulebook_for(day).measures}


def _case_rows(session: Session, actor: Actor, wanted: Wanted, limit: int, offset: int) -> Lines:
    where = _where(wanted.month, wanted.month, wanted.example, wanted.region)
    if wanted.list != "brought":
        where.append(CaseRow.result == wanted.list)
    if wanted.measure is not None:
        where.append(CaseRow.measure_id == wanted.measure)
    if wanted.office is not None:
        where.append(CaseRow.office == wanted.office)
    total = session.scalar(select(func.count(CaseRow.id)).where(*where)) or 0
    query = (
        select(CaseRow, EnterpriseRow)
        .join(EnterpriseRow, EnterpriseRow.id == CaseRow.enterprise_id)
        .where(*where)
        .order_by(CaseRow.brought, CaseRow.id)
    )
    names = _names(wanted.month)
    lines = []
    for case, record in session.execute(query.limit(limit).offset(offset)):
        name = str(record.facts["name"][0]) if "name" in record.facts else record.uscc
        told = (names.get(case.measure_id, case.measure_id), case.office, case.brought.isoformat())
        cells = (*told, words_of(case.result, case.reason), case.remark)
        lines.append(Line(record.id, name, record.uscc, record.region, cells))
    return Lines(("政策", "窗口", "收件日", "结果", "说明"), tuple(lines), total)


# ---- the other reading


def regular_measures(as_of: date) -> list[Measure]:
    """The regular measures in force on a day."""
    return [one.measure for one in rulebook_for(as_of).measures if is_regular(one.measure, as_of)]


def _handled(look: Look) -> list[Figure]:
    if look.scope.example:
        return [Figure(None, 0, 0, note="窗口受理哪些事项没有示例")]
    known = handled_by(look.session, look.scope.region)
    measures = regular_measures(dates.today())
    found = [_share(measures, known, None)]
    for place in sorted({place for said in known.values() for place in said}):
        found.append(_share(measures, known, place).of("region", place, place or CITY_WINDOW))
    return found


def _share(measures: list[Measure], known: Mapping[str, Mapping[str, tuple[bool, str]]], place: str | None) -> Figure:
    """Measures handled by any window (`place` None) or by those of one region, of all regular ones in force."""
    said = [known.get(one.id, {}) for one in measures]
    if place is not None:
        said = [{place: one[place]} if place in one else {} for one in said]
    handled = sum(any(yes for yes, _ in one.values()) for one in said)
    unknown = sum(not one for one in said)
    parts = (("受理", handled), ("登记为不受理", len(measures) - handled - unknown), ("没有登记", unknown))
    note = f"{unknown} 项还没有登记窗口受不受理，当作不受理" if unknown else ""
    return Figure(100 * handled / len(measures) if measures else None, handled, len(measures), note=note, parts=parts)


_DEFINED = (
    "到窗口办的件里，受理了的占多少。一件按最后的结果算，归收件的那个月；一次性补正、还没有结果的单独列出，也在分母里，补正后受理的算受理；"
    "示例不算。区域按窗口的。"
)

METRICS = (
    Metric(
        "window-acceptance", "窗口受理率", "%", _DEFINED, "受理的办件", "收到的办件", "全部办件逐件计数", True,
        _acceptance,
        {"brought": "窗口收到的办件", "accepted": "窗口受理的", "supplement": "窗口补正还没回来的", "refused": "窗口不予受理的"},
        _case_rows, 95.0,
    ),
    Metric(
        "window-handled", "窗口受理的事项占比", "%",
        "今天有效、要申请或申报的事项（免申即享和银行办的除外）里，登记了有窗口受理的占多少。哪些事项窗口受理，由工作人员登记；没有登记的当作不受理，"
        "并单独说明有几项。这是“常规类惠企政策窗口受理率”的另一种读法，和上面一种都给出来。",
        "有窗口受理的事项", "今天有效的常规事项", "按登记逐项计数", True, _handled, {}, None, 95.0,
    ),
)  # fmt: skip
