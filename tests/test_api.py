"""The HTTP interface on its real routes: the commands' answers, one sentence for bad input, documentation without outside network."""

from __future__ import annotations

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from navigator import __version__, api
from navigator.cli import main
from navigator.corpus.load import default_corpus
from navigator.matching.assess import assess
from navigator.matching.dates import apply_state, period, read_day
from navigator.matching.rulebook import default_rulebook

DAY = "2026-11-23"
PROFILE = {"region": "钟祥市", "entity_type": "企业", "industry": "C34", "employees": 45, "established_on": "2019-05-10"}


@pytest.fixture(scope="module")
def client() -> TestClient:
    """The routes as `app.py` mounts them; an error inside becomes its answer, not an exception of the test."""
    return TestClient(Starlette(routes=list(api.routes())), raise_server_exceptions=False)


def printed(capsys, *arguments: str) -> object:
    """What the command prints as JSON."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def assert_sentence(response, status: int) -> str:
    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/json")
    assert set(response.json()) == {"error"}
    sentence = response.json()["error"]
    assert re.search("[\u4e00-\u9fff]", sentence)
    assert "Traceback" not in sentence
    return sentence


def test_health_counts_the_corpus(client):
    found = client.get("/api/v1/health").json()
    assert found == {
        "status": "ok",
        "version": __version__,
        "corpus": default_corpus().fingerprint,
        "measures": len(default_corpus().measures),
        "commitments": 45,
    }


def test_measures_are_all_there_with_the_status_of_the_day(client):
    found = client.get("/api/v1/measures", params={"as_of": DAY}).json()
    day = read_day(DAY)
    expected = [(one.id, period(one, day), apply_state(one, day)) for one in default_corpus().measures]
    assert [(one["id"], one["status"], one["apply_state"]) for one in found] == expected
    assert all("examples" not in one and "reviewed" not in one for one in found)


def test_one_measure_is_the_same_as_in_the_list(client):
    for one in client.get("/api/v1/measures", params={"as_of": DAY}).json()[:5]:
        assert client.get(f"/api/v1/measures/{one['id']}", params={"as_of": DAY}).json() == one


def test_in_force_has_the_files_own_keys(client):
    assert set(client.get("/api/v1/measures/tax-hnte-15").json()["in_force"]) == {"from", "to", "to_inferred", "sure_until"}


def test_an_unknown_measure_is_404_with_a_sentence(client):
    assert "nothere" in assert_sentence(client.get("/api/v1/measures/nothere"), 404)


def test_commitments_are_the_commands(client, capsys):
    assert client.get("/api/v1/commitments").json() == printed(capsys, "commitments")


def test_search_is_the_commands(client, capsys):
    found = client.get("/api/v1/search", params={"q": "摆摊的能少交税吗", "as_of": DAY}).json()
    assert found == printed(capsys, "search", "摆摊的能少交税吗", "--as-of", DAY)
    few = client.get("/api/v1/search", params={"q": "贷款", "kind": "clause", "top": 3, "as_of": DAY}).json()
    assert few == printed(capsys, "search", "贷款", "--kind", "clause", "--top", "3", "--as-of", DAY)


def test_assess_is_the_functions_answer(client):
    found = client.post("/api/v1/assess", params={"as_of": DAY}, json=PROFILE)
    assert found.status_code == 200
    assert found.json() == json.loads(json.dumps(assess(PROFILE, read_day(DAY)).as_dict()))


def test_assess_is_the_commands(client, capsys, tmp_path):
    path = tmp_path / "profile.yaml"
    path.write_text(json.dumps(PROFILE, ensure_ascii=False), encoding="utf-8")
    assert client.post("/api/v1/assess", params={"as_of": DAY}, json=PROFILE).json() == printed(
        capsys, "assess", str(path), "--as-of", DAY
    )


def test_an_empty_profile_and_unknown_values_are_answered(client):
    for body in ("{}", '{"employees": null}', '{"employees": NaN}', '{"employees": 1e999}'):
        response = client.post("/api/v1/assess", content=body, headers={"content-type": "application/json"})
        assert response.status_code == 200
        assert len(response.json()["measures"]) == len(default_rulebook().measures)


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "3", "null", '"x"', "\xff", "[" * 50_000, '{"employees": ' + "9" * 5000 + "}",
        '{"employes": 3}', '{"region": "火星"}', '{"region": {"a": 1}}', '{"employees": "12"}', '{"employees": true}',
        '{"employees": -1}', '{"employees": 1.5}', '{"employees": [1]}', '{"established_on": 5}', '{"established_on": "2026-02-30"}',
        '{"abnormal_listed": "是"}', '{"industry": "养猪"}', '{"uscc": "1"}', '{"name": {"a": 1}}',
    ],
    ids=lambda body: body[:40],
)  # fmt: skip
def test_a_faulty_profile_is_422_with_a_sentence(client, body):
    content = body.encode("latin-1" if body == "\xff" else "utf-8")
    assert_sentence(client.post("/api/v1/assess", content=content, headers={"content-type": "application/json"}), 422)


def test_a_body_that_does_not_say_it_is_json_is_told_how_to_say_so(client):
    assert "Content-Type" in assert_sentence(client.post("/api/v1/assess", data={"employees": "3"}), 422)


@pytest.mark.parametrize(
    "address",
    [
        "search",
        "search?q=a&top=0",
        "search?q=a&top=101",
        "search?q=a&top=abc",
        "search?q=a&kind=law",
        "search?q=a&as_of=abc",
        "measures?as_of=2026-02-30",
        "measures/tax-hnte-15?as_of=abc",
    ],
)
def test_faulty_parameters_are_422_with_a_sentence_that_names_them(client, address):
    sentence = assert_sentence(client.get(f"/api/v1/{address}"), 422)
    assert sentence.split(":")[0].split("：")[0] in ("q", "top", "kind", "as_of")


@pytest.mark.parametrize("address", ["/api/v1/nothere", "/api/nothere", "/api/v2/health", "/api/v1/measures/a/b"])
def test_an_unknown_address_answers_with_a_sentence(client, address):
    assert_sentence(client.get(address), 404)


def test_a_wrong_method_answers_with_a_sentence(client):
    assert_sentence(client.get("/api/v1/assess"), 405)
    assert_sentence(client.post("/api/v1/health"), 405)


def test_a_fault_of_our_own_is_a_sentence_without_what_was_sent(client, monkeypatch):
    def broken(*given: object) -> None:
        raise RuntimeError("secret 45")

    monkeypatch.setattr(api, "assess", broken)
    sentence = assert_sentence(client.post("/api/v1/assess", json=PROFILE), 500)
    assert "secret" not in sentence


def test_the_documentation_and_all_it_loads_come_from_this_server(client):
    page = client.get("/api/docs")
    assert page.status_code == 200
    loaded = re.findall(r"""(?:src|href|url)\s*[=:]\s*['"]([^'"]+)""", page.text)
    assert len(loaded) >= 4
    for address in loaded:
        assert address.startswith("/api/"), address
        assert client.get(address).status_code == 200
    assert not re.search(r"https?://", page.text)


def test_the_description_names_every_route_of_the_contract(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    named = ("health", "measures", "measures/{measure_id}", "commitments", "search", "assess")
    opened = ("open", "open/dictionary", "open/dictionary.md", "open/{table}.{form}")
    assert set(paths) == {f"/v1/{name}" for name in (*named, *opened)}
