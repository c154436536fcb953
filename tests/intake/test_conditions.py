"""Conditions as rows and in words: what is picked becomes a predicate and comes back as it was, finished or not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.intake.conditions import Row, in_words, operators, predicate, rows_of
from navigator.matching.parse import parse_condition
from navigator.matching.rulebook import default_rulebook

BOOK = default_rulebook()
SPECS = BOOK.facts.specs


@pytest.mark.parametrize(
    ("row", "when"),
    [
        (Row("employees", "<=", ("300",)), "employees <= 300"),
        (Row("revenue", "<=", ("300万",)), "revenue <= 3000000"),
        (Row("is_tech_sme", "no"), "NOT is_tech_sme"),
        (Row("entity_type", "in", ("企业",)), "entity_type = '企业'"),
        (Row("entity_type", "not in", ("企业", "社会组织")), "entity_type NOT IN ('企业', '社会组织')"),
        (Row("industry", "in", ("C38", "I65")), "in_industry('C38', 'I65')"),
        (Row("region_code", "not in", ("42",)), "NOT in_region('42')"),
        (Row("established_on", "aged", ("1年",)), "established_on <= as_of - INTERVAL 1 YEAR"),
        (Row("established_on", "younger", ("6个月",)), "established_on > as_of - INTERVAL 6 MONTH"),
        (Row("established_on", "since", ("2024-01-01",)), "established_on >= DATE '2024-01-01'"),
        (Row("rd_expense", "share>=", ("3",), "revenue"), "rd_expense * 100 >= revenue * 3"),
        (Row("rd_expense", "share>=", ("0.5",), "revenue"), "rd_expense * 1000 >= revenue * 5"),
    ],
)
def test_a_row_becomes_a_predicate_and_comes_back(row, when):
    assert predicate([row], "AND", SPECS) == when
    parse_condition(when, SPECS)
    again = rows_of(when, SPECS)
    assert again is not None
    assert predicate(again[0], again[1], SPECS) == when


@pytest.mark.parametrize(
    "row",
    [
        Row(),
        Row("employees"),
        Row("employees", "<="),
        Row("employees", "<=", ("三百来人",)),
        Row("entity_type", "in"),
        Row("industry", "not in"),
        Row("established_on", "aged", ("很久",)),
        Row("established_on", "since", ("去年",)),
        Row("rd_expense", "share>=", ("3",)),
        Row("rd_expense", "share<=", ("百分之三",), "revenue"),
    ],
)
def test_what_is_not_finished_is_kept_comes_back_and_never_parses(row):
    when = predicate([row], "AND", SPECS)
    with pytest.raises(InputError):
        parse_condition(when, SPECS)
    found = rows_of(when, SPECS)
    assert found is not None
    assert found[0] == [row]


def test_an_unfinished_row_stands_beside_finished_ones():
    rows = [Row("employees", "<=", ("300",)), Row("revenue", "<=", ("不清楚",)), Row("is_tech_sme", "yes")]
    found = rows_of(predicate(rows, "OR", SPECS), SPECS)
    assert found == (rows, "OR")


def _rows() -> st.SearchStrategy[Row]:
    names = [name for name, spec in SPECS.items() if spec.type != "text"]

    def of(name: str) -> st.SearchStrategy[Row]:
        spec = SPECS[name]
        operator = st.sampled_from(sorted(operators(spec)))
        if spec.type == "bool":
            return operator.map(lambda key: Row(name, key))
        if spec.type == "choice":
            values = st.lists(st.sampled_from(spec.values), min_size=1, max_size=3, unique=True).map(tuple)
        elif spec.type == "code":
            values = st.just(("C38",) if name == "industry" else ("4208",))
        elif spec.type == "date":
            return st.one_of(
                st.tuples(st.sampled_from(["aged", "younger", "within"]), st.integers(1, 50)).map(
                    lambda pair: Row(name, pair[0], (f"{pair[1]}年",))
                ),
                st.dates(date(1950, 1, 1), date(2050, 1, 1)).map(lambda day: Row(name, "since", (day.isoformat(),))),
            )
        else:
            plain = st.sampled_from([key for key in operators(spec) if not key.startswith("share")])
            number = st.integers(0, 10**9).map(lambda value: (str(value),))
            return st.builds(lambda key, value: Row(name, key, value), plain, number)
        return st.builds(lambda key, value: Row(name, key, value), operator, values)

    return st.sampled_from(names).flatmap(of)


@given(st.lists(_rows(), min_size=1, max_size=4), st.sampled_from(["AND", "OR"]))
def test_any_rows_give_a_predicate_that_means_the_same_when_read_back(rows, joiner):
    when = predicate(rows, joiner, SPECS)
    node = parse_condition(when, SPECS)
    found = rows_of(when, SPECS)
    assert found is not None
    assert parse_condition(predicate(*found, SPECS), SPECS) == node
    assert in_words(node, SPECS)


@given(st.text(max_size=40))
def test_whatever_is_typed_as_a_value_is_kept_or_read(typed):
    when = predicate([Row("revenue", "<=", (typed,) if typed else ())], "AND", SPECS)
    found = rows_of(when, SPECS)
    assert found is not None
    assert found[0][0].fact == "revenue"


def test_nearly_all_conditions_of_the_library_are_rows_and_all_are_said_in_words():
    conditions = [rule for measure in BOOK.measures for rule in measure.rules]
    assert sum(rows_of(rule.condition.when, SPECS) is not None for rule in conditions) > 0.93 * len(conditions)
    assert all(in_words(rule.node, SPECS) for rule in conditions)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("employees <= 300", "从业人数不超过300人"),
        ("taxable_income <= 3000000", "年应纳税所得额不超过300万元"),
        ("NOT abnormal_listed", "经营异常：否"),
        ("in_industry('C')", "所属行业属于制造业（C）"),
        ("rd_expense * 100 >= revenue * 3", "年研发费用占年营业收入的比例至少3%"),
        ("established_on <= as_of - INTERVAL 6 MONTH", "成立日期到查询那天满6个月"),
        (
            "employees <= 20 AND (is_tech_sme OR revenue < 10000)",
            "从业人数不超过20人，并且（科技型中小企业：是，或者年营业收入低于1万元）",
        ),
    ],
)
def test_a_predicate_is_read_aloud(when, said):
    assert in_words(parse_condition(when, SPECS), SPECS) == said
