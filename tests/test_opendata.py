"""Open data: every file can be read back whole, says its version and day, and is described column by column."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from navigator import api, opendata
from navigator.corpus.model import Commitment, Condition, Example, FactSpec, Measure, Platform, Target
from navigator.matching.dates import period
from navigator.opendata_meanings import MEANINGS, UNITS, VALUE_WORDS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "open-data.md"
NAMES = tuple(opendata.tables())


def read_csv(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", NAMES)
def test_csv_and_json_hold_the_same_rows_with_version_and_day(name, rulebook, as_of):
    table = opendata.tables()[name]
    found = json.loads(opendata.table_bytes(name, "json", rulebook, as_of))
    rows = read_csv(opendata.table_bytes(name, "csv", rulebook, as_of))
    columns = [column.name for column in table.columns]
    assert (found["corpus_version"], found["as_of"]) == (rulebook.corpus.fingerprint, "2026-11-23")
    assert len(rows) == len(found["rows"]) > 40
    for written, row in zip(rows, found["rows"], strict=True):
        assert list(row) == columns
        assert list(written) == [*columns, "corpus_version", "corpus_as_of"]
        assert (written["corpus_version"], written["corpus_as_of"]) == (found["corpus_version"], found["as_of"])
        for column in table.columns:
            assert_same(column, written[column.name], row[column.name])


def assert_same(column: opendata.Column, cell: str, value: object) -> None:
    """A cell of the CSV tells the value of the JSON."""
    if value is None:
        assert cell == ""
    elif column.type.endswith("结构"):
        assert json.loads(cell.removeprefix("'")) == value
    elif isinstance(value, list):
        assert cell.removeprefix("'") == "｜".join(str(item) for item in value)
        assert not any("｜" in str(item) for item in value)
    elif isinstance(value, bool):
        assert cell == ("是" if value else "否")
    else:
        assert cell.removeprefix("'") == str(value).removeprefix("'")


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_of_a_csv_is_taken_for_a_formula(name, rulebook, as_of):
    for row in read_csv(opendata.table_bytes(name, "csv", rulebook, as_of)):
        assert not [
            cell for cell in row.values() if cell.lstrip()[:1] in ("=", "+", "@", "＝", "＋", "－", "＠") and cell
        ]


@given(st.text())
def test_any_text_in_a_cell_stays_text_and_can_be_read_back(text):
    cell = str(opendata.safe_cell(text))
    assert cell in (text, f"'{text}")
    assert (
        cell.lstrip(" ")[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"} or not text.strip()
    )


def test_numbers_are_left_alone():
    assert opendata.safe_cell(-5) == -5


def test_status_is_that_of_the_day(rulebook):
    day = date(2025, 6, 30)
    found = {row["id"]: row["status"] for row in opendata.rows("measures", rulebook, day)}
    assert found == {measure.id: period(measure, day) for measure in rulebook.corpus.measures}


def test_always_open_and_not_known_are_told_apart_in_the_csv(rulebook, as_of):
    rows = {
        row["id"]: row["apply_windows"] for row in read_csv(opendata.table_bytes("measures", "csv", rulebook, as_of))
    }
    for measure in rulebook.corpus.measures:
        windows = measure.apply.windows
        assert rows[measure.id] == "" if windows is None else len(json.loads(rows[measure.id])) == len(windows)


def test_every_platform_of_a_measure_is_named_from_both_sides(rulebook, as_of):
    of_measures = {(row["id"], one) for row in opendata.rows("measures", rulebook, as_of) for one in row["platforms"]}
    of_platforms = {(one, row["id"]) for row in opendata.rows("platforms", rulebook, as_of) for one in row["measures"]}
    assert of_measures == of_platforms


@pytest.mark.parametrize(
    ("name", "model", "elsewhere"),
    [
        ("measures", Measure, {"conditions", "examples", "reviewed"}),
        ("conditions", Condition, set()),
        ("examples", Example, set()),
        ("commitments", Commitment, {"targets"}),
        ("targets", Target, set()),
        ("platforms", Platform, set()),
        ("facts", FactSpec, set()),
    ],
)
def test_every_field_of_a_model_is_a_column_or_several(name, model, elsewhere):
    columns = [column.name for column in opendata.tables()[name].columns]
    for field in set(model.model_fields) - elsewhere:
        assert [column for column in columns if column == field or column.startswith(f"{field}_")], field


def test_no_meaning_is_left_over_from_a_column_that_went():
    for name, table in opendata.tables().items():
        assert set(MEANINGS[name]) == {column.name for column in table.columns}
    assert {place.split(".")[1] for place in UNITS} <= {column for columns in MEANINGS.values() for column in columns}


def test_every_value_that_is_not_chinese_has_a_word():
    for table in opendata.tables().values():
        for column in table.columns:
            assert all(word or not value.isascii() for value, word in column.values), column.name
    assert all(VALUE_WORDS.values())


def test_values_in_the_rows_are_those_of_the_dictionary(rulebook, as_of):
    for name, table in opendata.tables().items():
        for column in table.columns:
            allowed = {value for value, _ in column.values}
            found = {row[column.name] for row in opendata.rows(name, rulebook, as_of)} - {None} if allowed else set()
            assert found <= allowed, column.name


def test_the_document_is_the_dictionary(rulebook):
    """After a change of models or facts.yaml: write `navigator.opendata.dictionary_markdown(default_rulebook())` to docs/open-data.md."""
    assert DOCUMENT.read_text(encoding="utf-8") == opendata.dictionary_markdown(rulebook)


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(Starlette(routes=list(api.routes())), raise_server_exceptions=False)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["csv", "json"])
def test_each_table_is_served(client, rulebook, as_of, name, form):
    response = client.get(f"/api/v1/open/{name}.{form}", params={"as_of": "2026-11-23"})
    assert response.status_code == 200
    assert response.content == opendata.table_bytes(name, form, rulebook, as_of)
    assert response.headers["content-type"].startswith({"csv": "text/csv", "json": "application/json"}[form])


def test_what_there_is_and_what_it_means_is_served(client, rulebook, as_of):
    found = client.get("/api/v1/open", params={"as_of": "2026-11-23"}).json()
    assert [table["name"] for table in found["tables"]] == list(NAMES)
    assert {t["name"]: t["rows"] for t in found["tables"]} == {n: len(opendata.rows(n, rulebook, as_of)) for n in NAMES}
    assert client.get("/api/v1/open/dictionary").json() == opendata.dictionary()
    text = client.get("/api/v1/open/dictionary.md")
    assert text.text == opendata.dictionary_markdown(rulebook)
    assert "charset=utf-8" in text.headers["content-type"]


@pytest.mark.parametrize("address", ["nothere.csv", "measures.xml", "measures.csv.exe", "measures", "../measures.csv"])
def test_a_table_that_there_is_not_is_404_with_a_sentence(client, address):
    response = client.get(f"/api/v1/open/{address}")
    assert response.status_code == 404
    assert set(response.json()) == {"error"}


def test_a_day_that_cannot_be_read_is_422(client):
    assert client.get("/api/v1/open/measures.csv", params={"as_of": "abc"}).status_code == 422
