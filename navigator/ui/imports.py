"""Pieces of 导入: choosing a table, saying what its columns are, how far an import is, what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.regions import load_regions
from navigator.errors import InputError, shorten
from navigator.matching.assess import show_value
from navigator.matching.dates import today
from navigator.matching.language import Value
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import shown_moment
from navigator.store.enterprises import LONGEST_SOURCE
from navigator.store.importing import ImportState, begin_import, carry_on_apart, read_import
from navigator.store.importing_columns import FACT_DATE, UNITS, Proposal, Use, unit_for
from navigator.store.importing_files import LARGEST, KeptFile, Sheet, keep_file, look_into, sheets_to_choose
from navigator.store.importing_plan import Plan, check_plan, preview, proposals
from navigator.ui.account import draw_download
from navigator.ui.uploading import UPLOADER_IN_CHINESE
from navigator.ui.words import plain, sentence, typed

STATES = {
    "running": ("正在导", "progress_activity"),
    "broken": ("断了，可以接着导", "link_off"),
    "stopped": ("停下了，可以接着导", "pause_circle"),
    "done": ("导完了", "check_circle"),
}
_OPENED, _ROUND = "import:opened", "import:round"
_SHOWN_ROWS = 3
_NAMELESS = re.compile(r"(?:(?:Sheet|工作表)\d*)?")
"""What a sheet is called that nobody has given a name."""


def draw_chooser(actor: Actor) -> tuple[KeptFile, Sheet, list[Proposal]] | None:
    """A box for a table; what was read of it once it is there."""
    st.html(UPLOADER_IN_CHINESE)
    megabytes = LARGEST // 1_000_000
    uploaded = st.file_uploader(
        f"企业名单：.xlsx 或 .csv，最大 {megabytes} MB",
        type=["xlsx", "csv", "txt"],
        max_upload_size=megabytes,
        key=f"import:file:{st.session_state.get(_ROUND, 0)}",
    )
    if uploaded is None:
        st.session_state.pop(_OPENED, None)
        return None
    try:
        with st.spinner("正在看这张表…"):
            if st.session_state.get(_OPENED, (None,))[0] != uploaded.file_id:
                offered = sheets_to_choose(keep_file(actor, uploaded, uploaded.name))
                st.session_state[_OPENED] = (uploaded.file_id, {one.sheet: one for one in offered}, {})
        _, offered, looked = st.session_state[_OPENED]
        name = next(iter(offered))
        if len(offered) > 1:
            name = st.selectbox("这个文件里有几张表，导哪一张", offered, key=f"import:sheet:{uploaded.file_id}")
        if name not in looked:
            sheet = look_into(offered[name])
            looked[name] = (offered[name], sheet, proposals(sheet))
    except InputError as fault:
        st.error(sentence(fault), icon=":material/error:")
        return None
    return looked[name]


def draw_columns(kept: KeptFile, sheet: Sheet, proposed: Sequence[Proposal]) -> tuple[Use, ...]:
    """For each column what it is and in which unit, as proposed until somebody chooses otherwise."""
    used = [place for place, one in enumerate(proposed) if one.use.fact]
    unused = [place for place, one in enumerate(proposed) if not one.use.fact]
    unsure = sum(bool(one.use.fact) and not one.sure for one in proposed)
    st.caption(
        f"{len(sheet.headings)} 列里认出了 {len(used)} 列。" + (f"有 {unsure} 列是猜的，请核对。" if unsure else "")
    )
    key = f"import:{kept.sha256}:{kept.sheet}"
    uses = {place: _draw_column(sheet, place, proposed[place], f"{key}:{place}") for place in used}
    if unused:
        with st.expander(f"没有用到的 {len(unused)} 列，要用就选上"):
            uses |= {place: _draw_column(sheet, place, proposed[place], f"{key}:{place}") for place in unused}
    return tuple(uses[place] for place in range(len(sheet.headings)))


def _draw_column(sheet: Sheet, place: int, proposal: Proposal, key: str) -> Use:
    specs = default_rulebook().facts.specs
    heading = sheet.headings[place]
    options = ["", FACT_DATE, *specs]
    with st.container(border=True, gap="xsmall"):
        fact = st.selectbox(
            f"“{plain(heading)}”这一列是",
            options,
            options.index(proposal.use.fact),
            format_func=_fact_label,
            key=f"{key}:fact",
            filter_mode="contains",
        )
        units = list(UNITS.get(specs[fact].type, {})) if fact in specs else []
        unit = ""
        if units:
            wanted = proposal.use.unit if fact == proposal.use.fact else unit_for(specs[fact].type, heading, sheet.note)
            place_of = units.index(wanted) if wanted in units else 0
            unit = st.selectbox("格子里的数是多少的", units, place_of, key=f"{key}:unit:{fact}")
        cells = [shorten(str(cell), 20) for cell in sheet.samples[place] if cell not in (None, "")]
        reason = f"{proposal.why}{'' if proposal.sure else '，请核对'}　" if proposal.why else ""
        st.caption(
            typed(f"{reason}例：{'，'.join(dict.fromkeys(cells[:40])) if len(cells) < 4 else '，'.join(cells[:3])}")
        )
    return Use(fact, unit)


def _fact_label(name: str) -> str:
    if name == "":
        return "不用这一列"
    return "这一行是哪天的资料" if name == FACT_DATE else default_rulebook().facts.specs[name].label


def draw_origin(actor: Actor, kept: KeptFile, uses: tuple[Use, ...]) -> Plan:
    """Where the facts come from, of which day they are, and where the enterprises are if no column says so."""
    source = st.text_input(
        "资料从哪里来", kept.name.rsplit(".", 1)[0], max_chars=LONGEST_SOURCE, key=f"import:source:{kept.sha256}"
    )
    on = st.date_input(
        "资料是哪一天的", today(), max_value=today(), format="YYYY-MM-DD", key="import:on",
        help="同一家企业的同一项，日期新的为准；空格不会盖掉已有的",
    )  # fmt: skip
    region = None
    if "region" not in {use.fact for use in uses}:
        options = [actor.region] if actor.region else list(load_regions().names)
        region = st.selectbox(
            "表里没有地区一列，这些企业都在", options, 0 if actor.region else None, key="import:region",
            placeholder="不都在一处就空着",
        )  # fmt: skip
    return Plan(uses, source, on, region)


def draw_preview(actor: Actor, sheet: Sheet, plan: Plan) -> None:
    """The first rows as they would be taken, and how much of the sample would be refused."""
    read, refused = preview(sheet, plan)
    specs = default_rulebook().facts.specs
    st.markdown("**这样读出来**")
    for row in read[:_SHOWN_ROWS]:
        told = "，".join(f"{specs[name].label} {show_value(value, specs[name])}" for name, value in row.facts.items())
        st.caption(typed(f"第{row.line}行（{row.on}）：{told}"))
    elsewhere = sum(not actor.covers(_region(row.facts)) for row in read)
    if elsewhere:
        told = f"前 {len(sheet.samples[0])} 行里有 {elsewhere} 家没写地区，或不在{actor.area}；档案里本来就归{actor.area}的会补上，别的不收。"
        st.warning(told, icon=":material/wrong_location:")
    columns = Counter(one.column or "整行（没有正确的信用代码）" for one in refused)
    for column, times in columns.most_common(5):
        example = next(one for one in refused if (one.column or "整行（没有正确的信用代码）") == column)
        told = f"{column}：前 {len(sheet.samples[0])} 行里有 {times} 处收不了，如“{example.found}”，{example.reason}"
        st.warning(typed(told), icon=":material/rule:")


def _region(facts: Mapping[str, Value]) -> str | None:
    region = facts.get("region")
    return region if isinstance(region, str) else None


def start(actor: Actor, kept: KeptFile, sheet: Sheet, plan: Plan) -> None:
    """Begin the import beside the page and show how it goes."""
    number = begin_import(actor, kept, sheet, plan)
    carry_on_apart(actor, number)
    st.session_state["import:shown"] = number
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_OPENED, None)
    st.rerun()


def may_start(actor: Actor, sheet: Sheet, plan: Plan) -> bool:
    """Whether the plan can be carried out; if not, one sentence says why."""
    try:
        check_plan(actor, sheet, plan)
    except InputError as fault:
        st.info(sentence(fault), icon=":material/info:")
        return False
    return True


def draw_running(actor: Actor, number: int) -> None:
    """How far an import is, looked at every second until it ends."""
    state = read_import(actor, number)
    if state.state == "running":
        st.fragment(_draw_progress, run_every=1.0)(actor, number)
    else:
        draw_state(actor, state)


def _draw_progress(actor: Actor, number: int) -> None:
    state = read_import(actor, number)
    if state.state != "running":
        st.rerun()
    st.progress(state.share, f"正在导“{typed(state.file.name)}”：已到第 {state.line:,} 行")
    st.caption("可以离开这一页，会接着导；回来在下面看结果。")


def draw_state(actor: Actor, state: ImportState) -> None:
    """What has come of an import, why it stopped, and how to go on."""
    word, icon = STATES[state.state]
    counts = state.counts
    with st.container(border=True, gap="xsmall"):
        sheet = "" if _NAMELESS.fullmatch(state.file.sheet) else f"“{state.file.sheet}”"
        st.markdown(f":material/{icon}: **{typed(state.file.name)}**{typed(sheet)}　{word}")
        st.caption(typed(f"{shown_moment(state.began)[:16]}　{state.by}　{state.source}　{state.on}"))
        st.markdown(
            f"读了 {counts.rows:,} 行：新增 {counts.added:,} 家，补充 {counts.changed:,} 家，没有变化 {counts.same:,} 家；"
            f"没有收 {counts.refused:,} 行，看不懂的格子 {counts.bad_cells:,} 个"
        )
        if state.state in ("stopped", "broken"):
            if state.remark:
                st.markdown(f":material/info: {typed(state.remark)}")
            if st.button("接着导", key=f"resume:{state.id}", icon=":material/play_arrow:"):
                carry_on_apart(actor, state.id)
                st.session_state["import:shown"] = state.id
                st.rerun()
        if counts.refused or counts.bad_cells:
            draw_download("import-refusals", "下载没有收的和原因（表格）", id=state.id)


def shown_import() -> Any:
    """The import this window began or carried on last."""
    return st.session_state.get("import:shown")
