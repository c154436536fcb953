"""Many rows at once."""

import pytest
from sqlalchemy import text

from navigator.store.bulk import insert_rows
from navigator.store.engine import reading, transaction
from navigator.store.schema import METADATA

_TABLE, _NAMES = METADATA.tables["push_grounds"], ("hash", "content")


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1_300], ids=str)
def test_every_row_arrives_once_however_many_there_are(store, count):
    rows = [(number.to_bytes(16), f'{{"facts": {number}}}') for number in range(count)]
    with transaction() as session:
        insert_rows(session, _TABLE, _NAMES, rows[: count // 2])
        insert_rows(session, _TABLE, _NAMES, rows, unless_there=True)
    with reading() as session:
        kept = session.execute(text("SELECT hash, content FROM push_grounds ORDER BY hash")).all()
    assert [row.hash for row in kept] == [key for key, _ in rows]
    assert [str(number) in str(row.content) for number, row in enumerate(kept)] == [True] * count


def test_a_row_that_is_there_already_stops_all(store):
    rows = [(number.to_bytes(16), "{}") for number in [*range(700), 3]]
    with pytest.raises(Exception, match="(?i)unique"), transaction() as session:
        insert_rows(session, _TABLE, _NAMES, rows)
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM push_grounds")) == 0
