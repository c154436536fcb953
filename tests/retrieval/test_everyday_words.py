"""Every measure, commitment and platform has everyday words, and is found by at least five of them."""

from collections.abc import Iterator
from itertools import islice

import pytest

from navigator.corpus.load import load_corpus
from navigator.corpus.model import Commitment, Measure, Platform
from navigator.retrieval.library import LibraryIndex
from navigator.search import entries

CORPUS = load_corpus()
ITEMS: tuple[Measure | Commitment | Platform, ...] = (*CORPUS.measures, *CORPUS.commitments, *CORPUS.platforms)
KINDS = {"measure": CORPUS.measures, "commitment": CORPUS.commitments, "platform": CORPUS.platforms}


def title_of(item: Measure | Commitment | Platform) -> str:
    return item.title if isinstance(item, Commitment) else item.name


@pytest.fixture(scope="module")
def index() -> LibraryIndex:
    folder = CORPUS.folder / "vocabulary"
    return LibraryIndex.build(entries(CORPUS), lexicon=folder / "lexicon.yaml", words=folder / "words.txt")


def test_each_has_at_least_five_different_short_words():
    for item in ITEMS:
        assert len(set(item.say)) == len(item.say) >= 5, title_of(item)
        assert [word for word in item.say if not 2 <= len(word) <= 8] == [], title_of(item)


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_is_among_the_first_ten_of_its_kind_for_five_of_its_words(kind: str, index: LibraryIndex):
    def found_by(item: Measure | Commitment | Platform) -> Iterator[str]:
        number = str(item.number) if isinstance(item, Commitment) else item.id
        return (word for word in item.say if number in {hit.id for hit in index.search(word, kind, 10).hits})

    assert [title_of(item) for item in KINDS[kind] if len(list(islice(found_by(item), 5))) < 5] == []
