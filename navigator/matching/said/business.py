"""Ways to say who the business is: its place, legal form, owner, trade, and how large it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from navigator.matching.said.clauses import Mood
from navigator.matching.said.places import places
from navigator.matching.said.sayings import UNCLEAR, Saying, say

_OPENING = Mood.PLANNED | Mood.ASKED | Mood.DATED | Mood.LAST_YEAR
"""Place and trade are those of the business spoken of, be it about to open or opened long ago."""

_SINCE = Mood.DATED | Mood.LAST_YEAR
_SECOND = "分店|分公司|分厂|连锁|第二家|新店|新厂|再开|再办|再建|转行|改行|换个"
_END = "(?=$|有?<digit>|一共|总共|做|开)"


def rows() -> Iterator[Saying]:
    """All rows of this table."""
    return chain(
        _place(),
        _identity(),
        _firm(),
        _other_forms(),
        _trade(),
        _staff(),
        _few_people(),
        _insured(),
        _sales(),
        _accounts(),
    )


def _place() -> Iterator[Saying]:
    nearby = "(?:市里|城里|镇上|街上|乡下|村里)?(?:[^,在给从到跟和与的上住买卖送读想要有开做办搞]{0,8}?)"
    part_of_town = (
        "(?:[^,在给从到跟和与的上住买卖送读想要有开做办搞打学出当服念]{0,6}"
        "(?:路|街|道|村|镇上?|乡|园|区|城|县城|市场|广场|口|边|里|街上|农村|乡下|附近|本地|当地))?"
    )
    doing = (
        "(?:开(?!会|车)|办(?!了?贷|理|事|证|展)|做(?!客|事|工|核酸|了个|检)|搞(?!展)|经营|弄|摆|种|养(?!老|病)|创业|生产|注册|成立|"
        "从事|承包|投资|干|跑(?=货|运|车|外卖|长途)|(?:这边|那边)?(?:有|的|有自己的|自己有)(?:一?[家个间座处])?[^,给的]{0,6}<house>)"
    )
    yield from say(
        "region",
        f"(?<!老家)(?<![货户款品])在<place>{nearby}{doing}",
        "回到?<place>(?:开(?!会|车)|创业|办厂|投资|建厂)",
        despite=_OPENING,
        unless=_SECOND,
    )
    yield from say(
        "region",
        "(?:^|我|们|咱|俺|本人|单位|<house>)(?:子|里|的|就|也|都|是|人|开|设|建|注册|现在|目前){0,2}(?:在|位于|搬到了?|落户)"
        f"<place>{part_of_town}{_END}",
        "(?:注册地|经营地|住所|地址)(?:也|都|就)?(?:在|是|:){1,2}<place>",
        f"^<we>?(?:是|就是)?<ours>(?:这边|本地|当地)?(?:的|一家|一个|有家|的一家|的一个)[^,的给跟]{{0,8}}<owner>(?:老板)?{_END}",
        f"^<we>?(?:是|就是)?<ours>(?:这边|本地|当地)?(?:开|做|搞)[^,的给跟]{{1,8}}(?:的|<house>){_END}",
        f"^<we>?是?<region>[^,的给跟欠在]{{0,8}}<owner>{_END}",
        "^(?:我们|咱们)<house>?是<place>的$",
        "^<ours>$",
        unless="欠|客户|供应商|分店|分公司|分厂",
    )
    yield from say(
        "region",
        "(?:^|我|们|<house>|经营地)(?:也|都|就)?(?:不在<city>|在<city>市?(?:以外|外面|外)|在外地)",
        value=places().outside,
    )


_OWNERS = {
    "民营": "(?:民营|私营|民企|私企)",
    "国有": "(?:国有|国企|央企|国资)",
    "集体": "集体",
    "外资": "(?:外资|外商独资|外企)",
    "混合": "混合所有制",
}


def _identity() -> Iterator[Saying]:
    yield from say("uscc", "(?<![0-9A-Z])(?P<uscc>[0-9A-HJ-NPQRTUWXY]{18})(?![0-9A-Z])")
    yield from say(
        "established_on",
        "<day>(?:正式)?(?:成立|注册(?!了?的?商标)|设立|登记|创办|创立|办的?照|开办|开的|办的|领的?照)",
        "(?:成立|注册|设立|登记|创办|创立)(?:日期|时间)?(?:于|在|是|为|:){0,2}<day>",
        despite=Mood.DATED,
        unless="商标|专利|出生",
    )
    for value, kind in _OWNERS.items():
        yield from say(
            "ownership",
            f"(?:^|是|属于|作为|们)(?:<one>|本地的?)?{kind}(?:性质|控股)?的?(?:企业|公司|厂)?(?=$|<digit>|性质)",
            value=value,
        )


_PLAIN = "[^,给跟和向被从找帮为在去欠的要想转入不没未非]"
"""A character of a name: none of the words that would make the noun after it somebody else's."""

_PLAINER = _PLAIN[:-1] + "了一有买租识投卖签见到进离看听叫靠村区市县边里跑来学干做开办]"
_FIRM = (
    "(?:公司|(?<![微小])企业)(?!家|号|法|的?(?:员工|职工|客户|供应商|顾问|会计)(?:$|,)|上班|门口|对面|附近|楼下|欠|食堂|和|跟|还是|与|或|好|"
    "账|户|章|流程|手续|条件|材料|注册(?![在于了的地])|变更|注销|转让)"
)


def _firm() -> Iterator[Saying]:
    yield from say(
        "entity_type",
        f"(?:<we>|本)(?:家|自己)?的?(?:这|那)?[家个]?{_PLAINER}{{0,6}}{_FIRM}",
        f"(?:^|我们?|名下)有(?:一?[家个])?{_PLAIN}{{0,8}}{_FIRM}",
        "(?<!本)我司",
        "^企业$",
        f"(?:开|办(?!理)|注册|成立|经营|创办)[了的着]?是?<one>?{_PLAIN}{{0,10}}{_FIRM}",
        f"(?:是|属于|性质是)<one>?(?:做[^,给跟和]{{1,8}}的)?{_PLAIN}{{0,12}}(?:{_FIRM}|合伙|个人独资)$",
        f"是[^,给跟和欠]{{1,10}}的(?:一?[家个]){_PLAIN}{{0,12}}{_FIRM}$",
        "^公司(?=$|在|有|是|共|一共|现有|目前|年|一年|员工|职工|注册|成立|主要|主营|做|生产|位于|地址|规模|总|研发|专门|里|<digit>)",
        f"(?:有限|有限责任|股份|集团){_FIRM}(?!的)",
        "(?:^|是|办的?是?|我们?)(?:一家)?(?:合伙企业|个人独资(?:企业)?)(?=$|<digit>)",
        value="企业",
        despite=_SINCE,
        unless="上班|打工|给[^,]{0,8}公司|个体|合伙开|分公司",
    )


def _other_forms() -> Iterator[Saying]:
    yield from say(
        "entity_type",
        "(?:^|^<own_place>|是|办|注册|登记|我们?|开|干|做|搞|的|为|一[个名家])(?:了|的|是|个|一个){0,2}个体(?:工商户?|户|经营户?|执照|营业执照)"
        "(?!和|跟|还是|与|或|好|转|升|的?客户)",
        "(?:是|办的?|注册的?|干|做|属于)是?个体的?$",
        value="个体工商户",
        despite=_SINCE,
        unless="欠|给[^,]{0,6}个体",
    )
    yield from say(
        "entity_type",
        f"(?:^|<we>的?|本|开|办|是|搞|成立|注册|领办|牵头|有)[了的]?(?:一?[家个])?{_PLAIN}{{0,10}}(?<!供销)(?<!信用)"
        "合作社(?!的?(?:社员|成员|客户)|收|欠|联|和|跟|还是|买|卖)",
        value="农民专业合作社",
        despite=_SINCE,
        unless="欠|给[^,]{0,8}合作社|卖给",
    )
    yield from say(
        "entity_type",
        f"(?:我们|本|咱们)(?:是|这个)?(?:一?[家个])?{_PLAIN}{{0,8}}(?:协会|商会|基金会|社会组织|社会团体|民办非企业(?:单位)?)"
        "(?=$|有|<digit>)",
        value="社会组织",
        despite=_SINCE,
        unless="加入|参加|入会",
    )
    yield from say("size_class", "(?:是|属于|算)<one>?(?P<choice>大型|中型|小型|微型)企业$")
    yield from say("is_small_low_profit", "(?:是|属于|算)<one>?小型微利(?:企业)?$", value=True, denied=False)


def _trade() -> Iterator[Saying]:
    name = "(?P<trade>[^,的在给跟和]{0,10}<house>)"
    yield from say(
        "industry",
        "(?P<trade>(?:开办|创办|开(?!拓|发|票|通|户|专|会|工)|办(?!了?贷|理|事|证)|摆|承包|种|养(?!老))[了着的过]?[^,]{1,14})",
        despite=_OPENING,
        unless=_SECOND,
    )
    yield from say(
        "industry",
        "(?P<trade>(?:经营|从事|搞|做|干|跑|修|收|卖|生产|加工|酿|批发|运营|弄|主营)[了着的过]?[^,]{1,14})",
        f"^<we>?(?:家|这|那|的|是|就是){{0,2}}{name}{_END}",
        f"(?:有|名下有|是|是[^,给跟和欠]{{1,10}}的)<one>{name}(?:的老板)?{_END}",
        despite=_SINCE,
        unless=_SECOND + "|欠|打工|上班",
    )
    yield from say("industry", "^(?P<noun>[^,]{2,8})$")
    yield from say(
        "industry",
        f"^<we>?是?<own_place>(?:这边)?的?(?P<trade>[^,的给跟和]{{1,8}})(?:老板)?{_END}",
        f"^{name}(?:老板)?(?=一年|每年|年|一个月|每个?月)",
        unless=_SECOND + "|欠|客户|供应商",
    )


_NOT_STAFF = (
    "(?!(?:都|也|还|全|就)?(?:没|不|想|要|交|缴|参|上社|离|辞|走|退|来|吃|用|坐|住|欠|报|学|听|受|合伙|合股|股东|入股|排|投|办|签|请假|"
    "是残|是大|被|拿|每人|的?工资|的客|份|桌|座|次|去|培训|加班|失业|喝|消费|看|等|买|成|说))"
)
"""After a number of people: they are guests, leavers or only some of those who work here."""


def _staff() -> Iterator[Saying]:
    everybody = (
        "(?:一共|总共|共有|共|加起来|合计|连我|带我|加我|加上我|算上我|包括我|含我|全店上?下?|全厂上?下?|全公司上?下?|店里|厂里|公司里?|"
        "厂子里?|单位|店子里?|馆里|馆子里?|社里|我们店|我们厂)(?:自己|老板|在内|现在|目前)?(?:一共|总共|就|只|也就|才|都)?"
    )
    yield from say(
        "employees",
        "(?:^|[有厂店司业们家里共馆坊社:]|现在|目前|全体|总|全部|从业|在职|在册)"
        "(?:员工|职工|工人|用工|从业人员|从业人数|人员规模|人数|团队|规模)(?:总?人?数|规模)?"
        f"(?:现在|目前|现有)?~<count>(?:[个名位号]?人|[个名]$|$){_NOT_STAFF}",
        f"从业人[员数](?:总?数)?~<count>[个名]?人?{_NOT_STAFF}",
        f"(?:有|共|^|就|只有|现有|厂|店|公司|我们)~<count>[个名位号](?:员工|职工|工人|店员)(?!工){_NOT_STAFF}",
        f"{everybody}~<count>[个名位号]?<people>{_NOT_STAFF}",
        f"<house>~<count>[个名位号]?<people>{_NOT_STAFF}",
        "(?<![给欠找])<count>[个名号]?(?:人|员工|职工)的[小大]?(?:店|厂|公司|面馆|餐馆|饭店|团队|企业|作坊|规模|工厂|馆子|铺子)",
        unless="失业保险|社保|工伤",
    )


def _few_people() -> Iterator[Saying]:
    """Small places count themselves; said beside hires, guests or leavers the number is not theirs."""
    others = "招|社保|保险|培训|裁|辞|残疾|欠|吃|客|合伙|股东|毕业|退役|退伍|缺|请了|雇了|走了|离职"
    us = "(?:我们|咱们|咱|我家|我们家|我|夫妻|两口子|就|只|才|也|都|现在|目前|一共|总共|大概|大约|差不多|有|是|约){0,4}"
    yield from say(
        "employees",
        f"^{us}<count>[个名位号]?人(?=$|干|做|上班|左右|在做|在干|忙|打理|经营|的规模|一年|每年|一个月|开){_NOT_STAFF}",
        f"(?:^|就|只有)我(?:自己)?[和跟与同][^,0-9一二两三四五六七八九十]{{1,5}}(?:一共|总共|就)?<count>(?:个人|人|(?<=[俩仨])){_NOT_STAFF}",
        f"^{us}<count>(?<=[俩仨])(?:$|人$|干|做|开|经营|打理|忙)",
        unless=others,
    )
    yield from say(
        "employees",
        "(?:^|就|只有|店里|目前|现在)(?:就|只有)?我(?:自己)?就?一个人(?:在[^,]{1,8})?(?:$|干|做(?!不)|开|经营|打理|撑|守)",
        value=1,
        unless=others,
    )
    yield from say(
        "employees",
        "(?:就|只有|是|靠)(?:我们)?(?:老?两口子?|夫妻|夫妇)(?:俩|两个|二人|两人)?人?(?:$|干|做|开|经营|打理|在|忙)",
        value=2,
        unless=others,
    )
    yield from say(
        "employees", "(?:又|还|另外|再|外加|另)[请雇招聘]了~<some>[个名位]?(?:人|员工|工人|伙计|师傅|帮)", value=UNCLEAR
    )


def _insured() -> Iterator[Saying]:
    """五险 names unemployment and injury insurance, 社保 does not."""
    insured = "(?:失业保险|五险一金|五险)"
    yield from say(
        "insured_employees",
        f"给~<count>[个名位]?<people>(?:都|全)?(?:交|缴|买|上|参加|办)[了着过]?[^,]{{0,4}}{insured}",
        f"^(?:其中|有)?<count>[个名位]?<people>(?:都|全)?(?:交|缴|买|上|参加|有)[了着]?{insured}",
        f"{insured}(?:的?(?:交|缴|参保|参加|买)的?)?(?:人数)?~<count>[个名位]?(?:人|员工|职工)",
    )
    yield from say(
        "injury_insured", "(?:交|缴|买|参加|上|参)[了的过]?[^,没]{0,8}(?:工伤保险|工伤险)", value=True, denied=False
    )
    yield from say("injury_insured", "(?:交|缴|买|参加|上)了[^,没]{0,2}五险", value=True)


def _sales() -> Iterator[Saying]:
    yield from say(
        "revenue",
        "<year><then><sales>~<yuan>",
        "<year><then>(?:卖货?|做)(?:个|出去)?~<yuan>(?!的?(?:[^,]{0,4}(?:项目|工程|订单|产值|贷款)))",
        "<year><then><yuan><around>的?<sales>",
        "(?<![净纯])<sales><then><year>~<yuan>",
        "(?:营业额|营业收入|销售额|营收|卖)~<yuan><around>(?:一年|每年|/年)",
        despite=Mood.LAST_YEAR,
        unless="目标|毛利|天|我?个人收入|工资|两年|三年",
    )
    yield from say("revenue", "(?<![月度年])(?:营业收入|营收)~<yuan>", despite=Mood.LAST_YEAR, unless="<other_span>")
    yield from say(
        "monthly_sales",
        "<month><then>(?:营业收入|营业额|销售额|销售收入|流水|销售)~<yuan>",
        "<month><then>卖货?(?:个|出去)?~<yuan>",
        "<month><then>做~<yuan><around>的?(?:生意|营业额|销售额|流水)",
        "<month><then><yuan><around>的?(?:营业额|销售额|流水)",
        "(?:营业额|销售额|流水)<then><month>~<yuan>",
        "(?:营业额|销售额|流水|卖)~<yuan><around>(?:一个月|每个?月|/月)",
        unless="旺季|淡季|最多|最少|最好|最差|高峰|节假日|过年|忙的时候|闲的时候|好的时候|差的时候",
    )


def _accounts() -> Iterator[Saying]:
    """利润 is taken for taxable income, as the question's help does; 赚, 净利润 and 毛利 are not. 亏损 is a negative profit."""
    yield from say(
        "taxable_income",
        "<year><then>(?:税前)?利润(?:总额)?~<yuan>",
        "<year><then><yuan>的?利润(?!率)",
        "^(?:税前)?利润(?:总额)?<year>~<yuan>",
        "<year><then>(?P<loss>亏损)额?~<yuan>",
        despite=Mood.LAST_YEAR,
    )
    yield from say(
        "taxable_income",
        "^(?:税前)?利润(?:总额)?~<yuan>",
        after="<year>.*<sales>|<year><then>(?:卖|做)",
        unless="<other_span>",
    )
    yield from say("taxable_income", "应纳税所得额~<yuan>", despite=Mood.LAST_YEAR, unless="<other_span>")
    yield from say(
        "total_assets",
        "(?:总资产|资产总额|资产总计|资产合计|资产规模)~<yuan>",
        "(?:^|有|公司|厂|店|们|我|企业|合作社)资产~<yuan>",
    )
    yield from say("has_industrial_land", "(?:有|自有)(?:一块|自己的)?工业用地(?!吗|指标)", value=True, denied=False)
    yield from say("total_liabilities", "(?:总负债|负债总额|负债合计)~<yuan>")
