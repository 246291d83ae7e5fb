"""A real ``llama-marketing serve`` in a process of its own, over the raw-socket fake host."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import httpx

from tests.fake_host import FakeHost

CLIENT = "/api/v1/organization/org1/clients/cli1"
COMMAND = (sys.executable, "-c", "from llama_marketing.adapters.cli.main import main; main()")
POST = {"useCase": "social_post", "platform": "instagram", "prompt": "Buen Fin en Café Azul"}
STREAMED = {"Accept": "text/event-stream"}


@attrs.frozen
class Served:
    """A running server: where it listens and which process group it is."""

    base_url: str
    process: subprocess.Popen[bytes]
    environ: Mapping[str, str]

    @property
    def client_url(self) -> str:
        """The root of the usual client's routes."""
        return self.base_url + CLIENT

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return int(self.base_url.rsplit(":", 1)[1])

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def threads(self) -> int:
        """How many threads the workers have."""
        return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in self.workers())

    def total_requests(self) -> int:
        """How many operations the books have, seen through the usage route."""
        found = httpx.get(f"{self.client_url}/ai-providers/meta/usage", timeout=30)
        return int(found.json()["totalRequests"])


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def environment(host: FakeHost, folder: Path, **variables: str) -> dict[str, str]:
    """The variables of a server that may call the fake host."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("LLAMA_")},
        "AI_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "LLAMA_MARKETING_STORE": f"sqlite:///{folder / 'store.db'}",
        "LLAMA_MARKETING_ALLOWED_ENDPOINTS": host.endpoint,
        **variables,
    }


@contextmanager
def serving(host: FakeHost, folder: Path, *options: str, **variables: str) -> Iterator[Served]:
    """A server that answers; it is killed at the end if it still runs."""
    port = free_port()
    environ = environment(host, folder, **variables)
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), *options],
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://127.0.0.1:{port}", process, environ)
    try:
        wait_until(lambda: _answers(served), 30)
        yield served
    finally:
        if process.poll() is None:
            for pid in served.workers():
                os.kill(pid, 9)
            process.kill()
        process.wait(10)


def configure(served: Served, host: FakeHost, **fields: Any) -> None:
    """Configure the usual client on the fake host; every request of it goes there."""
    form = {
        "hostingProvider": "self_hosted",
        "apiEndpoint": host.base_url,
        "apiKey": "sk-canary-0123456789abcdef",
        "enabled": True,
        "fallbackModelId": None,
        "cacheHours": 0,
        **fields,
    }
    made = httpx.post(f"{served.client_url}/ai-providers/meta", json=form, timeout=30)
    assert made.status_code == 201, made.text


def wait_until(happened: Any, seconds: float) -> None:
    """Wait until something holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, "the server ended"
    try:
        return httpx.get(f"{served.base_url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
