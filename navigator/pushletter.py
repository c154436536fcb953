"""The page behind the link of a push as HTML: what, why, how much, how to get it, what was answered, and the forms to answer with.

Everything in it is escaped here. Of the enterprise it shows its name and what the push used, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from urllib.parse import quote

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactSpec, Measure
from navigator.delivery.answers import LONGEST_WORDS, REASONS, UNCLEAR, UNCLEAR_WORDS, Letter, choices_of
from navigator.delivery.messages import money_words
from navigator.errors import InputError
from navigator.matching.assess import MeasureResult, show_value
from navigator.matching.dates import apply_state, period
from navigator.matching.rulebook import default_rulebook
from navigator.reports.wording import day_words, host_of, validity_words

_OUTCOMES = {
    True: '<span class="yes">✓ 符合</span>',
    False: '<span class="no">✗ 不符合</span>',
    None: '<span class="open">? 还不知道</span>',
}
_PERIODS = {
    "expired": "这项政策按今天看已经到期",
    "not_yet": "这项政策按今天看还没有开始",
    "unverified": "这项政策现在是否还有效，还没有核实",
}
_WHICH = {"not_fit": "哪一条", "wrong_info": "哪一项"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent and could not be taken: it stands in the boxes again, with the reason."""

    error: str = ""
    form: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """What was typed in a box."""
        return self.form.get(name, "")


def write_letter(letter: Letter, day: date, typed: Typed) -> str:
    """The body of the page on a day."""
    if letter.withdrawn is not None:
        return _withdrawn(letter)
    parts = [
        f"<h1>{escape(letter.ground.name)}</h1>",
        _example(letter),
        f'<p class="note error" role="alert">{escape(typed.error)}</p>' if typed.error else "",
        _lead(letter),
        _answered(letter, day),
        _asks(letter, typed) if letter.kind == "asks" else "",
        _why(letter),
        _how_much(letter) if letter.measure else "",
        _how_to(letter.measure, day) if letter.measure else "",
        _live(letter),
        _answer_forms(letter, typed),
        _others(letter),
        _stop(letter),
        _foot(letter),
    ]
    return "\n".join(part for part in parts if part)


def _withdrawn(letter: Letter) -> str:
    return (
        f"<h1>{escape(letter.ground.name)}</h1>{_example(letter)}"
        f'<p class="note warn"><b>这次推送已经撤回，请不要照它办。</b><br>原因：{escape(letter.withdrawn or "")}</p>'
        f"<p>有疑问请联系{escape(letter.office)}。</p>{_live(letter)}"
    )


def _example(letter: Letter) -> str:
    return '<p class="note warn"><b>示例</b>：这是虚构的企业，不是真的推送。</p>' if letter.example else ""


def _lead(letter: Letter) -> str:
    told = "按现有资料，您符合这项政策的条件"
    if letter.kind == "asks":
        is_told = bool(letter.answer and letter.answer.facts)
        told = "您补的信息收到了" if is_told else "只差一项信息，就知道能不能享受这项政策"
    summary = f"<p>{escape(letter.measure.summary)}</p>" if letter.measure else ""
    changed = ""
    if letter.measure is None:
        changed = "这项政策现在的政策库里已经没有了，可能合并或者停了；办之前请先打电话问。"
    elif letter.is_changed:
        changed = "这次推送发出以后，这项政策改过。下面“怎么办”是现在的内容，条件以政策页为准。"
    note = f'<p class="note warn">{changed}</p>' if changed else ""
    return f'<p class="lead">{escape(letter.enterprise)}：{told}。</p>{summary}{note}'


def _answered(letter: Letter, day: date) -> str:
    """What was said before, and what a told fact means by today's rules."""
    answer = letter.answer
    if answer is None:
        return ""
    if answer.facts:
        specs = default_rulebook().facts.specs
        told = "、".join(f"{specs[name].label} {_value(name, value)}" for name, value in answer.facts.items())
        return f'<div class="note" id="answer"><b>✓ 收到了：</b>{escape(told)}。{_meaning(letter.found, day)}</div>'
    if answer.fits:
        said = "适用"
    else:
        about = f"（{answer.about}）" if answer.about else ""
        said = f"不适用，{REASONS[answer.reason or 'other']}{about}"
    words = f"<br>您写的：{escape(answer.words)}" if answer.words else ""
    return (
        f'<p class="note" id="answer"><b>✓ 您的回复收到了：{escape(said)}</b>{words}<br>'
        f"<small>{day_words(letter.last_day)}以前可以在下面更正。</small></p>"
    )


def _meaning(found: MeasureResult | None, day: date) -> str:
    if found is None:
        return "这项政策现在的政策库里已经没有了。"
    told = {
        "eligible": "按您填的，<b>条件都符合</b>，可以照下面“怎么办”去办。",
        "not_eligible": "按您填的，<b>条件不符合</b>，这次享受不了。",
        "needs_info": "记下了；还差别的信息才能判断。",
    }.get(found.status, f"{_PERIODS.get(found.status, '')}。")
    if found.status == "eligible":
        benefit = found.measure.benefit
        money = money_words(found.estimate, benefit.estimate_kind, benefit.per)
        told += f"<b>{escape(money)}</b>。" if money else ""
        told += f"另有 {len(found.measure.confirm)} 项要当面确认。" if found.measure.confirm else ""
    lines = "".join(f"<li>{_OUTCOMES[item.outcome]}　{escape(item.condition.text)}</li>" for item in found.conditions)
    return f'{told}<ul class="plain">{lines}</ul>'


def _why(letter: Letter) -> str:
    lines = "".join(
        f"<li>{_OUTCOMES[outcome]}　{escape(text)}<br><small>依据：{escape(source)}</small></li>"
        for text, source, outcome in letter.ground.conditions
    )
    specs = default_rulebook().facts.specs
    used = "".join(
        f"<li>{escape(specs[name].label)}：{escape(_kept_value(name, value))}</li>"
        for name, value in letter.ground.facts.items()
        if name in specs
    )
    facts = f'<p class="small">判断用了这些资料：</p><ul class="small">{used}</ul>' if used else ""
    confirm = ""
    if letter.measure and letter.measure.confirm:
        confirm = f"<p>还要当面确认的：</p>{_list(letter.measure.confirm)}"
    title = "为什么推给您" if letter.kind == "fits" else "已经知道的和还差的"
    return f'<h2>{title}</h2><ul class="plain">{lines}</ul>{facts}{confirm}'


def _how_much(letter: Letter) -> str:
    benefit = letter.measure.benefit  # type: ignore[union-attr]
    money = f'<p class="money">{escape(letter.money)}</p>' if letter.money else ""
    mark = "（示例企业的数，不是真的）" if letter.example and letter.money else ""
    lent = "贷款和担保是要还的钱。" if benefit.kind in ("贷款", "担保") else ""
    basis = f"怎么算：{benefit.basis}。" if benefit.basis and letter.money else ""
    small = f'<p class="small">{escape(mark + basis + lent)}</p>' if mark or basis or lent else ""
    return f"<h2>能得什么</h2>{money}<p>{escape(benefit.text)}</p>{small}"


def _how_to(measure: Measure, day: date) -> str:
    apply, standing = measure.apply, period(measure, day)
    closed = apply_state(measure, day) == "closed"
    warn = _PERIODS.get(standing) or ("这一轮申报已经截止" if closed else "")
    parts = [
        "<h2>怎么办</h2>",
        f'<p class="note warn">{warn}，办之前请先打电话问。</p>' if warn else "",
        f"<p><b>在哪办</b>：{escape(apply.where or '没有查到')}</p>",
        _list(apply.how, "ol"),
        f"<p><b>要带什么</b>：{escape('；'.join(apply.materials) or '没有查到要交的材料')}</p>",
        f"<p><b>什么时候</b>：{escape(apply.deadline or '没有查到期限')}</p>",
        _list(
            f"申报期 {one.from_ or '（起始日未查到）'} 至 {one.to or '（截止日未查到）'}" for one in apply.windows or ()
        ),
        f"<p><b>承诺办结</b>：{apply.promised_days} 个工作日</p>" if apply.promised_days else "",
        f'<p><b>咨询电话</b>：<a href="tel:{escape(apply.phone)}">{escape(apply.phone)}</a></p>' if apply.phone else "",
        f"<p><b>有效期</b>：{escape(validity_words(measure))}</p>",
        f"<p><b>依据</b>：《{escape(measure.source.title)}》{escape(measure.source.document or '')}</p>",
        "".join(_outside(address) for address in measure.source.links),
        f'<p class="note warn">{escape(measure.verification_note)}</p>' if measure.verification_note else "",
    ]
    return "".join(parts)


def _outside(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        return ""
    return f'<p class="small"><a href="{escape(address)}" rel="noreferrer noopener">看原文（{escape(host_of(address))}）</a></p>'


def _live(letter: Letter) -> str:
    """The way to the measure's own page; the address says which measure, nothing of the enterprise."""
    if letter.measure is None:
        return '<p class="screen"><a href="/" rel="noreferrer">到首页查别的政策</a></p>'
    address = f"/measure?id={quote(letter.ground.measure_id)}"
    return f'<p class="screen"><a href="{address}" rel="noreferrer">看这项政策最新、最全的内容</a></p>'


def _asks(letter: Letter, typed: Typed) -> str:
    spec = default_rulebook().facts.specs.get(letter.fact or "")
    if spec is None:
        return ""
    told = letter.answer.facts.get(spec.name) if letter.answer else None
    help_ = f'<p class="small">{escape(spec.help)}</p>' if spec.help else ""
    button = "改好了，提交" if told is not None else "提交"
    use = "填的会记进您的企业档案，注明是您自己报的，用来判断能享受哪些政策。"
    return (
        f'<form method="post">{_hidden(letter, "fact")}{_question(spec, typed.get("value") or _typed_value(spec, told))}{help_}'
        f'<p class="small">{use}</p><button type="submit">{button}</button></form>'
    )


def _question(spec: FactSpec, value: str) -> str:
    """The box that suits a fact's kind."""
    label = f"{spec.question}（{spec.unit}）" if spec.unit and spec.type != "money" else spec.question
    match spec.type:
        case "bool" | "choice":
            options = ["是", "否"] if spec.type == "bool" else spec.values
            boxes = "".join(
                f'<label><input type="radio" name="value" value="{escape(one)}" required{" checked" * (one == value)}>{escape(one)}</label>'
                for one in options
            )
            return f"<fieldset><legend>{escape(label)}</legend>{boxes}</fieldset>"
        case "code" if spec.name == "industry":
            box = f'<select id="value" name="value" required><option value="">请选行业</option>{_industries(value)}</select>'
        case "date":
            box = f'<input id="value" name="value" type="date" value="{escape(value)}" required>'
        case "count":
            box = f'<input id="value" name="value" type="number" min="0" step="1" inputmode="numeric" value="{escape(value)}" required>'
        case _:
            example = {"money": "如 3600 或 120万", "percent": "如 5.5", "code": "如 420881"}.get(spec.type, "")
            box = f'<input id="value" name="value" type="text" maxlength="200" placeholder="{example}" value="{escape(value)}" required>'
    return f'<label class="box" for="value">{escape(label)}</label>{box}'


def _industries(value: str) -> str:
    table = load_industries()
    return "".join(
        f'<option value="{code}"{" selected" * (code == value)}>{escape(table.name(code))} {code}</option>'
        for code in table.codes()
        if len(code) in (3, 4)
    )


def _typed_value(spec: FactSpec, told: object) -> str:
    if told is None:
        return ""
    if isinstance(told, bool):
        return "是" if told else "否"
    return f"{told:.15g}" if isinstance(told, float) else str(told)


def _answer_forms(letter: Letter, typed: Typed) -> str:
    given = letter.answer
    fits = f'<form method="post">{_hidden(letter, "fits")}<button type="submit">适用，我去办</button></form>'
    opened = " open" if typed.get("do") == "not" else ""
    summary = "不适用" if letter.kind == "fits" else "不填，这项政策不适用"
    return (
        f'<h2 class="screen" id="reply">{"更正您的回复" if given else "请告诉我们推得对不对"}</h2>'
        f"{fits if letter.kind == 'fits' else ''}"
        f"<details{opened}><summary>{summary}</summary>"
        f'<form method="post">{_hidden(letter, "not")}<fieldset><legend>为什么</legend>'
        f"{''.join(_reason(letter, code, typed) for code in REASONS)}</fieldset>"
        f'<label class="box" for="words">想说的话（可以不写，最多{LONGEST_WORDS}个字）</label>'
        f'<textarea id="words" name="words" rows="3" maxlength="{LONGEST_WORDS}">{escape(_words(letter, typed))}</textarea>'
        '<button type="submit">提交：不适用</button></form></details>'
    )


def _words(letter: Letter, typed: Typed) -> str:
    return typed.get("words") if typed.form else letter.answer.words if letter.answer else ""


def _reason(letter: Letter, code: str, typed: Typed) -> str:
    """One reason; where it needs one, the list of conditions or facts opens below it (by style alone, without a script)."""
    answer = letter.answer
    chosen = typed.get("reason") if typed.form else (answer.reason or "") if answer else ""
    about = (
        typed.get(f"about-{code}")
        if typed.form
        else (answer.about or UNCLEAR)
        if answer and answer.reason == code
        else ""
    )
    box = (
        f'<input type="radio" id="r-{code}" name="reason" value="{code}" required{" checked" * (chosen == code)}>'
        f'<label for="r-{code}">{REASONS[code]}</label>'
    )
    if code not in _WHICH:
        return f'<div class="choice">{box}</div>'
    which = [(UNCLEAR, UNCLEAR_WORDS), *((one, one) for one in choices_of(letter, code))]
    options = "".join(
        f'<option value="{escape(value)}"{" selected" * (value == about)}>{escape(text)}</option>'
        for value, text in which
    )
    title = f"{REASONS[code]}的是{_WHICH[code]}"
    return (
        f'<div class="choice">{box}<div class="more"><select name="about-{code}" aria-label="{title}">'
        f'<option value="">请选{_WHICH[code]}</option>{options}</select></div></div>'
    )


def _others(letter: Letter) -> str:
    if not letter.others:
        return ""
    lines = "".join(
        f'<li><a href="/p/{one.token}" rel="noreferrer">{escape(one.name)}</a>'
        f"　<small>{'✓ 已回复' if one.is_answered else '差一项信息' if one.kind == 'asks' else '没有回复'}</small></li>"
        for one in letter.others
    )
    return f"<h2>这次一起推给您的</h2><ul>{lines}</ul>"


def _stop(letter: Letter) -> str:
    if None in letter.stopped:
        return '<p class="note" id="stop">✓ 记下了：以后不再给您推送政策。想恢复，请联系发出推送的单位。</p>'
    this = letter.ground.measure_id in letter.stopped
    note = '<p class="note" id="stop">✓ 记下了：这项政策以后不再推给您。</p>' if this else ""
    only = '<label><input type="radio" name="what" value="this" required>只是这项政策</label>' if not this else ""
    return (
        f'{note}<details><summary>不再接收</summary><form method="post">{_hidden(letter, "stop")}'
        f"<fieldset><legend>不想再收到哪些</legend>{only}"
        '<label><input type="radio" name="what" value="all" required>所有政策推送</label></fieldset>'
        '<p class="small">不影响您自己查政策、办政策。以后想恢复，请联系发出推送的单位。</p>'
        '<button class="second" type="submit">不再接收</button></form></details>'
    )


def _foot(letter: Letter) -> str:
    last = day_words(letter.last_day)
    return (
        '<footer><p class="screen">办的时候卡住了？可以<a href="/ask" rel="noreferrer">提诉求</a>，不用登录。</p>'
        f"<p>{escape(letter.office)} {day_words(letter.sent)}发出。这个链接只给您用，{last}以前有效，请不要转给别人。</p>"
        "<p>是按已有资料判断的，能不能享受、享受多少，以主管部门的决定为准。</p></footer>"
    )


def _hidden(letter: Letter, what: str) -> str:
    return f'<input type="hidden" name="token" value="{letter.token}"><input type="hidden" name="do" value="{what}">'


def _list(lines: Iterable[str], tag: str = "ul") -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<{tag}>{items}</{tag}>" if items else ""


def _kept_value(name: str, raw: object) -> str:
    """A value of a ground for a reader."""
    try:
        return _value(name, default_rulebook().facts.read_value(name, raw))
    except InputError:
        return str(raw)


def _value(name: str, value: object) -> str:
    if name == "industry":
        table = load_industries()
        return f"{table.name(str(value))}（{value}）" if str(value) in table.codes() else str(value)
    return show_value(value, default_rulebook().facts.specs[name])  # type: ignore[arg-type]
