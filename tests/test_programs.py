"""A suite whose program is missing is skipped and named, or fails where everything is required."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROBE = '''
import pytest

@pytest.fixture(scope="session")
def server():
    raise AssertionError("must not be started")

@pytest.mark.browser
def test_in_browser(server):
    pass

def test_elsewhere():
    pass
'''


def run_without_programs(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a two-test suite with the project's hooks on a machine where no program is found."""
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name != "NAVIGATOR_TESTS"}
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    command += ["--confcutdir", str(ROOT), "-p", "conftest", "-p", "no:cacheprovider", str(tmp_path / "test_probe.py")]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=inherited | {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_without_its_program_a_suite_is_skipped_and_named_before_the_closing_line(tmp_path):
    done = run_without_programs(tmp_path)
    lines = done.stdout.strip().splitlines()
    assert done.returncode == 0, done.stdout
    assert lines[-2] == "没有运行：浏览器测试（没有找到 chromium）"
    assert re.match(r"1 passed, 1 skipped in ", lines[-1])


def test_with_everything_required_a_missing_program_fails_the_run(tmp_path):
    done = run_without_programs(tmp_path, NAVIGATOR_TESTS="all")
    assert done.returncode == 1
    assert "没有运行：浏览器测试（没有找到 chromium）" in done.stdout
    assert re.match(r"1 passed, 1 error in ", done.stdout.strip().splitlines()[-1])


def test_a_run_keeps_its_data_out_of_the_project():
    assert not Path(os.environ["NAVIGATOR_DATA"]).is_relative_to(ROOT)
