"""`llama-marketing configure`: a client's configuration and keys, out of a document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.adapters.cli.shell import CANARY, OWNER, TENANT, Shell

FIELDS = {"enabled": True, "hostingProvider": "deepinfra", "apiKey": CANARY}


def document(folder: Path, fields: Any) -> str:
    """A file with these fields."""
    file = folder / "fields.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    return str(file)


def test_a_client_is_configured_and_then_changed(shell: Shell, tmp_path: Path) -> None:
    """The second document changes what it names, and leaves the key."""
    first = shell.run("configure", *OWNER, document(tmp_path, FIELDS))
    second = shell.json("configure", *OWNER, document(tmp_path, {"quotaMonthly": 50}))

    assert first.exit_code == 0, first.output
    assert "deepinfra" in first.stdout
    assert CANARY not in first.output
    assert second["quotaMonthly"] == 50
    assert second["revision"] == 2
    assert second["apiKey"].endswith(CANARY[-4:])


def test_a_choice_that_is_worth_a_warning_is_warned_about(shell: Shell, tmp_path: Path) -> None:
    """As the configuration says it."""
    fields = FIELDS | {"hostingProvider": "groq"}
    result = shell.run("configure", *OWNER, document(tmp_path, fields))
    with shell.container() as container:
        warnings = container.config_service().get(TENANT).warnings

    assert warnings
    assert all(warning[:40] in result.stdout for warning in warnings)


def test_a_key_of_another_provider_is_kept(shell: Shell, tmp_path: Path) -> None:
    """It is shown as its mask."""
    key = document(tmp_path, {"apiKey": CANARY, "model": "gpt-6-luna"})
    result = shell.run("configure", *OWNER, "--provider", "openai", key)

    assert result.exit_code == 0, result.output
    assert "gpt-6-luna" in result.stdout
    assert CANARY not in result.output
    with shell.container() as container:
        assert container.config_service().provider_key(TENANT, "openai").model == "gpt-6-luna"


@pytest.mark.parametrize("content", ["{", "[]", '"' + CANARY])
def test_what_is_no_document_is_told_without_a_word_of_it(
    shell: Shell, tmp_path: Path, content: str
) -> None:
    """It may hold a key."""
    file = tmp_path / "fields.json"
    file.write_text(content, encoding="utf-8")
    result = shell.run("configure", *OWNER, "--verbose", str(file))

    assert result.exit_code == 1
    assert "(invalid_request)" in result.stderr
    assert CANARY not in result.output


def test_an_unknown_field_is_refused(shell: Shell, tmp_path: Path) -> None:
    """And nothing is kept."""
    result = shell.run("configure", *OWNER, document(tmp_path, FIELDS | {"hostingProvder": "x"}))

    assert result.exit_code == 1
    assert shell.run("validate", *OWNER).exit_code == 1
