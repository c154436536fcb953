"""policy_corpus/vocabulary: lexicon.yaml says what people mean in words of the corpus; words.txt holds words for jieba."""

import unicodedata
from collections import Counter

import jieba
import pytest
import yaml

from navigator.retrieval.lexicon import Lexicon, LexiconEntry
from navigator.settings import settings

VOCABULARY = settings().corpus / "vocabulary"
LEXICON = VOCABULARY / "lexicon.yaml"
WORDS = VOCABULARY / "words.txt"
TAGS = {"n", "ns", "nt", "nz", "v"}
TRIGGER_LENGTHS = range(2, 7)

# Ordinary phrases that merely hold the characters of a tempting short trigger (理发, 家政, 门面, 保人, 进项 ...).
HARMLESS = (
    "办理发票 国家政策 部门面对 申请人 多少人 使用电子 有关税收 引进项目 建立项目 推进规范 以上规定 中国高校 "
    "提高工作效率 海关门户 以下文件 需要告知 社会费用 收入会不会 参保人员 检查他们 执行不到位 参加计划 附加价值 "
    "发展期间 总裁人选 今年报名 每月报送 购买家电 以外方式 全国三类 科学法则 安装电脑 直接电话 沟通电话 交通水平 "
    "不认识 互联网 充电桩 汽车工业 科技工作 商务工作 无业务 各种地方 早点办好 网上市场 每天使用 集中试点 部分文件 "
    "联动工作 当地价格 保护工作 报废旧车 做主播 国家电网 登记者 本人手机 城市长期 听说和银行 主要地区 合作和解决 "
    "募集资金 固定金额 管理人员 怎么办 有没有 需要什么 在哪里 多少钱 什么时候 能不能"
)


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


@pytest.fixture(scope="module")
def entries() -> list[LexiconEntry]:
    return [LexiconEntry.model_validate(line) for line in yaml.safe_load(LEXICON.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def corpus_text() -> str:
    folder = settings().corpus
    files = [*folder.glob("documents/*.md"), *folder.glob("measures/*.yaml")]
    files += [folder / "platforms.yaml", folder / "commitments.yaml"]
    return plain("\n".join(file.read_text(encoding="utf-8") for file in sorted(files)))


@pytest.fixture(scope="module")
def word_lines() -> list[list[str]]:
    return [line.split(" ") for line in WORDS.read_text(encoding="utf-8").splitlines()]


def test_the_lexicon_is_read_whole(entries):
    assert len(Lexicon.load(LEXICON)) == len(entries) >= 900


def test_no_trigger_stands_twice(entries):
    counts = Counter(plain(entry.say) for entry in entries)
    assert [say for say, count in counts.items() if count > 1] == []


def test_triggers_are_short_and_written_as_queries_are_compared(entries):
    assert [entry.say for entry in entries if len(entry.say) not in TRIGGER_LENGTHS] == []
    assert [entry.say for entry in entries if entry.say != plain(entry.say) or " " in entry.say] == []


def test_each_example_holds_its_trigger(entries):
    assert [(entry.say, entry.example) for entry in entries if entry.say not in plain(entry.example)] == []


def test_each_trigger_has_one_to_three_different_terms(entries):
    assert [entry.say for entry in entries if not 1 <= len(entry.means) <= 3] == []
    assert [entry.say for entry in entries if len(set(entry.means)) != len(entry.means)] == []


def test_every_example_is_expanded_by_its_own_trigger(entries):
    lexicon = Lexicon(entries)
    silent = [entry for entry in entries if entry.say not in {found.trigger for found in lexicon.expand(entry.example)}]
    assert [(entry.say, entry.example) for entry in silent] == []


def test_terms_are_words_of_the_corpus(entries, corpus_text):
    terms = {term for entry in entries for term in entry.means}
    assert sorted(term for term in terms if plain(term) not in corpus_text) == []


@pytest.mark.parametrize("phrase", HARMLESS.split())
def test_ordinary_phrases_are_not_expanded(entries, phrase):
    assert Lexicon(entries).expand(phrase) == ()


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("摆摊的能少交税吗", "个体工商户"),
        ("老赖欠我钱", "案件执行"),
        ("贷款到期还不上", "无还本续贷"),
        ("没裁人能退钱不", "稳岗返还"),
        ("变压器太大了", "两部制"),
        ("招商时说得好听", "承诺不兑现"),
        ("窗口说缺材料不收", "容缺受理"),
        ("隔三差五来人", "双随机"),
    ],
)
def test_everyday_questions_lead_to_official_words(entries, question, term):
    assert term in {expansion.term for expansion in Lexicon(entries).expand(question)}


def test_each_line_of_words_is_a_word_a_frequency_and_a_tag(word_lines):
    assert [line for line in word_lines if len(line) != 3 or line[0] != plain(line[0])] == []
    assert [line for line in word_lines if not line[1].isdigit() or int(line[1]) < 1 or line[2] not in TAGS] == []


def test_no_word_stands_twice_and_there_are_enough(word_lines):
    words = [line[0] for line in word_lines]
    assert len(words) == len(set(words)) >= 400


def test_jieba_keeps_each_word_whole(word_lines):
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    with WORDS.open("rb") as file:
        cutter.load_userdict(file)
    words = [line[0] for line in word_lines]
    assert [word for word in words if list(cutter.cut(word)) != [word]] == []
