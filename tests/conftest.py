"""What every test shares: profiles of Hypothesis, a DynamoDB, the coverage that CI asks for."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import coverage
import pytest
from hypothesis import settings

from tests.dynamodb_local import dynamo as dynamo
from tests.dynamodb_local import dynamodb_local as dynamodb_local

CORE = "*/llama_marketing/domain/*", "*/llama_marketing/app/*"
CORE_PERCENT = 98.0

# The suites that other teams run: their asserts are explained like those of the tests.
pytest.register_assert_rewrite("llama_marketing.testing")

settings.register_profile("default", deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


class _TracingSys:
    """``sys`` as ``threading`` sees it, whose ``settrace`` waits for its turn.

    CPython 3.11 refuses to install two threads' tracers at once, and a thread that is refused
    dies before it began: under coverage a test's server or crowd then hangs or fails by chance.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def settrace(self, function: Any) -> None:
        for _ in range(1000):
            try:
                sys.settrace(function)
            except RuntimeError:
                # Another thread is installing its own.
                time.sleep(0.001)
            else:
                return
        sys.settrace(function)


if sys.version_info < (3, 12):
    threading._sys = _TracingSys()  # type: ignore[attr-defined]  # the module's own name of sys

_shortfall = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make test` runs with."""
    parser.addoption(
        "--house-gate",
        action="store_true",
        help=f"fail below {CORE_PERCENT:g} %% of lines or of branches of domain and app",
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run, with pytest's summary line still the last, when the core is not covered."""
    config = session.config
    if not config.getoption("--house-gate") or hasattr(config, "workerinput"):
        return
    try:
        lines, branches = core_percentages(Path(".coverage"))
    except coverage.CoverageException:
        lines, branches = 0.0, 0.0
    if min(lines, branches) < CORE_PERCENT:
        config.stash[_shortfall] = (
            f"domain and app: {lines:.2f} % of lines and {branches:.2f} % of branches are "
            f"covered, {CORE_PERCENT:g} % of each are asked for"
        )
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what the core lacks."""
    if shortfall := config.stash.get(_shortfall, ""):
        terminalreporter.write_line(f"ERROR: {shortfall}", red=True, bold=True)


def core_percentages(data_file: Path) -> tuple[float, float]:
    """Percent of the lines and of the branches of domain and app that the tests ran."""
    measured = coverage.Coverage(data_file=str(data_file))
    measured.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "core.json"
        measured.json_report(include=list(CORE), outfile=str(report))
        totals = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return totals["percent_statements_covered"], totals["percent_branches_covered"]
