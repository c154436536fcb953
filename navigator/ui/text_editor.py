"""The pieces of the page on which an uploaded text is corrected: facts, clauses, what looks wrong, release, history.

Each change is saved to the shelf when a box is left, so that nothing typed is lost; there is no save button to forget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from navigator.auth import Actor
from navigator.errors import InputError
from navigator.intake import texts
from navigator.intake.changes import document_changes
from navigator.intake.shelf import ACTION_NAMES, Draft, Revision, default_shelf
from navigator.intake.texts import Doubt, Facts, Row, TextDraft
from navigator.ui.boxes import when_drawn
from navigator.ui.changes import draw_changes
from navigator.ui.words import plain, typed

Operation = Callable[[TextDraft], TextDraft]


@dataclass(slots=True)
class Desk:
    """A draft as this window works on it: what it says, the save it rests on, and a count that renews the boxes."""

    actor: Actor
    draft: Draft
    text: TextDraft
    round: int = 0

    def key(self, *parts: object) -> str:
        """The key of a box, new whenever the text was replaced under it."""
        return ":".join(map(str, ("text", self.draft.id, self.round, *parts)))

    @property
    def chosen(self) -> int:
        """The row that is open."""
        position = st.session_state.get(f"text:{self.draft.id}:row", 0)
        return min(max(int(position), 0), max(len(self.text.rows) - 1, 0))

    def choose(self, position: int) -> None:
        """Open another row."""
        st.session_state[f"text:{self.draft.id}:row"] = position
        self.round += 1


def desk_of(actor: Actor, draft_id: str) -> Desk:
    """This window's desk for a draft; where somebody else has saved meanwhile, their text, and a word about what they changed."""
    draft = default_shelf().get(draft_id)
    name = f"text:{draft_id}:desk"
    desk = st.session_state.get(name)
    if desk is None:
        desk = st.session_state[name] = Desk(actor, draft, texts.read_draft(draft.content))
        default_shelf().log(actor, "打开草稿", f"draft:{draft_id}", {"标题": draft.title})
    desk.actor = actor
    if desk.draft.head.number != draft.head.number:
        if desk.draft.content != draft.content:
            st.session_state[f"text:{draft_id}:theirs"] = (draft.head, desk.text)
        _replace(desk, draft)
    return desk


def _replace(desk: Desk, draft: Draft) -> None:
    desk.draft, desk.text = draft, texts.read_draft(draft.content)
    desk.round += 1


def keep(desk: Desk, text: TextDraft, renew: bool = False) -> None:
    """Save; where somebody else saved first, both texts are kept and the page says so."""
    saved = default_shelf().save(
        desk.actor, desk.draft.id, text.content(), desk.draft.base, title=text.facts.title, target=text.facts.id
    )
    if saved.aside is not None:
        st.session_state[f"text:{desk.draft.id}:mine"] = saved.aside
        _replace(desk, saved.draft)
        return
    desk.draft, desk.text = saved.draft, text
    desk.round += renew


def apply(desk: Desk, operation: Operation, choose: int | None = None) -> None:
    """Callback of a button: change the clauses, save, and open a row; a refusal is told on the page.

    What stands in the boxes of the open row goes first: the click may arrive before the box says that it was left.
    """
    try:
        text = operation(_typed_in(desk))
    except InputError as error:
        st.session_state[f"text:{desk.draft.id}:refusal"] = str(error)
        return
    keep(desk, text, renew=True)
    if choose is not None:
        desk.choose(choose)


def _typed_in(desk: Desk) -> TextDraft:
    """The text with what stands in the boxes of the open row."""
    position = desk.chosen
    values = {
        name: st.session_state.get(desk.key("row", position, name)) for name in ("level", "label", "heading", "text")
    }
    if not desk.text.rows or None in values.values():
        return desk.text
    values["label"] = "".join(values["label"].split())
    values["heading"] = " ".join(values["heading"].split())
    return texts.with_row(desk.text, position, Row.model_validate(values))


def draw_notices(desk: Desk) -> None:
    """What happened meanwhile: another person's save, one's own text put aside, a refusal."""
    refusal = st.session_state.pop(f"text:{desk.draft.id}:refusal", None)
    if refusal:
        st.error(plain(refusal), icon=":material/error:")
    theirs: tuple[Revision, TextDraft] | None = st.session_state.pop(f"text:{desk.draft.id}:theirs", None)
    if theirs:
        head, before = theirs
        st.info(f"{plain(head.by)} 在 {head.at[11:16]} 保存过，下面已经是那一版。", icon=":material/group:")
        with st.expander("看对方改了什么", expanded=True):
            draw_changes(document_changes(before.segmented(), desk.text.segmented()))
    mine: Revision | None = st.session_state.get(f"text:{desk.draft.id}:mine")
    if mine:
        _draw_aside(desk, mine)


def _draw_aside(desk: Desk, mine: Revision) -> None:
    head, text = desk.draft.head, texts.read_draft(mine.content)
    st.warning(
        f"{plain(head.by)} 在 {head.at[11:16]} 先保存了，您刚才的改动没有盖掉对方的，放在一边了，没有丢。",
        icon=":material/call_split:",
    )
    with st.expander("看您的和对方的差别", expanded=True):
        draw_changes(document_changes(desk.text.segmented(), text.segmented()))
    with st.container(horizontal=True):
        st.button("用我的这一版", on_click=_settle, args=(desk, text), icon=":material/check:")
        st.button("用对方的，不要我的", on_click=_settle, args=(desk, None), icon=":material/close:")


def _settle(desk: Desk, text: TextDraft | None) -> None:
    st.session_state.pop(f"text:{desk.draft.id}:mine", None)
    if text is not None:
        keep(desk, text, renew=True)


def draw_facts(desk: Desk) -> None:
    """What the text is: each box saves when it is left."""
    facts = desk.text.facts
    _text_box(desk, "标题", "title", facts.title)
    left, right = st.columns(2)
    with left:
        _choice(desk, "种类", "kind", texts.KINDS, facts.kind)
        _choice(desk, "级别", "level", texts.LEVELS, facts.level)
        _choice(desk, "状态", "status", texts.STATUSES, facts.status)
        _text_box(desk, "编号（发布后的文件名，小写字母、数字、短横线）", "id", facts.id)
    with right:
        _text_box(desk, "文号", "document_number", facts.document_number)
        _text_box(desk, "发文单位", "issuer", facts.issuer)
        _text_box(desk, "发布日期（如 2026-01-31）", "issued", facts.issued)
        with st.container(horizontal=True):
            _text_box(desk, "生效日", "begins", facts.begins)
            _text_box(desk, "失效日", "ends", facts.ends)
    key = desk.key("fact", "links")
    st.text_area(
        "网上的出处，一行一个网址",
        "\n".join(facts.links),
        key=key,
        height="content",
        on_change=when_drawn(key, lambda text: _keep_fact(desk, "links", text.splitlines())),
    )
    _text_box(desk, "还有什么没核实", "source_note", facts.source_note)


def _text_box(desk: Desk, label: str, name: str, value: str) -> None:
    key = desk.key("fact", name)
    st.text_input(
        label, value, key=key, max_chars=300, on_change=when_drawn(key, lambda value: _keep_fact(desk, name, value))
    )


def _choice(desk: Desk, label: str, name: str, options: tuple[str, ...], value: str) -> None:
    key = desk.key("fact", name)
    index = options.index(value) if value in options else 0
    st.selectbox(label, options, index, key=key, on_change=when_drawn(key, lambda value: _keep_fact(desk, name, value)))


def _keep_fact(desk: Desk, name: str, value: str | list[str]) -> None:
    facts = Facts.model_validate({**desk.text.facts.model_dump(), name: value})
    if facts != desk.text.facts:
        keep(desk, desk.text.model_copy(update={"facts": facts}))


def row_label(row: Row, longest: int = 28) -> str:
    """A row in one line, set in by its level."""
    words = row.heading or row.text
    shown = words if len(words) <= longest else f"{words[:longest]}…"
    return f"{'　' * (row.level - 1)}{row.label} {shown}".rstrip() if row.level > 1 else f"{row.label} {shown}".rstrip()


def draw_rows(desk: Desk, found: list[Doubt]) -> None:
    """The clauses: one is open for changes, all of them below as a tree with what looks wrong."""
    rows = desk.text.rows
    if not rows:
        st.button(
            "加第一条", on_click=apply, args=(desk, lambda text: texts.with_new_row(text, -1), 0), icon=":material/add:"
        )
        return
    doubtful = {one.row for one in found if one.row is not None}
    position = st.selectbox(
        f"改哪一条（共 {len(rows)} 条，{len(doubtful)} 条有疑问）",
        range(len(rows)),
        index=desk.chosen,
        format_func=lambda place: ("❓" if place in doubtful else "") + row_label(rows[place]),
        key=desk.key("choose"),
    )
    st.session_state[f"text:{desk.draft.id}:row"] = position
    for one in found:
        if one.row == position:
            st.markdown(f":material/{'error' if one.serious else 'help'}: {plain(one.sentence)}")
    _draw_boxes(desk, position)
    _draw_operations(desk, position)
    with st.expander("看全部条款"):
        draw_tree(desk.text, found)


def _draw_boxes(desk: Desk, position: int) -> None:
    row = desk.text.rows[position]
    keys = {name: desk.key("row", position, name) for name in ("level", "label", "heading", "text")}

    def changed(drawn: int = desk.round) -> None:
        if drawn == desk.round and (text := _typed_in(desk)) != desk.text:
            keep(desk, text)

    left, right = st.columns([1, 2])
    left.number_input("第几级", 1, 9, row.level, key=keys["level"], on_change=changed)
    right.text_input(
        "编号，照原文写",
        row.label,
        key=keys["label"],
        max_chars=20,
        on_change=changed,
        placeholder="如（一）、1.、第三条",
    )
    st.text_input("标题或第一句", row.heading, key=keys["heading"], max_chars=2000, on_change=changed)
    st.text_area("后面的正文，一段一行", row.text, key=keys["text"], height="content", on_change=changed)


def _draw_operations(desk: Desk, position: int) -> None:
    def button(label: str, icon: str, operation: Operation, choose: int, disabled: bool = False) -> None:
        st.button(label, icon=f":material/{icon}:", on_click=apply, args=(desk, operation, choose), disabled=disabled)

    level = desk.text.rows[position].level
    with st.container(horizontal=True):
        button("并到上一条", "merge", lambda text: texts.merged_up(text, position), position - 1, position == 0)
        button("往里一级", "format_indent_increase", lambda text: texts.moved(text, position, 1), position, level == 9)
        button("往外一级", "format_indent_decrease", lambda text: texts.moved(text, position, -1), position, level == 1)
        button("在后面加一条", "add", lambda text: texts.with_new_row(text, position), position + 1)
        button("删去这一条", "delete", lambda text: texts.without_row(text, position), max(position - 1, 0))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = desk.key("split", position)
        st.text_input("拆成两条：第二条从哪几个字开始", key=key, max_chars=200)
        button("拆开", "call_split", lambda text: texts.split_at(text, position, st.session_state[key]), position + 1)


def draw_tree(text: TextDraft, found: list[Doubt]) -> None:
    """All clauses as text, set in by level, each with what looks wrong; then the lines that belong to none."""
    doubtful: dict[int, list[str]] = {}
    for one in found:
        if one.row is not None:
            doubtful.setdefault(one.row, []).append(one.sentence)
    lines = []
    for position, row in enumerate(text.rows):
        mark = f"　:orange[:material/help: {plain('；'.join(doubtful[position]))}]" if position in doubtful else ""
        lines.append(f"{'　　' * (row.level - 1)}{plain(row_label(row, 40).strip())}{mark}")
    st.markdown("  \n".join(lines))


def draw_dropped(desk: Desk) -> None:
    """The lines that belong to no clause: those put aside can be taken back into the open clause."""
    text = desk.text
    for title, lines in (("条款前面的话", text.preamble), ("落款和附件", text.closing)):
        if lines:
            with st.expander(f"{title}（{len(lines)} 段，照录）"):
                st.markdown("\n\n".join(typed(line) for line in lines))
    if not text.dropped:
        return
    with st.expander(f"放在一边的 {len(text.dropped)} 行（网页杂项、目录、删去的条款），不发布"):
        line = st.selectbox(
            "哪一行",
            range(len(text.dropped)),
            format_func=lambda place: text.dropped[place][:60],
            key=desk.key("dropped"),
        )
        st.button(
            "放回上面打开的那一条",
            icon=":material/undo:",
            disabled=not text.rows,
            on_click=apply,
            args=(desk, lambda draft: texts.taken_back(draft, line, desk.chosen)),
        )


def draw_history(desk: Desk) -> None:
    """Every save, the newest first; one can be looked at and brought back."""
    history = default_shelf().history(desk.draft.id)
    chosen = st.selectbox(
        "哪一次",
        range(len(history) - 1, -1, -1),
        format_func=lambda place: _said(history[place]),
        key=desk.key("history", len(history)),
    )
    revision = history[chosen]
    before = next((one for one in history if one.number == revision.base), None)
    if revision.note:
        st.markdown(f"说明：{typed(revision.note)}")
    old = texts.read_draft(before.content).segmented() if before else None
    new = texts.read_draft(revision.content)
    draw_changes(document_changes(old, new.segmented()) if old else (), empty="和前一次的条款一样。")
    if revision.content != desk.draft.content and desk.draft.state != "released":
        st.button("恢复成这一次的样子", icon=":material/history:", on_click=_settle, args=(desk, new))


def _said(revision: Revision) -> str:
    aside = "（放在一边）" if revision.aside else ""
    return f"第{revision.number}次　{revision.at[:16].replace('T', ' ')}　{revision.by}　{ACTION_NAMES[revision.action]}{aside}"
