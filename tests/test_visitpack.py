"""The shell of the web app for visits: no markup from text, nothing kept elsewhere; the one-file edition runs its own script alone."""

from __future__ import annotations

import re
from datetime import date

from navigator import visitpack
from navigator.matching.rulebook import RuleBook


def test_no_script_of_the_app_reads_markup_runs_text_or_keeps_anything_elsewhere():
    forbidden = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|DOMParser|createContextualFragment|srcdoc|"
    forbidden += r"localStorage|sessionStorage|document\.cookie|location\.(hash|search|href)|console\."
    for path in visitpack.APP.glob("*.js"):
        assert not re.search(forbidden, path.read_text(encoding="utf-8")), path.name
    assert not re.search(r"\son\w+=|style=|javascript:", visitpack.shell()["index.html"].decode())


def test_the_one_file_edition_holds_everything_and_lets_only_its_own_script_run():
    html = visitpack.one_file()
    (script,) = re.findall(r'<script type="module">(.*?)</script>', html, re.DOTALL)
    assert html.count("<script") == 1
    assert visitpack._hash(script) in html.split("<style>")[0]
    assert "default-src 'none'" in html
    assert not re.search(r"""(src|href)=["'][^"']|https?://|\bimport\b.*from""", html.split('<div id="payload"')[0])
    assert html.index('<div id="payload" hidden>PAYLOAD</div>') < html.index("<script")


def test_what_is_shown_of_a_measure_is_its_conditions_with_sources_and_the_rows_of_its_sheet(
    rulebook: RuleBook, as_of: date
):
    measure = rulebook.by_id["tax-small-low-profit-cit"].measure
    found = visitpack.details(measure, rulebook.corpus, as_of)
    assert [one["text"] for one in found["conditions"]] == [one.text for one in measure.conditions]
    assert all(one["source"] for one in found["conditions"])
    assert {"在哪办", "怎么办", "带什么", "什么时候", "依据"} <= {row["label"] for row in found["rows"]}
    assert not {"给谁", "当面确认"} & {row["label"] for row in found["rows"]}
    assert found["confirm"] == list(measure.confirm)
