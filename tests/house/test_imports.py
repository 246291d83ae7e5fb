"""The import contracts hold, and each of them breaks when what it forbids is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
}

PLANTED = {
    "hexagon": [
        ("domain/money.py", "import llama_marketing.ports.clock"),
        ("ports/clock.py", "import llama_marketing.app.settings"),
        ("app/settings.py", "import llama_marketing.adapters.sse"),
        ("adapters/system/clock.py", "import llama_marketing.testing"),
        ("stray/__init__.py", ""),
    ],
    "homes": [
        ("adapters/sqlite/usage.py", "import llama_marketing.adapters.memory.usage"),
        ("adapters/sse/__init__.py", "import llama_marketing.adapters.hosts"),
        ("adapters/homeless/__init__.py", ""),
    ],
    "driven": [("adapters/sqlite/usage.py", "import llama_marketing.app.settings")],
    "the-one": [
        ("adapters/cli/main.py", "import llama_marketing.adapters.sqlite.usage"),
        ("app/settings.py", "import llama_marketing.adapters.fernet"),
    ],
    "pure": [
        ("domain/money.py", "import httpx"),
        ("ports/clock.py", "import sqlite3"),
        ("app/settings.py", "import dependency_injector"),
    ],
    "no-effects": [
        ("domain/money.py", "import time"),
        ("domain/tenant.py", "from os import environ"),
        ("ports/clock.py", "import random"),
    ],
    "acyclic-domain": [
        ("domain/money.py", "import llama_marketing.domain.usage.entries"),
    ],
}
"""For each contract, lines that it must not let pass, and the file each is written into."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's source and contracts in a folder of their own."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, contract: str = "") -> subprocess.CompletedProcess[str]:
    """Run the contracts, or one of them, as a bare `lint-imports` does, on a copy."""
    run = (
        "import sys; sys.path.insert(0, 'src');"
        "from importlinter.cli import lint_imports;"
        "sys.exit(lint_imports(limit_to_contracts=tuple(sys.argv[1:]), no_cache=True))"
    )
    return subprocess.run(
        [sys.executable, "-c", run, *([contract] if contract else [])],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    """Nothing planted, nothing broken: what is seen below is the planted line's doing."""
    result = lint(copy)

    assert result.returncode == 0, result.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


def test_every_contract_has_a_planted_import() -> None:
    """A contract that nothing can break is no contract."""
    assert PLANTED.keys() == CONTRACTS.keys()


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [(contract, file, line) for contract, plants in PLANTED.items() for file, line in plants],
)
def test_a_contract_breaks_when_a_forbidden_import_is_planted(
    copy: Path, contract: str, file: str, line: str
) -> None:
    """The contract's own name is reported as broken; afterwards the copy is as it was."""
    path = copy / "src" / "llama_marketing" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        result = lint(copy, contract)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, encoding="utf-8")

    assert result.returncode == 1, result.stdout
    assert f"{CONTRACTS[contract]} BROKEN" in " ".join(result.stdout.split())
