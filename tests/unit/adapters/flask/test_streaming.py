"""The body of a streamed answer: heartbeats, one end, and readers that leave."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from llama_marketing.adapters.flask import streaming
from llama_marketing.adapters.flask.streaming import (
    QUEUE_FRAMES,
    ReaderLine,
    SseBody,
    StreamGate,
    sse_response,
)
from llama_marketing.domain.errors import Overloaded, StoreUnavailable
from llama_marketing.domain.generation.models import StreamEvent


class ScriptedStream:
    """A generation's stream that says what it is told; ``None`` is silence until it is closed."""

    def __init__(self, *script: str | Exception | None) -> None:
        self.script = script
        self.closed = 0
        self.taken = 0
        self._over = threading.Event()

    def __iter__(self) -> Iterator[StreamEvent]:
        for item in self.script:
            self.taken += 1
            if isinstance(item, Exception):
                raise item
            if item is None:
                self._over.wait(30)
                return
            if item == "fin":
                yield StreamEvent("done", {})
            else:
                yield StreamEvent("delta", {"variation": 0, "text": item})

    def close(self) -> None:
        """Wake whoever waits for the host."""
        self.closed += 1
        self._over.set()


def frame(event: StreamEvent) -> bytes:
    """The text between bars, so that frames are told apart."""
    return f"|{event.text}|".encode()


def body_of(
    stream: ScriptedStream,
    ended: list[str],
    heartbeat: float = 5.0,
    reader: ReaderLine | None = None,
) -> SseBody:
    """A body that notes when it ended."""
    return SseBody(stream, frame, lambda: ended.append("end"), heartbeat, reader)


def test_every_frame_comes_once_and_in_order() -> None:
    """Then the stream is closed, and the end told once."""
    ended: list[str] = []
    stream = ScriptedStream("a", "b", "c")
    body = body_of(stream, ended)

    assert b"".join(body) == b"|a||b||c|"
    body.close()
    assert list(body) == []
    assert (stream.closed, ended) == (1, ["end"])


def test_a_silent_host_is_bridged_by_comments() -> None:
    """As often as the heartbeat says."""
    ended: list[str] = []
    body = body_of(ScriptedStream("a", None), ended, heartbeat=0.02)

    assert next(body) == b"|a|"
    assert next(body) == next(body) == b": \n\n"
    body.close()
    assert ended == ["end"]


def test_a_body_that_nobody_reads_still_ends() -> None:
    """A server closes it without ever asking for a frame."""
    ended: list[str] = []
    stream = ScriptedStream("a")
    body_of(stream, ended).close()

    assert (stream.closed, stream.taken, ended) == (1, 0, ["end"])


def test_a_reader_that_hung_up_ends_a_silent_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting for a heartbeat to fail."""
    monkeypatch.setattr(streaming, "PROBE_SECONDS", 0.01)
    ended: list[str] = []
    stream = ScriptedStream("a", None)
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours:
        body = body_of(stream, ended, heartbeat=60, reader=ReaderLine(ours))

        assert list(body) == [b"|a|"]
    assert (stream.closed, ended) == (1, ["end"])


def test_a_reader_that_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pump does not wait for ever with a full queue."""
    monkeypatch.setattr(streaming, "PUT_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "SLOW_READER_SECONDS", 0.05)
    ended: list[str] = []
    stream = ScriptedStream(*["x"] * (QUEUE_FRAMES * 3))
    body = body_of(stream, ended)
    next(body)
    deadline = time.monotonic() + 20
    while not ended and time.monotonic() < deadline:
        time.sleep(0.01)

    assert (ended, stream.closed) == (["end"], 1)
    assert stream.taken < len(stream.script)


def test_a_write_that_waits_for_its_reader_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the host has ended long ago, else the server's thread would wait for ever."""
    monkeypatch.setattr(streaming, "PUT_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "SLOW_READER_SECONDS", 0.05)
    ended: list[str] = []
    ours, theirs = socket.socketpair()
    with ours, theirs:
        body = body_of(ScriptedStream("a", "fin"), ended, reader=ReaderLine(ours))
        ours.settimeout(30)
        frame = next(body)
        with pytest.raises(BrokenPipeError):
            # More than any buffer takes.
            ours.sendall(frame * 10_000_000)

    assert ended == ["end"]


def test_a_slow_host_is_no_slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the time that a write takes counts."""
    monkeypatch.setattr(streaming, "PUT_SECONDS", 0.01)
    monkeypatch.setattr(streaming, "SLOW_READER_SECONDS", 0.05)
    ended: list[str] = []
    stream = ScriptedStream("a", None)
    body = body_of(stream, ended, heartbeat=0.2)

    assert [next(body) for _ in range(3)] == [b"|a|", b": \n\n", b": \n\n"]
    assert ended == []
    body.close()


def test_a_store_that_cannot_book_the_end_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The sweep books it; the server has nobody to tell."""
    ended: list[str] = []
    kept: list[str | None] = []
    stream = ScriptedStream("a")

    def fail() -> None:
        raise StoreUnavailable("down")

    stream.close = fail  # type: ignore[method-assign]  # the store fails at settlement
    body = body_of(stream, ended)
    body.record(kept.append)
    body.close()

    assert (ended, kept) == (["end"], [None])
    assert "not booked before a sweep: store_unavailable" in caplog.text


def test_an_unexpected_error_ends_the_line_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The thread does not die in silence."""
    ended: list[str] = []

    assert b"".join(body_of(ScriptedStream("a", RuntimeError("bug")), ended)) == b"|a|"
    assert ended == ["end"]
    assert "unexpected error" in caplog.text


def test_a_whole_stream_is_recorded_and_a_broken_one_is_not() -> None:
    """What may be repeated is only what was written to the end."""
    kept: list[str | None] = []
    whole = body_of(ScriptedStream("a", "fin"), [])
    whole.record(kept.append)
    list(whole)
    broken = body_of(ScriptedStream("a", None), [], heartbeat=0.02)
    broken.record(kept.append)
    next(broken)
    broken.close()

    assert kept == ["|a|||", None]


def test_the_end_is_told_though_closing_the_stream_failed() -> None:
    """A store that is down must not keep the place in the gate."""
    ended: list[str] = []
    stream = ScriptedStream("a")

    def fail() -> None:
        raise RuntimeError("store down")

    stream.close = fail  # type: ignore[method-assign]  # the store fails at settlement
    body = body_of(stream, ended)
    with pytest.raises(RuntimeError):
        body.close()

    assert ended == ["end"]


def test_the_gate_lets_so_many_in_and_no_more() -> None:
    """A place that is left is free again."""
    gate = StreamGate(2)
    gate.enter()
    gate.enter()
    with pytest.raises(Overloaded) as refused:
        gate.enter()
    gate.leave()
    gate.enter()

    assert refused.value.retry_after == 2


def test_the_headers_keep_proxies_from_holding_frames_back() -> None:
    """And caches from keeping them; closing the answer closes the body."""
    ended: list[str] = []
    response = sse_response(body_of(ScriptedStream("a"), ended))

    assert response.headers["X-Accel-Buffering"] == "no"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "text/event-stream"
    response.close()
    assert ended == ["end"]


def _wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["gunicorn.socket", "werkzeug.socket"])
@pytest.mark.parametrize("timeout", [None, 30.0])
def test_a_line_tells_that_the_other_end_hung_up(name: str, timeout: float | None) -> None:
    """Also behind bytes that nobody read, and at once on a socket with a timeout."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        theirs = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
    ours.settimeout(timeout)
    with ours:
        line = ReaderLine.of({name: ours})
        assert not line.hung_up()
        theirs.send(b"x")
        assert not line.hung_up()
        theirs.close()
        _wait_until(line.hung_up)
    assert line.hung_up()
    line.drop()


def test_a_server_that_hides_its_socket_is_no_reader_that_left() -> None:
    """Then only a write tells."""
    for environ in ({}, {"gunicorn.socket": "no socket"}):
        line = ReaderLine.of(environ)
        line.drop()
        assert not line.hung_up()
