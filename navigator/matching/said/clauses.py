"""Cuts a spoken text into clauses and hears in what mood each is said: as it is now, asked, supposed, planned, past, or of somebody else.

It works by words, without grammar, and doubts rather than believes: a clause wrongly taken for a question costs one answer by hand, a question
taken for a statement fills in what nobody said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto


class Mood(Flag):
    """What keeps words from stating a fact of the enterprise as it is now."""

    PLAIN = 0
    SOMEONE_ELSE = auto()  # 我邻居开面馆
    PARTNER = auto()  # 客户是国企
    SUPPOSED = auto()  # 如果招3个人
    ASKED = auto()  # 是不是小规模
    PLANNED = auto()  # 打算开公司
    BEFORE = auto()  # 以前有10个人
    DATED = auto()  # 前年, 2019年
    LAST_YEAR = auto()  # 去年


_QUOTES = frozenset("“”‘’\"'「」《》")


@dataclass(frozen=True, slots=True)
class Plain:
    """Half-width text without quotes and typographic spaces, and where each character stood."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Plain:
        """The plain form of a text."""
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


def _beside_digit(text: str, position: int) -> bool:
    """Whether a space only sets off a number (员工 50 人), and so separates nothing."""
    before, after = text[max(position - 1, 0) : position], text[position + 1 : position + 2]
    return before.isdigit() != after.isdigit()


_WHICH = re.compile("还是|哪个|哪种|哪家|区别|好不好|比较好")
_PARTICLE = re.compile("(?:元|块钱?|的?贷款|了|的)?(?:吗|么|不|没|没有|呢)?")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between two marks: where it starts, the clause before it, and its moods.

    `hope`: where a plan begins; `asks`: where question words stand; `mine`: from where on the speaker's own business is the subject.
    """

    text: str
    start: int
    previous: str
    moods: Mood
    hope: int
    asks: tuple[int, ...]
    mine: int

    def moods_at(self, start: int, end: int) -> Mood:
        """The moods of a stretch of it. 我4个人能贷款吗 asks about the loan and states the 4; without 我 it states nothing."""
        moods = self.moods
        if self.hope < end:
            moods |= Mood.PLANNED
        if self.asks and (self.asks[0] < end or self.mine > start):
            moods |= Mood.ASKED
        return moods

    def asks_about(self, end: int) -> bool:
        """Whether it asks for what ends there: 我是小规模吗, 我是小规模还是一般纳税人."""
        if _WHICH.search(self.text):
            return True
        return bool(self.asks and self.asks[-1] >= end and _PARTICLE.fullmatch(self.text, end))


_FIGURE = "[0-9零一二两三四五六七八九十百千万]"
_STOP = re.compile(r"[。!?;\n]|\.(?![0-9])")
_PAUSE = re.compile(
    rf"(?<![0-9]),|,(?![0-9]{{3}}(?![0-9]))|(?<!{_FIGURE})、|、(?!{_FIGURE})|[()…|]|\s|[~—]{{1,4}}(?!{_FIGURE}|[~—])"
    r"|(?<=[万亿元块钱])(?=[0-9一二两三四五六七八九十]{1,5}[个名位号]?(?:人(?!民)|员工|职工))"
    r"|(?=现在|目前|如今|其中|但是|不过|而且|去年|今年|明年|前年|以前|原来|之前)"
)
"""Marks, and the words that open a clause without one; commas and 、 inside numbers are none."""

_OPENING = re.compile("(?:嗯|呃|哦|啊|那个|就是说|然后|对了|反正|其实|您好|你好|老板好|那){0,4}")
_CLOSING = "啊呀哈嘛哦哟啦咯噢呗吧"

_PERSON = re.compile(
    "邻居|隔壁|对门|朋友|同学|同事|老乡|亲戚|同行|别人|人家|(?<![其吉告找催欠问让诉])[他她](?!们?欠)|据说|哥哥|弟弟|姐姐|妹妹|父亲|母亲|兄弟|"
    "闺蜜|战友|我们?家?[大小二]?(?:哥|弟|姐|妹|爸|妈|叔|舅|姑|姨|侄|表哥|表弟|表姐|表妹|堂哥|堂弟|儿子|女儿|岳父|老板的)"
)
"""Who runs a business of their own. Husband and wife run one together, and are none of them."""

_BESIDE = re.compile("(?:[和跟与同给向找帮替借]|对着|帮着)(?:我|我们|我的|着|一个|几个)?$")
_FOR_ANOTHER = re.compile("[帮替代].{1,6}(?:问|咨询|查|看看)")
_PARTNERS = re.compile(
    "客户|供应商|甲方|房东|银行|对方|上游|下游|总包|顾客|对手|政府|国家(?!级|高新|专精|重点|单项|制造|限制|禁止)|政策|规定|文件|条件|要求|"
    "有些|有的|很多|所有(?!制|权)|人们|大家|一般的|每[家个](?:企业|公司|店)|附近|周围"
)
_PARTNER_LEADS = re.compile(rf"(?:我们?的?|有个|有一个|有些|那个)?(?:{_PARTNERS.pattern})(?!.*[我咱俺])")
"""A partner who is the subject stays it in the next clauses: 客户是国企,有500人. What a partner owes me says nothing of him."""

_OWN = re.compile(
    "(?<![欠给跟问帮让教对找借叫替是])(?:我|咱|俺|本(?:人|店|厂|公司|企业|合作社))(?!们?的?(?:客户|供应商|甲方|房东|邻居))"
)
_SUPPOSE = re.compile(
    "如果|要是|假如|假设|假使|若是|倘若|(?<![0-9零〇一二两三四五六七八九十百千几])万一|的话|比如|比方|例如|譬如|听说"
)
_ASK = re.compile(
    "(?<![没不])什么|(?<!不)怎么|咋|如何|多少|哪(?!怕)|谁|是不是|能不能|可不可以|有没有|要不要|算不算|是否|能否|为何|行不行|几(?:家|天|年|次|种)|"
    "[吗呢]|么$|可以不|可能(?!性)|好像|也许|说不定|不清楚|不确定|应该"
)
_HOPE = re.compile(
    "(?<![不没])想(?!问|知道|了解|咨询|请教|看|查|确认|必|法|不到|来)|打算|准备|计划|争取|希望|预计|预期|目标|力争|将来|明年|今后|以后|下一步|"
    "下半年|即将|快要|马上|(?<![主重只需不])要(?!求|是|不|么|紧|账|债)|需要"
)
_VENTURE = re.compile(
    "开(?!拓|发|展|票|通|户|专|会)|办(?!贷|理|证|[点个]贷|信用|补贴|手续|展)|创业|注册(?!商标)|成立|转行|加盟"
)
_TIMES = (
    (
        re.compile(
            "以前|之前|原来|过去|曾经|从前|当年|当初|那时|早先|刚开始|起初|上次|前几年|早几年|开始的?时候|原先|[0-9一两二三四五六七八九十]年前"
        ),
        Mood.BEFORE,
    ),
    (re.compile("前年|[0-9]{4}年|[零〇一二三四五六七八九]{4}年|(?<!了)(?<![0-9])[0-9]{2}年"), Mood.DATED),
    (re.compile("去年|上一?年"), Mood.LAST_YEAR),
)


def clauses(plain: str) -> Iterator[Clause]:
    """The clauses of a plain text. Another person as subject, a supposition and a venture only planned reach beyond their clause."""
    someone_else, own_seen = False, False
    for_another = bool(_FOR_ANOTHER.search(plain))
    for start, end, question in _sentences(plain):
        supposed, venture, previous, until, partner, leading = False, False, "", start, False, False
        for first, last in _pieces(plain, start, end):
            text = plain[first:last]
            own, hope = _OWN.search(text), _HOPE.search(text)
            person = not for_another and _names_another(text)
            someone_else = person or (someone_else and not own)
            partner = bool(_PARTNERS.search(text)) or (partner and not own and (leading or first == until))
            leading = (leading and not own) or bool(_PARTNER_LEADS.match(text))
            supposed = supposed or bool(_SUPPOSE.search(text))
            venture = venture or bool(hope and _VENTURE.search(text, hope.start()))
            asks = [found.start() for found in _ASK.finditer(text)]
            yield Clause(
                text,
                first,
                previous,
                _moods(text, someone_else=someone_else, partner=partner, supposed=supposed),
                hope=hope.start() if hope else (0 if venture and not own else len(text)),
                asks=(*asks, len(text)) if question and last == end else tuple(asks),
                mine=0 if own_seen else (own.start() if own else len(text)),
            )
            own_seen, previous, until = own_seen or bool(own), text, last


def _names_another(text: str) -> bool:
    """Whether a person is its subject, not the companion of 和朋友一起."""
    return any(not _BESIDE.search(text[: person.start()]) for person in _PERSON.finditer(text))


def _moods(text: str, *, someone_else: bool, partner: bool, supposed: bool) -> Mood:
    heard = ((someone_else, Mood.SOMEONE_ELSE), (partner, Mood.PARTNER), (supposed, Mood.SUPPOSED))
    moods = Mood.PLAIN
    for _, mood in (pair for pair in (*heard, *((times.search(text), mood) for times, mood in _TIMES)) if pair[0]):
        moods |= mood
    return moods


def _sentences(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether a question mark closes it."""
    start = 0
    for stop in _STOP.finditer(plain):
        yield start, stop.start(), stop.group() == "?"
        start = stop.end()
    yield start, len(plain), False


def _pieces(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between pauses, without the sounds that open and close them."""
    pauses = [pause.span() for pause in _PAUSE.finditer(plain, start, end)]
    for first, last in zip(
        (start, *(after for _, after in pauses)), (*(before for before, _ in pauses), end), strict=True
    ):
        opening = _OPENING.match(plain, first, last)
        first = opening.end() if opening else first
        last = first + len(plain[first:last].rstrip(_CLOSING))
        if first < last:
            yield first, last
