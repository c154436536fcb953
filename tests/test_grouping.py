"""Found clauses stand below the commitment, the measure or the document they belong to, in the order of the best of each."""

from dataclasses import replace

import pytest

from navigator.corpus.documents import Document, Front
from navigator.corpus.load import Corpus, default_corpus
from navigator.grouping import Parents, commitment_of, group
from navigator.retrieval.library import LibraryHit

PLAN = "jingtianban-5plus3"
BODY = "第一条 为了扶持企业。\n\n第二条 首次进规的企业,奖励10万元。\n\n第三条 展位费补贴一半。\n"


def hit(kind: str, found_id: str) -> LibraryHit:
    return LibraryHit(kind, found_id, found_id, 1.0, "…", "出处")


def corpus_with(*measures: dict) -> Corpus:
    """The corpus with one more document, and measures that rest on it: the first ones, changed as told."""
    corpus = default_corpus()
    front = Front(
        id="ten-measures", title="支持企业发展十条", kind="规范性文件", level="荆门市", status="现行有效",
        document_number="荆政发〔2026〕1号", read_as="official",
    )  # fmt: skip
    changed = []
    for place, change in enumerate(measures):
        measure = corpus.measures[place]
        conditions = [measure.conditions[0].model_copy(update={"cite": change.get("cite")})]
        source = measure.source.model_copy(update={"title": change["title"], "document": change.get("document")})
        changed.append(measure.model_copy(update={"conditions": conditions, "source": source}))
    documents = (*corpus.documents, Document(front, BODY))
    return replace(corpus, documents=documents, measures=(*changed, *corpus.measures[len(changed) :]))


def clause(place: str) -> LibraryHit:
    return hit("clause", f"ten-measures#{place}")


def ids(corpus: Corpus) -> list[str]:
    return [one.id for one in corpus.document_by_id["ten-measures"].clauses]


def test_a_clause_that_is_a_commitment_goes_into_it_and_is_not_shown_twice():
    corpus = default_corpus()
    whole = next(one for one in corpus.document_by_id[PLAN].clauses if commitment_of(f"{PLAN}#{one.id}", corpus))
    number = commitment_of(f"{PLAN}#{whole.id}", corpus)
    for hits in (
        [hit("clause", f"{PLAN}#{whole.id}"), hit("commitment", number)],
        [hit("clause", f"{PLAN}#{whole.id}")],
    ):
        (only,) = group(hits, corpus)
        assert (only.kind, only.id, only.clauses) == ("commitment", number, [])
        assert only.hit and (only.hit.kind, only.hit.id) == ("commitment", number)


def test_who_looks_for_clauses_alone_finds_them_below_their_document():
    corpus = default_corpus()
    places = [f"{PLAN}#{one.id}" for one in corpus.document_by_id[PLAN].clauses[:9]]
    (only,) = group([hit("clause", place) for place in places], corpus, by_document=True)
    assert (only.kind, only.id, [one.id for one in only.clauses]) == ("document", PLAN, places)


def test_other_clauses_of_the_plan_stand_below_the_plan():
    corpus = default_corpus()
    others = [one.id for one in corpus.document_by_id[PLAN].clauses if not commitment_of(f"{PLAN}#{one.id}", corpus)]
    (only,) = group([hit("clause", f"{PLAN}#{one}") for one in others], corpus)
    assert (only.kind, only.id, len(only.clauses)) == ("document", PLAN, len(others))


def test_clauses_stand_below_the_one_measure_that_rests_on_their_document_where_it_was_found_or_not():
    corpus = corpus_with({"title": "《支持企业发展十条》"})
    measure = corpus.measures[0].id
    first, second, _ = ids(corpus)
    groups = group([clause(second), hit("platform", "sys-001"), hit("measure", measure), clause(first)], corpus)
    assert [(one.kind, one.id) for one in groups] == [("measure", measure), ("platform", "sys-001")]
    assert [one.id for one in groups[0].clauses] == [f"ten-measures#{second}", f"ten-measures#{first}"]
    assert groups[0].hit and group([clause(first)], corpus)[0].hit is None


def test_of_several_measures_of_a_document_the_one_that_cites_the_clause_is_its_place():
    corpus = corpus_with(
        {"title": "支持企业发展十条", "cite": "第二条"},
        {"title": "别的名字", "document": "荆政发〔2026〕1号", "cite": "第十三条"},
    )
    first, second, third = ids(corpus)
    parents = Parents(corpus)
    assert parents.of_clause(f"ten-measures#{second}") == ("measure", corpus.measures[0].id)
    assert parents.of_clause(f"ten-measures#{first}") == ("document", "ten-measures")
    assert parents.of_clause(f"ten-measures#{third}") == ("document", "ten-measures"), "第十三条 is not 第三条"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_groups_stand_where_their_best_hit_stood(order):
    corpus = corpus_with({"title": "支持企业发展十条"})
    hits = [clause(ids(corpus)[0]), hit("measure", corpus.measures[3].id)]
    kinds = [one.id for one in group([hits[place] for place in order], corpus)]
    assert kinds == [[corpus.measures[0].id, corpus.measures[3].id][place] for place in order]
