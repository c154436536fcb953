"""The boxes of a measure but its conditions: what it is, what one gets, how to get it, how it stands to others."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from navigator.corpus.load import default_corpus
from navigator.corpus.model import BenefitKind, EstimateKind, Measure, Per
from navigator.errors import InputError
from navigator.intake.conditions import in_words
from navigator.intake.draft import choices
from navigator.intake.estimates import WAYS, Boxes, Way, basis_of, boxes_of, formula_of
from navigator.intake.proposals import ProposedMeasure
from navigator.intake.texts import suggested_id
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.parse import parse_estimate
from navigator.matching.rulebook import default_rulebook
from navigator.ui.drafting import (
    Desk,
    choice_box,
    day_box,
    evidence,
    keep,
    lines_box,
    put,
    several_box,
    text_box,
    tick_box,
    whole_box,
)
from navigator.ui.words import VERIFICATION, plain

_ESTIMATE_KINDS = {"exact": "准数", "at_most": "最多这么多", "typical": "大约这么多"}


def draw_identity(desk: Desk, found: ProposedMeasure | None) -> None:
    """Name, level, domain, summary, source, validity, verification."""
    text_box(desk, ("name",), "名称", hint="一看就懂的叫法，如：小型微利企业所得税优惠")
    text_box(desk, ("summary",), "一句话说明", help="老百姓的话：给谁、能得多少", long=True)
    if "say" in Measure.model_fields:
        lines_box(
            desk,
            ("say",),
            "老百姓怎么说（一行一个，每个2到6个字）",
            help="大家问这件事时嘴上的说法，搜索靠它；不会显示出来",
            hint="退税\n少交税",
        )
    left, right = st.columns(2)
    with left:
        choice_box(desk, ("level",), "级别", choices("level"))
        _evidence(found, "level")
    with right:
        choice_box(desk, ("domain",), "领域", choices("domain"))
        _evidence(found, "domain")
    _draw_id(desk)
    st.markdown("**依据**")
    text_box(desk, ("source", "title"), "文件标题")
    left, right = st.columns(2)
    with left:
        text_box(desk, ("source", "document"), "文号", hint="没查到就空着")
        _evidence(found, "document")
    with right:
        text_box(desk, ("source", "issuer"), "发文机关")
        _evidence(found, "issuer")
    day_box(desk, ("source", "issued"), "发文日期")
    lines_box(desk, ("source", "links"), "网址（一行一个）")
    _draw_validity(desk, found)
    _draw_verification(desk)


def _draw_id(desk: Desk) -> None:
    with st.expander(f"编号：{plain(str(desk.at('id') or '还没有'))}"):
        text_box(desk, ("id",), "编号", help="小写字母、数字和短横线，发布后不要再改", hint="jm-rd-subsidy-2026")
        source = str(desk.at("name") or "")
        if source and desk.is_open:
            issued = desk.at("source", "issued")
            wanted = suggested_id(source, issued.isoformat() if hasattr(issued, "isoformat") else "")
            st.button(
                f"用名称的拼音：{wanted}",
                on_click=_set_id,
                args=(desk, wanted),
                type="tertiary",
                icon=":material/auto_fix:",
            )
        if desk.at("id") in default_corpus().measure_by_id and not desk.draft.head.origin.startswith("measure:"):
            st.warning("这个编号已经有一项政策了，发布后会成为它的新版本。", icon=":material/info:")


def _set_id(desk: Desk, wanted: str) -> None:
    put(desk, ("id",), wanted)
    desk.round += 1


def _draw_validity(desk: Desk, found: ProposedMeasure | None) -> None:
    st.markdown("**有效期**（两头都算在内，没写就空着）")
    left, right = st.columns(2)
    with left:
        day_box(desk, ("in_force", "from"), "起始日")
        _evidence(found, "begins")
    with right:
        day_box(desk, ("in_force", "to"), "终止日")
        _evidence(found, "ends")
    tick_box(desk, ("in_force", "to_inferred"), "终止日是推定的，文件没有明写")
    day_box(desk, ("in_force", "sure_until"), "从哪天以后拿不准（那天以后显示“未核实”，不算钱）")


def _draw_verification(desk: Desk) -> None:
    st.markdown("**核实**")
    choice_box(
        desk,
        ("verification",),
        "核实到哪一步",
        choices("verification"),
        show=lambda value: VERIFICATION[value][0] if value in VERIFICATION else str(value),
    )
    text_box(desk, ("verification_note",), "哪里没有核实", help="不是“官方页面已核对”的，这里必须写", long=True)
    day_box(desk, ("review_by",), "下次复核不晚于")
    text_box(desk, ("note",), "现在是什么情况（续办没有、有什么疑问、问谁）", long=True)


def draw_benefit(desk: Desk, found: ProposedMeasure | None) -> None:
    """Kind and words of the benefit, and how the amount is reckoned."""
    choice_box(desk, ("benefit", "kind"), "是哪一种好处", get_args(BenefitKind))
    text_box(desk, ("benefit", "text"), "得到什么，用大白话说", long=True)
    evidence(found.benefit.words if found else None)
    if desk.at("benefit", "kind") in ("贷款", "担保"):
        st.caption("贷款和担保的本金不是得到的钱，不进合计。")
    _draw_estimate(desk)
    if desk.at("benefit", "estimate"):
        left, right = st.columns(2)
        with left:
            choice_box(
                desk,
                ("benefit", "estimate_kind"),
                "这个数有多准",
                get_args(EstimateKind),
                show=lambda value: _ESTIMATE_KINDS.get(value, str(value)),
            )
        with right:
            choice_box(desk, ("benefit", "per"), "多久一次", get_args(Per))
        text_box(desk, ("benefit", "basis"), "怎么算的，用大白话说")


def _draw_estimate(desk: Desk) -> None:
    specs = default_rulebook().facts.specs
    state = desk.key("estimate")
    if state not in st.session_state:
        st.session_state[state] = boxes_of(desk.at("benefit", "estimate"), specs)
    boxes: Boxes = st.session_state[state]
    st.radio(
        "金额怎么算", list(WAYS), format_func=WAYS.__getitem__, horizontal=True, index=list(WAYS).index(boxes.way), key=f"{state}:way",
        on_change=_keep_estimate, args=(desk,), disabled=not desk.is_open,
    )  # fmt: skip
    left, right = st.columns(2)
    if boxes.way in ("each", "share"):
        kinds = ("count",) if boxes.way == "each" else ("money",)
        names = [name for name, spec in specs.items() if spec.type in kinds]
        with left:
            _estimate_choice(desk, state, boxes, names, "按什么算")
    if boxes.way in ("fixed", "each"):
        with right if boxes.way == "each" else left:
            _estimate_text(
                desk, state, "amount", boxes.amount, "每人（每件）多少元" if boxes.way == "each" else "多少元"
            )
    if boxes.way == "share":
        with right:
            _estimate_text(desk, state, "percent", boxes.percent, "百分之几（3% 写 3）")
            _estimate_text(desk, state, "cap", boxes.cap, "封顶多少元（没有就空着）")
    if boxes.way == "formula":
        _estimate_text(desk, state, "formula", boxes.formula, "公式", long=True)
        st.caption("可以用 + - \\*、least、greatest、CASE WHEN … THEN … ELSE … END，单位是元。")
    _say_estimate(desk, boxes)


def _estimate_choice(desk: Desk, state: str, boxes: Boxes, names: list[str], label: str) -> None:
    specs = default_rulebook().facts.specs
    st.selectbox(
        label, names, index=names.index(boxes.fact) if boxes.fact in names else None, format_func=lambda name: specs[name].label,
        key=f"{state}:{boxes.way}:fact", placeholder="打字找", on_change=_keep_estimate, args=(desk,), disabled=not desk.is_open,
    )  # fmt: skip


def _estimate_text(desk: Desk, state: str, name: str, value: str, label: str, long: bool = False) -> None:
    key = f"{state}:{name}"
    if key not in st.session_state:
        st.session_state[key] = value
    (st.text_area if long else st.text_input)(
        label, key=key, on_change=_keep_estimate, args=(desk,), disabled=not desk.is_open
    )
    if name in ("amount", "cap") and value.strip():
        try:
            st.caption(f"＝ {show_yuan(parse_amount(value))}")
        except InputError as error:
            st.caption(f":material/error: {plain(error.found)}；{plain(error.expected)}")


def _keep_estimate(desk: Desk) -> None:
    specs = default_rulebook().facts.specs
    state = desk.key("estimate")
    before: Boxes = st.session_state[state]
    way: Way = st.session_state.get(f"{state}:way") or before.way

    def typed_in(name: str, known: str) -> str:
        return str(st.session_state.get(f"{state}:{name}", known) or "")

    fact = st.session_state.get(f"{state}:{way}:fact", before.fact if way == before.way else "") or ""
    formula = typed_in("formula", before.formula)
    if way == "formula" and before.way != "formula":
        formula = st.session_state[f"{state}:formula"] = str(desk.at("benefit", "estimate") or formula)
    boxes = Boxes(
        way,
        fact,
        typed_in("amount", before.amount),
        typed_in("percent", before.percent),
        typed_in("cap", before.cap),
        formula,
    )
    if boxes == before:
        return
    st.session_state[state] = boxes
    try:
        found = formula_of(boxes, specs)
    except InputError:
        found = f"«{way} {fact} {boxes.amount} {boxes.percent} {boxes.cap}»"
    _put_estimate(desk, boxes, found)


def _put_estimate(desk: Desk, boxes: Boxes, formula: str | None) -> None:
    assert desk.fields is not None
    benefit = desk.fields.get("benefit")
    benefit = desk.fields["benefit"] = benefit if isinstance(benefit, dict) else {}
    benefit["estimate"] = formula
    if formula is None:
        for name in ("estimate_kind", "per", "basis"):
            benefit.pop(name, None)
            st.session_state.pop(desk.key("benefit", name), None)
    elif basis := basis_of(boxes, default_rulebook().facts.specs):
        benefit["basis"] = basis
        st.session_state.pop(desk.key("benefit", "basis"), None)
    keep(desk)


def _say_estimate(desk: Desk, boxes: Boxes) -> None:
    formula = desk.at("benefit", "estimate")
    if not formula:
        return
    specs = default_rulebook().facts.specs
    try:
        if boxes.way != "formula":
            formula_of(boxes, specs)
        st.caption(f":material/calculate: 算法：{plain(in_words(parse_estimate(str(formula), specs), specs))}")
    except InputError as error:
        st.caption(f":material/error: {plain(error.found)}{'；' + plain(error.expected) if error.expected else ''}")


def draw_way(desk: Desk, found: ProposedMeasure | None) -> None:
    """Delivery, where, how, papers, when, phone."""
    choice_box(desk, ("delivery",), "怎么享受", choices("delivery"))
    _evidence(found, "delivery")
    text_box(desk, ("apply", "where"), "在哪办")
    _evidence(found, "where")
    lines_box(desk, ("apply", "how"), "怎么办（一行一步）")
    lines_box(desk, ("apply", "materials"), "要带的材料（一行一样）")
    _evidence(found, "materials")
    text_box(desk, ("apply", "deadline"), "期限怎么说")
    _draw_windows(desk)
    _evidence(found, "windows")
    left, right = st.columns(2)
    with left:
        text_box(desk, ("apply", "phone"), "咨询电话")
        _evidence(found, "phone")
    with right:
        whole_box(desk, ("apply", "promised_days"), "承诺几个工作日办结")


_WINDOWS = {"always": "随时可办", "unknown": "不知道", "periods": "有申报期"}


def _draw_windows(desk: Desk) -> None:
    kind = _windows_kind(desk)
    st.radio(
        "什么时候收申请", list(_WINDOWS), format_func=_WINDOWS.__getitem__, index=list(_WINDOWS).index(kind), horizontal=True,
        key=desk.key("windows-kind"), on_change=_keep_windows_kind, args=(desk,), disabled=not desk.is_open,
    )  # fmt: skip
    for position, _ in enumerate(desk.items("apply", "windows")):
        with st.container(border=True):
            left, right = st.columns(2)
            with left:
                day_box(desk, ("apply", "windows", position, "from"), f"第{position + 1}段，从哪天")
            with right:
                day_box(desk, ("apply", "windows", position, "to"), "到哪天")
            text_box(desk, ("apply", "windows", position, "note"), "说明（可以不填）")
            st.button(
                "去掉这一段",
                key=desk.key("window-away", position),
                type="tertiary",
                icon=":material/delete:",
                on_click=_drop,
                args=(desk, ("apply", "windows"), position),
            )
    if desk.items("apply", "windows"):
        st.button("再加一段", icon=":material/add:", on_click=_add_window, args=(desk,))


def _windows_kind(desk: Desk) -> str:
    windows = desk.at("apply", "windows")
    return "unknown" if windows is None else "periods" if windows else "always"


def _keep_windows_kind(desk: Desk) -> None:
    kind = st.session_state.get(desk.key("windows-kind"))
    if kind in (None, _windows_kind(desk)):
        return
    blank = {"from": None, "to": None}
    put(desk, ("apply", "windows"), {"always": [], "unknown": None, "periods": [blank]}[kind])


def _add_window(desk: Desk) -> None:
    desk.items("apply", "windows").append({"from": None, "to": None})
    keep(desk, renew=True)


def _drop(desk: Desk, path: tuple[str, ...], position: int) -> None:
    del desk.items(*path)[position]
    keep(desk, renew=True)


def draw_relations(desk: Desk) -> None:
    """What it replaces, excludes, serves, and who read it."""
    measures = default_corpus().measure_by_id
    commitments = default_corpus().commitment_by_number
    others = [measure_id for measure_id in measures if measure_id != desk.at("id")]

    def name(measure_id: str) -> str:
        return measures[measure_id].name if measure_id in measures else f"{measure_id}（政策库里没有）"

    several_box(desk, ("replaces",), "取代了哪些事项", others, show=name)
    several_box(desk, ("conflicts_with",), "不能和哪些事项同时享受", others, show=name)
    groups = sorted({one.best_of for one in measures.values() if one.best_of})
    choice_box(
        desk, ("best_of",), "同一组里只算最好的一项（组名）", groups, help="不在组里就空着；新的组名请在“整份”里写"
    )
    several_box(
        desk,
        ("commitments",),
        "对应哪些承诺",
        list(commitments),
        show=lambda number: f"{number} {commitments[number].title}" if number in commitments else str(number),
    )
    for position, review in enumerate(desk.items("reviewed")):
        if isinstance(review, dict):
            st.markdown(f":material/visibility: {plain(str(review.get('on')))}　{plain(str(review.get('by')))} 复读过")
        st.button(
            "去掉这一条复读",
            key=desk.key("review-away", position),
            type="tertiary",
            on_click=_drop,
            args=(desk, ("reviewed",), position),
        )


def _evidence(found: ProposedMeasure | None, field: str) -> None:
    proposed = getattr(found, field) if found else None
    if proposed is not None:
        evidence(proposed.words)
    elif found is not None and field in ("begins", "ends", "document", "windows", "materials", "phone", "where"):
        st.caption(":material/search_off: 文件里没找到")
