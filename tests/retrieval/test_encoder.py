"""The built-in encoder as a sentence-transformers folder, a real model beside it, and the fit of the word vectors."""

import ast
import json
import os
import random
import shutil
import subprocess
import sys
import threading

import faiss
import numpy as np
import pytest

from navigator.errors import InputError
from navigator.retrieval import SearchIndex
from navigator.retrieval.encoder import SentenceTransformersEncoder, StaticEncoder, encoder_named
from navigator.retrieval.fitting import fit_word_vectors
from navigator.retrieval.index import vector_index
from navigator.retrieval.tokens import segmenter

TEXTS = [
    ("tax", "个体工商户经营所得减半征收个人所得税,小规模纳税人免征增值税。"),
    ("jobs", "失业保险稳岗返还,企业不裁员少裁员按比例返还失业保险费。"),
    ("loan", "创业担保贷款由财政贴息,个体工商户和小微企业都可以申请贷款。"),
    ("court", "失信被执行人名单,法院执行到位,拖欠企业账款要清理。"),
]
QUESTIONS = ["摆摊的个体工商户能少交税吗", "ＡＥＯ与贷款", "贷款 贷款 贷款", "", "xyz"]


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(TEXTS)


def test_vectors_have_unit_length_or_are_zero(index):
    rows = index.encoder.encode(QUESTIONS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1, 0, 0], abs=1e-5)


def test_a_word_said_more_often_counts_more_but_not_in_proportion(index):
    one, two, nine, pure = index.encoder.encode(["贷款 企业", "贷款 贷款 企业", "贷款 " * 9 + "企业", "贷款"])
    assert one @ pure < two @ pure < nine @ pure < 1


def test_words_that_share_passages_lie_closer_than_words_that_do_not():
    texts = [["医院", "护士", "病人"], ["医院", "病人", "药"], ["港口", "货轮", "码头"], ["货轮", "码头", "海"]] * 5
    hospital, patient, ship = fit_word_vectors(texts, segmenter()).encode_words([["医院"], ["病人"], ["货轮"]])
    assert hospital @ patient > 0.5 > hospital @ ship


def test_fitting_is_repeatable_to_the_last_bit():
    texts = [words.split() for words in ("a b c", "b c d", "d e", "a e f")]
    first, second = (fit_word_vectors(texts, segmenter()).vectors for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("texts", [[], [[]], [["a"]], [["a"], ["b"]], [["a", "a"]], [["a", "b"]]])
def test_few_words_give_finite_vectors_of_few_dimensions(texts):
    vectors = fit_word_vectors(texts, segmenter()).vectors
    assert vectors.shape[1] >= 1
    assert np.isfinite(vectors).all()


def test_the_saved_encoder_names_no_module_of_this_package(index, tmp_path):
    index.save(tmp_path / "index")
    source = (tmp_path / "index" / "encoder" / "jieba_static.py").read_text(encoding="utf-8")
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in getattr(node, "names", [])]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert "navigator" not in source
    assert imported - set(sys.stdlib_module_names) == {"jieba", "numpy", "torch", "sentence_transformers"}


def test_encoders_are_chosen_by_the_name_in_the_settings():
    assert encoder_named("built-in") is None
    assert encoder_named("BAAI/bge-small-zh-v1.5").name == "BAAI/bge-small-zh-v1.5"


ENCODE = """
import json, sys
import numpy as np
from sentence_transformers import SentenceTransformer
folder, copy, out = sys.argv[1:4]
model = SentenceTransformer(folder, trust_remote_code=True, device="cpu")
np.save(out, model.encode(json.loads(sys.argv[4])))
model.save(copy)
assert np.allclose(SentenceTransformer(copy, trust_remote_code=True, device="cpu").encode("个体工商户"), model.encode("个体工商户"))
print(json.dumps(["navigator" in sys.modules, model.get_embedding_dimension()]))
"""


@pytest.mark.torch
def test_sentence_transformers_alone_computes_the_same_vectors_also_after_the_folder_has_moved(index, tmp_path):
    index.save(tmp_path / "index")
    folder = shutil.move(tmp_path / "index" / "encoder", tmp_path / "模型")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            ENCODE,
            str(folder),
            str(tmp_path / "copy"),
            str(tmp_path / "out.npy"),
            json.dumps(QUESTIONS),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [False, index.encoder.dims]
    assert np.abs(np.load(tmp_path / "out.npy") - index.encoder.encode(QUESTIONS)).max() < 1e-5
    assert np.array_equal(StaticEncoder.load(folder).encode(QUESTIONS), index.encoder.encode(QUESTIONS))


@pytest.mark.torch
def test_sentence_transformers_refuses_the_folder_without_the_flag(index, tmp_path):
    from sentence_transformers import SentenceTransformer

    index.save(tmp_path / "index")
    with pytest.raises(ValueError, match="trust_remote_code"):
        SentenceTransformer(str(tmp_path / "index" / "encoder"), device="cpu")


@pytest.fixture(scope="module")
def tiny_bert(tmp_path_factory) -> str:
    """A BERT of two small layers with random weights, saved as a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    signs = sorted({sign for _, text in TEXTS for sign in text})
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs]), encoding="utf-8"
    )
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "hf")
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64, "initializer_range": 0.5}
    BertModel(BertConfig(vocab_size=len(signs) + 5, max_position_embeddings=64, **shape)).save_pretrained(folder / "hf")
    words = Transformer(str(folder / "hf"))
    SentenceTransformer(modules=[words, Pooling(32)], device="cpu").save(str(folder / "model"))
    return str(folder / "model")


@pytest.mark.torch
def test_a_real_model_is_used_when_named_and_kept_out_of_the_index_folder(tiny_bert, tmp_path):
    encoder = SentenceTransformersEncoder(tiny_bert)
    assert not encoder.ready
    index = SearchIndex.build(TEXTS, encoder=encoder)
    assert (encoder.ready, encoder.dims) == (True, 32)
    rows = encoder.encode([text for _, text in TEXTS])
    assert (rows @ rows.T)[np.triu_indices(4, 1)].max() < 0.99  # the model tells the texts apart
    assert index.search("个体工商户贷款")[0].id == "loan"
    index.save(tmp_path / "index")
    assert not (tmp_path / "index" / "encoder").exists()
    with pytest.raises(InputError, match="索引是用"):
        SearchIndex.load(tmp_path / "index")
    assert SearchIndex.load(tmp_path / "index", encoder=encoder).search("贷款") == index.search("贷款")


@pytest.mark.torch
def test_many_texts_of_a_real_model_are_searched_on_a_graph_that_finds_nearly_what_looking_at_all_finds(
    tiny_bert, tmp_path, monkeypatch
):
    signs = sorted({sign for _, text in TEXTS for sign in text})
    draw = random.Random(0)
    texts = [(str(number), "".join(draw.choices(signs, k=30))) for number in range(1500)]
    encoder = SentenceTransformersEncoder(tiny_bert)
    exact = SearchIndex.build(texts, encoder=encoder)
    monkeypatch.setattr("navigator.retrieval.index.HNSW_FROM", 1500)
    SearchIndex.build(texts, encoder=encoder).save(tmp_path / "index")
    graph = SearchIndex.load(tmp_path / "index", encoder=encoder)
    kinds = [type(faiss.downcast_index(one._vectors)) for one in (exact, graph)]
    assert kinds == [faiss.IndexFlatIP, faiss.IndexHNSWFlat]
    questions = [text[:12] for _, text in texts[:20]]
    shared = [{hit.id for hit in exact.search(one)} & {hit.id for hit in graph.search(one)} for one in questions]
    assert sum(map(len, shared)) >= 0.95 * 10 * len(questions)


@pytest.mark.torch
def test_a_graph_of_few_texts_still_finds_only_texts_that_are_there(tiny_bert, monkeypatch):
    monkeypatch.setattr("navigator.retrieval.index.HNSW_FROM", 1)
    index = SearchIndex.build(TEXTS, encoder=SentenceTransformersEncoder(tiny_bert))
    monkeypatch.setattr("navigator.retrieval.index.DENSE_DEPTH", 1000)
    scores = index.scores("个体工商户贷款")
    assert np.count_nonzero(scores.dense) == len(TEXTS)
    assert index._vectors.search(np.zeros((1, 32), np.float32), 9)[1].min() == -1


@pytest.mark.torch
def test_until_a_real_model_is_loaded_the_words_alone_decide(tiny_bert, tmp_path, monkeypatch):
    SearchIndex.build(TEXTS, encoder=SentenceTransformersEncoder(tiny_bert)).save(tmp_path / "index")
    gate = threading.Event()
    load = SentenceTransformersEncoder._loaded
    monkeypatch.setattr(SentenceTransformersEncoder, "_loaded", lambda self: (gate.wait(60), load(self))[1])
    encoder = SentenceTransformersEncoder(tiny_bert)
    index = SearchIndex.load(tmp_path / "index", encoder=encoder)
    early = index.scores("个体工商户贷款")
    assert not early.dense.any()
    assert index.search("个体工商户贷款")[0].id == "loan"
    gate.set()
    encoder._warming.join(60)
    assert index.scores("个体工商户贷款").dense.any()


@pytest.mark.torch
def test_a_model_that_cannot_be_read_is_told_in_one_sentence_and_words_go_on(tmp_path, caplog):
    with pytest.raises(InputError, match=r"NAVIGATOR_ENCODER:读不了模型"):
        SentenceTransformersEncoder(str(tmp_path / "nothing")).encode(["税"])
    encoder = SentenceTransformersEncoder(str(tmp_path / "nothing"))
    encoder.warm_up()
    encoder._warming.join(60)
    assert "读不了模型" in caplog.text
    words = SearchIndex.build(TEXTS)
    index = SearchIndex(words.ids, words.bm25, vector_index(np.zeros((4, 8), np.float32)), encoder, words.cutter, "")
    assert index.search("个体工商户贷款")[0].id == "loan"
