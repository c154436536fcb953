"""What the columns of office tables are taken for: by name, by unit, by content."""

from __future__ import annotations

import pytest

from navigator.errors import InputError
from navigator.matching.facts import uscc_check_digit
from navigator.matching.rulebook import default_rulebook
from navigator.store.importing_columns import FACT_DATE, Use, load_columns, named, propose


def code(number: int) -> str:
    first = f"91420800MA4{number:06d}"
    return first + uscc_check_digit(first)


@pytest.mark.parametrize(
    ("heading", "use"),
    [
        ("统一社会信用代码", Use("uscc")),
        ("信用代码", Use("uscc")),
        ("*单位名称", Use("name")),
        ("企业名称：", Use("name")),
        ("职工人数", Use("employees")),
        ("从业人数（人）", Use("employees")),
        ("employees", Use("employees")),
        ("营业收入（万元）", Use("revenue", "万元")),
        ("营业收入(单位：万元)", Use("revenue", "万元")),
        ("2025年营业收入/万元", Use("revenue", "万元")),
        ("营业收入", Use("revenue", "元")),
        ("资产总计（亿）", Use("total_assets", "亿元")),
        ("研发人员占比（%）", Use("rd_staff_ratio", "%")),
        ("是否高新技术企业", Use("is_high_tech_enterprise")),
        ("数据日期", Use(FACT_DATE)),
        ("备注", Use()),
        ("联系电话", Use()),
    ],
)
def test_a_heading_as_offices_write_it_is_understood(heading, use):
    (proposal,) = propose([heading], [[]])
    assert proposal.use == use
    assert proposal.sure is bool(use.fact)


def test_a_unit_noted_above_the_table_counts_where_the_heading_names_none():
    noted = propose(["营业收入", "资产总计（元）"], [[], []], "荆门市重点企业名单　单位：万元")
    assert [one.use.unit for one in noted] == ["万元", "元"]


@pytest.mark.parametrize(
    "heading",
    ["其中：女性从业人数", "营业收入同比增速", "人均营业收入", "去年从业人数", "从业人数备注", "营业收入排名"],
)
def test_a_heading_about_something_else_proposes_nothing(heading):
    assert propose([heading], [[]])[0].use.fact == ""


def test_a_heading_that_only_contains_a_name_is_proposed_but_not_sure():
    (proposal,) = propose(["全口径从业人数合计"], [[]])
    assert (proposal.use.fact, proposal.sure) == ("employees", False)


def test_codes_are_known_by_their_check_digits_whatever_the_heading_says():
    good = [code(number) for number in range(20)]
    assert propose(["主体标识"], [good])[0] == propose(["uscc"], [good])[0]
    assert propose(["主体标识"], [good])[0].sure
    assert propose(["主体标识"], [[one[:-1] + "I" for one in good]])[0].use.fact == ""


@pytest.mark.parametrize(
    ("cells", "fact"),
    [
        (["京山", "钟祥市", "东宝区", None], "region"),
        (["C3841", "F52", "H6210"], "industry"),
        (["企业", "个体工商户", "企业"], "entity_type"),
        (["一般纳税人", "小规模纳税人", "一般纳税人"], "taxpayer_type"),
        (["是", "否", "是"], ""),
        (["A", "B", "A"], ""),
        (["12", "13", "14"], ""),
    ],
)
def test_a_column_without_a_telling_name_is_proposed_by_its_cells_and_not_sure(cells, fact):
    (proposal,) = propose(["甲"], [cells])
    assert (proposal.use.fact, proposal.sure) == (fact, False)


def test_of_two_columns_for_one_fact_the_surer_then_the_later_year_stays():
    headings = ["2023年营业收入", "2025年营业收入", "2024年营业收入"]
    assert [one.use.fact for one in propose(headings, [[], [], []])] == ["", "revenue", ""]
    assert [one.use.fact for one in propose(["全口径从业人数合计", "从业人数"], [[], []])] == ["", "employees"]


def test_every_fact_is_found_by_its_label_and_its_name():
    for spec in default_rulebook().facts.specs.values():
        assert named(spec.label) == spec.name
        assert named(spec.name) == spec.name


def test_the_list_of_names_is_in_order_and_faults_in_it_are_told(tmp_path):
    load_columns()
    file = tmp_path / "columns.yaml"
    for facts, told in (("nofact: [甲]", "没有叫 nofact 的事实"), ("{employees: [甲], revenue: [甲]}", "已经属于")):
        file.write_text(
            f"facts: {facts if facts[0] == '{' else '{' + facts + '}'}\nfact_date: [乙]\nnot_the_fact: [丙]\n"
        )
        with pytest.raises(InputError, match=told):
            load_columns(file)
