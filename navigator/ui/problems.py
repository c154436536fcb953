"""Pieces of 问题整改: how many problems stand where, the list, a new one, and one problem with its steps and the next of them."""

from __future__ import annotations

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import problems
from navigator.delivery.board import units
from navigator.delivery.problems import KINDS, STATES, STEPS, New, Problem, Wanted
from navigator.errors import InputError
from navigator.matching import dates
from navigator.store.accounts import regions_of_staff
from navigator.store.audit import shown_moment
from navigator.ui.account import draw_download
from navigator.ui.acting import act
from navigator.ui.links import FIRST_DAY, link, pages, parameters
from navigator.ui.records import page_number
from navigator.ui.words import Chip, badge, plain, typed

STATE_CHIPS: dict[str, Chip] = {
    "found": (STATES["found"], "build", "orange"),
    "rectified": (STATES["rectified"], "fact_check", "blue"),
    "reviewed": (STATES["reviewed"], "forum", "blue"),
    "told": (STATES["told"], "playlist_add_check", "blue"),
    "closed": (STATES["closed"], "task_alt", "green"),
}
LATE: Chip = ("已经超期", "error", "red")
STAGES = {"open": "没有销号的", "late": "超期的", **STATES, "": "全部"}
_PAGE = 20


def unit_names(actor: Actor) -> dict[int, str]:
    """The responsible units an actor may give something to, by number."""
    return {one.id: one.name for one in units(actor)}


def draw_counts(actor: Actor) -> None:
    """How many problems stand where, whether none is left, and which units have some."""
    today = dates.today()
    found = problems.count_problems(actor, today)
    if not found.total:
        st.info("还没有登记过问题。没有登记不等于清零。", icon=":material/inbox:")
        return
    if found.open:
        st.markdown(f":material/pending_actions: 还有 **{found.open:,}** 个没有销号，其中超期 **{found.late:,}** 个。")
    else:
        st.markdown(":material/task_alt: 登记过的问题全部销号，已经清零。")
    st.markdown("　".join(f"{badge(STATE_CHIPS[state])} {number:,}" for state, number in found.states.items()))
    if found.units:
        with st.expander("哪些单位还有", icon=":material/groups:"):
            for unit, (open_, late) in found.units.items():
                st.markdown(typed(f"{unit}　没有销号 {open_:,} 个" + (f"，超期 {late:,} 个" if late else "")))


def draw_list(actor: Actor) -> None:
    """Problems by state, kind, unit and words, twenty at a time."""
    st.subheader("问题清单", anchor=False)
    names = unit_names(actor)
    left, right = st.columns(2)
    stage = left.selectbox("看哪些", list(STAGES), format_func=STAGES.__getitem__, key="stage")
    kind = right.selectbox("种类", ["", *KINDS], format_func=lambda one: KINDS.get(one, "全部"), key="kind")
    unit = left.selectbox("责任单位", list(names), None, format_func=names.__getitem__, key="unit", placeholder="全部")
    words = right.text_input("里面有哪些字", max_chars=60, key="words")
    wanted, today = Wanted(stage, kind, unit, words), dates.today()
    place = max(0, int(st.session_state.get("page", 1)) - 1)
    found, total = problems.list_problems(actor, wanted, today, limit=_PAGE, offset=place * _PAGE)
    if not found:
        st.caption("没有这样的问题。")
    for one in found:
        with st.container(gap="xxsmall"):
            link("problem", f"**{typed(one.title)}**", ":material/report_problem:", id=one.id)
            st.markdown(_chips(one))
            st.caption(typed(f"{KINDS[one.kind]}　{one.unit}　{one.region or '市本级'}　期限 {one.due}"))
    page_number(total, _PAGE, "page")
    draw_download("problems", "下载清单（表格）", stage=stage, kind=kind, unit=unit, words=words)


def _chips(one: Problem) -> str:
    late = f" {badge(LATE)}" if one.is_late(dates.today()) else ""
    return badge(STATE_CHIPS[one.state]) + late


def draw_new(actor: Actor) -> None:
    """Asks for a problem that was found; its page opens."""
    with st.expander("登记一个问题", icon=":material/add:"):
        names, today = unit_names(actor), dates.today()
        if not names:
            st.info("责任单位表还是空的。先到“承诺看板”里把单位登记上。", icon=":material/groups:")
            return
        kind = st.selectbox(
            "哪一种", list(KINDS), None, format_func=KINDS.__getitem__, key="new:kind", placeholder="选一种"
        )
        title = st.text_input("什么问题（一句话）", max_chars=200, key="new:title")
        text = st.text_area("具体情况", max_chars=2000, key="new:text")
        source = st.text_input("从哪里发现的（审计、巡视巡察、投诉……）", max_chars=200, key="new:source")
        found_on = st.date_input(
            "哪天发现的", today, min_value=FIRST_DAY, max_value=today, format="YYYY-MM-DD", key="new:found"
        )
        unit = st.selectbox(
            "责任单位", list(names), None, format_func=names.__getitem__, key="new:unit", placeholder="选一个"
        )
        region = actor.region
        if region is None:
            region = st.selectbox("哪里的", regions_of_staff(), None, key="new:region", placeholder="市本级")
        planned = problems.plan_deadline()
        st.caption(f"期限不填就按方案（{planned}）；这天以后发现的和“其他”要自己填。")
        due = st.date_input("整改期限", None, min_value=FIRST_DAY, format="YYYY-MM-DD", key="new:due")
        due_source = st.text_input("期限是谁定的", max_chars=200, key="new:due-source")
        if not st.button("登记", type="primary", icon=":material/save:"):
            return
        new = New(kind or "", title, text, source, found_on, unit or 0, region, due, due_source)
        try:
            number = problems.add_problem(actor, new, today)
        except InputError as fault:
            st.error(plain(str(fault)), icon=":material/error:")
            return
        st.switch_page(pages()["problem"], query_params=parameters(id=number))


def draw_one(actor: Actor, one: Problem, steps: list[problems.Step]) -> None:
    """One problem: what it is, every step, and what can be done next."""
    st.markdown(_chips(one))
    st.markdown(typed(one.text))
    st.markdown(typed(f"{KINDS[one.kind]}　责任单位：{one.unit}　{one.region or '市本级'}"))
    st.caption(typed(f"{one.found_on} 发现，来自{one.source}；期限 {one.due}（{one.due_source}）"))
    st.subheader("走到哪一步", anchor=False)
    for step in steps:
        _draw_step(step)
    _draw_next(actor, one, steps)
    if one.state != "closed":
        _draw_amending(actor, one)


def _draw_step(step: problems.Step) -> None:
    icons = {"find": "search", "rectify": "build", "review": "verified", "send_back": "undo", "tell": "forum",
             "close": "task_alt", "reopen": "lock_open", "amend": "edit"}  # fmt: skip
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f":material/{icons[step.step]}: **{STEPS[step.step]}**　{step.day}")
        whom = {"rectify": "整改的：", "tell": "反馈给："}.get(step.step, "") + step.whom if step.whom else ""
        st.markdown(typed("　".join(filter(None, (whom, step.text)))))
        if step.link:
            st.link_button("看依据", step.link, icon=":material/open_in_new:")
        st.caption(typed(f"{step.by}记的，{shown_moment(step.at)[:16]}"))


def _draw_next(actor: Actor, one: Problem, steps: list[problems.Step]) -> None:
    number, today = one.id, dates.today()
    last = max(step.day for step in steps)
    titles = {"found": "整改", "rectified": "复核", "reviewed": "反馈", "told": "销号", "closed": "重新打开"}
    st.subheader(f"下一步：{titles[one.state]}" if one.state != "closed" else "已经销号", anchor=False)
    mine = any(step.step == "rectify" and step.by == actor.name for step in steps)
    if mine and one.state in ("rectified", "told"):
        st.info("整改是您经手的，这一步要请另一个人来办。", icon=":material/how_to_reg:")
        return
    key = f"{number}:{one.state}"
    day = st.date_input(
        "哪天", today, min_value=min(last, today), max_value=max(last, today), format="YYYY-MM-DD", key=f"day:{key}"
    )
    match one.state:
        case "found":
            whom = st.text_input("谁整改的（单位、科室）", max_chars=200, key=f"whom:{key}")
            text = st.text_area("怎么整改的", max_chars=2000, key=f"text:{key}")
            evidence = st.text_input("依据的网址（没有就空着）", max_chars=500, key=f"link:{key}")
            if st.button("记下整改", type="primary", icon=":material/build:"):
                act(
                    lambda: problems.rectify(actor, number, whom, text, day, today, link=evidence),
                    "整改记下了，等另一个人复核。",
                )
        case "rectified":
            text = st.text_area("复核的情况，或者退回的原因", max_chars=2000, key=f"text:{key}")
            if st.button("复核通过", type="primary", icon=":material/verified:"):
                act(lambda: problems.review(actor, number, True, text, day, today), "复核通过了。")
            if st.button("退回，重新整改", icon=":material/undo:"):
                act(lambda: problems.review(actor, number, False, text, day, today), "退回了。")
        case "reviewed":
            whom = st.text_input("反馈给谁", max_chars=200, key=f"whom:{key}")
            text = st.text_area("怎么说的，对方什么意见", max_chars=2000, key=f"text:{key}")
            if st.button("记下反馈", type="primary", icon=":material/forum:"):
                act(lambda: problems.tell(actor, number, whom, text, day, today), "反馈记下了。")
        case "told":
            text = st.text_area("销号的依据", max_chars=2000, key=f"text:{key}")
            if st.button("销号", type="primary", icon=":material/task_alt:"):
                act(lambda: problems.close(actor, number, text, day, today), "销号了。")
        case _:
            text = st.text_area("为什么重新打开", max_chars=2000, key=f"text:{key}")
            if st.button("重新打开", icon=":material/lock_open:"):
                act(lambda: problems.reopen(actor, number, text, day, today), "重新打开了，要重新整改。")


def _draw_amending(actor: Actor, one: Problem) -> None:
    with st.expander("更正单位、期限或种类", icon=":material/edit:"):
        names = unit_names(actor) | {one.unit_id: one.unit}
        kinds, numbers = list(KINDS), list(names)
        kind = st.selectbox(
            "改成哪一种", kinds, kinds.index(one.kind), format_func=KINDS.__getitem__, key=f"to-kind:{one.id}"
        )
        unit = st.selectbox(
            "改成哪个单位", numbers, numbers.index(one.unit_id), format_func=names.__getitem__, key=f"to-unit:{one.id}"
        )
        due = st.date_input("改成哪天", one.due, min_value=one.found_on, format="YYYY-MM-DD", key=f"to-due:{one.id}")
        reason = st.text_input("为什么改", max_chars=500, key=f"to-why:{one.id}")
        if st.button("存更正", icon=":material/save:"):
            act(lambda: problems.amend(actor, one.id, reason, dates.today(), unit=unit, due=due, kind=kind), "更正了。")
