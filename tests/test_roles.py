"""Nothing is left out: every call, export and page of enterprises asks for a role and keeps to the region.

The lists are made by looking at the program: a call, an export or a cache that joins it later and is not safe, or that nobody has
thought about here, fails.
"""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import FunctionType

import pytest
from openpyxl import load_workbook

from navigator.auth import COMMAND_LINE, ROLES, Actor, NotAllowed, Role
from navigator.delivery import appeals
from navigator.delivery.board import add_unit
from navigator.delivery.cadence import Given, save_duty, set_start
from navigator.delivery.cadence_bulletin import confirm, make_bulletin
from navigator.delivery.fulfilment_list import Made, make_round
from navigator.delivery.problems import New, add_problem
from navigator.delivery.visits import Person, Promise, VisitNote, keep
from navigator.delivery.window import Decided, take_case
from navigator.errors import InputError
from navigator.exports import EXPORTS
from navigator.feedback import keep_feedback
from navigator.settings import ROOT, settings
from navigator.store import enterprises, importing
from navigator.store.audit import count_audit, read_audit
from navigator.store.engine import transaction
from navigator.store.fulfilment_tables import PaymentFileRow, PaymentLineRow
from tests.delivery.pushed import CIT, begin_batch, begin_hand_over, push_out
from tests.delivery.test_backtest import run
from tests.delivery.test_backtest import table as named_list
from tests.store.test_importing import CITY, LI, WANG, begin, table
from tests.store.test_importing_columns import code
from tests.stores import own_store

EVIL, NOON = '=HYPERLINK("http://example.com")厂', datetime(2026, 11, 23, 4, tzinfo=UTC)
VISITOR, TEAM = Actor("访客", "public"), Actor("小分队小陈", "team", "京山市")
PACKAGES = ("store", "intake", "delivery", "reports")

# ---- every call


def calls() -> dict[str, FunctionType]:
    """Public functions that are told who acts; those told a transaction first are parts of others."""
    found = {}
    for package in PACKAGES:
        root = importlib.import_module(f"navigator.{package}")
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if ".migrations" in module.name or module.name == "navigator.intake.parsing":  # a process of its own
                continue
            for name, one in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(one) and one.__module__ == module.name and not name.startswith("_"):
                    told = list(inspect.signature(one).parameters)
                    if "actor" in told and told[0] != "session":
                        found[f"{module.name.removeprefix('navigator.')}.{name}"] = one
    return found


CALLS = calls()
PARTS = {
    "store.audit.audit": "writes down what somebody else was allowed to do",
    "store.enterprises.in_region_of": "a part of a query",
    "delivery.batches.seen_by": "a part of a query",
    "delivery.fulfilment.rounds_of": "a part of a query",
    "delivery.window.cases_of": "a part of a query",
    "delivery.board.units_of": "a part of a query",
    "delivery.problems.problems_of": "a part of a query",
    "delivery.appeals.appeals_of": "a part of a query",
    "delivery.board.allow": "asks whether a region is somebody's whose role is known",
    "store.sign_ins.sign_out_everywhere_else": "of one's own sign-ins",
    "store.sign_ins.count_open": "of one's own sign-ins",
}
FOR_EVERYONE = {"store.accounts.change_own_password"}


def call(one: FunctionType, actor: Actor | None, **given: object) -> object:
    """Call with what is given by name, and something that fits nowhere for the rest."""
    values: dict[str, object] = {}
    for name, parameter in inspect.signature(one).parameters.items():
        if name == "actor":
            values[name] = actor
        elif name in given:
            values[name] = given[name]
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            values[name] = {} if name == "parameters" else object()
    result = one(**values)
    return list(result) if inspect.isgenerator(result) else result


@pytest.fixture(scope="module")
def one_store(tmp_path_factory) -> Iterator[None]:
    """An empty store for calls that are all refused."""
    folder = tmp_path_factory.mktemp("roles")
    with pytest.MonkeyPatch.context() as patch, own_store(f"sqlite:///{folder / 'store.db'}", patch):
        patch.setenv("NAVIGATOR_DATA", str(folder))
        settings.cache_clear()
        yield


@pytest.mark.parametrize("name", sorted(CALLS.keys() - PARTS))
def test_every_call_asks_who_it_is_before_anything_else(one_store, name):
    for actor in (None, *([] if name in FOR_EVERYONE else [VISITOR])):
        with pytest.raises(NotAllowed):
            call(CALLS[name], actor)


def test_there_are_as_many_calls_as_one_would_think():
    assert len(CALLS) > 100
    assert PARTS.keys() | FOR_EVERYONE <= CALLS.keys()


WITHOUT_AN_ACTOR = {
    "delivery/appeals_public.py raise_by_enterprise": "an enterprise without an account gives an appeal; nothing is read",
    "delivery/appeals_public.py look_up": "the receipt is the right to it",
    "delivery/appeals_public.py say": "the same",
    "delivery/appeals_public.py forget_contact": "the same",
    "delivery/calendars.py make_for_visitor": "a visitor without an account makes a link; nothing is read",
    "delivery/calendars.py feed_of": "the token of a link is the right to it",
    "delivery/calendars.py stop": "the same",
    "delivery/calendars.py too_many_wrong": "counts tries of an address",
    "delivery/board.py public_progress": "what staff made public for everybody",
    "delivery/answers.py read_letter": "the token of a link is the right to it",
    "delivery/answers.py tell_fact": "the same",
    "delivery/answers.py stop": "the same",
    "delivery/links.py too_many_wrong": "counts tries of an address",
    "delivery/queue.py work": "sends what two of the staff have released",
    "store/importing_plan.py remembered_uses": "what headings were taken for, of no enterprise",
    "store/background.py let_go": "long work says that it stopped; who began it was asked",
    "store/sign_ins.py sign_in": "this is how one becomes somebody",
    "store/sign_ins.py sign_in_proven": "the same",
    "store/sign_ins.py actor_of": "the same",
    "store/sign_ins.py form_token": "the same",
    "store/sign_ins.py sign_out": "ends one's own sign-in",
}


def test_what_opens_the_store_is_told_who_acts():
    found = set()
    for package in PACKAGES:
        for path in sorted((ROOT / "navigator" / package).rglob("*.py")):
            for one in ast.parse(path.read_text(encoding="utf-8")).body:
                if not isinstance(one, ast.FunctionDef) or one.name.startswith("_"):
                    continue
                told = {argument.arg for argument in (*one.args.args, *one.args.kwonlyargs)}
                called = {
                    node.func.id
                    for node in ast.walk(one)
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                }
                if called & {"transaction", "reading"} and not told & {"actor", "session"}:
                    found.add(f"{path.relative_to(ROOT / 'navigator').as_posix()} {one.name}")
    assert found == WITHOUT_AN_ACTOR.keys()


# ---- a small world of two regions


@dataclass(frozen=True, slots=True)
class World:
    """What 京山 has: an enterprise with a name that calculates, an import, a batch that went out, a run of a list."""

    enterprise: int
    uscc: str
    numbers: Mapping[str, int]
    hand_over: int


@pytest.fixture
def world(store, tmp_path, monkeypatch) -> Iterator[World]:
    monkeypatch.setenv("NAVIGATOR_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    batch = begin_batch(scope="京山市", choice={"measures": [CIT]})
    hand_over = begin_hand_over(batch)
    pushed = push_out(1, EVIL, batch=batch, hand_over=hand_over)
    number = begin(table(("", EVIL, "京山市", "1", "1"), (code(7), "京山七厂", "京山市", "1", "1")), LI)
    importing.carry_on(LI, number)
    listed = run(named_list((1, EVIL, "", "")), LI)
    keep_feedback("wrong", "", "measure:x", EVIL)
    make_round(LI, Made("nat-tax-first-free", "2026年", "京山局", NOON.date()))
    with transaction() as session:
        session.add(PaymentFileRow(id=1, round_id=1, file="发放.csv", sha256="0", counts={}, at=NOON, by=LI.name))
        session.flush()
        told = {"code": "", "amount": "1", "day": "", "found": "not_listed", "because": "不在名单上"}
        session.add(PaymentLineRow(file_id=1, line=2, name=EVIL, **told))
    take_case(LI, pushed.uscc, CIT, Decided("accepted"), "京山窗口", day=NOON.date())
    unit = add_unit(LI, "京山招商中心", "county", "京山市")
    owed = New("arrears", EVIL, EVIL, "投诉", date(2026, 9, 1), unit, due=date(2026, 10, 9), due_source="通知")
    add_problem(LI, owed, NOON.date())
    raised = appeals.New("office", EVIL, "tax", EVIL, EVIL, NOON.date(), region="京山市")
    appeals.raise_appeal(LI, raised, NOON.date())
    promised = (Promise(EVIL, date(2026, 12, 1)),)
    met = (Person(EVIL, "厂长", "13800138000"),)
    keep(LI, VisitNote(pushed.enterprise, NOON.date(), met, ("policy",), EVIL, promised), NOON.date())
    set_start(CITY, date(2026, 11, 1), "上线")
    save_duty(CITY, ("pointed", "", "2026-W45"), Given(EVIL), NOON.date())
    make_bulletin(CITY, 202610, NOON.date())
    confirm(CITY, 202610)
    numbers = {"store.enterprises": pushed.enterprise, "store.importing": number, "delivery.backtest": listed}
    yield World(pushed.enterprise, pushed.uscc, numbers, hand_over)
    settings.cache_clear()


def of_records() -> list[str]:
    """Calls that name an enterprise by its code, or something of a region by its number."""
    return sorted(name for name, one in CALLS.items() if {"uscc", "number"} & inspect.signature(one).parameters.keys())


@pytest.mark.parametrize("name", of_records())
def test_from_another_region_every_record_might_as_well_not_exist(world, name):
    module = name.rpartition(".")[0]
    given = {
        "uscc": world.uscc, "number": world.numbers.get(module, 1), "version": 1, "facts": {"employees": 3}, "source": "走访",
        "on": date(2026, 11, 1), "based_on": 1, "kind": "phone", "value": "13800138000", "day": date(2026, 11, 1),
        "address": "a@example.com", "now": NOON, "reason": "不对", "count": 1, "seed": 1, "message_id": 1, "went_out": True,
        "as_of": date(2026, 11, 23), "measure_id": "", "remark": "", "place": "网站", "promised": 5, "starts": "notice",
        "first": date(2026, 11, 1), "last": date(2026, 11, 9), "decided": Decided("accepted"), "office": "窗口",
        "name": "某厂", "region": "京山市", "today": date(2026, 11, 23), "text": "看过", "whom": "某科室",
        "enterprise": world.enterprise, "team": 1, "route": 1,
    }  # fmt: skip
    moment = inspect.signature(CALLS[name]).parameters.get("now")
    if moment and "datetime" not in str(moment.annotation):
        given["now"] = NOON.date()
    before = count_audit(COMMAND_LINE)
    with pytest.raises(InputError) as told:
        call(CALLS[name], WANG, **given)
    assert EVIL not in str(told.value)
    assert "京山" not in str(told.value).replace("京山市的资料由当地", "")
    assert count_audit(COMMAND_LINE) == before


# ---- reads are logged

READS = {
    "store.enterprises.read_enterprise": {},
    "store.enterprises.read_history": {},
    "store.enterprises.read_version": {"version": 1},
    "store.enterprises.find_enterprises": {"words": "厂"},
    "store.enterprises.recent_enterprises": {},
}
NO_READS = {
    "store.enterprises.count_found": "a number",
    "store.enterprises.count_enterprises": "a number",
    "store.enterprises.recent_stamp": "a moment",
    "store.enterprises.uscc_of": "the code behind an address, for a reading that is logged",
}
CHANGES = {"store.enterprises.add_enterprise", "store.enterprises.save_facts"}


@pytest.mark.parametrize("name", READS)
def test_every_read_of_records_stands_in_the_log(world, name):
    before = count_audit(COMMAND_LINE)
    call(CALLS[name], LI, uscc=world.uscc, **READS[name])
    assert count_audit(COMMAND_LINE) > before
    assert read_audit(COMMAND_LINE)[0].actor == LI.name


def test_every_call_of_records_is_known_to_read_to_change_or_to_do_neither():
    mine = {name for name in CALLS.keys() - PARTS if name.startswith("store.enterprises.")}
    assert mine == READS.keys() | NO_READS.keys() | CHANGES


# ---- every export


@dataclass(frozen=True, slots=True)
class Asked:
    """How an export is asked for: the least role, the parameters in the world above, whether the name of a firm stands in it."""

    role: Role
    parameters: Callable[[World], dict[str, str]]
    names: bool = True
    by_region: bool = True


ASKED = {
    "audit": Asked("admin", lambda world: {}, by_region=False),
    "original": Asked("staff", lambda world: {"draft": "none"}, names=False, by_region=False),
    "upkeep": Asked("staff", lambda world: {"list": "remarks", "as_of": "2026-11-23"}, by_region=False),
    "import-refusals": Asked("staff", lambda world: {"id": str(world.numbers["store.importing"])}),
    "quality": Asked("staff", lambda world: {"kind": "missing", "fact": "revenue", "as_of": "2026-11-23"}),
    "backtest": Asked("staff", lambda world: {"id": str(world.numbers["delivery.backtest"])}),
    "record": Asked("staff", lambda world: {"id": str(world.enterprise), "as_of": "2026-11-23"}),
    "pack": Asked("staff", lambda world: {"id": str(world.enterprise), "as_of": "2026-11-23", "format": "xlsx"}),
    "metrics": Asked("staff", lambda world: {"month": "2026-11"}, names=False),
    "metric-rows": Asked("staff", lambda world: {"metric": "push-sent", "list": "sent", "month": "2026-11"}),
    "pushes": Asked("staff", lambda world: {"id": "1"}),
    "hand-over": Asked("staff", lambda world: {"id": str(world.hand_over)}),
    "fulfilment-list": Asked("staff", lambda world: {"id": "1"}),
    "fulfilment-due": Asked("staff", lambda world: {"as_of": "2026-11-23"}, names=False),
    "payments-left": Asked("staff", lambda world: {"id": "1"}),
    "window-cases": Asked("staff", lambda world: {"from": "2026-11-01", "to": "2026-11-30"}),
    "board": Asked("staff", lambda world: {"as_of": "2026-11-23"}, names=False),
    "board-values": Asked("staff", lambda world: {}, names=False),
    "board-tasks": Asked("staff", lambda world: {"as_of": "2026-11-23"}, names=False),
    "board-units": Asked("staff", lambda world: {}, names=False),
    "problems": Asked("staff", lambda world: {}),
    "appeals": Asked("staff", lambda world: {}),
    "visits": Asked("staff", lambda world: {}),
    "visit-promises": Asked("staff", lambda world: {}),
    "cadence": Asked("staff", lambda world: {}),
    "bulletin": Asked("staff", lambda world: {"month": "2026-10"}, names=False),
    "quarter-report": Asked("staff", lambda world: {"quarter": "2026-Q3"}, names=False),
    "bulletin-units": Asked("staff", lambda world: {}),
}


def export(name: str, actor: Actor | None, parameters: Mapping[str, str]):
    module, function = EXPORTS[name].split(":")
    return getattr(importlib.import_module(module), function)(actor, parameters)


def cells(download) -> list[str]:
    """All texts of a table, CSV or Excel; in Excel none may be a formula."""
    if download.content[:2] != b"PK":
        return [cell for row in csv.reader(io.StringIO(download.content.decode("utf-8-sig"))) for cell in row]
    found = []
    for sheet in load_workbook(io.BytesIO(download.content)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type != "f", cell.value
            assert cell.hyperlink is None or cell.hyperlink.target.startswith(("http", "#", "tel:", "mailto:"))
            found.append(("'" if cell.data_type == "s" else "") + str(cell.value))
    return found


def test_every_export_is_tried_here():
    assert ASKED.keys() == EXPORTS.keys()


@pytest.mark.parametrize("name", ASKED)
def test_an_export_is_for_its_role_and_those_above_alone(world, name):
    parameters = ASKED[name].parameters(world)
    below = [Actor("某人", role, "京山市") for role in ROLES[: ROLES.index(ASKED[name].role)]]
    for actor in (None, *below):
        for asked in (parameters, {}):
            with pytest.raises(NotAllowed):
                export(name, actor, asked)
    try:
        export(name, Actor("某人", ASKED[name].role), parameters)
    except NotAllowed:
        raise
    except InputError:
        assert name == "original"


@pytest.mark.parametrize("name", [name for name, asked in ASKED.items() if asked.by_region])
def test_an_export_of_another_region_says_nothing_of_this_one(world, name):
    try:
        made = export(name, WANG, ASKED[name].parameters(world))
    except InputError as told:
        assert EVIL not in str(told)
        return
    text = "\n".join(cells(made))
    assert "HYPERLINK" not in text
    assert world.uscc not in text


@pytest.mark.parametrize("name", [name for name, asked in ASKED.items() if asked.names])
def test_an_enterprise_called_like_a_formula_stays_text_in_every_export(world, name):
    if name == "audit":
        enterprises.find_enterprises(CITY, EVIL)
    found = cells(export(name, Actor("某人", ASKED[name].role), ASKED[name].parameters(world)))
    assert any("HYPERLINK" in cell for cell in found)
    assert not [cell for cell in found if cell.startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize("name", [name for name in ASKED if name != "original"])
def test_every_export_stands_in_the_log(world, name):
    actor = Actor("某人", ASKED[name].role)
    export(name, actor, ASKED[name].parameters(world))
    assert read_audit(COMMAND_LINE)[0].actor == actor.name


# ---- no cache that others share

CACHES = {
    "navigator/ui/city.py _example_city": "invented enterprises",
    "navigator/ui/drafting_conditions.py _all_codes": "GB/T 4754",
    "navigator/ui/drafting_conditions.py _fact_label": "facts.yaml",
    "navigator/ui/ask.py industry_label": "GB/T 4754",
    "navigator/ui/ask.py industry_options": "GB/T 4754",
    "navigator/store/accounts.py no_password": "a hash nobody knows the password of",
    "navigator/store/importing_columns.py _file": "columns.yaml",
    "navigator/store/importing_columns.py _names": "columns.yaml",
    "navigator/store/importing_cells.py _industry_names": "GB/T 4754",
}


def kept_functions() -> Iterator[str]:
    """Functions of pages, store and deliveries whose results are kept for everybody."""
    for folder in ("pages", "navigator/ui", "navigator/store", "navigator/delivery"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(one, ast.FunctionDef) and any(
                    "cache" in ast.unparse(decorator) for decorator in one.decorator_list
                ):
                    yield f"{path.relative_to(ROOT).as_posix()} {one.name}"


def test_nothing_of_an_enterprise_or_a_person_is_in_a_cache_that_others_share():
    assert set(kept_functions()) == CACHES.keys()
