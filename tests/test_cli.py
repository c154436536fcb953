"""The command line as an outside program meets it: exit codes, one line on stderr, and `--json` with exactly the contract's keys."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from navigator.cli import main, make_parser
from navigator.corpus.load import default_corpus
from navigator.matching import dates
from navigator.matching.assess import assess
from navigator.settings import settings

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-11-23"
PROFILE = """\
region: 钟祥市
entity_type: 企业
industry: C34
employees: 45
revenue: 8000000
established_on: 2019-05-10
restricted_industry: false
"""
HIT_KEYS = {"kind", "id", "title", "score", "snippet", "source", "status"}
MEASURE_KEYS = {
    "id", "name", "level", "domain", "delivery", "status", "verification", "in_force", "apply_state", "conditions", "confirm", "to_confirm",
    "missing", "near_miss", "estimate", "estimate_kind", "per", "estimate_basis",
}  # fmt: skip

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(capsys) -> Command:
    """Runs a command in this process: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def profile(tmp_path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text(PROFILE, encoding="utf-8")
    return path


def navigator(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "navigator", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def command_names() -> list[str]:
    actions = make_parser()._subparsers._group_actions
    return list(actions[0].choices)


def assert_one_sentence(result: tuple[int, str, str]) -> str:
    """Exit code 2, nothing on standard output, one line with Chinese in it on standard error."""
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert re.search("[\u4e00-\u9fff]", err)
    assert "Traceback" not in err
    return err


# ---- what every command does ----


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"check", "segment", "index", "search", "evaluate", "assess", "commitments"} <= set(command_names())
    assert [name for name in command_names() if not re.search(rf"\b{name}\b", readme, re.ASCII)] == []


@pytest.mark.parametrize("name", [None, *command_names()])
def test_help_is_chinese_and_ends_well(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--help"] if name is None else [name, "--help"])
    assert ended.value.code == 0
    assert re.search("[\u4e00-\u9fff]", capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("foo",),
        ("check", "extra"),
        ("search",),
        ("search", "a", "--nonsense"),
        ("search", "a", "--top"),
        ("search", "a", "--top", "0"),
        ("search", "a", "--top", "-3"),
        ("search", "a", "--top", "abc"),
        ("search", "a", "--top", "1.5"),
        ("search", "a", "--top", "9" * 5000),
        ("search", "a", "--kind", "law"),
        ("search", "a", "--as-of", "abc"),
        ("search", "a", "--as-of", "2026-02-30"),
        ("segment", "nowhere.txt"),
        ("segment", "."),
        ("evaluate", "nowhere.jsonl"),
        ("assess", "nowhere.yaml"),
        ("assess", "."),
        ("commitments", "13"),
    ],
    ids=" ".join,
)
def test_a_faulty_command_line_gets_one_sentence(command, arguments):
    assert "None" not in assert_one_sentence(command(*arguments))


def test_a_process_of_its_own_ends_with_the_same_code_and_sentence():
    done = navigator("assess", "nowhere.yaml", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert "没有这个文件" in assert_one_sentence((done.returncode, done.stdout, done.stderr))


def test_a_reader_that_stops_early_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "navigator", "commitments", "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 0


# ---- check ----


def test_check_of_the_corpus_ends_well_and_says_how_much_it_checked(command):
    code, out, err = command("check")
    assert (code, err) == (0, "")
    corpus = default_corpus()
    examples = sum(len(measure.examples) for measure in corpus.measures)
    assert out.splitlines()[-1].startswith(f"检查了 {len(corpus.measures)} 项政策、{examples} 个例子：没有错误")


def test_check_names_each_fault_in_a_line_with_its_file_and_exits_with_1(tmp_path):
    corpus = shutil.copytree(settings().corpus, tmp_path / "corpus")
    measure = corpus / "measures" / "tax-small-low-profit-cit.yaml"
    text = measure.read_text(encoding="utf-8")
    assert "employees <= 300" in text
    measure.write_text(text.replace("employees <= 300", "employes <= 300", 1), encoding="utf-8")
    done = navigator("check", NAVIGATOR_CORPUS=str(corpus))
    assert (done.returncode, done.stderr) == (1, "")
    faults = [line for line in done.stdout.splitlines() if line.startswith("错误 ")]
    assert any("tax-small-low-profit-cit.yaml:" in line and "employees" in line for line in faults)
    assert "没有错误" not in done.stdout


# ---- segment ----


@pytest.fixture
def notice(tmp_path) -> Path:
    path = tmp_path / "通知.txt"
    path.write_text("关于做好稳岗的通知\n一、总体要求\n（一）明确目标。稳住岗位。\n1.落实到人。\n二、保障措施\n", encoding="utf-8")
    return path


def test_segment_prints_the_contracts_keys_in_reading_order(command, notice):
    code, out, err = command("segment", notice, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert set(found) == {"title", "clauses"}
    assert found["title"] == "关于做好稳岗的通知"
    assert all(list(clause) == ["id", "number", "level", "heading", "text", "path"] for clause in found["clauses"])
    assert [(clause["id"], clause["level"], clause["path"]) for clause in found["clauses"]] == [
        ("一", 1, []),
        ("一/一", 2, ["一"]),
        ("一/一/1", 3, ["一", "一/一"]),
        ("二", 1, []),
    ]


def test_segment_for_people_is_an_outline(command, notice):
    code, out, _ = command("segment", notice)
    assert code == 0
    assert out.splitlines()[0] == "关于做好稳岗的通知"
    assert out.splitlines()[-1] == "共 4 条"


@pytest.mark.parametrize(("name", "content"), [("空.txt", b""), ("图.pdf", b"\x89PNG\r\n"), ("表.xyz", b"a"), ("坏.docx", b"PK\x03\x04")])
def test_segment_of_a_file_it_cannot_read_gets_one_sentence(command, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert name in assert_one_sentence(command("segment", tmp_path / name))


# ---- assess ----


def test_assess_prints_what_the_function_gives(command, profile):
    code, out, err = command("assess", profile, "--as-of", DAY, "--json")
    assert (code, err) == (0, "")
    facts = {
        "region": "钟祥市",
        "entity_type": "企业",
        "industry": "C34",
        "employees": 45,
        "revenue": 8_000_000,
        "established_on": date(2019, 5, 10),
        "restricted_industry": False,
    }
    assert json.loads(out) == json.loads(json.dumps(assess(facts, date(2026, 11, 23)).as_dict()))


def test_assess_has_exactly_the_contracts_keys(command, profile):
    found = json.loads(command("assess", profile, "--as-of", DAY, "--json")[1])
    assert set(found) >= {"as_of", "measures", "bundle", "no_application", "commitments", "questions"}
    assert set(found) - {"contradictions"} == {"as_of", "measures", "bundle", "no_application", "commitments", "questions"}
    assert found["as_of"] == DAY
    assert [measure["id"] for measure in found["measures"]] == [measure.id for measure in default_corpus().measures]
    for measure in found["measures"]:
        assert set(measure) == MEASURE_KEYS
        assert set(measure["in_force"]) == {"from", "to", "to_inferred", "sure_until"}
        assert all(set(one) == {"text", "when", "outcome", "actual", "source"} for one in measure["conditions"])
        assert all(set(one) == {"fact", "have", "need", "distance", "by"} for one in measure["near_miss"])
        assert measure["to_confirm"] == len(measure["confirm"])
    assert set(found["bundle"]) == {"ids", "total", "set_aside", "capped"}
    assert set(found["bundle"]["total"]) == {"low", "high", "if_confirmed"}
    assert all(set(one) == {"id", "because"} for one in found["bundle"]["set_aside"])
    assert all(set(one) == {"number", "why"} and isinstance(one["number"], int) for one in found["commitments"])
    assert found["questions"]
    assert all(set(one) == {"fact", "question", "decides"} for one in found["questions"])


def test_assess_asks_as_of_today_in_shanghai_by_default(command, profile, monkeypatch):
    monkeypatch.setattr(dates, "today", lambda: date(2025, 6, 30))
    assert json.loads(command("assess", profile, "--json")[1])["as_of"] == "2025-06-30"


def test_assess_for_people_names_the_total_and_every_measure(command, profile):
    code, out, _ = command("assess", profile, "--as-of", DAY)
    assert code == 0
    assert out.startswith(f"按 {DAY} 的政策：")
    assert all(measure.name in out for measure in default_corpus().measures)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("employes: 3", "employees"),
        ("region: 火星", "火星"),
        ("employees: 很多", "很多"),
        ("employees: -1", "-1"),
        ("employees: 1.5", "1.5"),
        ("abnormal_listed: 是", "abnormal_listed"),
        ("established_on: 2026-02-30", "2026-02-30"),
        ("industry: [C]", "industry"),
        ("uscc: '123'", "123"),
        ("employees: 3\nemployees: 4", "employees"),
        ("employees: [1", "profile.yaml"),
        ("- employees", "profile.yaml"),
        ("", "profile.yaml"),
        ("employees: !!python/object:os.system 3", "profile.yaml"),
        ("employees: &a [*a]", "profile.yaml"),
        ("? [a]\n: 3", "profile.yaml"),
        ("[" * 20_000, "profile.yaml"),
        ('"a\\nb": 1', "a"),
    ],
)
def test_a_faulty_profile_gets_one_sentence_that_says_where(command, tmp_path, text, part):
    path = tmp_path / "profile.yaml"
    path.write_text(text, encoding="utf-8")
    assert part in assert_one_sentence(command("assess", path, "--as-of", DAY))


def test_a_profile_that_is_no_text_gets_one_sentence(command, tmp_path):
    path = tmp_path / "profile.yaml"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert_one_sentence(command("assess", path))


# ---- commitments ----


def test_commitments_prints_45_with_the_contracts_keys(command):
    code, out, err = command("commitments", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [item["number"] for item in found] == list(range(1, 46))
    for item in found:
        keys = {"number", "title", "action", "text", "summary", "concerns", "targets", "measures", "platforms"}
        assert set(item) == keys
        for target in item["targets"]:
            expected = {"indicator", "comparator", "value", "unit", "deadline", "quote", "kind"}
            assert set(target) - {"note"} == expected
            assert target["comparator"] in {">=", "<=", "=", ">", "<"}
            assert isinstance(target["value"], int | float)
            assert target["quote"] in item["text"]
            assert target["kind"] in {"target", "benefit", "procedure"}


def test_commitments_for_people_lists_titles_and_quotes(command):
    code, out, _ = command("commitments")
    assert code == 0
    assert all(item.title in out for item in default_corpus().commitments)


# ---- index, search, evaluate ----


def test_index_names_its_folder_and_the_encoder(command):
    code, out, _ = command("index")
    assert code == 0
    assert str(settings().data / "index") in out
    encoder = re.search(r"句向量模型在 (.+?)（", out)
    assert (Path(encoder.group(1)) / "modules.json").is_file()


def test_search_prints_the_contracts_keys_best_first(command):
    code, out, _ = command("search", "摆摊的能少交税吗", "--as-of", DAY, "--json")
    assert code == 0
    hits = json.loads(out)
    assert len(hits) == 10
    assert all(set(hit) == HIT_KEYS for hit in hits)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    assert all(isinstance(hit["id"], str) for hit in hits)
    assert all((hit["status"] is None) == (hit["kind"] != "measure") for hit in hits)
    assert {"tax-selfemployed-iit-half", "tax-vat-threshold-small"} & {hit["id"] for hit in hits[:5]}


@pytest.mark.parametrize("kind", ["measure", "commitment", "platform", "clause"])
def test_search_of_one_kind_gives_only_that_kind_and_at_most_the_number_asked_for(command, kind):
    hits = json.loads(command("search", "贷款", "--kind", kind, "--top", "3", "--as-of", DAY, "--json")[1])
    assert {hit["kind"] for hit in hits} == {kind}
    assert 0 < len(hits) <= 3
    if kind == "clause":
        documents = default_corpus().document_by_id
        assert all(hit["id"].split("#")[0] in documents for hit in hits)


def test_search_hides_nothing_by_date_but_says_the_status(command):
    ended = json.loads(command("search", "稳岗返还", "--kind", "measure", "--as-of", DAY, "--json")[1])
    before = json.loads(command("search", "稳岗返还", "--kind", "measure", "--as-of", "2025-06-30", "--json")[1])
    assert [hit["id"] for hit in ended] == [hit["id"] for hit in before]
    assert [hit["status"] for hit in ended] != [hit["status"] for hit in before]


def test_search_for_people_shows_what_was_also_looked_for(command):
    code, out, _ = command("search", "摆摊的能少交税吗", "--as-of", DAY)
    assert code == 0
    assert out.startswith("也按 ")
    assert "个体工商户" in out.splitlines()[0]


def test_a_search_without_words_finds_nothing_and_is_no_error(command):
    assert command("search", "  ", "--as-of", DAY, "--json")[:2] == (0, "[]\n")


def test_evaluate_prints_the_contracts_figures(command, tmp_path):
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"id": "1", "text": "摆摊的能少交税吗", "relevant": {"tax-selfemployed-iit-half": 2, "tax-vat-threshold-small": 2}},
        {"id": "2", "text": "招了应届生有补贴吗", "relevant": {}},
    ]
    questions.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    code, out, _ = command("evaluate", questions, "--kind", "measure", "--json")
    assert code == 0
    found = json.loads(out)
    assert {"queries", "ndcg@10", "mrr@10", "recall@5", "recall@10", "p50_ms"} <= set(found)
    assert found["queries"] == 1
    assert 0 < found["mrr@10"] <= 1


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "1"}', '{"id": "1", "text": "a", "relevant": {"x": "y"}}', "\ufffd"])
def test_a_broken_line_of_questions_is_named(command, tmp_path, line):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(f'{{"id": "0", "text": "a", "relevant": {{"x": 1}}}}\n{line}\n', encoding="utf-8")
    assert "questions.jsonl:2" in assert_one_sentence(command("evaluate", questions, "--json"))


def test_json_is_all_there_is_on_standard_output_while_the_index_is_built(tmp_path):
    done = navigator("search", "贷款", "--json", "--as-of", DAY, NAVIGATOR_DATA=str(tmp_path / "fresh"))
    assert done.returncode == 0
    assert json.loads(done.stdout)
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    again = navigator("search", "贷款", "--json", "--as-of", DAY, NAVIGATOR_DATA=str(tmp_path / "fresh"))
    assert (again.stdout, again.stderr) == (done.stdout, "")
