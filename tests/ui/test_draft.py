"""起草事项: whatever is typed is kept at once, said back in plain words, checked, tried out, and never lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from navigator.auth import COMMAND_LINE, Actor
from navigator.intake import shelf as shelf_module
from navigator.intake.draft import blank, fields_of_current, read_fields, write_fields
from navigator.intake.shelf import Draft, default_shelf
from navigator.intake.texts import Facts, Row, TextDraft
from navigator.matching.facts import uscc_check_digit
from navigator.store.enterprises import add_enterprise
from tests.ui.seen import everything

STEPS = ("给谁", "是什么", "得到什么", "怎么办", "和别的事项", "试一试", "会惠及谁", "核对和发布", "整份和历史")
LI = Actor("京山小李", "staff", "京山市")
TEXT = TextDraft(
    facts=Facts(id="jm-rd", title="荆门市研发投入补贴办法", issuer="荆门市科学技术局", issued="2026-02-10"),
    rows=[
        Row(level=1, label="第一条", heading="支持对象为在荆门市内注册的高新技术企业", text="未被列入经营异常名录。"),
        Row(level=1, label="第二条", heading="按企业研发费用的5%给予补贴，最高不超过50万元", text=""),
    ],
)


@pytest.fixture
def started(signed_in, tmp_path, monkeypatch):
    """A staff member is signed in, and the shelf is empty."""
    monkeypatch.setattr(shelf_module.settings(), "data", tmp_path)
    return signed_in("staff", name="京山小李")


def new_draft(**fields: Any) -> Draft:
    content = write_fields({**blank("测试事项"), **fields})
    return default_shelf().create(LI, "measure", content, "测试事项")


def saved(draft: Draft) -> dict[str, Any]:
    """What the shelf holds now, read back as after a lost session."""
    return read_fields(default_shelf().get(draft.id).content)


def box(page: AppTest, label: str) -> Any:
    asked = (
        *page.text_input,
        *page.text_area,
        *page.selectbox,
        *page.multiselect,
        *page.radio,
        *page.checkbox,
        *page.date_input,
        *page.number_input,
    )
    return next(widget for widget in asked if widget.label.startswith(label))


def click(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click()


def test_a_visitor_is_sent_to_the_sign_in(open_page):
    page = open_page("draft")
    assert "请先登录" in everything(page)


def test_a_proposal_from_a_text_becomes_a_draft_with_the_words_beside_it(open_page, rerun, started):
    document = default_shelf().create(LI, "document", TEXT.content(), TEXT.facts.title)
    page = open_page("draft", document=document.id)
    shown = everything(page)
    assert "读到 **1** 项" in shown
    assert "按企业研发费用的5" in shown
    click(page, "用这一项起草")
    page.run()
    [draft] = default_shelf().list("measure")
    fields = saved(draft)
    assert draft.head.origin == f"document:{document.id}#第二条"
    assert [one["when"] for one in fields["conditions"]][:3] == [
        "entity_type = '企业'",
        "in_jingmen",
        "is_high_tech_enterprise",
    ]
    assert fields["benefit"]["estimate"] == "least(rd_expense * 0.05, 500000)"
    assert fields["summary"] == ""
    page = open_page("draft", id=draft.id)
    assert "原文（第一条）" in everything(page).replace("第 第一条 条", "第一条")
    assert "文件里没找到" in everything(page)


def test_a_condition_is_built_from_fact_operator_and_value(open_page, rerun, started):
    draft = new_draft()
    page = open_page("draft", id=draft.id)
    click(page, "加一条条件")
    rerun(page)
    box(page, "看什么").set_value("revenue")
    rerun(page)
    assert saved(draft)["conditions"][0]["when"] == "revenue <= «»"
    assert "还没有填完" in everything(page)
    box(page, "多少").set_value("300万")
    rerun(page)
    assert saved(draft)["conditions"][0]["when"] == "revenue <= 3000000"
    assert "意思是：年营业收入不超过300万元" in everything(page)
    click(page, "再加一样")
    rerun(page)
    next(one for one in page.selectbox if one.label == "看什么" and one.value is None).set_value("employees")
    rerun(page)
    box(page, "多少（人）").set_value("20")
    rerun(page)
    box(page, "这几样").set_value("OR")
    rerun(page)
    assert saved(draft)["conditions"][0]["when"] == "revenue <= 3000000 OR employees <= 20"
    assert "年营业收入不超过300万元，或者从业人数不超过20人" in everything(page)


def test_what_does_not_parse_yet_is_kept_as_it_was_typed(open_page, rerun, started):
    draft = new_draft(conditions=[{"text": "人数", "when": "employees <= 300", "cite": None}])
    page = open_page("draft", id=draft.id)
    box(page, "多少（人）").set_value("三百来人")
    rerun(page)
    assert saved(draft)["conditions"][0]["when"] == "employees <= «三百来人»"
    again = open_page("draft", id=draft.id)
    assert box(again, "多少（人）").value == "三百来人"
    assert "看不懂" in everything(again)
    box(again, "直接写条件").set_value(True)
    rerun(again)
    box(again, "条件（直接写）").set_value("employees ≤ 300")
    rerun(again)
    assert saved(draft)["conditions"][0]["when"] == "employees ≤ 300"
    assert any("有 ≤" in one.value for one in again.error)


def test_a_text_that_is_no_yaml_at_all_is_kept_and_can_be_mended(open_page, rerun, started):
    draft = new_draft()
    page = open_page("draft", id=draft.id, step="整份和历史")
    box(page, "整份事项").set_value("id: [没写完\n  名称: ?")
    rerun(page)
    assert default_shelf().get(draft.id).content == "id: [没写完\n  名称: ?"
    page = open_page("draft", id=draft.id)
    assert "整份和历史" in everything(page)
    page = open_page("draft", id=draft.id, step="整份和历史")
    box(page, "整份事项").set_value(write_fields(blank("补好了")))
    rerun(page)
    assert saved(draft)["name"] == "补好了"


def test_every_box_is_kept_when_it_is_left_and_survives_a_lost_session(open_page, rerun, started):
    draft = new_draft()
    page = open_page("draft", id=draft.id, step="是什么")
    box(page, "名称").set_value("荆门市研发投入补贴")
    rerun(page)
    box(page, "一句话说明").set_value("搞研发的企业，按花的钱补5%。")
    rerun(page)
    box(page, "级别").set_value("荆门市")
    rerun(page)
    box(page, "起始日").set_value(date(2026, 1, 1))
    rerun(page)
    fields = saved(draft)
    assert (fields["name"], fields["level"], fields["in_force"]["from"]) == (
        "荆门市研发投入补贴",
        "荆门市",
        date(2026, 1, 1),
    )
    again = open_page("draft", id=draft.id, step="是什么")
    assert box(again, "一句话说明").value == "搞研发的企业，按花的钱补5%。"
    assert default_shelf().get(draft.id).title == "荆门市研发投入补贴"
    assert len(default_shelf().history(draft.id)) == 5


def test_somebody_elses_save_is_never_covered(open_page, rerun, started):
    draft = new_draft()
    page = open_page("draft", id=draft.id, step="是什么")
    theirs = write_fields({**blank("对方的名称")})
    default_shelf().save(Actor("市局小王", "staff"), draft.id, theirs, draft.base)
    box(page, "名称").set_value("我的名称")
    rerun(page)
    shown = everything(page)
    assert "市局小王" in shown
    history = default_shelf().history(draft.id)
    assert any("我的名称" in one.content for one in history)
    assert saved(draft)["name"] in ("对方的名称", "我的名称")
    if any(button.label == "用我的这一版" for button in page.button):
        click(page, "用我的这一版")
        rerun(page)
        assert saved(draft)["name"] == "我的名称"


def test_an_amount_is_reckoned_from_boxes(open_page, rerun, started):
    draft = new_draft()
    page = open_page("draft", id=draft.id, step="得到什么")
    box(page, "金额怎么算").set_value("share")
    rerun(page)
    box(page, "按什么算").set_value("rd_expense")
    rerun(page)
    box(page, "百分之几").set_value("5")
    rerun(page)
    box(page, "封顶多少元").set_value("50万")
    rerun(page)
    assert saved(draft)["benefit"]["estimate"] == "least(rd_expense * 0.05, 500000)"
    assert saved(draft)["benefit"]["basis"] == "年研发费用 × 5%，最多50万元"
    again = open_page("draft", id=draft.id, step="得到什么")
    assert box(again, "封顶多少元").value == "50万"
    box(again, "金额怎么算").set_value("none")
    rerun(again)
    assert "estimate" not in saved(draft)["benefit"]


def test_trials_at_the_threshold_become_examples(open_page, rerun, started):
    draft = new_draft(conditions=[{"text": "不超过300人", "when": "employees <= 300", "cite": None}])
    page = open_page("draft", id=draft.id, step="试一试")
    shown = everything(page)
    assert "**从业人数刚好300人**" in shown
    box(page, "哪些记为例子").set_value(["从业人数刚好300人", "从业人数多一点，301人", "不知道从业人数"])
    click(page, "记为例子")
    rerun(page)
    assert [(one["name"], one["expect"]) for one in saved(draft)["examples"]] == [
        ("从业人数刚好300人", "eligible"),
        ("从业人数多一点，301人", "not_eligible"),
        ("不知道从业人数", "needs_info"),
    ]


def test_a_profile_of_ones_own_is_judged_line_by_line_and_kept(open_page, rerun, started):
    draft = new_draft(conditions=[{"text": "不超过300人", "when": "employees <= 300", "cite": None}])
    page = open_page("draft", id=draft.id, step="试一试")
    box(page, "从业人数（人）").set_value("301")
    rerun(page)
    assert "不满足" in everything(page)
    box(page, "从业人数（人）").set_value("好多")
    rerun(page)
    assert "看不懂" in everything(page)
    box(page, "从业人数（人）").set_value("12")
    rerun(page)
    box(page, "给这个例子起个名").set_value("小店")
    rerun(page)
    click(page, "把这家记为例子")
    rerun(page)
    assert saved(draft)["examples"] == [{"name": "小店", "facts": {"employees": 12}, "expect": "eligible"}]


def test_whom_it_reaches_is_counted_and_marked_as_invented(open_page, rerun, started):
    draft = default_shelf().create(
        LI, "measure", write_fields(fields_of_current("tax-small-low-profit-cit")), "改", "tax-small-low-profit-cit"
    )
    page = open_page("draft", id=draft.id, step="会惠及谁")
    shown = everything(page)
    assert "示例" in shown
    assert "多惠及 **0** 家；不再惠及 **0** 家" in shown
    assert "没有不同" in shown


def test_real_records_are_counted_where_there_are_any_and_only_those_one_may_see(open_page, started, signed_in):
    for uscc, region in (("91420800MA49REK60X", "京山市"), ("91420881MA48YX9P5F", "钟祥市")):
        code = uscc[:17] + uscc_check_digit(uscc[:17])
        add_enterprise(
            COMMAND_LINE, {"uscc": code, "region": region, "employees": 9}, source="测试", on=date(2026, 1, 1)
        )
    draft = new_draft(conditions=[{"text": "人数", "when": "employees <= 300", "cite": None}])
    assert "按您能看到的 2 家企业档案算" in everything(open_page("draft", id=draft.id, step="会惠及谁"))
    signed_in("staff", "京山市")
    assert "按您能看到的 1 家企业档案算" in everything(open_page("draft", id=draft.id, step="会惠及谁"))


def test_a_draft_in_order_goes_to_a_second_person_who_releases_it(open_page, rerun, started, signed_in):
    fields = fields_of_current("tax-small-low-profit-cit") | {
        "id": "test-new-one",
        "name": "一项新的",
        "commitments": [],
        "conflicts_with": [],
        "replaces": [],
    }
    draft = default_shelf().create(LI, "measure", write_fields(fields), "一项新的", "test-new-one")
    page = open_page("draft", id=draft.id, step="核对和发布")
    assert "检查通过" in everything(page)
    click(page, "请第二个人核对发布")
    rerun(page)
    assert default_shelf().get(draft.id).state == "proposed"
    assert not any(button.label == "核对无误，发布" for button in page.button)
    signed_in("staff", name="市局小王")
    page = open_page("draft", id=draft.id, step="核对和发布")
    assert any(button.label == "核对无误，发布" for button in page.button)


def test_every_step_opens_on_an_empty_draft_and_on_a_rich_one(open_page, started):
    rich = default_shelf().create(LI, "measure", write_fields(fields_of_current("soc-unemp-stable-refund-hubei")), "富")
    for draft in (new_draft(), rich):
        for name in STEPS:
            open_page("draft", id=draft.id, step=name)


def test_a_draft_that_does_not_exist_is_said_in_one_sentence(open_page, started):
    page = open_page("draft", id="20260101-00000000")
    assert "没有这份草稿" in everything(page)


def test_boxes_the_browser_sends_once_more_after_another_step_change_nothing(open_page, rerun, started):
    """As Chromium does when two clicks come quickly: the boxes of the step before arrive with the second one."""
    rich = default_shelf().create(LI, "measure", write_fields(fields_of_current("soc-unemp-stable-refund-hubei")), "富")
    for name in STEPS:
        page = open_page("draft", id=rich.id, step=name)
        sent = page._tree.get_widget_states()
        page.segmented_control(key="step").set_value("试一试" if name == "给谁" else "给谁")
        rerun(page)
        again = page._tree.get_widget_states()
        drawn = {one.id for one in again.widgets}
        again.widgets.extend(
            one for one in sent.widgets if one.id not in drawn and one.WhichOneof("value") != "trigger_value"
        )
        page._run(again)
        assert not page.exception
        found = default_shelf().get(rich.id)
        assert (found.head.number, found.content) == (rich.head.number, rich.content), name
