from collections import Counter
from pathlib import Path

import pytest
import yaml

from navigator.corpus.industries import Industries, load_industries
from navigator.errors import InputError
from navigator.settings import settings

# Divisions, groups and classes of each section as the standard was published in 2017.
PUBLISHED = """
A 5 24 72 | B 7 19 39 | C 31 179 609 | D 3 9 18 | E 4 18 44 | F 2 18 128 | G 8 27 67 | H 2 10 16 | I 3 17 34 | J 4 26 48
K 1 5 5 | L 2 12 58 | M 3 19 48 | N 4 18 33 | O 3 16 32 | P 1 6 17 | Q 2 6 30 | R 5 27 48 | S 6 16 34 | T 1 1 1
"""


@pytest.fixture(scope="module")
def industries() -> Industries:
    return load_industries()


def descendants(industries: Industries, code: str) -> list[str]:
    return [below for child in industries.children(code) for below in (child, *descendants(industries, child))]


def test_the_table_holds_as_many_divisions_groups_and_classes_as_were_published(industries):
    expected = {
        row.split()[0]: tuple(map(int, row.split()[1:])) for row in PUBLISHED.replace("\n", "|").split("|") if row
    }
    counted = {}
    for section in industries.children():
        lengths = Counter(map(len, descendants(industries, section)))
        counted[section] = (lengths[3], lengths[4], lengths[5])
    assert counted == expected
    assert tuple(map(sum, zip(*counted.values(), strict=True))) == (97, 473, 1381)
    assert len(industries) == 20 + 97 + 473 + 1381


def test_every_group_has_a_class_and_names_carry_no_stray_characters(industries):
    for section in industries.children():
        for code in descendants(industries, section):
            assert len(code) == 5 or industries.children(code), code
            assert not set(industries.name(code)) & set(" \t?　()*"), code


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("A0111", "稻谷种植"),
        ("C15", "酒、饮料和精制茶制造业"),
        ("C339", "铸造及其他金属制品制造"),
        ("C3841", "锂离子电池制造"),
        ("G59", "装卸搬运和仓储业"),
        ("K7040", "房地产租赁经营"),
        ("M75", "科技推广和应用服务业"),
        ("Q84", "卫生"),
        ("Q85", "社会工作"),
        ("T97", "国际组织"),
    ],
)
def test_names_are_those_of_the_standard(industries, code, name):
    assert industries.name(code) == name


def test_a_path_runs_from_the_section_down(industries):
    assert industries.path("C3841") == ("制造业", "电气机械和器材制造业", "电池制造", "锂离子电池制造")
    assert industries.path("H") == ("住宿和餐饮业",)


def test_children_are_one_level_below_and_in_order(industries):
    assert industries.children("H62") == ("H621", "H622", "H623", "H624", "H629")
    assert industries.children("C384") == ("C3841", "C3842", "C3843", "C3844", "C3849")
    assert industries.children("C3841") == ()
    assert "".join(industries.children()) == "ABCDEFGHIJKLMNOPQRST"


@pytest.mark.parametrize(
    ("given", "code"),
    [("3841", "C3841"), ("c3841", "C3841"), ("Ｃ 38", "C38"), ("38", "C38"), ("0111", "A0111"), ("q", "Q")],
)
def test_a_code_gets_its_section_letter(industries, given, code):
    assert industries.section_of(given) == code
    assert industries.exists(code)


@pytest.mark.parametrize("given", ["9999", "", "C9", "餐馆", "Z38", "C38410"])
def test_an_unknown_code_is_refused_in_one_sentence(industries, given):
    with pytest.raises(InputError, match=f"没有“{given}”.*C3841"):
        industries.section_of(given)
    assert not industries.exists(given)


def test_a_wrong_section_letter_is_named_with_the_right_one(industries):
    with pytest.raises(InputError, match="3841 属于 C 门类,写作 C3841"):
        industries.section_of("A3841")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("餐馆", "H6210"),
        ("面馆", "H62"),
        ("货运", "G543"),
        ("网店", "F5292"),
        ("理发", "O8040"),
        ("我是开五金店的", "F5281"),
        ("磷化工", "C26"),
        ("小龙虾养殖", "A0412"),
        ("卖化妆品", "F5234"),
        ("ktv", "R9011"),
        ("３８４１", "C3841"),
        ("锂离子电池制造", "C3841"),
        ("房地产中介公司", "K7030"),
    ],
)
def test_everyday_words_and_codes_find_the_industry_first(industries, words, first):
    assert industries.find(words)[0] == first


def test_words_that_may_mean_several_trades_find_all_of_them(industries):
    assert set(industries.find("劳务公司")) >= {"E", "L726"}
    assert {"F5291", "H6291"} <= set(industries.find("摆摊"))


@pytest.mark.parametrize("words", ["", "公司", "店", ",。", "xyz"])
def test_words_that_fit_every_trade_or_none_find_nothing(industries, words):
    assert industries.find(words) == []


def test_no_more_than_the_limit_is_found_and_a_group_does_not_stand_beside_its_only_class(industries):
    assert len(industries.find("制造", limit=3)) == 3
    assert "G602" not in industries.find("快递", limit=50)


def test_every_alias_finds_its_own_codes_first(industries):
    path = settings().corpus / "vocabulary" / "industry_aliases.yaml"
    aliases = yaml.safe_load(path.read_text(encoding="utf-8"))["aliases"]
    owners: dict[str, set[str]] = {}
    for code, words in aliases.items():
        assert len(words) == len(set(words)), code
        for word in words:
            owners.setdefault(word, set()).add(code)
    assert len(owners) > 700
    for word, codes in owners.items():
        assert set(industries.find(word, limit=len(codes))) == codes, word


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我在钟祥开面馆,4个人", "H62"),
        ("餐饮公司,主要做火锅店", "H6210"),
        ("请问开餐馆有什么补贴", "H6210"),
        ("做建筑劳务公司", "E"),
        ("我养小龙虾", "A0412"),
    ],
)
def test_a_trade_that_a_text_names_is_taken_from_it(industries, text, code):
    assert industries.mentioned(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "今年有什么政策",
        "我开超市,旁边是网吧",
        "以前给餐馆送菜",
        "请律师打官司",
        "不再开餐馆了",
        "我做劳务公司",
        "卖水泥",
    ],
)
def test_no_trade_several_or_another_persons_is_none(industries, text):
    assert industries.mentioned(text) is None


def write_table(folder: Path, rows: str, aliases: str = "aliases: {}") -> Path:
    path = folder / "industries.csv"
    path.write_text("code,name\n" + rows, encoding="utf-8")
    standard = "standard: {title: 甲, document: 乙, issued: 2017-06-30, links: [], note: 丙}\n"
    path.with_name("industry_aliases.yaml").write_text(standard + aliases, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "aliases", "sentence"),
    [
        ("A,农业\nA,林业\n", "aliases: {}", r"industries\.csv:3.*A 写了两次"),
        ("A,农业\nA011,谷物\n", "aliases: {}", r"industries\.csv:3.*A011 前面没有 A01"),
        ("38,电气\n", "aliases: {}", r"industries\.csv:2.*“38,电气”不是一个行业"),
        ("", "aliases: {}", r"industries\.csv.*没有一个行业"),
        ("A,农业\n", "aliases:\n  B: [矿]", r"industry_aliases\.yaml:3.*没有行业代码 B"),
    ],
)
def test_a_faulty_table_is_named_by_file_and_line(tmp_path, rows, aliases, sentence):
    with pytest.raises(InputError, match=sentence):
        load_industries(write_table(tmp_path, rows, aliases))


def test_a_missing_table_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        load_industries(tmp_path / "industries.csv")
