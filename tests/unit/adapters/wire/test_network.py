"""The line's every wait is cut to the limits, by a clock that the test moves."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import httpcore
import pytest

from llama_marketing.adapters.wire import network
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.network import (
    CONNECT_SECONDS,
    GuardedBackend,
    TimedStream,
    TimeLimits,
    resolve,
)
from llama_marketing.domain.deadline import Deadline

Pair = tuple[TimedStream, socket.socket]


class FakeClock:
    """A monotonic clock that stands still."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.time


@pytest.fixture
def clock() -> FakeClock:
    """A clock at 100."""
    return FakeClock()


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A line and its other end."""
    ours, theirs = socket.socketpair()
    with theirs:
        line = TimedStream(ours)
        yield line, theirs
        line.close()


def limits(clock: FakeClock, seconds: float, idle: float | None = None) -> TimeLimits:
    """Limits that many seconds from now."""
    return TimeLimits(Deadline(clock() + seconds, clock), secure=False, idle=idle)


def test_a_wait_is_the_shorter_of_idle_and_deadline(clock: FakeClock) -> None:
    """And shrinks as time goes by."""
    terms = limits(clock, 30.0, idle=20.0)
    assert (terms.wait(), terms.left()) == (20.0, 30.0)
    clock.time += 25.0
    assert terms.wait() == 5.0
    clock.time += 25.0
    assert (terms.wait(), terms.left(), terms.connect()) == (0.0, 0.0, 0.0)
    assert limits(clock, 30.0).wait() == 30.0


def test_connecting_has_one_limit_for_all_its_steps(clock: FakeClock) -> None:
    """Counted from the first step."""
    terms = limits(clock, 30.0)
    clock.time += 5.0
    assert terms.connect() == CONNECT_SECONDS
    clock.time += 1.0
    assert terms.connect() == CONNECT_SECONDS - 1.0
    clock.time += 9.0
    assert terms.connect() == 0.0
    assert limits(clock, 1.0).connect() == 1.0


def test_bytes_go_both_ways(clock: FakeClock, pair: Pair) -> None:
    """More than a socket's buffer takes at once."""
    line, other = pair
    sent = b"x" * 3_000_000
    seen = bytearray()

    def drain() -> None:
        while len(seen) < len(sent):
            seen.extend(other.recv(65_536))

    reader = threading.Thread(target=drain)
    reader.start()
    line.write(sent, limits(clock, 5.0))
    line.write(b"", limits(clock, 5.0))
    reader.join(5.0)
    other.sendall(b"hola")

    assert bytes(seen) == sent
    assert line.get_extra_info("is_readable") is True
    assert line.read(2, limits(clock, 5.0)) == b"ho"
    assert line.read(9, limits(clock, 5.0)) == b"la"
    assert line.get_extra_info("is_readable") is False
    assert line.get_extra_info("ssl_object") is None
    assert line.get_extra_info("server_addr") is None


def test_no_read_or_write_starts_after_the_deadline(clock: FakeClock, pair: Pair) -> None:
    """Not even for bytes that are there."""
    line, other = pair
    other.sendall(b"hola")

    with pytest.raises(httpcore.ReadTimeout):
        line.read(4, limits(clock, 0.0))
    with pytest.raises(httpcore.WriteTimeout):
        line.write(b"x", limits(clock, 0.0))


def test_a_read_and_a_write_wait_no_longer_than_they_may(clock: FakeClock, pair: Pair) -> None:
    """The other end says nothing and takes nothing."""
    line, _ = pair

    with pytest.raises(httpcore.ReadTimeout):
        line.read(4, limits(clock, 0.05))
    with pytest.raises(httpcore.ReadTimeout):
        line.read(4, limits(clock, 60.0, idle=0.05))
    with pytest.raises(httpcore.WriteTimeout):
        line.write(b"x" * 10_000_000, limits(clock, 0.05))


def test_a_line_that_is_gone_is_an_error_of_the_line(clock: FakeClock, pair: Pair) -> None:
    """After the other end left, and after we closed."""
    line, other = pair
    other.close()
    assert line.read(4, limits(clock, 5.0)) == b""
    with pytest.raises(httpcore.WriteError):
        line.write(b"x" * 1_000_000, limits(clock, 5.0))

    line.close()
    line.close()
    line.abort()
    assert line.get_extra_info("is_readable") is True
    with pytest.raises(httpcore.ReadError):
        line.read(4, limits(clock, 5.0))


@pytest.mark.parametrize("way", ["abort", "close"])
def test_dropping_a_line_wakes_who_reads_it(clock: FakeClock, pair: Pair, way: str) -> None:
    """In another thread, at once."""
    line, _ = pair
    ended = threading.Event()

    def read() -> None:
        try:
            line.read(4, limits(clock, 60.0))
        except httpcore.ReadError:
            pass
        finally:
            ended.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert not ended.wait(0.05)
    getattr(line, way)()

    assert ended.wait(5.0)
    reader.join(5.0)


def test_no_handshake_starts_after_its_limit(clock: FakeClock, pair: Pair) -> None:
    """And the line is closed."""
    line, _ = pair

    with pytest.raises(httpcore.ConnectTimeout):
        line.start_tls(ssl.create_default_context(), "a.test", limits(clock, 0.0))
    with pytest.raises(httpcore.ReadError):
        line.read(1, limits(clock, 5.0))


def test_no_connecting_starts_after_its_limit(clock: FakeClock) -> None:
    """The name is a literal, so nothing is asked of the resolver's thread."""
    backend = GuardedBackend(EndpointGuard.parse("127.0.0.1:9"))

    with pytest.raises(httpcore.ConnectTimeout):
        backend.connect_tcp("127.0.0.1", 9, limits(clock, 0.0))


def test_a_closed_address_is_not_connected_to(clock: FakeClock) -> None:
    """The network is the second wall behind the transport's."""
    backend = GuardedBackend(EndpointGuard())

    with pytest.raises(httpcore.ConnectError, match="does not allow"):
        backend.connect_tcp("127.0.0.1", 9, limits(clock, 5.0))


def test_a_name_is_looked_up_once_for_all_that_wait_for_it() -> None:
    """A resolver that hangs must not cost a thread a call; another name is another look-up."""
    gate, asked = threading.Event(), []

    def slow(host: str, _port: int) -> tuple[()]:
        asked.append(host)
        gate.wait(30.0)
        return ()

    backend = GuardedBackend(EndpointGuard(), slow)
    before = threading.active_count()
    for name in ("a.test", "a.test", "a.test", "b.test"):
        deadline = Deadline(time.monotonic() + 0.02, time.monotonic)
        with pytest.raises(httpcore.ConnectTimeout):
            backend.connect_tcp(name, 443, TimeLimits(deadline, secure=True))
    assert threading.active_count() == before + 2
    gate.set()

    assert asked == ["a.test", "b.test"]


@pytest.mark.parametrize("raised", [OSError("x"), UnicodeError("x"), ValueError("x"), TypeError()])
def test_whatever_a_resolver_raises_the_name_has_no_address(raised: Exception) -> None:
    """At once, and the next call asks again."""
    asked: list[str] = []

    def broken(host: str, _port: int) -> tuple[()]:
        asked.append(host)
        raise raised

    backend = GuardedBackend(EndpointGuard(), broken)
    deadline = Deadline(time.monotonic() + 30.0, time.monotonic)
    for _ in range(2):
        with pytest.raises(httpcore.ConnectError):
            backend.connect_tcp("a.test", 443, TimeLimits(deadline, secure=True))

    assert asked == ["a.test", "a.test"]


def test_what_must_end_soon_waits_no_longer(clock: FakeClock) -> None:
    """All of it together; a longer limit does not lift a shorter one."""
    terms = limits(clock, 30.0)
    terms.answered = True
    terms.end_within(2.0)
    terms.end_within(9.0)
    assert (terms.left(), terms.wait()) == (2.0, 2.0)
    clock.time += 3.0
    assert terms.left() == 0.0


def test_the_system_resolves_a_literal_to_itself() -> None:
    """Without asking anybody."""
    assert {found[4][0] for found in resolve("127.0.0.1", 80)} == {"127.0.0.1"}


def test_a_read_ends_when_nobody_waits_for_it_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before the deadline, though the host says nothing."""
    monkeypatch.setattr(network, "LOOK_SECONDS", 0.01)
    looked: list[None] = []

    def abandoned() -> bool:
        looked.append(None)
        return len(looked) > 3

    ours, theirs = socket.socketpair()
    limits = TimeLimits(Deadline(time.monotonic() + 600, time.monotonic, abandoned), False)
    with ours, theirs, pytest.raises(httpcore.ReadTimeout):
        TimedStream(ours).read(1, limits)
