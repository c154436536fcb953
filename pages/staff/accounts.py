"""用户与日志: who can sign in, with which role and region; who did what, with filters and as a file."""

from datetime import timedelta

import streamlit as st

from navigator.auth import ROLE_NAMES, ROLES
from navigator.errors import InputError
from navigator.matching.dates import today
from navigator.store.accounts import list_accounts, regions_of_staff, set_enabled, set_scope
from navigator.store.audit import (
    SUBJECTS,
    Filter,
    audit_actions,
    count_audit,
    read_audit,
    shown_details,
    shown_moment,
    shown_subject,
)
from navigator.ui.account import draw_download, require
from navigator.ui.words import plain, sentence

PAGE = 50
CITY = "全市"
PERIODS = {"all": ("全部", None), "today": ("今天", 0), "week": ("最近7天", 6), "month": ("最近30天", 29)}


def _of(region: str | None) -> str:
    return f"（{region}）" if region else ""


actor = require("admin")
st.title("用户与日志", anchor=False)

accounts = list_accounts(actor)
st.subheader(f"用户（{len(accounts)}个）", anchor=False)
st.caption("新建用户、重设密码在服务器上用命令，见使用说明“账号与登录”。停用和改权限从对方下一次点击起生效。")
for one in accounts:
    state = ":gray-badge[:material/block: 已停用]" if one.disabled else ""
    with st.expander(f"**{plain(one.name)}**　{ROLE_NAMES[one.role]}　{one.region or CITY}　{state}"):
        with st.form(f"scope-{one.id}", border=False):
            role = st.selectbox(
                "身份", ROLES, ROLES.index(one.role), format_func=ROLE_NAMES.__getitem__, key=f"role-{one.id}"
            )
            regions = [CITY, *regions_of_staff()]
            region = st.selectbox("负责区域", regions, regions.index(one.region or CITY), key=f"region-{one.id}")
            saved = st.form_submit_button("保存权限", icon=":material/save:")
        switched = st.button(
            "重新启用" if one.disabled else "停用", key=f"switch-{one.id}", icon=":material/power_settings_new:"
        )
        try:
            if saved:
                set_scope(actor, one.name, role, None if region == CITY else region)
            if switched:
                set_enabled(actor, one.name, one.disabled is not None)
        except InputError as error:
            st.error(sentence(error), icon=":material/error:")
        else:
            if saved or switched:
                st.rerun()

st.subheader("操作日志", anchor=False)
first, second = st.columns(2)
who = first.selectbox("谁", ["所有人", *(one.name for one in accounts), "命令行", "未登录"], key="log-who")
what = second.selectbox("做了什么", ["所有操作", *audit_actions(actor)], key="log-what")
days = st.selectbox("多久以来", PERIODS, format_func=lambda known: PERIODS[known][0], key="log-days")
since = PERIODS[days][1]
kind = st.selectbox(
    "对什么", ["", *SUBJECTS], format_func=lambda known: SUBJECTS.get(known, "所有对象"), key="log-kind"
)
begins = st.text_input(f"哪个{SUBJECTS[kind]}（开头几个字就行）", key="log-subject", max_chars=100) if kind else ""
wanted = Filter(
    actor="" if who == "所有人" else who,
    action="" if what == "所有操作" else what,
    subject=f"{kind}:{begins.strip()}" if kind else "",
    from_day=None if since is None else today() - timedelta(days=since),
)
count = count_audit(actor, wanted)
pages = max(1, -(-count // PAGE))
page = st.number_input(f"第几页（共{pages}页）", 1, pages, key="log-page") if pages > 1 else 1
entries = read_audit(actor, wanted, limit=PAGE, offset=(page - 1) * PAGE)
if entries:
    st.caption(f"共 {count} 条，新的在前。日志只增不改。")
    for one in entries:
        with st.container(gap="xxsmall"):
            st.markdown(f"**{plain(one.actor)}**{_of(one.region)}　{plain(one.action)}")
            st.caption(plain(f"{shown_moment(one.at)}　{shown_subject(one.subject)}　{shown_details(one.details)}"))
    draw_download(
        "audit",
        "下载这些日志（表格）",
        actor=wanted.actor,
        action=wanted.action,
        subject=wanted.subject,
        **{"from": wanted.from_day},
    )
else:
    st.info("没有符合的记录，换个条件看看。", icon=":material/search_off:")
