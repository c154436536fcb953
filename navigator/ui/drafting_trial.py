"""Trying a draft out: profiles at every threshold, a profile of one's own, the measure's examples; and whom the draft would reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from navigator.corpus.model import FactSpec
from navigator.errors import InputError
from navigator.intake.changes import measure_changes
from navigator.intake.examples import DraftRules, Trial, attempt, rules_of, trials
from navigator.intake.reach import Enterprises, Share, at_hand, reach, rules_in_force, shift
from navigator.intake.release import read_measure
from navigator.matching.amounts import parse_amount, show_yuan
from navigator.matching.assess import show_value
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.ui.ask import industry_label, industry_options
from navigator.ui.changes import draw_changes
from navigator.ui.drafting import Desk, keep, signed_in, text_box
from navigator.ui.words import OUTCOME, STATUS, badge, plain

_LONG_FACTS = 4


def draw_trials(desk: Desk, day: date) -> None:
    """The measure's examples, profiles made around each threshold, and one's own."""
    book = default_rulebook().facts
    draft = rules_of(desk.fields or {}, book)
    if draft.broken:
        st.warning(f"有 {draft.broken} 条条件还没写好，先不算它们。", icon=":material/pending:")
    if not draft.rules:
        st.info("先在“给谁”里写好至少一条条件，再来试。", icon=":material/arrow_back:")
        return
    _draw_examples(desk)
    st.subheader("压着线试一试", anchor=False)
    made = _made(desk, draft, day)
    if not made:
        st.warning("没有找到能同时满足所有条件的企业，请看看条件之间是不是互相矛盾。", icon=":material/error:")
    else:
        _draw_made(desk, made)
    st.subheader("自己填一家试试", anchor=False)
    _draw_own(desk, draft, day)


def _made(desk: Desk, draft: DraftRules, day: date) -> list[Trial]:
    name = f"draft:{desk.id}:trials"
    known = st.session_state.get(name)
    mark = (desk.content, day)
    if known is None or known[0] != mark:
        known = st.session_state[name] = (mark, trials(draft, day, default_rulebook().facts))
    return known[1]


def _draw_made(desk: Desk, made: list[Trial]) -> None:
    st.caption(
        "系统照您的条件凑了一家都符合的，再一样一样地改：刚好压线、多一点、少一点、答案反过来、不知道。看结果是不是您想的。"
    )
    for trial in made:
        st.markdown(f"{badge(STATUS[trial.outcome])} **{plain(trial.name)}**{_money(trial)}　:gray[{_why(trial)}]")
    kept = {str(item.get("name")) for item in desk.items("examples") if isinstance(item, dict)}
    names = [trial.name for trial in made if trial.name not in kept]
    if not desk.is_open or not names:
        return
    key = desk.key("take-trials")
    st.multiselect("哪些记为例子（每项至少三个：符合的、不符合的、信息不够的）", names, key=key, placeholder="选几个")
    st.button("记为例子", icon=":material/bookmark_add:", on_click=_take, args=(desk, made, key))


def _take(desk: Desk, made: list[Trial], key: str) -> None:
    chosen = st.session_state.get(key, [])
    for trial in made:
        if trial.name in chosen:
            _append(desk, trial)
    keep(desk, renew=True)


def _append(desk: Desk, trial: Trial) -> None:
    assert desk.fields is not None
    if not isinstance(desk.fields.get("examples"), list):
        desk.fields["examples"] = []
    desk.fields["examples"].append(trial.as_example())


def _money(trial: Trial) -> str:
    return f"　{plain(show_yuan(trial.estimate))}" if trial.estimate is not None and trial.outcome == "eligible" else ""


def _why(trial: Trial) -> str:
    """What is not met, or not known."""
    specs = default_rulebook().facts.specs
    failed = [text for text, outcome in trial.lines if outcome is False]
    if failed:
        return plain("不满足：" + "；".join(failed))
    return plain("还差：" + "、".join(specs[name].label for name in trial.missing)) if trial.missing else ""


def _draw_examples(desk: Desk) -> None:
    examples = desk.items("examples")
    st.subheader(f"已记下的例子（{len(examples)}个）", anchor=False)
    specs = default_rulebook().facts.specs
    for position, item in enumerate(examples):
        if not isinstance(item, dict):
            continue
        facts = item.get("facts") if isinstance(item.get("facts"), dict) else {}
        shown = "、".join(
            f"{specs[name].label} {_shown(specs[name], value)}" if name in specs else f"{name} {value}"
            for name, value in facts.items()
        )
        with st.expander(
            f"{plain(str(item.get('name')))}　应是：{STATUS.get(str(item.get('expect')), ('没写', '', ''))[0]}"
        ):
            st.markdown(plain(shown) or "什么都不知道")
            text_box(desk, ("examples", position, "name"), "这个例子叫什么")
            if desk.is_open:
                st.button(
                    "删掉这个例子",
                    key=desk.key("example-away", position),
                    icon=":material/delete:",
                    on_click=_remove,
                    args=(desk, position),
                )


def _remove(desk: Desk, position: int) -> None:
    del desk.items("examples")[position]
    keep(desk, renew=True)


def _shown(spec: FactSpec, value: Any) -> str:
    return show_value(float(value) if isinstance(value, int) and not isinstance(value, bool) else value, spec)


# ---- a profile of one's own ----


def _draw_own(desk: Desk, draft: DraftRules, day: date) -> None:
    specs = default_rulebook().facts.specs
    asked = list(
        dict.fromkeys(
            "region" if name in ("in_jingmen", "region_code") else name for rule in draft.rules for name in rule.facts
        )
    )
    names = [name for name, spec in specs.items() if spec.type != "text"]
    chosen = st.multiselect(
        "填哪些事实",
        names,
        default=asked,
        format_func=lambda name: specs[name].label,
        key=f"draft:{desk.id}:own",
        placeholder="打字找",
    )
    profile: dict[str, Any] = {}
    for name in chosen:
        value = _ask(desk, specs[name])
        if value is not None:
            profile[name] = value
    try:
        trial = attempt(draft, profile, day, default_rulebook().facts)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.markdown(f"结果：{badge(STATUS[trial.outcome])}{_money(trial)}")
    for text, outcome in trial.lines:
        st.markdown(f"{badge(OUTCOME[outcome])} {plain(text)}")
    for clash in trial.contradictions:
        st.warning(f"填的前后对不上：{plain(clash)}", icon=":material/error:")
    if desk.is_open and profile:
        name = st.text_input(
            "给这个例子起个名", key=f"draft:{desk.id}:own-name", max_chars=60, placeholder="如：刚好300人"
        )
        st.button(
            "把这家记为例子",
            icon=":material/bookmark_add:",
            disabled=not name.strip(),
            on_click=_take_own,
            args=(desk, trial, name.strip()),
        )


def _take_own(desk: Desk, trial: Trial, name: str) -> None:
    assert desk.fields is not None
    if not isinstance(desk.fields.get("examples"), list):
        desk.fields["examples"] = []
    desk.fields["examples"].append(trial.as_example() | {"name": name})
    keep(desk, renew=True)


def _ask(desk: Desk, spec: FactSpec) -> Any:
    """The value of one fact, None where it is not filled in."""
    key = f"draft:{desk.id}:try:{spec.name}"
    match spec.type:
        case "bool":
            answer = st.segmented_control(spec.label, ["是", "否"], key=key)
            return None if answer is None else answer == "是"
        case "choice":
            return st.selectbox(spec.label, spec.values, index=None, key=key, placeholder="不知道")
        case "code" if spec.name == "industry":
            return st.selectbox(
                spec.label,
                industry_options(),
                index=None,
                key=key,
                format_func=industry_label,
                placeholder="不知道，打字找",
            )
        case "date":
            return st.date_input(
                spec.label,
                value=None,
                min_value=date(1949, 10, 1),
                max_value=date(2099, 12, 31),
                format="YYYY-MM-DD",
                key=key,
            )
        case "code":
            return st.text_input(spec.label, key=key, placeholder="如 420881") or None
    typed = st.text_input(
        f"{spec.label}（{spec.unit}）" if spec.unit else spec.label, key=key, placeholder="不知道就空着"
    )
    return _figure(typed, spec)


def _figure(typed: str, spec: FactSpec) -> float | int | None:
    if not typed.strip():
        return None
    try:
        value = parse_amount(typed, spec.label)
    except InputError as error:
        st.error(plain(f"{error.found}；{error.expected}"), icon=":material/error:")
        return None
    return int(value) if value == int(value) else value


# ---- whom it reaches ----


def draw_reach(desk: Desk, day: date) -> None:
    """Counts by size, region and trade, ten enterprises, and what changes against the version in force."""
    book = default_rulebook().facts
    draft = rules_of(desk.fields or {}, book)
    if not draft.rules:
        st.info("先写好条件，才能算会惠及谁。", icon=":material/arrow_back:")
        return
    with st.spinner("正在算会惠及谁…"):
        enterprises = at_hand(signed_in())
        found = reach(draft, enterprises, day)
    _say_whose(enterprises)
    if draft.broken:
        st.warning(f"有 {draft.broken} 条条件还没写好，没有算进去，实际会更少。", icon=":material/pending:")
    sure, open_ = st.columns(2)
    sure.metric("条件都符合", f"{found.reached} 家", help="一类一类的见下表")
    open_.metric("信息不够、说不准", f"{found.unknown} 家")
    if found.money:
        st.caption(
            f"按金额算法，符合的这些一共约 {show_yuan(found.money)}{'（示例，不是预算）' if enterprises.invented else '（只看现有档案，不是预算）'}。"
        )
    for title, shares in (("按规模", found.by_size), ("按地区", found.by_region), ("按行业", found.by_trade)):
        _table(title, shares)
    _draw_reached(found.examples)
    _draw_shift(desk, draft, enterprises, day)


def _say_whose(enterprises: Enterprises) -> None:
    """Which enterprises the counts are of."""
    count = len(enterprises.names)
    if enterprises.invented:
        st.info(
            f"还没有导入企业档案，下面按 {count} 家**示例**企业算。它们是编出来的，只用来看条件写得宽还是窄，不是荆门的真实数字。",
            icon=":material/science:",
        )
    elif enterprises.out_of:
        st.info(f"企业档案有 {enterprises.out_of} 家，下面均匀取了 {count} 家来算。", icon=":material/domain:")
    else:
        st.info(f"按您能看到的 {count} 家企业档案算。", icon=":material/domain:")


def _table(title: str, shares: Sequence[Share], longest: int = 12) -> None:
    with st.expander(title, expanded=title == "按规模"):
        rows = [f"|{plain(one.name)}|{one.reached}|{one.unknown}|{one.total}|" for one in shares[:longest]]
        st.markdown("\n".join([f"|{title.removeprefix('按')}|符合|说不准|一共|", "|---|---:|---:|---:|", *rows]))
        if len(shares) > longest:
            st.caption(
                f"另外 {len(shares) - longest} 类没有列出，一共符合 {sum(one.reached for one in shares[longest:])} 家。"
            )


def _draw_reached(examples: Sequence[tuple[str, Any]]) -> None:
    specs = default_rulebook().facts.specs
    with st.expander(f"举 {len(examples)} 家看看"):
        for name, facts in examples:
            known = [
                f"{specs[fact].label} {show_value(facts[fact], specs[fact])}"
                for fact in ("region", "size_class", "employees", "revenue")
                if fact in facts
            ]
            st.markdown(f"- {plain(name)}　:gray[{plain('、'.join(known[:_LONG_FACTS]))}]")


def _draw_shift(desk: Desk, draft: DraftRules, enterprises: Enterprises, day: date) -> None:
    measure_id = str(desk.at("id") or "")
    before = rules_in_force(measure_id, default_rulebook().facts, day)
    if before is None:
        return
    st.subheader("和现在的版本比", anchor=False)
    moved = shift(before, draft, enterprises, day)
    st.markdown(
        f"多惠及 **{moved.gained}** 家{_named(moved.gained_names)}；不再惠及 **{moved.lost}** 家{_named(moved.lost_names)}。"
    )
    try:
        new, _ = read_measure(desk.content)
    except InputError:
        st.caption("整份还没填完，填完后这里逐条列出改了什么。")
        return
    draw_changes(measure_changes(rulebook_for(day).corpus.measure_by_id[measure_id], new))


def _named(names: Sequence[str]) -> str:
    return f"（如 {'、'.join(map(plain, names))}）" if names else ""
