"""Ways to say what stands in an enterprise's papers: tax, credit, hires, innovation, foreign trade, power, loans and debts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from navigator.matching.said.clauses import Mood
from navigator.matching.said.sayings import Saying, say


def rows() -> Iterator[Saying]:
    """All rows of this table."""
    return chain(
        _tax(),
        _credit(),
        _founder(),
        _hires(),
        _dismissals(),
        _research(),
        _rights(),
        _titles(),
        _abroad(),
        _customs(),
        _power(),
        _owed(),
        _loans(),
        _spent(),
    )


def _tax() -> Iterator[Saying]:
    registered = "(?:是|属于|办的|登记为|登记的|认定为|升为|升成了?|转成?了|转为了?|我们?|公司|店|厂)(?:是|的|个|一家|增值税){0,2}"
    not_mine = "(?!养|种|生|试|经|的?(?:客户|供应商)|好|还是|和)"
    for value, word in {"小规模纳税人": "小规模(?:纳税人)?", "一般纳税人": "一般纳税人"}.items():
        yield from say(
            "taxpayer_type", f"{registered}{word}{not_mine}", f"^(?:增值税)?{word}{not_mine}(?=$|<digit>)", value=value
        )
    yield from say(
        "tax_credit_rating",
        "(?:纳税|税务)(?:人|缴费)?(?:信用)?(?:等级|级别|评级|评定|评价|评)?~(?P<choice>[ABMCD])(?![A-Za-z0-9])级?",
        "(?<![A-Za-z0-9])(?P<choice>[ABMCD])级的?纳税(?:人|信用)",
        despite=Mood.LAST_YEAR,
    )
    yield from say("vat_retained_credit", "留抵(?:税额|税款|税)?(?:还)?~<yuan>", "<yuan>的?(?:增值税)?留抵")


def _credit() -> Iterator[Saying]:
    listed = "[被给]?(?:列入|列进|列为|拉进|进了?|进入了?|在|上了?|是)了?(?:工商)?的?"
    yield from say(
        "seriously_dishonest", f"{listed}严重失信(?:主体|名单|企业)?<not_of_others>", value=True, denied=False
    )
    yield from say("seriously_dishonest", "没有(?:任何)?(?:严重)?失信(?:记录|行为)?$", value=False)
    yield from say(
        "abnormal_listed",
        f"{listed}(?:经营异常|异常(?:经营)?(?=名录|名单|户|里|了|$))(?!的?企业)(?:名录|名单)?",
        value=True,
        denied=False,
    )
    yield from say(
        "abnormal_listed",
        "没有(?:被列入)?经营异常",
        "移出了(?:经营)?异常",
        "(?:异常名录|经营异常)(?:已经)?(?:移出|解除)了",
        value=False,
    )
    yield from say("restricted_industry", "不(?:是|属于|搞|做)(?:国家)?(?:限制|禁止)[^,]{0,6}行业", value=False)
    yield from say(
        "above_scale",
        "(?:是|属于|进了?|纳入了?|成了|入了?|^)(?:一?[家个])?(?:规上|限上|规模以上|限额以上|四上)(?:工业|服务业|商贸|零售|批发)?"
        "(?:企业|单位)?(?=$|<digit>)",
        "(?:进|入)了?规了?$",
        value=True,
        denied=False,
        despite=Mood.LAST_YEAR,
    )


_FOUNDERS = {
    "在校大学生": "(?:还是|就是|是|还)?(?:一?[名个])?在校(?:的)?(?:大学|本科|专科|研究)?生|(?:还在|正在)(?:读|上|念)(?:大学|本科|大专|研究生)",
    "毕业5年内高校毕业生": "(?:是|算)?(?:一?[名个])?(?:刚|今年|去年|前年)(?:从)?(?:大学|大专|本科|高校|学校)?毕业(?:没多久|不久)?"
    "的?(?:大学生|本科生|大专生|研究生|高校毕业生)"
    "|(?:是|算)(?:一?[名个])?(?:今年的|去年的)?应届(?:高校|大学)?毕业生|(?:刚|今年|去年|前年)(?:从)?(?:大学|大专|本科)毕业",
    "返乡创业人员": "(?:是)?(?:返乡|回乡)创业(?!的?(?:大学|退|残|毕业))(?:人员|农民工|者)?",
    "就业困难人员": "(?:是|被认定为|属于|认定为了?)(?:一?[名个])?就业困难(?:人员|对象)",
}
"""Who the founder is; said of oneself, as hiring such people is another matter."""


def _founder() -> Iterator[Saying]:
    for value, who in _FOUNDERS.items():
        yield from say(
            "founder_type",
            f"(?:^|我|本人|咱|俺|自己|老板|创办人|法人)(?:们)?(?:{who})(?=$|,|的|来|在|开|办|做|创|自己|搞|回|<digit>)<not_of_others>",
            value=value,
            despite=Mood.LAST_YEAR | Mood.DATED,
            unless="招|聘|录用|吸纳|请了|雇|孩子|儿子|女儿|员工|政策|补贴有",
        )
    clean = "(?:没有?|无)(?:任何|过)?(?:失信记录|失信)(?:和|或者?|、|以及|也没有?)(?:行政)?处罚(?:记录)?$"
    yield from say(
        "dishonesty_record", clean, "信用中国(?:网站)?上?(?:没有|没|查不到)[^,]{0,6}(?:处罚|失信|记录)", value=False
    )
    yield from say(
        "dishonesty_record",
        "信用中国(?:网站)?上?(?:还|现在还|仍)?(?:有|挂着|挂了)[^,]{0,8}(?:处罚|失信)(?:记录|信息)?(?:没消|没撤)?$",
        value=True,
    )


_HIRED = {
    "new_graduate_hires": "(?:刚毕业的?|今年毕业的?|应届)?(?:高校|大专|本科|专科)?(?:大学生|毕业生|应届生|本科生|大专生|研究生)",
    "key_group_hires": "(?:脱贫人口|脱贫户|脱贫人员|建档立卡(?:贫困)?(?:户|人员|人口)?)",
    "veteran_hires": "(?:自主就业)?(?:退役士兵|退役军人|退伍军人|退伍兵|退役兵)",
    "unemployed_youth_hires": "登记失业的?青年",
}


def _hires() -> Iterator[Saying]:
    hired = "(?:新招|新聘|招聘?了|招聘?到了?|招进了?|招收了|聘了|录用了|吸纳了?|今年招)"
    for fact, who in _HIRED.items():
        yield from say(
            fact,
            f"{hired}~<count>[个名位]?{who}(?!来?实习|兼职|暑假|临时|走|又走)",
            f"{hired}{who}~<count>[个名位人]?(?=$|人)",
        )
    yield from say(
        "disabled_employees",
        "(?<!没)(?:有|招了|安置了?|请了|雇了|聘了|其中|录用了|^)~<count>[个名位]?是?残疾(?:人|职工|员工)(?!朋友|家|孩子|亲|顾客|客)",
        "残疾(?:人|职工|员工)~<count>[个名位人]",
        unless="家里|客|亲戚",
    )


def _dismissals() -> Iterator[Saying]:
    yield from say("layoff_rate", "裁员率~<percent>", despite=Mood.LAST_YEAR)
    yield from say("layoff_rate", "裁员率[是为]?[0零]$", value=0, despite=Mood.LAST_YEAR)
    yield from say(
        "unemployment_premium_paid",
        "(?:去年|上年)[^,]{0,6}[交缴]了?[^,]{0,3}失业保险费?~<yuan>",
        "(?:去年|上年)[^,]{0,4}失业保险费?[交缴]?~<yuan>",
        "(?:去年|上年)[^,]{0,4}[交缴]~<yuan>的?失业保险",
        despite=Mood.LAST_YEAR,
    )


def _research() -> Iterator[Saying]:
    last = Mood.LAST_YEAR
    spent = "(?:投入|花)?[在搞做]?的?研发(?:费用|投入|支出|经费|上|开支)?上?(?:投入|花|用|花费|支出|投)?"
    yield from say(
        "rd_expense",
        f"<year><then>{spent}~<yuan>",
        "<year><then>(?:花|投入|拿|投|用)出?~<yuan>(?:来|去|出来|用于|用来|用在|搞|做|在){0,3}研发",
        "研发(?:费用|投入|经费|支出)?<then><year>(?:投入|花|要|投)?~<yuan>",
        despite=last,
    )
    yield from say("rd_expense", "研发(?:费用|经费|支出)~<yuan>", despite=last, unless="<other_span>|前年|预算")
    yield from say("rd_expense_prior", f"前年<then>{spent}~<yuan>", despite=Mood.DATED)
    share = "占(?:比|到)?(?:总收入|全部收入|营业收入|职工总数|全部职工|总人数|全厂|全公司)?的?(?:比例)?~<percent>"
    yield from say("rd_staff_ratio", f"(?:研发|技术|科技)(?:和技术)?人员{share}", despite=last)
    yield from say("high_tech_revenue_ratio", f"高新(?:技术)?产品(?:和?服务)?的?收入{share}", despite=last)
    yield from say("main_business_ratio", f"主营(?:业务)?收入{share}", despite=last)
    yield from say("brand_years", "(?:品牌|字号|商标)(?:做了|创立了?|用了|已有|有)~<number>年")
    yield from say("niche_years", "细分(?:市场|领域)[^,]{0,4}?(?:做了|干了|深耕了?|已有)~<number>年")


def _rights() -> Iterator[Saying]:
    """Rights held, not applied for. 5个专利 is not the total of rights, which it asks for."""
    held = "(?:^|有|拥有|持有|共|取得了?|获得了?|拿到了?|其中|授权了?)"
    not_held = "申请|申报|在报|受理"
    yield from say(
        "ip_class1_count",
        f"{held}~<count>[件个项](?:授权的?|有效)?(?:国内)?发明专利",
        "发明专利~<count>[件个项]",
        "[ⅠI1一]类知识产权~<count>[件个项]",
        unless=not_held,
    )
    yield from say(
        "ip_count",
        "(?<!类)知识产权(?:总数)?~<count>[件个项]",
        f"{held}~<count>[件个项](?:有效|自主|授权)?的?知识产权",
        unless=not_held,
    )


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
    """Titles held today. One won last year still holds, but not in the yearly list of 科技型中小企业."""
    scope = "(?:一?[家个])?(?:国家级?|全国)?"
    holds = f"(?:是|算|属于|成了|有|^|我们|公司){scope}"
    won = f"(?:评上了?|评为了?|获评|认定为了?|认定了|通过了|拿到了?|取得了?|获得了?|入选了?){scope}"
    done = "(?:企业|证书|资格|称号|认定)?(?=$|了|的?企业|<digit>)<not_of_others>"
    for fact, title in _TITLES.items():
        lasting = Mood.PLAIN if fact == "is_tech_sme" else Mood.LAST_YEAR
        yield from say(fact, f"{holds}{title}{done}", value=True, denied=False)
        yield from say(fact, f"{won}{title}{done}", value=True, denied=False, despite=lasting)
    yield from say("is_tech_sme", "科技型中小企业(?:已经?)?(?:入库|入了库)", value=True)
    for value, title in _SPECIALISED.items():
        yield from say("specialised_status", f"{holds}{title}{done}", value=value)
        yield from say("specialised_status", f"{won}{title}{done}", value=value, despite=Mood.LAST_YEAR)


def _abroad() -> Iterator[Saying]:
    doing = "(?:做|有|搞|从事|经营)(?:着|点|一些|自营|自己的)?[^,给不没想要跨的]{0,4}?"
    goods = "(?!权|公司|代理|转内销|企业|单位|平台|收入|吗|的?(?:客户|朋友))(?:业务|生意|贸易)?"
    to_abroad = "出口(?:到|至|日本|韩国|美国|欧美|欧洲|东南亚|俄罗斯|非洲|中东|南美|越南|泰国|印度|国外|海外)"
    yield from say("has_import_export", f"{doing}(?:进出口|外贸){goods}", value=True, denied=False)
    yield from say(
        "has_import_export",
        f"{doing}(?:出口|进口){goods}(?=$|的|一年|每年)",
        to_abroad,
        "报过关$",
        value=True,
        unless="进口的?(?:设备|机器|零件|食品|水果|车)|转给|外贸公司",
    )
    yield from say("plans_export", f"{doing}(?<!进)出口{goods}(?=$|的|一年|每年)", to_abroad, value=True)
    yield from say(
        "plans_cross_border", "(?:做|搞|从事)[着点了]?跨境(?:电商|直播|平台)(?!的?(?:客户|公司|朋友)|吗)", value=True
    )


def _customs() -> Iterator[Saying]:
    yield from say(
        "customs_credit", "海关(?:信用)?(?:等级|级别|评级)?~(?P<choice>高级认证|严重失信|失信|常规|认证)(?:企业)?$"
    )
    yield from say("customs_credit", "(?:^|是|成了|通过了?)(?:海关|AEO){0,2}的?高级认证(?:企业)?$", value="高级认证")
    for word, digit in zip("一二三四", "1234", strict=True):
        yield from say("export_rebate_class", f"退(?:免)?税[^,一二三四1-4]{{0,6}}[{word}{digit}]类", value=f"{word}类")
    insurance = "(?:出口信用保险|出口信保|中信保|信保)"
    yield from say(
        "export_credit_premium",
        f"<year><then>[交缴花]?的?{insurance}的?(?:保费|保险费|费)?[交缴花]?~<yuan>",
        f"<year><then>[交缴花]~<yuan>的?{insurance}",
        despite=Mood.LAST_YEAR,
    )
    yield from say(
        "expo_booth_fee",
        "<year><then>(?:国际)?(?:展会|参展)?的?展位费[花交]?~<yuan>",
        "<year><then>[交花]~<yuan>的?(?:国际)?(?:展会)?展位费",
        despite=Mood.LAST_YEAR,
    )


def _power() -> Iterator[Saying]:
    tariff = "(?:是|执行|用|走|按)的?是?"
    yield from say("two_part_tariff", f"{tariff}两部制(?!的?企业)", "^两部制(?:电价)?$", value=True, denied=False)
    yield from say("two_part_tariff", f"{tariff}单一制", value=False)
    yield from say(
        "transformer_kva",
        "(?:合同容量|变压器(?:总?容量)?|用电容量)~<number>个?(?:千伏安|kva)",
        "<number>(?:千伏安|kva)的?变压器",
        unless="[二两三四五六七八九十几0-9]台",
    )
    yield from say("kwh_per_kva", "每(?:千伏安|kva)(?:一个月|每月|月)?(?:用电?量?)?~<number>(?:度|千瓦时)")


def _owed() -> Iterator[Saying]:
    """Money owed to the business: 货款 and the like, or by a customer; a friend's debt is private."""
    debt = "(?:货款|工程款|尾款|账款|加工费|运费|材料款|服务费|劳务费|装修款|余款)"
    owed = "欠[着了]?(?:我|咱|俺)们?(?:家|厂|店|公司|单位|合作社)?的?"
    firm = "(?:客户|甲方|公司|厂|企业|单位|经销商|下游|开发商|政府|局|学校|医院|总包|采购商|超市|饭店|酒店|工地|项目部|买家|对方)"
    yield from say(
        "receivables",
        f"{owed}(?:一共|总共|大概|有)?~<yuan>的?{debt}",
        f"{owed}{debt}~<yuan>",
        f"{firm}(?:还|们|都|一共|总共|拖|的人){{0,3}}{owed}~<yuan>",
        "应收(?:账)?款(?:余额)?~<yuan>",
        f"<yuan>的?{debt}(?:还|一直|到现在)?(?:没|未|要不|收不|拿不)[^,]{{0,3}}[收回结付给到]",
        f"{debt}~(?:还有)?~<yuan>(?:还|一直)?(?:没|未|要不|收不)",
        f"被[^,]{{0,8}}欠[着了]?~<yuan>的?{debt}",
        despite=Mood.PARTNER | Mood.SOMEONE_ELSE,
        unless="我欠|我们欠|欠别人|欠供应商",
    )
    contract = "(?:政府采购|政采)"
    yield from say(
        "gov_contract_amount",
        f"{contract}的?(?:合同|订单|单子)(?:金额|总额)?~<yuan>",
        f"(?:有|手上|签了?|中标了?|拿到了?|接了|中了)[^,想]{{0,4}}?~<yuan>的?{contract}(?:合同|订单|项目|单子)?",
        despite=Mood.PARTNER,
    )


def _loans() -> Iterator[Saying]:
    """What is wanted, taken this year, or never was. Loans for a home or a car are no business of the enterprise."""
    private = "房贷|买房|车贷|买车"
    yield from say(
        "loan_need",
        "<wish>(?:再|去|跟银行|找银行|从银行|向银行|先|个){0,2}(?:贷款?|借款?|申请|申办|办)[个点笔到]?~<yuan>(?!的?(?:补贴|奖励|补助|项目))",
        "<wish>[再去]?(?:申请|申办|办|要|贷)?(?:一笔|个)?<yuan><around>的?[^,]{0,4}(?:贷款?|款$)",
        despite=Mood.PLANNED | Mood.ASKED | Mood.PARTNER,
        unless=f"补贴|奖励|{private}|(?:客户|对方|供应商)(?:也|都|现在|就)?(?:想|打算|要|准备)",
    )
    this_year = "今年[^,想要打准能]{0,8}?"
    yield from say(
        "new_loan_amount",
        f"{this_year}(?:新贷|新增贷款|贷款|贷|放款|放贷)款?了~<yuan>",
        f"{this_year}(?:新贷|新增了?的?贷款)~<yuan>",
        f"{this_year}(?:拿到了?|拿了|批了|放了|下来了|办了)~<yuan>的?(?:银行|经营|信用)?贷款?",
        despite=Mood.PARTNER,
        unless=private,
    )
    yield from say("bank_loan_count", "贷过~<count>[次回笔]", despite=Mood.PARTNER)
    yield from say(
        "bank_loan_count",
        "(?:从来|从|以前)?(?:没有|没|一次也没|还没)[在从跟向找]?(?:银行)?里?贷过款?$",
        value=0,
        despite=Mood.BEFORE | Mood.PARTNER,
    )


def _spent() -> Iterator[Saying]:
    lately = "<recently>[^,想要打准卖]{0,6}?"
    bought = "(?:买|购置|购买|添置?|换|更新|采购|投|上|进)"
    gear = "(?:新|生产|进口|一批|加工|的){0,2}[^,]{0,4}?(?:设备|机器)"
    yield from say(
        "equipment_investment",
        f"{lately}{bought}[了进]?(?:一批|一台|一套|些)?~<yuan>的?{gear}",
        f"{lately}(?:花|用|投入?|投资)了?~<yuan>[来去]?{bought}了?{gear}",
        f"{lately}{bought}了?{gear}~?[花用投]~<yuan>",
        f"{lately}设备(?:投入|投资)~<yuan>",
    )
    yield from say(
        "equity_financing_2y",
        "(?:近两年|这两年|最近两年)[^,想要]{0,8}?(?:拿到了?|获得了?|融了?|融到了?)~<yuan>的?(?:股权|风险投资|风投|天使)",
    )
