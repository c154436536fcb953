"""The list of platforms and mechanisms under a choice of filters, and how many each further choice would leave. Draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from navigator.corpus.model import Platform

Facet = Literal["who", "serve", "commitment"]

WHO: dict[str, tuple[str, ...]] = {
    "个体工商户": ("个体",),
    "外贸企业": ("外贸", "出口", "进口", "跨境", "海关", "外资", "外商"),
    "科技企业": ("科技", "专利", "知识产权", "研发", "高新"),
    "缺钱的企业": ("贷款", "融资", "缺钱", "资金", "担保"),
    "工厂": ("工业", "制造", "工厂", "的厂", "规上"),
    "招人的单位": ("用工", "招工", "招人", "招聘", "用人单位", "培训", "人才"),
    "打官司的": ("诉讼", "官司", "当事人", "案件", "欠债", "破产"),
    "投标和卖给政府的": ("投标", "招标", "政府采购", "供应商"),
    "政府部门": ("政府部门", "机关", "工作人员"),
}
"""Groups of people, and the words in `for_whom` that name them."""


def values(platform: Platform, facet: Facet) -> tuple[str, ...]:
    """What a platform is in a facet."""
    match facet:
        case "who":
            text = platform.for_whom or ""
            return tuple(who for who, words in WHO.items() if any(word in text for word in words))
        case "serve":
            return (platform.serve,)
        case "commitment":
            return tuple(str(number) for number in platform.commitments)


def chosen(platforms: Sequence[Platform], choice: Mapping[Facet, Sequence[str]], text: str = "") -> list[Platform]:
    """The platforms that fit every facet of the choice and hold every word of the text, in the corpus's order."""
    words = text.casefold().split()
    return [
        platform
        for platform in platforms
        if _says(platform, words)
        and all(not picked or set(picked) & set(values(platform, facet)) for facet, picked in choice.items())
    ]


def counts(
    platforms: Sequence[Platform], choice: Mapping[Facet, Sequence[str]], facet: Facet, text: str = ""
) -> Counter[str]:
    """For each value of a facet, how many platforms it has under the other facets' choice."""
    others = {name: picked for name, picked in choice.items() if name != facet}
    return Counter(value for platform in chosen(platforms, others, text) for value in values(platform, facet))


def _says(platform: Platform, words: Sequence[str]) -> bool:
    text = " ".join((platform.name, platform.what, platform.for_whom or "", *platform.say)).casefold()
    return all(word in text for word in words)
