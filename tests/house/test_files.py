"""What a commit must never hold: this machine's paths, a registry's host, things put off."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT, own_files, parsed, python_files, relative

# Written in pieces, so that this file does not break its own rule.
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:" + "|".join(["work", "root", "home", "Users"]) + r")/\w",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            r"registry\." + "npmjs",
            "http" + r"s?://[\w.-]+/simple\b",
        ]
    )
)
PUT_OFF = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX"]) + r")\b")
EFFECTS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def text_of(path: Path) -> str:
    """The text of a file, whatever is in it."""
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize(
    ("pattern", "what"), [(MACHINE, "a machine or a registry"), (PUT_OFF, "something put off")]
)
def test_no_file_names(pattern: re.Pattern[str], what: str) -> None:
    """The project builds anywhere, and what it holds is finished."""
    found = [
        f"{relative(path)}:{number}: {line.strip()[:100]}"
        for path in own_files()
        if path.name != "LICENSE"
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]

    assert found == [], what


def test_constraints_are_plain_pins() -> None:
    """One exact version a line: no URL, no hash, no option, not the project itself."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[a-z0-9.]+", line)] == []
    assert [line for line in lines if line.startswith("llama")] == []


def test_a_silenced_check_has_its_reason_beside_it() -> None:
    """`type: ignore`, `noqa`, `pragma` and skips are followed by words, or stand below some."""
    silencer = re.compile(r"#\s*(type: ignore|noqa|pragma: no)")
    found = []
    for path in [*python_files(PACKAGE), *python_files(ROOT / "tests")]:
        lines = text_of(path).splitlines()
        for number, line in enumerate(lines):
            match = silencer.search(line)
            if match is None or f'"{match[0]}' in line:
                continue
            above = lines[number - 1].strip() if number else ""
            beside = re.sub(r"^\S+(:\s*\S+)?(\[[^\]]*\])?", "", line[match.end() :])
            if not above.startswith("#") and len(beside.strip(" #-")) < 8:
                found.append(f"{relative(path)}:{number + 1}: {line.strip()[:100]}")

    assert found == []


def test_the_domain_asks_no_clock() -> None:
    """Domain and app get the present moment from the clock port, never from `datetime`."""
    found = [
        f"{relative(path)}:{node.lineno}"
        for layer in ("domain", "ports", "app")
        for path in python_files(PACKAGE / layer)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in EFFECTS
    ]

    assert found == []


def test_no_exception_is_swallowed() -> None:
    """An except block that only passes says in a comment why that is right."""
    found = []
    for path in python_files(PACKAGE):
        lines = text_of(path).splitlines()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ExceptHandler) and all(
                isinstance(line, ast.Pass | ast.Continue) for line in node.body
            ):
                block = lines[node.lineno - 1 : node.end_lineno]
                if not any("#" in line for line in block):
                    found.append(f"{relative(path)}:{node.lineno}")

    assert found == []
