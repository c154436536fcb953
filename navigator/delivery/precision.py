"""精准推送率 and what stands beside it, from counted pushes: the audited estimate, the self-selected answers, the number not yet judged.

The words of each definition stand here, next to the arithmetic they describe. Samples are drawn in `samples`, judged in `judging`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from navigator.delivery.counting import RIGHT, WRONG, Cell, Counts, Drawing, Drawn, count, pairs, unclear
from navigator.delivery.estimate import Estimate, Stratum, agreement, estimate
from navigator.delivery.metrics import BY, NOWHERE, TREND, By, Figure, Look, Metric
from navigator.delivery.months import month_name, month_text, months_before
from navigator.delivery.pushrows import LISTS, read_push_rows

SAID = {
    "fits": "答复适用",
    "already": "已经享受了",
    "no_need": "不需要",
    "not_fit": "条件不符",
    "wrong_info": "信息有误",
    "other": "其他原因",
    "accepted": "窗口受理了",
    "not_eligible": "窗口因不符合条件退件",
}


@dataclass(frozen=True, slots=True)
class StratumState:
    """How far the audit of one stratum (a measure in a region, in one month) has come. `pushes` is how many it has now."""

    month: int
    measure: str
    name: str
    region: str
    pushes: int
    drawing: Drawing | None
    drawn: tuple[Drawn, ...] = ()

    def number(self, verdict: str | None) -> int:
        """How many drawn pushes have this verdict; None: not decided yet."""
        return sum(one.verdict == verdict for one in self.drawn)

    @property
    def judged(self) -> int:
        """How many were found right or wrong."""
        return self.number("right") + self.number("wrong")

    @property
    def grown(self) -> int:
        """Pushes sent since it was drawn last."""
        return max(0, self.pushes - self.drawing.pushes) if self.drawing else 0

    @property
    def lacking(self) -> int:
        """How many judgements are still needed; 0 also where all were looked at and the rest cannot be found out."""
        if self.drawing is None:
            return min(1, self.pushes)
        if len(self.drawn) >= self.pushes and not self.number(None):
            return 0
        return max(0, min(self.drawing.least, self.pushes) - self.judged)

    @property
    def must_draw(self) -> bool:
        """Whether judging what is drawn cannot be enough."""
        return self.drawing is None or self.grown > 0 or self.number(None) < self.lacking

    @property
    def is_complete(self) -> bool:
        """Whether it can carry an estimate."""
        return self.drawing is not None and not self.grown and not self.lacking


def strata_of(counts: Counts, month: int) -> dict[tuple[str, str], StratumState]:
    """All strata of a month, by measure and region."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for cell, number in counts.sent.items():
        if cell.month == month:
            sizes[cell.measure, cell.region] += number
    drawn: dict[tuple[str, str], list[Drawn]] = defaultdict(list)
    for one in counts.drawn:
        if one.cell.month == month:
            drawn[one.cell.measure, one.cell.region].append(one)
    return {
        key: StratumState(
            month,
            key[0],
            counts.names.get(key[0], key[0]),
            key[1],
            size,
            counts.drawings.get((month, *key)),
            tuple(drawn[key]),
        )
        for key, size in sizes.items()
    }


def audited(strata: Mapping[tuple[str, str], StratumState], cells: Mapping[Cell, int]) -> Figure:
    """The audited estimate of some pushes of one month, given as cells with their numbers; without a value until it can have one."""
    size = sum(cells.values())
    if not size:
        return Figure(None, 0, 0, note="没有推送")
    touched = [strata[key] for key in dict.fromkeys((cell.measure, cell.region) for cell in cells)]
    inside = [one for state in touched for one in state.drawn if one.cell in cells]
    right, wrong, unsure = (sum(one.verdict == verdict for one in inside) for verdict in ("right", "wrong", "unsure"))
    waiting = len(inside) - right - wrong - unsure
    parts = (("判对", right), ("判错", wrong), ("查不清", unsure), ("还没评", waiting))
    lack = _lack(touched, right + wrong, size)
    found = None if lack else _estimated(touched, cells, size, ("right", "wrong"))
    if found is None:
        return Figure(None, right, right + wrong, note=lack or "抽到的都查不清，算不出来", parts=parts)
    note = f"评了 {right + wrong:,} 条，推算到 {size:,} 条推送"
    if unsure:
        bound = _estimated(touched, cells, size, ("right", "wrong", "unsure"))
        assert bound is not None
        note += f"；{unsure} 条查不清没有算，都算错的话是 {100 * bound.share:.1f}%"
    return Figure(100 * found.share, right, right + wrong, 100 * found.low, 100 * found.high, note, parts)


def _estimated(
    touched: Iterable[StratumState], cells: Mapping[Cell, int], size: int, taken: tuple[str, ...]
) -> Estimate | None:
    """The estimate from items with one of these verdicts; a stratum in which nothing could be found out says nothing."""
    strata = []
    for state in touched:
        judged = [one for one in state.drawn if one.verdict in taken]
        inside = [one for one in judged if one.cell in cells]
        if judged:
            right = sum(one.verdict == "right" for one in inside)
            strata.append(Stratum(max(state.pushes, len(judged)), len(judged), len(inside), right))
    return estimate(strata, size)


def _lack(touched: list[StratumState], judged: int, size: int) -> str:
    """What is still needed, in one sentence; empty where nothing is."""
    if all(state.drawing is None for state in touched):
        return "还没有抽样"
    new = [state for state in touched if state.drawing is None or state.grown]
    missing = [state for state in touched if state.lacking and state.drawing is not None]
    told = []
    if missing:
        most = max(missing, key=lambda state: state.lacking)
        told.append(
            f"还差 {sum(state.lacking for state in missing):,} 条评判（{len(missing)} 层没评够，"
            f"差得最多的是{most.region or NOWHERE}的“{most.name}”）"
        )
    if new:
        sent = sum(state.grown if state.drawing else state.pushes for state in new)
        told.append(f"抽样后又发了 {sent:,} 条（{len(new)} 层），要再抽一次")
    if not told:
        least = min(max(state.drawing.least for state in touched if state.drawing), size)
        if (
            judged < least
            and judged < size
            and any(state.lacking or len(state.drawn) < state.pushes for state in touched)
        ):
            told.append(f"还差 {least - judged:,} 条评判：样本里这一部分太少")
    return "；".join(told)


def replies(counts: Counts, cells: Mapping[Cell, int]) -> Figure:
    """What enterprises and windows said of some pushes."""
    said = _said(counts, cells)
    right, wrong = (sum(said[what] for what in kind) for kind in (RIGHT, WRONG))
    parts = tuple((SAID.get(what, "其他原因"), number) for what, number in said.items() if number)
    if not right + wrong:
        return Figure(None, 0, 0, note="还没有能说明对错的答复", parts=parts)
    sent = sum(cells.values())
    note = f"自选样本：{sent:,} 条里有 {right + wrong:,} 条有说法，不代表全部"
    return Figure(100 * right / (right + wrong), right, right + wrong, note=note, parts=parts)


def _said(counts: Counts, cells: Mapping[Cell, int]) -> dict[str, int]:
    found = dict.fromkeys(SAID, 0)
    for what in {what for _, what in counts.said}:
        found[what if what in SAID else "other"] += sum(counts.said[cell, what] for cell in cells)
    return found


def unjudged(counts: Counts, found_by_judges: Mapping[Cell, int], cells: Mapping[Cell, int]) -> Figure:
    """How many of some pushes nobody has found right or wrong: no judge, no enterprise, no window."""
    said = _said(counts, cells)
    judged = sum(said[what] for what in RIGHT | WRONG) + sum(found_by_judges.get(cell, 0) for cell in cells)
    sent = sum(cells.values())
    return Figure(sent - judged, sent - judged, sent, note=f"共发 {sent:,} 条")


def _found_by_judges(counts: Counts) -> Mapping[Cell, int]:
    """Pushes that judges alone found right or wrong."""
    return Counter(
        one.cell
        for one in counts.drawn
        if one.verdict in ("right", "wrong") and one.said not in RIGHT and one.said not in WRONG
    )


def _counts(look: Look) -> Counts:
    return count(look.session, look.scope)


def _groups(counts: Counts, month: int, by: By) -> dict[str, dict[Cell, int]]:
    """The pushes of a month by region, measure or office, the largest part first."""
    found: dict[str, dict[Cell, int]] = defaultdict(dict)
    for cell, number in counts.sent.items():
        if cell.month == month and number:
            found[getattr(cell, by)][cell] = number
    return dict(sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0])))


def _whole(counts: Counts, month: int) -> dict[Cell, int]:
    return {cell: number for cell, number in counts.sent.items() if cell.month == month and number}


Value = Callable[[Counts, int, Mapping[Cell, int]], Figure]
"""The value of some pushes of a month."""


def _parted(look: Look, value: Value) -> list[Figure]:
    """A value of the month asked about, of its parts, and of each month of the trend."""
    counts, month = look.once(_counts), look.scope.last
    found = [value(counts, month, _whole(counts, month))]
    for before in range(TREND - 1, -1, -1):
        then = months_before(month, before)
        found.append(value(counts, then, _whole(counts, then)).of("month", month_text(then), month_name(then)))
    for by in BY:
        if by != "month":
            for key, cells in _groups(counts, month, by).items():
                label = counts.names.get(key, key) if by == "measure" else key or NOWHERE
                found.append(value(counts, month, cells).of(by, key, label))
    return found


def _precision(look: Look) -> list[Figure]:
    strata: dict[int, dict[tuple[str, str], StratumState]] = {}

    def value(counts: Counts, month: int, cells: Mapping[Cell, int]) -> Figure:
        if month not in strata:
            strata[month] = strata_of(counts, month)
        return audited(strata[month], cells)

    return _parted(look, value)


def _replies(look: Look) -> list[Figure]:
    return _parted(look, lambda counts, month, cells: replies(counts, cells))


def _unjudged(look: Look) -> list[Figure]:
    found = _found_by_judges(look.once(_counts))
    return _parted(look, lambda counts, month, cells: unjudged(counts, found, cells))


def _sent(look: Look) -> list[Figure]:
    found = _parted(look, lambda counts, month, cells: Figure(sum(cells.values()), sum(cells.values())))
    left = unclear(look.session, look.scope)
    note = f"另有 {left:,} 条不知道发没发出去（各月合计），没有算" if left else ""
    return [Figure(found[0].value, found[0].numerator, note=note), *found[1:]]


def _agreement(look: Look) -> list[Figure]:
    counts: Counts = look.once(_counts)
    twice = [one.item for one in counts.drawn if one.cell.month == look.scope.last and one.judges > 1]
    found = agreement(pairs(look.session, twice))
    if found is None:
        return [Figure(None, 0, 0, note="还没有两个人都评过的推送")]
    kappa = "算不出（两人只用了同一种判断）" if found.kappa is None else f"{found.kappa:.2f}"
    alike = round(found.share * found.number)
    return [Figure(100 * found.share, alike, found.number, note=f"科恩 κ 系数：{kappa}")]


_COUNTED = "推送：当月（北京时间）发出、条件符合的推送，一家企业一项政策算一条；发出后撤回的也算，示例不算。"

METRICS = (
    Metric(
        "push-precision", "精准推送率", "%",
        f"推送里判为对的占多少。{_COUNTED}每月按政策和区域分层随机抽样，工作人员按档案和条件逐条判对错，再按每层的推送数加权推算；"
        "每层都评够了才有数。查不清的当作没有评。区间：真实的比率有95%的把握在里面。",
        "判对的推送（按每层代表的条数加权）", "判了对错的推送（同样加权）", "按政策和区域分层随机抽样", False,
        _precision, LISTS["push-precision"], read_push_rows, 95.0,
    ),
    Metric(
        "push-precision-replies", "企业和窗口说的精准率", "%",
        f"有答复或办理结果的推送里，说明推对了的占多少。{_COUNTED}算对：答复适用、已经享受了、窗口受理了；算错：条件不符、信息有误、"
        "窗口因不符合条件退件；不需要和其他原因不算对也不算错。窗口结果和答复不同时，以窗口为准。愿意答复的企业才算得到，所以只作参照。",
        "说明推对了的", "说明推对了或推错了的", "自选样本：谁答复、谁来办，不由我们定", True,
        _replies, LISTS["push-precision-replies"], read_push_rows,
    ),
    Metric(
        "push-unjudged", "未评判", "条",
        f"还没有任何依据说对说错的推送。{_COUNTED}抽查判了对错、企业答复或窗口结果说明了对错的，都算评判过。",
        "未评判的推送", "全部推送", "全部推送逐条计数", True,
        _unjudged, LISTS["push-unjudged"], read_push_rows,
    ),
    Metric(
        "push-sent", "已发推送", "条", _COUNTED, "已发推送", "", "全部推送逐条计数", True,
        _sent, LISTS["push-sent"], read_push_rows,
    ),
    Metric(
        "judge-agreement", "两人评判一致率", "%",
        "同一条推送由两个人各自评判（后评的看不到先评的），判得一样的占多少。κ 系数去掉了碰巧一样的部分：1是完全一致，0是和碰运气一样。",
        "两人判得一样的", "两人都评过的", "抽查里复评过的推送", False, _agreement,
    ),
)  # fmt: skip
