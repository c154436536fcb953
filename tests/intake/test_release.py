"""From an agreed draft to an answer: checked, signed, versioned by day, found by search; what was tampered with is not used."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from navigator import search
from navigator.corpus.load import (
    Corpus,
    changed_corpus,
    default_corpus,
    last_release,
    load_corpus,
    overlay_folder,
    use_corpus,
)
from navigator.corpus.segment import segment_text
from navigator.errors import InputError
from navigator.intake import texts
from navigator.intake.reach import rules_in_force
from navigator.intake.release import Publisher, faults_of_measure, publish
from navigator.intake.shelf import Draft, Shelf
from navigator.intake.upload import Upload
from navigator.matching import rulebook as module
from navigator.matching.assess import assess
from navigator.matching.check import check
from navigator.matching.loaded import LoadedTable
from navigator.matching.rulebook import default_rulebook, rulebook_for
from navigator.settings import settings
from navigator.warm import take_in_releases
from tests.intake.conftest import FIRST, SECOND

ID = "tax-small-low-profit-cit"
FIRM = {
    "entity_type": "企业",
    "employees": 400,
    "total_assets": 9_000_000,
    "taxable_income": 1_000_000,
    "restricted_industry": False,
}
TODAY = date(2026, 11, 23)


def shipped(measure_id: str = ID) -> str:
    return (settings().corpus / "measures" / f"{measure_id}.yaml").read_text(encoding="utf-8")


def with_threshold(people: int) -> str:
    """The shipped measure with another number of people, its examples moved along."""
    text = shipped()
    assert "employees <= 300" in text
    return (
        text.replace("employees <= 300", f"employees <= {people}")
        .replace("employees: 301", f"employees: {people + 1}")
        .replace("employees: 300,", f"employees: {people},")
    )


def released(shelf: Shelf, text: str, day: date | None = None, note: str = "") -> Draft:
    draft = shelf.create(FIRST, "measure", text, "小微企业所得税", ID, f"measure:{ID}")
    draft = shelf.propose_release(FIRST, draft.id, draft.base, day, note)
    return shelf.approve(SECOND, draft.id, draft.base, publish)


def now_in_use() -> Corpus:
    fresh = changed_corpus()
    if fresh:
        use_corpus(fresh)
    return default_corpus()


def status(day: date) -> str:
    return next(one.status for one in assess(FIRM, day).measures if one.measure.id == ID)


def test_each_day_is_answered_by_the_version_in_effect_on_it(data, shelf):
    assert status(TODAY) == "not_eligible"
    released(shelf, with_threshold(500), date(2027, 1, 1))
    released(shelf, with_threshold(450), date(2027, 6, 1))
    now_in_use()
    assert [status(day) for day in (TODAY, date(2026, 12, 31), date(2027, 1, 1), date(2027, 5, 31))] == [
        "not_eligible", "not_eligible", "eligible", "eligible",
    ]  # fmt: skip
    conditions = {
        day: [c.when for c in rulebook_for(day).by_id[ID].measure.conditions]
        for day in (TODAY, date(2027, 3, 1), date(2027, 6, 1))
    }
    assert "employees <= 300" in str(conditions[TODAY])
    assert "employees <= 500" in str(conditions[date(2027, 3, 1)])
    assert "employees <= 450" in str(conditions[date(2027, 6, 1)])
    assert "employees <= 450" in str([c.when for c in default_rulebook().by_id[ID].measure.conditions])


def test_whom_a_draft_reaches_is_compared_with_the_version_of_the_day_asked_about(data, shelf):
    released(shelf, with_threshold(500), date(2027, 1, 1))
    now_in_use()
    firm = rulebook_for(TODAY).facts.complete(rulebook_for(TODAY).facts.read_profile(FIRM)).values
    outcomes = [rules_in_force(ID, rulebook_for(day).facts, day).outcomes(firm, day) for day in (TODAY, date(2027, 1, 1))]
    assert [False in one for one in outcomes] == [True, False]


def test_a_loaded_table_is_matched_with_the_versions_of_the_day_unless_others_are_named(data, shelf):
    released(shelf, with_threshold(500), date(2027, 1, 1))
    now_in_use()
    table = LoadedTable.load(pl.DataFrame([{"uscc": "914208000000000013", **FIRM}]))
    days = (TODAY, date(2027, 1, 1))
    assert [table.outcomes(day, [ID])[ID].to_list() for day in days] == [[False], [True]]
    newest = table.with_rulebook(default_rulebook())
    assert newest.outcomes(TODAY, [ID])[ID].to_list() == [True]


def test_a_correction_of_the_past_answers_for_the_past(data, shelf):
    released(shelf, with_threshold(500), date(2027, 1, 1))
    released(shelf, with_threshold(600), date(2020, 1, 1), "原来抄错了")
    now_in_use()
    for day in (TODAY, date(2027, 3, 1)):
        assert "employees <= 600" in str([c.when for c in rulebook_for(day).by_id[ID].measure.conditions])


def test_days_with_the_same_versions_share_one_rulebook(data, shelf):
    released(shelf, with_threshold(500), date(2027, 1, 1))
    now_in_use()
    assert rulebook_for(TODAY) is rulebook_for(date(2026, 12, 31))
    assert rulebook_for(TODAY) is not rulebook_for(date(2027, 1, 1))
    assert rulebook_for(date(2027, 1, 1)) is default_rulebook()
    same = {one.measure.id for one in rulebook_for(TODAY).measures} == {
        one.measure.id for one in default_rulebook().measures
    }
    assert same and rulebook_for(TODAY).facts is default_rulebook().facts


def test_the_record_says_who_when_and_why_and_the_fingerprint_moves(data, shelf):
    before = default_corpus().fingerprint
    draft = released(shelf, with_threshold(500), date(2027, 1, 1), "2027年放宽")
    corpus = now_in_use()
    record = corpus.version_on(ID, date(2027, 2, 1)).record
    assert (record.version, record.by, record.second, record.comment, record.draft) == (
        1,
        "小甲",
        "小乙",
        "2027年放宽",
        draft.id,
    )
    assert corpus.version_on(ID, TODAY) is None
    assert corpus.fingerprint != before
    assert corpus.on(TODAY).fingerprint == corpus.fingerprint


def test_a_new_measure_is_there_on_all_days_and_its_commitments_link_back(data, shelf):
    text = re.sub(r"commitments: \[.*\]", "commitments: [13]", shipped().replace(f"id: {ID}", "id: jm-new-measure"))
    text = text.replace("in_force: {from: 2023-01-01", "in_force: {from: 2027-01-01")
    draft = shelf.create(FIRST, "measure", text, "新政策", "jm-new-measure")
    draft = shelf.propose_release(FIRST, draft.id, draft.base, date(2027, 1, 1))
    shelf.approve(SECOND, draft.id, draft.base, publish)
    corpus = now_in_use()
    assert "jm-new-measure" in rulebook_for(TODAY).by_id
    assert next(one.status for one in assess(FIRM, TODAY).measures if one.measure.id == "jm-new-measure") == "not_yet"
    assert "jm-new-measure" in corpus.commitment_by_number[13].measures
    assert check(settings().corpus, TODAY, overlay_folder()).faults == ()


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (lambda text: text.replace("employees <= 300", "employees <= '三百'"), "employees"),
        (lambda text: text.replace("expect: not_eligible", "expect: eligible", 1), "例子"),
        (lambda text: text.replace("level: 国家", "level: 月球"), "level"),
        (lambda text: text + "\nextra: 1\n", "extra"),
        (lambda text: text.replace("replaces: []", "replaces: [not-there]"), "not-there"),
        (lambda text: "只写了一半: [", "YAML"),
    ],
)
def test_a_measure_that_would_not_pass_the_check_is_not_released(data, shelf, broken, sentence):
    text = broken(shipped())
    assert text != shipped()
    assert any(sentence in str(fault) for fault in faults_of_measure(text))
    with pytest.raises(InputError):
        released(shelf, text)
    assert not list(overlay_folder().glob("measures/*/*.yaml"))
    assert now_in_use().releases.measures == {}


def test_the_shipped_measures_have_no_faults_as_drafts(data):
    for measure_id in (ID, "fin-renewal-small"):
        assert faults_of_measure(shipped(measure_id)) == []


def test_what_did_not_change_is_not_released(data, shelf):
    with pytest.raises(InputError, match="没有要发布的改动"):
        released(shelf, shipped())


def test_releasing_the_same_draft_again_after_a_crash_makes_no_second_version(data, shelf):
    draft = shelf.create(FIRST, "measure", with_threshold(500), "题", ID)
    draft = shelf.propose_release(FIRST, draft.id, draft.base)
    publish(draft, "小甲", "小乙")
    shelf.approve(SECOND, draft.id, draft.base, publish)
    assert [one.number for one in now_in_use().releases.measures[ID]] == [1]


@pytest.mark.parametrize("what", ["content", "record", "no record", "no key", "moved"])
def test_what_is_not_exactly_what_was_released_is_not_used_and_told(data, shelf, what):
    released(shelf, with_threshold(500), date(2020, 1, 1))
    folder = overlay_folder() / "measures" / ID
    if what == "content":
        (folder / "1.yaml").write_text(with_threshold(5000), encoding="utf-8")
    elif what == "record":
        text = (folder / "1.json").read_text(encoding="utf-8")
        (folder / "1.json").write_text(text.replace("2020-01-01", "2019-01-01"), encoding="utf-8")
    elif what == "no record":
        (folder / "1.json").unlink()
    elif what == "no key":
        (data / "keys" / "release.key").unlink()
    else:
        folder.rename(folder.with_name("another-measure"))
    corpus = load_corpus()
    assert len(corpus.releases.faults) == 1
    assert "不采用" in str(corpus.releases.faults[0])
    assert "employees <= 300" in str([c.when for c in corpus.measure_by_id[ID].conditions])
    assert "another-measure" not in corpus.measure_by_id
    assert [str(one) for one in check(settings().corpus, TODAY, overlay_folder()).faults] == [
        str(corpus.releases.faults[0])
    ]


def test_the_key_is_readable_by_its_owner_alone(data, shelf):
    released(shelf, with_threshold(500))
    assert (data / "keys" / "release.key").stat().st_mode & 0o777 == 0o600


TEXT = "某市支持银杏产业若干措施\n一、资金。对种银杏的企业每亩补贴300元。\n二、服务。一次办好。"


def text_draft(shelf: Shelf, text: str, document_id: str, origin: str = "") -> Draft:
    made = texts.draft_of(Upload("0" * 64, "x.txt", ".txt", segment_text(text)))
    made = made.model_copy(update={"facts": made.facts.model_copy(update={"id": document_id})})
    draft = shelf.create(FIRST, "document", made.content(), made.facts.title, document_id, origin)
    return shelf.propose_release(FIRST, draft.id, draft.base)


def test_a_released_text_is_found_by_search_without_a_restart(data, shelf):
    seen = last_release()
    assert not [hit for hit in search.search("种银杏每亩补贴", {"clause"}).hits if hit.id.startswith("yinxing")]
    draft = text_draft(shelf, TEXT, "yinxing-2026")
    shelf.approve(SECOND, draft.id, draft.base, publish)
    old = search.library()
    now = take_in_releases(seen)
    assert now != seen and search.library() is not old
    assert search.search("种银杏每亩补贴", {"clause"}).hits[0].id == "yinxing-2026#一"
    assert default_corpus().document_by_id["yinxing-2026"].front.released_by == "小乙"
    assert take_in_releases(now) == now and search.refresh() is False


def test_a_text_is_corrected_under_its_own_id_only_from_itself(data, shelf):
    first = text_draft(shelf, TEXT, "yinxing-2026")
    shelf.approve(SECOND, first.id, first.base, publish)
    now_in_use()
    other = text_draft(shelf, TEXT.replace("300", "400"), "yinxing-2026")
    with pytest.raises(InputError, match="已经有一份文件"):
        shelf.approve(SECOND, other.id, other.base, publish)
    better = text_draft(shelf, TEXT.replace("300", "400"), "yinxing-2026", "document:yinxing-2026")
    shelf.approve(SECOND, better.id, better.base, publish)
    corpus = now_in_use()
    assert "400" in corpus.document_by_id["yinxing-2026"].clauses[0].text
    assert corpus.releases.records["yinxing-2026"].version == 2


def test_a_text_that_came_with_the_software_is_not_overwritten(data, shelf):
    draft = text_draft(shelf, TEXT, default_corpus().city.plan_document)
    with pytest.raises(InputError, match="随软件来的"):
        shelf.approve(SECOND, draft.id, draft.base, publish)


def test_without_releases_nothing_is_different(data):
    corpus = load_corpus()
    assert corpus.on(TODAY) is corpus and corpus.shipped is None
    assert corpus.fingerprint == load_corpus(settings().corpus).fingerprint


def test_a_released_measure_that_no_longer_compiles_gives_way_to_the_shipped_one(data, shelf, monkeypatch):
    released(shelf, with_threshold(500), date(2020, 1, 1))
    corpus = now_in_use()
    original = module.compile_measure

    def refuses(measure, book, found):
        if "employees <= 500" in str(measure.conditions):
            raise InputError("1.yaml", "没有叫 employees 的事实")
        return original(measure, book, found)

    monkeypatch.setattr(module, "compile_measure", refuses)
    book = module.RuleBook(corpus, module.compiled(corpus.shipped))
    assert len(book.faults) == 1
    assert "employees <= 300" in str(book.by_id[ID].measure.conditions)


def test_a_publisher_writes_where_it_is_told(tmp_path: Path, data, shelf):
    draft = shelf.create(FIRST, "measure", with_threshold(500), "题", ID)
    Publisher(tmp_path / "elsewhere" / "corpus").publish(draft, "小甲", "小乙")
    assert (tmp_path / "elsewhere" / "corpus" / "measures" / ID / "1.yaml").is_file()
