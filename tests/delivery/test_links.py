"""Links of pushes: each token answers for its own push, and no other text answers for any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from navigator.delivery import links as made
from navigator.delivery.links import ALPHABET, Links, address_of, links, too_many_wrong
from navigator.store.engine import reading, transaction
from navigator.store.sign_ins import TRIES_OF_AN_ADDRESS

KEY = Links(bytes(range(32)))
NUMBERS = st.integers(1, 2**40)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


@given(NUMBERS)
def test_a_token_answers_for_its_own_push(number):
    token = KEY.token(number)
    assert KEY.push(token) == number
    assert len(token) <= 30
    assert set(token) <= set(ALPHABET)


@given(NUMBERS, st.data())
def test_any_other_sign_anywhere_makes_a_token_worthless(number, data):
    token = KEY.token(number)
    place = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from([one for one in ALPHABET if one != token[place]]))
    assert KEY.push(token[:place] + sign + token[place + 1 :]) is None


@given(NUMBERS, NUMBERS)
def test_the_code_of_one_push_is_no_good_for_another(number, other):
    mixed = (other << 128) | (_number(KEY.token(number)) & (1 << 128) - 1)
    assert (KEY.push(_written(mixed)) == other) == (number == other)


@given(st.text(max_size=40) | st.text(alphabet=ALPHABET, max_size=40))
def test_no_made_up_text_answers(text):
    assert KEY.push(text) is None


@given(NUMBERS)
def test_a_token_has_one_spelling(number):
    token = KEY.token(number)
    assert [KEY.push(one) for one in (ALPHABET[0] + token, token + ALPHABET[0], token + " ", " " + token)] == [None] * 4


def test_the_key_is_made_once_and_is_another_in_each_installation(store):
    with reading() as session:
        first = links(session).token(7)
    made._known.clear()
    with transaction() as session:
        again = links(session)
    assert again.token(7) == first
    assert KEY.push(first) is None
    assert repr(again.key) not in repr(again)


def test_a_key_made_in_a_transaction_that_fails_is_not_used_afterwards(store):
    try:
        with transaction() as session:
            lost = links(session).token(7)
            raise RuntimeError
    except RuntimeError:
        pass
    with transaction() as session:
        assert links(session).push(lost) is None


def test_wrong_tokens_from_one_address_are_counted_for_a_quarter_of_an_hour(store):
    tries = [too_many_wrong("10.1.1.1", now=NOW) for _ in range(TRIES_OF_AN_ADDRESS + 1)]
    assert tries == [False] * TRIES_OF_AN_ADDRESS + [True]
    assert not too_many_wrong("10.1.1.2", now=NOW)
    assert not too_many_wrong("10.1.1.1", now=NOW + timedelta(minutes=15))


def test_the_address_is_the_public_one(monkeypatch):
    from navigator.settings import settings

    monkeypatch.setenv("NAVIGATOR_PUBLIC_ADDRESS", "https://ce.example.gov.cn/")
    settings.cache_clear()
    assert address_of("abc") == "https://ce.example.gov.cn/p/abc"
    monkeypatch.undo()
    settings.cache_clear()


def _number(token: str) -> int:
    number = 0
    for sign in token:
        number = number * len(ALPHABET) + ALPHABET.index(sign)
    return number


def _written(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    return signs
