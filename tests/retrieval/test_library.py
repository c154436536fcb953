"""The product's index: kinds, titles, snippets, expansions that can be dropped, and when a saved one is stale."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from navigator.errors import InputError
from navigator.retrieval.lexicon import Expansion
from navigator.retrieval.library import Entry, LibraryIndex

ENTRIES = [
    Entry(
        "measure",
        "iit-half",
        "个体工商户减半征收个人所得税",
        "年应纳税所得额不超过200万元的部分,减半征收。",
        "财税公告2023年第12号",
        "in_force",
    ),
    Entry(
        "measure",
        "stable-jobs",
        "失业保险稳岗返还",
        "不裁员、少裁员的企业可以拿回一部分失业保险费。",
        "人社部发〔2024〕40号",
    ),
    Entry(
        "commitment", "22", "提升案件执行质效", "失信被执行人名单及时更新。实际执行到位率不低于50%。", "行动方案第22项"
    ),
    Entry("platform", "sys-1", "荆e融", "企业在网上找银行贷款的平台。", "第37项承诺"),
    Entry("clause", "plan#二/22", "提升案件执行质效", "失信被执行人名单及时更新。", "行动方案"),
]
LEXICON = """\
- {say: 老赖, means: [失信被执行人], example: 老赖欠我钱}
- {say: 摆摊, means: [个体工商户], example: 摆摊的能少交税吗}
- {say: 欠我钱, means: [执行到位], example: 欠我钱不还}
"""


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "lexicon.yaml"
    path.write_text(LEXICON, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def library(lexicon) -> LibraryIndex:
    return LibraryIndex.build(ENTRIES, lexicon=lexicon)


def found(library, query, **options) -> list[tuple[str, str]]:
    return [(hit.kind, hit.id) for hit in library.search(query, **options).hits]


def test_everyday_words_find_what_is_written_in_official_ones(library):
    assert found(library, "摆摊的能少交税吗")[0] == ("measure", "iit-half")
    assert {kind for kind, _ in found(library, "老赖欠我钱", top=2)} == {"commitment", "clause"}


def test_what_was_also_looked_for_is_told(library):
    assert library.search("老赖欠我钱").expansions == (
        Expansion("老赖", "失信被执行人", 0.6),
        Expansion("欠我钱", "执行到位", 0.6),
    )


def test_a_dropped_expansion_is_neither_told_nor_looked_for(library):
    result = library.search("老赖", drop_expansions=["失信被执行人"])
    assert result.expansions == ()
    assert result.hits == ()


def test_kinds_are_chosen_before_the_list_is_cut(library):
    assert found(library, "失信被执行人名单", kind="clause", top=1) == [("clause", "plan#二/22")]
    assert {kind for kind, _ in found(library, "企业", kind={"measure", "platform"})} <= {"measure", "platform"}


def test_choosing_a_kind_changes_no_score(library):
    every = {(hit.kind, hit.id): hit.score for hit in library.search("企业贷款").hits}
    for hit in library.search("企业贷款", kind="platform").hits:
        assert hit.score == every[hit.kind, hit.id]


def test_a_hit_carries_title_source_and_status_of_its_entry(library):
    hit = library.search("个体工商户").hits[0]
    assert (hit.title, hit.source, hit.status) == (ENTRIES[0].title, ENTRIES[0].source, "in_force")


def test_the_snippet_marks_the_official_word_for_the_everyday_one(library):
    hit = library.search("老赖", kind="commitment").hits[0]
    marks = "".join(hit.snippet[start:end] for start, end in hit.spans)
    assert "失信" in marks
    assert "执行人" in marks


def test_titles_are_searched_too(library):
    assert found(library, "荆e融", top=1) == [("platform", "sys-1")]


def test_a_question_about_what_is_there_is_strong_and_one_about_something_else_is_not(library):
    assert library.search("个体工商户减半征收个人所得税").strong
    assert not library.search("明天会不会下雨").strong
    assert not library.search("").strong


def test_a_repeated_id_is_refused_within_a_kind_only():
    one = Entry("measure", "1", "甲", "甲", "")
    LibraryIndex.build([one, Entry("platform", "1", "乙", "乙", "")])
    with pytest.raises(InputError, match="编号 1 出现了不止一次"):
        LibraryIndex.build([one, one])


def test_a_saved_library_answers_exactly_alike(library, tmp_path):
    library.save(tmp_path / "index")
    loaded = LibraryIndex.load(tmp_path / "index")
    for query in ("老赖欠我钱", "摆摊的能少交税吗", "企业贷款"):
        assert loaded.search(query) == library.search(query)
    loaded.save(tmp_path / "again")
    assert LibraryIndex.load(tmp_path / "again").search("老赖") == library.search("老赖")


def test_the_built_in_encoder_lies_where_the_library_says(library, tmp_path):
    library.save(tmp_path / "index")
    assert (tmp_path / "index" / library.encoder_folder / "modules.json").exists()


def test_a_saved_library_is_current_until_an_entry_the_lexicon_or_the_words_change(library, lexicon, tmp_path):
    folder = tmp_path / "index"
    assert not LibraryIndex.is_current(folder, ENTRIES, lexicon)
    library.save(folder)
    assert LibraryIndex.is_current(folder, ENTRIES, lexicon)
    assert not LibraryIndex.is_current(folder, ENTRIES[:-1], lexicon)
    assert not LibraryIndex.is_current(folder, [*ENTRIES[:-1], Entry("clause", "plan#二/22", "改了", "", "")], lexicon)
    assert not LibraryIndex.is_current(folder, ENTRIES)
    words = tmp_path / "words.txt"
    words.write_text("稳岗返还", encoding="utf-8")
    assert not LibraryIndex.is_current(folder, ENTRIES, lexicon, words)


def test_an_index_of_another_encoder_is_not_current(library, lexicon, tmp_path, monkeypatch):
    from navigator.settings import Settings

    library.save(tmp_path / "index")
    monkeypatch.setattr("navigator.retrieval.library.settings", lambda: Settings(encoder="BAAI/bge-small-zh-v1.5"))
    assert not LibraryIndex.is_current(tmp_path / "index", ENTRIES, lexicon)


@pytest.mark.parametrize("spoilt", ["manifest.json", "entries.json"])
def test_a_spoilt_library_is_refused_in_one_sentence(library, tmp_path, spoilt):
    library.save(tmp_path / "index")
    (tmp_path / "index" / spoilt).write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="没有建好的索引"):
        LibraryIndex.load(tmp_path / "index")


def test_no_entries_find_nothing():
    assert LibraryIndex.build([]).search("税").hits == ()


def test_many_threads_may_search_at_once(library):
    queries = ["老赖欠我钱", "摆摊的能少交税吗", "企业贷款", "失业保险"] * 10
    alone = [library.search(query) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(library.search, queries)) == alone
