"""What authors write: what is accepted, and one sentence for everything they get wrong."""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.matching.language import And, Compare, Const, Day, Fact, HasPrefix, Member, Not, Or, compile_node
from navigator.matching.parse import mentions_a_fact, nearest, parse_condition, parse_estimate
from tests.matching.worlds import DAY, SPECS, as_text, predicates, profiles

WRONG = {
    # signs of another keyboard
    "entity_type = ‘企业’": ("全角引号 ‘", "半角单引号"),
    "entity_type = “企业”": ("全角引号 “", "半角单引号"),
    'entity_type = "企业"': ("双引号", "半角单引号"),
    "`employees` <= 3": ("反引号", "不加引号"),
    "（employees <= 3)": ("（", "半角的 ("),
    "in_industry('C38'，'F51')": ("，", "半角的 ,"),
    "in_industry('C38'、'F51')": ("顿号", "半角逗号"),
    "employees ≤ 300": ("≤", "<="),
    "employees ≥ 300": ("≥", ">="),
    "employees ≠ 300": ("≠", "<>"),
    "employees ＜ 300": ("＜", "半角的 <"),
    "employees ＝ 300": ("＝", "半角的 ="),
    "employees <= ３００": ("３", "半角的 3"),
    "employees　<= 300": ("全角空格", "普通空格"),
    "employees <=\u00a0300": ("特殊空格", "普通空格"),
    "revenue − 3 > 5": ("减号", "半角的 -"),
    "revenue × 3 > 5": ("×", "*"),
    "employees <= 300。": ("。", "删掉"),
    "employees <= 300；": ("；", "一个表达式"),
    # signs of another language
    "employees == 300": ("==", "一个 ="),
    "employees != 300": ("!=", "<>"),
    "!above_scale": ("!", "NOT"),
    "employees =< 300": ("=<", "<="),
    "employees => 300": ("=>", ">="),
    "employees <=> 300": ("<=>", "相等用 ="),
    "above_scale && restricted_industry": ("&&", "AND"),
    "above_scale || restricted_industry": ("||", "OR"),
    "employees <= 3 且 revenue > 5": ("且", "AND"),
    "employees <= 3 或者 revenue > 5": ("或者", "OR"),
    "不是 above_scale": ("不是", "NOT"),
    "layoff_rate <= 5.5%": ("百分号", "3% 写 3"),
    "rd_expense / revenue >= 3": ("除号", "乘到另一边"),
    "revenue DIV 3 > 5": ("DIV", "乘到另一边"),
    "employees <= 3; DROP TABLE facts": ("分号", "一个表达式"),
    "employees <= 3 -- 小店": ("注释 --", "不写注释"),
    "employees /* 人 */ <= 3": ("注释 /*", "不写注释"),
    "employees {# 人 #} <= 3": ("{", "删掉"),
    "employees <= @limit": ("@", "删掉"),
    # names and values
    "employes <= 300": ("employes", "employees(从业人数)"),
    "EMPLOYEES <= 300": ("EMPLOYEES", "employees(从业人数)"),
    "从业人数 <= 300": ("从业人数", "employees(从业人数)"),
    "xyzzy <= 300": ("xyzzy", "facts.yaml"),
    "firm.employees <= 300": ("点号", "直接写事实名"),
    "entity_type = 企业": ("企业", "写成 '企业'"),
    "entity_type = '公司'": ("公司", "企业、个体工商户、农民专业合作社、社会组织"),
    "entity_type = '个体户'": ("个体户", "'个体工商户'"),
    "'个体户' = entity_type": ("个体户", "'个体工商户'"),
    "tax_credit_rating IN ('A', 'b')": ("“b”", "A、B、M、C、D"),
    "'企业' = '企业'": ("没有和事实比较", "事实名"),
    "'企业' IN ('企业')": ("没有和事实比较", "事实名"),
    "name = '荆门'": ("自由文字", "固定取值"),
    # types
    "above_scale = TRUE": ("TRUE", "NOT above_scale"),
    "above_scale = 1": ("above_scale", "直接写名字"),
    "size_class > '小型'": ("文字不能用 >", "IN"),
    "entity_type BETWEEN '企业' AND '社会组织'": ("文字不能用 >=", "IN"),
    "employees <= '300'": ("不能比较", "同一类"),
    "established_on <= 2020": ("不能比较", "同一类"),
    "industry = 'C38'": ("代码不能直接比较", "in_industry('C38')"),
    "industry IN ('C38')": ("不能用 IN", "in_industry"),
    "established_on IN (DATE '2026-01-01')": ("不能用 IN", "文字或数字"),
    "employees IN (1, revenue)": ("revenue", "常量"),
    "employees IN (1, 'A')": ("'A'", "常量"),
    "1 < employees < 300": ("又拿来比较", "AND"),
    "(employees < 3) = (revenue < 5)": ("又拿来比较", "AND"),
    "employees": ("数字", "employees <= 300"),
    "employees AND above_scale": ("employees", "employees <= 300"),
    "employees + entity_type > 3": ("文字", "数字"),
    "above_scale * 3 > 2": ("是/否", "数字"),
    "-entity_type > 3": ("文字", "数字"),
    # parts of SQL that are left out
    "employees IS NULL": ("IS", "未知"),
    "employees IS NOT NULL": ("IS", "未知"),
    "employees = NULL": ("NULL", "未知"),
    "region LIKE '钟%'": ("LIKE", "in_region"),
    "employees IN (SELECT 1)": ("SELECT", "查询"),
    "select 1": ("select", "查询"),
    "CAST(employees AS INT) > 3": ("CAST", "不转换"),
    "ABS(employees) > 3": ("ABS", "+ - *"),
    "in_industy('C')": ("in_industy", "in_industry"),
    "IN_INDUSTRY('C')": ("IN_INDUSTRY", "in_industry"),
    "starts_with(industry, 'C')": ("STARTS_WITH", "in_industry"),
    "least(employees, 3) < 3": ("least", "估算"),
    "GREATEST(employees, 3) < 3": ("greatest", "估算"),
    "CASE WHEN above_scale THEN 1 ELSE 2 END > 1": ("case", "估算"),
    "IF(above_scale, 1, 2) > 1": ("IF", "CASE WHEN"),
    "employees BETWEEN SYMMETRIC 9 AND 1": ("SYMMETRIC", "先写小的"),
    # codes
    "in_industry('c38')": ("'c38'", "大写字母"),
    "in_industry('38')": ("'38'", "大写字母"),
    "in_industry(C38)": ("C38", "行业代码"),
    "in_industry()": ("是空的", "行业代码"),
    "in_industry('U')": ("'U'", "行业代码"),
    "in_region('荆门')": ("'荆门'", "行政区划代码"),
    "in_region('4')": ("'4'", "行政区划代码"),
    "in_region('４２')": ("'４２'", "行政区划代码"),
    # days
    "established_on + INTERVAL 1 YEAR <= as_of": ("在事实上", "as_of - INTERVAL 1 YEAR"),
    "established_on <= as_of - INTERVAL 1 WEEK": ("写法不对", "INTERVAL 1 YEAR"),
    "established_on <= as_of - INTERVAL -1 YEAR": ("写法不对", "INTERVAL 1 YEAR"),
    "established_on <= as_of - INTERVAL (1 + 1) YEAR": ("写法不对", "INTERVAL 1 YEAR"),
    "established_on <= as_of - INTERVAL '1' YEAR TO MONTH": ("写法不对", "INTERVAL 1 YEAR"),
    "established_on <= as_of * INTERVAL 1 YEAR": ("写法不对", "INTERVAL 1 YEAR"),
    "established_on <= as_of - INTERVAL 9999 YEAR": ("太长", "200年"),
    "established_on <= as_of - INTERVAL 1 YEAR - INTERVAL 1 DAY": ("两次 INTERVAL", "只写一个"),
    "as_of - established_on > 365": ("日期", "数字"),
    "established_on <= DATE '2026-02-30'": ("'2026-02-30'", "DATE '2026-01-01'"),
    "established_on <= DATE '20260101'": ("'20260101'", "DATE '2026-01-01'"),
    "established_on <= DATE '2026-W01-1'": ("'2026-W01-1'", "DATE '2026-01-01'"),
    "established_on <= '2026-01-01'": ("不能比较", "同一类"),
    "established_on <= DATE(2026)": ("DATE(…)", "DATE '2026-01-01'"),
    # half a sentence
    "": ("是空的", "表达式"),
    " \n ": ("是空的", "表达式"),
    "(employees <= 3": ("少了 1 个右括号", "成对"),
    "employees <= 3)": ("多了一个右括号", "左括号"),
    "entity_type = '企业": ("单引号没有成对", "各一个"),
    "employees <= 3 AND": ("读不懂", "两边"),
    "employees 3": ("读不懂", "比较号"),
    "employees <= 3 revenue > 5": ("读不懂", "AND/OR"),
    "employees <= 1e999": ("太大", "普通大小"),
}  # fmt: skip


def fault_of(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_condition(text, SPECS, "a.yaml:7")
    return str(caught.value)


def is_one_chinese_sentence(sentence: str) -> bool:
    return sentence.isprintable() and len(sentence) < 300 and bool(re.search("[一-鿿]", sentence))


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_gets_one_sentence_with_what_was_found_and_what_is_right(text, caplog):
    found, right = WRONG[text]
    sentence = fault_of(text)
    assert sentence.startswith("a.yaml:7")
    assert is_one_chinese_sentence(sentence)
    assert found in sentence, sentence
    assert right in sentence.split(found, 1)[1], sentence
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "found", "right"),
    [
        ("entity_type", "文字", "金额"),
        ("employees > 3", "是/否", "金额"),
        ("least(revenue, entity_type)", "文字", "数字"),
        ("least()", "读不懂", "两边"),
        ("CASE WHEN above_scale THEN 1 END", "CASE", "ELSE"),
        ("CASE size_class WHEN '大型' THEN 1 ELSE 2 END", "CASE", "WHEN 条件 THEN"),
        ("CASE WHEN employees THEN 1 ELSE 2 END", "employees", "employees <= 300"),
        ("CASE WHEN above_scale THEN '多' ELSE 2 END", "文字", "数字"),
        ("revenue * 3%", "百分号", "3% 写 3"),
        ("revenue / 2", "除号", "乘"),
    ],
)
def test_a_wrong_estimate_gets_one_sentence_too(text, found, right):
    with pytest.raises(InputError) as caught:
        parse_estimate(text, SPECS, "a.yaml:9")
    assert is_one_chinese_sentence(str(caught.value))
    assert found in caught.value.found
    assert right in caught.value.expected


EMPLOYEES = Fact("employees", "number")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("above_scale", Fact("above_scale", "bool")),
        ("not above_scale", Not(Fact("above_scale", "bool"))),
        ("(((employees <= 300)))", Compare("<=", EMPLOYEES, Const(300.0))),
        ("300 >= employees", Compare("<=", EMPLOYEES, Const(300.0))),
        ("employees > -1.5e2", Compare(">", EMPLOYEES, Const(-150.0))),
        ("employees between 1 and 3", And((Compare(">=", EMPLOYEES, Const(1.0)), Compare("<=", EMPLOYEES, Const(3.0))))),
        ("employees NOT IN (1, -2)", Not(Member(EMPLOYEES, (1.0, -2.0)))),
        ("in_industry('C', 'F51')", HasPrefix(Fact("industry", "code"), ("C", "F51"))),
        ("in_region('42')", HasPrefix(Fact("region_code", "code"), ("42",))),
        (
            "established_on <= as_of - INTERVAL '1' YEAR",
            Compare("<=", Fact("established_on", "date"), Day(None, years=-1)),
        ),
        (
            "established_on >= DATE '2026-01-01' + INTERVAL 6 month",
            Compare(">=", Fact("established_on", "date"), Day(date(2026, 1, 1), months=6)),
        ),
        (
            "above_scale OR restricted_industry\n  OR is_tech_sme",
            Or(tuple(Fact(name, "bool") for name in ("above_scale", "restricted_industry", "is_tech_sme"))),
        ),
    ],
)
def test_the_language_reads_as_sql_reads(text, tree):
    assert parse_condition(text, SPECS) == tree


def test_and_binds_more_than_or_and_not_more_than_and():
    a, b, c = (Fact(name, "bool") for name in ("above_scale", "restricted_industry", "is_tech_sme"))
    text = "above_scale OR NOT restricted_industry AND is_tech_sme"
    assert parse_condition(text, SPECS) == Or((a, And((Not(b), c))))


def test_a_value_may_hold_signs_that_are_wrong_outside():
    specs = SPECS | {"mark": SPECS["entity_type"].model_copy(update={"name": "mark", "values": ["a;b--c（d）≤1/2", "it's"]})}
    assert parse_condition("mark = 'a;b--c（d）≤1/2'", specs) == Compare("=", Fact("mark", "text"), Const("a;b--c（d）≤1/2"))
    assert parse_condition("mark = 'it''s'", specs) == Compare("=", Fact("mark", "text"), Const("it's"))


def test_five_thousand_alternatives_are_read_and_evaluated():
    node = parse_condition(" OR ".join(f"employees = {number}" for number in range(5000)), SPECS)
    assert compile_node(node)({"employees": 4999.0}, DAY) is True
    assert compile_node(node)({"employees": 5000.0}, DAY) is False


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "employees <= 3" + ")" * 500,
        "(" * 500 + "employees <= 3",
        "NOT " * 5000 + "above_scale",
        " + ".join(["employees"] * 5000) + " > 3",
        " + ".join(["employees"] * 100) + " > 3",
        "employees > " + "- " * 5000 + "1",
        "NOT (" * 60 + "above_scale" + ")" * 60,
        "employees IN (" + ", ".join(["1"] * 100_000) + ")",
        "employees <= " + "9" * 5000,
        "x" * 90_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_too_deep_or_too_long_is_said_in_one_sentence(text):
    assert is_one_chinese_sentence(fault_of(text))


def test_far_down_the_stack_a_nested_predicate_is_read_or_refused_in_one_sentence():
    text = "NOT (" * 15 + "above_scale" + ")" * 15
    node = parse_condition(text, SPECS)

    def outcome_at(levels: int) -> object:
        if levels:
            return outcome_at(levels - 1)
        try:
            return parse_condition(text, SPECS)
        except InputError as fault:
            return fault.expected

    seen = [outcome_at(levels) for levels in range(0, sys.getrecursionlimit() - 200, 50)]
    assert seen[0] == node
    assert seen[-1] == "拆成几条,或用 IN 把取值列在一起"
    assert all(outcome in (node, seen[-1]) for outcome in seen)


WORDS = """
employees revenue entity_type industry established_on above_scale as_of in_industry in_region least greatest CASE WHEN THEN ELSE END NOT AND
OR IN BETWEEN LIKE IS NULL TRUE INTERVAL DATE YEAR 1 300 0.5 '企业' 'C38' '2026-01-01' ( ) ( ) , . = <> < <= > >= + - * / || && == ; -- /* */
' " ‘ ， { } [ ] :: @x ?
"""
TOKENS = WORDS.split()
garbage = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(TOKENS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(TOKENS), max_size=14).map("".join),
    st.text(alphabet="()'aA1.,<>=+-* \n", max_size=30),
)


@settings(max_examples=350, deadline=timedelta(seconds=5))
@example("employees ISNULL")
@example("x'41' = entity_type")
@example("0x1F < employees")
@example("employees COLLATE x > 3")
@example("(employees, revenue) IN ((1, 2))")
@example("ROW(1) = 2")
@example("employees > ALL (1)")
@example("in_industry(DISTINCT 'C')")
@example("in_industry('C') OVER ()")
@example("* > 3")
@example("INTERVAL '²' YEAR + as_of < established_on")
@given(garbage)
def test_garbage_is_refused_with_one_sentence_or_is_a_predicate(text):
    for parse in (parse_condition, parse_estimate):
        try:
            node = parse(text, SPECS)
        except InputError as fault:
            assert is_one_chinese_sentence(str(fault)), text
        else:
            assert parse(as_text(node), SPECS) == node
            compile_node(node)({}, DAY)


@given(predicates(), profiles())
def test_every_accepted_predicate_can_be_evaluated_for_every_enterprise(text, facts):
    outcome = compile_node(parse_condition(text, SPECS))(facts, DAY)
    assert outcome is None or isinstance(outcome, bool)


def test_whether_a_predicate_says_anything_about_the_enterprise():
    assert mentions_a_fact(parse_condition("as_of > established_on", SPECS))
    assert not mentions_a_fact(parse_condition("as_of > DATE '2026-01-01' OR 1 < 2", SPECS))


def test_the_nearest_word_is_none_where_nothing_is_alike():
    assert nearest("revenu", SPECS) == "revenue"
    assert nearest("zzzz", SPECS) is None
    assert nearest("", SPECS) is None
