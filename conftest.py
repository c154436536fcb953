"""What every test run needs: a data folder of its own, and a plain word about suites whose program is missing."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

from tests.programs import SUITES, all_required

_DATA = "NAVIGATOR_DATA"
_made = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Tests, and the programs they start, keep their index and data in a folder that is gone after the run."""
    if not hasattr(config, "workerinput"):
        os.environ[_DATA] = config.stash[_made] = tempfile.mkdtemp(prefix="navigator-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the run left behind."""
    if folder := config.stash.get(_made, ""):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file made for a test is named by its argument: its bytes hold the time it was made, and processes must give tests the same names."""
    return argname if isinstance(val, bytes) and len(val) > 50 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a run of several processes, what needs much of the machine stands in one line: one browser or cluster at a time."""
    for item in items:
        if "browser" in item.path.parent.parts or item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.xdist_group("heavy"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before anything of a test is prepared: skip it, or end it with an error, when its program is missing."""
    for suite in SUITES:
        if item.get_closest_marker(suite.marker) and suite.reason:
            if all_required():
                pytest.fail(suite.reason, pytrace=False)
            pytest.skip(suite.reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the suites that did not run; pytest's own closing line follows."""
    skipped = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    for suite in SUITES:
        if suite.reason and any(suite.reason in reason for reason in skipped):
            terminalreporter.write_line(suite.reason, yellow=True)
