"""Published lists of recipients (.csv .xlsx): which column is name, code, amount and year, and who stands in them.

A list is read whole, within limits, and kept nowhere. Who of them has a record is found out elsewhere (`backtest`).
"""

from __future__ import annotations

import hashlib
import math
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import IO, Any, Literal

from navigator.auth import Actor, need
from navigator.errors import InputError, shorten
from navigator.matching.amounts import parse_amount
from navigator.matching.cells import UNKNOWN_WORDS
from navigator.matching.facts import is_uscc
from navigator.matching.tables import table_lines
from navigator.store.importing_columns import UNITS, named, unit_for

LARGEST = 20_000_000
"""Bytes of one list."""
MOST_LINES = 50_000
_UNPACKED = 400_000_000
_HEADINGS_WITHIN, _SAMPLE, _COLUMNS = 10, 200, 100

Role = Literal["name", "code", "amount", "year"]
ROLES: dict[Role, str] = {"name": "名称", "code": "统一社会信用代码", "amount": "金额", "year": "年份"}

_WORDS: dict[Role, tuple[str, ...]] = {
    "code": ("信用代码", "纳税人识别号", "税号"),
    "name": (
        "企业名称",
        "单位名称",
        "公司名称",
        "主体名称",
        "申报单位",
        "申报企业",
        "获补单位",
        "受益企业",
        "享受单位",
        "名称",
    ),
    "amount": ("金额", "资金", "补贴额", "补助额", "奖补", "奖励", "返还", "贴息", "补助", "补贴"),
    "year": ("年度", "年份", "认定年", "享受年"),
}
_NO_NAME = ("项目名称", "产品名称", "设备名称", "平台名称", "推荐单位", "主管部门", "联系人", "政策名称", "资金名称")
_ORGANISATION = re.compile(
    r"(公司|集团|厂|店|铺|馆|行|社|部|院|所|场|站|中心|合作社|经营部|工作室|农场|学校|医院|协会|个体户|个体工商户|超市|酒店)$"
)
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "备注", "说明"))
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of a list: the name and code as they are written (empty where there is none), yuan, year."""

    line: int
    name: str
    code: str
    amount: float | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class ListTable:
    """A list as it was opened: headings, lines with their numbers, and for each role the place of its column, as proposed."""

    file: str
    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[Any, ...]], ...]
    columns: Mapping[Role, int]
    note: str


def open_list(actor: Actor | None, file: IO[bytes], name: str) -> ListTable:
    """Read a list. For staff; InputError where it is no table, too large, or names nobody."""
    need(actor, "staff")
    shown = shorten(PurePath(name.replace("\\", "/")).name or "名单", 150)
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(shown, "太大", f"最多 {LARGEST // 1_000_000} MB")
    if not data:
        raise InputError(shown, "是空的", "请选有内容的名单")
    return _table(shown, _lines(data, shown))


def recipients_of(table: ListTable, columns: Mapping[Role, int], year: int | None = None) -> tuple[Recipient, ...]:
    """Who stands in the list, by these columns; with `year` only lines of that year. Raises InputError where neither name nor code is told."""
    if "name" not in columns and "code" not in columns:
        raise InputError(table.file, "没有选哪一列是名称或信用代码", "至少选一列")
    factor = 1
    if "amount" in columns:
        factor = UNITS["money"].get(unit_for("money", table.headings[columns["amount"]], _unit_noted(table.note)), 1)
    found = tuple(_recipient(number, cells, columns, factor) for number, cells in table.lines)
    if year is not None:
        found = tuple(one for one in found if one.year == year)
    if not found:
        raise InputError(table.file, "里面没有一家企业", "选对名称一列，或者换一年")
    return found


def years_of(table: ListTable, columns: Mapping[Role, int]) -> tuple[int, ...]:
    """The years the list speaks of, latest first: of its column, else of what stands above it or of the file's name."""
    if "year" in columns:
        found = {one.year for one in recipients_of(table, {"name": 0, **columns}) if one.year}
    else:
        found = {int(year) for text in (table.note, table.file) for year in _YEAR.findall(text)}
    return tuple(sorted(found, reverse=True))


def name_key(name: str) -> str:
    """A name as it is compared: widths, cases, brackets and dots make no difference, nor do 有限责任公司 and 有限公司."""
    text = _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())
    return text.replace("有限责任公司", "有限公司")


def list_hash(recipients: Iterable[Recipient]) -> str:
    """The same for the same lines with the same names and codes."""
    digest = hashlib.sha256()
    for one in recipients:
        digest.update(f"{one.line}\t{one.code}\t{one.name}\n".encode())
    return digest.hexdigest()


def _lines(data: bytes, name: str) -> list[tuple[int, tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        _refuse_bomb(path, name)
        try:
            found = [
                (number, tuple(cells)) for number, cells in islice(table_lines(path), MOST_LINES + _HEADINGS_WITHIN)
            ]
        except InputError as fault:
            raise InputError(name, fault.found, fault.expected) from None
    if len(found) >= MOST_LINES + _HEADINGS_WITHIN:
        raise InputError(name, f"超过 {MOST_LINES:,} 行", "请分成几个文件")
    if not found:
        raise InputError(name, "里面没有内容", "第一行写列名，下面一行一家企业")
    if max(len(cells) for _, cells in found) > _COLUMNS:
        raise InputError(name, f"超过 {_COLUMNS} 列", "只留名称、信用代码、金额、年份几列")
    return found


def _refuse_bomb(path: Path, name: str) -> None:
    """An .xlsx is a zip: one that unpacks to far more than any list is refused before it is read."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
                raise InputError(name, "解开以后太大", "请另存为 .csv")


# ---- columns


def _table(name: str, lines: list[tuple[int, tuple[Any, ...]]]) -> ListTable:
    place = max(range(min(len(lines), _HEADINGS_WITHIN)), key=lambda at: (*_headed(lines[at][1]), -at))
    headed = _headed(lines[place][1])[1] > 0
    body = lines[place + 1 :] if headed else lines
    width = max((len(cells) for _, cells in lines[place:]), default=0)
    headings = [
        _text(lines[place][1][column]) if headed and column < len(lines[place][1]) else "" for column in range(width)
    ]
    samples = [_column(body[:_SAMPLE], column) for column in range(width)]
    note = " ".join(_text(cell) for _, cells in lines[:place] for cell in cells) if headed else ""
    columns = _roles(headings, samples)
    if "name" not in columns and "code" not in columns:
        raise InputError(name, "没有找到企业名称或统一社会信用代码的列", "列名写成“企业名称”或“统一社会信用代码”")
    shown = tuple(text or f"第{column + 1}列" for column, text in enumerate(headings))
    return ListTable(name, shown, tuple(body), columns, note)


def _headed(cells: Sequence[Any]) -> tuple[bool, int]:
    """Whether the cells are headings that tell who stands in a list, and how many are headings at all."""
    roles = [role for cell in cells if (role := _role_of(_text(cell)))]
    return not {"name", "code"}.isdisjoint(roles), len(roles)


def _role_of(heading: str) -> Role | None:
    """What a heading says its column is; longer texts are none, such as the title of the list."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading))
    fact: dict[str, Role] = {"uscc": "code", "name": "name"}
    if named(text) in fact:
        return fact[named(text)]
    if len(text) > 20 or _ORGANISATION.search(text) or any(word in text for word in _NO_NAME):
        return None
    return next((role for role, words in _WORDS.items() if any(word in text for word in words)), None)


def _roles(headings: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[Role, int]:
    """For each role the column that is it by its content, else by its heading; the first of several."""
    found: dict[Role, int] = {}
    by_content: dict[Role, Callable[[str], bool]] = {
        "code": lambda text: is_uscc(text.upper()),
        "name": lambda text: _ORGANISATION.search(text) is not None and len(text) > 2,
    }
    for column, heading in enumerate(headings):
        role = _role_of(heading)
        if role in ("name", "code") or (role and _share(samples[column], _READS[role]) > 0.5):
            found.setdefault(role, column)
    for role, test in by_content.items():
        certain = [column for column, cells in enumerate(samples) if _share(cells, test) >= 0.6]
        if certain and found.get(role) not in certain and (role == "code" or role not in found):
            found[role] = certain[0]
    return found


def _share(cells: Sequence[str], test: Callable[[str], Any]) -> float:
    known = [cell for cell in cells if cell]
    return sum(bool(test(cell)) for cell in known) / len(known) if known else 0.0


def _column(lines: Sequence[tuple[int, tuple[Any, ...]]], column: int) -> list[str]:
    return [_text(cells[column]) for _, cells in lines if column < len(cells)]


# ---- cells


def _recipient(line: int, cells: Sequence[Any], columns: Mapping[Role, int], factor: int) -> Recipient:
    texts = {role: _text(cells[place]) if place < len(cells) else "" for role, place in columns.items()}
    name = texts.get("name", "")
    return Recipient(
        line,
        "" if re.sub(r"\s", "", name) in _TOTALS else name,
        texts.get("code", "").replace(" ", "").upper()[:32],
        _amount(texts.get("amount", ""), factor),
        _year(texts.get("year", "")),
    )


def _text(cell: Any) -> str:
    """A cell as text on one line; empty where it says nothing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(str(cell).replace("\0", "").strip().strip("\ufeff").split())[:200]
    return "" if unicodedata.normalize("NFKC", text).casefold() in UNKNOWN_WORDS else text


def _amount(text: str, factor: int) -> float | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not plain:
        return None
    try:
        value = float(plain) * factor
    except ValueError:
        try:
            value = parse_amount(plain, "金额")
        except InputError:
            return None
    return value if math.isfinite(value) else None


def _year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found[1]) if found else None


_READS: dict[Role, Callable[[str], Any]] = {"amount": lambda text: _amount(text, 1) is not None, "year": _year}


def _unit_noted(note: str) -> str:
    found = re.search(r"单位[:：]?(?:人民币)?(亿元|百万元|千元|万元|元)", unicodedata.normalize("NFKC", note))
    return found[1] if found else ""
