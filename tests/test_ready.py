"""Ready soon: the pages and a search in words load neither torch nor sentence_transformers, which take many seconds to import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "sentence_transformers", "transformers", "sklearn")

VISIT = f"""
import sys
import app
from navigator.api import make_api
from navigator.warm import warm_up
from streamlit.testing.v1 import AppTest

make_api()
warm_up()
page = AppTest.from_file({str(ROOT / "navigator" / "ui" / "main.py")!r}, default_timeout=120).run()
page.query_params = {{"q": "摆摊的能少交税吗", "as_of": "2026-11-23"}}
page.switch_page("../../pages/enterprise/search.py").run()
assert not page.exception, page.exception
assert any("measure" in link.proto.page for link in page.page_link), "the search showed no card"
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def test_pages_interface_and_a_search_in_words_import_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-c", VISIT], cwd=ROOT, env=os.environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_line_answers_help_and_bad_input_without_loading_the_corpus():
    code = "import sys\nfrom navigator.cli import main\nmain(['search'])\nprint('navigator.corpus.load' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["False", "False"]
