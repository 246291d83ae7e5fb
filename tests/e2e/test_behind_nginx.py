"""A stream through nginx as Debian ships it: frames come when they are written."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.e2e.serving import CLIENT, POST, STREAMED, configure, free_port, serving, wait_until
from tests.e2e.test_streams_and_readers import END, PIECES
from tests.fake_host import FakeHost, Pause, stream_steps

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]

SITE = """
pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{}}
http {{
  access_log off; gzip on;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {upstream}; }} }}
}}
"""
"""Nothing but where its files lie and ``proxy_pass``: buffering stays as it is by default."""


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[str]:
    """A proxy before the server; answers its base URL."""
    port = free_port()
    site = folder / "nginx.conf"
    site.write_text(SITE.format(folder=folder, port=port, upstream=upstream))
    process = subprocess.Popen(["nginx", "-c", str(site), "-g", "daemon off;"])
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(base), 15)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz", timeout=5, headers={"Host": "localhost"}).is_success
    except httpx.HTTPError:
        return False


def test_the_first_frame_comes_long_before_the_host_has_ended(tmp_path: Path) -> None:
    """The host goes on for two seconds; nginx holds nothing back."""
    answer = stream_steps(*(step for piece in PIECES for step in (piece, Pause(0.3))), *END)
    headers = {**STREAMED, "Host": "localhost", "Accept-Encoding": "gzip"}
    with (
        FakeHost() as host,
        serving(host, tmp_path) as served,
        nginx(tmp_path, served.base_url) as base,
    ):
        configure(served, host)
        host.otherwise = answer
        arrived: list[float] = []
        started = time.monotonic()
        with httpx.stream(
            "POST", f"{base}{CLIENT}/ai/meta/generate", json=POST, headers=headers, timeout=30
        ) as response:
            arrived.extend(time.monotonic() - started for chunk in response.iter_raw() if chunk)

    assert response.status_code == 200
    # Not a bound on speed: everything at once at the end is what buffering looks like.
    assert arrived[0] < arrived[-1] / 3
    assert len(arrived) > len(PIECES) // 2
