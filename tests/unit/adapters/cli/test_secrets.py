"""No API key can be given on a command line, and none is ever printed."""

from __future__ import annotations

import pytest
import typer.main

from llama_marketing.adapters.cli.main import app
from llama_marketing.domain.errors import BadKey
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import CANARY, FERNET, OWNER, Shell, reply

COMMANDS: list[tuple[str, ...]] = [
    ("generate", *OWNER, "hola"),
    ("generate", *OWNER, "hola", "--json"),
    ("usage", *OWNER),
    ("moderate", *OWNER, "Hola"),
    ("validate", *OWNER),
    ("validate", *OWNER, "--provider", "openai"),
    ("sweep",),
    ("rotate-keys", "--verbose"),
    ("rotate-keys", "--json"),
    ("config",),
    ("config", "--json"),
    ("doctor", *OWNER, "--verbose"),
    ("models",),
]


def test_no_option_takes_a_secret() -> None:
    """Arguments are seen by every user of a machine and stay in the shell's history."""
    group = typer.main.get_command(app)
    commands = getattr(group, "commands")  # noqa: B009 - typer's own type does not name it
    options = {
        name
        for command in commands.values()
        for parameter in command.params
        for name in parameter.opts
    }

    assert len(commands) == 19
    assert "--json" in options
    assert [name for name in options if any(w in name for w in ("key", "token", "secret"))] == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("host_refuses", [False, True])
def test_no_key_is_on_any_output(
    shell: Shell, command: tuple[str, ...], host_refuses: bool
) -> None:
    """Neither the client's key nor the operator's, whether the host takes it or not."""
    shell.environ["LLAMA_MARKETING_TOKEN"] = CANARY
    shell.chat = FakeChatHosts(otherwise=BadKey("401") if host_refuses else reply())
    result = shell.configure().run(*command)

    assert result.exit_code in (0, 1)
    printed = result.stdout + result.stderr
    assert printed
    assert [key for key in (CANARY, FERNET, CANARY[7:]) if key in printed] == []


def test_a_failure_of_ours_shows_no_local_variables() -> None:
    """A traceback with locals could show a key."""
    assert app.pretty_exceptions_enable is False
