"""GB/T 4754-2017, the national classification of industries: names, the tree of codes, and search by everyday words.

Reads policy_corpus/vocabulary/industries.csv (section letter and digits, `C3841`) and industry_aliases.yaml. It
proposes codes for words; which of them an enterprise is registered under, its licence tells.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

from navigator.corpus.model import Model, Text
from navigator.corpus.yamlfile import read_yaml, validate
from navigator.errors import InputError
from navigator.settings import settings

_PARENT_LENGTH = {3: 1, 4: 3, 5: 4}
"""Length of the code one level up: division to section, group to division, class to group."""

_NOT_OWN = re.compile(r"([不没非未].{0,2}|[卖买购售送运给帮替请找打发走雇].?)$")
"""Before a word, these say that the trade is another's or is not carried on: 不再开超市, 给餐馆送菜, 请律师."""

_WEAK_WORDS = re.compile(r"有限|责任|公司|企业|行业|经营|从事|生意|^我?(?:是|想)?[开做搞办]|店$")
"""Words that fit every trade."""

_BRANCH_BY_VERB = {"卖": "F52", "种": "A", "养": "A", "修": "O"}
_LEAST_LIKENESS = 0.4


class Standard(Model):
    """Which text of the standard the table holds."""

    title: Text
    document: Text
    issued: date
    links: tuple[Text, ...]
    note: Text


class AliasFile(Model):
    """industry_aliases.yaml as it stands on disk: everyday words by code."""

    standard: Standard
    aliases: dict[str, tuple[Text, ...]]


class Industries:
    """The tree of codes and its everyday words."""

    def __init__(self, names: dict[str, str], standard: Standard, aliases: dict[str, tuple[str, ...]]) -> None:
        self.standard = standard
        self._names = names
        self._children: dict[str, list[str]] = defaultdict(list)
        for code in names:
            if len(code) > 1:
                self._children[_parent(code)].append(code)
        self._everyday = aliases
        self._codes_by_alias: dict[str, list[str]] = defaultdict(list)
        for code, words in aliases.items():
            for word in words:
                self._codes_by_alias[_plain(word)].append(code)
        longest_first = sorted(self._codes_by_alias, key=len, reverse=True)
        self._alias = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
        self._searched = {code: _plain(name) for code, name in names.items() if not self._same_as_its_class(code)}
        self._pairs = {code: _pairs(plain) for code, plain in self._searched.items()}

    def _same_as_its_class(self, code: str) -> bool:
        return len(code) == 4 and len(self._children[code]) == 1

    def __len__(self) -> int:
        return len(self._names)

    def codes(self) -> tuple[str, ...]:
        """Every code, sections first within each section."""
        return tuple(self._names)

    def everyday(self, code: str) -> tuple[str, ...]:
        """What people call the trade of a code; empty where no everyday word is known."""
        return self._everyday.get(code, ())

    def exists(self, code: str) -> bool:
        """Whether the table has exactly this code."""
        return code in self._names

    def name(self, code: str) -> str:
        """The official name of a code in any spelling `section_of` reads."""
        return self._names[self.section_of(code)]

    def path(self, code: str) -> tuple[str, ...]:
        """The names from the section down to the code itself."""
        code = self.section_of(code)
        return tuple(self._names[code[:length]] for length in (1, 3, 4, 5) if length <= len(code))

    def children(self, code: str | None = None) -> tuple[str, ...]:
        """The codes one level below, in order; the twenty sections for None."""
        if code is None:
            return tuple(code for code in self._names if len(code) == 1)
        return tuple(self._children.get(self.section_of(code), ()))

    def section_of(self, text: str) -> str:
        """A code with its section letter: `3841`, `c3841` and `C 3841` give `C3841`. InputError for an unknown code."""
        code = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
        if code in self._names:
            return code
        digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
        if digits.isdigit():
            for section in self.children():
                if section + digits in self._names:
                    if digits == code:
                        return section + digits
                    raise InputError(
                        "行业代码", f"没有“{text}”", f"{digits} 属于 {section} 门类,写作 {section}{digits}"
                    )
        raise InputError("行业代码", f"没有“{text}”", "写门类字母加数字,如 C3841;分不清小类时写大类,如 C38")

    def find(self, words: str, limit: int = 10) -> list[str]:
        """Codes that everyday or official words (or a code) may mean, the likeliest first; empty when nothing is alike.

        Of a group and its only class, which are the same, the class stands.
        """
        wanted = _plain(words)
        scores = self._alias_scores(wanted)
        for code, score in self._name_scores(wanted).items():
            scores[code] = max(scores.get(code, 0.0), score)
        with suppress(InputError):
            scores[self.section_of(words)] = 9.0
        ranked = sorted((-score, len(code), code) for code, score in scores.items())
        return [code for _, _, code in ranked[:limit]]

    def _alias_scores(self, wanted: str) -> dict[str, float]:
        """4 for the alias itself, 2 to 3 for one inside the words, 1 to 2 for one that holds the words."""
        scores: dict[str, float] = {}
        inside = {match.group() for match in self._alias.finditer(wanted)}
        for alias, codes in self._codes_by_alias.items():
            if alias == wanted:
                score = 4.0
            elif alias in inside:
                score = 2 + len(alias) / len(wanted)
            elif len(wanted) > 1 and wanted in alias and not _WEAK_WORDS.fullmatch(wanted):
                score = 1 + len(wanted) / len(alias)
            else:
                continue
            for code in codes:
                scores[code] = max(scores.get(code, 0.0), score)
        return scores

    def _name_scores(self, wanted: str) -> dict[str, float]:
        """3.5 for an official name itself, 1 to 2 for one that holds the words, below 1 for one with pairs of theirs.

        A verb such as 卖 or 种 lifts the codes of its branch.
        """
        core = _WEAK_WORDS.sub("", wanted)
        branch = _BRANCH_BY_VERB.get(core[:1])
        core = core[1:] if branch and len(core) > 2 else core
        pairs = _pairs(core)
        scores: dict[str, float] = {}
        for code, name in self._searched.items():
            score = 3.5 if name == core else _likeness(core, pairs, name, self._pairs[code])
            if score >= _LEAST_LIKENESS:
                scores[code] = score + (0.5 if branch and code.startswith(branch) else 0)
        return scores

    def mentioned(self, text: str) -> str | None:
        """The one trade a text says someone is in (`我开了家面馆` gives H62); None when it names none, or several."""
        plain = _plain(text)
        found: set[str] = set()
        for match in self._alias.finditer(plain):
            if not _NOT_OWN.search(plain[: match.start()]):
                codes = self._codes_by_alias[match.group()]
                if len(codes) > 1:
                    return None
                found.update(codes)
        finest = max(found, key=len, default=None)
        return finest if finest and all(finest.startswith(code) for code in found) else None


def _parent(code: str) -> str:
    return code[: _PARENT_LENGTH[len(code)]]


def _plain(text: str) -> str:
    """Lower case, half-width, without spaces and marks."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


def _pairs(plain: str) -> Counter[str]:
    return Counter(plain[start : start + 2] for start in range(len(plain) - 1))


def _likeness(core: str, pairs: Counter[str], name: str, name_pairs: Counter[str]) -> float:
    if len(core) > 1 and core in name:
        return 1 + len(core) / len(name)
    return 2 * (pairs & name_pairs).total() / ((pairs.total() + name_pairs.total()) or 1)


@cache
def load_industries(path: Path | None = None) -> Industries:
    """The table in a CSV file (that of the configured corpus by default) with the industry_aliases.yaml beside it.

    InputError names the file and line of a fault: a repeated code, one without the level above, an unknown alias code.
    """
    path = path or settings().corpus / "vocabulary" / "industries.csv"
    names = _read_names(path)
    file = read_yaml(path.with_name("industry_aliases.yaml"))
    table = validate(AliasFile, file.data, file)
    for code in table.aliases:
        if code not in names:
            raise InputError(file.place(("aliases", code)), f"没有行业代码 {code}", f"应是 {path.name} 里的代码")
    return Industries(names, table.standard, table.aliases)


def _read_names(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except FileNotFoundError:
        raise InputError(str(path), "没有这个文件") from None
    except UnicodeDecodeError:
        raise InputError(path.name, "不是 UTF-8 文本", "请用 UTF-8 编码保存") from None
    names: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        code, name = row.get("code") or "", row.get("name") or ""
        if not re.fullmatch(r"[A-T](\d{2}(\d{1,2})?)?", code) or not name:
            raise InputError(
                f"{path.name}:{line}", f"“{code},{name}”不是一个行业", "每行写代码和名称,如 C38,电气机械和器材制造业"
            )
        if code in names:
            raise InputError(f"{path.name}:{line}", f"{code} 写了两次", "每个代码只写一次")
        if len(code) > 1 and _parent(code) not in names:
            raise InputError(f"{path.name}:{line}", f"{code} 前面没有 {_parent(code)}", "先写上一级,再写下一级")
        names[code] = name
    if not names:
        raise InputError(path.name, "没有一个行业", "第一行是 code,name,后面每行一个行业")
    return names
