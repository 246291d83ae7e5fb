"""Streams on real gunicorn, whatever their readers do: one entry each, nothing left open."""

from __future__ import annotations

import json
import random
import signal
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Crowd, Variables
from tests.e2e.serving import CLIENT, POST, STREAMED, Served, configure, serving, wait_until
from tests.fake_host import (
    DONE,
    FakeHost,
    Pause,
    Stall,
    chunk_object,
    completion,
    event,
    raw,
    status,
    stream_steps,
    streamed,
    usage_of,
)

pytestmark = pytest.mark.slow

COPY = '{"content": "Buen Fin en Café Azul. ¿Vienes?", "hashtags": [], "emojis": []}'
PIECES = [event(chunk_object(COPY[place : place + 8])) for place in range(0, len(COPY), 8)]
END = [
    event(chunk_object(finish="stop")),
    event(chunk_object(usage=usage_of(), choices=False)),
    DONE,
]


def frames(text: str) -> list[str]:
    """The names of a stream's events, in order."""
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event")]


def read(served: Served, leave_after: int | None, timeout: float = 60) -> list[str]:
    """Read a stream; leave after that many bytes, or at the end."""
    seen = b""
    url = f"{served.client_url}/ai/meta/generate"
    with (
        httpx.Client(timeout=timeout) as client,
        client.stream("POST", url, json=POST, headers=STREAMED) as answer,
    ):
        assert answer.status_code == 200
        if leave_after != 0:
            for chunk in answer.iter_raw():
                seen += chunk
                if leave_after is not None and len(seen) >= leave_after:
                    break
    return frames(seen.decode())


def ask_and_leave(served: Served, host: FakeHost | None = None, crowd: int = 0) -> None:
    """Ask for a stream and hang up before any answer; once all asked the host, if it is given."""
    body = json.dumps(POST).encode()
    head = (
        f"POST {CLIENT}/ai/meta/generate HTTP/1.1\r\nHost: localhost\r\n"
        "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", served.port), 30) as line:
        line.sendall(head.encode() + body)
        if host is not None:
            assert host.wait_for_requests(crowd, 30)


def test_a_crowd_of_readers_that_leave_at_random_are_booked_once_each(
    tmp_path: Path, store: Variables, crowd: Crowd
) -> None:
    """Before any answer, before the first frame, in the middle, while the host is silent."""
    chance = random.Random(7)
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.script(streamed(COPY))
        read(served, None)
        baseline = served.threads()
        silent = stream_steps(*PIECES[:3], Stall())
        slow = stream_steps(*(step for piece in PIECES for step in (piece, Pause(0.2))), *END)
        kinds = [chance.choice((silent, slow)) for _ in range(crowd.size)]
        host.script(*kinds)
        # Who reads to the end of a silent host's answer never comes back: all of these leave.
        leaves = [chance.choice((None, 0, 1, 160)) for _ in range(crowd.size)]
        readers = [
            threading.Thread(target=ask_and_leave, args=(served,))
            if leave is None
            else threading.Thread(target=read, args=(served, leave))
            for leave in leaves
        ]
        crowd.come(readers, host)
        for reader in readers:
            reader.join(60)

        wait_until(lambda: served.total_requests() == crowd.size + 1, 60)
        time.sleep(1)
        assert served.total_requests() == crowd.size + 1
        wait_until(lambda: served.threads() <= baseline, 15)
        assert open_lines(served, host) == 0


def test_who_leaves_before_the_host_answered_is_booked_too(
    tmp_path: Path, store: Variables, crowd: Crowd
) -> None:
    """A host that takes the request and says nothing holds neither thread, line nor books."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.otherwise = raw(Stall())
        readers = [
            threading.Thread(target=ask_and_leave, args=(served, host, crowd.size))
            for _ in range(crowd.size)
        ]
        crowd.come(readers, host)
        for reader in readers:
            reader.join(60)

        wait_until(lambda: served.total_requests() == crowd.size, 60)
        wait_until(lambda: open_lines(served, host) == 0, 15)
        found = httpx.get(f"{served.client_url}/ai/meta/generations", timeout=30).json()["items"]
        assert {item["outcome"] for item in found} == {"aborted"}


def open_lines(served: Served, host: FakeHost) -> int:
    """How many TCP lines the server still holds to the host (idle, pooled ones apart)."""
    wanted = f":{host.port:04X}"
    found = 0
    for pid in served.workers():
        for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[2].endswith(wanted) and fields[3] == "01" and fields[9] in _inodes(pid):
                found += 1
    return found


def _inodes(pid: int) -> set[str]:
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except OSError:
            continue
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def test_a_crowd_of_streams_is_open_at_once(tmp_path: Path, store: Variables, crowd: Crowd) -> None:
    """Each gets its whole answer, with exactly one terminal frame."""
    answer = stream_steps(*PIECES[:2], Pause(3), *PIECES[2:], *END)
    results: list[list[str]] = []
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.otherwise = answer
        readers = [
            threading.Thread(target=lambda: results.append(read(served, None)))
            for _ in range(crowd.size)
        ]
        crowd.come(readers, host)
        for reader in readers:
            # One after the other would take five minutes, and leave results behind.
            reader.join(60)

    assert len(results) == crowd.size
    assert {tuple(sorted(set(found))) for found in results} == {("delta", "done", "start", "usage")}
    assert all(found[-1] == "done" and found.count("done") == 1 for found in results)


def test_over_the_gate_a_stream_is_refused_before_any_hold(
    tmp_path: Path, store: Variables
) -> None:
    """503 with Retry-After; other routes go on."""
    with FakeHost() as host, serving(host, tmp_path, "--threads", "3", **store) as served:
        configure(served, host)
        host.otherwise = stream_steps(*PIECES[:2], Pause(4), *PIECES[2:], *END)
        readers = [threading.Thread(target=read, args=(served, None)) for _ in range(2)]
        for reader in readers:
            reader.start()
        assert host.wait_for_requests(2)

        url = f"{served.client_url}/ai/meta/generate"
        refused = httpx.post(url, json=POST, headers=STREAMED, timeout=30)

        assert refused.status_code == 503
        assert refused.json()["code"] == "overloaded"
        assert int(refused.headers["Retry-After"]) >= 1
        for reader in readers:
            reader.join(30)
        assert served.total_requests() == 2


def test_what_fails_before_the_stream_is_a_status_and_later_an_error_frame(
    tmp_path: Path, store: Variables
) -> None:
    """A host's 401 is 409 bad_key; a line that dies in the middle is the last frame."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        url = f"{served.client_url}/ai/meta/generate"
        host.script(status(401), stream_steps(*PIECES[:3]))

        refused = httpx.post(url, json=POST, headers=STREAMED, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (409, "bad_key")

        broken = httpx.post(url, json=POST, headers=STREAMED, timeout=30)
        assert broken.status_code == 200
        last = json.loads(broken.text.strip().splitlines()[-1].removeprefix("data: "))
        assert frames(broken.text)[-1] == "error"
        assert (last["type"], last["code"], last["status"]) == ("error", "truncated", 502)
        assert last["detail"] == last["message"]
        assert last["detail"].endswith(".")


def test_a_silent_host_is_bridged_by_a_heartbeat(tmp_path: Path, store: Variables) -> None:
    """So a reader's proxy keeps the line, and a reader that left is noticed."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.script(stream_steps(*PIECES[:2], Pause(6), *PIECES[2:], *END))

        answer = httpx.post(
            f"{served.client_url}/ai/meta/generate", json=POST, headers=STREAMED, timeout=60
        )

        assert ": \n\n" in answer.text
        assert frames(answer.text)[-1] == "done"


def test_a_running_generation_settles_on_sigterm(tmp_path: Path, store: Variables) -> None:
    """The reader gets its answer, and the server ends by itself."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.otherwise = stream_steps(*PIECES[:2], Pause(3), *PIECES[2:], *END)
        found: list[str] = []
        reader = threading.Thread(target=lambda: found.extend(read(served, None)))
        reader.start()
        assert host.wait_for_requests(1)
        time.sleep(0.5)

        served.process.send_signal(signal.SIGTERM)
        reader.join(30)

        assert found[-1] == "done"
        assert served.process.wait(20) == 0


def test_an_idle_server_ends_at_once_on_sigterm(tmp_path: Path, store: Variables) -> None:
    """Within ten seconds when nothing runs."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(10) == 0


def test_lines_on_which_nobody_asks_keep_no_server_alive(tmp_path: Path, store: Variables) -> None:
    """A kept one, an empty one and half a request are no running generations."""
    address = "127.0.0.1"
    with FakeHost() as host, serving(host, tmp_path, **store) as served, httpx.Client() as kept:
        assert kept.get(f"{served.base_url}/healthz", timeout=30).status_code == 200
        with (
            socket.create_connection((address, served.port)),
            socket.create_connection((address, served.port)) as half,
        ):
            half.sendall(b"GET /healthz HTTP/1.1\r\nHo")
            time.sleep(0.5)
            served.process.send_signal(signal.SIGTERM)

            assert served.process.wait(10) == 0


def test_half_sent_requests_take_no_thread_for_long(tmp_path: Path, store: Variables) -> None:
    """More of them than there are threads, with half a head or half a body."""
    with FakeHost() as host, serving(host, tmp_path, "--threads", "3", **store) as served:
        lines = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(6)]
        url = f"{CLIENT}/ai/meta/generate"
        whole = f"POST {url} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        for line in lines[:3]:
            line.sendall(whole.encode())
        for line in lines[3:]:
            line.sendall(f"{whole}Content-Length: 9\r\n\r\n{{".encode())

        assert httpx.get(f"{served.base_url}/healthz", timeout=60).status_code == 200
        for line in lines:
            line.close()


def test_two_workers_share_one_store(tmp_path: Path, store: Variables) -> None:
    """What one books the other shows."""
    with FakeHost() as host, serving(host, tmp_path, "--workers", "2", **store) as served:
        configure(served, host)
        host.otherwise = completion(COPY)
        for _ in range(8):
            url = f"{served.client_url}/ai/meta/generate"
            assert httpx.post(url, json=POST, timeout=30).status_code == 200

        assert {served.total_requests() for _ in range(8)} == {8}


def test_streamed_works_from_the_body_alone(tmp_path: Path, store: Variables) -> None:
    """``"stream": true`` needs no Accept header."""
    with FakeHost() as host, serving(host, tmp_path, **store) as served:
        configure(served, host)
        host.script(streamed(COPY))
        url = f"{served.client_url}/ai/meta/generate"

        answer = httpx.post(url, json={**POST, "stream": True}, timeout=30)

        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"
        assert frames(answer.text)[0] == "start"
