"""Pieces of 窗口办理: finding the enterprise, what it can have today and must bring, the decision, today's cases, import, handled measures."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.delivery import window, window_import
from navigator.delivery.window import REASONS, RESULTS, Case, Decided, Offer
from navigator.delivery.window_rates import regular_measures
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.facts import is_uscc
from navigator.matching.rulebook import default_rulebook
from navigator.store.enterprises import Enterprise, find_enterprises, read_enterprise
from navigator.ui.account import draw_download
from navigator.ui.acting import act, tell
from navigator.ui.columns import ask_columns, opened
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import Chip, badge, plain, typed

RESULT_CHIPS: dict[str, Chip] = {
    "accepted": (RESULTS["accepted"], "check_circle", "green"),
    "supplement": (RESULTS["supplement"], "assignment_return", "orange"),
    "refused": (RESULTS["refused"], "cancel", "red"),
}
_REFUSED = "window:refused"
_PAGE = 20


def draw_finding(actor: Actor) -> Enterprise | None:
    """The enterprise at the window, by code or name; one without a record is added on the spot."""
    words = st.text_input("企业名称或统一社会信用代码", max_chars=60, key="words").strip()
    if not words:
        return None
    found = {one.uscc: one for one in find_enterprises(actor, words, limit=20)}
    if not found:
        _draw_adding(actor, words)
        return None
    uscc = next(iter(found))
    if len(found) > 1:
        uscc = st.selectbox("哪一家", list(found), format_func=lambda code: f"{found[code].name}　{code}", key="which")
    record = read_enterprise(actor, uscc)
    st.markdown(f"**{typed(record.name)}**　{typed(record.region or '地区未知')}　{EXAMPLE if record.example else ''}")
    return record


def _draw_adding(actor: Actor, words: str) -> None:
    st.info("没有这家的档案。填三样就能接着办。", icon=":material/person_add:")
    code = words.upper()
    uscc = st.text_input("统一社会信用代码", code if is_uscc(code) else "", max_chars=18, key="add:uscc")
    name = st.text_input("企业名称", "" if is_uscc(code) else words, max_chars=100, key="add:name")
    options = [actor.region] if actor.region else list(load_regions().names)
    region = st.selectbox("所在地区", options, key="add:region")
    if st.button("建档，接着办", type="primary", icon=":material/add:"):

        def add() -> str:
            made = window.add_in_seconds(actor, uscc, name, region, dates.today())
            return f"{made.name} 的档案建好了。"

        act(add)


def draw_offers(record: Enterprise) -> Offer | None:
    """What can be brought today: by the record, or any measure chosen by hand."""
    today = dates.today()
    found = {one.measure.id: one for one in window.offers(record, today)}
    fits = sum(one.fits is True for one in found.values())
    st.caption(f"按档案，今天能办的：条件符合 {fits} 项，还差信息 {len(found) - fits} 项。办别的也可以选。")
    names = {key: f"{'条件符合' if one.fits else '还差信息'}　{one.measure.name}" for key, one in found.items()}
    names |= {key: name for key, name in window.open_measures(today).items() if key not in found}
    chosen = st.selectbox(
        "办哪一项", list(names), None, format_func=names.__getitem__, key="measure", placeholder="选一项"
    )
    if chosen is None:
        return None
    offer = found.get(chosen) or window.offer_of(chosen, today)
    _draw_offer(offer)
    return offer


def _draw_offer(offer: Offer) -> None:
    with st.container(border=True):
        st.markdown("**要带的材料**")
        st.markdown("\n".join(f"- {plain(paper)}" for paper in offer.papers) or "政策库里没有写。")
        for line in offer.spared:
            st.caption(f":material/lightbulb: {plain(line)}")
        if offer.confirm:
            st.markdown("**当面确认**")
            st.markdown("\n".join(f"- {plain(line)}" for line in offer.confirm))
        if offer.missing:
            specs = default_rulebook().facts.specs
            st.markdown("**还差信息**　" + "、".join(plain(specs[name].label) for name in offer.missing))
        if offer.measure.apply.where:
            st.caption(plain(f"在哪办：{offer.measure.apply.where}"))


def draw_decision(actor: Actor, record: Enterprise, offer: Offer) -> None:
    """One tap: 受理, 一次性补正 or 不予受理 with its reason; a number is given."""
    office = st.text_input("窗口", max_chars=64, key="office")
    decided = ask_decided("case", offer)
    if st.button("记下，出编号", type="primary", icon=":material/save:"):

        def take() -> str:
            case = window.take_case(actor, record.uscc, offer.measure.id, decided, office, day=dates.today())
            return f"编号 {case.number}：{RESULTS[case.result]}。"

        act(take)


def ask_decided(key: str, offer: Offer | None) -> Decided:
    """The result with what belongs to it."""
    result = st.segmented_control(
        "结果", list(RESULTS), format_func=RESULTS.__getitem__, default="accepted", required=True, key=f"{key}:result"
    )
    reason, remark = None, ""
    if result == "supplement":
        papers = st.multiselect("缺哪些材料", offer.papers, key=f"{key}:papers") if offer and offer.papers else []
        more = st.text_input("其他要补的", max_chars=300, key=f"{key}:more")
        remark = "、".join((*papers, more.strip())) if more.strip() else "、".join(papers)
    elif result == "refused":
        reason = st.selectbox(
            "为什么不予受理", list(REASONS), None, format_func=REASONS.__getitem__, key=f"{key}:reason"
        )
        if reason == "not_eligible" and offer:
            which = st.multiselect("哪一条不符合", offer.conditions, key=f"{key}:which")
            remark = "；".join(which)
        elif reason:
            remark = st.text_input("写明白", max_chars=300, key=f"{key}:remark")
    return Decided(result or "", reason, remark)


# ---- cases


def draw_cases(actor: Actor) -> None:
    """Cases of some days, with later results and corrections."""
    today = dates.today()
    first = st.date_input("从哪天", today, max_value=today, format="YYYY-MM-DD", key="from")
    last = st.date_input("到哪天", today, max_value=today, format="YYYY-MM-DD", key="to")
    example = st.toggle("看示例的", key="example")
    place = max(0, int(st.session_state.get("cases", 1)) - 1)
    found, total = window.cases(actor, first, last, example=example, limit=_PAGE, offset=place * _PAGE)
    st.markdown(f"共 **{total:,}** 件")
    for case in found:
        _draw_case(actor, case, today)
    page_number(total, _PAGE, "cases")
    draw_download("window-cases", "下载办件（表格）", **{"from": first, "to": last}, example=int(example))


def _draw_case(actor: Actor, case: Case, today: date) -> None:
    word, icon, _ = RESULT_CHIPS[case.result]
    with st.expander(f"{typed(case.enterprise)}　{typed(case.measure)}　{word}", icon=f":material/{icon}:"):
        st.markdown(
            f"{badge(RESULT_CHIPS[case.result])}　{typed(window.words_of(case.result, case.reason))}　{typed(case.remark)}"
        )
        st.caption(typed(f"编号 {case.number}（{case.system}）　{case.office}　{case.brought}　{case.by}"))
        for event in window.events(actor, case.id):
            mark = "（更正）" if event.corrects else ""
            st.markdown(
                typed(f"{event.day}　{window.words_of(event.result, event.reason)}{mark}　{event.remark}　{event.by}")
            )
        decided = ask_decided(f"later:{case.id}", None)
        why = st.text_input("更正的原因（记错了才写）", max_chars=300, key=f"why:{case.id}")
        if st.button("记下新的结果", icon=":material/save:", key=f"do:{case.id}"):

            def decide() -> str:
                if why.strip():
                    window.correct(actor, case.id, decided, why, day=today)
                else:
                    window.add_result(actor, case.id, decided, day=today)
                return f"编号 {case.number} 记下了。"

            act(decide)


def draw_import(actor: Actor) -> None:
    """Cases from the window's own system."""
    st.html(UPLOADER_IN_CHINESE)
    file = st.file_uploader(
        "窗口系统导出的办件：.xlsx 或 .csv，最大 20 MB", type=["csv", "xlsx", "txt"], max_upload_size=20, key="file"
    )
    system = st.text_input("系统叫什么（同一个系统每次写一样的名字）", max_chars=64, key="system")
    office = st.text_input("哪个窗口", max_chars=64, key="import:office")
    if file is not None:
        _take_cases(actor, file, system, office)
    for one in st.session_state.get(_REFUSED, ())[:100]:
        st.markdown(f":material/block: {typed(f'第 {one.line} 行　{one.number}　{one.reason}')}")


def _take_cases(actor: Actor, file: Any, system: str, office: str) -> None:
    try:
        found = opened(file, "window:opened", lambda: window_import.open_cases(actor, file.getvalue(), file.name))
        key = f"window:{file.file_id}"
        columns = ask_columns(found.table.headings, len(found.table.lines), window_import.COLUMNS, found.columns, key)
        if not st.button("导入", type="primary", icon=":material/upload_file:"):
            return
        with st.spinner("正在导入…"):
            done = window_import.take_cases(actor, found, system, office, dates.today(), columns=columns)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
    else:
        tell(f"新增 {done.added} 件，更新 {done.changed} 件，没变 {done.same} 件，没收 {len(done.refused)} 行。")
        st.session_state[_REFUSED] = done.refused
        st.rerun()


def draw_handled(actor: Actor) -> None:
    """Which regular measures this region's window handles, as staff keep it."""
    known = window.read_handled(actor)
    names = {one.id: one.name for one in regular_measures(dates.today())}
    unsaid = [key for key in names if key not in known]
    st.caption(
        f"今天有效、要申请或申报的 {len(names)} 项，{len(names) - len(unsaid)} 项登记过，{len(unsaid)} 项还没有；没有登记的当作不受理。"
    )
    words = {True: "受理", False: "不受理", None: "没有登记"}
    said = {key: known[key][0] if key in known else None for key in names}
    chosen = st.multiselect(
        "选事项",
        sorted(names, key=lambda key: said[key] is not None),
        format_func=lambda key: f"{words[said[key]]}　{names[key]}",
        key="handled",
        placeholder="可以选几项",
    )
    office = st.text_input("哪个窗口受理", max_chars=64, key="handled:office")
    for label, answer in (("登记为受理", True), ("登记为不受理", False), ("改回没有登记", None)):
        if st.button(label, key=f"handled:{answer}", disabled=not chosen):

            def keep(answer: bool | None = answer) -> str:
                window.set_handled(actor, chosen, answer, office)
                return f"{len(chosen)} 项登记好了。"

            act(keep)
