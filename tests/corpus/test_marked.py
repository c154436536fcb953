"""Texts with clauses marked by hand: what is written is read back as the very same clauses."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.marked import number_of, placed, read_marked, write_marked
from navigator.corpus.segment import segment_text

TEXT = """某市若干措施
为支持企业，制定本措施。
一、资金
（一）补贴。每人1500元。
另有规定的除外。
（二）贴息。
二、服务
1.一次办好。
某市人民政府
2026年3月1日"""


def without_dropped(document):
    return replace(document, dropped=())


def test_a_text_cut_from_print_stays_the_same_when_it_is_marked():
    document = segment_text(TEXT)
    again = read_marked(write_marked(document), document.title)
    assert again == without_dropped(document)
    assert [clause.id for clause in again.clauses] == ["一", "一/一", "一/二", "二", "二/1"]
    assert [clause.label for clause in again.clauses] == ["一、", "（一）", "（二）", "二、", "1."]
    assert again.closing == ("某市人民政府", "2026年3月1日")


def test_the_plan_stays_the_same_when_it_is_marked(rulebook):
    plan = rulebook.corpus.document_by_id[rulebook.corpus.city.plan_document].segmented
    again = read_marked(write_marked(plan), plan.title)
    assert [clause.as_dict() for clause in again.clauses] == [clause.as_dict() for clause in plan.clauses]


def test_repeated_numbers_get_ids_of_their_own():
    document = placed([(1, "一、", "甲", ""), (1, "一、", "乙", ""), (2, "1.", "丙", "")], "题")
    assert [clause.id for clause in document.clauses] == ["一", "一~2", "一~2/1"]
    assert document.clauses[2].path == ("一~2",)


def test_a_level_that_skips_one_is_drawn_up():
    assert [clause.level for clause in placed([(1, "一、", "", ""), (4, "1.", "", "")], "题").clauses] == [1, 2]


def test_the_number_is_the_label_without_brackets_and_points():
    labels = {
        "（一）": "一",
        "1.": "1",
        "第三条": "第三条",
        "①": "①",
        "附则": "附则",
        "(2)": "2",
        "一、": "一",
        "1.2": "1.2",
    }
    assert {label: number_of(label) for label in labels} == labels


words = st.text(st.sampled_from("一二（）1.、#-\\ 　|*企业。资金\n"), max_size=20)
labels = st.text(st.sampled_from("一二（）1.、#-\\附则"), min_size=1, max_size=5)


def tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


@given(st.lists(st.tuples(st.integers(1, 6), labels, words, words), max_size=8), st.lists(words, max_size=3))
def test_whatever_is_typed_is_read_back(rows, closing):
    rows = [(level, label, " ".join(heading.split()), tidy(text)) for level, label, heading, text in rows]
    closing = [line for text in closing for line in tidy(text).splitlines()]
    document = placed(rows, "标题", ["# 开头", "---"], closing)
    assert read_marked(write_marked(document), "标题") == document
