"""For whom a measure is, read off its predicates: the audiences of policy_corpus/vocabulary/audiences.yaml and the measures of each.

Nothing is judged by name: a measure that cannot be told apart by its conditions is not listed under an audience.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from navigator.corpus.model import Model, Text
from navigator.corpus.yamlfile import read_yaml, validate
from navigator.errors import InputError
from navigator.matching.rulebook import CompiledMeasure, RuleBook

_RANK = {False: 0, None: 1, True: 2}


class AudienceSpec(Model):
    """One audience: what is known of it, and of those it is told apart from."""

    name: Text
    profiles: list[dict[str, Any]] = Field(min_length=1)
    others: list[dict[str, Any]] = []


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience and the ids of its measures, in the order they were given."""

    name: str
    told_apart: bool
    measures: tuple[str, ...]


def audiences(rulebook: RuleBook, measures: Iterable[str], as_of: date) -> tuple[Audience, ...]:
    """Every audience with those of `measures` (ids) that are for it on a day; audiences without any are left out."""
    ids = tuple(measures)
    found = (_audience(spec, rulebook, ids, as_of) for spec in read_audiences(rulebook.corpus.folder))
    return tuple(audience for audience in found if audience.measures)


def read_audiences(folder: Path) -> tuple[AudienceSpec, ...]:
    """The audiences of a corpus folder; raises InputError."""
    file = read_yaml(folder / "vocabulary" / "audiences.yaml")
    if not isinstance(file.data, list):
        raise InputError("audiences.yaml:1", "不是列表", "每一项以 - 开头")
    return tuple(validate(AudienceSpec, item, file, (place,)) for place, item in enumerate(file.data))


def _audience(spec: AudienceSpec, rulebook: RuleBook, ids: tuple[str, ...], as_of: date) -> Audience:
    def completed(profile: Mapping[str, Any]) -> Mapping[str, Any]:
        return rulebook.facts.complete(rulebook.facts.read_profile(profile, f"audiences.yaml {spec.name}")).values

    profiles, others = [completed(one) for one in spec.profiles], [completed(one) for one in spec.others]
    kept = (one for one in ids if any(_is_for(rulebook.by_id[one], profile, others, as_of) for profile in profiles))
    return Audience(spec.name, bool(others), tuple(kept))


def _is_for(measure: CompiledMeasure, profile: Mapping[str, Any], others: list[Mapping[str, Any]], as_of: date) -> bool:
    mine = measure.outcomes(profile, as_of)
    if False in mine:
        return False
    return all(
        any(_RANK[here] > _RANK[there] for here, there in zip(mine, measure.outcomes(other, as_of), strict=True))
        for other in others
    )
