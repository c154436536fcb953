"""Pieces of 企业档案: lines that lead to records, facts with source and day, what an enterprise can have, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import streamlit as st

from navigator.auth import Actor
from navigator.corpus.industries import load_industries
from navigator.errors import InputError
from navigator.matching.assess import assess, show_value
from navigator.matching.groups import APPLY, NEAR, NEEDS_INFO, NO_APPLICATION, NOT_ELIGIBLE, group_results
from navigator.matching.rulebook import default_rulebook
from navigator.store.audit import shown_moment
from navigator.store.enterprises import Change, Enterprise, Fact, read_history, uscc_of
from navigator.ui.account import draw_download
from navigator.ui.links import link
from navigator.ui.one_step import draw_near
from navigator.ui.profile import hidden_domains
from navigator.ui.results import draw_contradictions, draw_group, draw_hidden, draw_total
from navigator.ui.words import typed

EXAMPLE = ":orange-badge[:material/science: 示例]"


def record_in_url(actor: Actor) -> str:
    """The code of the record whose number the address has; InputError where there is none for this actor."""
    number = st.query_params.get("id", "")
    return uscc_of(actor, int(number) if number.isdecimal() and len(number) < 10 else 0)


def draw_record_line(number: int, name: str, more: str, example: bool) -> None:
    """One enterprise of a list: its name leads to the record, where it has one (not 0); code, region and so on below."""
    with st.container(gap="xxsmall"):
        if number:
            link("record", f"**{typed(name)}**", ":material/domain:", id=number)
        else:
            st.markdown(f"**{typed(name)}**")
        st.caption(f"{EXAMPLE if example else ''} {typed(more)}")


def page_number(count: int, size: int, key: str) -> int:
    """Which page of a long list is looked at, from 0; a box to change it where there are several."""
    pages = max(1, -(-count // size))
    if pages == 1:
        return 0
    return int(st.number_input(f"第几页（共{pages}页）", 1, pages, key=key)) - 1


def value_text(name: str, fact: Fact | None) -> str:
    """A fact for a reader, harmless in Markdown; 未知 for none."""
    spec = default_rulebook().facts.specs[name]
    if fact is None:
        return "未知"
    if name == "industry":
        try:
            return typed(f"{load_industries().name(str(fact.value))} {fact.value}")
        except (InputError, KeyError):
            return typed(str(fact.value))
    return typed(show_value(fact.value, spec))


def draw_facts(record: Enterprise) -> None:
    """What is known, group by group, each with its source and day; then what is not known."""
    specs = default_rulebook().facts.specs
    for group in dict.fromkeys(spec.group for spec in specs.values()):
        known = [name for name, spec in specs.items() if spec.group == group and name in record.facts]
        if known:
            st.subheader(f"{group}（{len(known)}项）", anchor=False)
            _draw_by_source({name: record.facts[name] for name in known})
    unknown = [spec.label for name, spec in specs.items() if name not in record.facts and not spec.derived]
    if unknown:
        with st.expander(f"还不知道的 {len(unknown)} 项"):
            st.markdown("、".join(unknown))


def _draw_by_source(facts: Mapping[str, Fact]) -> None:
    """Facts under where they come from and of which day they are, said once for those that share it."""
    specs = default_rulebook().facts.specs
    origins: dict[tuple[str, date], list[str]] = {}
    for name, fact in facts.items():
        origins.setdefault((fact.source, fact.on), []).append(f"- {specs[name].label}：**{value_text(name, fact)}**")
    for (source, on), lines in origins.items():
        with st.container(gap="xxsmall"):
            st.caption(f":material/description: {typed(source)}，{on}")
            st.markdown("\n".join(lines))


def draw_benefits(record: Enterprise, day: date) -> None:
    """What the enterprise can have on a day, as 政策体检 shows it to the enterprise itself."""
    found = assess(record.profile, day)
    groups = {group.name: group.results for group in group_results(found, hidden_domains())}
    st.caption("下面和企业自己做“政策体检”看到的一样，“您”指这家企业。")
    draw_total(found)
    draw_contradictions(found)
    specs = default_rulebook().facts.specs
    if found.questions:
        asked = "、".join(f"{specs[one.fact].label}（能定 {one.decides} 项）" for one in found.questions[:5])
        st.info(f"问清这几项，能定下来最多：{asked}", icon=":material/contact_support:")
    draw_group(NO_APPLICATION, "什么都不用做，等着到账", groups[NO_APPLICATION], day)
    draw_group(APPLY, "条件都符合，自己申报、申请或找银行办", groups[APPLY], day)
    draw_near(found, groups[NEAR], day)
    draw_group(NEEDS_INFO, "补上这些信息才知道", groups[NEEDS_INFO], day)
    draw_group(NOT_ELIGIBLE, "有条件不符合，原因写在里面", groups[NOT_ELIGIBLE], day, folded=True)
    draw_hidden()
    draw_download("record", "下载结果（Excel）", id=record.id, as_of=day.isoformat())
    for form, word in (("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel")):
        draw_download("pack", f"一企一策（{word}）", id=record.id, as_of=day.isoformat(), format=form)


def draw_history(actor: Actor, record: Enterprise) -> None:
    """Every change, the latest first."""
    for change in read_history(actor, record.uscc):
        remark = f"　{typed(change.remark)}" if change.remark else ""
        title = (
            f"第{change.version}版　{shown_moment(change.at)[:16]}　{typed(change.by)}　{len(change.facts)}项{remark}"
        )
        with st.expander(title, expanded=change.version == record.version and len(change.facts) <= 12):
            st.markdown("\n".join(f"- {line}" for line in change_lines(change)))


def change_lines(change: Change) -> Iterable[str]:
    """What one change did to each fact, harmless in Markdown."""
    specs = default_rulebook().facts.specs
    for name, (before, after) in change.facts.items():
        if name not in specs:
            continue
        origin = f"　:gray[{typed(after.source)}，{after.on}]" if after else ""
        old, new = value_text(name, before), value_text(name, after)
        told = f"{new}，又核实一次" if before and after and old == new else f"{old} → {new}" if before else new
        yield f"{specs[name].label}：{told}{origin}"
