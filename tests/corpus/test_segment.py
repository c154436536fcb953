"""Texts become clauses: numbering, depth, headings, and what belongs to no clause."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.segment import SegmentedDocument, segment_file, segment_text

PLAN_PAGE = Path(__file__).parent / "files" / "plan_page.txt"


def ids(text: str) -> list[str]:
    return [clause.id for clause in segment_text(text).clauses]


def outline(text: str) -> list[tuple[int, str, str]]:
    return [(clause.level, clause.id, clause.heading) for clause in segment_text(text).clauses]


@pytest.fixture(scope="module")
def plan() -> SegmentedDocument:
    return segment_file(PLAN_PAGE)


def test_the_plan_page_has_three_parts_eight_actions_and_45_commitments(plan):
    by_level = {level: [c for c in plan.clauses if c.level == level] for level in (1, 2, 3)}
    assert [clause.id for clause in by_level[1]] == ["一", "二", "三"]
    assert [clause.id for clause in by_level[2] if clause.path == ("二",)] == [f"二/{n}" for n in "一二三四五六七八"]
    assert [clause.id for clause in by_level[2] if clause.path == ("三",)] == [f"三/{n}" for n in "一二三四"]
    assert [clause.number for clause in by_level[3]] == [str(number) for number in range(1, 46)]
    assert {clause.path[0] for clause in by_level[3]} == {"二"}
    assert (by_level[3][0].id, by_level[3][-1].id) == ("二/一/1", "二/八/45")
    assert len(plan.clauses) == 3 + 12 + 45


def test_the_plan_page_gives_its_title_once_and_no_clutter(plan):
    assert plan.title == "深化以控制成本为核心全力打造“荆天办”营商环境品牌“5+3行动”实施方案征求意见稿"
    last = plan.clauses[-1]
    assert last.id == "三/四"
    assert last.heading == "坚持共建共享"
    assert last.text.startswith("着力构建党委领导") and last.text.endswith("的广泛共识。")
    assert "\n" not in last.text
    text = "".join(clause.heading + clause.text for clause in plan.clauses)
    for clutter in ("征求意见时间", "联系人", "结果反馈", "标签", "觉得有用", "关注我们", "热门搜索", "电子邮箱"):
        assert clutter not in text


def test_every_paragraph_of_the_plan_survives_to_the_letter(plan):
    lines = [line.strip() for line in PLAN_PAGE.read_text(encoding="utf-8").split("\n") if line.strip()]
    first, last = (
        lines.index("一、总体目标要求"),
        next(i for i, line in enumerate(lines) if line.startswith("(四)坚持")),
    )
    printed = "".join(
        re.sub(r"^(?:[一二三]、|\([一二三四五六七八]\)|\d+\.)", "", line) for line in lines[first : last + 1]
    )
    kept = "".join(clause.heading + clause.text for clause in plan.clauses)
    assert kept.replace("。", "") == printed.replace("。", "")


def test_a_heading_with_a_stray_full_stop_loses_it_and_has_no_text(plan):
    fourth = next(clause for clause in plan.clauses if clause.id == "二/四")
    assert (fourth.heading, fourth.text) == ("实施法治化建设升级行动", "")


def test_as_dict_is_what_the_command_prints():
    document = segment_text("某办法\n一、总则。第一句。\n（一）甲\n乙。")
    assert document.as_dict() == {
        "title": "某办法",
        "clauses": [
            {"id": "一", "number": "一", "level": 1, "heading": "总则", "text": "第一句。", "path": []},
            {"id": "一/一", "number": "一", "level": 2, "heading": "甲", "text": "乙。", "path": ["一"]},
        ],
    }


def test_unnumbered_paragraphs_join_the_clause_above_and_never_its_parent():
    clauses = segment_text("一、目标\n甲。\n乙。\n1.丙\n丁。").clauses
    assert [(clause.id, clause.text) for clause in clauses] == [("一", "甲。\n乙。"), ("一/1", "丁。")]


def test_what_stands_before_the_first_number_belongs_to_no_clause():
    document = segment_text("某通知\n各县市区：\n现印发给你们。\n一、目标")
    assert document.preamble == ("各县市区：", "现印发给你们。")
    assert [(clause.heading, clause.text) for clause in document.clauses] == [("目标", "")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "一、甲\n1.乙\n（1）丙\n①丁\n2.戊\n二、己",
            [(1, "一"), (2, "一/1"), (3, "一/1/1"), (4, "一/1/1/①"), (2, "一/2"), (1, "二")],
        ),
        (
            "一、甲\n（一）乙\n1.丙\n（1）丁\n（二）戊",
            [(1, "一"), (2, "一/一"), (3, "一/一/1"), (4, "一/一/1/1"), (2, "一/二")],
        ),
        (
            "一、甲\n1.乙\n二、丙\n（一）丁\n1.戊\n2.己",
            [(1, "一"), (2, "一/1"), (1, "二"), (2, "二/一"), (3, "二/一/1"), (3, "二/一/2")],
        ),
        ("1.甲\n（1）乙\n1）丙\n2.丁", [(1, "1"), (2, "1/1"), (3, "1/1/1"), (1, "2")]),
        (
            "1.甲\n一、乙\n二、丙\n2.丁\n一、戊\n二、己\n3.庚",
            [(1, "1"), (2, "1/一"), (2, "1/二"), (1, "2"), (2, "2/一"), (2, "2/二"), (1, "3")],
        ),
        ("（一）甲\n1.乙\n（二）丙", [(1, "一"), (2, "一/1"), (1, "二")]),
        (
            "1 总则\n1.1 目的\n1.2 依据\n2 机构\n2.1 领导\n2.1.1 组长",
            [(1, "1"), (2, "1/1.1"), (2, "1/1.2"), (1, "2"), (2, "2/2.1"), (3, "2/2.1/2.1.1")],
        ),
    ],
    ids=["一1(1)①", "一(一)1(1)", "two ways in one text", "1(1)1)", "一 inside 1", "starts with (一)", "decimal"],
)
def test_depth_follows_the_order_in_which_the_styles_nest(lines, expected):
    assert [(clause.level, clause.id) for clause in segment_text(lines).clauses] == expected


def test_a_list_before_the_first_section_does_not_swallow_the_sections():
    assert [level for level, _, _ in outline("1.甲。\n2.乙。\n一、丙\n1.丁\n二、戊")] == [1, 1, 1, 2, 1]


def test_ascii_and_full_width_marks_are_one_style():
    text = "一、甲\n(一)乙\n1.丙\n2、丁\n3．戊\n（二）己\n( 三 )庚\n二．辛\n１．壬\n⒉癸\n㈠子"
    assert ids(text) == [
        "一",
        "一/一",
        "一/一/1",
        "一/一/2",
        "一/一/3",
        "一/二",
        "一/三",
        "二",
        "二/1",
        "二/2",
        "二/一",
    ]


def test_numbers_are_printed_without_brackets_and_points():
    clauses = segment_text("第一章 总则\n第一条 甲。\n（一）乙；\n1.丙\n（2）丁\n③戊").clauses
    assert [clause.number for clause in clauses] == ["第一章", "第一条", "一", "1", "2", "③"]


def test_numbering_that_restarts_under_a_new_parent_keeps_ids_apart():
    assert ids("一、甲\n（一）乙\n1.丙\n（二）丁\n1.戊") == ["一", "一/一", "一/一/1", "一/二", "一/二/1"]


def test_a_repeated_id_gets_a_tilde_and_its_children_follow():
    text = "一、甲\n1.乙\n1.丙\n一、丁\n1.戊\n一、己"
    document = segment_text(text)
    assert [clause.id for clause in document.clauses] == ["一", "一/1", "一/1~2", "一~2", "一~2/1", "一~3"]
    assert document.clauses[4].path == ("一~2",)


@pytest.mark.parametrize(
    "line",
    [
        "2024年底全面完成。",
        "100%覆盖各县市区。",
        "3.5万人以上的就业目标。",
        "1-2家跨境电商展示中心。",
        "12345热线畅通率达到100%。",
        "1.5个百分点的降幅。",
        "10万元以内的部分全额支持。",
        "“2100”线上政采贷融资模式。",
        "2024、2025年连续两年支持。",
        "2024.3.7印发的文件同时废止。",
        "5、6月份集中办理。",
        "一是加强领导。",
        "一季度完成。",
        "第一批名单另行公布。",
        "第三条第二款规定的情形除外。",
        "（三）项规定的材料可以容缺。",
        "二、三类企业不在此列。",
        "0.3小时以内。",
        "365天不打烊。",
        "(2024)12号文件同时废止。",
    ],
)
def test_a_line_that_starts_with_a_number_that_is_no_numbering_stays_text(line):
    clauses = segment_text(f"一、目标\n甲。\n{line}\n二、措施").clauses
    assert [clause.id for clause in clauses] == ["一", "二"]
    assert clauses[0].text == f"甲。\n{line}"


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("1．2024年底前完成。\n2．2025年底前验收。", ["2024年底前完成", "2025年底前验收"]),
        ("1.2024年底前完成。\n2.建成平台。", ["2024年底前完成", "建成平台"]),
        ("1. 5万元以下免担保。\n2. 10万元以下减半。", ["5万元以下免担保", "10万元以下减半"]),
        ("1.全程网办。\n2.100%覆盖。\n3.好差评。", ["全程网办", "100%覆盖", "好差评"]),
        ("1.全程网办。\n2.100%覆盖。", ["全程网办", "100%覆盖"]),
        ("1.提速。\n2.3个工作日办结。\n3.减材料。", ["提速", "3个工作日办结", "减材料"]),
        ("（一）项目建设\n（二）条件保障", ["项目建设", "条件保障"]),
    ],
)
def test_an_item_whose_words_start_with_a_figure_is_still_an_item(text, headings):
    assert [clause.heading for clause in segment_text(text).clauses] == headings


def test_a_figure_between_two_items_stays_text_when_the_items_go_on():
    assert ids("1.甲\n2.乙\n3.5万人以上。\n3.丙") == ["1", "2", "3"]


def test_enumerations_inside_a_paragraph_are_no_clauses():
    clauses = segment_text("一、目标。一是提速；二是降费。（一）不算；1.也不算。").clauses
    assert [(clause.heading, clause.text) for clause in clauses] == [
        ("目标", "一是提速；二是降费。（一）不算；1.也不算。")
    ]


def test_a_number_and_its_words_may_stand_on_two_lines():
    clauses = segment_text("一、\n总体要求\n甲。\n第一条\n为了规范管理。制定本办法。").clauses
    assert [(clause.heading, clause.text) for clause in clauses] == [
        ("总体要求", "甲。"),
        ("为了规范管理", "制定本办法。"),
    ]


def test_a_number_without_any_words_is_an_empty_clause():
    assert outline("一、\n二、措施") == [(1, "一", ""), (1, "二", "措施")]


LAW = """湖北省某某条例
（2022年11月25日湖北省第十三届人民代表大会常务委员会第三十四次会议通过）
目　录
第一章　总则
第二章　市场环境
第一章　总　则
第一条　为了优化营商环境，制定本条例。
第二条　本条例适用于本省。
本条例所称营商环境，是指外部环境。
第二条之一　遵循下列原则：
（一）公平；
（二）公开。
1.网上公开；
2.现场公开。
第二章　市场环境
第一节　准入
第三条 国家持续放宽准入。
第12条 法律另有规定的，从其规定。
"""


def test_a_law_nests_chapters_sections_articles_and_items():
    document = segment_text(LAW)
    assert document.title == "湖北省某某条例"
    assert [(clause.level, clause.id) for clause in document.clauses] == [
        (1, "第一章"),
        (2, "第一章/第一条"),
        (2, "第一章/第二条"),
        (2, "第一章/第二条之一"),
        (3, "第一章/第二条之一/一"),
        (3, "第一章/第二条之一/二"),
        (4, "第一章/第二条之一/二/1"),
        (4, "第一章/第二条之一/二/2"),
        (1, "第二章"),
        (2, "第二章/第一节"),
        (3, "第二章/第一节/第三条"),
        (3, "第二章/第一节/第12条"),
    ]
    first, second, principle = document.clauses[1:4]
    assert (first.heading, first.text) == ("为了优化营商环境，制定本条例", "")
    assert second.text == "本条例所称营商环境，是指外部环境。"
    assert (principle.heading, principle.text) == ("遵循下列原则：", "")


def test_a_law_with_articles_only_has_level_one():
    assert [level for level, _, _ in outline("第一条　甲。\n第二条　乙。\n（一）丙；")] == [1, 1, 2]


def test_a_table_of_contents_is_no_clause():
    assert segment_text(LAW).dropped == ("目　录", "第一章　总则", "第二章　市场环境")


def test_an_article_quoted_in_an_amendment_is_text_of_the_amendment():
    text = "一、将第三条修改为：“第三条　本省实行清单制度。\n（一）甲；\n第四条　乙。”\n二、删去第五条。"
    clauses = segment_text(text).clauses
    assert [clause.id for clause in clauses] == ["一", "二"]
    assert clauses[0].text.endswith("（一）甲；\n第四条　乙。”")


def test_an_open_quotation_mark_that_never_closes_swallows_nothing():
    assert ids("一、做到：“甲\n二、乙\n三、丙") == ["一", "二", "三"]


OFFICIAL = """荆门市人民政府办公室
关于印发某某方案的通知
荆政办发〔2024〕4号
各县、市、区人民政府：
现印发给你们，请认真执行。
一、目标
甲。
二、期限
本方案自印发之日起施行。
附件：1.任务清单
2.联系表
荆门市人民政府办公室
2024年3月7日
（此件公开发布）
附件1
任务清单
一、牵头单位
市发改委。
附件2
联系表
序号　单位
"""


def test_signature_date_and_list_of_attachments_belong_to_no_clause():
    document = segment_text(OFFICIAL)
    assert document.title == "荆门市人民政府办公室关于印发某某方案的通知"
    assert (document.clauses[1].heading, document.clauses[1].text) == ("期限", "本方案自印发之日起施行。")
    for line in ("附件：1.任务清单", "2.联系表", "荆门市人民政府办公室", "2024年3月7日", "（此件公开发布）"):
        assert line in document.closing


def test_numbering_in_an_appendix_starts_anew():
    document = segment_text(OFFICIAL)
    assert [clause.id for clause in document.clauses] == ["一", "二", "一~2"]
    assert document.clauses[2].text == "市发改委。"
    assert "序号　单位" in document.closing


def test_an_annexed_plan_after_the_signature_starts_anew():
    text = "关于印发某某方案的通知\n一、高度重视。\n二、抓好落实。\n荆门市财政局\n2024年3月7日\n某某方案\n为落实要求，制定本方案。\n一、目标\n甲。"
    document = segment_text(text)
    assert [clause.id for clause in document.clauses] == ["一", "二", "一~2"]
    assert document.clauses[1].text == ""
    assert document.closing == ("荆门市财政局", "2024年3月7日", "某某方案", "为落实要求，制定本方案。")


def test_a_given_title_is_kept_and_its_repetition_dropped():
    document = segment_text("某某方案\n某某方案\n一、甲", title="某某方案")
    assert (document.title, document.preamble, len(document.clauses)) == ("某某方案", (), 1)


def test_a_text_without_numbers_has_a_title_and_no_clauses():
    document = segment_text("关于停电的公告\n明天停电。")
    assert (document.title, document.clauses) == ("关于停电的公告", ())


def test_an_empty_text_gives_nothing():
    assert segment_text("").as_dict() == {"title": "", "clauses": []}


def test_two_thousand_articles_take_well_under_a_second():
    law = "\n".join(
        f"第{number}条　{'为了规范管理，保护合法权益，' * 8}制定本规定。\n（一）甲；\n（二）乙。"
        for number in range(1, 2001)
    )
    start = time.perf_counter()
    document = segment_text(law)
    assert time.perf_counter() - start < 1.5
    assert len(document.clauses) == 6000


def test_many_lists_that_never_settle_stay_fast():
    start = time.perf_counter()
    segment_text("\n".join(f"{number % 7 + 1}.甲\n一、乙" for number in range(1500)))
    assert time.perf_counter() - start < 3


words = st.text(alphabet="甲乙丙丁，、：“”（）abc10 %", min_size=1, max_size=30).map(lambda text: "办" + text.strip())
sentences = words.map(lambda text: text + "。")
markers = st.sampled_from(
    [
        "一、",
        "二、",
        "三、",
        "（一）",
        "(二)",
        "1.",
        "2.",
        "3、",
        "（1）",
        "(2)",
        "①",
        "②",
        "第一条　",
        "第二条 ",
        "第一章 ",
        "1) ",
    ]
)
numbered = st.tuples(markers, words | sentences).map("".join)
texts = st.lists(numbered | sentences | words, max_size=30).map("\n".join)


@given(texts)
def test_ids_are_unique_and_paths_and_levels_agree_with_them(text):
    clauses = segment_text(text).clauses
    assert len({clause.id for clause in clauses}) == len(clauses)
    seen = set()
    for clause in clauses:
        assert clause.level == len(clause.path) + 1
        assert set(clause.path) <= seen
        parent = clause.path[-1] + "/" if clause.path else ""
        assert re.fullmatch(re.escape(parent + clause.number) + r"(~\d+)?", clause.id)
        seen.add(clause.id)


@given(texts)
def test_every_line_ends_up_in_exactly_one_place(text):
    document = segment_text(text)
    kept = [document.title, *document.preamble, *document.closing, *document.dropped]
    kept += [clause.number + clause.heading + clause.text for clause in document.clauses]
    assert _letters("".join(kept)) == _letters(text)


def _letters(text: str) -> list[str]:
    return sorted(re.sub(r"[\s。、.．()（）:：]", "", text))


@given(st.lists(st.tuples(markers, sentences, st.lists(sentences, max_size=3)), min_size=1, max_size=8), st.data())
def test_paragraphs_inside_numbered_clauses_always_survive(items, data):
    lines = [line for marker, heading, paragraphs in items for line in (marker + heading, *paragraphs)]
    clutter = data.draw(
        st.lists(st.sampled_from(["【打印】【关闭】", "分享到：微信 微博", "上一篇：无", "相关推荐", "热门搜索"]))
    )
    document = segment_text("\n".join(["某某方案", *lines, *clutter]))
    text = "\n".join(f"{clause.heading}。{clause.text}" for clause in document.clauses)
    for _, _, paragraphs in items:
        for paragraph in paragraphs:
            assert paragraph in text
    assert not any(word in text for word in ("打印", "分享到", "上一篇", "相关推荐", "热门搜索"))
