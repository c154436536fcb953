"""A draft and its YAML: every measure of the library comes back as it was, in the files' order, and what is half typed is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import Measure
from navigator.corpus.segment import segment_text
from navigator.errors import InputError
from navigator.intake.draft import (
    article,
    blank,
    faults_of,
    fields_of,
    fields_of_current,
    from_proposal,
    read_fields,
    write_fields,
)
from navigator.intake.proposals import PolicyText, propose

CORPUS = default_corpus()


@pytest.mark.parametrize("measure", CORPUS.measures, ids=lambda measure: measure.id)
def test_a_measure_of_the_library_comes_back_the_same(measure):
    content = write_fields(fields_of(measure))
    assert Measure.model_validate(read_fields(content)) == measure


def test_keys_stand_in_the_order_of_the_files_and_nothing_is_commented():
    for measure in CORPUS.measures[:40]:
        fields = read_fields(write_fields(fields_of(measure)))
        shipped = CORPUS.files[measure.id].data
        known = list(Measure.model_fields)
        assert list(fields) == sorted(fields, key=known.index)
        assert set(fields) >= set(shipped)
        assert "#" not in write_fields(
            {key: value for key, value in fields.items() if key in ("id", "level", "in_force", "conditions")}
        )


def test_the_shipped_measures_have_no_faults_as_drafts():
    for measure in CORPUS.measures[::25]:
        assert faults_of(write_fields(fields_of(measure))) == []


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_text_typed_into_a_box_is_kept(name, line):
    fields = blank(name)
    fields["confirm"] = [line]
    fields["conditions"] = [{"text": line, "when": f"employees <= «{line}»", "cite": None}]
    try:
        back = read_fields(write_fields(fields))
    except InputError:
        return  # brackets without end, control characters: the page shows the text as it is
    assert back["name"] == name
    assert back["confirm"] == [line]
    assert back["conditions"][0]["text"] == line


def test_a_key_that_nobody_knows_is_kept_and_named_as_a_fault():
    fields = {**fields_of_current("tax-hnte-15"), "colour": "red"}
    content = write_fields(fields)
    assert read_fields(content)["colour"] == "red"
    assert [fault.sentence for fault in faults_of(content)] == ["没有这个键；检查拼写，或删掉"]


def test_faults_name_the_part_of_the_form_where_they_are_put_right():
    fields = fields_of_current("tax-hnte-15")
    fields["summary"] = ""
    fields["conditions"][1]["when"] = "employes <= 3"
    parts = {fault.part for fault in faults_of(write_fields(fields))}
    assert parts == {"一句话说明"}
    fields["summary"] = "少交所得税"
    [fault] = faults_of(write_fields(fields))
    assert fault.part == "条件 2"
    assert "employees" in fault.sentence


def test_an_empty_draft_says_in_chinese_what_is_missing():
    faults = faults_of(write_fields(blank()))
    assert {"编号", "名称", "级别", "领域", "核实情况", "条件", "例子"} <= {fault.part for fault in faults}
    assert all("none" not in fault.sentence.lower() and "^" not in fault.sentence for fault in faults)


def test_a_proposal_lacks_only_what_a_person_must_write():
    text = PolicyText.of_segmented(
        segment_text(
            "荆门市科技局关于研发补贴的通知\n一、对荆门市内注册的高新技术企业，按研发费用的5%给予补贴，最高50万元。\n二、向市科技局提出申请。"
        )
    )
    [draft] = propose(text)
    fields = from_proposal(draft, text, "jm-rd")
    assert {fault.part for fault in faults_of(write_fields(fields))} == {"一句话说明", "例子"}
    assert fields["verification"] == "partly"
    assert fields["summary"] == ""


@pytest.mark.parametrize(
    ("clause", "cited"), [("", None), ("第三条", "第三条"), ("二/一", "二（一）"), ("二/一/5~2", "二（一）（5）")]
)
def test_a_clause_is_cited_as_people_write_it(clause, cited):
    assert article(clause) == cited
