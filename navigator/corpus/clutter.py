"""Sorts the lines of a page: which belong to the official text, which close it, and which a website has put around it.

The rules know kinds of lines (a bread-crumb, 【打印】【关闭】, 上一篇, 征求意见时间:, ICP备) and blocks found from the
end of the text upwards; no rule knows a line's position or one particular page. A paragraph of the text itself is never
dropped: whatever ends like a sentence stops the search for a closing block, unless its own label says what it is. What
a number means is not known here: the caller says which lines are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Role(Enum):
    """What a line is to the official text."""

    TITLE = auto()
    BODY = auto()
    CLOSING = auto()
    """Signature, date, 抄送, the list of attachments: official, but part of no clause."""
    APPENDIX = auto()
    """A line such as 附件1 after which numbering starts anew."""
    DROPPED = auto()
    """Website clutter, notices around a consultation draft, a table of contents, page numbers."""


class _Kind(Enum):
    PROSE = auto()
    NUMBERED = auto()
    LOOSE = auto()
    SITE = auto()
    OPENER = auto()
    WEAK = auto()
    CONTACT = auto()
    NOTICE = auto()
    NOTICE_PROSE = auto()
    CLOSING = auto()


@dataclass(frozen=True, slots=True)
class SortedLines:
    """The title ("" where none is found) and one role for every line."""

    title: str
    roles: tuple[Role, ...]


_COLON = r"\s*[:：]"
_SENTENCE_END = re.compile(r"[。;；][”’」』）)》]*$")
_SHORTEST_TITLE = 7
"""A shorter first line (走进荆门) is a site's word unless it is a whole title by itself (民法典)."""
_LONG = 60
"""A line this long (characters) is a paragraph, whatever it ends with."""

_UI_SURE = re.compile(
    "打印(?:本页|此页|本文)?|关闭(?:窗口|本页)|(?:一键)?分享到?|字体|字号|字体大小|(?:返回|回到)顶部|我要纠错"
)
_UI = re.compile(
    f"{_UI_SURE.pattern}|关闭|(?:加入)?收藏|设为首页|微信(?:好友)?|朋友圈|(?:新浪)?微博|QQ(?:空间|好友)?|大|中|小|T|放大|缩小|"
    "默认|纠错|返回(?:首页|列表)?|朗读|听全文|繁[体體]|简体|English|无障碍(?:浏览)?|适老化|关怀版|长者模式|保护视力色|登录|注册|"
    "登录注册|(?:网站)?首页|网站地图|联系我们|关于我们|使用帮助|网站声明|隐私政策|下载|复制链接|二维码|展开(?:全文)?|收起|阅读全文|"
    "查看(?:详情|更多)|更多|免费咨询|关注|搜索|手机版|客户端|公众号|政务公开|政务服务|互动交流|新闻中心|政策文件|信息公开"
)
"""Words of a page's buttons and menus; those of `_UI_SURE` are no words of a policy, wherever they stand alone."""
_UI_SPLIT = re.compile(r"[\s|｜·、/>»›\-_—【】\[\]()（）:：,，+]+")

_CRUMB = re.compile(
    rf"(?:您|你)?(?:现在|当前|目前)?(?:所在)?的?(?:位置|栏目|频道){_COLON}|(?:网站)?(?:首页|主页)\s*(?:[>»›]|->|&gt;)"
)
_META = re.compile(
    r"(?:信息来源|文章来源|来源|稿源|作者|编辑|责任编辑|责编|审核|初审|复审|终审|校对|发布时间|发布日期|发布机构|发布单位|发文机关|发文机构|发文字号|"
    r"文号|索引号|索\s*引\s*号|主题分类|信息分类|成文日期|公开日期|生成日期|更新时间|有效性|公文时效|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读数|阅读|"
    rf"点击数|点击量|点击次数|点击率|访问量|访问次数|字号|字体|公开范围|所属栏目|栏目){_COLON}"
)
_STAMP = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?(?=$|\s)")
_OPENER = re.compile(
    r"(?:相关|热门|推荐|最新|最近|往期|延伸|更多)(?:推荐|阅读|链接|文章|新闻|信息|附件|文档|稿件|政策|解读|搜索|内容|标签|资讯|公告|专题|下载|浏览)"
    rf"(?:\s*[:：>»].*)?$|(?:猜你喜欢|友情链接|网站导航|附件下载)|[上下]一[篇条页]{_COLON}?|标签{_COLON}"
)
_SITE = re.compile(
    r"\d+\s*人(?:觉得有用|点赞|收藏|浏览|已?阅读|已赞)|(?:欢迎)?(?:扫码)?关注(?:我们|公众号|微信)|(?:微信)?扫[一码描].{0,30}$|分享到|"
    r"版权所有(?:[:：©\s]|$)|©|(?i:copyright)|(?:网站|技术)支持[:：]|网站标识码|政府网站(?:找错|标识码)|本网站由"
)
_RECORD = re.compile(
    r"[\u4e00-\u9fff]\s*ICP\s*[备证]\s*(?:案)?\s*(?:号)?\s*[\dA-Z]|公网安备\s*\d|网站标识码\s*[:：]?\s*\d"
)
_DISCLAIMER = re.compile(
    r"(?:特别|免责|版权|网站)?声明\s*[:：]|本网(?:站)?(?:转载|刊载|所载)|(?:凡)?注明.{0,12}来源.{0,30}(?:稿件|作品)"
)
_WEAK = re.compile(rf"(?:主办|承办|协办|主管|运维|维护|管理)(?:单位)?{_COLON}|(?:网址|访问量|今日访问).{{0,3}}[:：]")
_EDITED = re.compile(
    rf"(?:责任编辑|责编|网络编辑|稿源|信息来源|文章来源|浏览次数|浏览量|点击数|点击量|点击次数|阅读次数|阅读量|访问量){_COLON}"
)
_PAGE_NUMBER = re.compile(r"[-—－–―]+\s*\d{1,4}\s*[-—－–―]+|第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?")

_NOTICE = re.compile(
    r"[（(]?(?:本次)?(?:公开)?(?:征求意见|征集意见|意见征集|意见征求|征集|公示|意见反馈|反馈意见)(?:的)?"
    r"(?:(?:起止|截止)?(?:时间|日期|期限|期)|截止|方式|渠道|途径|邮箱|电话|地址|情况)?(?:\s*[:：]|[为自从](?=20))|"
    rf"(?:结果|征集结果|采纳情况|意见采纳|反馈结果)(?:反馈|情况)?{_COLON}"
)
_CONTACT = re.compile(
    r"(?:联\s*系\s*人|联系电话|联系方式|联系单位|联系地址|咨询电话|监督电话|电\s*话|传\s*真|手\s*机|电子邮箱|电子邮件|邮\s*箱|(?i:e-?mail)|"
    rf"通[讯信]地址|邮寄地址|地\s*址|邮\s*编|邮政编码|受理单位|信函地址){_COLON}"
)
_DATED = re.compile(r"20\d{2}\s*[年./-]")
_NOTICE_WORDS = re.compile(r"意见|建议|反馈|公示|来信|来电|来函|邮寄|电子邮件|异议")
_DRAFT = re.compile(r"征求意见|公开征集|意见征集|公示")

_DATE_TEXT = (
    r"[一二三四五六七八九○〇O零\d]{4}\s*年\s*[一二三四五六七八九十\d]{1,3}\s*月\s*[一二三四五六七八九十\d]{1,3}\s*日"
)
_DATE = re.compile(rf"{_DATE_TEXT}(?:印发|发布)?")
_BODY_NAME = "(?:政府|办公室|办公厅|委员会|委|局|厅|部|院|中心|小组|银行|分行|支行|公司|协会|商会|联合会|署|处|站|大会)"
_NAME = rf"[\u4e00-\u9fff（）()·]+{_BODY_NAME}"
_SIGNER = re.compile(rf"{_NAME}(?:[\s、]+{_NAME})*(?:[（(].{{1,6}}[)）])?")
_SIGNED_LINE = re.compile(rf"[\u4e00-\u9fff（）()、]{{2,40}}{_BODY_NAME}\s*{_DATE_TEXT}(?:印发)?")
_CLOSING = re.compile(
    rf"(?:抄\s*送|分\s*送|主题词|公开方式|信息公开选项|签发人){_COLON}|[（(](?:此件|本文|信息公开|联系人|公开方式).{{0,60}}[)）]$|"
    r"(?:特|专)此(?:通知|公告|通告|函复|函告|报告|批复|公示|说明)[。.!！]?$|(?:共印|印)\s*\d+\s*份"
)
_APPENDIX = re.compile(
    r"附\s*(?:件|录|表)\s*(?P<count>[0-9一二三四五六七八九十]{0,3})\s*(?P<colon>[:：.、]?)\s*(?P<name>.{0,80})"
)
_LISTED = re.compile(r"\d{1,2}\s*[.．、]|《")

_KIND_OF_TITLE = re.compile(
    r"(?:通知|意见|方案|办法|规定|条例|细则|决定|决议|公告|通告|通报|报告|函|批复|规划|计划|纲要|法|规则|规程|标准|措施|指南|清单|目录|解读|制度|"
    r"章程|预案|政策|实施稿|送审稿|征求意见稿|草案|要点)(?:[（(][^（()）]{1,20}[)）])*$"
)
_FILE_NUMBER = re.compile(r".{0,20}[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*第?\d+\s*号$")
_RED_HEAD = re.compile(r".{2,30}文件$|[0-9]{6}$|(?:特急|加急|平急|急件|机密|秘密)$")
_SITE_NAME = re.compile(
    r"\s*[-_|—–]+\s*[^-_|—–]{0,30}(?:政府|网|局|委|委员会|门户|平台|中心|厅|办公室|网站|专栏|系统|馆)(?:\s*[-_|—–].*)?$"
)
_DRAFT_MARK = re.compile(r"[（(](?:征求意见稿|送审稿|草案|试行|暂行|修订|讨论稿)[)）]$")


def sort_lines(lines: Sequence[str], numbered: Sequence[bool], title: str | None = None) -> SortedLines:
    """Title and roles of the stripped, non-blank lines of a text; `numbered` says which open with a number.

    A given `title` is kept and only repetitions of it are dropped.
    """
    roles = [Role.DROPPED if _is_tool_bar(line) or _PAGE_NUMBER.fullmatch(line) else Role.BODY for line in lines]
    _drop_contents(lines, roles)
    in_text = [flag and role is Role.BODY for flag, role in zip(numbered, roles, strict=True)]
    head_end = _head_end(lines, in_text)
    found = _sort_head(lines, roles, head_end, title)
    _mark_signatures(lines, roles, in_text, head_end)
    _mark_appendices(lines, roles, in_text, head_end)
    is_draft = any(_DRAFT.search(line) for line in lines[: head_end + 1])
    kinds = [_kind(line, flag, is_draft) for line, flag in zip(lines, in_text, strict=True)]
    first = next((position for position, flag in enumerate(in_text) if flag), head_end)
    for start, end in _parts(roles, first):
        _sort_tail(lines, roles, kinds, start, end)
    return SortedLines(found, tuple(roles))


def without_site_name(title: str) -> str:
    """The title of a page without the site's name that follows it (…的通知_荆门市人民政府)."""
    return _SITE_NAME.sub("", title) or title


def _is_ui(line: str) -> bool:
    """Whether a line is nothing but buttons and menus."""
    words = [word for word in _UI_SPLIT.split(line) if word]
    return bool(words) and all(_UI.fullmatch(word) for word in words)


def _is_tool_bar(line: str) -> bool:
    """Whether a line can only be a page's tool bar; 打印 alone may be a step of a procedure."""
    return _is_ui(line) and not _UI.fullmatch(line) and any(_UI_SURE.fullmatch(word) for word in _UI_SPLIT.split(line))


def _drop_contents(lines: Sequence[str], roles: list[Role]) -> None:
    """A table of contents: from 目录 to the line where its first entry comes again."""
    for position, line in enumerate(lines[:-1]):
        if re.fullmatch(r"目\s*[录次]", line):
            first = _entry(lines[position + 1])
            again = next((later for later in range(position + 2, len(lines)) if _entry(lines[later]) == first), None)
            if again and not any(_SENTENCE_END.search(entry) for entry in lines[position:again]):
                roles[position:again] = [Role.DROPPED] * (again - position)
            return


def _entry(line: str) -> str:
    return re.sub(r"\s", "", re.sub(r"[\s.…·．\-—]*\d*$", "", line))


def _head_end(lines: Sequence[str], numbered: Sequence[bool]) -> int:
    """Where the head ends: at the first number, or at the first paragraph where that comes earlier."""
    for position, line in enumerate(lines):
        if numbered[position] or (_SENTENCE_END.search(line) and not _META.match(line)):
            return position
    return len(lines)


def _sort_head(lines: Sequence[str], roles: list[Role], end: int, given: str | None) -> str:
    for position in range(end):
        line = lines[position]
        if _CRUMB.match(line) or _META.match(line) or _STAMP.match(line) or _SITE.match(line) or _is_ui(line):
            roles[position] = Role.DROPPED
    title = given or _take_title(lines, roles, end)
    printed = [place for place in range(end) if title and roles[place] is Role.BODY and _repeats(lines[place], title)]
    for place in printed:
        roles[place] = Role.DROPPED
    if given and printed:
        roles[printed[0]] = Role.TITLE
    return title


def _repeats(line: str, title: str) -> bool:
    return _plain(title) in (_plain(line), _plain(without_site_name(line)))


def _plain(text: str) -> str:
    return re.sub(r"[\s“”\"‘’'()（）]", "", text)


def _take_title(lines: Sequence[str], roles: list[Role], end: int) -> str:
    """The title in the head, put together from the lines it is broken into; its lines get their role."""
    loose = [position for position in range(end) if roles[position] is Role.BODY and _may_be_title(lines[position])]
    if not loose:
        return ""
    taken = _title_lines(lines, loose)
    title = "".join(lines[position] for position in taken)
    after = taken[-1] + 1
    if after < end and roles[after] is Role.BODY and _DRAFT_MARK.fullmatch(lines[after]):
        taken.append(after)
        title += lines[after]
    for position in taken:
        roles[position] = Role.TITLE
    return without_site_name(title)


def _title_lines(lines: Sequence[str], loose: list[int]) -> list[int]:
    while len(loose) > 1 and len(lines[loose[0]]) < _SHORTEST_TITLE and not is_whole_title(lines[loose[0]]):
        loose = loose[1:]
    for count in range(1, 4):
        run = loose[:count]
        if run == list(range(run[0], run[0] + count)) and is_whole_title("".join(lines[position] for position in run)):
            return run
    complete = [position for position in loose if is_whole_title(lines[position])]
    return complete[:1] or loose[:1]


def is_whole_title(title: str) -> bool:
    """Whether a line ends as titles of official texts do: …的通知, …实施方案(征求意见稿)."""
    return bool(_KIND_OF_TITLE.search(without_site_name(title)))


def _may_be_title(line: str) -> bool:
    if _FILE_NUMBER.fullmatch(line) or _RED_HEAD.fullmatch(line) or _APPENDIX.fullmatch(line):
        return False
    return 2 <= len(line) <= 120 and line[-1] not in "。；;:：,，" and bool(re.search(r"[\u4e00-\u9fffA-Za-z]", line))


def _mark_signatures(lines: Sequence[str], roles: list[Role], numbered: Sequence[bool], head_end: int) -> None:
    """Signer and date; where text goes on after them they end the part, so that an annexed text starts anew."""
    for position in range(head_end, len(lines)):
        if roles[position] is not Role.BODY or numbered[position]:
            continue
        if _SIGNED_LINE.fullmatch(lines[position]):
            roles[position] = Role.CLOSING
        elif _DATE.fullmatch(lines[position]):
            first = position
            while first > head_end and first > position - 8 and _is_signer(lines, roles, numbered, first - 1):
                first -= 1
            if first < position:
                roles[first : position + 1] = [Role.CLOSING] * (position + 1 - first)


def _is_signer(lines: Sequence[str], roles: Sequence[Role], numbered: Sequence[bool], position: int) -> bool:
    line = lines[position]
    return not numbered[position] and roles[position] is Role.BODY and len(line) <= 60 and bool(_SIGNER.fullmatch(line))


def _mark_appendices(lines: Sequence[str], roles: list[Role], numbered: Sequence[bool], head_end: int) -> None:
    """附件 lines: a list of attachments before the signature is closing, a heading of an annexed text is a boundary."""
    for position, line in enumerate(lines):
        match = _APPENDIX.fullmatch(line)
        if not match or roles[position] is not Role.BODY or numbered[position] or _SENTENCE_END.search(line):
            continue
        if match["name"] and not (match["count"] or match["colon"]):
            continue
        end = _list_end(lines, roles, position, bool(match["name"]))
        if end is None:
            roles[position] = Role.APPENDIX
        elif position >= head_end:
            roles[position:end] = [Role.CLOSING] * (end - position)


def _list_end(lines: Sequence[str], roles: Sequence[Role], position: int, named: bool) -> int | None:
    """Where a list of attachments that begins at `position` ends; None when the line heads an annexed text."""
    if not named:
        return None
    end = position + 1
    while end < len(lines) and _LISTED.match(lines[end]) and not _SENTENCE_END.search(lines[end]):
        end += 1
    if end == len(lines) or roles[end] is not Role.BODY or _ends_text(lines[end]) or _APPENDIX.fullmatch(lines[end]):
        return end
    return None


def _ends_text(line: str) -> bool:
    patterns = (_CLOSING, _NOTICE, _OPENER, _SITE, _WEAK, _CONTACT, _DATE, _META)
    return any(pattern.match(line) for pattern in patterns) or bool(_RECORD.search(line))


def _parts(roles: Sequence[Role], first: int) -> list[tuple[int, int]]:
    """Stretches that each end like a document: the body, and every annexed text."""
    bounds = [first, *(i for i in range(first, len(roles)) if roles[i] is Role.APPENDIX), len(roles)]
    return [(start, end) for start, end in zip(bounds, bounds[1:], strict=False) if start < end]


_NEEDS = {_Kind.NOTICE_PROSE: _Kind.NOTICE, _Kind.NUMBERED: _Kind.OPENER}
"""Lines that look like the text itself: they go only with a block whose opening line stands above them."""


def _sort_tail(lines: Sequence[str], roles: list[Role], kinds: Sequence[_Kind], start: int, end: int) -> None:
    """Drop the closing block of a part, found from its end upwards."""
    cut, needed = end, None
    for position in range(end - 1, start, -1):
        kind = kinds[position]
        if roles[position] is Role.CLOSING:
            kind = _Kind.CLOSING
        elif roles[position] is Role.DROPPED and kind is not _Kind.SITE:
            continue
        if kind is _Kind.PROSE:
            break
        if kind in _NEEDS:
            if needed not in (None, _NEEDS[kind]):
                break
            needed = _NEEDS[kind]
        elif kind is not _Kind.LOOSE and needed in (None, kind) and not (kind is _Kind.WEAK and cut == end):
            cut, needed = position, None
    cut = _past_contacts(lines, kinds, cut, end)
    for position in range(cut, end):
        if roles[position] is Role.BODY:
            roles[position] = Role.CLOSING if kinds[position] is _Kind.CLOSING else Role.DROPPED


def _past_contacts(lines: Sequence[str], kinds: Sequence[_Kind], cut: int, end: int) -> int:
    """Contact lines are a clause's own text where they follow its bare heading or a line that ends with a colon."""
    above = lines[cut - 1] if 0 < cut < end else ""
    is_led_in = bool(above) and (above[-1] in ":：" or (kinds[cut - 1] is _Kind.NUMBERED and "。" not in above))
    while is_led_in and cut < end and kinds[cut] in (_Kind.CONTACT, _Kind.NOTICE):
        cut += 1
    return cut


def _kind(line: str, numbered: bool, is_draft: bool) -> _Kind:
    if numbered:
        return _numbered_kind(line)
    is_sentence = bool(_SENTENCE_END.search(line))
    if _NOTICE.match(line) and (_DATED.search(line) or not is_sentence):
        return _Kind.NOTICE
    if _CLOSING.match(line) or _DATE.fullmatch(line):
        return _Kind.CLOSING
    if _DISCLAIMER.match(line):
        return _Kind.SITE
    if is_sentence:
        return _Kind.NOTICE_PROSE if _NOTICE_WORDS.search(line) else _Kind.PROSE
    if _CONTACT.match(line):
        return _Kind.CONTACT if is_draft else _Kind.LOOSE
    if _OPENER.match(line):
        return _Kind.OPENER
    if _SITE.match(line) or _EDITED.match(line) or _RECORD.search(line) or _is_tool_bar(line):
        return _Kind.SITE
    if _WEAK.match(line) or _META.match(line) or _CRUMB.match(line) or _is_ui(line):
        return _Kind.WEAK
    return _Kind.PROSE if len(line) >= _LONG else _Kind.LOOSE


def _numbered_kind(line: str) -> _Kind:
    words = re.sub(r"^[^\u4e00-\u9fffA-Za-z]+", "", line)
    if _CONTACT.match(words) or _NOTICE.match(words):
        return _Kind.NOTICE_PROSE
    return _Kind.PROSE if "。" in line or len(line) >= _LONG else _Kind.NUMBERED
