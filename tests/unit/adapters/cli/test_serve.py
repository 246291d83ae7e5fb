"""``serve``: where it binds, what it says, and what stops it; gunicorn itself is not started."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from typer.testing import CliRunner

from llama_marketing.adapters.cli.main import app
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.server import gunicorn_server
from llama_marketing.adapters.server.gunicorn_server import Server, ServerOptions
from llama_marketing.app.settings import Settings
from tests.unit.app.samples import FERNET_KEY

ENVIRON = {"AI_ENCRYPTION_KEY": FERNET_KEY, "LLAMA_MARKETING_STORE": "memory://"}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[ServerOptions]:
    """The options of every server that would have run."""
    found: list[ServerOptions] = []

    class Standing:
        def __init__(self, settings: Settings, options: ServerOptions) -> None:
            found.append(options)

        def run(self) -> None:
            """Run nothing."""

    monkeypatch.setattr(gunicorn_server, "Server", Standing)
    return found


def serve(*options: str, **variables: str) -> Any:
    """Call the command."""
    return CliRunner().invoke(app, ["serve", *options], obj=Session(environ=ENVIRON | variables))


@pytest.mark.parametrize(
    ("asked", "token", "bound"),
    [
        ("0.0.0.0", "", "127.0.0.1"),
        ("::", " ", "127.0.0.1"),
        ("llm.example", "", "127.0.0.1"),
        ("127.0.0.2", "", "127.0.0.2"),
        ("::1", "", "::1"),
        ("0.0.0.0", "token", "0.0.0.0"),
    ],
)
def test_it_listens_beyond_this_machine_only_with_a_token(
    started: list[ServerOptions], asked: str, token: str, bound: str
) -> None:
    """And says which variable would open it."""
    result = serve("--host", asked, LLAMA_MARKETING_TOKEN=token)

    assert (result.exit_code, started[0].host) == (0, bound)
    assert ("LLAMA_MARKETING_TOKEN" in result.output) is not bool(token.strip())


def test_memory_is_no_store_for_several_workers(started: list[ServerOptions]) -> None:
    """Each process would have its own."""
    result = serve("--workers", "2")

    assert result.exit_code == 1
    assert "memory://" in result.output
    assert started == []


def test_a_wrong_setting_is_said_before_anything_starts(started: list[ServerOptions]) -> None:
    """Exit code 1, and no server."""
    assert serve(LLAMA_MARKETING_TIMEZONE="Luna/Mare").exit_code == 1
    assert started == []


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, not a traceback."""
    monkeypatch.delitem(sys.modules, gunicorn_server.__name__)
    monkeypatch.setitem(sys.modules, "gunicorn.app.base", None)

    result = serve()

    assert result.exit_code == 1
    assert "llama-marketing[server]" in result.output
    assert "Traceback" not in result.output


def test_gunicorn_gets_our_settings() -> None:
    """Threads, deadlines above the longest operation, and an address for IPv6."""
    server = Server(Settings.from_env(ENVIRON), ServerOptions(host="::1", port=81, threads=10))

    assert server.cfg.bind == ["[::1]:81"]
    assert (server.cfg.threads, server.cfg.workers) == (10, 1)
    assert server.cfg.timeout > 120
    assert server.cfg.graceful_timeout > 120
    assert not server.cfg.preload_app


def test_the_app_is_made_in_the_worker_and_closed_with_it() -> None:
    """Nothing is opened before the fork."""
    server = Server(Settings.from_env(ENVIRON), ServerOptions())

    made = server.load()

    assert made.test_client().get("/healthz").json == {"status": "ok"}
    server.cfg.worker_exit(None, None)
    server.cfg.worker_exit(None, None)
