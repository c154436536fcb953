"""Who is at this window: read anew on every rerun from the sign-in behind the cookie, so that signing out, a change of role
or a time-out acts with the next click. Visitors without a cookie cost nothing: the store is not even loaded.
"""

from __future__ import annotations

import logging
from html import escape
from typing import NoReturn
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from navigator.auth import ROLE_NAMES, Actor, Role
from navigator.errors import InputError
from navigator.signin import cookie_in
from navigator.ui.words import plain

_log = logging.getLogger("navigator")


def current() -> Actor | None:
    """Who is signed in at this window at this moment; None for a visitor. Raises InputError where the store cannot be read."""
    cookie = cookie_of_window()
    if not cookie:
        return None
    from navigator.store.sign_ins import actor_of, id_of

    return actor_of(id_of(cookie))


def is_framed() -> bool:
    """Whether this window began as a frame of another site (navigator.headers), wherever it has gone since."""
    if st.context.is_embedded:
        st.session_state["is_framed"] = True
    return "is_framed" in st.session_state


def cookie_of_window() -> str:
    """The value of the sign-in cookie this window was opened with; empty without one, and in a frame of another site."""
    if is_framed():
        return ""
    cookies = st.context.cookies.to_dict()
    secure = bool(cookies) and urlsplit(st.context.headers.get("Origin", "")).scheme == "https"
    return cookie_in(cookies, secure=secure)


def role() -> Role:
    """The role whose menu is shown. Public pages stay open when the store cannot be read."""
    try:
        actor = current()
    except InputError as error:
        _log.error("%s", error)
        return "public"
    return actor.role if actor else "public"


def require(role: Role, *, region: str | None = None) -> Actor:
    """Who is signed in, if the page is for them; otherwise one sentence and the way in, and the page ends.

    To be called before the page draws its title.
    """
    actor = current()
    if actor is None:
        whom = "登录的人" if role == "public" else ROLE_NAMES[role]
        _refuse("请先登录", f"这一页给{whom}用。登录后会回到这里；太久没有操作，也要重新登录。", sign_in=True)
    if not actor.is_at_least(role):
        _refuse("这一页您看不了", f"您的身份是{actor.role_name}，这一页给{ROLE_NAMES[role]}用。要用请找管理员。")
    if region is not None and not actor.covers(region):
        _refuse("这一页您看不了", f"您负责的是{actor.region}，{region}的资料由当地工作人员处理。")
    return actor


def _refuse(title: str, sentence: str, *, sign_in: bool = False) -> NoReturn:
    st.title(title, anchor=False)
    st.info(sentence, icon=":material/lock:")
    if sign_in:
        st.html(f'<a class="primary action" href="{sign_in_address()}" target="_self">登录</a>')
    st.stop()


def draw_way_in() -> None:
    """In the foot of every page: the way in for the office, or who is signed in. Not in a frame of another site."""
    if is_framed():
        return
    try:
        actor = current()
    except InputError:
        actor = None
    if actor is None:
        st.html(f'<a href="{sign_in_address()}" target="_self" style="font-size: .875rem">工作人员登录</a>')
    else:
        st.caption(f"已登录：{plain(actor.name)}（{actor.role_name}，{actor.area}）")


def draw_sign_out() -> None:
    """The button that ends the sign-in: a form of our own, so that the cookie goes as well."""
    from navigator.store.sign_ins import form_token, id_of

    token = escape(form_token(id_of(cookie_of_window())))
    st.html(
        '<form method="post" action="/auth/logout">'
        f'<input type="hidden" name="token" value="{token}"><button class="action" type="submit">退出登录</button></form>'
    )


def draw_download(export: str, label: str, **parameters: object) -> None:
    """A link to a file of navigator.exports, made when it is clicked and only for who may have it."""
    query = urlencode({name: str(value) for name, value in parameters.items() if value not in (None, "")})
    st.html(f'<a class="action" href="/exports/{export}?{escape(query)}" target="_self">{escape(label)}</a>')


def sign_in_address() -> str:
    """The address of the sign-in form that leads back to this page."""
    path = urlsplit(st.context.url or "/").path or "/"
    query = urlencode(st.query_params.to_dict())
    return "/auth/login?next=" + quote(path + (f"?{query}" if query else ""), safe="")
