"""``llama-marketing serve``: who may come in, and what it says when it cannot start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Variables
from tests.e2e.serving import COMMAND, Served, environment, free_port, serving
from tests.fake_host import FakeHost

pytestmark = pytest.mark.slow

TOKEN = "canary-token-0123456789"


def hosts_status(served: Served, **headers: str) -> int:
    """The status of a route that needs no client."""
    url = f"{served.base_url}/api/v1/ai-providers/meta/hosts"
    return httpx.get(url, headers=headers, timeout=30).status_code


def test_with_a_token_every_route_but_the_health_asks_for_it(
    tmp_path: Path, store: Variables
) -> None:
    """From Authorization only, before the body is looked at, and never shown."""
    with (
        FakeHost() as host,
        serving(host, tmp_path, LLAMA_MARKETING_TOKEN=TOKEN, **store) as served,
    ):
        assert hosts_status(served) == 401
        assert hosts_status(served, Authorization="Bearer wrong") == 401
        assert hosts_status(served, Authorization=f"Basic {TOKEN}") == 401
        assert hosts_status(served, Authorization=f"Bearer {TOKEN}") == 200
        assert hosts_status(served, Authorization=f"bearer {TOKEN}") == 200
        assert httpx.get(f"{served.base_url}/healthz", timeout=30).status_code == 200
        by_query = httpx.get(
            f"{served.base_url}/api/v1/ai-providers/meta/hosts?token={TOKEN}", timeout=30
        )
        assert by_query.status_code == 401
        strange = httpx.get(
            f"{served.base_url}/api/v1/ai-providers/meta/hosts",
            headers=[(b"Authorization", "Bearer ñandú".encode())],
            timeout=30,
        )
        assert strange.status_code == 401
        unread = httpx.post(f"{served.client_url}/ai/meta/generate", content=b"{", timeout=30)
        assert unread.status_code == 401
        assert unread.headers["content-type"] == "application/problem+json"
        log = (tmp_path / "serve.log").read_text()
        assert TOKEN not in log


@pytest.mark.parametrize("token", ["", "   "])
def test_without_a_token_it_listens_on_loopback_whatever_is_asked(
    tmp_path: Path, token: str
) -> None:
    """It says so, asks for nothing there, and answers no other name."""
    options = ("--host", "0.0.0.0")
    with (
        FakeHost() as host,
        serving(host, tmp_path, *options, LLAMA_MARKETING_TOKEN=token) as served,
    ):
        assert hosts_status(served) == 200
        assert hosts_status(served, Host="evil.example") == 403
        log = (tmp_path / "serve.log").read_text()
        assert "LLAMA_MARKETING_TOKEN" in log
        assert "127.0.0.1" in log
        port = served.port
        listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
        addresses = {
            line.split()[1] for line in listening if line.split()[1].endswith(f":{port:04X}")
        }
        assert f"00000000:{port:04X}" not in addresses


def test_every_answer_carries_the_headers_that_keep_browsers_away(
    tmp_path: Path, store: Variables
) -> None:
    """Also a problem of the router."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        for path in ("/healthz", "/nowhere", "/api/v1/ai-providers/meta/hosts"):
            answer = httpx.get(served.base_url + path, timeout=30)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        missing = httpx.get(f"{served.base_url}/nowhere", timeout=30)
        assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
        refused = httpx.post(f"{served.base_url}/healthz", timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("variables", "options", "said"),
    [
        ({"AI_ENCRYPTION_KEY": ""}, (), "AI_ENCRYPTION_KEY"),
        ({"AI_ENCRYPTION_KEY": "canary-key"}, (), "AI_ENCRYPTION_KEY"),
        ({"LLAMA_MARKETING_STORE": "postgres://x"}, (), "LLAMA_MARKETING_STORE"),
        ({"LLAMA_MARKETING_STORE": "memory://"}, ("--workers", "2"), "memory://"),
    ],
)
def test_what_is_wrong_is_said_before_anything_listens(
    tmp_path: Path, variables: dict[str, str], options: tuple[str, ...], said: str
) -> None:
    """Exit code 1, the variable's name, never a secret's value."""
    with FakeHost() as host:
        ended = subprocess.run(
            [*COMMAND, "serve", "--port", str(free_port()), "--verbose", *options],
            env=environment(host, tmp_path) | variables,
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert ended.returncode == 1
    assert said in ended.stderr
    assert "canary" not in ended.stdout + ended.stderr
