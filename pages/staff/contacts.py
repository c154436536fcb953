"""联系方式: how many enterprises pushes can reach, and taking in a table of numbers and mailboxes. One enterprise's stand on its record."""

import streamlit as st

from navigator.settings import settings
from navigator.ui.account import require
from navigator.ui.contacts import draw_reach, draw_take_in
from navigator.ui.links import link

actor = require("staff")
st.title("联系方式", anchor=False)
st.markdown(
    f"推送要有手机号或邮箱才发得出去。您负责{actor.area}" + ("，别处的企业不收，会写明原因。" if actor.region else "。")
)
draw_reach(actor)

st.subheader("收一张表", anchor=False)
st.markdown("要有“统一社会信用代码”，以及“手机”或“邮箱”，可以有“联系人”。企业要先有档案。")
draw_take_in(actor)

with st.expander("怎么保管", icon=":material/shield_lock:"):
    st.markdown(
        "- 只收工作需要的，每个都写明用途、来源和日期；走访时留的不拿来推送。\n"
        f"- 最多保存 {settings().contact_years} 年，到期由系统自动删掉。\n"
        "- 列出来的时候只露一部分；谁看了完整的，日志里都有。\n"
        "- 企业要求删除的，到它的档案里“联系”一栏删；发出去的消息里写的也一起抹掉。\n"
        "- 表格收完就删，不留在服务器上。"
    )
link("records", "到企业档案里看一家企业的", ":material/domain:")
