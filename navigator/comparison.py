"""What `diff` and `whatif` answer, as plain JSON data, as sentences and as files: the same for the command line and the pages.

It counts nothing itself: navigator.matching.diff, effects and whatif do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from navigator.corpus.model import Measure
from navigator.downloads import plain_cell
from navigator.errors import InputError
from navigator.intake.changes import measure_changes
from navigator.matching.amounts import show_yuan
from navigator.matching.diff import BEGUN, Begun, Ended, PolicyDiff, WindowChange, how_ended
from navigator.matching.effects import DIMENSIONS, HEADINGS, Amount, City, CityEffect, MeasureEffect, Shift, rows_of
from navigator.matching.whatif import WhatIf

EXAMPLE = "示例"
"""The name that stands for the invented city where a table is asked for."""

NOT_NETTED = "每项政策分开算，头12个月；同时只能选一项的没有互相扣掉；贷款、担保不算钱，申报已截止的不算钱。"
UNCHANGED_OTHERS = (
    "金额还按原来的算法，头12个月；和别的政策只能选一项的没有扣掉；贷款、担保不算钱，不管现在受不受理申报。"
)


def open_city(table: str | Path | None, progress: Any = None) -> City:
    """The enterprises of a table; the invented city for no table or for 示例."""
    return City.example() if table is None or str(table) == EXAMPLE else City.load(table, progress)


# ---- between two days


def diff_json(found: PolicyDiff, effect: CityEffect | None = None, city: City | None = None) -> dict[str, Any]:
    """Everything that changes, and with a city what it means for its enterprises."""
    return {
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "begun": [_entry(one) for one in found.begun],
        "ended": [_entry(one) for one in found.ended],
        "passed": [_entry(one) for one in found.passed],
        "replaced": [
            {"id": one.old.id, "name": one.old.name, "by": one.new.id, "through": [step.id for step in one.through]}
            for one in found.replaced
        ],
        "changed": [
            {
                "id": one.new.id,
                "name": one.new.name,
                "since": _iso(one.since),
                "changes": [change.sentence() for change in measure_changes(one.old, one.new)],
            }
            for one in found.versions
        ],
        "windows": [
            {"id": one.measure.id, "name": one.measure.name, "opens": one.opens, "day": one.day.isoformat()}
            for one in found.windows
        ],
        "enterprises": _city_json(effect, city) if effect and city else None,
    }


def _entry(one: Begun | Ended) -> dict[str, Any]:
    return {"id": one.measure.id, "name": one.measure.name, "day": _iso(one.day), "because": one.because}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _city_json(effect: CityEffect, city: City) -> dict[str, Any]:
    return {
        "count": len(city),
        "example": city.is_example,
        "gained": effect.gained.as_dict(),
        "lost": effect.lost.as_dict(),
        "measures": [_effect_json(one) for one in effect.measures],
        **_groups_json(effect),
    }


def _effect_json(one: MeasureEffect) -> dict[str, Any]:
    return {
        "id": one.measure.id,
        "name": one.measure.name,
        "gained": one.gained.as_dict(),
        "lost": one.lost.as_dict(),
        "may_gain": one.may_gain,
        "may_lose": one.may_lose,
    }


def _groups_json(effect: CityEffect) -> dict[str, Any]:
    return {
        f"by_{name}": [
            {"name": group.name, "gained": group.gained.as_dict(), "lost": group.lost.as_dict()} for group in groups
        ]
        for name, groups in effect.groups.items()
    }


def diff_sentences(found: PolicyDiff) -> Iterator[str]:
    """Every change in one line."""
    for begun in found.begun:
        yield _line(BEGUN[begun.because], begun)
    for ended in found.ended:
        yield _line(how_ended(ended), ended)
    for passed in found.passed:
        yield _line(f"中间开始、又{how_ended(passed)}", passed)
    for pair in found.replaced:
        through = "，中间是" + "、".join(f"“{step.name}”" for step in pair.through) if pair.through else ""
        yield f"接替　“{pair.old.name}”由“{pair.new.name}”接替{through}"
    for version in found.versions:
        yield f"改了　{version.new.name}（{version.new.id}）"
        yield from (f"　　{change.sentence()}" for change in measure_changes(version.old, version.new))
    for window in found.windows:
        yield _line("申报开始" if window.opens else "申报最后一天", window)


def _line(word: str, one: Begun | Ended | WindowChange) -> str:
    return f"{word}　{one.day or ''}　{one.measure.name}（{one.measure.id}）"


# ---- what if


def whatif_json(found: WhatIf) -> dict[str, Any]:
    """The changed conditions, whom the measure reaches before and after, and the difference by group."""
    return {
        "id": found.compiled.measure.id,
        "name": found.compiled.measure.name,
        "as_of": found.as_of.isoformat(),
        "status": found.period,
        "set": [
            {
                "condition": edit.position + 1,
                "text": edit.text,
                "when": found.compiled.rules[edit.position].condition.when,
                "written": edit.written,
            }
            for edit in found.edits
        ],
        "enterprises": found.enterprises,
        "example": found.is_example,
        "before": found.before,
        "after": found.after,
        "gained": found.effect.gained.as_dict(),
        "lost": found.effect.lost.as_dict(),
        "may_gain": found.shift.may_gain,
        "may_lose": found.shift.may_lose,
        **_groups_json(found.effect),
    }


# ---- sentences and tables that both share


def amount_words(amount: Amount) -> str:
    """`1,204 家，准数 3.2万元，最多或大约 5万元，另有 30 家算不出金额`."""
    parts = [f"{amount.enterprises:,} 家"]
    if amount.exact:
        parts.append(f"准数 {show_yuan(amount.exact)}")
    if amount.about:
        parts.append(f"最多或大约 {show_yuan(amount.about)}")
    if amount.unpriced:
        parts.append(f"{'其中' if amount.exact or amount.about else ''} {amount.unpriced:,} 家没有金额或算不出".strip())
    return "，".join(parts)


def effect_sentences(effect: CityEffect) -> Iterator[str]:
    """Who gains and loses in all, then by region, industry and size."""
    yield f"得到：{amount_words(effect.gained)}"
    yield f"失去：{amount_words(effect.lost)}"
    for name, label in DIMENSIONS.items():
        for group in effect.groups[name]:
            yield f"{label} {group.name}　得到 {amount_words(group.gained)}　失去 {amount_words(group.lost)}"


def mark(city: City) -> str:
    """What one must know of the enterprises that were counted."""
    if city.is_example:
        return f"{EXAMPLE}：{len(city):,} 家虚构的企业，只看得出大小关系，不是荆门的真实数字。"
    return f"名单里的 {len(city):,} 家企业。"


def measure_rows(effect: CityEffect) -> list[tuple[Measure, str, str]]:
    """Each measure with what is gained and lost, in words, most enterprises first."""
    listed = sorted(effect.measures, key=lambda one: -(one.gained.enterprises + one.lost.enterprises))
    return [(one.measure, _side_words(one.gained, one.may_gain), _side_words(one.lost, one.may_lose)) for one in listed]


def _side_words(amount: Amount, maybe: int) -> str:
    sure = amount_words(amount) if amount.enterprises else ""
    unsure = f"还有 {maybe:,} 家信息不全，说不准" if maybe else ""
    return "；".join(part for part in (sure, unsure) if part)


# ---- files


def write_rows(path: Path, shifts: Iterable[Shift], city: City) -> int:
    """One row for each enterprise and measure gained or lost, as .csv or .parquet; gives the number of rows."""
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(str(path), "看不出写成什么文件", "结尾写 .csv 或 .parquet")
    frame = rows_frame(shifts, city)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(rows_csv(frame)) if path.suffix == ".csv" else frame.write_parquet(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return len(frame)


def rows_frame(shifts: Iterable[Shift], city: City) -> pl.DataFrame:
    """All rows in one frame."""
    frames = list(rows_of(shifts, city))
    return pl.concat(frames) if frames else pl.DataFrame(schema=list(HEADINGS))


def rows_csv(frame: pl.DataFrame) -> bytes:
    """As a spreadsheet opens it: a byte order mark before it, no text that would be calculated."""
    names = frame["政策事项"].unique().to_list() if len(frame) else []
    safe = [pl.col("政策事项").replace(names, [plain_cell(name) for name in names])] if names else []
    return frame.with_columns(safe).write_csv(include_bom=True).encode()
