"""Holds commitments.yaml and platforms.yaml to the words of the plan: texts, titles, figures and links, in plain YAML.

Whether a `concerns` predicate parses and a measure id exists is the business of the corpus check, not of this file.
"""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

CORPUS = Path(__file__).parents[2] / "policy_corpus"
PLAN_FILE = CORPUS / "documents" / "jingtianban-5plus3.md"

NUMBER = re.compile(r"\d+(?:\.\d+)?")
HEADING = re.compile(r"\([一二三四五六七八]\)实施(.+?行动)")
MEASURE_ID = re.compile(r"(?:nat|hb|jm|tax|fee|soc|fin|sci|ind)(?:-[a-z0-9]+)+")

ACTIONS = {
    "政策体系强基行动": range(1, 7),
    "信用荆门建设行动": range(7, 13),
    "市场化改革示范行动": range(13, 18),
    "法治化建设升级行动": range(18, 26),
    "跨境贸易便利提升行动": range(26, 30),
    "政务服务提升行动": range(30, 37),
    "金融服务保障行动": range(37, 42),
    "民营经济护航行动": range(42, 46),
}
COMPARATOR_WORDS = (
    (">=", re.compile(r"以上|不低于|不少于|达到|达\d|增加到|增长\d")),
    ("<=", re.compile(r"以内|以下|不超过|不得超过|缩短为|压缩至|\d(?:个工作日|个月|日)之?内")),
    (">", re.compile(r"超过|突破")),
)
IN_WORDS = {"清零": 0, "每两个月": 2}
"""Figures the plan writes without digits."""
NOT_THE_VALUE = {7: ["2024", "12"], 28: ["2"], 42: ["2024"]}
"""Digits inside a quote beside its value: the deadline's, and the upper end of 1-2."""
NO_FIGURES = {
    11: ["301"],
    26: ["2024"],
    27: ["2024"],
    34: ["2024", "2024"],
    36: ["2100"],
    38: ["2024"],
    39: ["1133"],
    43: ["4211"],
    44: ["321"],
}
"""Every other digit of the 45 texts: years and product names."""
MERGED_AWAY = {
    "hb-unemp-stable-2025",
    "nat-unemp-stable-raise-2025",
    "nat-unemp-rate-1pct",
    "nat-injury-floating",
    "nat-injury-phase-cut",
    "nat-social-defer-2025",
    "nat-social-subsidy-25",
    "hb-skill-subsidy-2025",
    "nat-expand-job-1500",
    "hb-internship-subsidy",
    "hb-stable-loan",
    "jm-hrss-policy-list-2025",
    "jm-hightech-draft-2025",
    "hb-grad-startup-2023",
}
"""Second entries of pairs: only the first id of a pair is in use."""


@pytest.fixture(scope="module")
def plan() -> str:
    lines = PLAN_FILE.read_text(encoding="utf-8").splitlines()
    return "".join(line.lstrip("#").strip() for line in lines)


@pytest.fixture(scope="module")
def commitments() -> list[dict]:
    return yaml.safe_load((CORPUS / "commitments.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def platforms() -> list[dict]:
    return yaml.safe_load((CORPUS / "platforms.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def targets(commitments) -> list[tuple[int, dict]]:
    return [(item["number"], target) for item in commitments for target in item["targets"]]


def item_of(commitment: dict) -> str:
    return f"{commitment['number']}.{commitment['title']}。{commitment['text']}"


def quoted_and_rest(commitment: dict) -> tuple[list[str], list[str]]:
    """The figures in digits that stand inside a quote, and those outside every quote, in reading order."""
    text = commitment["text"]
    inside = set()
    for target in commitment["targets"]:
        start = text.index(target["quote"])
        inside.update(range(start, start + len(target["quote"])))
    figures = [(match.start() in inside, match.group()) for match in NUMBER.finditer(text)]
    return [figure for quoted, figure in figures if quoted], [figure for quoted, figure in figures if not quoted]


def test_there_are_45_commitments_in_order(commitments):
    assert [item["number"] for item in commitments] == list(range(1, 46))


def test_title_and_text_stand_in_the_plan_word_for_word(commitments, plan):
    for item in commitments:
        assert plan.count(item_of(item)) == 1, item["number"]


def test_a_text_ends_only_where_the_next_item_or_part_begins(commitments, plan):
    for item in commitments:
        rest = plan[plan.index(item_of(item)) + len(item_of(item)) :]
        assert rest.startswith((f"{item['number'] + 1}.", "(", "三、")), item["number"]


def test_each_commitment_belongs_to_the_action_it_stands_under(commitments, plan):
    for item in commitments:
        above = HEADING.findall(plan[: plan.index(item_of(item))])
        assert item["action"] == above[-1]
        assert item["number"] in ACTIONS[item["action"]]


def test_a_title_is_not_repeated_in_the_text(commitments):
    for item in commitments:
        assert not item["text"].startswith(item["title"])


def test_each_commitment_has_a_summary_of_one_sentence_in_other_words(commitments, plan):
    for item in commitments:
        assert item["summary"].endswith("。"), item["number"]
        assert item["summary"].count("。") == 1, item["number"]
        assert item["summary"] not in plan, item["number"]


def test_government_homework_and_only_that_is_called_so(commitments):
    for item in commitments:
        assert item["concerns"].strip()
        assert (item["concerns"] == "government") == (item["why"] == "政府内部工作"), item["number"]
        assert item["concerns"] != "government" or "政府自己的功课" in item["summary"], item["number"]


def test_each_quote_stands_in_its_text_and_carries_the_value(commitments):
    for item in commitments:
        for target in item["targets"]:
            assert target["quote"] in item["text"], target["quote"]
            words = [value for word, value in IN_WORDS.items() if word in target["quote"]]
            figures = NUMBER.findall(target["quote"])
            assert words == [target["value"]] or f"{target['value']:g}" in figures, target["quote"]


def test_the_unit_follows_the_value_as_printed(targets):
    for number, target in targets:
        if not target["unit"] or target["quote"].startswith("每两个月"):
            continue
        printed = rf"(?<!\d){re.escape(format(target['value'], 'g'))}(?:-2)?{re.escape(target['unit'])}"
        assert re.search(printed, target["quote"]), (number, target["quote"])


def test_a_printed_figure_is_one_target(commitments):
    for item in commitments:
        quoted, _ = quoted_and_rest(item)
        spelled = sum(word in item["text"] for word in IN_WORDS)
        for figure in NOT_THE_VALUE.get(item["number"], []):
            quoted.remove(figure)
        assert len(quoted) + spelled == len(item["targets"]), item["number"]


def test_every_digit_outside_the_quotes_is_a_year_or_a_name(commitments):
    left_over = {item["number"]: quoted_and_rest(item)[1] for item in commitments}
    assert {number: figures for number, figures in left_over.items() if figures} == NO_FIGURES


def test_product_names_are_no_targets(targets):
    for number, target in targets:
        assert not {"301", "2100", "1133", "4211", "321"} & set(NUMBER.findall(target["quote"])), number


def test_the_comparator_follows_the_words_of_the_quote(targets):
    for number, target in targets:
        expected = next((sign for sign, words in COMPARATOR_WORDS if words.search(target["quote"])), "=")
        assert target["comparator"] == expected, (number, target["quote"])


def test_a_target_is_a_target_a_benefit_or_a_procedure(targets):
    assert {target["kind"] for _, target in targets} == {"target", "benefit", "procedure"}


def test_what_an_enterprise_gets_is_a_benefit(targets):
    assert {number for number, target in targets if target["kind"] == "benefit"} == {13, 36, 39, 42}


def test_a_deadline_is_the_end_of_2024_and_only_where_the_text_prints_the_year(commitments):
    for item in commitments:
        for target in item["targets"]:
            assert target["deadline"] in (None, date(2024, 12, 31))
            assert target["deadline"] is None or "2024年" in item["text"], item["number"]


def test_a_figure_under_a_printed_date_has_the_deadline(commitments):
    dated = {item["number"]: sum(t["deadline"] is not None for t in item["targets"]) for item in commitments}
    assert {number: count for number, count in dated.items() if count} == {7: 1, 26: 5, 27: 2, 34: 1, 38: 1, 42: 1}


def test_the_figure_printed_twice_stays_twice_and_says_so(commitments):
    costs = [target for target in commitments[25]["targets"] if "通关成本" in target["quote"]]
    assert [target["value"] for target in costs] == [10, 10]
    assert "note" not in costs[0]
    assert "两遍" in costs[1]["note"]


def test_a_value_that_is_not_plainly_printed_has_a_note(targets):
    for number, target in targets:
        if number == 28 or any(word in target["quote"] for word in IN_WORDS):
            assert target["note"], target["quote"]


def test_measure_ids_are_well_formed_and_never_a_second_entry(commitments):
    for item in commitments:
        assert len(set(item["measures"])) == len(item["measures"]), item["number"]
        assert not MERGED_AWAY & set(item["measures"]), item["number"]
        assert all(MEASURE_ID.fullmatch(name) for name in item["measures"]), item["number"]


def test_all_175_platforms_are_there_in_order(platforms):
    assert [item["id"] for item in platforms] == [f"sys-{number:03d}" for number in range(1, 176)]


def test_platforms_and_commitments_link_to_each_other_both_ways(commitments, platforms):
    for item in commitments:
        linking = [platform["id"] for platform in platforms if item["number"] in platform["commitments"]]
        assert item["platforms"] == linking, item["number"]
        assert linking, item["number"]
    assert {number for platform in platforms for number in platform["commitments"]} <= set(range(1, 46))


def test_a_platform_of_no_commitment_says_where_the_plan_names_it(platforms):
    for item in platforms:
        assert item["commitments"] or item["where"].startswith("保障措施"), item["id"]


def test_a_platform_name_marked_verbatim_stands_in_the_plan(platforms, plan):
    for item in platforms:
        assert item["name_verbatim"] == (item["name"] in plan), item["id"]


def test_each_platform_says_how_it_is_served(platforms):
    assert {item["serve"] for item in platforms} == {"build", "route", "track"}
