"""What changes between two days: measures that begin, end, are replaced or answer in another version, and application periods.

A measure counts on a day when it is in force and not unverified. Enterprises are not looked at here (`effects`, `then_and_now`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from navigator.corpus.load import Corpus, default_corpus
from navigator.corpus.model import Measure
from navigator.errors import InputError
from navigator.matching.dates import period

BegunBy = Literal["begins", "verified"]
EndedBy = Literal["expired", "unsure", "withdrawn"]
BEGUN: dict[BegunBy, str] = {"begins": "开始", "verified": "核实后算数"}
ENDED: dict[EndedBy, str] = {"expired": "到期", "unsure": "以后没有核实到", "withdrawn": "改为没有核实"}


@dataclass(frozen=True, slots=True)
class Begun:
    """A measure that counts on the second day and did not on the first: it begins, or it was verified since."""

    measure: Measure
    day: date | None
    because: BegunBy


@dataclass(frozen=True, slots=True)
class Ended:
    """A measure that counted on the first day and does not on the second. `day` is its last: its end, or the last one that is sure."""

    measure: Measure
    day: date | None
    because: EndedBy


@dataclass(frozen=True, slots=True)
class Replaced:
    """An old measure and the one that took its place, with those in between that took it before."""

    old: Measure
    new: Measure
    through: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A measure that counts on both days in different versions."""

    old: Measure
    new: Measure
    since: date | None


@dataclass(frozen=True, slots=True)
class WindowChange:
    """A period for applications that opens on `day`, or had it as its last."""

    measure: Measure
    opens: bool
    day: date


@dataclass(frozen=True, slots=True)
class PolicyDiff:
    """All that changes from one day to another, each kind in order of its day. `passed`: begun and ended in between."""

    start: date
    end: date
    begun: tuple[Begun, ...]
    ended: tuple[Ended, ...]
    passed: tuple[Ended, ...]
    replaced: tuple[Replaced, ...]
    versions: tuple[NewVersion, ...]
    windows: tuple[WindowChange, ...]


def policy_diff(start: date, end: date, corpus: Corpus | None = None) -> PolicyDiff:
    """What changes from `start` to `end`; raises InputError where the second day is not the later one."""
    if end <= start:
        raise InputError("日期", f"从 {start} 到 {end}", "后一天要晚于前一天")
    whole = corpus or default_corpus()
    old, new = whole.on(start).measure_by_id, whole.on(end).measure_by_id
    before = {name for name, measure in old.items() if period(measure, start) == "in_force"}
    after = {name for name, measure in new.items() if period(measure, end) == "in_force"}
    return PolicyDiff(
        start,
        end,
        begun=_by_day(_begun(new[name], start) for name in after - before),
        ended=_by_day(_ended(new[name], end) for name in before - after),
        passed=_by_day(_passed(new, before | after, start, end)),
        replaced=tuple(_replaced(old, new, before, after)),
        versions=tuple(
            NewVersion(old[name], new[name], _since(whole, name, end))
            for name in sorted(before & after)
            if old[name] != new[name]
        ),
        windows=_by_day(change for name in after for change in _window_changes(new[name], start, end)),
    )


def _by_day(found: Iterator) -> tuple:
    return tuple(sorted(found, key=lambda one: (one.day or date.min, one.measure.id)))


def first_day(measure: Measure) -> date | None:
    """The day a measure begins: as written, otherwise the day it was issued."""
    return measure.in_force.from_ or measure.source.issued


def how_ended(one: Ended) -> str:
    """In words why it counts no more; an end that was only inferred is said to be so."""
    inferred = "（推定）" if one.because == "expired" and one.measure.in_force.to_inferred else ""
    return ENDED[one.because] + inferred


def _begun(measure: Measure, start: date) -> Begun:
    day = first_day(measure)
    return Begun(measure, day, "begins") if day and day > start else Begun(measure, None, "verified")


def _ended(measure: Measure, end: date) -> Ended:
    match period(measure, end):
        case "expired":
            return Ended(measure, measure.in_force.to, "expired")
        case "unverified" if measure.verification != "unverified":
            return Ended(measure, measure.in_force.sure_until, "unsure")
    return Ended(measure, None, "withdrawn")


def _passed(measures: Mapping[str, Measure], counted: set[str], start: date, end: date) -> Iterator[Ended]:
    for name, measure in measures.items():
        day = first_day(measure)
        if name not in counted and day and start < day < end and period(measure, day) == "in_force":
            yield _ended(measure, end)


def _replaced(
    old: Mapping[str, Measure], new: Mapping[str, Measure], before: set[str], after: set[str]
) -> Iterator[Replaced]:
    """Old measures that counted on the first day with the nearest successors that count on the second, where either changed."""
    for name in sorted(before):
        for chain in successors(name, new, after):
            if name not in after or chain[-1] not in before:
                yield Replaced(old[name], new[chain[-1]], tuple(new[one] for one in chain[:-1]))


def successors(name: str, measures: Mapping[str, Measure], counted: set[str]) -> Iterator[tuple[str, ...]]:
    """Chains of measures, each replacing the one before, from a measure to the nearest that count."""
    pending: list[tuple[str, ...]] = [()]
    seen = {name}
    while pending:
        chain = pending.pop(0)
        last = chain[-1] if chain else name
        for other in sorted(measures):
            if last in measures[other].replaces and other not in seen:
                seen.add(other)
                if other in counted:
                    yield (*chain, other)
                else:
                    pending.append((*chain, other))


def _since(corpus: Corpus, name: str, end: date) -> date | None:
    version = corpus.version_on(name, end)
    return version.record.effective_from if version else None


def _window_changes(measure: Measure, start: date, end: date) -> Iterator[WindowChange]:
    for window in measure.apply.windows or ():
        if window.from_ and start < window.from_ <= end:
            yield WindowChange(measure, True, window.from_)
        if window.to and start < window.to + timedelta(days=1) <= end:
            yield WindowChange(measure, False, window.to)
