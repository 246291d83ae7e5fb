"""`llama-marketing demo` on a server that only pretends, step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing import Container, Settings
from llama_marketing.adapters.cli.demo_client import QUOTA, demo_settings, own_store
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import HostUnreachable, SettingsError
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.unit.adapters.cli.shell import (
    COPY,
    FakeServer,
    Shell,
    ad_reply,
    demo_hosts,
    reply,
)

SHOWN = (
    "no es de Meta", "balbucea", "127.0.0.1:9/v1", "smollm2-135m-instruct en self_hosted",
    "********", "Validación", "ok en", "Cuota antes", COPY, "de entrada", "price_missing",
    "facebook", "instagram", "whatsapp", "email", "Entrada", "base reported", "resultado ok",
    "Cuota después", "3 operaciones", "Anuncio 1: beneficio", "CAFEAZUL.MX", "[ Comprar ]",
    "Moderación de 5 comentarios", "positivo", "lo decide una persona",
    "Comparación de proveedores", "Meta AI", "5.00 de 1", "no hay con qué compararlo",
)  # fmt: skip


def told(shell: Shell) -> str:
    """What a demo that ends well prints."""
    result = shell.run("demo")
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_demo_shows_the_whole_main_job_in_one_screen(shell: Shell) -> None:
    """Every part of the story, in about 60 lines, without ANSI, and the server is stopped."""
    printed = told(shell)

    assert [part for part in SHOWN if part not in printed] == []
    assert len(printed.splitlines()) <= 68
    assert "\x1b" not in printed
    assert [server.stopped for server in shell.servers] == [True]
    assert shell.servers[0].key.reveal() not in printed


def test_the_quota_differs_before_and_after(shell: Shell) -> None:
    """The tokens of post, ad and moderation are what lies between."""
    document = shell.json("demo")

    assert document["quotaBefore"]["settled"] == 0
    told = ("generation", "ad", "moderation")
    tokens = [document[name]["tokensUsed"]["totalTokens"] for name in told]
    assert document["quotaAfter"]["settled"] == sum(tokens)
    assert document["entry"]["id"] == document["generation"]["id"]
    assert [verdict["platformCompliance"]["platform"] for verdict in document["compliance"]] == [
        "facebook", "instagram", "whatsapp", "email",
    ]  # fmt: skip
    assert document["usage"]["totalRequests"] == 3


@pytest.mark.parametrize("keeps_its_key", [True, False])
def test_the_demo_runs_again_on_what_it_left(shell: Shell, keeps_its_key: bool) -> None:
    """With a throw-away key nothing of the first run can be opened, and it does not matter."""
    if not keeps_its_key:
        del shell.environ["AI_ENCRYPTION_KEY"]
    first, second = told(shell), told(shell)

    assert "creada (revisión 1)" in first
    assert "ya existía (revisión 2)" in second
    assert "6 operaciones" in second


def test_the_quota_grows_when_earlier_runs_used_it_up(shell: Shell) -> None:
    """A demo that was shown a hundred times still runs."""
    used_up = ChatReply(reply(), FinishReason.STOP, "stop", ReportedUsage(38_000, 5), "smollm2")
    shell.chat = demo_hosts("Hello", used_up)
    first, second = shell.json("demo"), shell.json("demo")

    assert first["config"]["quotaMonthly"] == QUOTA
    assert first["quotaAfter"]["settled"] > 38_005
    assert second["config"]["quotaMonthly"] == 2 * QUOTA


def test_an_unusable_reply_is_asked_for_again(shell: Shell) -> None:
    """It says so, and goes on with what comes then."""
    shell.chat = demo_hosts("Hello", "{}", "no es JSON")
    printed = told(shell)

    assert [f"Va el intento {number}." in printed for number in (2, 3, 4)] == [True, True, False]
    assert COPY in printed


def test_a_model_that_never_answers_well_ends_the_demo_with_1(shell: Shell) -> None:
    """Three tries, then the code on standard error."""
    shell.chat = FakeChatHosts("Hello", otherwise="{}")
    result = shell.run("demo")

    assert result.exit_code == 1
    assert result.stdout.count("Va el intento") == 2
    assert "(bad_output)" in result.stderr
    assert shell.servers[0].stopped


def test_an_ad_that_cannot_be_used_is_asked_for_again(shell: Shell) -> None:
    """Three times in all; then its code ends the demo."""
    shell.chat = demo_hosts("Hello", reply(), *["{}"] * 4)
    printed = told(shell)
    shell.chat = demo_hosts("Hello", reply(), *["{}"] * 20)
    failed = shell.run("demo")

    assert "Va otra vez." in printed
    assert "Anuncio 1" in printed
    assert failed.exit_code == 1
    assert "(bad_output)" in failed.stderr
    assert "Moderación" not in failed.stdout


def test_verdicts_of_a_model_that_fails_the_canaries_are_shown_as_none(shell: Shell) -> None:
    """A person decides, and the demo says why."""
    shell.chat = FakeChatHosts("Hello", reply(), ad_reply(), ad_reply(), otherwise='{"items": []}')
    printed = told(shell)

    assert printed.count("sin juicio") == 5
    assert "preguntas de control" in printed


def test_another_fault_is_not_tried_again(shell: Shell) -> None:
    """A broken line is told at once."""
    shell.chat = FakeChatHosts("Hello", otherwise=BreaksOff(reply()[:30]))
    result = shell.run("demo")

    assert result.exit_code == 1
    assert "(truncated)" in result.stderr
    assert "intento" not in result.stdout


def test_a_server_that_does_not_answer_ends_the_demo_with_1(shell: Shell) -> None:
    """The validation's outcome is the code."""
    shell.chat = FakeChatHosts(otherwise=HostUnreachable("down"))
    result = shell.run("demo")

    assert result.exit_code == 1
    assert "(unreachable)" in result.stderr


def test_a_server_that_does_not_start_ends_the_demo_with_1(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as without the extra `local`."""

    def refuse(self: FakeServer) -> FakeServer:
        raise SettingsError("not installed", user_message="Falta instalar el modelo.")

    monkeypatch.setattr(FakeServer, "start", refuse)
    result = shell.run("demo")

    assert result.exit_code == 1
    assert "Falta instalar el modelo." in result.stderr


def test_the_demo_has_a_store_of_its_own_unless_one_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the user's folder for this program."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    server = FakeServer().start()
    own = demo_settings({}, server, catalog)
    given = demo_settings({"LLAMA_MARKETING_STORE": "memory://"}, server, catalog)

    assert own.store.startswith(f"sqlite:////{str(tmp_path).lstrip('/')}")
    assert own.store.endswith("demo.db")
    assert given.store == "memory://"
    assert own.allowed_endpoints == server.address
    with Container.from_settings(own, chat=FakeChatHosts()) as container:
        ids = [model.id for model in container.catalog_service().models()]
    assert "smollm2-135m-instruct" in ids
    assert Settings.from_env({}, require_key=False).store != own.store


def test_a_folder_that_cannot_be_written_gives_way_to_a_temporary_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A home that is a file, as in some containers."""
    (tmp_path / "home").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert own_store().startswith(f"sqlite:///{tmp_path}/llama-marketing-")
