"""``llama-marketing validate``: the client's host, or a kept key of another provider."""

from __future__ import annotations

from llama_marketing.domain.errors import BadKey
from tests.unit.adapters.cli.shell import CANARY, OWNER, TENANT, Shell


def test_a_kept_key_of_another_provider_is_tried(shell: Shell) -> None:
    """With --provider; the exit code says whether it works."""
    with shell.container() as container:
        container.config_service().set_provider_key(TENANT, "openai", {"apiKey": CANARY})

    good = shell.json("validate", *OWNER, "--provider", "openai")

    assert good["outcome"] == "ok"
    shell.chat.script(BadKey("401", status=401))  # type: ignore[union-attr]  # the fake hosts
    bad = shell.json("validate", *OWNER, "--provider", "openai", exit_code=1)
    assert bad["outcome"] == "bad_key"
    assert [seen.target.row.id for seen in shell.chat.calls] == ["openai", "openai"]  # type: ignore[union-attr]  # the fake hosts


def test_a_provider_without_a_key_is_said(shell: Shell) -> None:
    """In Spanish, with exit code 1."""
    result = shell.run("validate", *OWNER, "--provider", "gemini")

    assert result.exit_code == 1
    assert "API key" in result.output


def test_without_a_provider_the_clients_own_host_is_tried(shell: Shell) -> None:
    """The configuration of Meta AI."""
    result = shell.configure().run("validate", *OWNER)

    assert result.exit_code == 0
    assert "ok" in result.output
    assert CANARY not in result.output
