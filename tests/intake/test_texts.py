"""Correcting clauses by hand: what each operation does, what is doubted, and the file a text becomes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.documents import load_document
from navigator.corpus.segment import segment_text
from navigator.errors import InputError
from navigator.intake import texts
from navigator.intake.texts import Row, TextDraft
from navigator.intake.upload import Upload

TEXT = """某市关于支持企业的若干措施
某政办发〔2026〕3号
为支持企业，制定本措施。
一、资金
（一）补贴。每人1500元。
（二）贴息。最高50万元。
二、服务
1.一次办好。只跑一次。
某市人民政府办公室
2026年3月1日"""


@pytest.fixture
def draft() -> TextDraft:
    return texts.draft_of(Upload("0" * 64, "某市措施.docx", ".docx", segment_text(TEXT)))


def shape(draft: TextDraft) -> list[tuple[int, str, str]]:
    return [(row.level, row.label, row.heading) for row in draft.rows]


def test_number_issuer_and_day_are_found_for_a_person_to_check(draft):
    facts = draft.facts
    assert (facts.title, facts.issuer, facts.issued) == (
        "某市关于支持企业的若干措施",
        "某市人民政府办公室",
        "2026-03-01",
    )
    assert facts.document_number == "某政办发〔2026〕3号"
    assert facts.id == "msgyzcqydrgcs-2026"


def test_content_is_read_back_as_it_was(draft):
    assert texts.read_draft(draft.content()) == draft


def test_content_that_is_none_of_ours_is_told(draft):
    with pytest.raises(InputError, match="读不出来"):
        texts.read_draft("{")


def test_a_clause_is_merged_into_the_one_above_with_all_its_words(draft):
    merged = texts.merged_up(draft, 2)
    assert shape(merged) == [(1, "一、", "资金"), (2, "（一）", "补贴"), (1, "二、", "服务"), (2, "1.", "一次办好")]
    assert merged.rows[1].text == "每人1500元。\n（二）贴息。最高50万元。"


def test_the_first_clause_cannot_be_merged_up(draft):
    with pytest.raises(InputError, match="第一条"):
        texts.merged_up(draft, 0)


def test_splitting_undoes_merging(draft):
    assert texts.split_at(texts.merged_up(draft, 2), 1, "（二）贴息").rows == draft.rows


@pytest.mark.parametrize(("words", "sentence"), [("", "没有写"), ("没有的话", "没有“没有的话”"), ("一", "不止一处")])
def test_splitting_needs_words_that_stand_there_once(draft, words, sentence):
    draft = texts.with_row(draft, 1, Row(level=2, label="（一）", heading="补贴", text="一和一"))
    with pytest.raises(InputError, match=sentence):
        texts.split_at(draft, 1, words)


def test_moving_a_clause_takes_along_what_stands_below_it(draft):
    assert [row.level for row in texts.moved(draft, 0, 1).rows] == [2, 3, 3, 1, 2]
    assert [row.level for row in texts.moved(draft, 0, -1).rows] == [1, 2, 2, 1, 2]


def test_a_deleted_clause_can_be_taken_back(draft):
    gone = texts.without_row(draft, 2)
    assert "（二）贴息。最高50万元。" in gone.dropped
    back = texts.taken_back(gone, gone.dropped.index("（二）贴息。最高50万元。"), 1)
    assert back.rows == texts.merged_up(draft, 2).rows
    assert back.dropped == draft.dropped


def test_a_new_clause_asks_for_its_number(draft):
    made = texts.with_new_row(draft, 1)
    assert shape(made)[2] == (2, "？", "")
    assert {one.sentence for one in texts.doubts(made) if one.row == 2} == {"没有编号", "没有内容"}


def sentences(draft: TextDraft, row: int) -> str:
    return "；".join(one.sentence for one in texts.doubts(draft) if one.row == row)


def test_clauses_as_they_were_cut_raise_no_doubt(draft):
    assert not [one for one in texts.doubts(draft) if one.row is not None]


def test_what_looks_wrong_is_told_at_its_clause(draft):
    assert "跳到“三、”" in sentences(texts.with_row(draft, 3, Row(level=1, label="三、", heading="服务")), 3)
    assert "出现了两次" in sentences(texts.with_row(draft, 3, Row(level=1, label="一、", heading="服务")), 3)
    assert "跳了级" in sentences(texts.with_row(draft, 4, Row(level=3, label="1.", heading="办")), 4)
    assert "像是漏切的一条" in sentences(texts.merged_up(draft, 2), 1)
    assert "前面可能漏了" in sentences(texts.without_row(draft, 1), 1)
    assert "1600 个字" in sentences(texts.with_row(draft, 1, Row(level=2, label="（一）", text="字" * 1600)), 1)


def with_facts(draft: TextDraft, **facts: object) -> TextDraft:
    return draft.model_copy(update={"facts": draft.facts.model_copy(update=facts)})


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"title": " "}, "没有写标题"),
        ({"id": ""}, "没有写编号"),
        ({"id": "中文"}, "只用小写字母"),
        ({"issued": "去年"}, "发布日期写的是“去年”"),
        ({"begins": "2026-02-01", "ends": "2026-01-01"}, "有效期"),
        ({"links": ["javascript:alert(1)"]}, "应是 http"),
        ({"kind": "小说"}, "文件种类"),
    ],
)
def test_a_text_is_not_released_with_wrong_facts(draft, facts, sentence):
    wrong = with_facts(draft, **facts)
    assert any(sentence in one.sentence and one.serious for one in texts.doubts(wrong))
    with pytest.raises(InputError, match=sentence):
        texts.markdown_of(wrong, "小甲", "小乙", date(2026, 11, 23))


def test_the_file_is_in_the_corpus_own_form_with_who_and_when(draft, tmp_path):
    draft = with_facts(
        draft, begins="2026-03-01", links=["https://example.gov.cn/a?b=1&c=[2]"], source_note="冒号: 和#号"
    )
    path = tmp_path / f"{draft.facts.id}.md"
    path.write_text(texts.markdown_of(draft, "小甲", "小乙", date(2026, 11, 23)), encoding="utf-8")
    document = load_document(path)
    assert document.clauses == draft.segmented().clauses
    front = document.front
    assert (front.added_by, front.released_by, front.released_on) == ("小甲", "小乙", date(2026, 11, 23))
    assert (front.read_as, front.issued, front.in_force.from_) == ("upload", date(2026, 3, 1), date(2026, 3, 1))
    assert texts.draft_of_document(document).rows == draft.rows
    assert texts.draft_of_document(document).facts == draft.facts


operations = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "in", "out", "new", "delete"]), st.integers(0, 9)), max_size=6
)


@given(operations)
def test_no_operation_loses_a_word(steps):
    draft = texts.draft_of(Upload("0" * 64, "某市措施.docx", ".docx", segment_text(TEXT)))
    for name, place in steps:
        position = place % len(draft.rows) if draft.rows else 0
        try:
            draft = {
                "merge": lambda d, p: texts.merged_up(d, p),
                "split": lambda d, p: texts.split_at(d, p, d.rows[p].text[2:8]),
                "in": lambda d, p: texts.moved(d, p, 1),
                "out": lambda d, p: texts.moved(d, p, -1),
                "new": lambda d, p: texts.with_new_row(d, p),
                "delete": lambda d, p: texts.without_row(d, p),
            }[name](draft, position)
        except (InputError, IndexError):
            continue
    words = "".join(row.label + row.heading + row.text for row in draft.rows) + "".join(draft.dropped)
    for piece in ("资金", "补贴", "贴息", "服务", "一次办好", "1500", "50万元", "只跑一次"):
        assert piece in words.replace("\n", "").replace("？", "")
