"""README and docs say what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import llama_marketing
from tests.house.sources import PACKAGE, ROOT, relative

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)")
VARIABLE = re.compile(r"\b(?:LLAMA_MARKETING_[A-Z_]+|AI_ENCRYPTION_KEY)\b")


def test_the_readme_starts_with_the_two_commands() -> None:
    """The first block a stranger sees is what brings it to life."""
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))

    assert blocks[0][1] == "make demo\nmake test\n"
    assert blocks[1][0] == "python"


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_a_link_leads_somewhere(document: Path) -> None:
    """A relative link names a file or folder of the project."""
    targets = LINK.findall(document.read_text(encoding="utf-8"))

    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_an_example_is_python(document: Path) -> None:
    """Code blocks compile, and what they import from the package exists."""
    for language, code in BLOCK.findall(document.read_text(encoding="utf-8")):
        if language != "python":
            continue
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("llama_"):
                imported = __import__(node.module or "", fromlist=["*"])
                assert [name.name for name in node.names if not hasattr(imported, name.name)] == []


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    """docs/settings.md and app/settings.py name the same environment variables."""
    read = VARIABLE.findall((PACKAGE / "app" / "settings.py").read_text(encoding="utf-8"))
    told = VARIABLE.findall((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))

    assert sorted(set(told)) == sorted(set(read))


def test_the_version_is_one_and_in_the_changelog() -> None:
    """pyproject.toml, the package and the newest heading agree."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"', project, re.MULTILINE)

    assert version is not None
    assert llama_marketing.__version__ == version[1]
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    """An ADR is never taken away, only superseded."""
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
