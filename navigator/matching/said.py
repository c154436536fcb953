"""Reads the facts that one spoken sentence states: 我在钟祥开面馆,4个人,一年卖90万.

Only what was said is read: nothing follows from anything else, a vague number (十来个, 不到90万) is no number, and a question, a plan, a
supposition, the past or somebody else's business states nothing. What is said twice and differently is left out. The caller shows what was
read, with the words that said it, before it is used. The ways of saying a fact stand in `navigator.matching.sayings`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from navigator.corpus.industries import load_industries
from navigator.matching.facts import is_uscc
from navigator.matching.language import Value
from navigator.matching.numerals import NUMBER, read_number
from navigator.matching.places import places
from navigator.matching.sayings import UNCLEAR, Mood, Saying, sayings

_LONGEST = 2000
"""Characters read of one text; nobody says more in one breath."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact, the value that was said, and the words that said it."""

    fact: str
    value: Value
    words: str


def facts_from_text(text: str) -> dict[str, Value]:
    """The facts a sentence states, as a profile holds them; empty when it states none."""
    return {said.fact: said.value for said in read_facts(text)}


def read_facts(text: str) -> tuple[Said, ...]:
    """The facts a sentence states, in the order said, each with its words; a fact said differently twice is left out."""
    plain = _Plain.of(text[:_LONGEST])
    found: list[tuple[int, Said]] = []
    for clause in _clauses(plain.text):
        for saying in sayings():
            for match in saying.pattern.finditer(clause.text):
                for fact, value in _stated(saying, clause, match):
                    start, end = clause.start + match.start(), clause.start + match.end()
                    found.append((start, Said(fact, value, plain.original(text, start, end))))
    found.sort(key=lambda pair: pair[0])
    return _settled([said for _, said in found])


def _settled(found: list[Said]) -> tuple[Said, ...]:
    """One statement a fact; none where two differ. A finer trade wins over a coarse one, a region over its city."""
    by_fact: dict[str, list[Said]] = {}
    for said in found:
        by_fact.setdefault(said.fact, []).append(said)
    if "region" in by_fact:
        by_fact.pop("region_code", None)
    settled = []
    for fact, said in by_fact.items():
        best = max(said, key=lambda one: len(str(one.value))) if fact == "industry" else said[0]
        if best.value != UNCLEAR and all(str(best.value).startswith(str(one.value)) if fact == "industry" else best.value == one.value for one in said):
            settled.append(best)
    return tuple(settled)


# ---- text and clauses ----


@dataclass(frozen=True, slots=True)
class _Plain:
    """Half-width text without quotes and typographic spaces, and where each character stood."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> _Plain:
        characters: list[str] = []
        at: list[int] = []
        for position, character in enumerate(text):
            folded = unicodedata.normalize("NFKC", character)
            if folded in _QUOTES or (folded.isspace() and folded != "\n" and _beside_digit(text, position)):
                continue
            characters.append(folded if len(folded) == 1 else " ")
            at.append(position)
        return cls("".join(characters), tuple(at))

    def original(self, text: str, start: int, end: int) -> str:
        """The words of the text from which a stretch came."""
        return text[self.at[start] : self.at[end - 1] + 1].strip()


_QUOTES = frozenset("“”‘’\"'「」《》")


def _beside_digit(text: str, position: int) -> bool:
    """Whether a space only sets off a number (员工 50 人), and so separates nothing."""
    before, after = text[max(position - 1, 0) : position], text[position + 1 : position + 2]
    return (before.isdigit() or after.isdigit()) and not (before.isdigit() and after.isdigit())


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch between two marks: where it starts, the clause before it, and its moods.

    `wish`: where a plan begins; `asks`: where question words stand; `mine`: from where on the speaker's own business is the subject.
    """

    text: str
    start: int
    previous: str
    moods: Mood
    wish: int
    asks: tuple[int, ...]
    mine: int


_FIGURE = "[0-9零一二两三四五六七八九十百千万]"
_STOP = re.compile(r"[。!?;\n]|\.(?![0-9])")
_PAUSE = re.compile(
    rf"(?<![0-9]),|,(?![0-9]{{3}}(?![0-9]))|(?<!{_FIGURE})、|、(?!{_FIGURE})|[()\s…~—|]{{1,9}}(?!{_FIGURE})|\s"
    r"|(?<=[万亿元块钱])(?=[0-9一二两三四五六七八九十]{1,5}(?:个|名|位|号)?(?:人(?!民)|员工|职工))"
    r"|(?=现在|目前|如今|其中|但是|不过|而且|去年|今年|明年|前年|以前|原来|之前)"
)
_OPENING = re.compile("(?:嗯|呃|哦|啊|那个|就是说|然后|对了|反正|其实|您好|你好|老板好|那){0,4}")
_CLOSING = "啊呀哈嘛哦哟啦咯噢呗吧"
_PERSON = re.compile(
    r"(?:邻居|隔壁|对门|朋友|同学|同事|老乡|亲戚|同行|别人|人家|(?<![其吉告找催欠问让诉])[他她](?!们?欠)|听说|据说|哥哥|弟弟|姐姐|妹妹|父亲|母亲|兄弟|闺蜜|"
    r"战友|我们?(?:家)?(?:大|小|二)?(?:哥|弟|姐|妹|爸|妈|叔|舅|姑|姨|侄|表哥|表弟|表姐|表妹|堂哥|堂弟|儿子|女儿|岳父|老板的))"
)
_BESIDE = re.compile(r"(?:[和跟与同给向找帮替借]|对着|帮着)(?:我|我们|我的|着|一个|几个)?$")
_FOR_ANOTHER = re.compile(r"(?:帮|替|代).{1,6}(?:问|咨询|查|看看)")
_PARTNERS = re.compile(
    r"客户|供应商|甲方|房东|银行|对方|上游|下游|总包|顾客|对手|政府|国家(?!级|高新|专精|重点|单项|制造|限制|禁止)|政策|规定|文件|条件|要求|有些|有的|很多|"
    r"所有(?!制|权)|人们|大家|一般的|每[家个](?:企业|公司|店)|附近|周围"
)
_OWN = re.compile(r"(?<![欠给跟问帮让教对找借叫替是])(?:我|咱|俺|本(?:人|店|厂|公司|企业|合作社))(?!们?的?(?:客户|供应商|甲方|房东|邻居))")
_SUPPOSE = re.compile(r"如果|要是|假如|假设|假使|若是|倘若|(?<![0-9零〇一二两三四五六七八九十百千几])万一|的话|比如|比方|例如|譬如|听说")
_ASK = re.compile(
    r"(?<![没不])什么|(?<!不)怎么|咋|如何|多少|哪(?!怕)|谁|是不是|能不能|可不可以|有没有|要不要|算不算|是否|能否|为何|行不行|几(?:家|天|年|次|种)|"
    r"[吗呢]|么$|可以不|"
    r"可能(?!性)|好像|也许|说不定|不清楚|不确定|应该"
)
_WHICH = re.compile(r"还是|哪个|哪种|哪家|区别|好不好|比较好")
_HOPE = re.compile(
    r"(?<![不没])想(?!问|知道|了解|咨询|请教|看|查|确认|必|法|不到|来)|打算|准备|计划|争取|希望|预计|预期|目标|力争|将来|明年|今后|以后|下一步|下半年|即将|快要|马上|"
    r"(?<![主重只需不])要(?!求|是|不|么|紧|账|债)|需要"
)
_VENTURE = re.compile(r"(?:开(?!拓|发|展|票|通|户|专|会)|办(?!贷|理|证|个贷|信用|补贴|手续|展|点?贷)|创业|注册(?!商标)|成立|转行|加盟)")
_PAST = re.compile(r"以前|之前|原来|过去|曾经|从前|当年|当初|那时|早先|刚开始|起初|上次|前几年|早几年|开始的?时候|原先|[0-9一两二三四五六七八九十]年前")
_DATED = re.compile(r"前年|[0-9]{4}年|[零〇一二三四五六七八九]{4}年|[0-9]{2}年(?=[^0-9])")
_LAST_YEAR = re.compile(r"去年|上年|上一年")
_NEGATION = re.compile(r"(?:不|没|没有|未|非|并未|从未|不再|无|还没|没能|不曾)$")


def _clauses(plain: str) -> Iterator[_Clause]:
    """The clauses with their moods. Another person as subject, a supposition and a venture only planned reach beyond their clause."""
    someone_else, own_seen = False, False
    for_another = bool(_FOR_ANOTHER.search(plain))
    for start, end, question in _sentences(plain):
        supposed, venture, previous, until, partner = False, False, "", start, Mood.PLAIN
        for first, last in _pieces(plain, start, end):
            text = plain[first:last]
            own = _OWN.search(text)
            person = not for_another and any(not _BESIDE.search(text[: one.start()]) for one in _PERSON.finditer(text))
            someone_else = person or (someone_else and not own)
            supposed = supposed or bool(_SUPPOSE.search(text))
            hope = _HOPE.search(text)
            venture = venture or bool(hope and _VENTURE.search(text, hope.start()))
            partner = _moods(text) & Mood.PARTNER | (partner if first == until and not own else Mood.PLAIN)
            moods = _moods(text) | partner | (Mood.SOMEONE_ELSE if someone_else else Mood.PLAIN) | (Mood.SUPPOSED if supposed else Mood.PLAIN)
            asks = [found.start() for found in _ASK.finditer(text)] + ([len(text)] if question and last == end else [])
            yield _Clause(
                text,
                first,
                previous,
                moods,
                wish=hope.start() if hope else (0 if venture and not own else len(text)),
                asks=tuple(asks),
                mine=0 if own_seen else (own.start() if own else len(text)),
            )
            own_seen, previous, until = own_seen or bool(own), text, last


def _moods(text: str) -> Mood:
    mood = Mood.PLAIN
    for pattern, meant in (
        (_PARTNERS, Mood.PARTNER),
        (_PAST, Mood.BEFORE),
        (_DATED, Mood.DATED),
        (_LAST_YEAR, Mood.LAST_YEAR),
    ):
        if pattern.search(text):
            mood |= meant
    return mood


def _sentences(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether a question mark closes it."""
    start = 0
    for stop in _STOP.finditer(plain):
        yield start, stop.start(), stop.group() == "?"
        start = stop.end()
    yield start, len(plain), False


def _pieces(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between pauses, without the sounds that open and close them."""
    edges = [(pause.start(), pause.end()) for pause in _PAUSE.finditer(plain, start, end)]
    for first, last in zip([start, *(after for _, after in edges)], [*(before for before, _ in edges), end], strict=True):
        first = _OPENING.match(plain, first, last).end()  # type: ignore[union-attr]
        last = first + len(plain[first:last].rstrip(_CLOSING))
        if first < last:
            yield first, last


# ---- what a match states ----

_TAIL_QUESTION = re.compile(r"(?:元|块钱?|的?贷款|啊|了|的)?(?:吗|么|不|没|没有|吧|呢)?")
_RANGE = rf"{_FIGURE}(?:个|人|万|名)?\s*(?:到|至|-|~|—|–|、|或者?)"
_VAGUE_BEFORE = re.compile(
    rf"(?:不到|不足|不满|不超过|超过|超出|超|近|将近|接近|快|快到|至少|至多|最多|最少|多达|少于|多于|大于|小于|低于|高于|不止|不低于|不少于|不高于|第|"
    rf"{_RANGE})$"
)
_VAGUE_AFTER = re.compile(
    rf"(?:个|名|位|号|人|元|块钱?|件|次|项|%|度)*(?:多|几(?!乎)|来(?!自|源)|余|以上|以下|以内|之内|往上|往下|不到|出头|开外|不止|起步|\+|"
    rf"(?:到|至|-|~|—|–)\s*{_FIGURE}|、{_FIGURE}|或者?{_FIGURE})"
)
_NOT_YUAN = re.compile(
    r"[斤吨碗件台套个只头份杯单瓶箱亩户次度棵株盒袋包双条桶米颗粒张盆平尾羽支%里]|公斤|立方|人(?!民币)|美元|美金|欧元|欧|港币|港元|日元|英镑|刀|usd|平方|字|粉丝|千瓦",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"元|块|人民币|圆")
_UNIT = re.compile("[十百千万亿wW]")
_LEAST_BARE = 1000
"""Yuan below which a number without unit is not taken for one: 一年卖90 means 90万 or nothing."""


def _stated(saying: Saying, clause: _Clause, match: re.Match[str]) -> Iterable[tuple[str, Value]]:
    """The fact and value a match states, or nothing: a mood, a question or a vague number silences it."""
    if _silenced(saying, clause, match):
        return ()
    for name, words in match.groupdict().items():
        if words is not None and name in _READERS:
            value = _READERS[name](clause.text, match)
            return _given(saying.fact, value, denied=_denied(clause, match))
    if "place" in match.groupdict():
        read = places().read(match["place"], clause.text[match.end("place") :][:2])
        return (read,) if read and not _denied(clause, match) else ()
    if _denied(clause, match):
        return _given(saying.fact, saying.denied)
    return _given(saying.fact, saying.value)


def _given(fact: str, value: Value, denied: bool = False) -> Iterable[tuple[str, Value]]:
    return () if value is None or denied else ((fact, value),)


def _denied(clause: _Clause, match: re.Match[str]) -> bool:
    return bool(_NEGATION.search(clause.text[: match.start()]))


def _silenced(saying: Saying, clause: _Clause, match: re.Match[str]) -> bool:
    moods = clause.moods
    if clause.wish < match.end():
        moods |= Mood.PLANNED
    if _asked(clause, match):
        moods |= Mood.ASKED
    if moods & ~saying.despite or _asks_itself(clause, match):
        return True
    if saying.after and not saying.after.search(clause.previous):
        return True
    return bool(saying.unless and saying.unless.search(f"{clause.previous},{clause.text}"))


def _asked(clause: _Clause, match: re.Match[str]) -> bool:
    """Whether the words are part of a question; 我4个人能贷款吗 asks about a loan and states the 4."""
    if not clause.asks:
        return False
    return clause.asks[0] < match.end() or clause.mine > match.start() or bool(_WHICH.search(clause.text))


def _asks_itself(clause: _Clause, match: re.Match[str]) -> bool:
    """Whether nothing but the question's particle or mark follows: 我是小规模吗."""
    rest = clause.text[match.end() :]
    return bool(clause.asks and clause.asks[-1] >= match.end() and _TAIL_QUESTION.fullmatch(rest)) or bool(
        _WHICH.search(clause.text)
    )


def _number(text: str, match: re.Match[str], group: str) -> Decimal | None:
    start, end = match.span(group)
    if _VAGUE_BEFORE.search(text[:start]) or _VAGUE_AFTER.match(text, end):
        return None
    return read_number(match[group])


def _count(text: str, match: re.Match[str]) -> int | None:
    value = _number(text, match, "count")
    return int(value) if value is not None and value == int(value) and value < 10**7 else None


def _yuan(text: str, match: re.Match[str]) -> int | float | None:
    value = _number(text, match, "money")
    after = text[match.end("money") :]
    if value is None or (_NOT_YUAN.match(after) and not _CURRENCY.match(after)):
        return None
    if 0 < value < _LEAST_BARE and not _CURRENCY.match(after) and not _UNIT.search(match["money"]):
        return None
    return _plain_number(-value if match.groupdict().get("loss") else value)


def _any_number(text: str, match: re.Match[str]) -> int | float | None:
    value = _number(text, match, "number")
    return None if value is None else _plain_number(value)


def _percent(text: str, match: re.Match[str]) -> int | float | None:
    start, end = match.span("percent")
    words = re.sub("^百分之|%$|个百分点$", "", match["percent"])
    value = None if _VAGUE_BEFORE.search(text[:start]) or _VAGUE_AFTER.match(text, end) else read_number(words)
    return _plain_number(value) if value is not None and value <= 100 else None


def _plain_number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)


_CHINESE_YEAR = str.maketrans("〇零一二三四五六七八九", "00123456789")


def _day(text: str, match: re.Match[str]) -> date | None:
    parts = [part for part in re.split(r"[年月日号./-]", match["date"]) if part]
    numbers = [int(parts[0].translate(_CHINESE_YEAR)), *(read_number(part) for part in parts[1:])]
    try:
        return date(*(int(number) for number in numbers if number is not None))
    except (ValueError, TypeError):
        return None


def _choice(text: str, match: re.Match[str]) -> str:
    return match["choice"].upper()


def _code(text: str, match: re.Match[str]) -> str | None:
    code = match["uscc"].upper()
    return code if is_uscc(code) else None


def _trade(text: str, match: re.Match[str]) -> str | None:
    return load_industries().mentioned(match["trade"])


def _noun(text: str, match: re.Match[str]) -> str | None:
    """A clause that is the name of a trade and nothing else: 餐饮."""
    trades = load_industries()
    code = trades.mentioned(match["noun"])
    return code if code and match["noun"] in trades.everyday(code) else None


_READERS = {
    "count": _count,
    "money": _yuan,
    "percent": _percent,
    "number": _any_number,
    "date": _day,
    "choice": _choice,
    "uscc": _code,
    "trade": _trade,
    "noun": _noun,
}
