"""Reading a profile, and completing it: implications, derived facts, contradictions, and size classes by 国统字〔2017〕213号."""

from __future__ import annotations

import math
import string
from datetime import date, datetime
from functools import cache
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactsFile
from navigator.errors import InputError
from navigator.matching.facts import USCC_CHARACTERS, FactBook, is_uscc, uscc_check_digit
from navigator.settings import settings
from tests.matching.worlds import SPECS, VALUES, amounts, counts, profiles

WAN = 10_000
CLASSES = ("大型", "中型", "小型", "微型")


def fault_of(book: FactBook, name: str, raw: object) -> str:
    with pytest.raises(InputError) as caught:
        book.read_profile({name: raw})
    assert str(caught.value).isprintable()
    return str(caught.value)


def book_of(*facts: dict[str, Any], implications: tuple[dict[str, Any], ...] = ()) -> FactBook:
    """A fact book of these facts (all with the same label and question)."""
    shared = {"label": "标签", "group": "组", "question": "问？"}
    return FactBook(
        FactsFile.model_validate(
            {
                "facts": [shared | fact for fact in facts],
                "implications": [{"because": "原因"} | one for one in implications],
                "intent": {"question": "问？", "none_of_these": "没有", "facts": []},
                "checkup": [],
            }
        )
    )


# --- reading


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("employees", 12, 12.0),
        ("employees", 12.0, 12.0),
        ("employees", 0, 0.0),
        ("revenue", 1234567.89, 1234567.89),
        ("taxable_income", -50000, -50000.0),
        ("layoff_rate", 0, 0.0),
        ("layoff_rate", 100, 100.0),
        ("layoff_rate", 5.5, 5.5),
        ("above_scale", False, False),
        ("entity_type", "企业", "企业"),
        ("industry", "C3841", "C3841"),
        ("industry", "C", "C"),
        ("region_code", "420881", "420881"),
        ("region_code", 420881, "420881"),
        ("established_on", "2019-05-10", date(2019, 5, 10)),
        ("established_on", date(2019, 5, 10), date(2019, 5, 10)),
        ("established_on", datetime(2019, 5, 10, 23, 59), date(2019, 5, 10)),
        ("name", "  荆门某某公司 ", "荆门某某公司"),
        ("name", 360, "360"),
    ],
)
def test_a_good_value_is_read(book, name, raw, value):
    read = book.read_profile({name: raw})
    assert read == {name: value}
    assert type(read[name]) is type(value)


@pytest.mark.parametrize("raw", [None, "", "  ", math.nan, math.inf, -math.inf, 10**400])
def test_nothing_nan_and_infinities_are_unknown(book, raw):
    assert book.read_profile({"employees": raw, "revenue": raw}) == {}


@pytest.mark.parametrize("name", ["name", "entity_type", "industry", "established_on", "above_scale"])
def test_a_blank_is_unknown_whatever_the_type(book, name):
    assert book.read_profile({name: " "}) == {}


@pytest.mark.parametrize(
    ("name", "raw", "found", "right"),
    [
        ("employees", True, "true", "数字(单位:人)"),
        ("employees", "12", "“12”", "数字"),
        ("employees", 12.5, "12.5", "整数"),
        ("employees", -1, "-1", "负数"),
        ("employees", [12], "一组值", "数字"),
        ("revenue", -0.01, "-0.01", "负数"),
        ("revenue", "120万", "“120万”", "数字(单位:元)"),
        ("taxable_income", -(10**13), "-10000000000000", "不能小于-1,000,000,000,000"),
        ("layoff_rate", 100.01, "100.01", "0到100"),
        ("layoff_rate", -1, "-1", "0到100"),
        ("above_scale", 1, "1", "true 或 false"),
        ("above_scale", "是", "“是”", "true 或 false"),
        ("entity_type", "公司", "“公司”", "企业、个体工商户、农民专业合作社、社会组织"),
        ("entity_type", "个体户", "“个体户”", "“个体工商户”"),
        ("entity_type", True, "true", "企业"),
        ("entity_type", ["企业"], "一组值", "企业"),
        ("tax_credit_rating", "a", "“a”", "A、B、M、C、D"),
        ("industry", "c38", "“c38”", "大写字母"),
        ("industry", "C38412", "“C38412”", "C3841"),
        ("industry", "C３８", "“C３８”", "C3841"),
        ("industry", 3841, "3841", "C3841"),
        ("region_code", "4", "“4”", "2到6位"),
        ("region_code", "４２", "“４２”", "2到6位"),
        ("region_code", True, "true", "2到6位"),
        ("established_on", "2019-02-29", "“2019-02-29”", "2019-05-10"),
        ("established_on", "2019/5/10", "“2019/5/10”", "2019-05-10"),
        ("established_on", "20190510", "“20190510”", "2019-05-10"),
        ("established_on", "2019-W19-5", "“2019-W19-5”", "2019-05-10"),
        ("established_on", 2019, "2019", "2019-05-10"),
        ("name", ["甲", "乙"], "一组值", "文字"),
        ("uscc", "91420800MA4H2YGJ0N", "“91420800MA4H2YGJ0N”", "校验码"),
        ("uscc", 10**30, "一个很大的数字", "文字"),
    ],
)
def test_a_bad_value_is_told_with_its_name_and_label(book, name, raw, found, right):
    sentence = fault_of(book, name, raw)
    assert f"{name}({SPECS[name].label})" in sentence
    assert f"写的是 {found}" in sentence
    assert right in sentence.split(found, 1)[1], sentence


@pytest.mark.parametrize(
    ("name", "hint"), [("employes", "employees(从业人数)"), ("从业人数", "facts.yaml"), ("", "facts.yaml"), (7, "facts.yaml")]
)
def test_an_unknown_name_is_told_with_the_nearest_one(book, name, hint):
    with pytest.raises(InputError) as caught:
        book.read_profile({name: 1}, "甲.yaml")
    assert caught.value.place == "甲.yaml"
    assert str(name) in caught.value.found
    assert hint in caught.value.expected


@pytest.mark.parametrize("data", [None, [], "employees: 3", 3])
def test_a_profile_that_is_no_mapping_is_told(book, data):
    with pytest.raises(InputError, match="事实: 值"):
        book.read_profile(data)


anything = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), st.lists(st.text(), max_size=2))


@given(st.dictionaries(st.sampled_from(sorted(SPECS)), anything))
def test_any_profile_is_read_or_refused_in_one_sentence(book, data):
    try:
        read = book.read_profile(data)
    except InputError as fault:
        assert str(fault).isprintable()
    else:
        assert book.read_profile(read) == read


# --- 统一社会信用代码


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",  # the example of GB 32100-2015
        "914403001922038216",  # 华为技术有限公司
        "9144030071526726XG",  # 深圳市腾讯计算机系统有限公司
        "9152000071430580XT",  # 贵州茅台酒股份有限公司
        "91440300192317458F",  # 比亚迪股份有限公司
        "91110000710925462X",  # 中国石油天然气股份有限公司
        "91350900587527783P",  # 宁德时代新能源科技股份有限公司
    ],
)
def test_codes_of_well_known_companies_are_right_and_one_wrong_sign_makes_them_wrong(code):
    assert is_uscc(code)
    for position in range(18):
        other = USCC_CHARACTERS[(USCC_CHARACTERS.index(code[position]) + 1) % 31]
        assert not is_uscc(code[:position] + other + code[position + 1 :])


@given(st.text(alphabet=USCC_CHARACTERS, min_size=17, max_size=17))
def test_exactly_one_check_character_is_right(first17):
    right = [character for character in USCC_CHARACTERS if is_uscc(first17 + character)]
    assert right == [uscc_check_digit(first17)]


@given(st.text(alphabet=USCC_CHARACTERS, min_size=17, max_size=17), st.integers(0, 16))
def test_two_neighbours_exchanged_are_noticed(first17, position):
    code = first17 + uscc_check_digit(first17)
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert is_uscc(swapped) == (swapped == code)


@pytest.mark.parametrize("code", ["", "9144030019220382", "91440300192203821I", "914403001922038216 ", "９14403001922038216"])
def test_a_code_of_the_wrong_length_or_alphabet_is_wrong(code):
    assert not is_uscc(code)


@given(st.text(alphabet=string.printable, max_size=20))
def test_any_text_is_judged_as_a_code(text):
    assert is_uscc(text) in (True, False)


# --- completing


@pytest.mark.parametrize(
    ("region", "code", "inside"),
    [
        ("东宝区", "420802", True),
        ("掇刀区", "420804", True),
        ("钟祥市", "420881", True),
        ("京山市", "420882", True),
        ("沙洋县", "420822", True),
        ("屈家岭管理区", "4208", True),
        ("漳河新区", "4208", True),
        ("荆门高新区", "4208", True),
        ("荆门市外", None, False),
    ],
)
def test_a_region_implies_its_code_and_whether_it_is_in_the_city(book, region, code, inside):
    completed = book.complete({"region": region})
    assert completed.values.get("region_code") == code
    assert completed.values["in_jingmen"] is inside
    assert completed.given == {"region"}
    assert set(completed.origin) == set(completed.values) - {"region"}


def test_a_self_employed_person_has_none_of_the_titles_of_companies(book):
    completed = book.complete({"entity_type": "个体工商户"})
    for name in ("is_high_tech_enterprise", "is_tech_sme", "is_single_champion", "is_small_low_profit"):
        assert completed.values[name] is False
    assert completed.values["specialised_status"] == "无"
    assert "个体工商户" in completed.origin["is_high_tech_enterprise"]


def test_a_given_value_wins_and_the_contradiction_is_told(book):
    completed = book.complete({"entity_type": "个体工商户", "is_high_tech_enterprise": True})
    assert completed.values["is_high_tech_enterprise"] is True
    (clash,) = completed.contradictions
    assert (clash.fact, clash.given, clash.concluded) == ("is_high_tech_enterprise", True, False)
    assert "个体工商户" in clash.because
    assert "is_high_tech_enterprise" not in completed.origin


def test_a_given_size_wins_over_the_derived_one(book):
    completed = book.complete({"industry": "C38", "employees": 12.0, "size_class": "大型"})
    assert completed.values["size_class"] == "大型"
    assert [(clash.fact, clash.given, clash.concluded) for clash in completed.contradictions] == [("size_class", "大型", "微型")]


def test_a_given_value_that_agrees_is_no_contradiction(book):
    facts = {"region": "钟祥市", "region_code": "420881", "in_jingmen": True, "industry": "C38", "employees": 12.0, "size_class": "微型"}
    completed = book.complete(facts)
    assert completed.contradictions == ()
    assert set(completed.given) == set(facts)


@pytest.mark.parametrize(("given_code", "clashes"), [("42", False), ("4208", False), ("420881", False), ("420802", True), ("11", True)])
def test_a_coarse_given_code_is_made_finer_and_a_different_one_is_told(book, given_code, clashes):
    completed = book.complete({"region": "钟祥市", "region_code": given_code})
    assert bool(completed.contradictions) is clashes
    assert completed.values["region_code"] == (given_code if clashes else "420881")
    assert book.complete({"region": "漳河新区", "region_code": "420804"}).values["region_code"] == "420804"


def test_two_conclusions_that_disagree_are_told(book):
    completed = book.complete({"region": "荆门市外", "region_code": "420881"})
    assert "in_jingmen" in {clash.fact for clash in completed.contradictions}


def test_no_employees_means_nobody_insured_or_hired(book):
    values = book.complete({"employees": 0.0}).values
    assert values["insured_employees"] == values["disabled_employees"] == 0.0


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf])
def test_an_unknown_given_value_gives_way_to_a_conclusion(book, nothing):
    completed = book.complete({"region": "钟祥市", "region_code": None, "employees": nothing, "revenue": nothing})
    assert completed.values["region_code"] == "420881"
    assert completed.given == {"region"}


@given(profiles(("employees", "revenue", "total_assets", "taxable_income", "entity_type", "restricted_industry", "industry", "region_code")))
def test_completing_keeps_what_was_given_and_completing_again_changes_nothing(book, facts):
    completed = book.complete(facts)
    for name, value in facts.items():
        assert completed.values[name] == value or completed.values[name].startswith(value)
    again = book.complete(completed.values)
    assert again.values == completed.values
    assert not again.origin


@given(profiles(), profiles())
def test_a_changed_enterprise_is_the_one_completed_anew(book, facts, new):
    completed = book.complete(facts)
    anew = book.complete({**{name: completed.values[name] for name in completed.given}, **new})
    changed = book.changed(completed, new)
    assert (changed.values, changed.given, changed.origin) == (anew.values, anew.given, anew.origin)
    assert set(changed.contradictions) == set(anew.contradictions)


def test_conclusions_follow_from_conclusions_in_whatever_order_they_stand():
    flags = [{"name": name, "type": "bool"} for name in "abcd"]
    rules = ({"when": "c", "then": {"d": True}}, {"when": "b", "then": {"c": True}}, {"when": "a", "then": {"b": True}})
    assert book_of(*flags, implications=rules).complete({"a": True}).values == dict.fromkeys("abcd", True)
    clash = book_of(*flags, implications=rules).complete({"a": True, "d": False})
    assert [(one.fact, one.given, one.concluded) for one in clash.contradictions] == [("d", False, True)]


def test_what_follows_from_a_fact_is_known_also_through_others(book):
    assert {"region_code", "in_jingmen"} <= book.concluded_from("region")
    assert "size_class" in book.concluded_from("revenue")
    assert book.concluded_from("plans_loan") == frozenset()


@pytest.mark.parametrize(
    ("facts", "rules", "found"),
    [
        ([{"name": "a", "type": "bool", "derived": [{"value": True, "when": "b"}]}], (), "没有叫 b 的事实"),
        ([{"name": "a", "type": "bool"}], ({"when": "a", "then": {"b": True}},), "没有叫 b 的事实"),
        ([{"name": "a", "type": "bool"}], ({"when": "a", "then": {"a": "是"}},), "写的是 “是”"),
        ([{"name": "a", "type": "bool"}], ({"when": "1 < 2", "then": {"a": True}},), "没有用到企业的任何事实"),
        ([{"name": "a", "type": "text"}, {"name": "b", "type": "bool"}], ({"when": "b", "then": {"a": ""}},), "是空的"),
        (
            [{"name": one, "type": "bool", "derived": [{"value": True, "when": other}]} for one, other in ("ab", "bc", "ca")],
            (),
            "绕回了自己",
        ),
    ],
)
def test_a_wrong_conclusion_is_refused_when_the_book_is_made(facts, rules, found):
    with pytest.raises(InputError) as caught:
        book_of(*facts, implications=rules)
    assert "facts.yaml" in caught.value.place
    assert found in caught.value.found


# --- size classes


@cache
def size_groups() -> list[dict[str, Any]]:
    return yaml.safe_load((settings().corpus / "vocabulary" / "size_thresholds.yaml").read_text(encoding="utf-8"))["groups"]


@cache
def bounds_of(code: str) -> dict[str, dict[str, int]] | None:
    """The lower bounds of the group a fine code belongs to; None outside the method's scope."""
    return next((group["bounds"] for group in size_groups() if code.startswith(tuple(group["codes"]))), None)


def size_by(bounds: dict[str, dict[str, int]] | None, facts: dict[str, float]) -> str | None:
    """The method itself: every lower bound of a class is met, otherwise one class down."""
    if bounds is None:
        return None
    for size in CLASSES[:3]:
        if all(facts[fact] >= bound[size] for fact, bound in bounds.items()):
            return size
    return "微型"


@cache
def fine_codes() -> tuple[str, ...]:
    return tuple(code for code in load_industries().codes() if len(code) == 5)


def size_of(book: FactBook, facts: dict[str, Any]) -> str | None:
    completed = book.complete(facts)
    assert not completed.contradictions
    return completed.values.get("size_class")


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({"industry": "C38", "employees": 12.0}, "微型"),
        ({"industry": "C", "employees": 19.0}, "微型"),
        ({"industry": "C", "employees": 20.0}, None),
        ({"industry": "C", "revenue": 300.0 * WAN - 1}, "微型"),
        ({"industry": "C", "employees": 20.0, "revenue": 300.0 * WAN}, "小型"),
        ({"industry": "C", "employees": 299.0, "revenue": 50000.0 * WAN}, "小型"),
        ({"industry": "C", "employees": 300.0, "revenue": 2000.0 * WAN}, "中型"),
        ({"industry": "C", "employees": 999.0, "revenue": 40000.0 * WAN}, "中型"),
        ({"industry": "C", "employees": 1000.0, "revenue": 40000.0 * WAN}, "大型"),
        ({"industry": "A", "revenue": 50.0 * WAN}, "小型"),
        ({"industry": "A", "revenue": 20000.0 * WAN}, "大型"),
        ({"industry": "H62", "employees": 9.0}, "微型"),
        ({"industry": "O80", "employees": 100.0}, "中型"),
        ({"industry": "E47", "revenue": 80000.0 * WAN, "total_assets": 5000.0 * WAN}, "中型"),
        ({"industry": "F", "employees": 4.0}, "微型"),
        ({"industry": "F", "employees": 5.0}, None),
        ({"industry": "F", "employees": 5.0, "revenue": 100.0 * WAN - 1}, "微型"),
        ({"industry": "F51", "employees": 4.0}, "微型"),
        ({"industry": "P83", "employees": 4.0, "revenue": 1.0, "total_assets": 1.0}, None),
        ({"industry": "J66", "employees": 4.0, "revenue": 1.0, "total_assets": 1.0}, None),
        ({"employees": 4.0, "revenue": 1.0, "total_assets": 1.0}, None),
    ],
)
def test_the_size_is_known_as_soon_as_it_is_forced(book, facts, size):
    assert size_of(book, facts) == size


scale = st.fixed_dictionaries({"employees": counts, "revenue": amounts, "total_assets": amounts})
edges = {
    fact: sorted({bound[size] + step for group in size_groups() for bound in [group["bounds"].get(fact, {})] for size in bound for step in (-1, 0)})
    for fact in ("employees", "revenue", "total_assets")
}
edge_scale = st.fixed_dictionaries({fact: st.sampled_from(values).map(float) for fact, values in edges.items()})


@given(st.sampled_from(fine_codes()), st.one_of(scale, edge_scale))
def test_with_everything_known_the_size_is_the_published_one(book, code, facts):
    assert size_of(book, facts | {"industry": code}) == size_by(bounds_of(code), facts)


@given(st.sampled_from(fine_codes()), edge_scale, st.integers(1, 5), st.sets(st.sampled_from(["employees", "revenue", "total_assets"])))
def test_a_size_known_early_is_the_one_that_all_facts_give_later(book, code, facts, length, hidden):
    length = {2: 1}.get(length, length)
    early = size_of(book, {"industry": code[:length]} | {name: value for name, value in facts.items() if name not in hidden})
    assert early in (None, size_by(bounds_of(code), facts))


def mixed_codes() -> list[str]:
    """Coarse codes whose classes belong to several groups, or only in part to any."""
    found = []
    for code in load_industries().codes():
        bounds = [str(bounds_of(fine)) for fine in fine_codes() if fine.startswith(code)]
        if len(set(bounds)) > 1:
            found.append(code)
    return found


@pytest.mark.parametrize("code", [*(group["codes"][0] for group in size_groups()), *mixed_codes()])
def test_the_size_is_known_wherever_it_is_forced(book, code):
    every_bounds = [bounds_of(fine) for fine in fine_codes() if fine.startswith(code)]
    own: dict[str, set[int]] = {}
    for bounds in every_bounds:
        for fact, bound in (bounds or {}).items():
            own.setdefault(fact, {0}).update(bound[size] + step for size in bound for step in (-1, 0))
    distinct = {str(bounds): bounds for bounds in every_bounds}.values()
    for known in product(*([None, *sorted(values)] for values in own.values())):
        facts = {fact: float(value) for fact, value in zip(own, known, strict=True) if value is not None}
        ways = product(*([value] if value is not None else own[fact] for fact, value in zip(own, known, strict=True)))
        possible = {size_by(bounds, dict(zip(own, way, strict=True))) for way in ways for bounds in distinct}
        forced = possible.pop() if len(possible) == 1 else None
        assert book.complete(facts | {"industry": code}).values.get("size_class") == forced, facts


@given(profiles(("employees", "revenue", "total_assets")), st.sampled_from([None, *load_industries().codes()]))
def test_no_enterprise_is_of_two_sizes(book, facts, industry):
    facts = facts | ({"industry": industry} if industry else {})
    values = book.complete(facts).values
    sizes = [one.value for one in book.derived if one.fact == "size_class" and one.test(values, date(2026, 1, 1)) is True]
    assert len(sizes) <= 1


def test_the_random_facts_of_these_tests_are_valid(book):
    assert set(VALUES) <= set(book.specs)
