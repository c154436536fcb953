"""Pieces of 走访清单 and 今日路线: making the list, its lines and why, choosing them for a day, a shop met on the way, teams, a day's stops."""

from __future__ import annotations

from datetime import date

import streamlit as st

from navigator.auth import Actor
from navigator.delivery import routes, teams, worklist
from navigator.delivery.brief import Ask, first_questions, refresh
from navigator.delivery.contacts import add_contact, read_value
from navigator.delivery.routes import Route, Stop
from navigator.delivery.teams import Team
from navigator.delivery.worklist import KINDS, Line, Wanted, Worklist
from navigator.errors import InputError
from navigator.matching import dates
from navigator.matching.rulebook import default_rulebook
from navigator.store.accounts import regions_of_staff
from navigator.store.audit import shown_moment
from navigator.store.enterprises import uscc_of
from navigator.store.provisional import add_unregistered
from navigator.ui.acting import act, box, form_key
from navigator.ui.links import link, pages, parameters
from navigator.ui.records import EXAMPLE, page_number
from navigator.ui.words import Chip, badge, plain, typed

KIND_CHIPS: dict[str, Chip] = {
    "promise": (KINDS["promise"], "event_busy", "red"),
    "appeal": (KINDS["appeal"], "campaign", "orange"),
    "money": (KINDS["money"], "payments", "green"),
    "push": (KINDS["push"], "mark_email_unread", "blue"),
    "near": (KINDS["near"], "flag", "violet"),
    "unvisited": (KINDS["unvisited"], "schedule", "gray"),
    "recent": (KINDS["recent"], "check_circle", "gray"),
}
CLAIMED = {"": "全部", "free": "还没有队认领的", "mine": "我们队认领的"}
_PAGE = 20


def pick_team(actor: Actor, key: str = "team") -> Team | None:
    """Whose route it is: one's own team first; None where there is no team yet."""
    found = teams.list_teams(actor)
    if not found:
        st.info("还没有小分队。请工作人员在“走访清单”页下面建队。", icon=":material/groups:")
        return None
    mine = next((place for place, one in enumerate(found) if actor.name in one.members), 0)
    return st.selectbox("小分队", found, mine, format_func=lambda one: one.name, key=key)


def draw_made(actor: Actor, made: Worklist | None, example: bool) -> None:
    """Of which day the list is, and the button that goes through all records again."""
    today = dates.today()
    if made is None:
        st.info("清单还没有做过。按下面的按钮，从档案里逐家算一遍。", icon=":material/checklist:")
    else:
        st.caption(
            typed(f"{made.as_of} 的清单，看了 {made.records:,} 家，{shown_moment(made.at)[:16]} {made.by}做的。")
        )
        if made.as_of < today:
            st.caption(":material/update: 不是今天的，走访前重新算一次。")
    if st.button("按今天的档案重新算", icon=":material/refresh:", key="make"):
        told = st.empty()

        def tell(seen: int, lines: int) -> None:
            told.caption(f"看了 {seen:,} 家…" if not lines else f"看完 {seen:,} 家，排在前面的算细了 {lines:,} 家…")

        act(lambda: worklist.make_worklist(actor, today, example=example, progress=tell), "清单做好了。")


def pick_lines(actor: Actor, team: Team | None) -> Wanted:
    """Which part of the list is wanted."""
    left, right = st.expander("挑着看", icon=":material/filter_list:").columns(2)
    kind = left.selectbox("为什么去", ["", *KINDS], format_func=lambda one: KINDS.get(one, "全部"), key="kind")
    claimed = right.selectbox("认领", list(CLAIMED), format_func=CLAIMED.__getitem__, key="claimed")
    region = ""
    if actor.region is None:
        region = left.selectbox("区域", ["", *regions_of_staff()], format_func=lambda one: one or "全市", key="region")
    township = right.selectbox(
        "乡镇或街道", ["", *worklist.townships(actor)], format_func=lambda one: one or "全部", key="township"
    )
    words = left.text_input("名称里有哪些字", max_chars=60, key="words")
    return Wanted(region, township, kind, claimed, team.id if team else None, words)


def draw_lines(actor: Actor, wanted: Wanted, team: Team | None, day: date, example: bool) -> None:
    """The lines, twenty at a time; each can be put on the route of the day."""
    today = dates.today()
    place = max(0, int(st.session_state.get("page", 1)) - 1)
    found, total = worklist.read_lines(actor, wanted, today, example=example, limit=_PAGE, offset=place * _PAGE)
    st.caption(f"{total:,} 家，最该去的排在前面。")
    for one in found:
        with st.container(border=True, gap="xxsmall"):
            _draw_line(actor, one, team, day)
    page_number(total, _PAGE, "page")


def _draw_line(actor: Actor, one: Line, team: Team | None, day: date) -> None:
    link("brief", f"**{typed(one.name)}**", ":material/storefront:", id=one.enterprise_id)
    st.markdown(" ".join([*(badge(KIND_CHIPS[part.kind]) for part in one.parts), EXAMPLE if one.example else ""]))
    st.markdown(typed("；".join(f"{part.words}（{part.points:+d}）" for part in one.parts)))
    where = "　".join(filter(None, (one.region or "地区未知", one.township)))
    ask = f"　先问：{one.ask}" if one.ask else ""
    st.caption(typed(f"{where}　{one.score} 分{ask}"))
    if one.claim is not None:
        st.caption(typed(f"{one.claim.team}认领了，到 {one.claim.until}"))
    if team is None or one.claim is not None and one.claim.team_id != team.id:
        return
    if st.button(f"排进 {day} 的路线", key=f"add:{one.enterprise_id}", icon=":material/add_location:"):
        told = f"{one.name}排进了{team.name} {day} 的路线。"
        act(lambda: routes.add_stops(actor, team.id, day, [one.enterprise_id], dates.today()), told)


# ---- a shop met on the way


def draw_new_shop(actor: Actor) -> None:
    """Name, region, what it is, a telephone: the record begins and its brief opens."""
    with st.expander("路上碰到一家没有档案的", icon=":material/add_business:"), st.form("shop", border=False):
        name = st.text_input("叫什么", max_chars=100, key="shop:name")
        regions = [actor.region] if actor.region else regions_of_staff()
        region = st.selectbox("在哪里", regions, 0 if actor.region else None, key="shop:region", placeholder="选一个")
        kinds = list(default_rulebook().facts.specs["entity_type"].values)
        kind = st.selectbox("是什么", kinds, kinds.index("个体工商户"), key="shop:kind")
        phone = st.text_input("电话（可以不填）", max_chars=30, key="shop:phone")
        pressed = st.form_submit_button("登记，打开走访提纲", type="primary", icon=":material/add:")
    if not pressed:
        return
    today = dates.today()
    try:
        if phone.strip():
            read_value("phone", phone)
        facts = {"name": name.strip(), "region": region, "entity_type": kind}
        key = form_key("shop:form", (facts, phone))
        number = add_unregistered(actor, facts, source="走访", on=today, client_id=key)
        if phone.strip():
            code = uscc_of(actor, number)
            add_contact(actor, code, "phone", phone, source="走访", day=today, purpose="走访", now=today)
        refresh(actor, number, today)
    except InputError as fault:
        st.error(plain(str(fault)), icon=":material/error:")
        return
    st.switch_page(pages()["brief"], query_params=parameters(id=number))


# ---- teams


def draw_teams(actor: Actor) -> None:
    """The teams and who is in them; staff begin, change and end them."""
    with st.expander("小分队", icon=":material/groups:"):
        found = teams.list_teams(actor)
        for one in found:
            st.markdown("- " + typed(f"{one.name}（{one.region or '全市'}）：{'、'.join(one.members)}"))
        if not actor.is_at_least("staff"):
            return
        chosen = st.selectbox(
            "建队或改队员",
            [None, *found],
            format_func=lambda one: one.name if one else "新建一个队",
            key=box("team:which"),
        )
        key = chosen.id if chosen else "new"
        name = st.text_input("队名", chosen.name if chosen else "", max_chars=64, key=box(f"team:name:{key}"))
        members = st.text_area(
            "队员的用户名，一行一个", "\n".join(chosen.members) if chosen else "", key=box(f"team:members:{key}")
        )
        region = chosen.region if chosen else actor.region
        if chosen is None and actor.region is None:
            region = st.selectbox("哪里的队", regions_of_staff(), None, key=box("team:region"), placeholder="全市")
        listed, number = members.splitlines(), chosen.id if chosen else None
        if st.button("存下这个队", icon=":material/save:"):
            act(lambda: teams.save_team(actor, name, listed, region=region, team=number), "存了。")
        if chosen is not None and st.button("撤掉这个队", icon=":material/group_off:"):
            act(lambda: teams.end_team(actor, chosen.id), f"{chosen.name}撤了，它认领的都放开了。")


# ---- a day's route


def draw_route(actor: Actor, route: Route) -> None:
    """The stops in order, with what to ask at each; moved, taken off, put in the order of townships."""
    if route.id is None or not route.stops:
        st.info("这一天还没有排。到走访清单里挑几家排进来。", icon=":material/route:")
        link("worklist", "去走访清单挑", ":material/checklist:")
        return
    asks = first_questions(actor, route, dates.today())
    for stop in route.stops:
        with st.container(border=True, gap="xxsmall"):
            _draw_stop(actor, route, stop, asks.get(stop.enterprise_id))
    if len(route.stops) > 1 and st.button("同一个乡镇的排在一起", icon=":material/sort:"):
        act(lambda: routes.order_stops(actor, route.id or 0), "按乡镇排好了。")


def _draw_stop(actor: Actor, route: Route, stop: Stop, ask: Ask | None) -> None:
    number, firm = route.id or 0, stop.enterprise_id
    link("brief", f"**{stop.place}. {typed(stop.name)}**", ":material/storefront:", id=firm)
    where = "　".join(filter(None, (stop.region or "地区未知", stop.township)))
    st.caption(f"{EXAMPLE if stop.example else ''} {typed(where)}")
    told = f"{ask.question}（能定 {ask.decides} 项）" if ask else "要紧的都知道了，没有要先问的"
    st.markdown(f":material/contact_support: {plain(told)}")
    with st.container(horizontal=True):
        if stop.place > 1 and st.button("提前", key=f"up:{firm}", icon=":material/arrow_upward:"):
            act(lambda: routes.move_stop(actor, number, firm, -1), "提前了一家。")
        if stop.place < len(route.stops) and st.button("推后", key=f"down:{firm}", icon=":material/arrow_downward:"):
            act(lambda: routes.move_stop(actor, number, firm, 1), "推后了一家。")
        if st.button("不去了", key=f"off:{firm}", icon=":material/remove_circle:"):
            act(lambda: routes.remove_stop(actor, number, firm), f"{stop.name}移出了路线。")
    draw_township(actor, firm, stop.township)


def draw_township(actor: Actor, enterprise: int, township: str) -> None:
    """In which township it is found, to be written by whoever knows."""
    with st.popover("在哪个乡镇", icon=":material/location_on:", type="tertiary"):
        given = st.text_input(
            "乡镇或街道", township, max_chars=40, key=box(f"township:{enterprise}"), placeholder="如 宋河镇"
        )
        if st.button("存", key=f"township-save:{enterprise}", icon=":material/save:"):
            act(lambda: routes.set_township(actor, enterprise, given), "记下了。")
