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

from navigator.cli_push import add_push_commands
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
    (" is required", ""),
    ("one of the arguments ", "要写一个："),
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
        print(
            InputError(str(error.filename or "文件"), f"打不开（{error.strerror}）", "检查路径和权限"), file=sys.stderr
        )
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
    pack = add("pack", "给一家企业做一份“一企一策”：能享受什么、怎么算、怎么办（.pdf、.docx 或 .xlsx）", _pack)
    pack.add_argument("profile", metavar="PROFILE.yaml", type=Path)
    pack.add_argument("--out", required=True, type=Path, metavar="FILE")
    pack.add_argument("--as-of", dest="as_of", metavar="D")
    match = add("match", "把一张企业名单和所有在有效期内的政策对上", _match)
    match.add_argument("table", metavar="TABLE", type=Path, help=".csv .xlsx .parquet，其中一列是 uscc")
    match.add_argument("--out", metavar="FILE.parquet", type=Path, required=True)
    match.add_argument(
        "--long", action="store_true", help="一行一项：uscc、measure_id、status，只列条件符合的和还差信息的"
    )
    match.add_argument("--as-of", dest="as_of", metavar="D")
    match.add_argument("--engine", choices=("local", "spark"), default="local")
    commitments = add("commitments", "列出45项承诺和其中的数字", _commitments)
    handbook = add("handbook", "把有效的政策编成一本手册（.pdf 或 .docx）", _handbook)
    handbook.add_argument("--out", required=True, type=Path, metavar="FILE")
    handbook.add_argument("--as-of", dest="as_of", metavar="D")
    backup = add("backup", "把库和数据文件存成一个 .zip", _backup)
    backup.add_argument("file", metavar="FILE.zip", type=Path, nargs="?", help="不写就存在数据文件夹的 backups 里")
    restore = add("restore", "从备份恢复", _restore)
    restore.add_argument("file", metavar="FILE.zip", type=Path)
    restore.add_argument("--replace", action="store_true", help="换掉现在的数据；换之前自动备份")
    diff = add("diff", "两天之间政策有什么变化，哪些企业得到、失去", _diff)
    diff.add_argument("--from", dest="start", required=True, metavar="D")
    diff.add_argument("--to", dest="end", required=True, metavar="D")
    whatif = add("whatif", "把一项政策的条件改一改，看多少企业得到、失去；不改政策库", _whatif)
    whatif.add_argument("measure", metavar="MEASURE")
    whatif.add_argument("--set", dest="settings", action="append", required=True, metavar="CONDITION")
    whatif.add_argument("--as-of", dest="as_of", metavar="D")
    for command in (diff, whatif):
        command.add_argument(
            "--profiles", metavar="TABLE", help=".csv .xlsx .parquet，其中一列是 uscc；写 示例 用虚构的企业"
        )
        command.add_argument("--out", metavar="FILE", type=Path, help="一行一家企业一项政策，.csv 或 .parquet")
    metrics = add("metrics", "看指标：精准推送率、覆盖率等，和页面上的一样", _metrics)
    metrics.add_argument("--month", metavar="M", help="哪个月，如 2026-11；不写就是本月")
    metrics.add_argument("--example", action="store_true", help="看示例企业的；示例从不算进真的指标")
    metrics.add_argument("--json", action="store_true", help="只输出 JSON")
    push = add("push", "把政策推送给符合条件的企业", _push)
    add_push_commands(push, _Parser)
    _add_user_commands(add("user", "管理能登录的人", _user))
    taken = _add_record_commands(add)
    for command in (segment, search, evaluate, assess, commitments, diff, whatif, taken):
        command.add_argument("--json", action="store_true", help="只输出 JSON")
    return parser


def _add_record_commands(add: Any) -> argparse.ArgumentParser:
    taken = add("import", "把一张企业名单收进企业档案", _import)
    taken.add_argument("file", metavar="FILE", type=Path, help=".csv .xlsx，其中一列是统一社会信用代码")
    taken.add_argument("--mapping", metavar="FILE.yaml", type=Path, help="每一列是什么；不写就按列名和内容认")
    taken.add_argument("--source", metavar="TEXT", help="资料从哪里来，如 市税务局2026年10月名单；不写就是文件名")
    taken.add_argument("--on", metavar="D", help="资料是哪一天的；不写就是今天")
    taken.add_argument("--region", metavar="R", help="表里没有地区一列时，全部企业都在哪里")
    taken.add_argument("--sheet", metavar="NAME", help=".xlsx 里有几张表时用哪一张；不写就用列名认得最多的")
    taken.add_argument("--resume", action="store_true", help="接着做这个文件上次没导完的")
    taken.add_argument("--refused", metavar="FILE.csv", type=Path, help="没有收的行和格子写到哪里")
    demo = add("demo", "放入一批示例企业来试用；库里有真的企业时不放", _demo)
    demo.add_argument("--count", type=_positive, default=2000, metavar="N")
    demo.add_argument("--remove", action="store_true", help="把示例企业都清掉")
    return taken


def _add_user_commands(user: argparse.ArgumentParser) -> None:
    actions = user.add_subparsers(dest="action", required=True, metavar="做什么", parser_class=_Parser)
    make = actions.add_parser("add", help="新建一个用户；密码当场输入，或从标准输入读一行")
    make.add_argument("name", metavar="NAME")
    make.add_argument("--role", required=True, metavar="R", help="public、team、staff、admin 之一")
    make.add_argument("--region", metavar="R", help="负责哪个区域，如 京山市；不写就是全市")
    make.add_argument("--no-password", action="store_true", help="不设密码，只用单位账号登录")
    password = actions.add_parser("password", help="重设密码；当场输入，或从标准输入读一行")
    disable = actions.add_parser("disable", help="停用一个用户，马上不能再用")
    enable = actions.add_parser("enable", help="重新启用一个用户")
    for command in (password, disable, enable):
        command.add_argument("name", metavar="NAME")
    listed = actions.add_parser("list", help="列出全部用户")
    listed.add_argument("--json", action="store_true", help="只输出 JSON")


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
    from navigator.corpus.load import overlay_folder
    from navigator.matching.check import check
    from navigator.matching.dates import today
    from navigator.settings import settings

    report = check(settings().corpus, today(), overlay_folder())
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


def _pack(options: argparse.Namespace) -> int:
    from navigator.corpus.yamlfile import read_yaml
    from navigator.matching.rulebook import default_rulebook
    from navigator.reports.pack import format_of, pack_bytes

    format = format_of(options.out)
    data = read_yaml(options.profile).data
    default_rulebook().facts.read_profile(data, options.profile.name)
    size = options.out.write_bytes(pack_bytes(data, format, _day(options.as_of)))
    print(f"写好了：{options.out}（{size / 1e3:,.0f} KB）")
    return 0


def _match(options: argparse.Namespace) -> int:
    from navigator.matching.batch import match
    from navigator.matching.outputs import Reports

    found = match(options.table, _day(options.as_of), options.engine, options.out, options.long, progress=_progress)
    if isinstance(found, Reports):
        for sentence in found.sentences():
            _progress(sentence)
        print(f"{found.matched:,} 家企业，结果在 {options.out}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from navigator import comparison
    from navigator.matching.dates import read_day
    from navigator.matching.diff import policy_diff

    start, end = read_day(options.start, "--from"), read_day(options.end, "--to")
    found = policy_diff(start, end)
    if options.out and not options.profiles:
        raise InputError("--out", "没有企业名单，没有行可写", "加上 --profiles TABLE")
    effect = city = None
    if options.profiles:
        from navigator.matching.effects import shifts_between, sum_up

        city = comparison.open_city(options.profiles, _progress)
        effect = sum_up(shifts_between(start, end, city), city)
        _tell_of_table(city)
        if options.out:
            _progress(
                f"写了 {comparison.write_rows(options.out, shifts_between(start, end, city), city):,} 行：{options.out}"
            )
    if options.json:
        _print_json(comparison.diff_json(found, effect, city))
        return 0
    lines = list(comparison.diff_sentences(found))
    print("\n".join(lines) or f"{start} 到 {end} 没有变化")
    if effect and city:
        print(comparison.mark(city))
        for measure, gained, lost in comparison.measure_rows(effect):
            print(
                f"{measure.name}（{measure.id}）"
                + (f"　得到 {gained}" if gained else "")
                + (f"　失去 {lost}" if lost else "")
            )
        print("\n".join([*comparison.effect_sentences(effect), comparison.NOT_NETTED]))
    return 0


def _whatif(options: argparse.Namespace) -> int:
    from navigator import comparison
    from navigator.matching.rulebook import rulebook_for
    from navigator.matching.whatif import find_measure, read_edits, what_if

    day = _day(options.as_of)
    book = rulebook_for(day)
    read_edits(find_measure(options.measure, book), options.settings, book.facts.specs)
    city = comparison.open_city(options.profiles, _progress)
    found = what_if(options.measure, options.settings, city, day)
    _tell_of_table(city)
    if options.out:
        _progress(f"写了 {comparison.write_rows(options.out, [found.shift], city):,} 行：{options.out}")
    if options.json:
        _print_json(comparison.whatif_json(found))
        return 0
    print(comparison.mark(city))
    for edit in found.edits:
        print(f"第{edit.position + 1}条“{edit.text}”改成 {edit.written}")
    if found.period != "in_force":
        print(f"注意：按 {day}，这项政策{_STATUS_NAMES[found.period]}；下面只按条件算。")
    print(f"符合的由 {found.before:,} 家变成 {found.after:,} 家")
    print("\n".join([*comparison.effect_sentences(found.effect), comparison.UNCHANGED_OTHERS]))
    return 0


def _tell_of_table(city: Any) -> None:
    for sentence in city.table.reports.sentences():
        _progress(sentence)


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


def _metrics(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.delivery import metrics
    from navigator.delivery.months import month_name, month_of_day, read_month
    from navigator.matching.dates import today

    month = read_month(options.month) if options.month else month_of_day(today())
    found = metrics.read_figures(COMMAND_LINE, month, example=options.example)
    if options.json:
        _print_json(metrics.figures_json(found, month, today()))
        return 0
    print(f"{month_name(month)}　{'示例企业' if options.example else '全市'}")
    for one in found:
        interval = metrics.shown_interval(one.whole)
        target = f"　目标{one.metric.target_words}" if one.metric.target_words else ""
        print(
            f"{one.metric.name}　{metrics.shown(one.whole.value, one.metric.unit)}"
            + (f"（95%区间 {interval}）" if interval else "")
            + target
            + (f"　{one.whole.note}" if one.whole.note else "")
        )
    return 0


def _push(options: argparse.Namespace) -> int:
    from navigator.cli_push import run

    return run(options)


def _user(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE, ROLE_NAMES
    from navigator.store import accounts

    match options.action:
        case "add":
            accounts.check_new_account(COMMAND_LINE, options.name, options.role, options.region)
            password = None if options.no_password else _read_password(options.name)
            made = accounts.add_account(COMMAND_LINE, options.name, options.role, options.region, password)
            print(f"建好了：{made.name}，{ROLE_NAMES[made.role]}，{made.region or '全市'}")
        case "password":
            accounts.check_account(COMMAND_LINE, options.name)
            accounts.set_password(COMMAND_LINE, options.name, _read_password(options.name))
            print(f"{options.name} 的密码换好了，以前的登录都已退出")
        case "disable" | "enable":
            enabled = options.action == "enable"
            accounts.set_enabled(COMMAND_LINE, options.name, enabled)
            print(f"{options.name} 已{'启用' if enabled else '停用'}")
        case "list":
            _list_users(options.json)
    return 0


def _list_users(as_json: bool) -> None:
    from navigator.auth import COMMAND_LINE, ROLE_NAMES
    from navigator.store.accounts import list_accounts

    found = list_accounts(COMMAND_LINE)
    if as_json:
        _print_json(
            [
                {"name": one.name, "role": one.role, "region": one.region, "disabled": one.disabled is not None}
                for one in found
            ]
        )
        return
    for one in found:
        print(f"{one.name}  {ROLE_NAMES[one.role]}  {one.region or '全市'}{'  已停用' if one.disabled else ''}")
    print(f"共 {len(found)} 个用户")


def _read_password(name: str) -> str:
    """A password typed twice without being shown, or one line of standard input; never an argument."""
    from getpass import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass(f"{name} 的密码：")
    if getpass("再输一次：") != first:
        raise InputError("密码", "两次输的不一样", "请重新来")
    return first


def _import(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.store import importing
    from navigator.store.importing_files import choose_sheet, copy_to_keep

    file = choose_sheet(copy_to_keep(COMMAND_LINE, options.file), options.sheet)
    if file.sheet:
        _progress(f"用的是“{file.sheet}”这张表")
    begun = importing.unfinished(COMMAND_LINE, file)
    if options.resume and begun is None:
        raise InputError("--resume", "这个文件没有导到一半的", "去掉 --resume 从头导，已经收进来的不会重复")
    if begun and not options.resume:
        _progress("这个文件上次没有导完，这次从头来；想接着上次的，用 --resume")
    number = begun.id if options.resume and begun else _begin_import(options, file)
    state = importing.carry_on(COMMAND_LINE, number, lambda now: _progress(f"已到第 {now.line:,} 行"))
    counts = state.counts
    if options.refused:
        options.refused.write_bytes(importing.export_refusals(COMMAND_LINE, {"id": str(number)}).content)
    if options.json:
        _print_json({"import": number, **{name: getattr(counts, name) for name in type(counts).__slots__}})
        return 0
    print(
        f"读了 {counts.rows:,} 行：新增 {counts.added:,} 家，补充 {counts.changed:,} 家，没有变化 {counts.same:,} 家；"
        f"没有收 {counts.refused:,} 行，看不懂的格子 {counts.bad_cells:,} 个"
    )
    if options.refused:
        print(f"没有收的和原因在 {options.refused}")
    elif counts.refused or counts.bad_cells:
        print("要看没有收的和原因，到“导入”页下载，或者下次加 --refused FILE.csv")
    return 0


def _begin_import(options: argparse.Namespace, file: Any) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.corpus.yamlfile import read_yaml
    from navigator.store import importing_plan as plans
    from navigator.store.importing import begin_import
    from navigator.store.importing_columns import Use
    from navigator.store.importing_files import look_into

    sheet = look_into(file)
    if options.mapping:
        uses = plans.read_uses(read_yaml(options.mapping).data, sheet, options.mapping.name)
    else:
        uses = tuple(one.use if one.sure else Use() for one in plans.proposals(sheet))
    _progress("各列这样用（要改就存成 YAML 文件，用 --mapping）：")
    for line in plans.uses_file(sheet, uses):
        _progress(f"  {line}")
    left = [heading for heading, use in zip(sheet.headings, uses, strict=True) if not use.fact]
    if left:
        _progress(f"没有用的列：{'、'.join(left)}")
    plan = plans.Plan(uses, options.source or file.name, _day(options.on), options.region)
    return begin_import(COMMAND_LINE, file, sheet, plan)


def _demo(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.matching.dates import today
    from navigator.store.demo import add_demo, remove_demo

    if options.remove:
        print(f"清掉了 {remove_demo(COMMAND_LINE):,} 家示例企业")
        return 0
    print(f"放进了 {add_demo(COMMAND_LINE, options.count, today()):,} 家示例企业，名称都带“示例”；清掉用 demo --remove")
    return 0


def _handbook(options: argparse.Namespace) -> int:
    from navigator.reports.handbook import write_handbook

    size = write_handbook(options.out, _day(options.as_of))
    print(f"写好了：{options.out}（{size / 1e6:.1f} MB）")
    return 0


def _backup(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.store.backup import backup, usual_place

    target = options.file or usual_place()
    made = backup(COMMAND_LINE, target)
    print(
        f"备份在 {target}：{made.rows} 行、{made.files} 个文件。里面有密码的散列和签名用的密钥，请存到只有管理员能看的地方"
    )
    return 0


def _restore(options: argparse.Namespace) -> int:
    from navigator.auth import COMMAND_LINE
    from navigator.store.audit import shown_moment
    from navigator.store.backup import restore

    made = restore(COMMAND_LINE, options.file, replace=options.replace)
    print(f"恢复到 {shown_moment(made.made)} 的备份：{made.rows} 行、{made.files} 个文件。请重新启动程序")
    return 0
