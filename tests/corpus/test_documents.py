"""Official texts with front matter: the plan as it is kept, and what a wrong file is told."""

from datetime import date
from pathlib import Path

import pytest

from navigator.corpus.documents import load_document, load_documents
from navigator.corpus.segment import segment_file
from navigator.errors import InputError
from navigator.settings import ROOT
from tests.corpus.makers import written

FOLDER = ROOT / "policy_corpus" / "documents"
PLAN_PAGE = Path(__file__).parent / "files" / "plan_page.txt"
FRONT = """---
id: jm-test
title: 某某办法
kind: 规范性文件
level: 荆门市
status: 现行有效
read_as: official
---

第一条　甲。
"""


def test_the_plan_is_kept_with_what_is_known_of_it():
    front = load_document(FOLDER / "jingtianban-5plus3.md").front
    assert front.title.endswith("“5+3行动”实施方案(征求意见稿)")
    assert (front.kind, front.status, front.read_as) == ("规划方案", "征求意见稿", "repost")
    assert front.issuer == "荆门市优化营商环境领导小组办公室(荆门市发展和改革委员会)"
    assert (front.consultation.from_, front.consultation.to) == (date(2024, 3, 7), date(2024, 4, 7))
    assert "0件" in front.consultation.feedback
    assert front.based_on[0].number == "鄂政办发〔2024〕4号"
    assert front.document_number is None and front.issued is None
    assert "没有查到" in front.source_note
    assert front.links


def test_the_plan_as_kept_and_the_page_it_was_read_from_give_the_same_clauses():
    kept, page = load_document(FOLDER / "jingtianban-5plus3.md"), segment_file(PLAN_PAGE)
    assert kept.clauses == page.clauses
    assert kept.segmented.preamble == page.preamble
    assert (kept.segmented.closing, kept.segmented.dropped) == ((), ())


def test_the_plan_as_kept_is_verbatim():
    page = PLAN_PAGE.read_text(encoding="utf-8")
    body = load_document(FOLDER / "jingtianban-5plus3.md").body
    paragraphs = [line.lstrip("# ") for line in body.split("\n") if line.strip()][1:]
    printed = [line.strip() for line in page.split("\n") if line.strip()]
    assert paragraphs == printed[2 : 2 + len(paragraphs)]
    assert printed[2 + len(paragraphs)].startswith("征求意见时间")


def test_segmenting_the_file_itself_gives_the_same_and_its_declared_title():
    document = segment_file(FOLDER / "jingtianban-5plus3.md")
    assert document.title.endswith("实施方案(征求意见稿)")
    assert document.clauses == segment_file(PLAN_PAGE).clauses


def test_every_document_of_the_corpus_loads_and_its_clauses_are_found_by_id():
    documents = load_documents(FOLDER)
    assert "jingtianban-5plus3" in [document.id for document in documents]
    for document in documents:
        for clause in document.clauses:
            assert document.clause_by_id[clause.id] is clause


def test_documents_come_in_order_of_their_ids(tmp_path):
    for name in ("b", "a"):
        written(tmp_path, f"{name}.md", FRONT.replace("jm-test", name))
    assert [document.id for document in load_documents(tmp_path)] == ["a", "b"]
    assert load_documents(tmp_path / "没有") == []


def test_a_text_that_staff_add_says_who_added_and_released_it(tmp_path):
    extra = "added_by: 李四\nadded_on: 2026-01-02\nreleased_by: 王五\nread_as: upload"
    path = written(tmp_path, "jm-test.md", FRONT.replace("read_as: official", extra))
    front = load_document(path).front
    assert (front.added_by, front.added_on, front.released_by) == ("李四", date(2026, 1, 2), "王五")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一条　甲。", "jm-test.md:1:开头没有文件信息"),
        (FRONT.replace("title: 某某办法\n", ""), " title:"),
        (FRONT.replace("status: 现行有效", "status: 有效"), "jm-test.md:6 status"),
        (FRONT.replace("read_as:", "levle: 荆门市\nread_as:"), "jm-test.md:7 levle"),
        (FRONT.replace("id: jm-test", "id: jm-other"), "jm-test.md:2:id 是 jm-other"),
        (FRONT.replace("id: jm-test", "id: 甲"), "jm-test.md:2 id"),
        (FRONT.replace("official", "repost"), "source_note"),
        (FRONT.replace("read_as", "consultation: {from: 2024-04-07, to: 2024-03-07}\nread_as"), "晚于"),
        (FRONT.replace("第一条　甲。", ""), "没有正文"),
        (FRONT.replace("kind:", "kind: ["), "YAML"),
    ],
)
def test_a_wrong_file_is_named_with_line_and_reason(tmp_path, text, told):
    with pytest.raises(InputError) as error:
        load_document(written(tmp_path, "jm-test.md", text))
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        load_document(tmp_path / "jm-test.md")
