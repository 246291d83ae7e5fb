"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import pytest

from tests.house.sources import (
    PACKAGE,
    ROOT,
    functions,
    lines_without_docstring,
    parsed,
    python_files,
    relative,
)

MAX_SOURCE_LINES = 300
MAX_TEST_LINES = 1000
MAX_FUNCTION_LINES = 50
USUAL_FUNCTION_LINES = 30

LONG_FILES: frozenset[str] = frozenset()
"""Files over their limit that stay for now. May only shrink."""

LONG_FUNCTIONS = frozenset(
    {
        "src/llama_marketing/app/config.py::MetaAIConfigService._written",
        "src/llama_marketing/domain/compliance/check.py::check_text",
    }
)
"""Functions of more than 30 lines that stay for now, as ``path::name``. May only shrink."""


@pytest.mark.parametrize(
    ("folder", "limit"), [("src", MAX_SOURCE_LINES), ("tests", MAX_TEST_LINES)]
)
def test_a_file_is_short(folder: str, limit: int) -> None:
    """A file of src has at most 300 lines, one of tests at most 1000."""
    sizes = {
        relative(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(ROOT / folder)
    }

    long = {name: size for name, size in sizes.items() if size > limit}
    listed = {name for name in LONG_FILES if name.startswith(folder)}
    assert {name: size for name, size in long.items() if name not in listed} == {}
    assert listed - long.keys() == set(), "shortened: take them off the list"


def test_a_function_is_short() -> None:
    """No function of src has more than 50 lines, and only the listed ones more than 30."""
    sizes = {
        f"{relative(path)}::{name}": lines_without_docstring(node)
        for path in python_files(PACKAGE)
        for name, node in functions(parsed(path))
    }

    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION_LINES} == {}
    long = {name: size for name, size in sizes.items() if size > USUAL_FUNCTION_LINES}
    assert {name: size for name, size in long.items() if name not in LONG_FUNCTIONS} == {}
    assert LONG_FUNCTIONS - long.keys() == set(), "shortened: take them off the list"
