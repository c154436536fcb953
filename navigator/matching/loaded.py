"""A table of enterprises held in memory with everything that follows from its facts, for questions asked again and again.

What-if, "whom would it reach" and staff pages count and sum over it: a predicate over a million enterprises takes milliseconds. Estimates are
yuan as computed, not rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

from navigator.matching.batch import Matcher, Progress, read_pieces
from navigator.matching.columns import Columns, Truth
from navigator.matching.language import Node
from navigator.matching.outputs import Reports
from navigator.matching.parse import parse_condition, parse_estimate
from navigator.matching.plan import Plan, filled
from navigator.matching.rulebook import RuleBook, default_rulebook, rulebook_for
from navigator.matching.tables import Source, open_table

_ANY_DAY = date(2000, 1, 1)
"""Completing facts depends on no day."""


@dataclass(frozen=True, slots=True)
class Tally:
    """For how many enterprises something is true, false, unknown."""

    true: int
    false: int
    unknown: int


class LoadedTable:
    """Enterprises by column, completed. `reports` tells what was wrong with the table."""

    def __init__(
        self, usccs: list[pa.Array], pieces: list[Columns], reports: Reports, rulebook: RuleBook | None = None
    ) -> None:
        self._usccs, self._pieces, self.reports, self._own_rules = usccs, pieces, reports, rulebook
        self.rulebook = rulebook or default_rulebook()
        """The measures named, the newest ones where none were; the facts are the same for every day."""

    def _rules_on(self, as_of: date) -> RuleBook:
        return self._own_rules or rulebook_for(as_of)

    @classmethod
    def load(cls, source: Source, rulebook: RuleBook | None = None, progress: Progress | None = None) -> LoadedTable:
        """Read and complete a table (path or DataFrame); raises InputError as `match` does."""
        rules = rulebook or default_rulebook()
        table = open_table(source, rules.facts.specs)
        reports = Reports(None, table)
        matcher = Matcher(rules, _ANY_DAY, ids=())
        read = list(read_pieces(matcher.match_piece, table, rules, reports, progress))
        return cls([piece.usccs for piece in read], [piece.facts for piece in read], reports, rulebook)

    def with_rulebook(self, rulebook: RuleBook) -> LoadedTable:
        """The same enterprises under other versions of the measures."""
        return LoadedTable(self._usccs, self._pieces, self.reports, rulebook)

    def __len__(self) -> int:
        return sum(piece.count for piece in self._pieces)

    def usccs(self) -> pl.Series:
        """The codes, in row order."""
        return pl.Series("uscc", pl.from_arrow(pa.chunked_array(self._usccs, pa.string())))

    def facts(self, names: Iterable[str]) -> pl.DataFrame:
        """Completed facts as ordinary columns, null where unknown."""
        specs = {name: self.rulebook.facts.specs[name] for name in names}
        pieces = self._pieces or [Columns(0)]
        return pl.concat(pl.DataFrame([piece.series(spec) for spec in specs.values()]) for piece in pieces)

    def count(self, conditions: str | Node | Iterable[str | Node], as_of: date) -> Tally:
        """How many enterprises meet a predicate, or all of several; text is parsed, with InputError for a fault in it."""
        true = false = 0
        for truth in self._truths(conditions, as_of):
            true += int(np.bitwise_count(truth.true).sum())
            false += int(np.bitwise_count(truth.false).sum())
        return Tally(true, false, len(self) - true - false)

    def where(self, conditions: str | Node | Iterable[str | Node], as_of: date) -> pl.Series:
        """The outcome of a predicate, or of all of several, for each enterprise: a nullable boolean."""
        parts = [
            truth.as_arrow(piece.count)
            for truth, piece in zip(self._truths(conditions, as_of), self._pieces, strict=True)
        ]
        return pl.Series(pl.from_arrow(pa.chunked_array(parts, pa.bool_())))

    def estimate(self, expression: str | Node, as_of: date) -> pl.Series:
        """An estimate in yuan for each enterprise, null where a fact in it is unknown."""
        node = parse_estimate(expression, self.rulebook.facts.specs) if isinstance(expression, str) else expression
        plan = Plan(as_of)
        step = plan.add_number(node)
        parts = [filled(plan.run(piece)[step], piece.count) for piece in self._pieces]
        return pl.Series(np.concatenate(parts) if parts else np.empty(0)).fill_nan(None)

    def outcomes(self, as_of: date, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """What `match` gives: `uscc` and a nullable boolean for each measure in force and not unverified (of `ids`, if named)."""
        matcher = Matcher(self._rules_on(as_of), as_of, ids=ids)
        frames = [matcher.match(usccs, piece).wide() for usccs, piece in zip(self._usccs, self._pieces, strict=True)]
        return pl.concat(frames) if frames else matcher.empty().wide()

    def estimates(self, as_of: date, ids: Iterable[str] | None = None) -> pl.DataFrame:
        """Yuan for each of those measures that has an estimate, whatever its outcome; null where a fact in it is unknown."""
        matcher = Matcher(self._rules_on(as_of), as_of, estimates=True, ids=ids)
        frames = [
            pl.DataFrame(dict(matcher.match(usccs, piece).estimates))
            for usccs, piece in zip(self._usccs, self._pieces, strict=True)
        ]
        return (pl.concat(frames) if frames else pl.DataFrame(dict(matcher.empty().estimates))).fill_nan(None)

    def _truths(self, conditions: str | Node | Iterable[str | Node], as_of: date) -> list[Truth]:
        listed = conditions if isinstance(conditions, Iterable) and not isinstance(conditions, str) else [conditions]
        specs = self.rulebook.facts.specs
        plan = Plan(as_of)
        step = plan.add_all(parse_condition(one, specs) if isinstance(one, str) else one for one in listed)
        return [plan.run(piece)[step] for piece in self._pieces]
