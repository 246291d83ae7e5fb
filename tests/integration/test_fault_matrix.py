"""The fault matrix F1-F25 over every dialect, whole and streamed, on real sockets.

The promise: every fault ends in a typed error or a result, in the deadline plus half a second,
and leaves no socket, no thread and no memory behind. The faults themselves are data:
tests/hosts/faults.py.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any, Final

import attrs
import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import ChatDelta, FinishReason, HostTarget, ReportedUsage
from llama_marketing.domain.errors import (
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    Refused,
    Truncated,
)
from llama_marketing.ports.chat import ChatStream
from tests.fake_host import (
    Answer,
    FakeHost,
    Step,
    as_json,
    chat_call,
    chunked,
    head,
    raw,
    status,
    within,
)
from tests.hosts.dialects import BY_DIALECT
from tests.hosts.faults import FAULTS, HOSTILE_DATE, Fault, head_for, payload
from tests.hosts.speaker import TEXT, Said, Speaker, target_on
from tests.hosts.speakers import bundled_rows, row_of

D: Final = 2.0
"""Seconds that one call may take."""
GRACE: Final = 0.5
KEY: Final = "CANARY-0123456789abcdef"
MEMORY_KB: Final = 32 * 1024

every_dialect = pytest.mark.parametrize("dialect", sorted(BY_DIALECT))
sse_dialects = pytest.mark.parametrize(
    "dialect",
    sorted(name for name, one in BY_DIALECT.items() if one.stream_type == "text/event-stream"),
)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """The machine that lies."""
    with FakeHost() as fake:
        yield fake


@pytest.fixture
def hosts(host: FakeHost) -> Iterator[HttpChatHosts]:
    """The adapter, allowed to call that machine."""
    adapter = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
    yield adapter
    adapter.close()


def row_for(dialect: str) -> HostRow:
    """The row that the dialect's speaker speaks for."""
    row = row_of(BY_DIALECT[dialect])
    assert row is not None
    assert row.dialect == dialect
    return row


@attrs.frozen
class Outcome:
    """How a call ended, and how long it took; only our own errors are caught."""

    text: str
    fault: HostError | None
    seconds: float
    finish: FinishReason | None = None
    usage: ReportedUsage | None = None
    warnings: Sequence[str] = ()
    refusal: bool = False


def call(
    hosts: HttpChatHosts, target: HostTarget, streamed: bool, seconds: float = D, **changes: Any
) -> Outcome:
    """One call; anything that is no HostError escapes and fails the test."""
    began = time.monotonic()
    deltas: list[ChatDelta] = []
    asked = chat_call(**changes)
    stream: ChatStream | None = None
    try:
        if not streamed:
            reply = hosts.complete(target, asked, within(seconds))
            took = time.monotonic() - began
            return Outcome(
                reply.text,
                None,
                took,
                reply.finish_reason,
                reply.usage,
                reply.warnings,
                reply.refusal,
            )
        stream = hosts.stream(target, asked, within(seconds))
        deltas.extend(stream)
        fault: HostError | None = None
    except HostError as error:
        fault = error
    return Outcome(
        "".join(delta.text for delta in deltas),
        fault,
        time.monotonic() - began,
        next((delta.finish_reason for delta in deltas if delta.finish_reason), None),
        next((delta.usage for delta in reversed(deltas) if delta.usage), None),
        () if stream is None else stream.warnings,
        refusal=any(delta.refusal for delta in deltas),
    )


def test_every_dialect_of_the_catalog_is_in_the_matrix(hosts: HttpChatHosts) -> None:
    """And every dialect that the adapter knows."""
    assert set(BY_DIALECT) == {row.dialect for row in bundled_rows()} == set(hosts.dialects)


# Faults inside the answer: F3-F11, F20-F24 ---------------------------------------------------


def cases(*, to_the_deadline: bool) -> list[Any]:
    """Each fault with each way in which it is one."""
    return [
        pytest.param(fault, streamed, id=f"{fault}-{'streamed' if streamed else 'whole'}")
        for fault in FAULTS
        for streamed in (False, True)
        if fault.to_the_deadline is to_the_deadline and fault.meaning(streamed) is not None
    ]


def judge(outcome: Outcome, fault: Fault, streamed: bool, row: HostRow) -> None:
    """The fault is named, dated, counted and free of any chain; in time."""
    expected = fault.meaning(streamed)
    assert expected is not None
    error = outcome.fault
    assert error is not None
    assert (type(error), error.work) == expected
    assert error.host == row.id
    assert outcome.seconds <= D + GRACE
    assert (error.__cause__, error.__context__) == (None, None)
    assert outcome.text == (fault.said_first if streamed else "")
    if streamed and error.work is HostWork.PARTIAL:
        assert error.received_bytes == len(fault.said_first)


@every_dialect
@pytest.mark.parametrize(("fault", "streamed"), cases(to_the_deadline=False))
def test_a_fault_means_the_same_in_every_dialect(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, fault: Fault, streamed: bool
) -> None:
    """It is asked once; the next call works, so the pool keeps no broken line."""
    speaker, row = BY_DIALECT[dialect], row_for(dialect)
    host.script(fault.play(speaker, streamed), speaker.whole())
    target = target_on(host, row, KEY)

    outcome = call(hosts, target, streamed)

    judge(outcome, fault, streamed, row)
    assert len(host.requests) == 1
    assert call(hosts, target, False).text == TEXT


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "streamed"), cases(to_the_deadline=True))
def test_what_never_ends_is_over_at_the_deadline_in_every_dialect(
    fault: Fault, streamed: bool
) -> None:
    """A byte now and then resets httpx's timeout, but not ours; the line is dropped."""

    def run(dialect: str) -> tuple[Outcome, bool]:
        speaker = BY_DIALECT[dialect]
        with calling() as (hosts, host):
            host.script(fault.play(speaker, streamed))
            outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)
            return outcome, host.wait_for_hang_ups(1)

    with ThreadPoolExecutor(len(BY_DIALECT)) as pool:
        ended = dict(zip(BY_DIALECT, pool.map(run, BY_DIALECT), strict=True))

    for dialect, (outcome, hung_up) in ended.items():
        assert hung_up, dialect
        assert outcome.seconds >= D - 0.05, dialect
        # A drip may have brought more than the first text before the deadline.
        assert outcome.text.startswith(fault.said_first if streamed else "")
        first = fault.said_first if streamed else outcome.text
        judge(attrs.evolve(outcome, text=first), fault, streamed, row_for(dialect))


@contextmanager
def calling() -> Iterator[tuple[HttpChatHosts, FakeHost]]:
    """A machine that lies, and an adapter of its own."""
    with FakeHost() as host:
        hosts = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
        try:
            yield hosts, host
        finally:
            hosts.close()


# No line: F1, F2, F25 ------------------------------------------------------------------------


def refused_line(host: FakeHost) -> tuple[str, HostTransport]:
    """Nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    return f"http://127.0.0.1:{port}", HostTransport(EndpointGuard.parse(f"127.0.0.1:{port}"))


def bad_tls(host: FakeHost) -> tuple[str, HostTransport]:
    """A machine that has no certificate to show."""
    host.use_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    return f"https://127.0.0.1:{host.port}", HostTransport(EndpointGuard.parse(host.endpoint))


def unknown_name(host: FakeHost) -> tuple[str, HostTransport]:
    """The resolver knows no such name."""

    def resolver(_name: str, _port: int) -> Sequence[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    return f"https://llm.test:{host.port}", HostTransport(resolver=resolver)


@every_dialect
@both_ways
@pytest.mark.parametrize("no_line", [refused_line, bad_tls, unknown_name])
def test_f01_without_a_line_the_host_is_unreachable_at_no_cost(
    host: FakeHost,
    dialect: str,
    streamed: bool,
    no_line: Callable[[FakeHost], tuple[str, HostTransport]],
) -> None:
    """Refused, bad TLS, no name: one meaning, and the key was not sent."""
    origin, transport = no_line(host)
    with calling() as (usual, _):
        hosts = HttpChatHosts(transport, usual.dialects)
        target = attrs.evolve(target_on(host, row_for(dialect), KEY), base_url=origin)
        outcome = call(hosts, target, streamed)
        transport.close()

    assert type(outcome.fault) is HostUnreachable
    assert outcome.fault.work is HostWork.NONE
    assert outcome.seconds <= D + GRACE
    assert host.requests == []


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port whose queue is full: it neither takes nor refuses a connection."""
    with ExitStack() as held:
        listener = held.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(8):
            waiting = held.enter_context(socket.socket())
            waiting.settimeout(0.2)
            if waiting.connect_ex(("127.0.0.1", port)) in (errno.EAGAIN, errno.ETIMEDOUT):
                break
        yield port


@pytest.mark.slow
@both_ways
@pytest.mark.parametrize(
    ("seconds", "meaning", "limit"),
    [(D, DeadlineExceeded, D), (10.0, HostUnreachable, 3.0)],
    ids=["deadline", "connect limit"],
)
def test_f02_a_host_that_takes_no_connection_is_given_three_seconds(
    streamed: bool, seconds: float, meaning: type[HostError], limit: float
) -> None:
    """Or what is left of the deadline; all dialects at once, over one deaf port."""
    with deaf_port() as port, calling() as (usual, host):
        hosts = HttpChatHosts.over(EndpointGuard.parse(f"127.0.0.1:{port}"))
        targets = [
            attrs.evolve(target_on(host, row_for(name), KEY), base_url=f"http://127.0.0.1:{port}")
            for name in BY_DIALECT
        ]
        with ThreadPoolExecutor(len(targets)) as pool:
            ended = list(pool.map(lambda target: call(hosts, target, streamed, seconds), targets))
        hosts.close()
        assert usual.dialects

    for outcome in ended:
        assert type(outcome.fault) is meaning
        assert outcome.fault.work is HostWork.NONE
        assert limit - 0.05 <= outcome.seconds <= limit + GRACE


@every_dialect
@both_ways
def test_f25_a_proxy_in_the_environment_is_not_asked(
    host: FakeHost, dialect: str, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would see the key."""
    speaker = BY_DIALECT[dialect]
    with FakeHost() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{proxy.port}")
        hosts = HttpChatHosts.over(EndpointGuard.parse(f"{host.endpoint},{proxy.endpoint}"))
        host.script(good(speaker, streamed))

        outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)

        hosts.close()
        assert (outcome.text, outcome.fault) == (TEXT, None)
        assert (host.connections, proxy.connections) == (1, 0)


def good(speaker: Speaker, streamed: bool) -> Answer:
    """A good answer."""
    return next(iter(speaker.streams().values())) if streamed else speaker.whole()


# Framing of a stream: F12-F15 ----------------------------------------------------------------

SEPARATORS: Final = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"


def framings(speaker: Speaker) -> dict[str, tuple[str, Sequence[Step]]]:
    """Odd but allowed ways to frame a good stream: its text, its bytes in packets."""
    data = payload(speaker, True)
    odd = Said(SEPARATORS)
    (closing, *_) = speaker.closings(odd).values()
    comments = b": keep-alive\n\nid: 7\nretry: 10\n\nretry: 5\n\n"
    return {
        "F12 separators in the text": (SEPARATORS, [*speaker.text_events(odd), closing]),
        "F13 byte order mark": (TEXT, [b"\xef\xbb\xbf" + data]),
        "F13 carriage returns": (TEXT, [data.replace(b"\n", b"\r")]),
        "F13 both, cut between them": (
            TEXT,
            [part for line in data.split(b"\n") for part in (line + b"\r", b"\n")][:-2],
        ),
        "F13 a byte at a time": (TEXT, [bytes([byte]) for byte in data]),
        "F14 no blank line at the end": (TEXT, [data.removesuffix(b"\n")]),
        "F15 comments, ids and retries": (TEXT, [comments + data.replace(b"\n\n", b"\n\n: \n")]),
        "F15 no last word": (
            TEXT,
            [data.replace(b"data: [DONE]\n\n", b"").partition(b"event: message_stop")[0]],
        ),
    }


@sse_dialects
@pytest.mark.parametrize("name", list(framings(BY_DIALECT["openai"])))
def test_an_odd_framing_says_the_same(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, name: str
) -> None:
    """By the rules for event streams, in any packets."""
    speaker = BY_DIALECT[dialect]
    text, packets = framings(speaker)[name]
    host.script(raw(speaker.stream_head(), *packets))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), True)

    assert (outcome.text, outcome.fault) == (text, None)
    assert (outcome.finish, outcome.usage) == (FinishReason.STOP, Said().usage)


@sse_dialects
def test_f14_the_text_of_an_event_that_the_end_cuts_is_dropped(
    hosts: HttpChatHosts, host: FakeHost, dialect: str
) -> None:
    """By the rules it is no event; without a finish the answer is truncated."""
    speaker = BY_DIALECT[dialect]
    host.script(speaker.opened_then(speaker.piece("la").removesuffix(b"\n")))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), True)

    assert outcome.text == "Ho"
    assert type(outcome.fault) is Truncated


BROKEN_EVENTS: dict[str, bytes] = {
    "F08 invalid utf-8": b"data: \xff\n\n",
    "F08 no json": b"data: {oops\n\n",
    "F08 nested too deep": b"data: " + b"[" * 100_000 + b"\n\n",
    "F09 a giant line": b"data: " + b"x" * 3_000_000,
    "F09 endless comments": (b": " + b"y" * 998 + b"\n") * 9_000,
    "F09 endless events": (b'data: {"x": "' + b"y" * 980 + b'"}\n\n') * 9_000,
}


@sse_dialects
@pytest.mark.parametrize("name", BROKEN_EVENTS)
def test_events_that_cannot_be_read_end_the_stream(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, name: str
) -> None:
    """After what came before; the host need not end for it."""
    speaker = BY_DIALECT[dialect]
    host.script(speaker.opened_then(BROKEN_EVENTS[name]))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), True)

    assert outcome.text == "Ho"
    assert type(outcome.fault) is BadPayload
    assert (outcome.fault.work, outcome.fault.received_bytes) == (HostWork.PARTIAL, 2)
    assert outcome.seconds <= D + GRACE


@every_dialect
def test_f09_a_delta_over_256_kb_is_refused(
    hosts: HttpChatHosts, host: FakeHost, dialect: str
) -> None:
    """One event that would be a book."""
    speaker = BY_DIALECT[dialect]
    host.script(speaker.opened_then(speaker.piece("x" * 300_000)))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), True)

    assert outcome.text == "Ho"
    assert type(outcome.fault) is BadPayload


# What an answer says: F16-F20 ----------------------------------------------------------------


@every_dialect
def test_f16_an_error_inside_a_stream_is_typed(
    hosts: HttpChatHosts, host: FakeHost, dialect: str
) -> None:
    """However the host tells it; which error it is, test_every_host says."""
    speaker = BY_DIALECT[dialect]
    for broken in speaker.broken_streams():
        host.script(speaker.opened_then(*broken.steps))
        outcome = call(hosts, target_on(host, row_for(dialect), KEY), True)
        assert type(outcome.fault) is broken.error, broken.name
        assert outcome.seconds <= D + GRACE


@every_dialect
@pytest.mark.parametrize(
    "body", [{}, [], None, "Hola", 7, {"ok": True}, {"choices": []}, {"candidates": "x"}]
)
def test_f17_a_body_without_a_message_is_a_bad_payload(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, body: Any
) -> None:
    """JSON, but no answer."""
    host.script(as_json(body))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), False)

    assert type(outcome.fault) is BadPayload
    assert outcome.fault.work is HostWork.DONE


@every_dialect
@both_ways
def test_f17_an_empty_text_is_an_answer(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, streamed: bool
) -> None:
    """The use case decides what to do with it."""
    speaker = BY_DIALECT[dialect]
    empty = Said("", ReportedUsage(20, 0))
    if streamed:
        (closing, *_) = speaker.closings(empty).values()
        host.script(speaker.stream_of(speaker.opening(""), closing))
    else:
        host.script(speaker.whole(empty))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)

    assert (outcome.text, outcome.fault) == ("", None)
    assert (outcome.finish, outcome.usage) == (FinishReason.STOP, empty.usage)


@every_dialect
@both_ways
def test_f17_a_refusal_is_never_plain_text(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, streamed: bool
) -> None:
    """It is raised, or told beside the text; what it cost is told, since it is billed."""
    speaker = BY_DIALECT[dialect]
    for whole, stream in speaker.refusals():
        host.script(speaker.stream_of(stream) if streamed else as_json(whole))
        outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)
        assert outcome.refusal or type(outcome.fault) is Refused
        assert outcome.usage is not None
        # What a stream said before cannot be taken back.
        assert streamed or outcome.text == ""


@every_dialect
@both_ways
def test_f18_an_unknown_word_for_the_finish_is_told_and_keeps_the_text(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, streamed: bool
) -> None:
    """A stop where anybody may invent one any day, an error where the list is closed."""
    speaker = BY_DIALECT[dialect]
    whole, end = speaker.stopped_by("tired")
    host.script(speaker.stream_of(speaker.opening("Hola"), end) if streamed else as_json(whole))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)

    open_list = dialect in ("openai", "meta_native")
    assert (outcome.text, outcome.fault) == ("Hola", None)
    assert outcome.finish is (FinishReason.STOP if open_list else FinishReason.ERROR)
    assert outcome.warnings.count("unknown_finish_reason") == 1


COUNTS: list[tuple[Any, Any, ReportedUsage | None]] = [
    (12, 5, ReportedUsage(12, 5)),
    (0, 0, ReportedUsage(0, 0)),
    (-1, 5, None),
    (12, -5, None),
    ("12", "5", None),
    (12.5, 5, None),
    (1e99, 5, None),
    (10**12, 5, None),
    (True, 5, None),
    ([12], {}, None),
    (float("nan"), 5, None),
    (float("inf"), 5, None),
]


@every_dialect
@both_ways
@pytest.mark.parametrize(("tokens_in", "tokens_out", "usage"), COUNTS)
def test_f19_only_counts_that_can_be_true_are_believed(
    hosts: HttpChatHosts,
    host: FakeHost,
    dialect: str,
    streamed: bool,
    tokens_in: Any,
    tokens_out: Any,
    usage: ReportedUsage | None,
) -> None:
    """A 0 stays 0; what cannot be true is unknown, never an error."""
    speaker = BY_DIALECT[dialect]
    whole, end = speaker.counted(tokens_in, tokens_out)
    host.script(speaker.stream_of(speaker.opening("Hola"), end) if streamed else as_json(whole))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)

    assert (outcome.text, outcome.fault) == ("Hola", None)
    assert outcome.usage == usage
    if not streamed:
        assert ("usage_not_believable" in outcome.warnings) is (usage is None)


NOW: Final = datetime.now(UTC)
HINTS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"Retry-After": "7"}, 7.0),
    ({"Retry-After": "0.5"}, 0.5),
    ({"Retry-After": "0"}, 0.0),
    ({"Retry-After": "999999999"}, 120.0),
    ({"Retry-After": "-3"}, None),
    ({"Retry-After": "1e9"}, None),
    ({"Retry-After": "soon"}, None),
    ({"Retry-After": HOSTILE_DATE}, None),
    ({"Retry-After": format_datetime(NOW, True), "Date": HOSTILE_DATE}, 0.0),
    ({"Retry-After": ""}, None),
    ({"retry-after-ms": "1500", "Retry-After": "9"}, 1.5),
    (
        {"Date": format_datetime(NOW, True), "Retry-After": format_datetime(NOW, True)},
        0.0,
    ),
    (
        {
            "Date": format_datetime(NOW, True),
            "Retry-After": format_datetime(NOW + timedelta(seconds=30), True),
        },
        30.0,
    ),
    ({"Retry-After": format_datetime(NOW - timedelta(days=1), True)}, 0.0),
]


@every_dialect
@both_ways
@pytest.mark.parametrize(("headers", "hint"), HINTS)
def test_f20_the_hint_of_a_429_is_read_in_every_dialect(
    hosts: HttpChatHosts,
    host: FakeHost,
    dialect: str,
    streamed: bool,
    headers: dict[str, str],
    hint: float | None,
) -> None:
    """A number, a date, a past date, garbage; at most two minutes."""
    host.script(status(429, headers, {}))

    outcome = call(hosts, target_on(host, row_for(dialect), KEY), streamed)

    assert type(outcome.fault) is HostRateLimited
    assert outcome.fault.retry_after == hint


@every_dialect
@both_ways
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_f23_a_redirect_is_never_followed(
    hosts: HttpChatHosts, host: FakeHost, dialect: str, streamed: bool, code: int
) -> None:
    """It would carry the key to whoever the host names; even where that one is allowed."""
    with FakeHost() as other:
        allowed = EndpointGuard.parse(f"{host.endpoint},{other.endpoint}")
        adapter = HttpChatHosts(HostTransport(allowed), hosts.dialects)
        host.script(status(code, {"Location": other.base_url}))

        outcome = call(adapter, target_on(host, row_for(dialect), KEY), streamed)

        adapter.close()
        assert type(outcome.fault) is BadPayload
        assert (outcome.fault.work, outcome.fault.status) == (HostWork.NONE, code)
        assert (len(host.requests), other.connections) == (1, 0)


# What is left behind -------------------------------------------------------------------------


def open_sockets() -> int:
    """How many sockets this process holds."""
    found = 0
    for number in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
        except OSError:
            # The listing's own descriptor is gone already.
            continue
    return found


@every_dialect
def test_no_fault_leaves_a_socket_or_a_thread_behind(dialect: str) -> None:
    """All faults in a row over one adapter, those that stall too, then everything is closed."""
    speaker, row = BY_DIALECT[dialect], row_for(dialect)
    sockets, threads = open_sockets(), threading.active_count()
    with calling() as (hosts, host):
        target = target_on(host, row, KEY)
        for fault in FAULTS:
            for streamed in (False, True):
                if fault.meaning(streamed) is not None:
                    host.script(fault.play(speaker, streamed))
                    # What never ends is cut short: it leaves the same things open.
                    seconds = 0.2 if fault.to_the_deadline else D
                    assert call(hosts, target, streamed, seconds).fault is not None
        asked = len(host.requests)

    assert asked >= 60
    assert (open_sockets(), threading.active_count()) == (sockets, threads)


VICTIM: Final = """
import json, sys
from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.errors import HostError
from tests.fake_host import FakeHost, chat_call, within
from tests.hosts.speaker import target_on
from tests.hosts.speakers import bundled_rows

def peak():
    with open("/proc/self/status") as lines:
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])

port, row_id = int(sys.argv[1]), sys.argv[2]
machine = type("Machine", (), {"port": port})()
hosts = HttpChatHosts.over(EndpointGuard.parse(f"127.0.0.1:{port}"))
target = target_on(machine, next(row for row in bundled_rows() if row.id == row_id), "k")

def ask(streamed):
    try:
        if streamed:
            for _ in hosts.stream(target, chat_call(), within(60.0)):
                pass
        else:
            hosts.complete(target, chat_call(), within(60.0))
        return "ok"
    except HostError as error:
        return error.code

warm = [ask(False), ask(True)]
before = peak()
told = [[ask(streamed == "1"), peak() - before] for streamed in sys.argv[3]]
print(json.dumps({"warm": warm, "told": told}))
"""


@cache
def gzip_of_200_megabytes() -> bytes:
    """About 200 KB on the wire."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(200)), packer.flush()])


def nested(objects: int, depth: int = 400) -> bytes:
    """A list of that many objects, one inside the other; each takes 230 bytes, read."""
    one = b'{"":' * depth + b"0" + b"}" * depth
    return b"[" + b",".join([one] * (objects // depth)) + b"]"


CRUMBLED: Final = ("openai", "bedrock")
"""One dialect for each decoder of streams: a million chunks take ten seconds to read."""


def crumbs(speaker: Speaker) -> dict[str, tuple[bool, Answer, str]]:
    """Bodies in chunks of two bytes: 2 MB of a whole answer, 1 MB of one event."""
    thousand = b"2\r\nab\r\n" * 1_000
    whole = head_for(speaker, False, Transfer_Encoding="chunked")
    stream = head_for(speaker, True, Transfer_Encoding="chunked")
    begun = chunked(b"data: ", end=False)
    return {
        "two bytes at a time": (False, raw(whole, *[thousand] * 1_050), "bad_payload"),
        "two bytes of an event at a time": (
            True,
            raw(stream, begun, *[thousand] * 530),
            "bad_payload",
        ),
    }


def bombs(dialect: str) -> dict[str, tuple[bool, Answer, str]]:
    """By name: whether a stream is asked for, what comes instead of the answer, the code of it."""
    speaker = BY_DIALECT[dialect]
    big = b"x" * 1_000_000
    kind = {"Content-Type": "application/json"}
    plain_head, stream = head(headers=kind), speaker.stream_head()
    packed = head(headers={**kind, "Content-Encoding": "gzip"})
    said = speaker.opening("Ho")
    objects = b'{"a":[' + b'{"":0},' * 140_000 + b"0]}"
    wide = b'{"choices":[{"message":{"content":"' + "☕😀".encode()
    bad, cut_off = "bad_payload", "truncated"
    # By the rules half an event and a line outside of any are nothing, so those streams just
    # end; in AWS's frames all of these are a prelude whose checksum is wrong.
    is_sse = speaker.stream_type == "text/event-stream"
    ends = cut_off if is_sse else bad
    # Ten million events that say nothing are read up to the size of a body.
    named = b"event: message_delta\ndata: "
    return {
        "a gigabyte": (False, raw(plain_head, *[big] * 1_000), bad),
        "a gigabyte in a stream": (True, raw(stream, *[big] * 1_000), bad),
        "gzip of 200 MB": (False, raw(packed, gzip_of_200_megabytes()), bad),
        "a line of 100 MB": (True, raw(stream, b"data: ", *[big] * 100), bad),
        "ten million events": (True, raw(stream, *[b"data: {}\n\n" * 100_000] * 100), bad),
        "ten thousand deep": (False, raw(plain_head, b"[" * 10_000 + b"]" * 10_000), bad),
        "a million deep": (False, raw(plain_head, b"[" * 1_000_000), bad),
        "objects": (False, raw(plain_head, b'{"a":[' + b"{}," * 600_000 + b"{}]}"), bad),
        "nested objects": (False, raw(plain_head, nested(149_000)), bad),
        "as many objects as pass": (False, raw(plain_head, nested(37_000)), bad),
        "a text that one emoji widens": (
            False,
            raw(plain_head, wide, big, big, b'"}}]}'),
            # It is an answer of OpenAI's shape, and as long as one may be.
            "ok" if dialect == "openai" else bad,
        ),
        "lists in an event": (
            True,
            raw(stream, said, b"data: [" + b"[]," * 340_000 + b"0]\n\n"),
            bad,
        ),
        "objects in an event": (True, raw(stream, said, b"data: " + objects + b"\n\n"), bad),
        "nested in an event": (
            True,
            raw(stream, said, b"data: " + nested(200_000) + b"\n\n"),
            bad,
        ),
        "nested in a named event": (
            True,
            raw(stream, said, named + b'{"x":' + nested(200_000) + b"}\n\n"),
            bad,
        ),
        "objects in half an event": (True, raw(stream, said, b"data: " + objects), ends),
        "objects outside of an event": (True, raw(stream, said, objects + b"\n\n"), ends),
        **(crumbs(speaker) if dialect in CRUMBLED else {}),
    }


@pytest.mark.slow
@every_dialect
def test_f09_all_bombs_together_cost_little_memory(dialect: str) -> None:
    """In a process of its own, so that its peak is known: at most 32 MB more than before."""
    speaker, row = BY_DIALECT[dialect], row_for(dialect)
    thrown = bombs(dialect)
    ways = "".join("1" if streamed else "0" for streamed, _, _ in thrown.values())
    with FakeHost() as host:
        host.script(speaker.whole(), good(speaker, True), *(bomb for _, bomb, _ in thrown.values()))
        ran = subprocess.run(
            [sys.executable, "-c", VICTIM, str(host.port), row.id, ways],
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
            # The same source as here, whatever is installed.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    told = json.loads(ran.stdout)

    assert told["warm"] == ["ok", "ok"]
    for (name, bomb), (code, grown) in zip(thrown.items(), told["told"], strict=True):
        assert code == bomb[2], name
        assert grown <= MEMORY_KB, name
