"""`check` on a small corpus that is right, and on the same corpus broken in one place: file, line, what was found, what is right."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from navigator.errors import InputError
from navigator.matching.check import CheckReport, check
from navigator.settings import settings

DAY = date(2026, 11, 23)

CITY = """\
name: 某市
full_name: 某某市
product: 某策通
plan_document: plan
plan_banner: 这是草案。
phones:
  - {name: 热线, number: "12345", for_what: 求助}
"""

FACTS = """\
checkup: [employees]
intent:
  question: 打算做什么？
  none_of_these: 都没有
  facts: [plans_loan]
facts:
  - {name: employees, label: 从业人数, type: count, unit: 人, group: 规模, question: 多少人？}
  - {name: revenue, label: 年收入, type: money, unit: 元, group: 规模, question: 多少钱？}
  - {name: industry, label: 行业, type: code, group: 身份, question: 哪一行？}
  - {name: plans_loan, label: 贷款, type: bool, group: 打算, question: 贷款吗？}
  - name: size_class
    label: 规模
    type: choice
    group: 规模
    question: 多大？
    values: [大, 小]
    derived:
      - {value: 大, when: employees > 100}
      - {value: 小, when: employees <= 100}
implications:
  - {when: employees = 0, then: {revenue: 0}, because: 没有人}
"""

MEASURE = """\
id: tax-one
name: 减税
level: 国家
domain: 税费减免
source: {document: 文号, title: 文件, issued: 2023-08-02}
in_force: {from: 2023-01-01, to: 2027-12-31}
verification: confirmed
review_by: 2027-06-30
delivery: 自行申报享受
summary: 一句话。
conditions:
  - text: 人不多
    when: employees <= 300
    cite: 第一条
  - {text: 做制造, when: in_industry('C'), cite: null}
benefit: {kind: 减税, text: 少交, estimate: revenue * 0.01, estimate_kind: exact, per: 年}
apply: {where: 税务局, windows: []}
replaces: [tax-old]
conflicts_with: []
commitments: [1]
reviewed:
  - {on: 2026-11-20, by: 第二人}
examples:
  - {name: 刚好, facts: {employees: 300, industry: C38, revenue: 1000}, expect: eligible, estimate: 10}
  - {name: 超一人, facts: {employees: 301}, expect: not_eligible}
  - {name: 不知道, facts: {industry: C}, expect: needs_info, missing: [employees]}
"""

OLD = """\
id: tax-old
name: 旧减税
level: 国家
domain: 税费减免
source: {title: 旧文件}
in_force: {from: 2020-01-01, to: 2022-12-31}
verification: partly
verification_note: 原文未读到。
delivery: 自行申报享受
summary: 一句话。
conditions: [{text: 小, when: size_class = '小', cite: null}]
benefit: {kind: 减税, text: 少交}
apply: {where: null, windows: null}
commitments: []
examples:
  - {name: 小, facts: {employees: 3}, expect: eligible}
  - {name: 大, facts: {employees: 101}, expect: not_eligible}
  - {name: 未知, facts: {}, expect: needs_info, missing: [employees]}
"""

PLATFORMS = """\
- id: sys-001
  name: 平台
  commitments: [1]
  what: 做事
  for_whom: 企业
  serve: build
  name_verbatim: true
- id: sys-002
  name: 另一个平台
  commitments: []
  what: 做事
  for_whom: null
  serve: track
  name_verbatim: false
"""

LEXICON = """\
- {say: 缺钱, means: [贷款], example: 厂里缺钱}
- {say: 差钱, means: [贷款], example: 不差客户差钱}
"""

INDUSTRIES = "code,name\nC,制造业\nC38,电气机械\n"
ALIASES = """\
standard: {title: 标准, document: GB/T 4754-2017, issued: 2017-06-30, links: [], note: 注}
aliases:
  C38: [做电机的]
"""


def commitment(number: int) -> str:
    linked = number == 1
    return f"""\
- number: {number}
  action: 行动
  title: 承诺{number}
  text: 第{number}项做到98%以上。
  summary: 一句话。
  concerns: {"employees > 3" if linked else "government"}
  why: 因为
  targets:
    - {{indicator: 率, comparator: ">=", value: 98, unit: "%", deadline: null, quote: 98%以上, kind: target}}
  measures: [{"tax-one" if linked else ""}]
  platforms: [{"sys-001" if linked else ""}]
"""


COMMITMENTS = "".join(map(commitment, range(1, 46)))
PLAN = """\
---
id: plan
title: 方案
kind: 规划方案
level: 荆门市
status: 征求意见稿
read_as: official
---
""" + "\n\n".join(f"{number}.第{number}项做到98%以上。" for number in range(1, 46))

FILES = {
    "city.yaml": CITY,
    "facts.yaml": FACTS,
    "measures/tax-one.yaml": MEASURE,
    "measures/tax-old.yaml": OLD,
    "commitments.yaml": COMMITMENTS,
    "platforms.yaml": PLATFORMS,
    "documents/plan.md": PLAN,
    "vocabulary/lexicon.yaml": LEXICON,
    "vocabulary/industries.csv": INDUSTRIES,
    "vocabulary/industry_aliases.yaml": ALIASES,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small corpus without a fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def broken(folder: Path, name: str, old: str, new: str) -> CheckReport:
    """The report after `old` was replaced, once, by `new` in one file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check(folder, DAY)


def line_of(folder: Path, name: str, part: str) -> int:
    """The 1-based line on which `part` begins."""
    text = (folder / name).read_text(encoding="utf-8")
    return text[: text.index(part)].count("\n") + 1


def is_one_chinese_sentence(fault: InputError) -> bool:
    sentence = str(fault)
    return sentence.isprintable() and bool(re.search("[一-鿿]", sentence)) and not re.search("[a-z]+ [a-z]+ [a-z]+", fault.found)


def test_a_right_corpus_has_no_fault_and_every_example_is_run(folder):
    report = check(folder, DAY)
    assert [str(fault) for fault in report.faults] == []
    assert (report.measures, report.examples) == (2, 6)


def test_on_is_a_word_and_not_a_yes(folder):
    report = broken(folder, "measures/tax-one.yaml", "{on: 2026-11-20, by: 第二人}", "on: 2026-11-20\n    by: no")
    assert report.faults == ()


AGAIN = "{name: revenue, label: 又一个, type: money, group: 规模, question: 问？}"
WRONG = [
    # links
    ("measures/tax-one.yaml", "replaces: [tax-old]", "replaces: [tax-gone]", "replaces", "tax-gone", "id"),
    ("measures/tax-one.yaml", "conflicts_with: []", "conflicts_with: [tax-one]", "conflicts_with", "自己", "别的"),
    ("measures/tax-one.yaml", "commitments: [1]", "commitments: [1, 46]", "commitments", "46", "1到45"),
    ("measures/tax-one.yaml", "commitments: [1]", "commitments: [1, 2]", "commitments", "tax-one", "互相链接"),
    ("commitments.yaml", "measures: [tax-one]", "measures: [tax-one, tax-gone]", "measures: [tax-one", "tax-gone", "id"),
    ("commitments.yaml", "platforms: [sys-001]", "platforms: [sys-001, sys-999]", "platforms: [sys-001", "sys-999", "id"),
    ("commitments.yaml", "platforms: []", "platforms: [sys-002]", "platforms: [sys-002]", "sys-002", "互相链接"),
    ("platforms.yaml", "commitments: []", "commitments: [46]", "commitments: [46]", "46", "1到45"),
    ("platforms.yaml", "id: sys-002", "id: sys-001", "id: sys-001\n  name: 另", "sys-001", "重复"),
    ("city.yaml", "plan_document: plan", "plan_document: gone", "plan_document", "gone", "documents/"),
    # predicates and examples
    ("measures/tax-one.yaml", "when: employees <= 300", "when: employes <= 300", "when: employes", "employes", "employees"),
    ("measures/tax-one.yaml", "when: employees <= 300", "when: employees ≤ 300", "when: employees", "≤", "<="),
    ("measures/tax-one.yaml", "when: employees <= 300", "when: 1 <= 300", "when: 1", "没有用到企业的任何事实", "给谁"),
    ("measures/tax-one.yaml", "in_industry('C')", "\"in_industry('C', 'C99')\"", "- {text: 做制造", "C99", "GB/T 4754"),
    ("measures/tax-one.yaml", "estimate: revenue * 0.01", "estimate: revenue / 100", "benefit", "除号", "没有除法"),
    ("measures/tax-one.yaml", "expect: not_eligible", "expect: eligible", "- {name: 超一人", "不符合", "例子写的是符合"),
    ("measures/tax-one.yaml", "estimate: 10}", "estimate: 11}", "- {name: 刚好", "10.0", "11"),
    ("measures/tax-one.yaml", "missing: [employees]", "missing: [revenue]", "- {name: 不知道", "employees", "revenue"),
    ("measures/tax-one.yaml", "facts: {employees: 301}", "facts: {employes: 301}", "- {name: 超一人", "employes", "employees"),
    ("measures/tax-one.yaml", "facts: {employees: 301}", "facts: {employees: 三百}", "- {name: 超一人", "三百", "数字"),
    ("measures/tax-old.yaml", "facts: {employees: 101}", "facts: {employees: 101, size_class: 小}", "- {name: 大", "小", "大"),
    ("commitments.yaml", "concerns: employees > 3", "concerns: everybody", "concerns: everybody", "everybody", "事实"),
    ("commitments.yaml", "concerns: employees > 3", "concerns: 1 < 2", "concerns: 1 < 2", "没有用到", "everyone"),
    # facts
    ("facts.yaml", "checkup: [employees]", "checkup: [staff]", "checkup", "staff", "facts"),
    ("facts.yaml", "facts: [plans_loan]", "facts: [employees]", "facts: [employees]", "employees", "是/否"),
    ("facts.yaml", "- {name: industry", f"- {AGAIN}\n  - {{name: industry", AGAIN, "revenue", "一次"),
    ("facts.yaml", "when: employees > 100", "when: staff > 100", "- {value: 大", "staff", "事实"),
    ("facts.yaml", "value: 大", "value: 巨", "- {value: 巨", "巨", "大、小"),
    ("facts.yaml", "when: employees = 0", "when: employees == 0", "- {when: employees", "==", "="),
    ("facts.yaml", "then: {revenue: 0}", "then: {revenue: 零}", "- {when: employees", "零", "数字"),
    ("facts.yaml", "when: employees <= 100", "when: size_class = '大'", "facts:\n  - {name: employees", "绕回", "别的事实"),
    ("facts.yaml", "values: [大, 小]", "values: []", "- name: size_class", "values", ""),
    # quotes
    ("commitments.yaml", "quote: 98%以上", "quote: 99%以上", "quote: 99%", "99%以上", "照抄"),
    ("commitments.yaml", "text: 第7项做到98%以上。", "text: 第7项做到98%以上了。", "text: 第7项", "原文", "照录"),
    # shape
    ("measures/tax-one.yaml", "summary: 一句话。\n", "", "id: tax-one", "缺少", "补上"),
    ("measures/tax-one.yaml", "summary: 一句话。", "sumary: 一句话。", "sumary", "没有这个键", "拼写"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: 一句话。\nsummary: 两句话。", "summary: 两", "“summary”写了两次", "一次"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: ''", "summary", "空", "填写"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: 2026", "summary", "2026", "文字"),
    ("measures/tax-one.yaml", "level: 国家", "level: 中国", "level", "中国", "国家、湖北省、荆门市"),
    ("measures/tax-one.yaml", "from: 2023-01-01", "from: 2023-02-30", "in_force", "2023-02-30", "2026-01-31"),
    ("measures/tax-one.yaml", "from: 2023-01-01", "from: 2023/1/1", "in_force", "2023/1/1", "2026-01-31"),
    ("measures/tax-one.yaml", "from: 2023-01-01", "from: 2023-01-01 10:00:00", "in_force", "2023-01-01", "2026-01-31"),
    ("measures/tax-one.yaml", "from: 2023-01-01", "from: 2028-01-01", "in_force", "2028-01-01 晚于", "不晚于"),
    ("measures/tax-one.yaml", "windows: []", "windows: [{from: 2026-02-01, to: 2026-01-01}]", "apply", "2026-02-01 晚于", "不晚于"),
    ("measures/tax-one.yaml", "windows: []", "windows: always", "apply", "always", "列表"),
    ("measures/tax-one.yaml", "windows: []", "promised_days: 五", "apply", "五", "整数"),
    ("measures/tax-one.yaml", "estimate_kind: exact, ", "", "benefit", "estimate_kind", "都写"),
    ("measures/tax-one.yaml", "source: {document: 文号, title: 文件, issued: 2023-08-02}", "source: 文件", "source", "文件", "键: 值"),
    ("measures/tax-old.yaml", "verification_note: 原文未读到。\n", "", "id: tax-old", "verification_note", "核实"),
    ("measures/tax-old.yaml", "conditions: [{text: 小, when: size_class = '小', cite: null}]", "conditions: []", "conditions", "太少", "1 项"),
    ("measures/tax-old.yaml", "- {name: 未知, facts: {}, expect: needs_info, missing: [employees]}", "", "examples", "太少", "3 项"),
    ("platforms.yaml", "id: sys-002", "id: system-2", "id: system-2", "system-2", "sys-"),
    ("commitments.yaml", "value: 98,", "value: 很多,", "- {indicator", "很多", "数字"),
    ("vocabulary/lexicon.yaml", "say: 差钱, ", "", "- {means", "缺少", "补上"),
    ("vocabulary/lexicon.yaml", "say: 差钱", "say: 缺钱", "- {say: 缺钱, means: [贷款], example: 不", "缺钱", "合并"),
    ("vocabulary/lexicon.yaml", "example: 不差客户差钱}", "example: 不差客户差钱, weight: 3}", "- {say: 差钱", "3", "不大于 1"),
    ("vocabulary/industries.csv", "C38,电气机械", "c38,电气机械", "c38", "c38", "C38"),
    # YAML itself
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: 一句话: 好", "summary", "YAML", "冒号"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: '一句话。", None, "YAML", "引号"),
    ("measures/tax-one.yaml", "summary: 一句话。", "\tsummary: 一句话。", "\tsummary", "YAML", "制表符"),
    ("measures/tax-one.yaml", "conflicts_with: []", "conflicts_with: [", None, "YAML", "括号"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: &x 一句话。\nnote: *x", None, "引用", "照写"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: *好", "summary", "YAML", "*"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: !!python/name:os.system x", "summary", "YAML", "标签"),
    ("measures/tax-one.yaml", "summary: 一句话。", "[summary]: 一句话。", "[summary]", "键", "一个词"),
    ("measures/tax-one.yaml", "summary: 一句话。", "<<: {summary: 一句话。}", "<<", "键", "一个词"),
    ("measures/tax-one.yaml", "summary: 一句话。", "summary: " + "9" * 5000, "summary", "9…", "数字"),
    ("commitments.yaml", "number: 45", "number: 四十五", "number: 四十五", "四十五", "整数"),
    ("commitments.yaml", "number: 45", "number: 44", "number: 44\n  action: 行动\n  title: 承诺45", "44", "重复"),
]


@pytest.mark.parametrize(("name", "old", "new", "where", "found", "right"), WRONG, ids=[f"{row[0]}-{row[2][:30]!r}" for row in WRONG])
def test_a_fault_names_file_line_found_and_right(folder, name, old, new, where, found, right):
    report = broken(folder, name, old, new)
    line = rf"{line_of(folder, name, where)}" if where else r"\d+"
    place = re.compile(rf"{re.escape(Path(name).name)}:{line}(?!\d)")
    assert report.faults
    assert all(is_one_chinese_sentence(fault) for fault in report.faults), [str(fault) for fault in report.faults]
    told = [f"{fault.found}|{fault.expected}" for fault in report.faults if place.match(fault.place)]
    assert any(found in sentence and right in sentence for sentence in told), [str(fault) for fault in report.faults]


def test_a_file_named_otherwise_than_its_id_is_told_and_the_rest_is_still_checked(folder):
    (folder / "measures" / "tax-one.yaml").rename(folder / "measures" / "tax-two.yaml")
    sentences = [str(fault) for fault in check(folder, DAY).faults]
    assert any(sentence.startswith("tax-two.yaml:1") and "tax-one" in sentence and "tax-two" in sentence for sentence in sentences)


def test_an_id_taken_by_another_file_is_told(folder):
    (folder / "measures" / "tax-two.yaml").write_text(MEASURE, encoding="utf-8")
    assert any(fault.place.startswith("tax-two.yaml:1") for fault in check(folder, DAY).faults)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "空"), (b"\xff\xfe\x00", "UTF-8"), (b"a: \x07", ""), (b"[" * 100_000, ""), (b"just words", ""), (b"- 1\n- [2", ""), (b"{}", "")],
    ids=["empty", "binary", "control", "deep", "words", "unclosed", "no keys"],
)
def test_a_file_that_is_something_else_is_told_and_nothing_is_raised(folder, name, content, expected):
    (folder / name).write_bytes(content)
    faults = check(folder, DAY).faults
    assert faults
    assert all(str(fault).isprintable() for fault in faults)
    own = [fault for fault in faults if fault.place.startswith(Path(name).name) or name in fault.place]
    assert own, [str(fault) for fault in faults]
    if name.endswith(".yaml"):
        assert any(expected in str(fault) for fault in own), [str(fault) for fault in own]


@pytest.mark.parametrize("name", ["city.yaml", "facts.yaml", "commitments.yaml", "platforms.yaml", "documents/plan.md"])
def test_a_file_that_is_missing_is_told(folder, name):
    (folder / name).unlink()
    assert check(folder, DAY).faults


def test_a_file_saved_with_a_byte_order_mark_is_read(folder):
    (folder / "measures" / "tax-one.yaml").write_text("\ufeff" + MEASURE, encoding="utf-8")
    assert check(folder, DAY).faults == ()


def test_a_bad_commitment_does_not_shift_the_lines_of_those_after_it(folder):
    broken(folder, "commitments.yaml", "  title: 承诺2\n", "")
    report = broken(folder, "commitments.yaml", "text: 第9项做到98%以上。", "text: 第9项。")
    wrong = line_of(folder, "commitments.yaml", "text: 第9项。")
    assert f"commitments.yaml:{wrong}" in {fault.place for fault in report.faults}


def test_every_fault_of_a_file_is_told_at_once(folder):
    broken(folder, "measures/tax-one.yaml", "level: 国家", "level: 中国")
    broken(folder, "measures/tax-one.yaml", "delivery: 自行申报享受", "delivery: 别的")
    report = broken(folder, "commitments.yaml", "concerns: employees > 3", "concerns: employes > 3")
    assert len(report.faults) >= 3


def test_a_wrong_example_says_which_conditions_are_not_met(folder):
    report = broken(folder, "measures/tax-one.yaml", "facts: {employees: 300, industry: C38, revenue: 1000}", "facts: {employees: 301, industry: C}")
    (fault, *_) = report.faults
    assert "人不多=不满足" in fault.found
    assert "做制造" not in fault.found


def test_warnings_do_not_count_as_faults(folder):
    report = broken(folder, "measures/tax-one.yaml", "review_by: 2027-06-30", "review_by: 2026-11-22")
    assert report.faults == ()
    told = {warning.place: warning.found for warning in report.warnings}
    assert "2026-11-22" in told[f"tax-one.yaml:{line_of(folder, 'measures/tax-one.yaml', 'review_by')}"]
    assert "条文" in told[f"tax-old.yaml:{line_of(folder, 'measures/tax-old.yaml', 'conditions')}"]
    assert broken(folder, "measures/tax-one.yaml", "review_by: 2026-11-22", "review_by: 2026-11-23").warnings[0].found == report.warnings[0].found


def test_the_real_corpus_is_right(as_of):
    report = check(settings().corpus, as_of)
    assert [str(fault) for fault in report.faults] == []
    assert report.examples > report.measures * 3
