"""Checks all of policy_corpus/: shape, predicates, links, and every measure's own examples.

Each fault is one sentence with file, line, found and expected. Warnings (no article read, review due) never fail a check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from navigator.corpus.industries import load_industries
from navigator.corpus.load import Corpus, read_corpus
from navigator.corpus.model import Commitment, Example, Measure, PaperRule
from navigator.corpus.regions import load_regions
from navigator.errors import InputError
from navigator.matching.assess import show_value
from navigator.matching.facts import FactBook
from navigator.matching.language import HasPrefix, walk
from navigator.matching.missing import AskableFacts
from navigator.matching.rulebook import CompiledMeasure, compile_commitment, compile_measure, outcome_of

_OUTCOME = {"eligible": "符合", "not_eligible": "不符合", "needs_info": "还要补充信息"}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `examples` counts the examples that were run."""

    faults: tuple[InputError, ...]
    warnings: tuple[InputError, ...]
    measures: int
    examples: int


def check(folder: Path, as_of: date, overlay: Path | None = None) -> CheckReport:
    """Check a corpus folder, and what was released over it, as of a day; never raises for what is wrong in it."""
    corpus, faults = read_corpus(folder, overlay)
    if corpus is None:
        return CheckReport(tuple(faults), (), 0, 0)
    faults += corpus.releases.faults
    warnings: list[InputError] = []
    examples = 0
    try:
        book = FactBook(corpus.facts, corpus.files["facts"])
    except InputError as fault:
        return CheckReport((*faults, fault), (), len(corpus.measures), 0)
    askable = AskableFacts(book)
    faults += _check_fact_names(corpus, book)
    for measure in corpus.measures:
        if measure.id not in corpus.files:  # its name differs from its file's: already a fault, and no line to name
            continue
        examples += len(measure.examples)
        faults += measure_faults(measure, corpus, book, askable)
        warnings += _warnings(measure, corpus, as_of)
    if corpus.city.plan_document not in corpus.document_by_id:
        place = corpus.place("city", "plan_document")
        faults.append(InputError(place, f"没有文件 {corpus.city.plan_document}", "应是 documents/ 里一个文件的 id"))
    faults += _check_commitments(corpus, book)
    faults += _check_papers(corpus)
    faults += _check_vocabulary(corpus)
    return CheckReport(tuple(faults), tuple(warnings), len(corpus.measures), examples)


def measure_faults(measure: Measure, corpus: Corpus, book: FactBook, askable: AskableFacts) -> Iterator[InputError]:
    """What is wrong with one measure of a corpus: predicates, examples, industry codes, links."""
    try:
        compiled = compile_measure(measure, book, corpus)
    except InputError as fault:
        yield fault
    else:
        yield from _check_examples(compiled, book, askable, corpus)
        yield from _check_industries(compiled, corpus)
    yield from _check_links(measure, corpus)
    yield from _check_shared_cap(measure, corpus)


def _check_fact_names(corpus: Corpus, book: FactBook) -> Iterator[InputError]:
    names = [spec.name for spec in corpus.facts.facts]
    for position, name in enumerate(names):
        if name in names[:position]:
            yield InputError(corpus.place("facts", "facts", position), f"事实 {name} 写了两次", "每个事实只写一次")
    for keys, listed in ((("checkup",), corpus.facts.checkup), (("intent", "facts"), corpus.facts.intent.facts)):
        for position, name in enumerate(listed):
            place = corpus.place("facts", *keys, position)
            if name not in book.specs:
                yield InputError(place, f"没有叫 {name} 的事实", "先在 facts 里写出这个事实")
            elif keys[0] == "intent" and book.specs[name].type != "bool":
                yield InputError(place, f"{name} 不是是/否的事实", "多选题里只放是/否的事实")


def _check_examples(
    compiled: CompiledMeasure, book: FactBook, askable: AskableFacts, corpus: Corpus
) -> Iterator[InputError]:
    for position, example in enumerate(compiled.measure.examples):
        place = corpus.place(compiled.measure.id, "examples", position)
        try:
            yield from _check_example(compiled, example, book, askable, place)
        except InputError as fault:
            yield fault


def _check_example(
    compiled: CompiledMeasure, example: Example, book: FactBook, askable: AskableFacts, place: str
) -> Iterator[InputError]:
    name = f"例子“{example.name}”"
    completed = book.complete(book.read_profile(example.facts, f"{place} {name}"))
    facts = completed.values
    for clash in completed.contradictions:
        spec = book.specs[clash.fact]
        yield InputError(
            place,
            f"{name}自相矛盾:{spec.label}是{show_value(clash.given, spec)}",
            f"按别的事实应是{show_value(clash.concluded, spec)}({clash.because})",
        )
    day = example.as_of or compiled.measure.in_force.from_ or date(2026, 1, 1)
    outcomes = compiled.outcomes(facts, day)
    outcome = outcome_of(outcomes)
    if outcome != example.expect:
        shown = "、".join(
            f"{rule.condition.text}={ {True: '满足', False: '不满足', None: '未知'}[found] }"
            for rule, found in zip(compiled.rules, outcomes, strict=True)
            if found is not True
        )
        yield InputError(place, f"{name}算出来是{_OUTCOME[outcome]}({shown})", f"例子写的是{_OUTCOME[example.expect]}")
    if example.estimate is not None:
        found = compiled.estimate(facts, day) if compiled.estimate else None
        if found is None or abs(float(found) - example.estimate) > 0.005:  # type: ignore[arg-type]
            yield InputError(place, f"{name}的估算是 {found}", f"例子写的是 {example.estimate}")
    if example.missing is not None:
        missing = askable.of(compiled.missing(facts, day), facts, day) if outcome == "needs_info" else ()
        if set(missing) != set(example.missing):
            yield InputError(
                place,
                f"{name}还缺的是 {'、'.join(missing) or '没有'}",
                f"例子写的是 {'、'.join(example.missing) or '没有'}",
            )


def _check_industries(compiled: CompiledMeasure, corpus: Corpus) -> Iterator[InputError]:
    path = corpus.folder / "vocabulary" / "industries.csv"
    if not path.exists():
        return
    try:
        industries = load_industries(path)
    except InputError:  # told once, with the vocabulary
        return
    for position, rule in enumerate(compiled.rules):
        for part in walk(rule.node):
            for code in part.prefixes if isinstance(part, HasPrefix) and part.fact.name == "industry" else ():
                if not industries.exists(code):
                    place = corpus.place(compiled.measure.id, "conditions", position, "when")
                    yield InputError(place, f"没有行业代码 {code}", "应是 GB/T 4754-2017 里的代码")


def _check_links(measure: Measure, corpus: Corpus) -> Iterator[InputError]:
    for key, ids in (("replaces", measure.replaces), ("conflicts_with", measure.conflicts_with)):
        for position, other in enumerate(ids):
            place = corpus.place(measure.id, key, position)
            if other not in corpus.measure_by_id:
                yield InputError(place, f"{key} 里的 {other} 不存在", "只能写已有的政策事项 id")
            elif other == measure.id:
                yield InputError(place, f"{key} 里写了自己", "写别的事项")
    for position, number in enumerate(measure.commitments):
        place = corpus.place(measure.id, "commitments", position)
        if number not in corpus.commitment_by_number:
            yield InputError(place, f"没有第 {number} 项承诺", "应是1到45")
        elif measure.id not in corpus.commitment_by_number[number].measures:
            yield InputError(place, f"第{number}项承诺没有链接回 {measure.id}", "两边要互相链接")


def _check_shared_cap(measure: Measure, corpus: Corpus) -> Iterator[InputError]:
    cap = measure.shared_cap
    place = corpus.place(measure.id, "shared_cap")
    if cap and measure.benefit.estimate is None:
        yield InputError(place, "没有写金额怎么算，用不上合用的上限", "写上 benefit.estimate，或者删掉 shared_cap")
    for other in corpus.measures if cap else ():
        same_name = other.shared_cap and cap and other.shared_cap.name == cap.name
        if same_name and other.id < measure.id and other.shared_cap != cap:
            yield InputError(place, f"和 {other.id} 合用上限 {cap.name}，写的却不一样", "what 和 amount 要一字不差")
            return


def _warnings(measure: Measure, corpus: Corpus, as_of: date) -> Iterator[InputError]:
    if measure.review_by and measure.review_by < as_of:
        yield InputError(corpus.place(measure.id, "review_by"), f"复核期 {measure.review_by} 已过", "请复核")
    if not any(condition.cite for condition in measure.conditions):
        yield InputError(corpus.place(measure.id, "conditions"), "没有一条条件写到条文", "读到原文后补 cite")


def _check_commitments(corpus: Corpus, book: FactBook) -> Iterator[InputError]:
    numbers = [commitment.number for commitment in corpus.commitments]
    if numbers != list(range(1, 46)):
        yield InputError("commitments.yaml:1", f"有 {len(numbers)} 项承诺", "应是1到45,按顺序,不多不少")
    for commitment in corpus.commitments:
        position = _position_of(corpus, "commitments", "number", commitment.number)
        try:
            compile_commitment(commitment, book, corpus)
        except InputError as fault:
            yield fault
        for key, ids, known in (
            ("measures", commitment.measures, corpus.measure_by_id),
            ("platforms", commitment.platforms, corpus.platform_by_id),
        ):
            for index, other in enumerate(ids):
                if other in known and commitment.number not in known[other].commitments:
                    place = corpus.place("commitments", position, key, index)
                    yield InputError(place, f"{other} 没有链接回第{commitment.number}项承诺", "两边要互相链接")
                elif other not in known:
                    place = corpus.place("commitments", position, key, index)
                    yield InputError(place, f"第{commitment.number}项承诺链接的 {other} 不存在", "只链接已有的 id")
        yield from _check_targets(corpus, commitment, position)
    for platform in corpus.platforms:
        position = _position_of(corpus, "platforms", "id", platform.id)
        for number in platform.commitments:
            if number not in corpus.commitment_by_number:
                place = corpus.place("platforms", position, "commitments")
                yield InputError(place, f"{platform.id} 链接的第 {number} 项承诺不存在", "应是1到45")
        for index, other in enumerate(platform.measures):
            if other not in corpus.measure_by_id:
                place = corpus.place("platforms", position, "measures", index)
                yield InputError(place, f"{platform.id} 链接的政策事项 {other} 不存在", "只链接已有的 id")
    yield from _repeated(corpus, "platforms", "id")
    yield from _repeated(corpus, "commitments", "number")


def _position_of(corpus: Corpus, file: str, key: str, value: str | int) -> int:
    """Where an item stands in its file, counting those that could not be read."""
    items = corpus.files[file].data
    return next(place for place, item in enumerate(items) if isinstance(item, dict) and item.get(key) == value)


def _check_targets(corpus: Corpus, commitment: Commitment, position: int) -> Iterator[InputError]:
    plan = corpus.document_by_id.get(corpus.city.plan_document)
    if plan is not None and commitment.text not in plan.body:
        yield InputError(corpus.place("commitments", position, "text"), "原文与方案不一致", "逐字照录方案原文")
    for index, target in enumerate(commitment.targets):
        if target.quote not in commitment.text:
            place = corpus.place("commitments", position, "targets", index, "quote")
            yield InputError(place, f"引文“{target.quote}”不在第{commitment.number}项原文里", "逐字照抄原文")


def _check_papers(corpus: Corpus) -> Iterator[InputError]:
    seen: set[str] = set()
    for position, rule in enumerate(corpus.papers.rules if corpus.papers else ()):
        for key, found, expected in _faults_of_paper_rule(corpus, rule):
            yield InputError(corpus.place("papers", "rules", position, key), found, expected)
        if rule.id in seen:
            yield InputError(corpus.place("papers", "rules", position, "id"), f"id {rule.id} 出现了两次", "id 不能重复")
        seen.add(rule.id)


def _faults_of_paper_rule(corpus: Corpus, rule: PaperRule) -> Iterator[tuple[str, str, str]]:
    """Key, what was found, what was expected."""
    from navigator.papers import touches

    commitment = corpus.commitment_by_number.get(rule.commitment)
    if commitment is None:
        yield "commitment", f"没有第 {rule.commitment} 项承诺", "应是1到45"
    elif rule.quote not in commitment.text:
        yield "quote", f"引文“{rule.quote}”不在第{rule.commitment}项原文里", "逐字照抄原文"
    for key, ids in (("measures", rule.measures), ("not_for", rule.not_for), ("see", [rule.see] if rule.see else [])):
        for other in ids:
            if other not in corpus.measure_by_id:
                yield key, f"没有政策事项 {other}", "只写已有的 id"
    if rule.platform and rule.platform not in corpus.platform_by_id:
        yield "platform", f"没有平台 {rule.platform}", "只写已有的 id"
    if not any(touches(rule, measure) for measure in corpus.measures):
        yield "id", f"{rule.id} 碰不到任何政策事项", "放宽 papers、places，或写上 measures"


def _check_vocabulary(corpus: Corpus) -> Iterator[InputError]:
    from navigator.retrieval.lexicon import Lexicon

    for name, load in (
        ("lexicon.yaml", Lexicon.load),
        ("industries.csv", load_industries),
        ("regions.yaml", load_regions),
    ):
        path = corpus.folder / "vocabulary" / name
        if path.exists():
            try:
                load(path)
            except InputError as fault:
                yield fault


def _repeated(corpus: Corpus, file: str, key: str) -> Iterator[InputError]:
    seen: set[object] = set()
    for position, item in enumerate(corpus.files[file].data if file in corpus.files else ()):
        value = item.get(key) if isinstance(item, dict) else None
        if value is not None and value in seen:
            yield InputError(corpus.place(file, position, key), f"{key} {value} 出现了两次", f"{key} 不能重复")
        seen.add(value)
