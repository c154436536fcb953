"""Reads whom a sentence names: legal form, size, status, trade, place, whom they hire and who founded them.

Lists are read as people mean them: 小微企业和个体工商户 is one or the other. What stands in a name (中小企业发展局)
or a wish (鼓励企业上规) names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from navigator.corpus.industries import load_industries
from navigator.corpus.regions import load_regions
from navigator.intake.proposals_found import Reading, Sure, member, quoted
from navigator.intake.proposals_text import Passage, Words

# ---- who: form, size, status ----

_SMALL = "entity_type = '企业' AND size_class IN ('小型', '微型')"
_SIZES: tuple[tuple[str, str, str], ...] = (
    (
        r"中小微(?:型)?企业|中小企业|中型、?小型、?(?:和)?微型企业",
        "是中型、小型或微型企业",
        "size_class IN ('中型', '小型', '微型')",
    ),
    (r"小微(?:型)?企业|小型、?(?:和|或)?微型企业|小型微型企业", "是小型或微型企业", "size_class IN ('小型', '微型')"),
    (r"(?<!中)小型企业", "是小型企业", "size_class = '小型'"),
    (r"微型企业", "是微型企业", "size_class = '微型'"),
    (r"(?<!大)中型企业", "是中型企业", "size_class = '中型'"),
    (r"大型企业", "是大型企业", "size_class = '大型'"),
)
_STATUSES: tuple[tuple[str, str, str], ...] = (
    (r"高新技术企业|国家高企", "是高新技术企业", "is_high_tech_enterprise"),
    (r"科技型中小企业", "是科技型中小企业（有入库编号）", "is_tech_sme"),
    (
        r"(?:国家级?)?专精特新[“\"]?小巨人[”\"]?(?:企业)?|国家级[“\"]小巨人[”\"]企业",
        "是专精特新“小巨人”",
        "specialised_status = '专精特新小巨人'",
    ),
    (r"专精特新中小企业", "是专精特新中小企业", "specialised_status = '专精特新中小企业'"),
    (r"创新型中小企业", "是创新型中小企业", "specialised_status = '创新型中小企业'"),
    (r"(?:国家)?(?:级)?制造业单项冠军(?:示范)?(?:企业)?", "是国家制造业单项冠军", "is_single_champion"),
)
_TAXPAYERS: tuple[tuple[str, str, str], ...] = (
    (r"小型微利企业", "是小型微利企业", "is_small_low_profit"),
    (r"(?:增值税)?小规模纳税人", "是增值税小规模纳税人", "taxpayer_type = '小规模纳税人'"),
    (r"(?:增值税)?一般纳税人", "是增值税一般纳税人", "taxpayer_type = '一般纳税人'"),
)
_FORMS: tuple[tuple[str, str, str], ...] = (
    (r"个体工商户|个体户|个体经营(?:者|户)?", "个体工商户", "个体工商户"),
    (r"农民(?:专业)?合作社", "农民专业合作社", "农民专业合作社"),
    (r"社会组织|社会团体|民办非企业单位", "社会组织", "社会组织"),
    (r"企业", "企业", "企业"),
)
_KIND = "|".join(
    f"(?P<{group}{number}>{row[0]})"
    for group, rows in (("status", _STATUSES), ("taxpayer", _TAXPAYERS), ("size", _SIZES), ("form", _FORMS))
    for number, row in enumerate(rows)
)
_NOT_A_KIND = re.compile(
    r"企业(?=招用|当年|同期|年度|职工|账户|所得税|登录|申请认定|可|自行|规模|研发|登记|上年|实际|拥有|经营|账|名|信用|家)|"
    r"(?:支持|鼓励|引导|推动|培育|帮助)[^,;。]{0,12}企业(?=申报|开展|参加|投保|加大|创建|上规|进规|做大)|中小企业(?=发展|服务|数字)|智慧企业|每家企业|单个企业|同一企业|每户企业"
)
_JOINT = re.compile(
    r"(?:企业)?(?:、|和|或者?|以及|及其?|与|,)(?:首次|新|当年|经|已|入库|通过|认定|获评|依法|从事|的|纳入|进入|在|登记|注册)*$"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    group: str
    text: str
    when: str
    start: int
    end: int


def _kinds(passage: Passage) -> list[_Kind]:
    tables = {"status": _STATUSES, "taxpayer": _TAXPAYERS, "size": _SIZES, "form": _FORMS}
    found = []
    barred = [match.span() for match in _NOT_A_KIND.finditer(passage.text)]
    for match in re.finditer(_KIND, passage.text):
        name = match.lastgroup or ""
        group, number = re.fullmatch(r"([a-z]+)(\d+)", name).groups()  # type: ignore[union-attr]
        if _is_left_out(passage.text, match.start(), match.end()):
            continue
        is_barred = any(start <= match.start() < end or start < match.end() <= end for start, end in barred)
        if is_barred and not passage.text.startswith("企业招用", match.start()):
            continue
        row = tables[group][int(number)]
        found.append(_Kind(group, row[1], row[2], match.start(), match.end()))
    return found


def whom(passage: Passage, excluded: bool, home: str | None) -> list[Reading]:
    if excluded:
        return []
    groups: list[list[_Kind]] = []
    for kind in _kinds(passage):
        gap = passage.text[groups[-1][-1].end : kind.start] if groups else ""
        if groups and _JOINT.search(gap) and len(gap) <= 14:
            groups[-1].append(kind)
        else:
            groups.append([kind])
    found: list[Reading] = []
    for group in groups:
        found += _whom_of(group, passage)
    return found


def _whom_of(kinds: list[_Kind], passage: Passage) -> Iterator[Reading]:
    """The readings of a list of kinds: 小微企业和个体工商户 is one or the other."""
    words = passage.words(kinds[0].start, kinds[-1].end)
    forms = [kind.when for kind in kinds if kind.group == "form"]
    sizes = [kind for kind in kinds if kind.group == "size"]
    named = [kind for kind in kinds if kind.group in ("status", "taxpayer")]
    if named and not forms and not sizes:
        if all(kind.group == "status" for kind in named):
            yield Reading("是企业", "entity_type = '企业'", words, topic="form")
        yield _either(named, words)
    elif named:
        yield _either_form(named, forms, sizes, words)
    elif sizes and forms:
        others = [form for form in forms if form != "企业"]
        inner = f"entity_type = '企业' AND {_joined_sizes(sizes)}"
        when = f"{member('entity_type', others)} OR ({inner})" if others else inner
        text = "、".join((*(kind.text.removeprefix("是") for kind in sizes), *others))
        yield Reading(f"是{text}", when, words, topic="form")
    elif sizes:
        yield Reading("是企业", "entity_type = '企业'", words, topic="form")
        yield Reading("或".join(kind.text for kind in sizes), _joined_sizes(sizes), words, topic="size")
    else:
        unique = list(dict.fromkeys(forms))
        yield Reading(f"是{'、'.join(unique)}", member("entity_type", unique), words, topic="form")


def _either(named: list[_Kind], words: Words) -> Reading:
    topic = "status" if named[0].group == "status" else "taxpayer"
    return Reading(
        "，或者".join(kind.text for kind in named), " OR ".join(kind.when for kind in named), words, topic=topic
    )


def _either_form(named: list[_Kind], forms: list[str], sizes: list[_Kind], words: Words) -> Reading:
    texts = [*(kind.text for kind in (*named, *sizes)), *(f"是{form}" for form in forms)]
    sides = [*(kind.when for kind in named), *(f"(entity_type = '企业' AND {kind.when})" for kind in sizes)]
    return Reading(
        "，或者".join(texts),
        " OR ".join((*sides, member("entity_type", forms)) if forms else sides),
        words,
        topic="form",
    )


def _joined_sizes(sizes: list[_Kind]) -> str:
    names = {name for kind in sizes for name in re.findall("'(.型)'", kind.when)}
    return member("size_class", [name for name in ("大型", "中型", "小型", "微型") if name in names])


# ---- trades ----

_TRADES = {
    "制造业": ("C",), "制造": ("C",), "工业": ("B", "C", "D"), "建筑业": ("E",), "建筑": ("E",), "批发和零售业": ("F",), "批发零售业": ("F",),
    "批发业": ("F51",), "批发": ("F51",), "零售业": ("F52",), "零售": ("F52",), "商贸": ("F",), "交通运输业": ("G",), "物流": ("G",),
    "住宿业": ("H61",), "住宿": ("H61",), "餐饮业": ("H62",), "餐饮": ("H62",), "住宿餐饮": ("H",), "住宿和餐饮业": ("H",), "房地产": ("K70",),
    "房地产开发": ("K701",), "软件和信息技术服务业": ("I65",), "软件": ("I65",), "农林牧渔业": ("A",), "采矿业": ("B",), "旅游": ("N78", "R90"),
}  # fmt: skip
_UNSURE_TRADES = frozenset({"商贸", "物流", "旅游", "交通运输业", "软件", "建筑"})


@cache
def _trade_pattern() -> re.Pattern[str]:
    official = [load_industries().name(code) for code in load_industries().codes() if len(code) in (1, 3)]
    names = sorted({*_TRADES, *(name for name in official if name.endswith("业"))}, key=len, reverse=True)
    one = f"(?:{'|'.join(map(re.escape, names))})"
    return re.compile(
        rf"(?<!先进)(?<!农)(?P<trades>{one}(?:(?:、|和|及|或){one})*)(?:类|行业|领域)?(?:的|小微|中小)?(?=企业|一般纳税人|纳税人|单位|经营主体|个体工商户|项目)"
    )


def trades(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    masked = re.sub("制造业单项冠军|工业互联网|建筑业企业资质", lambda match: " " * len(match.group()), passage.text)
    for match in _trade_pattern().finditer(masked):
        names = re.split("、|及|或|(?<!批发)(?<!住宿)(?<!软件)和", match["trades"])
        codes = list(dict.fromkeys(code for name in names for code in _codes_of(name)))
        if not codes:
            continue
        sure: Sure = "likely" if _UNSURE_TRADES & set(names) else "sure"
        call = f"in_industry({quoted(codes)})"
        if re.search("[一-鿿](?:、|和|及|或)$", masked[: match.start()]) and "不含" not in masked[: match.start()]:
            continue  # a list that begins with a trade that is not known
        outside = _is_left_out(masked, match.start(), match.end())
        if outside or not excluded:
            label = "、".join(names)
            words = passage.words(match.start(), match.end())
            yield Reading(
                f"不是{label}企业" if outside else f"属于{label}",
                f"NOT {call}" if outside else call,
                words,
                sure,
                "" if outside else "trade",
            )


def _codes_of(name: str) -> tuple[str, ...]:
    if name in _TRADES:
        return _TRADES[name]
    industries = load_industries()
    return tuple(code for code in industries.codes() if len(code) in (1, 3) and industries.name(code) == name)[:1]


def _is_left_out(text: str, start: int, end: int) -> bool:
    return bool(re.search("(?:不含|不包括|除)[^,;。]{0,4}$", text[:start]) or re.match("[^,;。]{0,6}除外", text[end:]))


# ---- places ----

_HERE = r"(?:行政区域|辖区|市域|区域|范围|境)?(?:内|以内|之内)?"
_SETTLED = r"(?=[^,;。]{0,10}(?:登记|注册|创办|设立|经营|从事|开办|纳税|企业|招用|依法|参保))"


def places(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    if excluded:
        return
    names = [name for name in load_regions().names if name != "荆门市外"]
    pattern = (
        rf"(?:在|于|为|^|对|申报(?:企业|单位)(?:应|须)为?)(?P<place>{'|'.join(names)}"
        rf"|荆门市?|湖北省?|本市|我市|全市|市内|本省|我省|省内|本区|本县)(?P<inside>{_HERE}){_SETTLED}"
    )
    for match in re.finditer(pattern, passage.text):
        reading = place_reading(_place_of(match["place"], home), passage.words(match.start("place"), match.end()))
        if reading:
            yield reading


def _place_of(word: str, home: str | None) -> str | None:
    if word in ("本市", "我市", "全市", "市内", "本区", "本县"):
        return home
    return {"本省": "湖北省", "我省": "湖北省", "省内": "湖北省", "湖北": "湖北省", "荆门": "荆门市"}.get(word, word)


def place_reading(place: str | None, words: Words, sure: Sure = "sure") -> Reading | None:
    """The condition that an enterprise is in a place; None for a place that facts.yaml cannot tell."""
    if place == "荆门市":
        return Reading("经营地在荆门市", "in_jingmen", words, sure, "place")
    if place == "湖北省":
        return Reading("经营地在湖北省内", "in_region('42')", words, sure, "place")
    if place in load_regions().names:
        return Reading(f"经营地在{place}", f"region = '{place}'", words, sure, "place")
    return None


# ---- hires and founders ----

_TAKEN_ON = r"(?:招用|吸纳|招聘|新招|录用|聘用|招录|新吸纳|安置)(?:[^,;。]|,(?=[^,;。]{0,12}人员)){0,40}?"
_HIRES: tuple[tuple[str, str, str, Sure], ...] = (
    (
        r"(?:毕业年度|应届)(?:的)?(?:和离校[^,;。]{0,10})?高校毕业生|离校[^,;。]{0,10}高校毕业生",
        "new_graduate_hires",
        "招了毕业年度或离校两年内未就业的高校毕业生",
        "sure",
    ),
    (r"登记失业青年", "unemployed_youth_hires", "招了登记失业青年", "sure"),
    (
        r"脱贫人口(?:[^,;。]{0,24}登记失业半年以上(?:的)?人员)?|登记失业半年以上(?:的)?人员",
        "key_group_hires",
        "招了脱贫人口或登记失业半年以上的人",
        "sure",
    ),
    (r"自主就业退役士兵", "veteran_hires", "招了自主就业退役士兵", "sure"),
    (r"就业困难人员", "hardship_employees", "招了就业困难人员", "sure"),
    (r"退役军人", "veteran_hires", "招了退役军人（系统只记自主就业退役士兵）", "guess"),
    (
        r"(?<!年度)(?<!应届)(?<!离校)高校毕业生",
        "new_graduate_hires",
        "招了高校毕业生（系统只记毕业年度和离校两年内的）",
        "guess",
    ),
)
_FOUNDERS = (
    (r"毕业5年(?:以)?内(?:的)?(?:全日制)?(?:普通)?高校毕业生", "毕业5年内高校毕业生"),
    (r"在校大学生", "在校大学生"),
    (r"就业困难人员", "就业困难人员"),
    (r"返乡(?:入乡)?创业(?:人员|农民工)", "返乡创业人员"),
)


def hires(passage: Passage, excluded: bool, home: str | None) -> Iterator[Reading]:
    if excluded:
        return
    seen: dict[str, tuple[str, Words, Sure]] = {}
    for called, fact, text, sure in _HIRES:
        match = re.search(rf"{_TAKEN_ON}(?P<who>{called})", passage.text)
        if match:
            seen.setdefault(fact, (text, passage.words(*match.span()), sure))
    for sure in ("sure", "guess"):
        rows = {fact: row for fact, row in seen.items() if row[2] == sure}
        if rows:
            when = " OR ".join(f"{fact} >= 1" for fact in rows)
            words = next(iter(rows.values()))[1]
            yield Reading("，或者".join(row[0] for row in rows.values()), when, words, sure, "hires")  # type: ignore[arg-type]
    yield from _founders(passage)


def _founders(passage: Passage) -> Iterator[Reading]:
    if not re.search("创办|创业|个体经营", passage.text):
        return
    found = {}
    for called, value in _FOUNDERS:
        match = re.search(called, passage.text)
        if match and not re.search("(?:招用|吸纳|招聘)[^,;。]{0,10}$", passage.text[: match.start()]):
            found[value] = match.span()
    if found:
        words = passage.words(min(start for start, _ in found.values()), max(end for _, end in found.values()))
        yield Reading(f"创办人是{'、'.join(found)}", member("founder_type", list(found)), words, topic="founder")
