"""Pieces of 免申即享兑现: rounds and reminders, and what can be done with a round in each of its states."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.delivery import fulfilment as rounds
from navigator.delivery import fulfilment_list as listing
from navigator.delivery import payments
from navigator.delivery.fulfilment import ITEM_STATES, STARTS, STATES, Item, Round
from navigator.delivery.fulfilment_rates import DUE, reminders
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.amounts import show_yuan
from navigator.store.audit import shown_details, shown_moment
from navigator.store.enterprises import find_enterprises
from navigator.ui.account import draw_download
from navigator.ui.acting import act, tell
from navigator.ui.backtest import ask_example
from navigator.ui.columns import ask_columns, opened
from navigator.ui.links import FIRST_DAY, link
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import Chip, badge, plain, typed

STATE_CHIPS: dict[str, Chip] = {
    "checking": (STATES["checking"], "checklist", "blue"),
    "proposed": (STATES["proposed"], "how_to_reg", "orange"),
    "confirmed": (STATES["confirmed"], "verified", "green"),
    "notice": (STATES["notice"], "campaign", "blue"),
    "paying": (STATES["paying"], "payments", "orange"),
    "done": (STATES["done"], "task_alt", "green"),
}
ITEM_ICONS = {
    "listed": "pending",
    "checked": "check_circle",
    "struck": "cancel",
    "set_aside": "pause_circle",
    "paid": "paid",
    "granted": "redeem",
}
DUE_CHIPS: dict[str, Chip] = {
    "late": (DUE["late"], "error", "red"),
    "today": (DUE["today"], "today", "orange"),
    "soon": (DUE["soon"], "schedule", "blue"),
}
_PAGE = 20


# ---- all rounds


def draw_reminders(actor: Actor, example: bool) -> None:
    """到期提醒: late, due today, due soon, by unit."""
    st.subheader("到期提醒", anchor=False)
    found = reminders(actor, dates.today(), example=example)
    if not found:
        st.markdown(":material/check_circle: 没有超期的，三个工作日内也没有到期的。")
        return
    for one in found:
        with st.container(gap="xxsmall"):
            st.markdown(f"{badge(DUE_CHIPS[one.kind])}　**{typed(one.office)}**　{one.words}")
            link("fulfilment-round", typed(f"{one.measure}　{one.period}"), ":material/arrow_forward:", id=one.round)
            st.caption(f"到期日 {one.due}，还差 {one.items:,} 家")
    draw_download("fulfilment-due", "下载到期提醒（表格）", example=int(example))


def draw_rounds(actor: Actor, example: bool) -> None:
    """All rounds, those not done first."""
    st.subheader("每一轮", anchor=False)
    found = rounds.list_rounds(actor, example=example)
    if not found:
        st.info("还没有开始过。从下面列一份名单。", icon=":material/inbox:")
    for one in found:
        with st.container(gap="xxsmall"):
            link("fulfilment-round", f"**{typed(one.measure)}**　{typed(one.period)}", ":material/redeem:", id=one.id)
            due = f"　到期日 {one.due}" if one.due else ""
            mark = EXAMPLE if one.example else ""
            st.markdown(f"{mark} {badge(STATE_CHIPS[one.state])}")
            st.caption(typed(f"{one.office}　办了 {one.done:,} 家，还差 {one.open:,} 家{due}"))


def draw_new(actor: Actor) -> None:
    """Asks for measure, period, office and day; the list is made and its page opens."""
    st.subheader("列一份新名单", anchor=False)
    day = st.date_input(
        "按哪一天的规则",
        dates.today(),
        min_value=FIRST_DAY,
        max_value=dates.today(),
        format="YYYY-MM-DD",
        key="new:day",
    )
    names = listing.measures_of(day)
    measure = st.selectbox(
        "哪一项免申即享", list(names), None, format_func=names.__getitem__, key="new:measure", placeholder="选一项"
    )
    period = st.text_input("期间", f"{day.year}年", max_chars=40, key=f"new:period:{day.year}")
    office = st.text_input("经办部门", max_chars=64, key="new:office")
    region = None
    if actor.region is None:
        region = st.selectbox("哪里的企业", list(load_regions().names), None, key="new:region", placeholder="全市")
    example = ask_example(actor)
    if not st.button("按规则列名单", type="primary", icon=":material/playlist_add_check:"):
        return
    try:
        with st.spinner("正在对档案…"):
            wanted = listing.Made(measure or "", period, office, day, region, example)
            number = listing.make_round(actor, wanted)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return
    tell("名单列好了，请逐家核对。")
    from navigator.ui.links import pages, parameters

    st.switch_page(pages()["fulfilment-round"], query_params=parameters(id=number))


# ---- one round


def draw_head(one: Round) -> None:
    """What the round is, where it stands and by when."""
    mark = EXAMPLE if one.example else ""
    st.markdown(f"{mark} {badge(STATE_CHIPS[one.state])}")
    st.markdown(typed(f"{one.period}　{one.office}　{one.region or '全市'}"))
    st.caption(
        f"规则按 {one.as_of}，对了 {one.records:,} 份档案；资料不全、规则说不准的有 {one.undecided:,} 家，不在名单上。"
    )
    if one.promised is not None:
        st.markdown(typed(f"承诺 {one.promised} 个工作日，从{STARTS[one.starts]}起算（{one.promised_source}）"))
    if one.due:
        st.markdown(f":material/event: 到期日 **{one.due}**")
        if one.doubt:
            st.caption(plain(one.doubt))
    if one.notice_from:
        st.markdown(typed(f"公示 {one.notice_from} 到 {one.notice_to}，{one.notice_place}"))
    told = "　".join(
        f":material/{ITEM_ICONS[state]}: {word} **{one.items[state]:,}**"
        for state, word in ITEM_STATES.items()
        if one.items.get(state)
    )
    st.markdown(told or "名单上还没有企业。")


def draw_step(actor: Actor, one: Round) -> None:
    """What comes next with the round."""
    match one.state:
        case "checking":
            _draw_promise(actor, one)
            _draw_adding(actor, one)
            if st.button("剩下的全部核对无误", icon=":material/done_all:", disabled=not one.items.get("listed")):
                act(lambda: listing.check(actor, one.id), "全部核对了。")
            if st.button("提交，请第二个人确认", type="primary", icon=":material/send:"):
                act(lambda: rounds.propose(actor, one.id), "提交了。")
        case "proposed":
            st.info(typed(f"{one.proposed_by}提交的，要没有经手的另一个人确认。"), icon=":material/how_to_reg:")
            if st.button("确认名单", type="primary", icon=":material/verified:"):
                act(lambda: rounds.approve(actor, one.id), "名单确认了。")
            reason = st.text_input("退回的原因", max_chars=500, key="back")
            if st.button("退回", icon=":material/undo:"):
                act(lambda: rounds.give_back(actor, one.id, reason), "退回了。")
        case "confirmed" | "notice":
            _draw_notice(actor, one)
            if st.button("开始兑现", type="primary", icon=":material/payments:"):
                act(lambda: rounds.begin_paying(actor, one.id, dates.today()), "可以记兑现了。")
        case "paying" | "done":
            _draw_payments(actor, one)


def _draw_promise(actor: Actor, one: Round) -> None:
    with st.expander("承诺几个工作日", expanded=one.promised is None, icon=":material/timer:"):
        days = st.number_input("几个工作日内兑现", 1, 250, one.promised or 10, key="promised")
        source = st.text_input("依据（哪份文件、哪里公布的）", one.promised_source, max_chars=300, key="source")
        starts = st.radio("从哪天起算", list(STARTS), list(STARTS).index(one.starts), format_func=STARTS.__getitem__)
        if st.button("存期限", icon=":material/save:"):
            act(lambda: rounds.set_promise(actor, one.id, int(days), source, starts), "期限存了。")


def _draw_adding(actor: Actor, one: Round) -> None:
    with st.expander("补进一家", icon=":material/person_add:"):
        words = st.text_input("名称或信用代码", max_chars=60, key="add:words")
        found = {record.uscc: record for record in find_enterprises(actor, words, limit=20)} if words.strip() else {}
        uscc = st.selectbox(
            "哪一家", list(found), format_func=lambda code: f"{found[code].name}　{code}", key="add:which"
        )
        reason = st.text_input("为什么补进来（规则没有选它）", max_chars=500, key="add:reason")
        amount = st.number_input("应兑现多少元（不发钱的空着）", 0.0, value=None, key="add:amount")
        if st.button("补进来", icon=":material/add:", disabled=not found):
            act(lambda: listing.add_item(actor, one.id, uscc, reason, amount), "补进来了。")


def _draw_notice(actor: Actor, one: Round) -> None:
    draw_download("fulfilment-list", "下载公示名单（表格）", id=one.id, notice=1)
    today = dates.today()
    with st.expander("公示从哪天到哪天", expanded=one.state == "confirmed", icon=":material/campaign:"):
        first = st.date_input("第一天", one.notice_from or today, format="YYYY-MM-DD", key="notice:first")
        last = st.date_input(
            "最后一天", one.notice_to or today + timedelta(days=7), format="YYYY-MM-DD", key="notice:last"
        )
        place = st.text_input("在哪里公示", one.notice_place, max_chars=300, key="notice:place")
        if st.button("存公示", icon=":material/save:"):
            act(lambda: rounds.publish(actor, one.id, first, last, place), "公示记下了。")
    if one.state == "notice":
        _draw_objections(actor, one)


def _draw_objections(actor: Actor, one: Round) -> None:
    for made in rounds.read_objections(actor, one.id):
        with st.container(border=True):
            st.markdown(typed(f"异议：{made.name}　{made.day}　{made.who}：{made.text}"))
            if made.decision:
                st.markdown(typed(f"结论：{'保留' if made.decision == 'kept' else '搁置'}（{made.because}）"))
                continue
            because = st.text_input("怎么核实的", max_chars=500, key=f"because:{made.id}")
            if st.button("保留这一家", icon=":material/check:", key=f"keep:{made.id}"):
                act(partial(rounds.decide, actor, made.id, True, because), "保留了。")
            if st.button("搁置这一家", icon=":material/pause_circle:", key=f"aside:{made.id}"):
                act(partial(rounds.decide, actor, made.id, False, because), "搁置了。")
    with st.expander("记一条异议", icon=":material/feedback:"):
        items, _ = rounds.read_items(actor, one.id, "checked", limit=1000)
        names = {item.id: item.name for item in items}
        item = st.selectbox("对哪一家", list(names), None, format_func=names.__getitem__, key="object:item")
        who = st.text_input("谁提的", max_chars=100, key="object:who")
        text = st.text_area("说了什么", max_chars=500, key="object:text")
        if st.button("记下异议", icon=":material/save:", disabled=item is None):
            act(lambda: rounds.object_to(actor, item or 0, dates.today(), who, text), "异议记下了。")


def _draw_payments(actor: Actor, one: Round) -> None:
    if one.state == "paying":
        with st.expander("导入发放结果（.csv、.xlsx）", icon=":material/upload_file:"):
            _draw_import(actor, one)
        with st.expander("不发钱的，全部记为已享受", icon=":material/redeem:"):
            day = st.date_input(
                "哪天享受到的", dates.today(), max_value=dates.today(), format="YYYY-MM-DD", key="all:day"
            )
            if st.button("全部记为已享受", icon=":material/done_all:"):
                act(lambda: payments.grant_all(actor, one.id, day, dates.today()), "记下了。")
    left = payments.left_lines(actor, one.id)
    if left:
        st.subheader(f"没对上的 {len(left):,} 行", anchor=False)
        for line in left[:_PAGE]:
            word = payments.FOUND[line.found]
            st.markdown(typed(f"第 {line.line} 行　{line.name or line.code or '（空）'}　{word}：{line.because}"))
        draw_download("payments-left", "下载没对上的（表格）", id=one.id)


def _draw_import(actor: Actor, one: Round) -> None:
    st.html(UPLOADER_IN_CHINESE)
    file = st.file_uploader("发放结果，最大 20 MB", type=["csv", "xlsx", "txt"], max_upload_size=20, key="results")
    day = st.date_input(
        "表里没有日期的，是哪天到账的", None, max_value=dates.today(), format="YYYY-MM-DD", key="results:day"
    )
    if file is None:
        return
    try:
        found = opened(file, "results:opened", lambda: payments.open_payments(actor, file.getvalue(), file.name))
        columns = ask_columns(
            found.table.headings, len(found.table.lines), payments.COLUMNS, found.columns, f"results:{file.file_id}"
        )
        if not st.button("对名单、记下来", type="primary", icon=":material/fact_check:"):
            return
        with st.spinner("正在对名单…"):
            done = payments.take_payments(actor, one.id, found, dates.today(), day=day, columns=columns)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return
    left = "，".join(f"{payments.FOUND[kind]} {number} 行" for kind, number in done.left.items())
    more = f"没记的：{left}。" if left else ""
    tell(f"记下 {done.written} 家，以前记过 {done.already} 家。{more}")
    st.rerun()


def draw_items(actor: Actor, one: Round) -> None:
    """The list, twenty at a time, with what can be done with each."""
    st.subheader("名单", anchor=False)
    states = [state for state in ITEM_STATES if one.items.get(state)]
    state = st.selectbox("看哪些", ["", *states], format_func=lambda key: ITEM_STATES.get(key, "全部"), key="state")
    words = st.text_input("名称或代码里有", max_chars=60, key="words")
    place = max(0, int(st.session_state.get(f"items:{one.id}", 1)) - 1)
    items, total = rounds.read_items(actor, one.id, state, words, limit=_PAGE, offset=place * _PAGE)
    for item in items:
        _draw_item(actor, one, item)
    page_number(total, _PAGE, f"items:{one.id}")
    draw_download("fulfilment-list", "下载名单（表格）", id=one.id)


def _draw_item(actor: Actor, one: Round, item: Item) -> None:
    amount = "金额待填" if item.amount is None else show_yuan(item.amount)
    paid = f"　实发 {show_yuan(item.paid)}" if item.paid is not None else ""
    done = f"　{item.done_on}" if item.done_on else ""
    with st.expander(
        f"{typed(item.name)}　{ITEM_STATES[item.state]}　{amount}", icon=f":material/{ITEM_ICONS[item.state]}:"
    ):
        link("record", typed(item.uscc), ":material/domain:", id=item.enterprise_id)
        st.caption(
            typed(
                f"{item.region or '地区未知'}　{'按规则列的' if item.by_rules else '人工补进'}　{item.reason}{done}{paid}"
            )
        )
        signs = {True: "check_circle", False: "cancel", None: "help"}
        words = {True: "满足", False: "不满足", None: "未知"}
        for (text, _), outcome in zip(one.conditions, item.ground.get("outcomes", []), strict=False):
            st.markdown(f":material/{signs[outcome]}: {words[outcome]}　{plain(text)}")
        if one.state == "checking":
            _draw_checking(actor, item, one)
        elif one.state == "paying" and item.state == "checked":
            _draw_paying(actor, item)
        elif one.state in ("paying", "done") and item.state in rounds.DONE:
            reason = st.text_input("记错了，为什么", max_chars=500, key=f"wrong:{item.id}")
            if st.button("更正：还没有兑现", icon=":material/undo:", key=f"undo:{item.id}"):
                act(lambda: payments.take_back(actor, item.id, reason), "更正了。")


def _draw_checking(actor: Actor, item: Item, one: Round) -> None:
    if item.state == "listed" and st.button("核对无误", icon=":material/check:", key=f"check:{item.id}"):
        act(lambda: listing.check(actor, one.id, [item.id]), "核对了一家。")
    if item.state == "struck":
        if st.button("放回名单", icon=":material/undo:", key=f"put:{item.id}"):
            act(lambda: listing.put_back(actor, item.id), "放回了。")
        return
    amount = st.number_input("应兑现多少元", 0.0, value=item.amount, key=f"amount:{item.id}")
    if st.button("存金额", icon=":material/save:", key=f"save:{item.id}", disabled=amount is None):
        act(lambda: listing.set_amount(actor, item.id, amount or 0.0), "金额存了。")
    reason = st.text_input("剔除的原因", max_chars=500, key=f"why:{item.id}")
    if st.button("剔除", icon=":material/cancel:", key=f"strike:{item.id}"):
        act(lambda: listing.strike(actor, item.id, reason), "剔除了一家。")


def _draw_paying(actor: Actor, item: Item) -> None:
    today = dates.today()
    kind = st.radio("怎么兑现的", list(payments.KINDS), format_func=payments.KINDS.__getitem__, key=f"kind:{item.id}")
    day = st.date_input("哪天", today, max_value=today, format="YYYY-MM-DD", key=f"day:{item.id}")
    amount = st.number_input("实发多少元", 0.0, value=item.amount, key=f"paid:{item.id}") if kind == "paid" else None
    remark = st.text_input("说明（金额不同时要写）", max_chars=500, key=f"remark:{item.id}")
    if st.button("记下兑现", type="primary", icon=":material/save:", key=f"pay:{item.id}"):
        act(lambda: payments.pay(actor, item.id, kind, day, today, amount, remark), "记下了一家。")
    if st.button("办不了，搁置", icon=":material/pause_circle:", key=f"park:{item.id}"):
        act(lambda: payments.set_aside(actor, item.id, remark), "搁置了一家。")


def draw_history(actor: Actor, one: Round) -> None:
    """Everything that was done with the round."""
    with st.expander("办理记录", icon=":material/history:"):
        for at, who, what, details in rounds.history(actor, one.id):
            st.markdown(typed(f"{shown_moment(at)[:16]}　{who}　{what}　{shown_details(details)}"))
