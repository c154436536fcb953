"""Published lists as offices publish them: which column is what, who stands in them, and one clear sentence where nothing can be read."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from navigator.auth import Actor
from navigator.delivery import recipients
from navigator.delivery.recipients import Recipient, list_hash, name_key, open_list, recipients_of, years_of
from navigator.errors import InputError
from tests.store.test_importing_columns import code

CITY = Actor("市局老张", "staff")


def opened(*rows, name="名单.csv", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return open_list(CITY, io.BytesIO(text.getvalue().encode(encoding)), name)


def read(*rows, **more):
    table = opened(*rows, **more)
    return recipients_of(table, table.columns)


def test_a_list_with_a_title_its_unit_and_totals_is_read():
    table = opened(
        ("2024年度稳岗返还企业名单公示", "", "", ""),
        ("单位：万元", "", "", ""),
        ("序号", "申报单位", "统一社会信用代码", "返还金额", "推荐单位"),
        ("1", "荆门某某食品有限公司", code(1), "1.25", "掇刀区人社局"),
        ("2", "京山某厂", "", "3,000", "京山市人社局"),
        ("", "合 计", "", "3001.25", ""),
        encoding="gb18030",
    )
    assert {role: table.headings[place] for role, place in table.columns.items()} == {
        "name": "申报单位", "code": "统一社会信用代码", "amount": "返还金额"
    }  # fmt: skip
    assert years_of(table, table.columns) == (2024,)
    assert recipients_of(table, table.columns) == (
        Recipient(4, "荆门某某食品有限公司", code(1), 12_500),
        Recipient(5, "京山某厂", "", 30_000_000),
        Recipient(6, "", "", 30_012_500),
    )


def test_a_workbook_with_only_names_below_an_odd_heading_is_read():
    book = Workbook()
    for row in (
        ["附件1"],
        ["入库对象", "备注"],
        ["荆门甲科技有限公司", None],
        ["乙农民专业合作社", "复审"],
        ["丙酒店", None],
    ):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    data.seek(0)
    table = open_list(CITY, data, r"C:\桌面\名单.xlsx")
    assert table.file == "名单.xlsx"
    found = recipients_of(table, table.columns)
    assert [one.name for one in found if one.name.endswith(("公司", "社", "酒店"))] == [
        "荆门甲科技有限公司",
        "乙农民专业合作社",
        "丙酒店",
    ]


def test_names_without_any_heading_are_read_from_the_first_line():
    assert [one.name for one in read(("甲食品有限公司",), ("乙机械厂",), ("丙商行",))] == [
        "甲食品有限公司",
        "乙机械厂",
        "丙商行",
    ]


def test_codes_are_known_by_their_content_whatever_the_heading():
    rows = [("号", "谁"), *((code(number), f"某{number}") for number in range(5))]
    assert opened(*rows).columns == {"code": 0}


def test_a_title_that_speaks_of_subsidies_is_no_heading():
    found = read(("稳岗返还企业公示",), ("企业名称",), ("甲有限公司",))
    assert [(one.line, one.name) for one in found] == [(3, "甲有限公司")]


def test_each_line_has_its_year_and_one_year_can_be_chosen():
    table = opened(
        ("年度", "企业名称"),
        ("2023年", "甲有限公司"),
        (2025, "乙有限公司"),
        ("2025年度第二批", "丙有限公司"),
        ("", "丁有限公司"),
    )
    assert years_of(table, table.columns) == (2025, 2023)
    assert [one.name for one in recipients_of(table, table.columns, 2025)] == ["乙有限公司", "丙有限公司"]
    with pytest.raises(InputError, match="没有一家企业"):
        recipients_of(table, table.columns, 2020)


def test_amounts_carry_their_own_unit_or_that_of_the_heading():
    rows = [
        ("企业名称", "补贴资金（元）"),
        ("甲有限公司", "1,200,000"),
        ("乙有限公司", "120万"),
        ("丙有限公司", "暂缓"),
        ("丁有限公司", "-"),
    ]
    assert [one.amount for one in read(*rows)] == [1_200_000, 1_200_000, None, None]


@pytest.mark.parametrize(
    "other",
    [
        "荆门市甲乙(集团)有限公司",
        "荆门市甲乙（集团）有限责任公司",
        "荆门市甲乙集团有限公司",
        " 荆门市甲乙【集团】有限公司",
        "荆门市甲乙·集团有限公司",
    ],
)
def test_one_name_written_differently_is_one_name(other):
    assert name_key(other) == name_key("荆门市甲乙（集团）有限公司")


def test_limited_and_stock_companies_and_branches_are_different_names():
    names = ("甲有限公司", "甲股份有限公司", "甲有限公司京山分公司", "甲厂")
    assert len({name_key(name) for name in names}) == 4


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(name):
    assert name_key(name_key(name)) == name_key(name)


def test_lists_have_one_hash_exactly_when_their_lines_are_the_same():
    one = (Recipient(2, "甲", ""), Recipient(3, "", code(1)))
    assert list_hash(one) == list_hash(read(("企业名称", "信用代码"), ("甲", ""), ("", code(1))))
    assert list_hash(one) != list_hash(one[::-1])
    assert list_hash(one) != list_hash((Recipient(2, "乙", ""), one[1]))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "是空的"),
        (b"\n\n", "里面没有内容"),
        ("项目,数量\n路灯,3\n桥,4\n".encode(), "没有找到企业名称或统一社会信用代码的列"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "旧式 .xls"),
        (b"PK\x03\x04 broken", "读不懂"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence_by_its_own_name(data, told):
    with pytest.raises(InputError, match=told) as fault:
        open_list(CITY, io.BytesIO(data), "公示.xlsx")
    assert str(fault.value).startswith("公示.xlsx:")
    assert "\n" not in str(fault.value)


def test_lists_beyond_the_limits_are_refused(monkeypatch):
    monkeypatch.setattr(recipients, "MOST_LINES", 20)
    with pytest.raises(InputError, match="超过 20 行"):
        read(("企业名称",), *((f"甲{number}有限公司",) for number in range(40)))
    monkeypatch.setattr(recipients, "LARGEST", 10)
    with pytest.raises(InputError, match="太大"):
        read(("企业名称",), ("甲有限公司",))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(recipients, "_UNPACKED", 1000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 5000)
    data.seek(0)
    with pytest.raises(InputError, match="解开以后太大"):
        open_list(CITY, data, "大.xlsx")


def test_columns_can_be_chosen_by_hand_and_without_any_it_is_told():
    table = opened(("企业名称", "法人单位"), ("甲店", "乙有限公司"))
    assert [one.name for one in recipients_of(table, {"name": 1})] == ["乙有限公司"]
    with pytest.raises(InputError, match="没有选哪一列"):
        recipients_of(table, {"amount": 0})
