"""Measures how well a search finds what people ask for: questions with graded answers in, figures out.

Works on any function from a question and a number to ids; it knows nothing of indexes.
"""

import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from navigator.errors import InputError

DEPTH = 10
_EXPECTED = '每行写成 {"id": "q1", "text": "问题", "relevant": {"编号": 等级}}'


class Query(BaseModel):
    """A question and the ids that answer it, each with a grade from 1 up. Other keys of a line are not ours."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    relevant: dict[str, Annotated[int, Field(ge=0)]]

    @property
    def grades(self) -> dict[str, int]:
        """The ids that truly answer: those with a grade above 0."""
        return {name: grade for name, grade in self.relevant.items() if grade > 0}

    def keeping(self, wanted: Callable[[str], bool]) -> "Query":
        """The same question with only the wanted ids among its answers."""
        kept = {name: grade for name, grade in self.relevant.items() if wanted(name)}
        return self.model_copy(update={"relevant": kept})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Means over the questions that have an answer (None without any), and how long a question took."""

    queries: int
    ndcg_at_10: float | None
    mrr_at_10: float | None
    recall_at_5: float | None
    recall_at_10: float | None
    p50_ms: float | None
    unanswerable: int

    def as_dict(self) -> dict[str, int | float | None]:
        """The keys of the command line (contract §5)."""
        return {
            "queries": self.queries,
            "ndcg@10": self.ndcg_at_10,
            "mrr@10": self.mrr_at_10,
            "recall@5": self.recall_at_5,
            "recall@10": self.recall_at_10,
            "p50_ms": self.p50_ms,
            "unanswerable": self.unanswerable,
        }


def read_queries(path: Path | str) -> list[Query]:
    """Read a file of one JSON object a line; InputError naming file and line for a bad one, blank lines are skipped."""
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        raise InputError(str(path), "没有这个文件", _EXPECTED) from None
    except UnicodeDecodeError:
        raise InputError(path.name, "不是 UTF-8 文本", "请用 UTF-8 编码保存") from None
    return [_query(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1) if line.strip()]


def _query(line: str, place: str) -> Query:
    try:
        data = json.loads(line)
    except ValueError:
        raise InputError(place, "不是一行完整的 JSON", _EXPECTED) from None
    try:
        return Query.model_validate(data)
    except ValidationError as error:
        key = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InputError(place, f"{key or '这一行'} 缺少或不对", _EXPECTED) from None


def evaluate(search: Callable[[str, int], Sequence[str]], queries: Iterable[Query]) -> Evaluation:
    """Ask every question once and compare the first ten ids with the graded answers."""
    rows: list[tuple[float, float, float, float]] = []
    times: list[float] = []
    unanswerable = 0
    for query in queries:
        started = time.perf_counter()
        found = list(search(query.text, DEPTH))[:DEPTH]
        times.append((time.perf_counter() - started) * 1000)
        if query.grades:
            best = {name for name, grade in query.grades.items() if grade == max(query.grades.values())}
            rows.append((ndcg(found, query.grades), _mrr(found, best), _recall(found[:5], best), _recall(found, best)))
        else:
            unanswerable += 1
    means = [round(statistics.fmean(column), 4) for column in zip(*rows, strict=True)] or [None] * 4
    return Evaluation(len(rows), *means, round(statistics.median(times), 2) if times else None, unanswerable)


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain at ten, gain 2^grade - 1 (Burges et al. 2005); a repeated id counts once."""
    ideal = sorted(grades.values(), reverse=True)[:DEPTH]
    gained = [grades.get(name, 0) if name not in found[:place] else 0 for place, name in enumerate(found[:DEPTH])]
    return _dcg(gained) / _dcg(ideal)


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _mrr(found: Sequence[str], best: set[str]) -> float:
    return next((1 / place for place, name in enumerate(found, 1) if name in best), 0.0)


def _recall(found: Sequence[str], best: set[str]) -> float:
    return len(best.intersection(found)) / len(best)
