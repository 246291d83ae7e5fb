"""`llama-marketing worker`: the comments of jobs, until nothing waits or somebody stops it."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from llama_marketing.adapters.cli import worker as command
from llama_marketing.app.job_worker import WorkReport
from llama_marketing.domain.errors import HostUnreachable
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import TENANT, Shell
from tests.unit.app.test_moderation import asked, model, obedient


@pytest.fixture
def waiting(shell: Shell) -> Shell:
    """A shell whose client has handed in a job of two parts."""
    shell.chat = FakeChatHosts(otherwise=model(obedient))
    shell.configure()
    with shell.container() as container:
        texts = [f"Hola {n}" for n in range(30)]
        container.moderation_service().submit(TENANT, asked(*texts) | {"async": True})
    return shell


def test_it_judges_what_waits_and_tells_how_much(waiting: Shell) -> None:
    first = waiting.run("worker", "--until-empty")
    again = waiting.json("worker", "--until-empty")

    assert first.exit_code == 0
    assert first.stdout.strip() == "Partes hechas: 2"
    assert again == {"done": 0, "again": 0, "dead": 0}


def test_what_failed_is_told(waiting: Shell) -> None:
    """It comes again later, or is left to a person."""
    waiting.chat = FakeChatHosts(otherwise=HostUnreachable("down"))

    assert "Intentos fallidos que se repiten: 2" in waiting.run("worker", "--until-empty").stdout


def test_dead_parts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    command._show(WorkReport(done=1, dead=2), as_json=False)

    assert "Partes que se dieron por perdidas: 2" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_what_it_began(
    waiting: Shell, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Exit 0, and the signal means again what it meant before."""
    before = signal.getsignal(number)

    def said(*arguments: Any) -> Any:
        os.kill(os.getpid(), number)
        return model(obedient)(*arguments)

    waiting.chat = FakeChatHosts(otherwise=said)
    result = waiting.run("worker")

    assert result.exit_code == 0, result.output
    assert "Esperando trabajos" in result.stdout and "Partes hechas: 2" in result.stdout
    assert signal.getsignal(number) is before
