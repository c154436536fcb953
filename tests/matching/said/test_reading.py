"""Sentences and what they state, word for word; whatever is said, the answer is a profile."""

import time
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from navigator.matching import assess
from navigator.matching.facts import FactBook, uscc_check_digit
from navigator.matching.rulebook import default_rulebook
from navigator.matching.said import Said, facts_from_text, read_facts
from navigator.matching.said.clauses import Plain, clauses
from navigator.matching.said.sayings import UNCLEAR
from navigator.matching.said.tables import sayings

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))
STATES, NOTHING = SENTENCES["states"], SENTENCES["nothing"]


@pytest.fixture(scope="module")
def book() -> FactBook:
    return default_rulebook().facts


@pytest.mark.parametrize("sentence", STATES)
def test_a_sentence_states_these_facts_and_no_others(sentence):
    facts = facts_from_text(sentence)
    assert facts == STATES[sentence]
    assert [type(facts[name]) for name in facts] == [type(STATES[sentence][name]) for name in facts]


@pytest.mark.parametrize("sentence", NOTHING)
def test_a_question_a_plan_a_vague_number_or_another_persons_business_states_nothing(sentence):
    assert facts_from_text(sentence) == {}


def test_every_row_of_the_tables_is_the_way_some_sentence_says_its_fact():
    heard = [
        (facts, [clause.text for clause in clauses(Plain.of(sentence).text)])
        for sentence, facts in (*STATES.items(), *((sentence, {}) for sentence in NOTHING))
    ]
    unused = [
        (saying.fact, saying.pattern.pattern)
        for saying in sayings()
        if saying.fact != "uscc"
        and not any(
            (saying.fact in facts or saying.value == UNCLEAR or (saying.fact == "region" and "region_code" in facts))
            and any(saying.pattern.search(text) for text in texts)
            for facts, texts in heard
        )
    ]
    assert unused == []


def test_every_row_states_a_known_fact_and_a_value_of_its_list(book):
    for saying in sayings():
        assert saying.fact in book.specs
        for value in (saying.value, saying.denied):
            if value not in (None, UNCLEAR):
                assert book.read_value(saying.fact, value) == value


def test_the_words_that_said_a_fact_are_shown_as_they_were_said():
    assert read_facts("我在钟祥开面馆，共４个人 一年卖 90 万。") == (
        Said("region", "钟祥市", "我在钟祥"),
        Said("industry", "H62", "开面馆"),
        Said("employees", 4, "共４个人"),
        Said("revenue", 900000, "一年卖 90 万"),
    )


def test_what_is_said_twice_alike_is_read_once():
    assert facts_from_text("员工4人,一共4个人") == {"employees": 4}


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("我在钟祥开面馆,员工4人,一共5个人", "employees"),
        ("在钟祥开面馆,在京山开面馆", "region"),
        ("我开面馆,一年卖90万,年收入80万", "revenue"),
        ("我们是小规模,不对,我们是一般纳税人", "taxpayer_type"),
        ("我开面馆,我还开超市", "industry"),
    ],
)
def test_what_is_said_differently_twice_is_left_out(sentence, fact):
    assert fact not in facts_from_text(sentence)


def test_a_finer_trade_goes_on_a_coarse_one():
    assert facts_from_text("我做餐饮的,开了家火锅店") == {"industry": "H6210"}


def test_a_unified_social_credit_code_is_read_when_its_check_digit_is_right():
    first = "91420881MA49A1B2C"
    code = first + uscc_check_digit(first)
    wrong = first + ("A" if code[-1] != "A" else "B")
    assert facts_from_text(f"我们的代码是{code.lower()}") == {"uscc": code}
    assert facts_from_text(f"我们的代码是{wrong}") == {}


def test_what_was_said_can_be_assessed():
    assessment = assess(facts_from_text("我在钟祥开面馆,4个人,一年卖90万"), date(2026, 11, 1))
    assert assessment.profile.given == {"region", "industry", "employees", "revenue"}
    assert assessment.profile.values["size_class"] == "微型"
    assert assessment.contradictions == ()


CHUNKS = sorted(
    {sentence[start : start + 5] for sentence in (*STATES, *NOTHING) for start in range(0, len(sentence), 3)}
)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(st.one_of(st.sampled_from(CHUNKS), st.text(max_size=3)), max_size=12).map("".join),
    )
)
@settings(deadline=None, max_examples=400)
def test_any_text_gives_a_profile_that_can_be_read(text):
    facts = facts_from_text(text)
    assert default_rulebook().facts.read_profile(facts) == facts


@pytest.mark.parametrize(
    "text", ["", " ", "。", "4" * 5000, "一" * 5000, "我在钟祥开面馆," * 5000, "就是" * 3000, "年" * 3000, "(" * 3000]
)
def test_odd_and_endless_texts_are_read_at_once(text):
    started = time.process_time()
    facts_from_text(text)
    assert time.process_time() - started < 2


def test_a_sentence_takes_less_than_five_milliseconds():
    sentences = list(STATES)[::3]
    facts_from_text(sentences[0])
    started = time.process_time()
    for sentence in sentences:
        facts_from_text(sentence)
    assert (time.process_time() - started) / len(sentences) < 0.005
