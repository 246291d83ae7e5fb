"""The shell that the command line's tests run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.adapters.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with an empty store, 100 columns wide."""
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "AI_ENCRYPTION_KEY", "LLAMA_MARKETING_STORE"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path)
