"""The command `push`: batches of pushes listed, made, selected, looked at, and sent from a terminal on the server.

Approving is left to the page, where a second person signs in: whoever can run commands would otherwise be both.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from navigator.auth import COMMAND_LINE
from navigator.errors import InputError

if TYPE_CHECKING:
    from navigator.delivery.batches import Batch


def add_push_commands(push: argparse.ArgumentParser, parser_class: type[argparse.ArgumentParser]) -> None:
    """The actions of `push`."""
    actions = push.add_subparsers(dest="action", required=True, metavar="做什么", parser_class=parser_class)
    listed = actions.add_parser("list", help="列出推送批次")
    select = actions.add_parser("select", help="新建一批，并挑出要推送的企业")
    _add_choice(select)
    resume = actions.add_parser("resume", help="接着挑没挑完的一批")
    show = actions.add_parser("show", help="看一批：各事项、各地区多少家，没有列入的为什么")
    propose = actions.add_parser("propose", help="提请批准；批准要另一位工作人员在页面上做")
    send = actions.add_parser("send", help="发已批准的：邮件直接发，短信和微信生成今天的文件")
    withdraw = actions.add_parser("withdraw", help="撤回一批")
    withdraw.add_argument("--reason", required=True, metavar="TEXT", help="原因，企业点开链接看得到")
    send.add_argument("number", metavar="N", nargs="?", help="第几批；不写就发所有等着的邮件")
    send.add_argument("--out", metavar="FILE", type=Path, help="短信、微信的文件写到哪里，.csv 或 .xlsx")
    for command in (resume, show, propose, withdraw):
        command.add_argument("number", metavar="N", help="第几批")
    for command in (listed, select, resume, show, send):
        command.add_argument("--json", action="store_true", help="只输出 JSON")


def _add_choice(select: argparse.ArgumentParser) -> None:
    which = select.add_mutually_exclusive_group(required=True)
    which.add_argument("--measure", action="append", metavar="ID", help="推哪一项政策，可以写几次")
    which.add_argument("--new-since", metavar="D", help="这一天以后新开始的政策")
    which.add_argument("--changed-since", metavar="D", help="这一天以后有变化的政策")
    which.add_argument("--all", action="store_true", help="现行的全部政策")
    select.add_argument("--title", required=True, metavar="TEXT", help="标题")
    select.add_argument("--office", required=True, metavar="TEXT", help="发送单位")
    select.add_argument("--channel", default="sms", metavar="C", help="sms、wechat 或 email，不写就是 sms")
    select.add_argument("--text", metavar="TEXT", help="消息的样子，带 {企业} {事项} {金额} {链接} {原因}")
    select.add_argument("--region", action="append", default=[], metavar="R", help="只推哪个地区，可以写几次")
    select.add_argument("--industry", action="append", default=[], metavar="CODE", help="只推哪个行业，如 C38")
    select.add_argument("--size", action="append", default=[], metavar="S", help="只推哪种规模，如 小型")
    select.add_argument("--no-questions", action="store_true", help="只差一项信息的不发问题")
    select.add_argument("--example", action="store_true", help="推给示例企业，试用")
    select.add_argument("--as-of", dest="as_of", metavar="D", help="按哪一天的政策；不写就是今天")


def run(options: argparse.Namespace) -> int:
    """One action."""
    return {
        "list": _list, "select": _select, "resume": _resume, "show": _show, "propose": _propose, "send": _send,
        "withdraw": _withdraw,
    }[options.action](options)  # fmt: skip


def _list(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import STATES, list_batches

    found = list_batches(COMMAND_LINE)
    if options.json:
        _print_json([_batch_json(one) for one in found])
        return 0
    for one in found:
        mark = "示例　" if one.draft.example else ""
        print(f"{one.id}  {mark}{one.draft.title}  {one.scope or '全市'}  {STATES[one.state]}")
    print(f"共 {len(found)} 批")
    return 0


def _select(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import Draft, begin_batch, read_choice
    from navigator.delivery.messages import default_text
    from navigator.matching.dates import read_day, today

    day = read_day(options.as_of) if options.as_of else today()
    draft = Draft(
        options.title, options.office, options.channel, read_choice(_choice(options)),
        options.text or default_text(options.office), options.example,
    )  # fmt: skip
    return _fill(begin_batch(COMMAND_LINE, draft, day), options.json)


def _choice(options: argparse.Namespace) -> dict[str, Any]:
    from navigator.matching.dates import read_day

    which: dict[str, Any] = {"which": "all"}
    if options.measure:
        which = {"which": "named", "measures": options.measure}
    elif options.new_since:
        which = {"which": "new", "since": read_day(options.new_since, "--new-since")}
    elif options.changed_since:
        which = {"which": "changed", "since": read_day(options.changed_since, "--changed-since")}
    return which | {
        "regions": options.region, "industries": options.industry, "sizes": options.size,
        "asks": not options.no_questions,
    }  # fmt: skip


def _resume(options: argparse.Namespace) -> int:
    return _fill(_number(options.number), options.json)


def _fill(number: int, as_json: bool) -> int:
    from navigator.delivery.filling import fill

    def tell(now: Batch) -> None:
        print(f"已看 {now.counts['looked']:,} / {now.counts['records']:,} 家", file=sys.stderr, flush=True)

    made = fill(COMMAND_LINE, number, tell)
    if as_json:
        _print_json(_batch_json(made))
        return 0
    counts = made.counts
    print(
        f"第 {made.id} 批：条件符合 {counts['fits']:,} 条，先问一项 {counts['asks']:,} 条，没有列入 {counts['left_out']:,} 条。"
        "到“推送”页检查、提请批准"
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import STATES, read_batch
    from navigator.delivery.previewing import PUSH_STATES, parts
    from navigator.delivery.selecting import KINDS
    from navigator.matching.amounts import show_yuan

    batch = read_batch(COMMAND_LINE, _number(options.number))
    found = parts(COMMAND_LINE, batch.id)
    if options.json:
        listed = [{name: getattr(one, name) for name in type(one).__slots__} for one in found]
        _print_json({**_batch_json(batch), "parts": listed})
        return 0
    print(f"第 {batch.id} 批“{batch.draft.title}”：{STATES[batch.state]}")
    for one in found:
        money = f"，{one.known:,} 家算得出，共 {show_yuan(one.yuan)}" if one.known and one.yuan else ""
        why = f"（{one.remark}）" if one.remark else ""
        print(
            f"{one.name}　{one.region or '地区不知道'}　{KINDS[one.kind]}　{PUSH_STATES[one.state]}{why}　{one.pushes:,} 条{money}"  # type: ignore[index]
        )
    return 0


def _propose(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import propose

    batch = propose(COMMAND_LINE, _number(options.number))
    print(f"第 {batch.id} 批已提请批准，请另一位工作人员到“推送”页批准")
    return 0


def _send(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import read_batch

    if options.number is None:
        return _send_mail(None, options.json)
    number = _number(options.number)
    if read_batch(COMMAND_LINE, number).draft.channel == "email":
        return _send_mail(number, options.json)
    return _write_file(number, options)


def _send_mail(number: int | None, as_json: bool) -> int:
    from navigator.delivery.queue import work_all

    done = work_all(only=number)
    if as_json:
        _print_json(
            {str(one): {name: getattr(tally, name) for name in type(tally).__slots__} for one, tally in done.items()}
        )
        return 0
    for one, tally in done.items():
        print(
            f"第 {one} 批：发出 {tally.sent:,}，没发成 {tally.failed:,}，以后再发 {tally.later:,}，不确定 {tally.unsure:,}，"
            f"没有列入 {tally.dropped:,}"
        )
    if not done:
        print("没有等着发的邮件，或者服务器正在发")
    return 0


def _write_file(number: int, options: argparse.Namespace) -> int:
    from navigator.delivery.exporting import export_hand_over
    from navigator.delivery.handing import hand_over

    if options.out is None or options.out.suffix not in (".csv", ".xlsx"):
        raise InputError("--out", "没有写文件，或者不是 .csv、.xlsx", "写明文件放到哪里，如 --out 今天.xlsx")
    if not options.out.absolute().parent.is_dir():
        raise InputError(str(options.out.parent), "没有这个文件夹", "先建好放文件的文件夹")
    handed = hand_over(COMMAND_LINE, number)
    made = export_hand_over(COMMAND_LINE, {"id": str(handed.id), "format": options.out.suffix[1:]})
    options.out.write_bytes(made.content)
    if options.json:
        _print_json({"hand_over": handed.id, "messages": handed.messages, "file": str(options.out)})
        return 0
    print(f"{handed.messages:,} 条写在 {options.out}；交给短信、微信系统发。丢了可以到“推送”页再下载，内容一样")
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    from navigator.delivery.batches import withdraw

    batch = withdraw(COMMAND_LINE, _number(options.number), options.reason)
    print(f"第 {batch.id} 批已撤回；没发出的不再发，已发出的链接会说明撤回和原因")
    return 0


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InputError("第几批", f"写的是“{text}”", "应是数字，见 push list")
    return int(text)


def _batch_json(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id, "title": batch.draft.title, "office": batch.draft.office, "scope": batch.scope,
        "channel": batch.draft.channel, "example": batch.draft.example, "state": batch.state,
        "as_of": batch.as_of.isoformat(), "choice": batch.draft.choice.model_dump(mode="json"), "counts": dict(batch.counts),
        "by": batch.by, "proposed_by": batch.proposed_by, "approved_by": batch.approved_by, "reason": batch.reason,
    }  # fmt: skip


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
