"""Ways to say what an enterprise has done within the year or means to do; refusing it says so too (不打算招人)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from navigator.matching.said.clauses import Mood
from navigator.matching.said.sayings import Saying, say


@dataclass(frozen=True, slots=True)
class Plan:
    """One intent: the verb that 想 or 打算 goes before, and what it is called once done."""

    fact: str
    doing: str
    done: str | None = None
    against_others: bool = False
    """Whether the deed is done to a customer, so that a customer named after it is no other subject."""


_FEW = "(?:几|<some>|点|些)?"
_GEAR = "(?:几|<some>|点|些|新|一批|一套|一台|元|块钱|台|套|条|的|生产|进口|加工){0,4}[^,的]{0,3}(?:设备|机器|生产线)"
_FAIR = "(?:展会|展览会|博览会|广交会|展销会|进博会|农博会|食博会|交易会|展览)"

PLANS = (
    Plan(
        "plans_loan",
        "贷款|申请[^,]{0,10}贷款|贷(?=<some>|点|笔|个)|融资(?!租赁)|借点?钱|借(?=<some>[万千百])|办[个笔]?(?:经营|信用|创业)贷",
        "贷了款|贷款了|办了[个笔]?贷款|贷了(?:点|笔|<some>)|新贷了?<some>|(?:拿到了?|批了)<some>[^,]{0,4}贷款",
    ),
    Plan(
        "plans_hiring",
        f"招人|招工|招新?员工|招聘|扩招|雇人|请人(?!吃|帮)|请(?:个|几个|<some>个)(?:厨师|师傅|服务员|工人|店员|帮手)|添人手|招{_FEW}[个名位]?"
        "(?:人|工人|师傅|员工|学徒|大学生|毕业生|服务员|厨师|帮手|退伍|退役|残疾|脱贫)",
        "招了(?:几|<some>)[个名位]?[^,]{0,4}[人工生师员兵户]|新招了?<some>",
    ),
    Plan(
        "plans_training",
        "给(?:员工|职工|工人)们?(?:搞|做|办|安排)?[^,]{0,4}培训|培训(?:一下|下)?(?:员工|职工|工人|新人)|(?:员工|职工|岗前|技能)培训|"
        "组织培训|搞[个次]?培训",
    ),
    Plan(
        "plans_equipment",
        f"(?:买|购置|购买|添置?|换|更新|采购|上)了?{_GEAR}",
        f"(?:买|购置|添|换|更新|采购|上)了{_GEAR}",
    ),
    Plan(
        "plans_tech_upgrade",
        "技改|技术改造|数字化(?!产品)|智能化改造|智改数转|设备改造|上云|上(?:一?套|个)?(?:ERP|MES|管理系统)|改造(?:一下)?(?:生产线|车间|设备)",
    ),
    Plan("plans_export", "出口(?!转)|做外贸|卖到国外|卖到海外|开拓(?:海外|国外)市场"),
    Plan("plans_cross_border", "跨境(?:电商|平台|直播)?|开亚马逊店?|上亚马逊|上速卖通|上阿里国际站"),
    Plan("plans_exhibition", f"参展|(?:参加|去)[^,]{{0,8}}?{_FAIR}", f"参展了|参加[了过][^,]{{0,8}}?{_FAIR}"),
    Plan(
        "plans_ip",
        "(?:申请|申报|报|注册)(?:了|个|一个|几个|点|<some>[个件项]|自己的){0,2}[^,贷]{0,3}(?:专利|商标|软著|知识产权)",
        "(?:申请|申报|注册)了(?:个|几个|<some>[个件项])?[^,贷]{0,3}(?:专利|商标|软著)",
    ),
    Plan(
        "plans_tender",
        "投标|竞标|投个标|(?:参与|参加|做)政府采购|接[点些]?政府的?[^,]{0,3}(?:采购|项目|订单|单子|工程|生意)",
        "投了标|投标了|投过标",
    ),
    Plan(
        "plans_land",
        "拿[块点]?地|买[块点]?地(?!板|毯|瓜)|征地|建(?:新|个|个新|座)?厂|盖新?厂房|建新?厂房|扩建(?:厂房)?",
    ),
    Plan(
        "plans_lawsuit",
        "打[个场]?官司|起诉|走法律(?:程序|途径)|上法院|到法院告|去法院|告(?:他|她|对方|客户|老赖|那家)",
        "打了官司|起诉了|打过官司",
        against_others=True,
    ),
    Plan(
        "plans_collect_debt",
        "要账|讨债|要债|讨账|收账|催款|催账|追债|清欠|追讨|追回[货欠]款|把?[^,]{0,6}(?:货款|欠款|账|工程款|尾款|钱)[要讨追收]回来?|"
        "讨要(?:欠款|货款|工程款)",
        against_others=True,
    ),
    Plan(
        "plans_utility",
        "用电报装|报装|(?:电力|用电|变压器)增容|增容|(?:接|通|装)[个新]?(?:水电|电表|水表|天然气|燃气|自来水|[水电气](?=$|到))",
    ),
    Plan("plans_restructuring", "改制|破产重整|(?:公司|企业)?(?:合并(?!报表)|分立)|重组(?!家)"),
    Plan(
        "plans_permit",
        "办[个张理]{0,2}(?:新的?)?(?:营业执照|执照|[^,]{0,6}许可证?)|变更(?:登记|地址|名称|法人|经营范围)|(?:改|换)(?:公司|店|企业)?的?(?:名称|地址|法人)",
    ),
    Plan("plans_deregister", "注销(?!商标|专利)|歇业|停业|关门(?!大吉)|关店|关厂|把(?:店|厂|公司)关|不干了|不开了"),
)


def rows() -> Iterator[Saying]:
    """All rows of this table. A wish counts though it comes with a question: 想贷款,去哪里办."""
    wished = Mood.PLANNED | Mood.ASKED | Mood.PARTNER
    others_wish = "(?:客户|银行|甲方|对方|供应商|房东|政府|顾客)(?:也|都|现在|就)?(?:想|打算|要|准备|正在)"
    for plan in PLANS:
        doing = f"(?:{plan.doing})"
        ending = "(?!吗|么)" if plan.against_others else "<not_of_others>"
        yield from say(
            plan.fact,
            f"<wish><meanwhile>{doing}{ending}",
            value=True,
            despite=wished,
            unless=f"{others_wish}|房贷|买房|车贷|买车",
        )
        refused = f"<refusal><meanwhile>{doing}|没有?[^,]{{0,4}}{doing}的?(?:打算|计划|想法|需求)"
        yield from say(plan.fact, refused, value=False, despite=wished)
        if plan.done:
            yield from say(plan.fact, f"<recently>[^,没不想]{{0,6}}?(?:{plan.done})", value=True, despite=Mood.PARTNER)
