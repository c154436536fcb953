"""Assesses one enterprise on a day: every measure with its conditions, what is missing, what is near, how much, and the best bundle.

Facts are taken as given; the day chooses rules only. Statuses follow contract §2. Nothing about an enterprise is kept from one call to the
next: what is worked out beforehand (`navigator.matching.ready`) depends on the rules and the day alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from navigator.corpus.model import Outcome
from navigator.matching.assessment import Assessment as Assessment
from navigator.matching.assessment import ConcerningCommitment, Grounds
from navigator.matching.assessment import ConditionResult as ConditionResult
from navigator.matching.assessment import MeasureResult as MeasureResult
from navigator.matching.assessment import Status as Status
from navigator.matching.assessment import in_force_dict as in_force_dict
from navigator.matching.assessment import show_value as show_value
from navigator.matching.bundle import Offer, make_bundle
from navigator.matching.dates import today
from navigator.matching.facts import Completed
from navigator.matching.language import Value
from navigator.matching.near_miss import NearMiss
from navigator.matching.questions import Open, Question
from navigator.matching.ready import ReadyMeasure, ReadyRuleBook, Standing, ready, standings
from navigator.matching.rulebook import RuleBook, rulebook_for
from navigator.matching.rulebook import source_of as source_of
from navigator.matching.tested import Tested

_OUTCOMES: dict[Value, Outcome] = {True: "eligible", False: "not_eligible", None: "needs_info"}
_make_measure_result: Callable[[tuple], MeasureResult] = partial(tuple.__new__, MeasureResult)


def assess(profile: Mapping[str, Any], as_of: date | None = None, rulebook: RuleBook | None = None) -> Assessment:
    """Assess a flat profile (fact -> value; absent is unknown) as of a day, today in Asia/Shanghai by default.

    Raises InputError for an unknown fact or a value outside its list.
    """
    day = as_of or today()
    rules = ready(rulebook or rulebook_for(day))
    given = rules.rulebook.facts.read_profile(profile)
    enterprise = _Enterprise(rules, rules.rulebook.facts.complete(given), day)
    results = enterprise.results()
    eligible = [result for result in results if result.status == "eligible"]
    return Assessment(
        as_of=day,
        profile=enterprise.completed,
        measures=results,
        bundle=make_bundle([enterprise.offer(one) for one in eligible]),
        no_application=tuple(one.measure.id for one in eligible if one.measure.delivery == "免申即享"),
        commitments=enterprise.commitments(),
        questions=enterprise.questions(given, results),
    )


class _Enterprise:
    """One enterprise on one day: each thing is worked out once, however many measures ask alike."""

    def __init__(self, rules: ReadyRuleBook, completed: Completed, as_of: date) -> None:
        self.completed = completed
        self._rules, self._as_of, self._values = rules, as_of, completed.values
        self._unknown: dict[int, dict[str, None]] = {}
        self._truths = rules.truths(completed.values, as_of, self._unknown)
        self._grounds = Grounds(rules, completed.values, rules.outcomes(self._truths))
        self._missing_of: dict[int, dict[str, None]] = {}
        self._opened: dict[str, tuple[str, ...]] = {}
        self._changes_of: dict[int, tuple[NearMiss, ...]] = {}
        self._after: dict[tuple[object, ...], Tested | None] = {}

    def results(self) -> tuple[MeasureResult, ...]:
        """Every measure, in the order of the rule book."""
        rules = self._rules
        return tuple(map(self._result, rules.measures, standings(rules.rulebook, self._as_of)))

    def _result(self, one: ReadyMeasure, standing: Standing) -> MeasureResult:
        outcome: Outcome = "needs_info" if one.whole is None else _OUTCOMES[self._truths[one.whole]]
        in_period, applications = standing
        near, brings = self._near_miss(one) if outcome == "not_eligible" else ((), None)
        return _make_measure_result(
            (
                one.measure,
                outcome if in_period == "in_force" else in_period,
                outcome,
                applications,
                self._missing(one) if outcome == "needs_info" else (),
                near,
                None if one.estimate is None else _cents(self._truths[one.estimate]),
                brings,
                one,
                self._grounds,
            )
        )

    def _missing(self, one: ReadyMeasure) -> tuple[str, ...]:
        """The facts to ask for that keep a condition undecided, in order."""
        found: dict[str, None] = {}
        for place in one.tests:
            if self._truths[place] is None:
                found.update(self._rules.alone[place] or self._missing_of.get(place) or self._find_missing(place))
        return tuple(found)

    def _find_missing(self, place: int) -> dict[str, None]:
        found = self._unknown[place]
        if place in self._rules.opened:
            asked = self._rules.rulebook.askable.of(found, self._values, self._as_of, self._opened)
            found = self._missing_of[place] = dict.fromkeys(asked)
        return found

    def _near_miss(self, one: ReadyMeasure) -> tuple[tuple[NearMiss, ...], float | None]:
        """Changes that together leave no condition failed while the measure is in force (empty where there are none), and the
        estimate that follows from them. Of a measure that has ended: changes that would have."""
        truths = self._truths
        if one.fixed is not None and truths[one.fixed] is False:
            return (), None
        found: dict[str, NearMiss] = {}
        for place in one.tests:
            if truths[place] is False:
                changes = self._changes(place)
                if not changes:
                    return (), None
                for change in changes:
                    other = found.get(change.fact)
                    if other is None or (change.distance or 0) > (other.distance or 0):
                        found[change.fact] = change
        changes = tuple(found.values())
        after = self._after_changes(one, changes)
        if after is None or False in after.outcomes(one.compiled.rules):
            return (), None
        estimate = one.compiled.estimate
        return changes, _cents(estimate(after.values, after.as_of)) if estimate else None

    def _changes(self, place: int) -> tuple[NearMiss, ...]:
        if place not in self._changes_of:
            self._changes_of[place] = self._rules.ways_of(place)(self._values, self._as_of) or ()
        return self._changes_of[place]

    def _after_changes(self, one: ReadyMeasure, changes: tuple[NearMiss, ...]) -> Tested | None:
        """The enterprise after the changes, on the day they allow; None where they contradict other facts or the measure is over by then."""
        day = max((change.by for change in changes if change.by), default=self._as_of)
        last = one.measure.in_force.to
        if last and self._as_of <= last < day:
            return None
        new = {
            change.fact: change.need[0] if isinstance(change.need, tuple) else change.need
            for change in changes
            if change.by is None
        }
        key = (day, *new.items())
        if key not in self._after:
            after = self._rules.rulebook.facts.changed(self.completed, new)
            worse = len(after.contradictions) > len(self.completed.contradictions)
            self._after[key] = None if worse else Tested(after.values, day)
        return self._after[key]

    def offer(self, result: MeasureResult) -> Offer:
        """An eligible measure as the bundle weighs it."""
        cap = self._rules.rulebook.by_id[result.measure.id].cap
        limit = cap(self._values, self._as_of) if cap else None
        return Offer(result.measure, result.estimate, result.apply_state, limit)  # type: ignore[arg-type]

    def questions(self, given: Mapping[str, Value], results: tuple[MeasureResult, ...]) -> tuple[Question, ...]:
        """What to ask next, for the measures in force that need information."""
        needing = [
            Open(number, one.first, one.last, result.missing, result.estimate)
            for number, (one, result) in enumerate(zip(self._rules.measures, results, strict=True))
            if result.status == "needs_info"
        ]
        return self._rules.questioner.questions(self._values, given, needing, self._grounds.outcomes, self._as_of)

    def commitments(self) -> tuple[ConcerningCommitment, ...]:
        """The commitments that concern it."""
        return tuple(
            ConcerningCommitment(one.commitment, one.commitment.why)
            for one, place in self._rules.commitments
            if (one.test(self._values, self._as_of) if place is None else self._truths[place]) is True
        )


def _cents(yuan: Value) -> float | None:
    return None if yuan is None else round(yuan, 2)  # type: ignore[call-overload]
