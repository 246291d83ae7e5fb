"""`llama-marketing rotate-keys`: every stored key under the newest encryption key."""

from __future__ import annotations

import base64
import io
import logging
import sqlite3

import pytest
from rich.console import Console

from llama_marketing import TenantRef
from llama_marketing.adapters.cli.terminal import counting
from llama_marketing.app.key_rotation import KeyRotation, Progress, RotationReport
from tests.unit.adapters.cli.shell import CANARY, FERNET, OWNER, TENANT, Shell

NEWER = base64.urlsafe_b64encode(b"n" * 32).decode()
LOST = base64.urlsafe_b64encode(b"l" * 32).decode()


@pytest.fixture
def kept(shell: Shell) -> Shell:
    """A shell whose client has a key at its host, at a fallback host and of OpenAI."""
    shell.configure(fallbackHosts=[{"hostingProvider": "together", "apiKey": CANARY}])
    with shell.container() as container:
        container.config_service().set_provider_key(TENANT, "openai", {"apiKey": CANARY})
    return shell


def tokens(shell: Shell) -> list[str]:
    """Every sealed key in the store."""
    with shell.container() as container:
        stored = container.config_service().configs.get(TENANT)
        others = container.config_service().providers.keys.list(TENANT)
    assert stored is not None
    return [stored.sealed_key, *stored.sealed_fallback_keys, *(key.sealed_key for key in others)]


def test_after_it_the_old_encryption_key_is_not_needed_any_more(kept: Shell) -> None:
    """Counts are told; a second run finds nothing to do."""
    kept.environ["AI_ENCRYPTION_KEY"] = f"{NEWER},{FERNET}"

    first = kept.run("rotate-keys")
    again = kept.run("rotate-keys")

    assert first.exit_code == again.exit_code == 0
    assert "Claves selladas de nuevo: 3" in first.stdout
    assert "Claves que ya estaban al día: 3" in again.stdout
    kept.environ["AI_ENCRYPTION_KEY"] = NEWER
    assert kept.run("generate", *OWNER, "hola").exit_code == 0


def test_the_json_has_every_count(kept: Shell) -> None:
    """One document, and nothing else on standard output."""
    kept.environ["AI_ENCRYPTION_KEY"] = f"{NEWER},{FERNET}"

    document = kept.json("rotate-keys")

    assert document == {"resealed": 3, "current": 0, "changed": 0, "unreadable": []}


def test_keys_that_nothing_opens_are_listed_and_exit_with_1(kept: Shell) -> None:
    """By organization, client and provider; the others are sealed anew all the same."""
    kept.environ["AI_ENCRYPTION_KEY"] = f"{LOST},{FERNET}"
    with kept.container() as container:
        container.config_service().set_provider_key(TENANT, "gemini", {"apiKey": CANARY})
    kept.environ["AI_ENCRYPTION_KEY"] = f"{NEWER},{FERNET}"

    result = kept.run("rotate-keys")
    document = kept.json("rotate-keys", exit_code=1)

    assert result.exit_code == 1
    assert "Claves selladas de nuevo: 3" in result.stdout
    assert "(secret_unreadable)" in result.stderr
    for shown in ("org1", "cli1", "gemini", "ninguna clave de cifrado la abre"):
        assert shown in result.stderr
    assert document["unreadable"] == [
        {
            "organizationId": "org1",
            "clientId": "cli1",
            "provider": "gemini",
            "code": "secret_unreadable",
        }
    ]


def test_rows_of_a_newer_version_are_listed_too(kept: Shell) -> None:
    """The program that wrote them can seal them."""
    with sqlite3.connect(kept.folder / "store.db") as connection:
        connection.execute("UPDATE provider_keys SET version = 99")

    result = kept.run("rotate-keys")

    assert result.exit_code == 1
    assert "los datos guardados no se pueden leer" in result.stderr


def test_nothing_secret_is_on_any_output_or_log(
    kept: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    """No API key, no encryption key, no ciphertext, whether it can be opened or not."""
    caplog.set_level(logging.DEBUG)
    secrets = [CANARY, CANARY[7:], FERNET, NEWER, LOST, *tokens(kept)]
    printed = ""
    for keys in (f"{NEWER},{FERNET}", LOST):
        kept.environ["AI_ENCRYPTION_KEY"] = keys
        for options in (("--verbose",), ("--json",), ("--json", "--verbose")):
            result = kept.run("rotate-keys", *options)
            printed += result.stdout + result.stderr
        secrets += tokens(kept)

    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "no se pudieron" in printed.lower()
    assert [secret for secret in secrets if secret in printed + logged] == []


def test_no_old_ciphertext_stays_in_the_store(kept: Shell) -> None:
    """Each of the three was replaced."""
    before = tokens(kept)
    kept.environ["AI_ENCRYPTION_KEY"] = f"{NEWER},{FERNET}"
    kept.run("rotate-keys")

    assert set(tokens(kept)).isdisjoint(before)


def test_interrupted_it_says_that_it_can_be_repeated(
    kept: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed stays; exit 130; the next run does the rest."""
    with kept.container() as container:
        container.config_service().create(
            TenantRef("org1", "cli2"), {"hostingProvider": "groq", "apiKey": CANARY}
        )
    kept.environ["AI_ENCRYPTION_KEY"] = f"{NEWER},{FERNET}"
    rotate = KeyRotation.rotate

    def interrupted(self: KeyRotation, progress: Progress) -> RotationReport:
        def stop(done: int, total: int) -> None:
            if done == 1:
                raise KeyboardInterrupt

        return rotate(self, stop)

    monkeypatch.setattr(KeyRotation, "rotate", interrupted)
    result = kept.run("rotate-keys")
    monkeypatch.undo()

    assert result.exit_code == 130
    assert "Repite el comando" in result.stderr
    document = kept.json("rotate-keys")
    assert (document["resealed"], document["current"]) == (1, 3)


def test_an_empty_store_has_nothing_to_rotate(shell: Shell) -> None:
    """Zeros, and no error."""
    assert shell.json("rotate-keys")["resealed"] == 0
    assert "Claves selladas de nuevo: 0" in shell.run("rotate-keys").stdout


def test_the_bar_grows_on_a_terminal_and_a_pipe_gets_nothing() -> None:
    """Done and total stand beside it."""
    for terminal in (True, False):
        written = io.StringIO()
        console = Console(file=written, force_terminal=terminal, width=80)
        with counting(console, "Clientes") as progress:
            progress(3, 7)
            progress(7, 7)

        assert ("7/7" in written.getvalue()) is terminal
        assert ("Clientes" in written.getvalue()) is terminal
