"""What a team takes along on a day without a signal: the pack as JSON, and the shell of the one-file edition that a browser fills with it.

Nothing is encrypted here: the browser does that before anything is kept (navigator/visitapp/crypto.js). The pack is a JSON object:

    format          1
    made_at         moment it was made, ISO with zone
    as_of           the day it was made for, ISO
    by, region      who took it, for which region (null: the whole city)
    corpus_version  fingerprint of the policy corpus
    route           {"id": int, "title": text}
    program         navigator.matching.portable.program(rulebook), for evaluate.js: evaluate(pack.program, facts, as_of)
    details         {measure id: details(measure)} = {"id", "name", "summary", "delivery", "chips": [{"text", "tone"}],
                    "conditions": [{"text", "source"}], "confirm": [text],
                    "rows": [{"label", "form": text|list|steps|small|links, "lines": [{"text", "aside", "link"}]}]}
    facts           {fact: {"label", "type": text|choice|code|bool|count|number|money|percent|date, "unit", "question", "help",
                    "group", "values": [text]}}: what can be asked and how
    choices         {"fields": {id: label}, "topics": {id: label}, "industries": [code and name]}: of appeals, visit records, the fact industry
    enterprises     in the order of the route: [{"id": int, "uscc", "name", "region", "example": bool, "version": int,
                    "facts": {fact: value}, "known": {fact: "source，day"}, "sections": [{"heading", "lines": [text]}]}]
                    sections: what the brief says beyond what the program works out (who they are, pushes and answers, open appeals,
                    promises, commitments, talking points)
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from navigator.auth import Actor, need
from navigator.corpus.industries import load_industries
from navigator.corpus.load import Corpus
from navigator.corpus.model import FactSpec, Measure
from navigator.delivery import appeals, routes, visits
from navigator.delivery.brief import Brief, Known, Open, brief_of
from navigator.errors import InputError
from navigator.matching.portable import program
from navigator.matching.rulebook import RuleBook, rulebook_for, source_of
from navigator.reports.sheet import Line, sheet_of
from navigator.store.audit import audit
from navigator.store.enterprises import plain_value, read_enterprise

FORMAT = 1
APP = Path(__file__).parent / "visitapp"
_SHOWN_ELSEWHERE = ("给谁", "当面确认")
_IMPORT = re.compile(r"""^import \{([^}]*)\} from ['"]\./(\w+)\.js['"];$""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)|(?:const|let|class) (\w+))", re.MULTILINE)


def make_pack(actor: Actor | None, team: int, day: date, *, now: datetime) -> dict[str, Any]:
    """Everything for a team's route of a day. For the team, in their region; the reading of each record stands in the log."""
    actor = need(actor, "team")
    route = routes.of_day(actor, team, day)
    if not route.stops:
        raise InputError("走访路线", f"{route.team}在 {day} 还没有排企业", "先在“走访清单”里选企业，排进路线")
    rulebook = rulebook_for(day)
    found = {
        "format": FORMAT,
        "made_at": now.isoformat(timespec="seconds"),
        "as_of": day.isoformat(),
        "by": actor.name,
        "region": actor.region,
        "corpus_version": rulebook.corpus.fingerprint,
        "route": {"id": route.id, "title": f"{route.team} {day.isoformat()}"},
        **rules(rulebook, day),
        "choices": {"fields": dict(appeals.FIELDS), "topics": dict(visits.TOPICS), "industries": _industries()},
        "enterprises": [_firm(actor, stop.uscc, day) for stop in route.stops],
    }
    audit(
        actor, "带走走访资料", f"route:{route.id or ''}", {"哪天": day.isoformat(), "家数": len(route.stops)}, now=now
    )
    return found


def rules(rulebook: RuleBook, day: date) -> dict[str, Any]:
    """The part of a pack that is the same for every enterprise: program, details of measures, facts that can be asked."""
    corpus = rulebook.corpus
    return {
        "program": program(rulebook),
        "details": {one.measure.id: details(one.measure, corpus, day) for one in rulebook.measures},
        "facts": {name: _asked(spec) for name, spec in rulebook.facts.specs.items()},
    }


def details(measure: Measure, corpus: Corpus, as_of: date) -> dict[str, Any]:
    """What a phone shows of a measure: its conditions, and the rows of its sheet."""
    sheet = sheet_of(measure, corpus, as_of)
    return {
        "id": measure.id,
        "name": measure.name,
        "summary": measure.summary,
        "delivery": measure.delivery,
        "chips": [{"text": f"{one.mark} {one.word}".strip(), "tone": one.tone} for one in sheet.chips],
        "conditions": [{"text": one.text, "source": source_of(measure, one)} for one in measure.conditions],
        "confirm": list(measure.confirm),
        "rows": [
            {"label": row.label, "form": row.form, "lines": [_line(line) for line in row.lines]}
            for row in sheet.rows
            if row.label not in _SHOWN_ELSEWHERE
        ],
    }


def _industries() -> list[str]:
    industries = load_industries()
    return [
        " ".join((code, industries.name(code), *industries.everyday(code)))
        for code in industries.codes()
        if len(code) > 2
    ]


def _line(line: Line) -> dict[str, str]:
    return {"text": line.text, "aside": line.aside, "link": line.link}


def _asked(spec: FactSpec) -> dict[str, Any]:
    return {
        "label": spec.label, "type": spec.type, "unit": spec.unit, "question": spec.question, "help": spec.help,
        "group": spec.group, "values": list(spec.values),
    }  # fmt: skip


def _firm(actor: Actor, uscc: str, day: date) -> dict[str, Any]:
    record = read_enterprise(actor, uscc)
    return {
        "id": record.id,
        "uscc": record.uscc,
        "name": record.name,
        "region": record.region,
        "example": record.example,
        "version": record.version,
        "facts": {name: plain_value(fact.value) for name, fact in record.facts.items()},
        "known": {name: f"{fact.source}，{fact.on.isoformat()}" for name, fact in record.facts.items()},
        "sections": sections(brief_of(actor, record.id, day)),
    }


def sections(brief: Brief) -> list[dict[str, Any]]:
    """What a brief says beyond what the program works out on the phone, as headings and lines; empty ones are left out."""
    found = {
        "是谁": [*([f"乡镇街道：{brief.township}"] if brief.township else []), *map(_known, brief.who)],
        "谈话要点": [f"{one.text}（{one.source}）" for one in brief.points],
        "已经推送过": [
            f"{one.name}（{one.sent or '日期没有记'}）：{one.answer or '还没有回复'}" for one in brief.pushes
        ],
        "已经办过的": [f"{one.name}：{one.settled}" for one in brief.had],
        "没办结的诉求": [_appeal(one) for one in brief.appeals],
        "答应过、还没办的事": [f"{one.words}（{one.due_on} 以前，{one.keeper}）" for one in brief.promises],
        "上次走访": [str(brief.last_visit)] if brief.last_visit else [],
        "与它有关的承诺": [f"第{one.number}项 {one.title}：{one.why}" for one in brief.commitments],
    }
    return [{"heading": heading, "lines": lines} for heading, lines in found.items() if lines]


def _known(one: Known) -> str:
    return f"{one.label}：{one.value}（{one.source}，{one.on}）"


def _appeal(one: Open) -> str:
    due = f"，{one.due} 前答复" if one.due else ""
    return f"{one.number} {one.title}（{one.field}，{one.state}{due}{'，已超期' if one.is_late else ''}）"


# ---- the shell


@cache
def shell() -> dict[str, bytes]:
    """The files of the web app by name, without sw.js."""
    return {path.name: path.read_bytes() for path in sorted(APP.iterdir()) if path.is_file() and path.name != "sw.js"}


@cache
def shell_version() -> str:
    """Changes whenever a file of the app does."""
    told = hashlib.sha256((APP / "sw.js").read_bytes())
    for name, content in shell().items():
        told.update(name.encode() + content)
    return told.hexdigest()[:16]


@cache
def one_file() -> str:
    """The app as one HTML page that asks nobody for anything; a browser puts what it has locked in the place of PAYLOAD."""
    page = shell()["index.html"].decode()
    script, style = f"\n{_one_script()}\n", shell()["style.css"].decode()
    if "</" in script.replace("</ ", "") or "</" in style or "<!--" in script:
        raise ValueError("a script or style that would end its own element")
    policy = f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src blob:; base-uri 'none'; form-action 'none'"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<style>{style}</style>'
    page = re.sub(r"<!-- shell -->.*<!-- /shell -->", lambda found: head, page, flags=re.DOTALL)
    body = f'<div id="payload" hidden>PAYLOAD</div>\n<script type="module">{script}</script>'
    return page.replace("<!-- script -->", body)


def _one_script() -> str:
    """All modules in one, each in a function of its own that gives what it exports."""
    parts = []
    for name in _modules("app"):
        text = shell()[f"{name}.js"].decode()
        exported = [first or second for first, second in _EXPORT.findall(text)]
        text = _IMPORT.sub(_taken_from, text)
        text = _EXPORT.sub("", text)
        if re.search(r"^(import|export)\b", text, re.MULTILINE):
            raise ValueError(f"{name}.js: an import or export that cannot be put into one file")
        parts.append(
            f"const {name.removesuffix('.js')}_js = (() => {{\n{text}\nreturn {{{', '.join(exported)}}};\n}})();"
        )
    return "'use strict';\n" + "\n".join(parts)


def _modules(name: str, found: dict[str, None] | None = None) -> dict[str, None]:
    """A module and those it imports from, each after what it needs."""
    found = {} if found is None else found
    for _, needed in _IMPORT.findall(shell()[f"{name}.js"].decode()):
        if needed not in found:
            _modules(needed, found)
    found[name] = None
    return found


def _taken_from(found: re.Match[str]) -> str:
    return f"const {{{found[1].replace(' as ', ': ')}}} = {found[2]}_js;"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
