"""推送: all batches of one's region, those that wait for a second person first, and the way to a new one."""

import streamlit as st

from navigator.delivery.batches import list_batches
from navigator.ui.account import require
from navigator.ui.links import link
from navigator.ui.pushes import draw_batch_line
from navigator.ui.records import page_number

PAGE = 20

actor = require("staff")
st.title("推送", anchor=False)
st.markdown(
    "把政策送到符合条件的企业手里：挑事项，系统从企业档案里挑企业，您检查，另一位工作人员批准，再发。"
    f"您负责{actor.area}。"
)
link("push", "新建一批", ":material/add:")
found = list_batches(actor, limit=1_000)
waiting = [batch for batch in found if batch.state == "proposed"]
if waiting:
    st.subheader(f"等批准的（{len(waiting)}）", anchor=False)
    for batch in waiting:
        draw_batch_line(batch)
going = [batch for batch in found if batch.state not in ("proposed", "done", "withdrawn")]
if going:
    st.subheader(f"正在做的（{len(going)}）", anchor=False)
    for batch in going:
        draw_batch_line(batch)
over = [batch for batch in found if batch.state in ("done", "withdrawn")]
if over:
    st.subheader(f"发完的和撤回的（{len(over)}）", anchor=False)
    first = page_number(len(over), PAGE, "pushes:page") * PAGE
    for batch in over[first : first + PAGE]:
        draw_batch_line(batch)
if not found:
    st.info("还没有推送过。", icon=":material/inbox:")
link("contacts", "企业的联系方式", ":material/contact_phone:")
link("precision", "推得准不准，看精准率", ":material/target:")
