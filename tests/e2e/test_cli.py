"""The command line as a process of its own, on the real llama.cpp server."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from tests.e2e.embedded import (
    OWNER,
    POST,
    command,
    configured,
    environment,
    needs_the_model,
    process_environment,
)

PROMPT = str(POST["prompt"])
GENERATE = ("generate", *OWNER, "--platform", "instagram", "--max-length", "280")

pytestmark = [pytest.mark.slow, needs_the_model]


@attrs.frozen
class Terminal:
    """Runs commands in an environment that holds a configured client."""

    environ: dict[str, str]
    key: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; the host's key is on no output."""
        result = subprocess.run(
            command(*arguments),
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert self.key not in result.stdout + result.stderr
        return result


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One server and one store for all tests of this file."""
    folder = tmp_path_factory.mktemp("cli")
    with EmbeddedServer(context=2048, slots=1) as server:
        environ = environment(server, folder)
        configured(server, environ, 200)
        yield Terminal(process_environment(environ), server.key.reveal())


def requests(terminal: Terminal) -> int:
    """How many operations are booked."""
    return int(json.loads(terminal.run("usage", *OWNER, "--json").stdout)["totalRequests"])


def test_generate_streams_into_a_pipe_and_books_once(terminal: Terminal) -> None:
    """Text, then who wrote it and what it took."""
    before = requests(terminal)
    result = terminal.run(*GENERATE, PROMPT)

    assert result.returncode == 0, result.stderr
    text, _, summary = result.stdout.partition("\n\nEscribió")
    assert text.strip()
    assert '"content"' not in text
    assert "smollm2-135m-instruct en self_hosted" in summary
    assert "price_missing" in summary
    assert requests(terminal) == before + 1


def test_generate_as_json_is_one_document(terminal: Terminal) -> None:
    """Nothing else is on standard output."""
    result = terminal.run(*GENERATE, "--prompt", PROMPT, "--json")

    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert answer["content"]
    assert answer["metadata"]["servedBy"]["host"] == "self_hosted"


def test_ctrl_c_in_the_middle_exits_with_130_and_is_booked(terminal: Terminal) -> None:
    """The line to the host is closed and nothing stays reserved."""
    before = requests(terminal)
    # A shell's child may have been told to ignore Ctrl-C; a person's terminal never does.
    with subprocess.Popen(
        command(*GENERATE, PROMPT, "--variations", "5"),
        env=terminal.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    usage = json.loads(terminal.run("usage", *OWNER, "--json").stdout)

    assert first.strip()
    assert process.returncode == 130, told
    assert "Cancelado" in told
    assert usage["totalRequests"] == before + 1
    assert usage["quota"]["reserved"] == 0


def test_validate_and_doctor_try_the_server(terminal: Terminal) -> None:
    """Both end with 0 on a server that works."""
    validated = terminal.run("validate", *OWNER, "--json")
    examined = terminal.run("doctor", *OWNER)

    assert json.loads(validated.stdout)["outcome"] == "ok"
    assert (validated.returncode, examined.returncode) == (0, 0)
    assert "fallo" not in examined.stdout


def test_a_domain_error_exits_with_1_and_bad_usage_with_2(terminal: Terminal) -> None:
    """As scripts rely on; an error leaves standard output empty."""
    unknown = terminal.run("generate", "--org", "org1", "--client", "nadie", "hola")
    wrong = terminal.run("generate", "--org", "org1")

    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "(not_configured)" in unknown.stderr
    assert wrong.returncode == 2


def test_a_file_that_is_not_ours_is_told(terminal: Terminal, tmp_path: Path) -> None:
    """No traceback, and the file stays as it was."""
    (tmp_path / "otro.db").write_bytes(b"esto no es una base de datos" * 100)
    terminal = attrs.evolve(
        terminal,
        environ={**terminal.environ, "LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'otro.db'}"},
    )
    result = terminal.run("usage", *OWNER)

    assert result.returncode == 1
    assert "(store_incompatible)" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "otro.db").read_bytes().startswith(b"esto no es")
