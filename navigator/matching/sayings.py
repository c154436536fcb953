"""The table of what owners say and which fact it states. Reading a sentence with it is `navigator.matching.said`'s matter.

A row is one way to state one fact. Rows err on the side of silence: between cue and number stand only the words of `~`, so 不到, 超过 or
another subject in between leave the fact unknown. What a word merely makes likely is not in the table: 厂 and 店 say nothing of the legal
form (individuals may use both), 请了3个人 nothing of how many work there, 产值 is not revenue, 社保 does not name 失业保险.

In patterns #N is a count, #M yuan, #P per cent, #K another number, #D a full date, #R a place, #L one of the
city's own, #C the name of a region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache

from navigator.matching.language import Value
from navigator.matching.numerals import NUMBER
from navigator.matching.places import places


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


UNCLEAR = "?"
"""Value of a row that says the fact is not as another row may have read it: 我和老婆两个人,又请了一个人."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to state a fact.

    `value` is what it says where the pattern reads nothing, `denied` what 不是 or 没有 before it says; `despite`: the moods that do not
    matter; `unless`: words that take it back when they stand in the same clause or the one before; `after`: words the clause before must
    have (去年卖了90万,利润10万).
    """

    fact: str
    pattern: re.Pattern[str]
    value: Value = None
    denied: Value = None
    despite: Mood = Mood.PLAIN
    unless: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None


def _say(
    fact: str,
    *patterns: str,
    value: Value = None,
    denied: Value = None,
    despite: Mood = Mood.PLAIN,
    unless: str | None = None,
    after: str | None = None,
) -> Iterator[Saying]:
    """The rows of one fact that differ in wording only."""
    taken_back, wanted = (re.compile(words) if words else None for words in (unless, after))
    for pattern in patterns:
        yield Saying(fact, _compile(pattern), value, denied, despite, taken_back, wanted)


_DATE = (
    r"[0-9]{4}[年./-][0-9]{1,2}[月./-][0-9]{1,2}(?![0-9])[日号]?"
    r"|[零〇一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]"
)
_GAP = "(?:大概|大约|大致|差不多|估计|约|能|可以|也就是|就是|就|总共|一共|共|有|是|为|在|达到?|到|了|的|得|:|=){0,5}"


def _compile(pattern: str) -> re.Pattern[str]:
    known = places()
    shorthand = {
        "#N": f"(?P<count>{NUMBER})",
        "#M": f"(?P<money>{NUMBER})",
        "#P": f"(?P<percent>百分之{NUMBER}|{NUMBER}(?:%|个百分点))",
        "#K": f"(?P<number>{NUMBER})",
        "#D": f"(?P<date>{_DATE})",
        "#R": f"(?P<place>{known.any_pattern})",
        "#L": f"(?P<place>{known.own_pattern})",
        "#C": f"(?P<place>{known.name_pattern})",
        "~": _GAP,
    }
    for short, full in shorthand.items():
        pattern = pattern.replace(short, full)
    return re.compile(pattern, re.IGNORECASE)


@cache
def sayings() -> tuple[Saying, ...]:
    """The whole table, compiled with the place names of the configured corpus."""
    parts = (_identity, _form, _trade, _staff, _money, _tax_and_credit, _hires, _innovation, _titles, _trade_abroad, _power)
    return tuple(saying for part in (*parts, _finance, _plans) for saying in part())


# ---- words that many rows share ----

_HOUSE = (
    "(?:店|馆|厂|铺子?|摊子?|门面|作坊|豆腐坊|酒坊|油坊|农家乐|民宿|酒店|超市|酒楼|餐厅|养殖场|猪场|鸡场|农场|基地|果园|茶园|工作室|"
    "事务所|诊所|车间|驿站|加油站|公司|企业|合作社)"
)
_HOUSE_OR_OWNER = f"(?:{_HOUSE}|个体户|个体工商户|养殖户|种植户|种粮大户|商户)"
_DIGIT = "[0-9零一二两三四五六七八九十]"
_YEAR = (
    "(?:(?<![十几多0-9第头前下过])一年(?:下来|到头)?|每年|全年|去年(?:一年|全年)?|上一?年度?|"
    "(?<![半一二两三四五六七八九十几多0-9今明前往后近整常新过当同])年)"
)
_MONTH = (
    "(?:(?<![十几多0-9头])一个月|每个?月|平均每?个?月|月均|"
    "(?<![0-9一二三四五六七八九十上下这本当头末个几半])月(?=销售|营业|流水))"
)
_THEN = "(?:的|我们?|店里?|公司|厂里?|里|总共|一共|平均|大概|大约|差不多|也|就|能|可以|都|是|有|:){0,4}"
_OTHER_SPAN = "月|季|半年|今年|每天|一天|累计|[二两三四五六七八九十几]年|上半|下半|至今|目前为止"
_RECENTLY = "(?:今年|最近一年|近一年|这一年|一年内|(?:最近|近)(?:12|十二)个月|最近|刚刚?)"
_WISH = (
    r"(?<![不没别莫未])(?<!不是)(?:想要?|打算|准备|计划|考虑|正在|正|(?<![主重只不需])要(?![不是求么])|需要|急需|希望|争取|"
    r"在(?=打官司|参展|招|注销|申请|申报|投标|起诉|技改|建厂))"
)
_REFUSAL = (
    "(?:不想|不打算|没打算|没有打算|不准备|没想过?|不需要|不用|用不着|不考虑|暂时不|暂不|不会|不(?=贷款|招人|招工|出口|参展|投标))"
)
_MEANWHILE = "(?:(?!了解|知道|咨询|问|请教|看|查|学|让|叫|劝|帮|听|不|没|别|给|想|打算|准备).){0,6}?"
_OF_OTHERS = (
    "(?!的?(?:企业|公司|老板|客户|员工|职工|供应商|配套|人有|人能|政策|条件|标准|利率|流程|手续|补贴|材料|申报|认定|认证)|"
    "好|还是|吗|么)"
)


# ---- identity ----

_AROUND = "(?:市里|城里|镇上|街上|乡下|村里)?(?:[^,在给从到跟和与的上住买卖送读想要有开做办搞]{0,8}?)"
_PART_OF_TOWN = (
    "(?:[^,在给从到跟和与的上住买卖送读想要有开做办搞打学出当服念]{0,6}"
    "(?:路|街|道|村|镇上?|乡|园|区|城|县城|市场|广场|口|边|里|街上|农村|乡下|附近|本地|当地))?"
)
_DOING = (
    "(?:开(?!会|车)|办(?!了?贷|理|事|证|展)|做(?!客|事|工|核酸|了个|检)|搞(?!展)|经营|弄|摆|种|养(?!老|病)|创业|生产|注册|成立|从事|承包|投资|干|跑(?=货|运|车|外卖|长途)|"
    f"(?:这边|那边)?(?:有|的|有自己的|自己有)(?:一?[家个间座处])?[^,给的]{{0,6}}{_HOUSE})"
)
_ALSO_OPENING = Mood.PLANNED | Mood.ASKED | Mood.DATED | Mood.LAST_YEAR
_SECOND = "分店|分公司|分厂|连锁|第二家|新店|新厂|再开|再办|再建|转行|改行|换个"
_END = rf"(?=$|有?{_DIGIT}|一共|总共|做|开)"


def _identity() -> Iterator[Saying]:
    yield from _say("uscc", r"(?<![0-9A-Z])(?P<uscc>[0-9A-HJ-NPQRTUWXY]{18})(?![0-9A-Z])")
    yield from _say(
        "region",
        rf"(?<!老家)(?<![货户款品])在#R{_AROUND}{_DOING}",
        "(?:回|回到)#R(?:开(?!会|车)|创业|办厂|投资|建厂)",
        despite=_ALSO_OPENING,
        unless=_SECOND,
    )
    yield from _say(
        "region",
        rf"(?:^|我|们|咱|俺|本人|单位|{_HOUSE})(?:子|里|的|就|也|都|是|人|开|设|建|注册|现在|目前){{0,2}}(?:在|位于|搬到了?|落户)#R{_PART_OF_TOWN}{_END}",
        "(?:注册地|经营地|住所|地址)(?:也|都|就)?(?:在|是|:){1,2}#R",
        rf"^(?:我们?|咱们?)?(?:是|就是)?#L(?:这边|本地|当地)?(?:的|一家|一个|有家|的一家|的一个)[^,的给跟]{{0,8}}{_HOUSE_OR_OWNER}(?:老板)?{_END}",
        rf"^(?:我们?|咱们?)?(?:是|就是)?#L(?:这边|本地|当地)?(?:开|做|搞)[^,的给跟]{{1,8}}(?:的|{_HOUSE}){_END}",
        rf"^(?:我们?|咱们?)?(?:是)?#C[^,的给跟欠在]{{0,8}}{_HOUSE_OR_OWNER}{_END}",
        rf"^(?:我们|咱们)(?:{_HOUSE})?是#R的$",
        "^#L$",
        unless="欠|客户|供应商|分店|分公司|分厂",
    )
    yield from _say(
        "region",
        f"(?:^|我|们|{_HOUSE}|经营地)(?:也|都|就)?(?:不在{places().city}|在{places().city}市?(?:以外|外面|外)|在外地)",
        value="荆门市外",
    )
    yield from _say(
        "established_on",
        "#D(?:正式)?(?:成立|注册(?!了?的?商标)|设立|登记|创办|创立|办的?照|开办|开的|办的|领的?照)",
        "(?:成立|注册|设立|登记|创办|创立)(?:日期|时间)?(?:于|在|是|为|:){0,2}#D",
        despite=Mood.DATED,
        unless="商标|专利|出生",
    )
    owner = rf"(?:^|是|属于|作为|们)(?:一?[家个]|本地的?)?{{kind}}(?:性质|控股)?(?:的)?(?:企业|公司|厂)?(?=$|{_DIGIT}|性质)"
    for value, kind in _OWNERS.items():
        yield from _say("ownership", owner.format(kind=kind), value=value)


_OWNERS = {
    "民营": "(?:民营|私营|民企|私企)",
    "国有": "(?:国有|国企|央企|国资)",
    "集体": "集体",
    "外资": "(?:外资|外商独资|外企)",
    "混合": "混合所有制",
}

_NOT_A_FIRM = "(?!家|号|法|的?(?:员工|职工|客户|供应商|顾问|会计)(?:$|,)|上班|门口|对面|附近|楼下|欠|食堂|和|跟|还是|与|或|好|账|户|章|流程|手续|条件|材料|注册|变更|注销|转让)"


def _form() -> Iterator[Saying]:
    mine = "(?:我们?|咱们?|俺们?|本)(?:家|自己)?的?(?:这|那)?[家个]?[^,给跟和向被从找帮为在去欠的要想转入不没未非了一有买租识投卖签见到进离看听叫靠村区市县边里跑来学干做开办]{0,6}"
    plain = "[^,给跟和向被从找帮为在去欠的要想转入不没未非]"
    firm = "(?:公司|(?<![微小])企业)"
    known = Mood.DATED | Mood.LAST_YEAR
    yield from _say(
        "entity_type",
        rf"{mine}{firm}{_NOT_A_FIRM}",
        rf"(?:^|我们?|名下)有(?:一?[家个])?{plain}{{0,8}}公司{_NOT_A_FIRM}",
        r"(?<!本)我司",
        "^企业$",
        rf"(?:开|办(?!理)|注册|成立|经营|创办)(?:了|的|着)?(?:是)?(?:一?[家个间])?{plain}{{0,10}}{firm}{_NOT_A_FIRM}",
        rf"(?:是|属于|性质是)(?:一?[家个间])?(?:做[^,给跟和]{{1,8}}的)?{plain}{{0,12}}(?:{firm}|合伙|个人独资)(?=$)",
        rf"是[^,给跟和欠]{{1,10}}的(?:一?[家个]){plain}{{0,12}}{firm}(?=$)",
        rf"^公司(?=$|在|有|是|共|一共|现有|目前|去年|年|一年|员工|职工|注册|成立|主要|主营|做|生产|位于|地址|规模|总|现在|研发|专门|里|{_DIGIT})",
        rf"(?:有限|有限责任|股份|集团)公司{_NOT_A_FIRM}(?!的)",
        rf"(?:^|是|办的?是?|我们?)(?:一家)?(?:合伙企业|个人独资(?:企业)?)(?=$|{_DIGIT})",
        value="企业",
        despite=known,
        unless="上班|打工|给[^,]{0,8}公司|个体|合伙开|分公司",
    )
    yield from _say(
        "entity_type",
        r"(?:^|是|办|注册|登记|我们?|开|干|做|搞|的|为|一[个名家])(?:了|的|是|个|一个){0,2}个体(?:工商户?|户|经营户?|执照|营业执照)(?!和|跟|还是|与|或|好|转|升|的?客户)",
        r"(?:是|办的?|注册的?|干|做|属于)(?:是)?个体(?=$)",
        value="个体工商户",
        despite=known,
        unless="欠|给[^,]{0,6}个体",
    )
    yield from _say(
        "entity_type",
        rf"(?:^|我们?的?|咱们?的?|本|开|办|是|搞|成立|注册|领办|牵头|有)(?:了|的)?(?:一?[家个])?{plain}{{0,10}}(?<!供销)(?<!信用)"
        r"合作社(?!的?(?:社员|成员|客户)|收|欠|联|和|跟|还是|买|卖)",
        value="农民专业合作社",
        despite=known,
        unless="欠|给[^,]{0,8}合作社|卖给",
    )
    yield from _say(
        "entity_type",
        rf"(?:我们|本|咱们)(?:是|这个)?(?:一?[家个])?{plain}{{0,8}}(?:协会|商会|基金会|社会组织|社会团体|民办非企业(?:单位)?)(?=$|有|{_DIGIT})",
        value="社会组织",
        despite=known,
        unless="加入|参加|入会",
    )
    yield from _say(
        "size_class",
        "(?:是|属于|算)(?:一?[家个])?(?P<choice>大型|中型|小型|微型)企业(?=$)",
    )
    yield from _say("is_small_low_profit", "(?:是|属于|算)(?:一?[家个])?小型微利(?:企业)?(?=$)", value=True, denied=False)


def _trade() -> Iterator[Saying]:
    opened = Mood.PLANNED | Mood.ASKED | Mood.DATED | Mood.LAST_YEAR
    yield from _say(
        "industry",
        r"(?P<trade>(?:开办|创办|开(?!拓|发|票|通|户|专|会|工)|办(?!了?贷|理|事|证)|摆|承包|种|养(?!老))(?:了|着|的|过)?[^,]{1,14})",
        despite=opened,
        unless=_SECOND,
    )
    yield from _say(
        "industry",
        r"(?P<trade>(?:经营|从事|搞|做|干|跑|修|收|卖|生产|加工|酿|批发|运营|弄|主营)(?:了|着|的|过)?[^,]{1,14})",
        rf"^(?:我们?|咱们?|俺)?(?:家|这|那|的|是|就是){{0,2}}(?P<trade>[^,的在给跟和]{{0,10}}{_HOUSE}){_END}",
        rf"(?:有|名下有|是|是[^,给跟和欠]{{1,10}}的)(?:一?[家个间])(?P<trade>[^,的在给跟和]{{0,10}}{_HOUSE})(?:的老板)?{_END}",
        despite=Mood.DATED | Mood.LAST_YEAR,
        unless=_SECOND + "|欠|打工|上班",
    )
    yield from _say("industry", "^(?P<noun>[^,]{2,8})$")
    yield from _say("industry", rf"^(?:我们?|咱们?)?(?:是)?{places().own_pattern}(?:这边)?的?(?P<trade>[^,的给跟和]{{1,8}})(?:老板)?{_END}", unless="欠|客户|供应商")
    yield from _say(
        "industry",
        rf"^(?P<trade>[^,的在给跟和]{{0,10}}(?:店|馆|厂|铺|摊|公司))(?:老板)?(?=有|一年|每年|年|一个月|每个?月)",
        unless=_SECOND + "|欠",
    )


# ---- scale ----

_NOT_STAFF = (
    "(?!(?:都|也|还|全|就)?(?:没|不|想|要|交|缴|参|上社|离|辞|走|退|来|吃|用|坐|住|欠|报|学|听|受|合伙|合股|股东|入股|排|投|办|签|请假|"
    "是残|是大|被|拿|每人|的?工资|的客|份|桌|座|次|去|培训|加班|失业|喝|消费|看|等|买|成|说))"
)
_OTHER_PEOPLE = "招|社保|保险|培训|裁|辞|残疾|欠|吃|客|合伙|股东|毕业|退役|退伍|缺|请了|雇了|走了|离职"


def _staff() -> Iterator[Saying]:
    all_of_us = (
        "(?:一共|总共|共有|共|加起来|合计|连我|带我|加我|加上我|算上我|包括我|含我|全店上?下?|全厂上?下?|全公司上?下?|店里|厂里|公司里?|厂子里?|单位|店子里?|"
        "馆里|馆子里?|社里|我们店|我们厂)(?:自己|老板|在内|现在|目前)?(?:一共|总共|就|只|也就|才|都)?"
    )
    ourselves = "(?:我们|咱们|咱|我家|我们家|我|夫妻|两口子|就|只|才|也|都|现在|目前|一共|总共|大概|大约|差不多|有|是|约){0,4}"
    yield from _say(
        "employees",
        r"(?:^|[有厂店司业们家里共馆坊社:]|现在|目前|全体|总|全部|从业|在职|在册)(?:员工|职工|工人|用工|从业人员|从业人数|人员规模|人数|团队|规模)(?:总?人?数|规模)?"
        r"(?:现在|目前|现有)?~#N(?:(?:个|名|位|号)?人|个$|名$|$)" + _NOT_STAFF,
        r"从业人[员数](?:总?数)?~#N(?:个|名)?人?" + _NOT_STAFF,
        rf"(?:有|共|^|就|只有|现有|厂|店|公司|我们)~#N(?:个|名|位|号)(?:员工|职工|工人|店员)(?!工)" + _NOT_STAFF,
        all_of_us + r"~#N(?:个|名|位|号)?(?:人|员工|职工|工人)" + _NOT_STAFF,
        rf"{_HOUSE}~#N(?:个|名|位|号)?(?:人|员工|职工|工人)" + _NOT_STAFF,
        r"(?<![给欠找])#N(?:个|名|号)?人的(?:小|大)?(?:店|厂|公司|面馆|餐馆|饭店|团队|企业|作坊|规模|工厂|馆子|铺子)",
        despite=Mood.PLAIN,
        unless="失业保险|社保|工伤",
    )
    yield from _say(
        "employees",
        rf"^{ourselves}#N(?:个|名|位|号)?人(?=$|干|做|上班|左右|在做|在干|忙|打理|经营|的规模|一年|每年|一个月|开)" + _NOT_STAFF,
        r"(?:^|就|只有)(?:就)?我(?:自己)?(?:和|跟|与|同)[^,0-9一二两三四五六七八九十]{1,5}(?:一共|总共|就)?#N(?:个人|人|(?<=[俩仨]))" + _NOT_STAFF,
        rf"^{ourselves}#N(?<=[俩仨])(?:$|人$|干|做|开|经营|打理|忙)",
        unless=_OTHER_PEOPLE,
    )
    yield from _say(
        "employees",
        r"(?:^|就|只有|店里|目前|现在)(?:就|只有)?我(?:自己)?(?:就)?一个人(?:在[^,]{1,8})?(?:$|干|做(?!不)|开|经营|打理|撑|守)",
        value=1,
        unless=_OTHER_PEOPLE,
    )
    yield from _say(
        "employees",
        r"(?:就|只有|是|靠)(?:我们)?(?:老?两口子?|夫妻|夫妇)(?:俩|两个|二人|两人)?(?:人)?(?:$|干|做|开|经营|打理|在|忙)",
        value=2,
        unless=_OTHER_PEOPLE,
    )
    yield from _say("employees", rf"(?:又|还|另外|再|外加|另)(?:请|雇|招|聘)了~{NUMBER}(?:个|名|位)?(?:人|员工|工人|伙计|师傅|帮)", value=UNCLEAR)
    insured = "(?:失业保险|五险一金|五险)"
    yield from _say(
        "insured_employees",
        rf"给~#N(?:个|名|位)?(?:人|员工|职工|工人)(?:都|全)?(?:交|缴|买|上|参加|办)(?:了|着|过)?[^,]{{0,4}}{insured}",
        rf"^(?:其中|有)?#N(?:个|名|位)?(?:人|员工|职工|工人)(?:都|全)?(?:交|缴|买|上|参加|有)(?:了|着)?{insured}",
        rf"{insured}(?:的?(?:交|缴|参保|参加|买)的?)?(?:人数)?~#N(?:个|名|位)?(?:人|员工|职工)",
    )


def _money() -> Iterator[Saying]:
    sales = "总?(?:营业收入|营业额|销售额|销售收入|营收|收入|流水|销售(?!额|收入|量))"
    last = Mood.LAST_YEAR
    yield from _say(
        "revenue",
        rf"{_YEAR}{_THEN}{sales}~#M",
        rf"{_YEAR}{_THEN}(?:卖货?|做)(?:个|出去)?~#M(?!的?(?:[^,]{{0,4}}(?:项目|工程|订单|产值|贷款)))",
        rf"{_YEAR}{_THEN}#M(?:元|块钱?)?(?:左右)?的?{sales}",
        rf"(?<![净纯]){sales}{_THEN}{_YEAR}~#M",
        rf"(?:营业额|营业收入|销售额|营收|卖)~#M(?:元|块钱?)?(?:左右)?(?:一年|每年|/年)",
        despite=last,
        unless="目标|毛利|天|我?个人收入|工资|两年|三年",
    )
    yield from _say("revenue", "(?<![月度年])(?:营业收入|营收)~#M", despite=last, unless=_OTHER_SPAN)
    steady = "旺季|淡季|最多|最少|最好|最差|高峰|节假日|过年|忙的时候|闲的时候|好的时候|差的时候"
    yield from _say(
        "monthly_sales",
        rf"{_MONTH}{_THEN}(?:营业收入|营业额|销售额|销售收入|流水|销售)~#M",
        rf"{_MONTH}{_THEN}卖货?(?:个|出去)?~#M",
        rf"{_MONTH}{_THEN}做~#M(?:元|块钱?)?(?:左右)?的?(?:生意|营业额|销售额|流水)",
        rf"{_MONTH}{_THEN}#M(?:元|块钱?)?(?:左右)?的?(?:营业额|销售额|流水)",
        rf"(?:营业额|销售额|流水){_THEN}{_MONTH}~#M",
        rf"(?:营业额|销售额|流水|卖)~#M(?:元|块钱?)?(?:左右)?(?:一个月|每个?月|/月)",
        unless=steady,
    )
    yield from _say(
        "taxable_income",
        rf"{_YEAR}{_THEN}(?:税前)?利润(?:总额)?~#M",
        rf"{_YEAR}{_THEN}#M(?:元|块钱?)?的?利润(?!率)",
        rf"^(?:税前)?利润(?:总额)?{_YEAR}~#M",
        rf"{_YEAR}{_THEN}(?P<loss>亏损)(?:额)?~#M",
        despite=last,
    )
    yield from _say("taxable_income", "^(?:税前)?利润(?:总额)?~#M", after=f"{_YEAR}.*{sales}|{_YEAR}{_THEN}(?:卖|做)", unless=_OTHER_SPAN)
    yield from _say("taxable_income", "应纳税所得额~#M", despite=last, unless=_OTHER_SPAN)
    yield from _say(
        "total_assets",
        "(?:总资产|资产总额|资产总计|资产合计|资产规模)~#M",
        rf"(?:^|有|公司|厂|店|们|我|企业|合作社)资产~#M",
    )
    yield from _say("total_liabilities", "(?:总负债|负债总额|负债合计)~#M")


# ---- tax, credit ----


def _tax_and_credit() -> Iterator[Saying]:
    registered = r"(?:是|属于|办的|登记为|登记的|认定为|升为|升成了?|转成?了|转为了?|我们?|公司|店|厂)(?:是|的|个|一家|增值税){0,2}"
    for value, word in {
        "小规模纳税人": "小规模(?:纳税人)?(?!养|种|生|试|经|的?(?:客户|供应商)|好|还是|和)",
        "一般纳税人": "一般纳税人(?!的?(?:客户|供应商)|好|还是|和)",
    }.items():
        yield from _say("taxpayer_type", registered + word, rf"^(?:增值税)?{word}(?=$|{_DIGIT})", value=value)
    rating = r"(?:纳税|税务)(?:人|缴费)?(?:信用)?(?:等级|级别|评级|评定|评价|评)?~(?:的)?(?P<choice>[ABMCD])(?![A-Za-z0-9])级?"
    yield from _say(
        "tax_credit_rating",
        rating,
        r"(?<![A-Za-z0-9])(?P<choice>[ABMCD])级(?:的)?纳税(?:人|信用)",
        despite=Mood.LAST_YEAR,
    )
    listed = "(?:被|给)?(?:列入|列进|列为|拉进|进了?|进入了?|在|上了?|是)(?:了)?(?:工商)?(?:的)?"
    yield from _say(
        "seriously_dishonest",
        rf"{listed}严重失信(?:主体|名单|企业)?{_OF_OTHERS}",
        value=True,
        denied=False,
    )
    yield from _say("seriously_dishonest", "没有(?:任何)?(?:严重)?失信(?:记录|行为)?(?=$)", value=False)
    yield from _say(
        "abnormal_listed",
        rf"{listed}(?:经营异常|异常(?:经营)?(?=名录|名单|户|里|了|$))(?!的?企业)(?:名录|名单)?",
        value=True,
        denied=False,
    )
    yield from _say(
        "abnormal_listed",
        "没有(?:被列入)?经营异常",
        "移出了(?:经营)?异常",
        "(?:异常名录|经营异常)(?:已经)?(?:移出|解除)了",
        value=False,
    )
    yield from _say("restricted_industry", "不(?:是|属于|搞|做)(?:国家)?(?:限制|禁止)[^,]{0,6}行业", value=False)
    scale = "(?:规上|限上|规模以上|限额以上|四上)"
    yield from _say(
        "above_scale",
        rf"(?:是|属于|进了?|纳入了?|成了|入了?|^)(?:一?[家个])?{scale}(?:工业|服务业|商贸|零售|批发)?(?:企业|单位)?(?=$|{_DIGIT})",
        r"(?:进|入)了?规了?(?=$)",
        value=True,
        denied=False,
        despite=Mood.LAST_YEAR,
    )


# ---- people ----


def _hires() -> Iterator[Saying]:
    hired = "(?:新招|新聘|招聘?了|招聘?到了?|招进了?|招收了|聘了|录用了|吸纳了?|今年招)"
    unfit = "(?!来?实习|兼职|暑假|临时|走|又走)"
    for fact, who in _HIRED.items():
        yield from _say(fact, f"{hired}~#N(?:个|名|位)?{who}{unfit}", f"{hired}{who}~#N(?:个|名|位|人)?(?=$|人)")
    yield from _say(
        "disabled_employees",
        "(?<!没)(?:有|招了|安置了?|请了|雇了|聘了|其中|录用了|^)~#N(?:个|名|位)?(?:是)?残疾(?:人|职工|员工)(?!朋友|家|孩子|亲|顾客|客)",
        "残疾(?:人|职工|员工)~#N(?:个|名|位|人)",
        unless="家里|客|亲戚",
    )
    last = Mood.LAST_YEAR
    yield from _say("layoff_rate", "裁员率~#P", despite=last)
    yield from _say("layoff_rate", "裁员率(?:是|为)?[0零](?=$)", value=0, despite=last)
    yield from _say(
        "unemployment_premium_paid",
        "(?:去年|上年)[^,]{0,6}(?:交|缴)了?[^,]{0,3}失业保险费?~#M",
        "(?:去年|上年)[^,]{0,4}失业保险费?(?:交|缴)?~#M",
        "(?:去年|上年)[^,]{0,4}(?:交|缴)~#M(?:元|块钱?)?的?失业保险",
        despite=last,
    )
    yield from _say(
        "injury_insured",
        "(?:交|缴|买|参加|上|参)(?:了|的|过)?[^,没]{0,4}(?:工伤保险|工伤险)",
        value=True,
        denied=False,
    )
    yield from _say("injury_insured", "(?:交|缴|买|参加|上)了[^,没]{0,2}五险", value=True)


_HIRED = {
    "new_graduate_hires": "(?:刚毕业的?|今年毕业的?|应届)?(?:高校|大专|本科|专科)?(?:大学生|毕业生|应届生|本科生|大专生|研究生)",
    "key_group_hires": "(?:脱贫人口|脱贫户|脱贫人员|建档立卡(?:贫困)?(?:户|人员|人口)?)",
    "veteran_hires": "(?:自主就业)?(?:退役士兵|退役军人|退伍军人|退伍兵|退役兵)",
    "unemployed_youth_hires": "登记失业(?:的)?青年",
}


# ---- innovation ----


def _innovation() -> Iterator[Saying]:
    last = Mood.LAST_YEAR
    spent = "研发(?:费用|投入|支出|经费|上|开支)?(?:上)?(?:投入|花|用|花费|支出|投)?"
    yield from _say(
        "rd_expense",
        rf"{_YEAR}{_THEN}(?:投入|花)?(?:在|搞|做)?的?{spent}~#M",
        rf"{_YEAR}{_THEN}(?:花|投入|拿|投|用)(?:出)?~#M(?:元|块钱?)?(?:来|去|出来|用于|用来|用在|搞|做|在){{0,3}}研发",
        despite=last,
    )
    yield from _say("rd_expense", "研发(?:费用|经费|支出)~#M", despite=last, unless=_OTHER_SPAN + "|前年|预算")
    yield from _say("rd_expense", rf"研发(?:费用|投入|经费|支出)?{_THEN}{_YEAR}(?:投入|花|要|投)?~#M", despite=last)
    yield from _say("rd_expense_prior", rf"前年{_THEN}(?:投入|花)?(?:在|搞|做)?的?{spent}~#M", despite=Mood.DATED)
    held = "(?:^|有|拥有|持有|共|取得了?|获得了?|拿到了?|其中|授权了?)"
    not_held = "申请|申报|在报|受理|打算|如果"
    yield from _say(
        "ip_class1_count",
        rf"{held}~#N(?:件|个|项)(?:授权的?|有效)?(?:国内)?发明专利",
        r"发明专利~#N(?:件|个|项)",
        r"[ⅠI1一]类知识产权~#N(?:件|个|项)",
        unless=not_held,
    )
    yield from _say(
        "ip_count",
        r"(?<!类)知识产权(?:总数)?~#N(?:件|个|项)",
        rf"{held}~#N(?:件|个|项)(?:有效|自主|授权)?的?知识产权",
        unless=not_held,
    )
    share = "占(?:比|到)?(?:总收入|全部收入|营业收入|职工总数|全部职工|总人数|全厂|全公司)?(?:的)?(?:比例)?~#P"
    yield from _say("rd_staff_ratio", f"(?:研发|技术|科技)(?:和技术)?人员{share}", despite=last)
    yield from _say("high_tech_revenue_ratio", f"高新(?:技术)?产品(?:和?服务)?(?:的)?收入{share}", despite=last)
    yield from _say("main_business_ratio", f"主营(?:业务)?收入{share}", despite=last)
    yield from _say("niche_years", "细分(?:市场|领域)[^,]{0,4}?(?:做了|干了|深耕了?|已有)~#K年")


_TITLES = {
    "is_high_tech_enterprise": "(?:高新技术企业|高新企业|高企|高新)",
    "is_tech_sme": "科技型中小企业",
    "is_single_champion": "(?:制造业)?单项冠军",
}
_SPECIALISED = {
    "专精特新小巨人": "(?:专精特新)?(?:中小企业)?小巨人",
    "专精特新中小企业": "(?:省级|湖北省)?专精特新(?:中小企业)?(?!小巨人|重点)",
    "创新型中小企业": "(?:省级|湖北省)?创新型中小企业",
}


def _titles() -> Iterator[Saying]:
    """Titles held today. One won last year still holds, but the yearly list of 科技型中小企业 does not."""
    scope = "(?:一?[家个])?(?:国家级?|全国)?"
    holds = rf"(?:是|算|属于|成了|有|^|我们|公司){scope}"
    won = rf"(?:评上了?|评为了?|获评|认定为了?|认定了|通过了|拿到了?|取得了?|获得了?|入选了?){scope}"
    done = rf"(?:企业|证书|资格|称号|认定)?(?=$|了|的?企业|{_DIGIT}){_OF_OTHERS}"
    for fact, title in _TITLES.items():
        lasting = Mood.PLAIN if fact == "is_tech_sme" else Mood.LAST_YEAR
        yield from _say(fact, f"{holds}{title}{done}", value=True, denied=False)
        yield from _say(fact, f"{won}{title}{done}", value=True, denied=False, despite=lasting)
    yield from _say("is_tech_sme", "科技型中小企业(?:已经?)?(?:入库|入了库)", value=True)
    for value, title in _SPECIALISED.items():
        yield from _say("specialised_status", f"{holds}{title}{done}", value=value)
        yield from _say("specialised_status", f"{won}{title}{done}", value=value, despite=Mood.LAST_YEAR)


# ---- trade, power ----


_ABROAD = "(?:到|至|日本|韩国|美国|欧美|欧洲|东南亚|俄罗斯|非洲|中东|南美|越南|泰国|印度|国外|海外)"


def _trade_abroad() -> Iterator[Saying]:
    doing = "(?:做|有|搞|从事|经营)(?:着|点|一些|自营|自己的)?[^,给不没想要跨的]{0,4}?"
    not_business = "(?!权|公司|代理|转内销|企业|单位|平台|收入|吗|的?(?:客户|朋友))"
    yield from _say(
        "has_import_export", rf"{doing}(?:进出口|外贸){not_business}(?:业务|生意|贸易)?", value=True, denied=False
    )
    yield from _say(
        "has_import_export",
        rf"{doing}(?:出口|进口){not_business}(?:业务|生意|贸易)?(?=$|的|一年|每年)",
        rf"出口{_ABROAD}",
        r"报过关(?=$)",
        value=True,
        unless="进口的?(?:设备|机器|零件|食品|水果|车)|转给|外贸公司",
    )
    yield from _say("plans_export", rf"{doing}(?<!进)出口{not_business}(?:业务|生意|贸易)?(?=$|的|一年|每年)", rf"出口{_ABROAD}", value=True)
    yield from _say("plans_cross_border", "(?:在|专门)?(?:做|搞|从事)(?:着|点|了)?跨境(?:电商|直播|平台)(?!的?(?:客户|公司|朋友)|吗)", value=True)
    yield from _say(
        "customs_credit",
        r"海关(?:信用)?(?:等级|级别|评级)?~(?P<choice>高级认证|严重失信|失信|常规|认证)(?:企业)?(?=$)",
        value=None,
    )
    yield from _say("customs_credit", "(?:^|是|成了|通过了?)(?:海关|AEO){0,2}的?高级认证(?:企业)?(?=$)", value="高级认证")
    for word, digit in zip("一二三四", "1234", strict=True):
        yield from _say(
            "export_rebate_class", rf"(?:出口)?退(?:\(免\))?税[^,一二三四1-4]{{0,6}}[{word}{digit}]类", value=f"{word}类"
        )
    last = Mood.LAST_YEAR
    insurance = "(?:出口信用保险|出口信保|中信保|信保)"
    yield from _say(
        "export_credit_premium",
        rf"{_YEAR}{_THEN}(?:交|缴|花)?的?{insurance}(?:的)?(?:保费|保险费|费)?(?:交|缴|花)?~#M",
        rf"{_YEAR}{_THEN}(?:交|缴|花)~#M(?:元|块钱?)?的?{insurance}",
        despite=last,
    )
    yield from _say(
        "expo_booth_fee",
        rf"{_YEAR}{_THEN}(?:国际)?(?:展会|参展)?的?展位费(?:花|交)?~#M",
        rf"{_YEAR}{_THEN}(?:交|花)~#M(?:元|块钱?)?的?(?:国际)?(?:展会)?展位费",
        despite=last,
    )


def _power() -> Iterator[Saying]:
    tariff = "(?:是|执行|用|走|按)(?:的)?(?:是)?"
    yield from _say("two_part_tariff", rf"{tariff}两部制(?!的?企业)", "^两部制(?:电价)?$", value=True, denied=False)
    yield from _say("two_part_tariff", rf"{tariff}单一制", value=False)
    yield from _say(
        "transformer_kva",
        "(?:合同容量|变压器(?:总?容量)?|用电容量)~#K(?:个)?(?:千伏安|kva)",
        "#K(?:千伏安|kva)的?变压器",
        unless=r"[二两三四五六七八九十几0-9]台",
    )
    yield from _say("kwh_per_kva", "每(?:千伏安|kva)(?:一个月|每月|月)?(?:用电?量?)?~#K(?:度|千瓦时)")


# ---- finance ----


def _finance() -> Iterator[Saying]:
    debt = "(?:货款|工程款|尾款|账款|加工费|运费|材料款|服务费|劳务费|装修款|余款)"
    owed = "欠(?:着|了)?(?:我|咱|俺)们?(?:家|厂|店|公司|单位|合作社)?的?"
    firm = "(?:客户|甲方|公司|厂|企业|单位|经销商|下游|开发商|政府|局|学校|医院|总包|采购商|超市|饭店|酒店|工地|项目部|买家|对方)"
    anyone = Mood.PARTNER | Mood.SOMEONE_ELSE
    yield from _say(
        "receivables",
        rf"{owed}(?:一共|总共|大概|有|快)?~#M(?:元|块钱?)?的?{debt}",
        rf"{owed}{debt}~#M",
        rf"{firm}(?:还|们|都|一共|总共|拖|的人){{0,3}}{owed}~#M",
        r"应收(?:账)?款(?:余额)?~#M",
        rf"#M(?:元|块钱?)?的?{debt}(?:还|一直|到现在)?(?:没|未|要不|收不|拿不)[^,]{{0,3}}(?:收|回|结|付|给|到)",
        rf"{debt}~(?:还有)?~#M(?:元|块钱?)?(?:还|一直)?(?:没|未|要不|收不)",
        rf"被[^,]{{0,8}}欠(?:了|着)?~#M(?:元|块钱?)?的?{debt}",
        despite=anyone,
        unless="我欠|我们欠|欠别人|欠供应商",
    )
    want = "(?:贷款?|借款?|申请|申办|办)(?:个|点|笔|到)?"
    yield from _say(
        "loan_need",
        rf"{_WISH}(?:再|去|跟银行|找银行|从银行|向银行|先|个){{0,2}}{want}~#M(?!的?(?:补贴|奖励|补助|项目))",
        rf"{_WISH}(?:再|去)?(?:申请|申办|办|要|贷)?(?:一笔|个)?#M(?:元|块钱?)?(?:左右)?的?[^,]{{0,4}}(?:贷款?|款(?=$))",
        despite=Mood.PLANNED | Mood.ASKED | Mood.PARTNER,
        unless="补贴|奖励|买房|房贷|车贷|(?:客户|对方|供应商)(?:也|都|现在|就)?(?:想|打算|要|准备)",
    )
    yield from _say(
        "new_loan_amount",
        r"今年[^,想要打准能]{0,8}?(?:新贷|新增贷款|新增了贷款|贷款|贷|放款|放贷)款?了~#M",
        r"今年[^,想要打准能]{0,6}?(?:新贷|新增了?的?贷款)~#M",
        r"今年[^,想要打准能]{0,8}?(?:拿到了?|拿了|批了|放了|下来了|办了)~#M(?:元|块钱?)?的?(?:银行|经营|信用)?贷款?",
        despite=Mood.PARTNER,
        unless="房贷|买房|车贷",
    )
    contract = "(?:政府采购|政采)"
    yield from _say(
        "gov_contract_amount",
        rf"{contract}的?(?:合同|订单|单子)(?:金额|总额)?~#M",
        rf"(?:有|手上|签了?|中标了?|拿到了?|接了|中了)[^,想]{{0,4}}?~#M(?:元|块钱?)?的?{contract}(?:合同|订单|项目|单子)?",
        despite=Mood.PARTNER,
    )
    bought = "(?:买|购置|购买|添置?|换|更新|采购|投|上|进)"
    gear = "(?:新|生产|进口|一批|加工|的){0,2}[^,]{0,4}?(?:设备|机器)"
    yield from _say(
        "equipment_investment",
        rf"{_RECENTLY}[^,想要打准卖]{{0,6}}?{bought}(?:了|进)?(?:一批|一台|一套|些)?~#M(?:元|块钱?)?的?{gear}",
        rf"{_RECENTLY}[^,想要打准卖]{{0,6}}?(?:花|用|投入?|投资)了?~#M(?:元|块钱?)?(?:来|去)?{bought}了?{gear}",
        rf"{_RECENTLY}[^,想要打准卖]{{0,4}}?{bought}了?{gear}~?(?:花|用|投)~#M",
        rf"{_RECENTLY}[^,想要打准卖]{{0,4}}?设备(?:投入|投资)~#M",
    )
    yield from _say("bank_loan_count", r"贷过~#N(?:次|回|笔)", despite=Mood.PARTNER)
    yield from _say(
        "bank_loan_count",
        r"(?:从来|从|以前)?(?:没有|没|一次也没|还没)(?:在|从|跟|向|找)?(?:银行)?(?:里)?贷过款?(?=$)",
        value=0,
        despite=Mood.BEFORE | Mood.PARTNER,
    )
    yield from _say(
        "equity_financing_2y", r"(?:近两年|这两年|最近两年)[^,想要]{0,8}?(?:拿到了?|获得了?|融了?|融到了?)~#M(?:元|块钱?)?的?(?:股权|风险投资|风投|天使)"
    )


# ---- intent ----

_PLANS: dict[str, tuple[str, str | None]] = {
    "plans_loan": (
        f"(?:贷款|申请[^,]{{0,10}}贷款|贷(?={NUMBER}|点|笔|个)|融资(?!租赁)|借钱|借点钱|借(?={NUMBER}[万千百])|办(?:个|笔)?(?:经营|信用|创业)贷)",
        f"(?:贷了款|贷款了|办了(?:个|笔)?贷款|贷了(?:点|笔|{NUMBER})|新贷了?{NUMBER}|(?:拿到了?|批了){NUMBER}[^,]{{0,4}}贷款)",
    ),
    "plans_hiring": (
        f"(?:招人|招工|招(?:新)?员工|招聘|扩招|雇人|请人(?!吃|帮)|请(?:个|几个|{NUMBER}个)(?:厨师|师傅|服务员|工人|店员|帮手)|添人手|招(?:几|点|些|{NUMBER})?(?:个|名|位)?(?:人|工人|师傅|员工|学徒|大学生|毕业生|服务员|厨师|帮手|退伍|退役|残疾|脱贫))",
        f"(?:招了(?:几|{NUMBER})(?:个|名|位)?[^,]{{0,4}}(?:人|工|生|师|员|兵|户)|新招(?:了)?{NUMBER})",
    ),
    "plans_training": ("(?:给(?:员工|职工|工人)(?:们)?(?:搞|做|办|安排)?[^,]{0,4}培训|培训(?:一下|下)?(?:员工|职工|工人|新人)|(?:员工|职工|岗前|技能)培训|组织培训|搞(?:个|次)?培训)", None),
    "plans_equipment": (
        f"(?:(?:买|购置|购买|添置?|换|更新|采购|上)(?:了)?(?:几|{NUMBER}|点|些|新|一批|一套|一台|元|块钱|台|套|条|的|生产|进口|加工){{0,4}}[^,的]{{0,3}}(?:设备|机器|生产线))",
        f"(?:(?:买|购置|添|换|更新|采购|上)了(?:几|{NUMBER}|点|些|新|一批|台|套|条|元|的|生产|进口){{0,4}}[^,的]{{0,3}}(?:设备|机器|生产线))",
    ),
    "plans_tech_upgrade": (
        "(?:技改|技术改造|数字化(?!产品)|智能化改造|智改数转|设备改造|上云|上(?:一?套|个)?(?:ERP|MES|管理系统)|改造(?:一下)?(?:生产线|车间|设备))",
        None,
    ),
    "plans_export": ("(?:出口(?!转)|做外贸|卖到国外|卖到海外|开拓(?:海外|国外)市场)", None),
    "plans_cross_border": ("(?:跨境(?:电商|平台|直播)?|开亚马逊店?|上亚马逊|上速卖通|上阿里国际站)", None),
    "plans_exhibition": (
        "(?:参展|(?:参加|去)[^,]{0,8}?(?:展会|展览会|博览会|广交会|展销会|进博会|农博会|食博会|交易会|展览))",
        "(?:参展了|参加(?:了|过)[^,]{0,8}?(?:展会|展览会|博览会|广交会|展销会|进博会|农博会|食博会|交易会))",
    ),
    "plans_ip": (
        f"(?:(?:申请|申报|报|注册)(?:了|个|一个|几个|点|{NUMBER}(?:个|件|项)|自己的){{0,2}}(?:[^,贷]{{0,3}})(?:专利|商标|软著|知识产权))",
        f"(?:(?:申请|申报|注册)了(?:个|几个|{NUMBER}(?:个|件|项))?[^,贷]{{0,3}}(?:专利|商标|软著))",
    ),
    "plans_tender": ("(?:投标|竞标|投个标|参与政府采购|参加政府采购|做政府采购|接(?:点|些)?政府的?[^,]{0,3}(?:采购|项目|订单|单子|工程|生意))", "(?:投了标|投标了|投过标)"),
    "plans_land": ("(?:拿(?:块|点)?地|买(?:块|点)?地(?!板|毯|瓜)|征地|建(?:新|个|个新|座)?厂|盖(?:新)?厂房|建(?:新)?厂房|扩建(?:厂房)?)", None),
    "plans_lawsuit": ("(?:打(?:个|场)?官司|起诉|走法律(?:程序|途径)|上法院|到法院告|去法院|告(?:他|她|对方|客户|老赖|那家))", "(?:打了官司|起诉了|打过官司)"),
    "plans_collect_debt": (
        "(?:要账|讨债|要债|讨账|收账|催款|催账|追债|清欠|追讨|追回(?:货|欠|工程)?款|(?:把)?[^,]{0,6}(?:货款|欠款|账|工程款|尾款|钱)(?:要|讨|追|收)回来?|讨要(?:欠款|货款|工程款))",
        None,
    ),
    "plans_deregister": ("(?:注销(?!商标|专利)|歇业|停业|关门(?!大吉)|关店|关厂|把(?:店|厂|公司)关|不干了|不开了)", None),
}


_AGAINST_OTHERS = ("plans_lawsuit", "plans_collect_debt")


def _plans() -> Iterator[Saying]:
    wished = Mood.PLANNED | Mood.ASKED | Mood.PARTNER
    for fact, (doing, done) in _PLANS.items():
        yield from _say(
            fact,
            f"{_WISH}{_MEANWHILE}{doing}" + ("(?!吗|么)" if fact in _AGAINST_OTHERS else _OF_OTHERS),
            value=True,
            despite=wished,
            unless="(?:客户|银行|甲方|对方|供应商|房东|政府|顾客)(?:也|都|现在|就)?(?:想|打算|要|准备|正在)|房贷|买房|车贷|买车",
        )
        yield from _say(
            fact, f"{_REFUSAL}{_MEANWHILE}{doing}", f"没有?[^,]{{0,4}}{doing}的?(?:打算|计划|想法|需求)", value=False, despite=wished
        )
        if done:
            yield from _say(fact, rf"{_RECENTLY}[^,没不想]{{0,6}}?{done}", value=True, despite=Mood.PARTNER)
