"""The command line: `python -m navigator COMMAND`. Each command reads, calls one function and prints.

Errors are one line on stderr and exit code 2; `--json` prints JSON and nothing else.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from navigator.errors import InputError

_KINDS = ("measure", "commitment", "platform", "clause")
_KIND_NAMES = {"measure": "政策", "commitment": "承诺", "platform": "平台", "clause": "条文"}
_STATUS_NAMES = {
    "in_force": "在有效期内",
    "not_yet": "还没开始",
    "expired": "已到期",
    "unverified": "未核实",
    "eligible": "条件符合",
    "not_eligible": "条件不符合",
    "needs_info": "还差信息",
}


class _Parser(argparse.ArgumentParser):
    """Tells a faulty command line in one sentence instead of a usage page."""

    def error(self, message: str) -> NoReturn:
        raise InputError("命令", _in_chinese(message), f"用 python -m {self.prog} --help 看写法")


_MESSAGES = (
    ("the following arguments are required: ", "缺少 "),
    ("unrecognized arguments: ", "多了看不懂的 "),
    ("invalid choice: ", "没有这个选项 "),
    ("invalid int value: ", "应是整数，写的是 "),
    ("expected one argument", "后面要跟一个值"),
    ("expected at least one argument", "后面至少要跟一个值"),
    ("(choose from ", "（可选 "),
    ("not allowed with argument", "不能同时用"),
    ("argument ", ""),
)


def _in_chinese(message: str) -> str:
    for english, chinese in _MESSAGES:
        message = message.replace(english, chinese)
    return message


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        options = make_parser().parse_args(arguments)
        return options.run(options)
    except InputError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(InputError(str(error.filename or "文件"), f"打不开（{error.strerror}）", "检查路径和权限"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断", file=sys.stderr)
        return 130


def make_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = _Parser(prog="navigator", description="荆策通：荆门惠企政策导航")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", parser_class=_Parser)

    def add(name: str, text: str, run: Any) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    add("check", "检查 policy_corpus/ 的全部文件，并运行每个例子", _check)
    segment = add("segment", "把一份文件切成条款", _segment)
    segment.add_argument("file", metavar="FILE", type=Path, help=".txt .md .html .docx .pdf")
    index = add("index", "建立检索索引", _index)
    index.add_argument("--force", action="store_true", help="不管新旧，重新建立")
    search = add("search", "用大白话找政策", _search)
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--kind", choices=_KINDS)
    search.add_argument("--top", type=_positive, default=10, metavar="N")
    search.add_argument("--as-of", dest="as_of", metavar="D")
    evaluate = add("evaluate", "用一组带答案的问题评测检索", _evaluate)
    evaluate.add_argument("queries", metavar="QUERIES.jsonl", type=Path)
    evaluate.add_argument("--kind", choices=_KINDS)
    assess = add("assess", "看一家企业能享受什么", _assess)
    assess.add_argument("profile", metavar="PROFILE.yaml", type=Path)
    assess.add_argument("--as-of", dest="as_of", metavar="D")
    commitments = add("commitments", "列出45项承诺和其中的数字", _commitments)
    for command in (segment, search, evaluate, assess, commitments):
        command.add_argument("--json", action="store_true", help="只输出 JSON")
    return parser


def _positive(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,6}", text):
        raise argparse.ArgumentTypeError(f"应是1到9999999之间的整数，写的是 {text}")
    return int(text)


def _day(text: str | None) -> date:
    from navigator.matching.dates import read_day, today

    return read_day(text) if text else today()


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _check(options: argparse.Namespace) -> int:
    from navigator.matching.check import check
    from navigator.matching.dates import today
    from navigator.settings import settings

    report = check(settings().corpus, today())
    for fault in report.faults:
        print(f"错误 {fault}")
    for warning in report.warnings:
        print(f"提醒 {warning}")
    verdict = f"{len(report.faults)} 处错误" if report.faults else "没有错误"
    print(f"检查了 {report.measures} 项政策、{report.examples} 个例子：{verdict}，{len(report.warnings)} 条提醒")
    return 1 if report.faults else 0


def _segment(options: argparse.Namespace) -> int:
    from navigator.corpus.segment import segment_file

    document = segment_file(options.file)
    if options.json:
        _print_json(document.as_dict())
        return 0
    print(document.title)
    for clause in document.clauses:
        print(f"{'  ' * (clause.level - 1)}{clause.number}  {clause.heading}")
    print(f"共 {len(document.clauses)} 条")
    return 0


def _index(options: argparse.Namespace) -> int:
    from navigator.search import index_folder, library

    index = library(_progress, force=options.force)
    print(f"索引在 {index_folder()}，共 {len(index)} 段文字")
    print(f"句向量模型在 {index_folder() / index.encoder_folder}（可用 sentence-transformers 打开）")
    return 0


def _search(options: argparse.Namespace) -> int:
    from navigator.search import library, search_json

    day = _day(options.as_of)
    library(_progress)
    hits = search_json(options.query, options.kind, options.top, day)
    if options.json:
        _print_json(hits)
        return 0
    from navigator.search import search

    also = [expansion.term for expansion in search(options.query, top=1).expansions]
    if also:
        print(f"也按 {'、'.join(also)} 查找")
    for hit in hits:
        status = f"（{_STATUS_NAMES[hit['status']]}）" if hit["status"] else ""
        print(f"[{_KIND_NAMES[hit['kind']]}] {hit['title']}{status}  {hit['id']}")
        print(f"    {hit['snippet']}")
    if not hits:
        print("没有找到。换个说法试试，或者拨打 12345 询问。")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from navigator.retrieval.evaluate import evaluate, read_queries
    from navigator.search import kind_of, library, search

    queries = read_queries(options.queries)
    kinds = {options.kind} if options.kind else None
    if kinds:
        queries = [query.keeping(lambda found_id: kind_of(found_id) in kinds) for query in queries]
    library(_progress)
    result = evaluate(lambda text, top: [hit.id for hit in search(text, kinds, top).hits], queries).as_dict()
    if options.json:
        _print_json(result)
        return 0
    for name, value in result.items():
        print(f"{name}: {value}")
    return 0


def _assess(options: argparse.Namespace) -> int:
    from navigator.corpus.yamlfile import read_yaml
    from navigator.matching.assess import assess
    from navigator.matching.rulebook import default_rulebook

    day = _day(options.as_of)
    data = read_yaml(options.profile).data
    default_rulebook().facts.read_profile(data, options.profile.name)
    found = assess(data, day)
    if options.json:
        _print_json(found.as_dict())
        return 0
    from navigator.matching.amounts import show_yuan

    total = found.bundle.total
    print(
        f"按 {found.as_of} 的政策：确定 {show_yuan(total.low)}，最多 {show_yuan(total.high)}，当面确认后最多 {show_yuan(total.if_confirmed)}"
    )
    for status in ("eligible", "needs_info", "not_eligible", "expired", "unverified", "not_yet"):
        results = [one for one in found.measures if one.status == status]
        if results:
            print(f"{_STATUS_NAMES[status]}：")
        for one in results:
            amount = f"  {show_yuan(one.estimate)}" if one.estimate is not None else ""
            print(f"  {one.measure.name}{amount}  {one.measure.id}")
    for question in found.questions[:3]:
        print(f"接着问：{question.question}（能定下 {question.decides} 项）")
    return 0


def _commitments(options: argparse.Namespace) -> int:
    from navigator.corpus.load import default_corpus
    from navigator.views import commitments_json

    items = commitments_json(default_corpus())
    if options.json:
        _print_json(items)
        return 0
    for item in items:
        print(f"{item['number']}. {item['title']}（{item['action']}）")
        for target in item["targets"]:
            print(
                f"    {target['indicator']} {target['comparator']} {target['value']}{target['unit']}  “{target['quote']}”"
            )
    return 0
