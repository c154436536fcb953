"""资料入库、文件草稿、政策维护: from a pasted text to a release by a second person, and the lists that staff look after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from navigator import search
from navigator.auth import COMMAND_LINE, Actor
from navigator.corpus.load import changed_corpus, default_corpus, overlay_folder, use_corpus
from navigator.corpus.segment import segment_text
from navigator.feedback import keep_feedback
from navigator.intake import texts, upkeep
from navigator.intake.release import publish
from navigator.intake.shelf import Draft, Shelf, default_shelf
from navigator.intake.upload import Upload
from navigator.settings import settings
from navigator.store.audit import read_audit
from tests.offices import own_data
from tests.ui.seen import everything, labels, link_parameters, notices

TEXT = "某市支持银杏产业若干措施\n一、资金。对种银杏的企业每亩补贴300元。\n二、服务。一次办好。\n三、附则。自发布之日起施行。"
AUTHOR = Actor("小甲", "staff")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(tmp_path / "data", monkeypatch):
        yield


@pytest.fixture
def draft(store) -> Draft:
    made = texts.draft_of(Upload("0" * 64, "银杏.docx", ".docx", segment_text(TEXT)))
    return default_shelf().create(AUTHOR, "document", made.content(), made.facts.title, made.facts.id, "upload:0")


def click(page, label: str, rerun):
    next(button for button in page.button if button.label == label).click()
    return rerun(page)


def fill(page, label: str, value: str, rerun):
    kinds = (page.text_input, page.text_area, page.number_input)
    next(box for kind in kinds for box in kind if box.label == label).set_value(value)
    return rerun(page)


def test_pasted_words_become_a_draft_in_clauses(open_page, signed_in, rerun):
    signed_in("staff", name="小甲")
    page = fill(open_page("intake"), "政策原文", TEXT, rerun)
    click(page, "读这段文字", rerun)
    (made,) = default_shelf().list()
    assert [row.label for row in texts.read_draft(made.content).rows] == ["一、", "二、", "三、"]
    assert (made.title, made.head.by) == ("某市支持银杏产业若干措施", "小甲")


def test_what_cannot_be_read_is_told_and_stays_in_the_box(open_page, signed_in, rerun):
    signed_in("staff")
    page = fill(open_page("intake"), "政策原文", "  ", rerun)
    page = click(page, "读这段文字", rerun)
    assert len(page.error) == 1 and "文件是空的" in page.error[0].value
    assert default_shelf().list() == []


def test_drafts_are_listed_and_lead_to_their_page(open_page, signed_in, draft):
    signed_in("staff")
    page = open_page("intake")
    assert "正在写的草稿（1）" in everything(page)
    assert {"id": [draft.id]} in link_parameters(page)


def test_a_draft_that_does_not_exist_ends_in_a_sentence_and_a_way_back(open_page, signed_in):
    signed_in("staff")
    page = open_page("document", id="nothere")
    assert [title.value for title in page.title] == ["没有这份草稿"]
    assert "回到资料入库" in labels(page)


def test_every_box_saves_when_it_is_left(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小甲")
    page = open_page("document", id=draft.id)
    page = fill(page, "标题", "某市支持银杏产业的若干措施", rerun)
    page = fill(page, "标题或第一句", "资金支持", rerun)
    saved = default_shelf().get(draft.id)
    text = texts.read_draft(saved.content)
    assert (saved.title, text.facts.title) == ("某市支持银杏产业的若干措施",) * 2
    assert text.rows[0].heading == "资金支持"
    assert len(default_shelf().history(draft.id)) == 3


def test_clauses_are_merged_split_moved_and_deleted_with_buttons(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小甲")
    page = open_page("document", id=draft.id)

    def rows() -> list[tuple[int, str]]:
        return [(row.level, row.label) for row in texts.read_draft(default_shelf().get(draft.id).content).rows]

    page.selectbox[[box.label[:4] for box in page.selectbox].index("改哪一条")].select_index(1)
    page = click(rerun(page), "往里一级", rerun)
    assert rows() == [(1, "一、"), (2, "二、"), (1, "三、")]
    page = click(page, "并到上一条", rerun)
    assert rows() == [(1, "一、"), (1, "三、")]
    page = fill(page, "拆成两条：第二条从哪几个字开始", "二、服务", rerun)
    page = click(page, "拆开", rerun)
    assert rows() == [(1, "一、"), (1, "二、"), (1, "三、")]
    page = click(page, "删去这一条", rerun)
    assert rows() == [(1, "一、"), (1, "三、")]
    assert "跳到“三、”" in everything(page)


def test_a_word_that_cannot_be_split_at_is_told(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小甲")
    page = fill(open_page("document", id=draft.id), "拆成两条：第二条从哪几个字开始", "没有的话", rerun)
    assert any("没有“没有的话”" in notice for notice in notices(click(page, "拆开", rerun)))


def test_the_second_person_sees_what_the_first_changed(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小乙")
    page = open_page("document", id=draft.id)
    text = texts.read_draft(draft.content)
    theirs = texts.with_row(text, 0, text.rows[0].model_copy(update={"text": "每亩补贴500元。"}))
    default_shelf().save(AUTHOR, draft.id, theirs.content(), draft.base)
    shown = everything(rerun(page))
    assert "小甲 在" in shown
    assert "看对方改了什么" in shown
    assert "500" in shown


def test_who_saves_late_keeps_what_was_typed_and_chooses(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小乙")
    page = open_page("document", id=draft.id)
    text = texts.read_draft(draft.content)
    theirs = texts.with_row(text, 0, text.rows[0].model_copy(update={"text": "对方写的。"}))
    default_shelf().save(AUTHOR, draft.id, theirs.content(), draft.base)
    page = fill(page, "后面的正文，一段一行", "我写的。", rerun)
    assert any("没有丢" in notice for notice in notices(page))
    assert texts.read_draft(default_shelf().get(draft.id).content).rows[0].text == "对方写的。"
    click(page, "用我的这一版", rerun)
    assert texts.read_draft(default_shelf().get(draft.id).content).rows[0].text == "我写的。"
    assert "对方写的。" in "".join(one.content for one in default_shelf().history(draft.id))


def test_a_second_person_releases_and_everybody_finds_it(open_page, signed_in, rerun, draft, index):
    signed_in("staff", name="小甲")
    page = open_page("document", id=draft.id)
    page = fill(page, "改了什么、为什么（给核对的人看，发布后留在记录里）", "新文件", rerun)
    page = click(page, "请第二个人核对发布", rerun)
    assert "核对无误，发布" not in everything(page)
    signed_in("staff", name="小乙")
    assert "等第二个人核对（1）" in everything(open_page("intake"))
    page = click(open_page("document", id=draft.id), "核对无误，发布", rerun)
    assert "已发布" in everything(page)
    assert search.refresh()
    assert "300元。" in everything(open_page("search", q="种银杏每亩补贴多少"))
    assert default_corpus().document_by_id[draft.head.target].front.released_by == "小乙"
    log = [(one.actor, one.action) for one in read_audit(COMMAND_LINE) if one.subject == f"draft:{draft.id}"]
    assert [line for line in log if line[1] != "打开草稿"] == [
        ("小乙", "核对后发布"),
        ("小甲", "请人核对发布"),
        ("小甲", "建了草稿"),
    ]
    assert {who for who, what in log if what == "打开草稿"} == {"小甲", "小乙"}


def test_a_text_with_something_serious_cannot_be_proposed(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小甲")
    page = fill(open_page("document", id=draft.id), "发布日期（如 2026-01-31）", "去年", rerun)
    assert "发布日期写的是“去年”" in everything(page)
    assert next(button for button in page.button if button.label == "请第二个人核对发布").disabled


def test_an_earlier_save_can_be_brought_back(open_page, signed_in, rerun, draft):
    signed_in("staff", name="小甲")
    page = fill(open_page("document", id=draft.id), "标题或第一句", "改坏了", rerun)
    box = next(box for box in page.selectbox if box.label == "哪一次")
    box.select_index(1)
    click(rerun(page), "恢复成这一次的样子", rerun)
    assert texts.read_draft(default_shelf().get(draft.id).content).rows[0].heading == "资金"


def test_each_list_of_upkeep_shows_its_rows_and_a_table(open_page, signed_in):
    signed_in("staff")
    keep_feedback("wrong", "", "measure:tax-small-low-profit-cit#conditions/0", "写错了")
    for name, word in (
        ("将到期", "项到期"),
        ("待核", "没有读到官方原文"),
        ("待复审", "要复审"),
        ("链接", "个没核对过"),
        ("留言", "第1条"),
    ):
        page = open_page("upkeep", list=name)
        assert word in everything(page), name
        html = "".join(element.proto.body for element in page.get("html"))
        assert "/exports/upkeep?" in html


def test_a_link_opened_by_hand_and_a_remark_are_noted(open_page, signed_in, rerun):
    signed_in("staff", name="小甲")
    page = click(open_page("upkeep", list="链接"), "记下", rerun)
    assert [row.last.state for row in upkeep.source_links(default_corpus()) if row.last] == ["打得开"]
    keep_feedback("not_wanted", "电费")
    page = open_page("upkeep", list="留言")
    click(page, "处理完了", rerun)
    assert upkeep.remarks(AUTHOR) == []


def test_a_measure_page_says_which_version_answers_and_what_changed(open_page):
    publish_threshold(500, "2027-01-01", "2027年放宽到500人")
    today = open_page("measure", id=MEASURE)
    assert "用的是最初的一版" in everything(today) and "从 2027-01-01 起用第1版" in everything(today)
    assert {"id": [MEASURE], "as_of": ["2027-01-01"]} in link_parameters(today)
    later = open_page("measure", id=MEASURE, as_of="2027-01-01")
    shown = everything(later)
    assert "第1版，从 2027-01-01 起用" in shown and "和上一版比" in shown
    assert "300" in shown and "500" in shown
    assert "小甲" not in shown
    assert {"id": [MEASURE], "as_of": ["2026-12-31"]} in link_parameters(later)


def test_a_measure_that_came_with_the_software_says_nothing_of_versions(open_page):
    assert "版本" not in [one.value for one in open_page("measure", id=MEASURE).subheader]


def test_a_release_that_was_tampered_with_is_told_to_staff(open_page, signed_in):
    path = publish_threshold(500, "2020-01-01")
    path.write_text(path.read_text(encoding="utf-8").replace("500", "5000"), encoding="utf-8")
    use_corpus(changed_corpus())
    signed_in("staff")
    assert "不采用" in "".join(notices(open_page("upkeep")))
    assert "不超过5000人" not in everything(open_page("measure", id=MEASURE))


MEASURE = "tax-small-low-profit-cit"


def publish_threshold(people: int, day: str, note: str = "") -> Path:
    """Release the measure with another number of people; gives the released file."""
    text = (settings().corpus / "measures" / f"{MEASURE}.yaml").read_text(encoding="utf-8")
    text = text.replace("employees <= 300", f"employees <= {people}").replace("不超过300人", f"不超过{people}人")
    text = text.replace("employees: 301", f"employees: {people + 1}").replace(
        "employees: 300,", f"employees: {people},"
    )
    shelf = Shelf(settings().data / "shelf", log=lambda *line: None)
    draft = shelf.create(AUTHOR, "measure", text, "小微企业所得税", MEASURE)
    draft = shelf.propose_release(AUTHOR, draft.id, draft.base, date.fromisoformat(day), note)
    shelf.approve(Actor("小乙", "staff"), draft.id, draft.base, publish)
    fresh = changed_corpus()
    assert fresh is not None
    use_corpus(fresh)
    return overlay_folder() / "measures" / MEASURE / "1.yaml"
