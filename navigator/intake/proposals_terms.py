"""Finds what stands around the conditions: number, issuer and day of the text, validity, windows, place, papers, phone, delivery, domain, level."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from navigator.corpus.model import Window
from navigator.corpus.regions import load_regions
from navigator.intake.proposals_found import Sure
from navigator.intake.proposals_text import (
    DAY,
    Passage,
    PolicyText,
    Section,
    Words,
    day_of,
    loose_passage,
    passage_of,
    years_after,
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One value found for a field, the words it rests on, and how sure it is."""

    value: Any
    words: Words
    sure: Sure = "sure"


_NUMBER = re.compile(
    r"[一-鿿]{1,16}(?:〔|\[|\()\s*20\d\d\s*(?:〕|\]|\))\s*\d{1,4}\s*号|(?:[一-鿿]{2,14}\s?){1,6}(?:公告|令)\s?20\d\d年第\d{1,4}号"
)
_OFFICE = r"[一-鿿]{2,24}(?:局|厅|部|委员会|管理委员会|政府|办公室|领导小组|总局|总署|银行|分行|海关|中心)"
_DAY = re.compile(DAY.format(1))


def document_number(text: PolicyText) -> Proposed | None:
    """文号: what is known, else in head and foot."""
    if text.document:
        return Proposed(text.document, _whole(text.document))
    for line in (*text.preamble[:6], *text.closing[:6], text.title):
        match = _NUMBER.search(line)
        if match:
            return Proposed(
                re.sub(r"(?<=号)\s+|\s+(?=\d)", "", match.group().strip()), loose_passage(line).words(*match.span())
            )
    return None


def issuer(text: PolicyText) -> Proposed | None:
    """Who signed it; else whose name opens the title."""
    if text.issuer:
        return Proposed(text.issuer, _whole(text.issuer))
    last = text.clauses[-1].text.splitlines()[-1:] if text.clauses else []
    for line in (*text.closing[:4], *last):
        names = line.split()
        if names and all(re.fullmatch(_OFFICE, name) for name in names):
            return Proposed("、".join(names), _whole(line))
    match = re.match(rf"(?P<all>{_OFFICE}(?:[ 　]{_OFFICE})*)(?:印发)?关于", text.title)
    return Proposed("、".join(match["all"].split()), _whole(text.title), "likely") if match else None


def issued(text: PolicyText) -> Proposed | None:
    """The day below the signature."""
    if text.issued:
        return Proposed(text.issued, _whole(text.issued.isoformat()))
    lines = [*text.closing, *(text.clauses[-1].text.splitlines()[-2:] if text.clauses else [])]
    for line in reversed(lines[:8]):
        match = re.fullmatch(_DAY.pattern, line.strip())
        if match and (day := day_of(match)):
            return Proposed(day, _whole(line))
    return None


_NATION = re.compile(
    "国务院|财政部|税务总局|国家|人力资源社会保障部|工业和信息化部|中国人民银行|全国人|海关总署|商务部|科技部"
)


def home_of(text: PolicyText) -> Proposed | None:
    """The place whose authorities issued it: a region of the city, 荆门市 or 湖北省; None for the state or where it is not said."""
    number = document_number(text)
    names = [name for name in load_regions().names if name != "荆门市外"]
    for source in (text.issuer, (found.value if (found := issuer(text)) else None), text.title):
        if not source:
            continue
        place = next((name for name in (*names, "荆门市", "荆门", "湖北省", "湖北") if name in source), None)
        if place:
            return Proposed({"荆门": "荆门市", "湖北": "湖北省"}.get(place, place), _whole(source), "likely")
        if _NATION.search(source):
            return None
    if number and number.value[0] in "荆鄂":
        return Proposed("荆门市" if number.value[0] == "荆" else "湖北省", number.words, "likely")
    return None


def level(text: PolicyText, home: Proposed | None) -> Proposed | None:
    """国家, 湖北省 or 荆门市."""
    if text.level:
        return Proposed(text.level, _whole(text.level))
    if home:
        return Proposed("湖北省" if home.value == "湖北省" else "荆门市", home.words)
    for source in (text.title, *text.preamble[:3]):
        if _NATION.search(source):
            return Proposed("国家", _whole(source))
    return None


_FROM_TO = re.compile(rf"(?:自|从|为|期|间)?[:为]?{DAY.format(1)}(?:\(含\))?起?(?:至|到|—|-|,至){DAY.format(2)}")
_FROM = re.compile(rf"(?:自|从){DAY.format(1)}起(?:施行|实施|执行|生效|开始)?")
_FROM_ISSUE = re.compile("自(?:印发|发布|公布|下发)之日起(?:施行|实施|执行|生效)?")
_UNTIL = re.compile(
    rf"(?:有效期|执行|施行|实施|延续|延长|期限)[^,;。0-9]{{0,4}}(?:至|到){DAY.format(1)}|,至{DAY.format(2)}止"
)
_YEARS = re.compile("有效期(?:为|限)?(?P<years>[1-5一二两三四五])年")
_CHINESE = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}


def validity(passages: list[Passage], day: date | None) -> tuple[Proposed | None, Proposed | None]:
    """First and last day of validity said in some passages; `day` is when the text was issued."""
    begins: Proposed | None = None
    ends: Proposed | None = None
    for passage in passages:
        whole = _FROM_TO.search(passage.text)
        if whole:
            first, last = day_of(whole, 1), day_of(whole, 2, int(whole["y1"] or 0) or None)
            words = passage.words(*whole.span())
            begins, ends = begins or _day(first, words), ends or _day(last, words)
            continue
        for pattern in (_FROM, _FROM_ISSUE):
            match = pattern.search(passage.text)
            if match and begins is None:
                begins = _day(day_of(match) if pattern is _FROM else day, passage.words(*match.span()))
        until = _UNTIL.search(passage.text)
        if until and ends is None:
            ends = _day(day_of(until, 1 if until["m1"] else 2), passage.words(*until.span()))
        years = _YEARS.search(passage.text)
        if years and ends is None and begins is not None:
            count = _CHINESE.get(years["years"]) or int(years["years"])
            ends = Proposed(years_after(begins.value, count), passage.words(*years.span()), "likely")
    return begins, ends


def _day(day: date | None, words: Words) -> Proposed | None:
    return Proposed(day, words) if day else None


_ALWAYS = re.compile("全年(?:受理|申报)|常年受理|随时(?:申报|受理|可?申请|办理)|长期受理|常态化受理")
_BEFORE_DAY = re.compile(rf"(?:于|应于|截至|截止(?:时间|日期)?[:为]?){DAY.format(1)}(?:\(含\))?(?:之?前|止)?")


def windows(sections: list[Section], year: int | None) -> tuple[Proposed | None, Proposed | None]:
    """The periods in which applications are taken ([] is always), and the sentence that says so."""
    for section in sections:
        for sentence in section.passage.sentences():
            if _ALWAYS.search(sentence.text):
                return Proposed([], sentence.words()), Proposed(sentence.words().text, sentence.words())
        if section.part == "when":
            found = _window_in(section.passage, year)
            if found:
                return found
    for section in sections:
        for sentence in section.passage.sentences():
            match = _BEFORE_DAY.search(sentence.text)
            if match and re.search("申请|申报|报送|提交", sentence.text) and (last := day_of(match, 1, year)):
                window = Window.model_validate({"from": None, "to": last})
                return Proposed([window], sentence.words(*match.span())), Proposed(
                    sentence.words().text, sentence.words()
                )
    return None, None


def _window_in(passage: Passage, year: int | None) -> tuple[Proposed, Proposed] | None:
    match = _FROM_TO.search(passage.text)
    if match:
        first = day_of(match, 1, year)
        last = day_of(match, 2, first.year if first else year)
        if first and last and first <= last:
            window = Window.model_validate({"from": first, "to": last})
            words = passage.words(*match.span())
            return Proposed([window], words), Proposed(words.text, words)
    until = _BEFORE_DAY.search(passage.text) or re.search(rf"{DAY.format(1)}(?:之?前|截止)", passage.text)
    if until and (last := day_of(until, 1, year)):
        words = passage.words(*until.span())
        return Proposed([Window.model_validate({"from": None, "to": last})], words), Proposed(words.text, words)
    return None


_PHONE = re.compile(
    r"(?:电话|热线|咨询|联系)[^0-9\n]{0,16}(?P<number>0\d{2,3}\s?-\s?\d{7,8}|12\d{3}|(?<!\d)\d{7,8})(?!\d)"
)


def phone(passages: list[Passage]) -> Proposed | None:
    """A telephone of an office; mobile numbers of persons are left out."""
    for passage in passages:
        match = _PHONE.search(passage.text)
        if match:
            return Proposed(re.sub(r"\s", "", match["number"]), passage.words(*match.span("number")))
    return None


_WHERE = (
    re.compile(r"(?:办理|申报|申请|受理)(?:地点|渠道|平台|机构|部门)[:为](?P<where>[^。;\n]{3,60})"),
    re.compile(r"(?:登录|通过|在)(?P<where>[“《]?[一-鿿]{2,24}?(?:平台|系统|服务网|政务网|网站|小程序|APP))"),
    re.compile(
        r"向(?P<where>[一-鿿(、)]{2,24}?(?:局|厅|部门|机构|中心|窗口|办公室|银行|管委会))(?=提出|提交|申请|申报|报送)"
    ),
    re.compile(r"报(?:送)?(?P<where>(?:市|县|所在)[一-鿿(、)]{1,20}?(?:局|部门))"),
)


def where(passages: list[Passage]) -> Proposed | None:
    """Where one applies."""
    for pattern in _WHERE:
        for passage in passages:
            match = pattern.search(passage.text)
            if match:
                words = passage.words(*match.span("where"))
                return Proposed(words.text.strip("“”《》"), words)
    return None


_LISTED = re.compile(r"(?:(?:\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\))|(?<!\d)\d{1,2}[.、])")


def papers(sections: list[Section]) -> Proposed | None:
    """What to bring: the clauses below 申报材料, or the list in its text."""
    for section in sections:
        if section.part != "papers" or section.is_child:
            continue
        if section.children:
            items = [passage_of(child).words() for child in section.children]
            return Proposed([item.text for item in items], section.passage.words())
        label = re.search("[:。]", section.passage.text[:20])
        body = section.passage.part(label.end() if label else 0, len(section.passage.text))
        items = [
            part
            for part in re.split(r"[;；。\n]", _LISTED.sub(";", body.original.replace("（", "(").replace("）", ")")))
            if part.strip()
        ]
        names = [item.strip(" ，,;；。") for item in items]
        if len(names) == 1:
            names = [name for name in names[0].split("、") if name]
        if names:
            return Proposed(names, body.words())
    return None


def steps(sections: list[Section]) -> Proposed | None:
    """How one applies, sentence by sentence."""
    for section in sections:
        if section.part == "how" and not section.is_child:
            parts = [passage_of(child) for child in section.children] or [
                section.passage.part(_after_label(section.passage), len(section.passage.text))
            ]
            lines = [
                one.words().text
                for part in parts
                for one in part.sentences()
                if not _PHONE.search(one.text) and len(one.text.strip()) > 3
            ]
            if lines:
                return Proposed(lines, section.passage.words())
    return None


def _after_label(passage: Passage) -> int:
    mark = re.search("[:。]", passage.text[:16])
    return mark.end() if mark else 0


_DELIVERY = (
    ("免申即享", "免申即享|无需申请|无需申报|免申报|直接兑付|直接拨付"),
    ("金融机构办理", "(?:向|由)(?:[一-鿿]{0,6})?(?:贷款|经办|承办)?银行(?:提出|申请|汇总|审核|办理)|贷款银行"),
    ("自行申报享受", "自行(?:申报|判别|享受)|申报即(?:可)?享受|纳税申报时"),
    ("申请审核", "申报|申请|审核|受理"),
)


def delivery(passages: list[Passage]) -> Proposed | None:
    """How it reaches the enterprise."""
    for value, pattern in _DELIVERY:
        for passage in passages:
            match = re.search(pattern, passage.text)
            if match and not re.search("(?:支持|鼓励)[^,;。]{0,8}$", passage.text[: match.start()]):
                return Proposed(value, passage.words(*match.span()), "likely")
    return None


_DOMAINS = {
    "税费减免": r"税|残疾人就业保障金|行政事业性收费|免收|登记费|查询费",
    "社保就业": r"就业|社保|社会保险|失业保险|招用|吸纳|劳动合同|创业|稳岗|扩岗|培训补贴",
    "融资担保": r"贷款|贴息|担保|融资|银行|首贷",
    "科技创新": r"研发|高新技术|科技|专利|知识产权|科技创新|技术合同|成果转化",
    "外贸跨境": r"出口|外贸|境外|进出口|跨境|海关|国际展",
    "用能用地": r"电价|用电|用水|燃气|用能|土地|用地|厂房租金",
    "产业发展": r"工业企业|进规|上规|规模以上|限上|技改|技术改造|设备|专精特新|制造|批发|零售|餐饮|住宿|服务业|加工|绿色工厂|数字化|农产品",
    "准入与政务服务": r"营业执照|许可证|审批|准入",
    "信用与法治": r"信用修复|诉讼|仲裁|执法",
    "人才": r"人才|博士|硕士|引才|职称",
}


def domain(near: list[Passage], title: str) -> Proposed | None:
    """The domain most of whose words stand near; the title counts where the clause says nothing."""
    for passages in (near, [loose_passage(title)]):
        scores = {
            name: sum(len(re.findall(pattern, one.text)) for one in passages) for name, pattern in _DOMAINS.items()
        }
        best = max(scores, key=lambda name: scores[name])
        if scores[best]:
            words = next(one.words(*match.span()) for one in passages if (match := re.search(_DOMAINS[best], one.text)))
            return Proposed(best, words, "likely")
    return None


def _whole(text: str) -> Words:
    return Words("", 0, len(text), text)
