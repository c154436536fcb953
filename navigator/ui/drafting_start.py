"""Where a draft begins: with the clauses of a text, with a measure of the library, or empty; and the drafts that are being written."""

from __future__ import annotations

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.load import default_corpus
from navigator.errors import InputError
from navigator.intake.draft import Fields, blank, fields_of_current, from_proposal, write_fields
from navigator.intake.proposals import SURE_NAMES, PolicyText, ProposedMeasure, estimate_of, propose
from navigator.intake.shelf import default_shelf
from navigator.intake.texts import suggested_id
from navigator.store.audit import audit
from navigator.ui.drafting import evidence, policy_text
from navigator.ui.links import link, pages, parameters
from navigator.ui.releasing import state_line
from navigator.ui.words import plain, typed


def draw_start(actor: Actor) -> None:
    """The three ways to begin, and the drafts there are."""
    ways = ["从文件里找", "改一项已有的", "从空白写起"]
    way = st.segmented_control("怎么开始", ways, default=ways[0], key="draft:way", required=True)
    if way == ways[0]:
        _draw_documents()
    elif way == ways[1]:
        _draw_measures(actor)
    else:
        name = st.text_input("政策事项的名称", key="draft:name", max_chars=80, placeholder="如：荆门市企业研发投入补贴")
        if st.button("开始写", type="primary", disabled=not name.strip(), icon=":material/edit_document:"):
            begin(actor, blank(name.strip()), "")
    drafts = default_shelf().list("measure", {"draft", "proposed"})
    st.subheader(f"正在写的（{len(drafts)}）", anchor=False)
    for draft in drafts[:50]:
        link("draft", typed(draft.title), id=draft.id)
        st.markdown(state_line(draft))
    if not drafts:
        st.caption("还没有草稿。")


def begin(actor: Actor, fields: Fields, origin: str) -> None:
    """Put a new draft on the shelf and go there."""
    made = default_shelf().create(
        actor,
        "measure",
        write_fields(fields),
        str(fields.get("name") or "还没有名称的政策事项"),
        str(fields.get("id") or ""),
        origin,
    )
    audit(actor, "新建政策事项草稿", f"draft:{made.id}", {"名称": made.title, "来自": origin or "空白"})
    st.switch_page(pages()["draft"], query_params=parameters(id=made.id))


def _draw_documents() -> None:
    released = {document.id: document.title for document in default_corpus().documents}
    waiting = {draft.id: f"{draft.title}（草稿）" for draft in default_shelf().list("document", {"draft", "proposed"})}
    titles = {**waiting, **released}
    chosen = st.selectbox(
        "从哪份文件里找",
        list(titles),
        index=None,
        format_func=titles.__getitem__,
        key="draft:document",
        placeholder="打字找；没有的先到“资料入库”上传",
    )
    if chosen and st.button("找一找里面的政策", type="primary", icon=":material/search:"):
        st.switch_page(pages()["draft"], query_params=parameters(document=chosen))
    link("intake", "去上传文件", ":material/upload_file:")


def _draw_measures(actor: Actor) -> None:
    measures = default_corpus().measure_by_id
    chosen = st.selectbox(
        "改哪一项",
        list(measures),
        index=None,
        format_func=lambda measure_id: measures[measure_id].name,
        key="draft:measure",
        placeholder="打字找",
    )
    if chosen and st.button("从现在的版本改起", type="primary", icon=":material/edit:"):
        begin(actor, fields_of_current(chosen), f"measure:{chosen}")


def draw_measure_start(actor: Actor, measure_id: str) -> None:
    """Begin with a measure named in the address."""
    try:
        fields = fields_of_current(measure_id)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    open_ = [
        draft for draft in default_shelf().list("measure", {"draft", "proposed"}) if draft.head.target == measure_id
    ]
    st.markdown(f"要改的是：**{plain(str(fields['name']))}**")
    for draft in open_:
        link("draft", f"已经有人在改：{typed(draft.title)}", ":material/group:", id=draft.id)
    if st.button("从现在的版本改起", type="primary", icon=":material/edit:"):
        begin(actor, fields, f"measure:{measure_id}")


def draw_proposals(actor: Actor, document: str) -> None:
    """What the clauses of a text grant, each as a draft that can be taken, with the words it rests on."""
    try:
        text = policy_text(document)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        link("draft", "换一份文件", ":material/arrow_back:")
        return
    with st.spinner("正在读条款…"):
        found = propose(text)
    st.markdown(f"文件：**{typed(text.title)}**，共 {len(text.clauses)} 条。")
    if not found:
        st.info("没有读到给企业的具体好处（奖补、减免、返还这些）。也可以自己写。", icon=":material/search_off:")
    else:
        st.markdown(
            f"读到 **{len(found)}** 项给企业的好处，选一项起草。下面都是从原文里读的，请对照原文核对；没读到的都空着。"
        )
    for number, one in enumerate(found):
        _draw_proposal(actor, document, text, one, number)
    if st.button("都不是，从空白写起", icon=":material/edit_document:"):
        fields = blank()
        fields["source"]["title"] = text.title
        begin(actor, fields, f"document:{document}#")


def _draw_proposal(actor: Actor, document: str, text: PolicyText, one: ProposedMeasure, number: int) -> None:
    with st.container(border=True):
        st.subheader(plain(one.name.value), anchor=False)
        st.markdown(f":material/payments: {typed(one.benefit.value)}")
        estimate = estimate_of(one)
        if estimate:
            st.caption(f"金额算法：{plain(estimate.basis)}")
        for condition in one.surely:
            sure = "" if condition.sure == "sure" else f"　:orange[{SURE_NAMES[condition.sure]}]"
            st.markdown(f"- {plain(condition.text)}{sure}")
        with st.expander("对照原文，看还有什么"):
            for condition in one.conditions:
                st.markdown(f"**{plain(condition.text)}**　:gray[{SURE_NAMES[condition.sure]}]")
                evidence(condition.words)
            for line in one.confirm:
                st.markdown(f"要当面确认：{plain(line.value)}")
                evidence(line.words)
            st.markdown("没找到：" + ("、".join(one.not_found()) or "都找到了"))
        if st.button("用这一项起草", key=f"draft:take:{number}", type="primary", icon=":material/edit_document:"):
            issued = one.issued.value.isoformat() if one.issued else ""
            begin(
                actor,
                from_proposal(one, text, _free_id(suggested_id(one.name.value, issued))),
                f"document:{document}#{one.clause}",
            )


def _free_id(wanted: str) -> str:
    """An id that no measure has."""
    taken = default_corpus().measure_by_id
    number, found = 2, wanted
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found
