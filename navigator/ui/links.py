"""The pages of the app and how to link to them. A link carries page, id, query, filters and day; never a fact of an enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from navigator.auth import ROLES, Role
from navigator.matching.dates import today

FIRST_DAY, LAST_DAY = date(2008, 1, 1), date(2035, 12, 31)
"""The days one can ask for."""

_FOLDER = Path(__file__).resolve().parent.parent.parent / "pages"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its file below pages/, what it is called, and where the menu shows it. Everyone may open its address; the
    page itself asks for the role (navigator.ui.account.require)."""

    file: str
    title: str
    icon: str
    menu: str | None = ""
    """The menu it stands in: "" the first row, None no menu at all."""
    role: Role = "public"
    """From which role on the menu shows it."""


TEAM, POLICIES, FIRMS, PUSHES, OFFICE, ACCOUNT = "小分队", "政策管理", "企业", "推送", "工作台", "账号"
"""Menus that stand behind the first row for those who are signed in."""

_PAGES: dict[str, Entry] = {
    "home": Entry("enterprise/home.py", "首页", ":material/home:"),
    "search": Entry("enterprise/search.py", "找政策", ":material/search:"),
    "checkup": Entry("enterprise/checkup.py", "政策体检", ":material/fact_check:"),
    "no-application": Entry("enterprise/no_application.py", "免申即享", ":material/redeem:"),
    "commitments": Entry("enterprise/commitments.py", "45项承诺", ":material/handshake:"),
    "ask": Entry("enterprise/ask.py", "提诉求", ":material/campaign:"),
    "progress": Entry("enterprise/progress.py", "承诺进展", ":material/monitoring:", menu=None),
    "library": Entry("enterprise/library.py", "政策库", ":material/library_books:"),
    "platforms": Entry("enterprise/platforms.py", "平台和机制", ":material/hub:", menu=None),
    "open-data": Entry("enterprise/open_data.py", "开放数据", ":material/database:", menu=None),
    "news": Entry("enterprise/news.py", "政策有什么变化", ":material/compare_arrows:", menu=None),
    "calendar": Entry("enterprise/calendar.py", "政策日历", ":material/calendar_month:", menu=None),
    "measure": Entry("enterprise/measure.py", "政策详情", ":material/description:", menu=None),
    "print": Entry("enterprise/print.py", "打印版", ":material/print:", menu=None),
    "intake": Entry("staff/intake.py", "资料入库", ":material/upload_file:", POLICIES, "staff"),
    "draft": Entry("staff/draft.py", "起草事项", ":material/edit_document:", POLICIES, "staff"),
    "document": Entry("staff/document.py", "文件草稿", ":material/edit_document:", None, "staff"),
    "changes": Entry("staff/changes.py", "政策变化", ":material/compare_arrows:", POLICIES, "staff"),
    "whatif": Entry("staff/whatif.py", "如果改条件", ":material/tune:", POLICIES, "staff"),
    "upkeep": Entry("staff/upkeep.py", "政策维护", ":material/build:", POLICIES, "staff"),
    "worklist": Entry("team/worklist.py", "走访清单", ":material/checklist:", TEAM, "team"),
    "route": Entry("team/route.py", "今日路线", ":material/route:", TEAM, "team"),
    "brief": Entry("team/brief.py", "走访提纲", ":material/storefront:", None, "team"),
    "records": Entry("staff/records.py", "企业档案", ":material/domain:", FIRMS, "staff"),
    "record": Entry("staff/record.py", "一家企业", ":material/domain:", None, "staff"),
    "imports": Entry("staff/imports.py", "导入", ":material/table_view:", FIRMS, "staff"),
    "quality": Entry("staff/quality.py", "数据质量", ":material/rule:", FIRMS, "staff"),
    "pushes": Entry("staff/pushes.py", "推送", ":material/campaign:", PUSHES, "staff"),
    "push": Entry("staff/push.py", "一批推送", ":material/campaign:", None, "staff"),
    "contacts": Entry("staff/contacts.py", "联系方式", ":material/contact_phone:", FIRMS, "staff"),
    "precision": Entry("staff/precision.py", "精准率", ":material/target:", PUSHES, "staff"),
    "judge": Entry("staff/judge.py", "评判", ":material/gavel:", PUSHES, "staff"),
    "fulfilment": Entry("staff/fulfilment.py", "免申即享兑现", ":material/paid:", OFFICE, "staff"),
    "fulfilment-round": Entry("staff/fulfilment_round.py", "一轮兑现", ":material/paid:", None, "staff"),
    "window": Entry("staff/window.py", "窗口办理", ":material/support_agent:", OFFICE, "staff"),
    "board": Entry("staff/board.py", "承诺看板", ":material/dashboard:", OFFICE, "staff"),
    "board-item": Entry("staff/board_item.py", "一项承诺", ":material/handshake:", None, "staff"),
    "problems": Entry("staff/problems.py", "问题整改", ":material/report_problem:", OFFICE, "staff"),
    "problem": Entry("staff/problem.py", "一个问题", ":material/report_problem:", None, "staff"),
    "appeals": Entry("staff/appeals.py", "企业诉求", ":material/campaign:", OFFICE, "team"),
    "appeal": Entry("staff/appeal.py", "一件诉求", ":material/campaign:", None, "team"),
    "cadence": Entry("staff/cadence.py", "调度和通报", ":material/event_repeat:", OFFICE, "staff"),
    "cadence-duty": Entry("staff/cadence_duty.py", "一次调度", ":material/event_repeat:", None, "staff"),
    "backtest": Entry("staff/backtest.py", "回测", ":material/history:", PUSHES, "staff"),
    "visits": Entry("team/visits.py", "走访记录", ":material/directions_walk:", TEAM, "team"),
    "visit-record": Entry("team/visit_record.py", "一次走访", ":material/directions_walk:", None, "team"),
    "visit-new": Entry("team/visit_new.py", "记一次走访", ":material/edit_note:", None, "team"),
    "accounts": Entry("staff/accounts.py", "用户与日志", ":material/manage_accounts:", ACCOUNT, "admin"),
    "account": Entry("account/account.py", "我的账号", ":material/person:", ACCOUNT, "team"),
}


def pages(role: Role = "public") -> dict[str, StreamlitPage]:
    """Every page by its short name, which is also its path in the URL (the home page's is empty)."""
    return {
        name: st.Page(
            _FOLDER / entry.file,
            title=entry.title,
            icon=entry.icon,
            url_path="" if name == "home" else name,
            default=name == "home",
            visibility="hidden" if menu_of(name, role) is None else "visible",
        )
        for name, entry in _PAGES.items()
    }


def menus(role: Role) -> dict[str, list[StreamlitPage]]:
    """All pages in their menus, for st.navigation; a menu without a page for this role does not show."""
    found: dict[str, list[StreamlitPage]] = {"": []}
    for name, page in pages(role).items():
        found.setdefault(menu_of(name, role) or "", []).append(page)
    return found


def menu_of(name: str, role: Role) -> str | None:
    """The menu in which somebody of this role finds a page; None where it is in none."""
    entry = _PAGES[name]
    return entry.menu if ROLES.index(role) >= ROLES.index(entry.role) else None


def as_of() -> date:
    """The day the visitor asks for; today in Asia/Shanghai unless the URL or the picker names another."""
    chosen = st.session_state.get("as_of")
    return chosen if isinstance(chosen, date) else today()


def day_in_url() -> date | None:
    """The day the URL names; None where it names none or none that can be asked for."""
    try:
        day = date.fromisoformat(st.query_params.get("as_of", ""))
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def settle_day() -> None:
    """Before a page is drawn: the day in the URL is the day asked for, and a day asked for earlier is in the URL again.

    Not left to `bind="query-params"`: with links that carry the day it doubles the parameter and then loses it.
    """
    named = day_in_url()
    if named:
        st.session_state["as_of"] = named
    else:
        st.session_state.setdefault("as_of", today())
        carry_day()


def carry_day() -> None:
    """Put the day asked for into the URL; today needs none."""
    if as_of() == today():
        st.query_params.pop("as_of", None)
    else:
        st.query_params["as_of"] = as_of().isoformat()


def parameters(**values: object) -> dict[str, str]:
    """Query parameters of a link: what is given, and the day where it is not today and no other is given."""
    found = {name: str(value) for name, value in values.items() if value not in (None, "")}
    if as_of() != today():
        found.setdefault("as_of", as_of().isoformat())
    return found


def link(name: str, label: str, icon: str | None = None, **values: object) -> None:
    """A link to a page of the app, drawn where it is called."""
    st.page_link(pages()[name], label=label, icon=icon, query_params=parameters(**values), width="stretch")


def url(name: str, **values: object) -> str:
    """A relative address for use inside Markdown text."""
    from urllib.parse import urlencode

    query = urlencode(parameters(**values))
    return ("/" if name == "home" else name) + (f"?{query}" if query else "")
