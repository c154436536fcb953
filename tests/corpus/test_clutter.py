"""A website's clutter goes by rule; the official text stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.clutter import Role, sort_lines, without_site_name
from navigator.corpus.segment import segment_text

PLAN_PAGE = Path(__file__).parent / "files" / "plan_page.txt"

GOVERNMENT_PAGE = """首页 > 政务公开 > 政策 > 市政府文件
荆门市人民政府办公室关于支持中小企业发展若干措施的通知_荆门市人民政府
荆门市人民政府办公室关于支持中小企业发展若干措施的通知
信息来源：市政府办　发布时间：2025-03-07 10:20　浏览次数：123
【字体：大 中 小】 【打印】 【关闭】
荆政办发〔2025〕4号
各县（市、区）人民政府：
为支持中小企业发展，制定本措施。
一、加强金融支持
（一）扩大贷款投放。引导银行增加信贷。
（二）降低担保费率。担保费率降至1%以下。
二、加强组织领导
各地要抓好落实。
附件：重点任务清单
荆门市人民政府办公室
2025年3月7日
（此件公开发布）
抄送：市委各部门，荆门军分区。
扫一扫在手机打开当前页
分享到：
上一篇：荆门市2025年重点项目清单
下一篇：关于做好春季招聘工作的通知
相关阅读
一图读懂中小企业支持措施
政策解读丨干货来了
主办单位：荆门市人民政府办公室　承办单位：荆门市数据局
地址：荆门市象山大道1号　邮编：448000
鄂ICP备05003372号-1　网站标识码：4208000001　鄂公网安备 42080202000001号
"""

REPOST = """今天是2026年1月2日 星期五
登录 注册
小微企业普惠性税收减免政策解读
2025-01-15 09:31:12 来源：某某财税网
一、政策内容
1.月销售额10万元以下免征增值税。
2.减按1%征收率征收增值税。
二、办理方式
自行申报享受，无需审批。
责任编辑：小王
免责声明：本网转载的文章版权归原作者所有，如有侵权请联系删除。
点击数：2301
128人点赞
猜你喜欢
个体户怎么报税？
1.个体户建账办法
2.新公司法来了
友情链接
国家税务总局
版权所有 © 某某财税网
"""

NOTICE_AT_THE_END = """某某办法（征求意见稿）
第一条　为了规范管理，制定本办法。
第二条　本办法自印发之日起施行，充分听取社会各方面意见。
公开征求意见的时间为2025年1月2日至2月1日。
如有意见建议，请通过以下方式反馈：
1.电子邮箱：a@b.cn
2.通讯地址：荆门市象山大道1号
联系人：张三　联系电话：0724-1234567
某某局
2025年1月2日
"""


def texts(page: str) -> list[str]:
    return [f"{clause.id}|{clause.heading}|{clause.text}" for clause in segment_text(page).clauses]


def test_a_government_page_keeps_its_clauses_alone():
    document = segment_text(GOVERNMENT_PAGE)
    assert document.title == "荆门市人民政府办公室关于支持中小企业发展若干措施的通知"
    assert texts(GOVERNMENT_PAGE) == [
        "一|加强金融支持|",
        "一/一|扩大贷款投放|引导银行增加信贷。",
        "一/二|降低担保费率|担保费率降至1%以下。",
        "二|加强组织领导|各地要抓好落实。",
    ]
    assert document.preamble == ("荆政办发〔2025〕4号", "各县（市、区）人民政府：", "为支持中小企业发展，制定本措施。")
    assert document.closing == (
        "附件：重点任务清单",
        "荆门市人民政府办公室",
        "2025年3月7日",
        "（此件公开发布）",
        "抄送：市委各部门，荆门军分区。",
    )


def test_a_repost_loses_its_frame_and_a_numbered_list_of_other_articles():
    document = segment_text(REPOST)
    assert document.title == "小微企业普惠性税收减免政策解读"
    assert texts(REPOST) == [
        "一|政策内容|",
        "一/1|月销售额10万元以下免征增值税|",
        "一/2|减按1%征收率征收增值税|",
        "二|办理方式|自行申报享受，无需审批。",
    ]


def test_a_consultation_notice_after_the_last_article_is_no_article():
    document = segment_text(NOTICE_AT_THE_END)
    assert [clause.id for clause in document.clauses] == ["第一条", "第二条"]
    assert document.clauses[1].heading == "本办法自印发之日起施行，充分听取社会各方面意见"
    assert document.clauses[1].text == ""
    assert document.closing == ("某某局", "2025年1月2日")


def test_the_plan_page_drops_what_stands_around_the_plan():
    dropped = segment_text(PLAN_PAGE.read_text(encoding="utf-8")).dropped
    assert len(dropped) == 18
    assert dropped[0].startswith("深化以控制成本为核心")
    assert dropped[1].startswith("征求意见时间")
    assert dropped[-1] == "热门搜索"


def test_contact_lines_under_a_bare_heading_are_its_text():
    page = "某某公示\n一、公示内容。甲。\n二、联系方式\n联系人：张三\n联系电话：0724-1234567\n主办单位：某某局\n鄂ICP备05003372号"
    assert segment_text(page).clauses[1].text == "联系人：张三\n联系电话：0724-1234567"


def test_contact_lines_of_a_notice_that_is_no_draft_stay_in_their_clause():
    page = "关于申报补贴的通知\n一、时间。三月底前。\n二、材料。报送申请表。\n联系人：张三　联系电话：0724-1234567\n某某局\n2025年1月2日"
    document = segment_text(page)
    assert document.clauses[1].text == "报送申请表。\n联系人：张三　联系电话：0724-1234567"
    assert document.closing == ("某某局", "2025年1月2日")


def test_a_tool_bar_between_two_clauses_goes_and_a_step_named_print_stays():
    clauses = segment_text("一、流程\n受理\n打印\n【打印】【关闭】\n— 3 —\n二、期限。三天。").clauses
    assert clauses[0].text == "受理\n打印"


def test_words_of_clutter_inside_real_paragraphs_do_no_harm():
    real = [
        "标签化管理企业，分享到各部门。",
        "联系人:各县市区要明确一名联系人，负责日常工作。",
        "版权所有者依法享有权利；ICP备案由市委网信办负责。",
        "相关阅读活动由市文旅局组织，关注我们身边的读书人。",
        "来源：市财政局安排专项资金。",
        "公示期为5个工作日。",
        "意见反馈：收到意见后3日内答复。",
    ]
    clauses = segment_text("一、任务\n" + "\n".join(real)).clauses
    assert clauses[0].text == "\n".join(real)


def test_short_lines_of_a_table_at_the_end_stay_when_no_clutter_follows():
    assert (
        segment_text("一、分工。如下：\n序号　单位\n1　市发改委").clauses[0].text == "如下：\n序号　单位\n1　市发改委"
    )


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("关于印发某方案的通知_荆门市人民政府", "关于印发某方案的通知"),
        ("关于印发某方案的通知 - 荆门市发展和改革委员会 - 政务公开", "关于印发某方案的通知"),
        ("荆门市规划（2021-2025年）", "荆门市规划（2021-2025年）"),
        ("2021—2023年行动计划", "2021—2023年行动计划"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_title(printed, title):
    assert without_site_name(printed) == title


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("荆门市人民政府办公室\n关于印发\n某某实施方案的通知", "荆门市人民政府办公室关于印发某某实施方案的通知"),
        ("某某管理办法\n（征求意见稿）", "某某管理办法（征求意见稿）"),
        ("特急\n荆门市人民政府文件\n荆政发〔2024〕3号\n关于加快发展的意见", "关于加快发展的意见"),
        ("走进荆门\n新闻\n关于加快发展的意见", "关于加快发展的意见"),
        ("附件1\n某某任务清单", "某某任务清单"),
        ("民法典", "民法典"),
        ("营商环境怎么看", "营商环境怎么看"),
    ],
)
def test_the_title_is_found_in_the_head(head, title):
    assert segment_text(f"{head}\n第一条　甲。").title == title


def test_every_line_gets_one_role():
    lines = [line for line in REPOST.splitlines() if line]
    result = sort_lines(lines, [False] * len(lines))
    assert len(result.roles) == len(lines)
    assert Role.TITLE in result.roles


CLUTTER = [
    "【打印】【关闭】",
    "分享到：",
    "扫一扫在手机打开当前页",
    "上一篇：关于某事的公告",
    "下一篇：没有了",
    "相关推荐",
    "热门搜索",
    "标签：营商环境 荆门",
    "3人觉得有用",
    "关注我们可获得更多采购需求",
    "主办单位：荆门市人民政府办公室",
    "鄂ICP备05003372号",
    "网站标识码：4208000001",
    "责任编辑：张三",
    "招标",
]
paragraphs = st.text(alphabet="办理征求意见建议公示期为联系人标签相关来源：，“”12%", min_size=1, max_size=40).map(
    lambda text: text + "。"
)


@given(
    st.lists(paragraphs, min_size=1, max_size=5),
    st.lists(st.sampled_from(CLUTTER), max_size=6),
    st.lists(st.sampled_from(CLUTTER), max_size=6),
)
def test_paragraphs_of_the_last_clause_survive_any_frame(body, before, after):
    page = [*before, "关于支持企业的若干措施", "一、目标", "甲。", "二、措施", *body, CLUTTER[0], *after, CLUTTER[-2]]
    clauses = segment_text("\n".join(page)).clauses
    assert [clause.id for clause in clauses] == ["一", "二"]
    assert clauses[1].text == "\n".join(body)
