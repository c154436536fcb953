"""Pieces of 推送: batches as lines, how far one has come, what is in it, samples as they will read, and its rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from navigator.auth import Actor
from navigator.delivery.batches import CHANNELS, Batch, State, read_batch
from navigator.delivery.filling import fill_apart
from navigator.delivery.messages import label_of, sms_parts
from navigator.delivery.previewing import (
    PUSH_STATES,
    Chosen,
    Line,
    Part,
    Sampled,
    count_rows,
    left_out,
    read_rows,
    sample,
)
from navigator.delivery.selecting import KINDS, WHICH
from navigator.errors import InputError
from navigator.matching.amounts import show_yuan
from navigator.matching.assess import show_value
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import shown_moment
from navigator.ui.account import draw_download
from navigator.ui.links import link
from navigator.ui.records import EXAMPLE, draw_record_line, page_number
from navigator.ui.words import OUTCOME, Chip, badge, plain, typed

STATE: dict[State, Chip] = {
    "draft": ("起草", "edit_note", "blue"),
    "selecting": ("正在挑选企业", "progress_activity", "blue"),
    "broken": ("挑选断了，可以接着做", "link_off", "orange"),
    "selected": ("挑好了，等检查", "checklist", "blue"),
    "proposed": ("等另一个人批准", "how_to_reg", "orange"),
    "approved": ("已批准，正在发", "outgoing_mail", "green"),
    "done": ("发完了", "check_circle", "green"),
    "withdrawn": ("已撤回", "undo", "gray"),
}
ROW: dict[str, Chip] = {
    "waiting": (PUSH_STATES["waiting"], "hourglass_top", "blue"),
    "queued": (PUSH_STATES["queued"], "schedule_send", "blue"),
    "handing": (PUSH_STATES["handing"], "outgoing_mail", "blue"),
    "sent": (PUSH_STATES["sent"], "check_circle", "green"),
    "unsure": (PUSH_STATES["unsure"], "help", "orange"),
    "failed": (PUSH_STATES["failed"], "error", "red"),
    "dropped": (PUSH_STATES["dropped"], "block", "gray"),
    "withdrawn": (PUSH_STATES["withdrawn"], "undo", "gray"),
}
STEPS: tuple[tuple[str, tuple[State, ...]], ...] = (
    ("写好", ("draft",)),
    ("挑企业", ("selecting", "broken")),
    ("检查", ("selected",)),
    ("第二个人批准", ("proposed",)),
    ("发出", ("approved",)),
    ("完成", ("done",)),
)
_PAGE, _SHOWN = 20, 12
_GOING = ("waiting", "queued", "handing", "sent", "unsure", "failed", "withdrawn")


def draw_batch_line(batch: Batch) -> None:
    """One batch of the list, leading to its page."""
    draft = batch.draft
    with st.container(border=True, gap="xsmall"):
        link("push", f"**{typed(draft.title)}**", ":material/campaign:", id=batch.id)
        st.markdown(f"{badge(STATE[batch.state])} {EXAMPLE if draft.example else ''}")
        counts = batch.counts
        told = f"符合 {counts['fits']:,} 条，先问 {counts['asks']:,} 条　" if "fits" in counts else ""
        st.caption(
            typed(
                f"第{batch.id}批　{told}{CHANNELS[draft.channel]}　{draft.office}　{batch.by}　{shown_moment(batch.made)[:16]}"
            )
        )


def draw_head(batch: Batch) -> None:
    """What the batch is, and how far it has come, in words and icons."""
    draft = batch.draft
    st.markdown(f"{badge(STATE[batch.state])} {EXAMPLE if draft.example else ''}")
    if batch.state == "withdrawn":
        st.warning(
            f"{plain(batch.withdrawn_by or '')} 撤回了这一批，原因：{typed(batch.reason)}。没发出的不再发，已发出的链接会说明。",
            icon=":material/undo:",
        )
    else:
        st.markdown("　".join(_steps(batch)))
        if batch.reason:
            st.warning(f"退回的原因：{typed(batch.reason)}", icon=":material/undo:")
    st.caption(typed("　".join(_about(batch))))


def _steps(batch: Batch) -> list[str]:
    now = next(place for place, (_, states) in enumerate(STEPS) if batch.state in states)
    if batch.state == "done":
        now = len(STEPS)
    return [
        f":material/check_circle: {name}" if place < now
        else f":material/radio_button_checked: **{name}（现在）**" if place == now
        else f":gray[:material/radio_button_unchecked: {name}]"
        for place, (name, _) in enumerate(STEPS)
    ]  # fmt: skip


def _about(batch: Batch) -> list[str]:
    draft, choice = batch.draft, batch.draft.choice
    what = WHICH[choice.which] + (f" {choice.since}" if choice.since else "")
    found = [
        f"第{batch.id}批", CHANNELS[draft.channel], draft.office, f"按 {batch.as_of} 的政策", what,
        f"每天最多 {draft.daily:,} 条", f"链接 {draft.link_days} 天有效", f"{batch.by} 起草",
    ]  # fmt: skip
    if batch.proposed_by:
        found.append(f"{batch.proposed_by} 提请")
    if batch.approved_by and batch.approved:
        found.append(f"{batch.approved_by} {shown_moment(batch.approved)[:16]} 批准")
    return found


def draw_selecting(actor: Actor, batch: Batch) -> None:
    """How far selecting is, looked at every second; a way on where it broke off."""
    if batch.state == "selecting":
        st.fragment(_draw_progress, run_every=1.0)(actor, batch.id)
        return
    st.progress(batch.share, f"挑到 {batch.counts.get('looked', 0):,} / {batch.counts.get('records', 0):,} 家时断了")
    st.button("接着挑", type="primary", icon=":material/play_arrow:", on_click=fill_apart, args=(actor, batch.id))


def _draw_progress(actor: Actor, number: int) -> None:
    batch = read_batch(actor, number)
    if batch.state != "selecting":
        st.rerun()
    st.progress(batch.share, f"已看 {batch.counts.get('looked', 0):,} / {batch.counts.get('records', 0):,} 家")
    st.caption("可以离开这一页，会接着挑。")


def draw_preview(batch: Batch, found: Sequence[Part]) -> None:
    """What goes out, by measure and by region, and who is left out and why."""
    going = [part for part in found if part.state in _GOING]
    if not going:
        st.info("没有一家可以推送。换事项或者范围，再挑一次。", icon=":material/inbox:")
    else:
        total = sum(part.yuan for part in going)
        st.markdown(
            f"**{sum(part.pushes for part in going):,} 条**"
            + (
                f"，算得出金额的 {sum(part.known for part in going):,} 条，估算合计 **{show_yuan(total)}**"
                if total
                else ""
            )
        )
        st.table(
            pd.DataFrame([_row("事项", name, rows) for name, rows in _by(going, "name")][:_SHOWN]), hide_index=True
        )
        st.table(pd.DataFrame([_row("地区", name, rows) for name, rows in _by(going, "region")]), hide_index=True)
    _draw_left_out(batch, found)


def _by(found: Sequence[Part], field: str) -> list[tuple[str, list[Part]]]:
    """Parts that share a name or region, the most pushes first."""
    groups: dict[str, list[Part]] = {}
    for part in found:
        groups.setdefault(getattr(part, field), []).append(part)
    return sorted(groups.items(), key=lambda one: -sum(part.pushes for part in one[1]))


def _row(heading: str, name: str, rows: Sequence[Part]) -> dict[str, str]:
    yuan = sum(part.yuan for part in rows)
    return {
        heading: plain(name) or "不知道",
        "符合": f"{sum(part.pushes for part in rows if part.kind == 'fits'):,}\u00a0条",
        "先问": f"{sum(part.pushes for part in rows if part.kind == 'asks'):,}\u00a0条",
        "估算": show_yuan(yuan) if yuan else "不算金额",
    }


def _draw_left_out(batch: Batch, found: Sequence[Part]) -> None:
    reasons = [f"{reason} {count:,} 条" for reason, count in left_out(found).items() if count]
    undecided = batch.counts.get("undecided", 0)
    if undecided:
        reasons.append(f"还差不止一项信息，判断不了 {undecided:,} 次")
    if reasons:
        st.markdown(
            f":material/block: 没有列入：{'；'.join(reasons)}。{'' if undecided == 0 else '缺的信息在“数据质量”里看。'}"
        )


def draw_sample(actor: Actor, batch: Batch) -> None:
    """Some messages as they will read, drawn by a seed, each with its grounds."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input("抽看几家", 1, 20, 3, key="push:count")
        seed = st.number_input("种子（同一个数抽到同样的几家）", 1, 999_999, 1, key="push:seed")
    for one in sample(actor, batch.id, int(count), int(seed)):
        draw_sampled(batch, one)


def draw_sampled(batch: Batch, one: Sampled) -> None:
    """One enterprise of a sample."""
    with st.container(border=True, gap="xsmall"):
        draw_record_line(one.enterprise_id, one.name, one.region or "地区不知道", batch.draft.example)
        st.markdown(f"> {typed(one.message.text)}")
        length = len(one.message.text)
        parts = f"，按 {sms_parts(one.message.text)} 条短信收费" if batch.draft.channel == "sms" else ""
        st.caption(f"{length} 个字{parts}。链接是试看的，发出去时每家不同，会稍长一点。")
        for ground in one.grounds:
            with st.expander(f"为什么：{plain(ground.name)}"):
                for text, source, outcome in ground.conditions:
                    st.markdown(f"- {badge(OUTCOME[outcome])} {plain(text)}　:gray[{plain(source)}]")
                st.caption(typed("用到的信息：" + "，".join(_facts(ground.facts))))
                if ground.missing:
                    st.caption("还不知道：" + "、".join(label_of(name) for name in ground.missing))


def _facts(facts: object) -> list[str]:
    specs = default_rulebook().facts.specs
    assert isinstance(facts, dict)
    return [
        f"{label_of(name)} {show_value(float(value) if type(value) is int else value, specs[name])}"
        for name, value in facts.items()
        if name in specs
    ]


def draw_rows(actor: Actor, batch: Batch, found: Sequence[Part]) -> None:
    """The pushes one by one, narrowed by state, measure and region, and as a file."""
    states = {part.state for part in found}
    names = {part.measure_id: part.name for part in found}
    with st.container(horizontal=True):
        state = st.selectbox(
            "状态", [name for name in PUSH_STATES if name in states], None, format_func=PUSH_STATES.__getitem__,
            placeholder="全部", key="push:state",
        )  # fmt: skip
        measure = st.selectbox(
            "事项", list(names), None, format_func=names.__getitem__, placeholder="全部", key="push:measure"
        )
        region = st.selectbox(
            "地区", sorted({part.region for part in found}), None, format_func=lambda name: name or "不知道",
            placeholder="全部", key="push:region",
        )  # fmt: skip
        kind = st.selectbox(
            "类别", list(KINDS), None, format_func=KINDS.__getitem__, placeholder="全部", key="push:kind"
        )
        remarks = sorted({part.remark for part in found if part.remark})
        remark = st.selectbox("说明", remarks, None, placeholder="全部", key="push:remark") if remarks else None
    chosen = Chosen(state or "", remark or "", measure or "", region, kind or "")
    count = count_rows(actor, batch.id, chosen)
    st.markdown(f"共 {count:,} 条")
    page = page_number(count, _PAGE, "push:page")
    for line in read_rows(actor, batch.id, chosen, limit=_PAGE, offset=page * _PAGE):
        _draw_line(batch, line)
    given = {"state": state, "measure": measure, "kind": kind, "remark": remark}
    draw_download("pushes", "下载这张清单（表格）", id=batch.id, **given, **({"region": region} if region else {}))


def _draw_line(batch: Batch, line: Line) -> None:
    about = KINDS[line.kind] if not line.fact else f"先问{line.fact}"  # type: ignore[index]
    money = f"　估算 {show_yuan(line.estimate)}" if line.estimate else ""
    sent = f"　{shown_moment(line.sent)[:16]}" if line.sent else ""
    with st.container(gap="xxsmall"):
        draw_record_line(
            line.enterprise_id, line.name, f"{line.region or '地区不知道'}　{line.measure}", batch.draft.example
        )
        why = f"：{plain(line.remark)}" if line.remark else ""
        st.markdown(f"{badge(ROW[line.state])}{why}　{plain(about)}{money}{sent}")


def tell(fault: InputError) -> None:
    """What was wrong, in one sentence."""
    st.error(plain(str(fault)), icon=":material/error:")
