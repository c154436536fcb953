"""The search index: what it finds, in which order, and that a saved one is the same or is refused."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.errors import InputError
from navigator.retrieval import Hit, SearchIndex
from navigator.retrieval.index import lexical_share
from navigator.retrieval.lexicon import Expansion

TEXTS = [
    ("tax", "个体工商户年应纳税所得额不超过二百万元的部分,减半征收个人所得税。"),
    ("jobs", "失业保险稳岗返还:不裁员、少裁员的企业,按上年度实际缴纳失业保险费的比例返还。"),
    ("debt", "依法保护企业债权,清理拖欠企业账款,把失信被执行人列入名单。"),
    ("loan", "创业担保贷款由担保基金担保,财政部门给予贴息。"),
    ("power", "执行两部制电价的工业用户,需量电价打九折。"),
    ("ip", "专利权质押融资由政府风险补偿,降低银行和担保机构的顾虑。"),
]


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(TEXTS)


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_the_text_that_speaks_of_it_comes_first(index):
    assert ids(index.search("个体工商户少交个人所得税"))[0] == "tax"
    assert ids(index.search("需量电价", top=1)) == ["power"]


def test_full_width_and_capital_letters_make_no_difference(index):
    texts = SearchIndex.build([("a", "AEO高级认证企业"), ("b", "一般认证企业名单")])
    assert texts.search("ａｅｏ认证") == texts.search("AEO认证")


def test_scores_fall_from_first_to_last_and_stay_within_one(index):
    scores = [hit.score for hit in index.search("企业贷款担保")]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] <= 1.0001


def test_top_limits_the_hits(index):
    assert len(index.search("企业", top=2)) == 2
    assert index.search("企业", top=0) == []


@pytest.mark.parametrize("question", ["", "  \n", "?!,。", "xyzzy"])
def test_a_question_with_nothing_to_look_for_finds_nothing(index, question):
    assert index.search(question) == []


def test_where_nothing_else_is_shared_a_character_is_enough(index):
    assert ids(index.search("电")) == ["power"]


@pytest.mark.parametrize("texts", [[], [("a", "")], [("a", " "), ("b", "。,")]])
def test_no_or_blank_texts_make_an_index_that_finds_nothing(texts, tmp_path):
    index = SearchIndex.build(texts)
    assert index.search("个体工商户") == []
    index.save(tmp_path / "index")
    assert SearchIndex.load(tmp_path / "index").search("个体工商户") == []


def test_one_short_text_is_enough():
    assert ids(SearchIndex.build([("only", "税")]).search("税")) == ["only"]


def test_equal_texts_keep_their_order():
    texts = [(name, "小微企业无还本续贷") for name in "cab"]
    assert ids(SearchIndex.build(texts).search("续贷")) == ["c", "a", "b"]


def test_several_texts_of_one_id_are_found_once_by_the_best_of_them():
    index = SearchIndex.build([*TEXTS, ("tax", "征收管理由税务机关负责。")])
    found = ids(index.search("个体工商户减半征收个人所得税"))
    assert found[0] == "tax"
    assert found.count("tax") == 1
    assert found == list(dict.fromkeys(found))


def test_the_fewer_texts_there_are_the_less_the_vectors_count():
    shares = [lexical_share(texts) for texts in (0, 1, 100, 1_000, 10_000, 10**9)]
    assert shares == pytest.approx([1, 1, 0.8, 0.7, 0.6, 0.55])


def test_an_expansion_brings_in_what_the_question_does_not_say(index):
    assert "debt" not in ids(index.search("老赖"))
    assert ids(index.search("老赖", expansions=[Expansion("老赖", "失信被执行人", 0.6)]))[0] == "debt"


def test_an_expansion_counts_less_than_the_word_itself(index):
    expanded = index.scores("担保", [Expansion("担保", "需量电价", 0.6)]).lexical
    alone = index.scores("需量电价").lexical
    power = [name for name, _ in TEXTS].index("power")
    assert expanded[power] == pytest.approx(0.6 * alone[power], rel=1e-5)


def test_building_twice_gives_the_same_hits(index):
    again = SearchIndex.build(TEXTS)
    for question in ("企业贷款担保", "拖欠账款", "少裁员返还多少"):
        assert again.search(question) == index.search(question)


def test_a_saved_index_answers_exactly_alike(index, tmp_path):
    index.save(tmp_path / "index")
    loaded = SearchIndex.load(tmp_path / "index")
    for question in ("企业贷款担保", "拖欠账款", "个体工商户"):
        assert loaded.search(question) == index.search(question)
    assert loaded.fingerprint == index.fingerprint


def test_a_saved_index_may_be_moved(index, tmp_path):
    index.save(tmp_path / "one")
    shutil.move(tmp_path / "one", tmp_path / "别处")
    assert SearchIndex.load(tmp_path / "别处").search("续贷担保") == index.search("续贷担保")


def test_saving_replaces_an_older_index_and_leaves_nothing_beside_it(index, tmp_path):
    SearchIndex.build([("old", "旧的文字")]).save(tmp_path / "index")
    index.save(tmp_path / "index")
    assert len(SearchIndex.load(tmp_path / "index")) == len(TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_failed_save_leaves_the_older_index_whole(index, tmp_path, monkeypatch):
    index.save(tmp_path / "index")
    monkeypatch.setattr("navigator.retrieval.index.write_json", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        SearchIndex.build([("new", "新的文字")]).save(tmp_path / "index")
    assert len(SearchIndex.load(tmp_path / "index")) == len(TEXTS)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_folder_with_other_peoples_files_is_never_replaced(index, tmp_path):
    (tmp_path / "账本.txt").write_text("重要", encoding="utf-8")
    with pytest.raises(InputError, match="已经有别的文件"):
        index.save(tmp_path)
    assert (tmp_path / "账本.txt").exists()


def test_nothing_saved_is_a_pickle(index, tmp_path):
    index.save(tmp_path / "index")
    files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".json", ".npy", ".faiss", ".txt", ".py", ".md"}
    for path in files:
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def change(folder, **values):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | values), encoding="utf-8")


def test_an_index_of_another_format_encoder_or_text_is_refused_in_one_sentence(index, tmp_path):
    folder = tmp_path / "index"
    index.save(folder)
    with pytest.raises(InputError, match="与现在的文字不一致"):
        SearchIndex.load(folder, expected_fingerprint="0")
    change(folder, encoder="BAAI/bge-small-zh-v1.5")
    with pytest.raises(InputError, match="是用 BAAI/bge-small-zh-v1.5 建的"):
        SearchIndex.load(folder)
    change(folder, format=0)
    with pytest.raises(InputError, match="格式不是这个版本的"):
        SearchIndex.load(folder)


@pytest.mark.parametrize("lost", ["ids.json", "vectors.faiss", "bm25", "encoder"])
def test_an_incomplete_index_is_refused_in_one_sentence(index, tmp_path, lost):
    folder = tmp_path / "index"
    index.save(folder)
    path = folder / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.write_bytes(b"")
    with pytest.raises(InputError, match="索引文件不完整"):
        SearchIndex.load(folder)


def test_a_folder_without_an_index_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(InputError, match="没有建好的索引"):
        SearchIndex.load(tmp_path)


def test_the_fingerprint_changes_with_any_text_id_or_word(tmp_path, index):
    words = tmp_path / "words.txt"
    words.write_text("# 注释\n稳岗返还\n", encoding="utf-8")
    others = [
        SearchIndex.build(TEXTS[:-1]),
        SearchIndex.build([("x", TEXTS[0][1]), *TEXTS[1:]]),
        SearchIndex.build(TEXTS, words=words),
    ]
    assert len({index.fingerprint, *(other.fingerprint for other in others)}) == 4


def test_many_threads_may_search_at_once(index):
    questions = ["企业贷款担保", "拖欠账款", "个体工商户", "少裁员返还多少"] * 20
    alone = [index.search(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(index.search, questions)) == alone


def test_importing_and_searching_needs_neither_torch_nor_streamlit(tmp_path, index):
    index.save(tmp_path / "index")
    code = (
        "import sys; from navigator.retrieval import SearchIndex;"
        f"assert SearchIndex.load({str(tmp_path / 'index')!r}).search('担保');"
        "print([name for name in ('torch', 'sentence_transformers', 'sklearn', 'streamlit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@settings(max_examples=25)
@given(st.lists(st.text(alphabet="个体工商户税费贷款担保,。 a1", max_size=30), max_size=6), st.text(max_size=20))
def test_any_texts_and_any_question_give_an_answer(texts, question):
    index = SearchIndex.build((str(number), text) for number, text in enumerate(texts))
    hits = index.search(question)
    assert all(np.isfinite(hit.score) for hit in hits)
    assert len({hit.id for hit in hits}) == len(hits)
