"""A host that lies on a real socket: every fault is typed, in time, and leaves nothing open."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.wire import transport as transport_module
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import ChatDelta, FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    Refused,
    Truncated,
)
from tests.fake_host import (
    CHUNKED_HEAD,
    DONE,
    NO_USAGE,
    STREAM_HEAD,
    Answer,
    Close,
    FakeHost,
    Pause,
    Reset,
    Stall,
    Step,
    as_json,
    chat_call,
    chunk_object,
    chunked,
    completion,
    completion_object,
    dripped,
    event,
    gzipped,
    head,
    html,
    joined,
    plain,
    raw,
    status,
    stream_steps,
    streamed,
    target_of,
    usage_of,
    within,
)

WHOLE = json.dumps(completion_object()).encode()
HO = event(chunk_object("Ho"))
END = event(chunk_object(finish="stop"))
NONE, UNKNOWN, PARTIAL, WORK_DONE = (
    HostWork.NONE,
    HostWork.UNKNOWN,
    HostWork.PARTIAL,
    HostWork.DONE,
)


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A host on loopback."""
    with FakeHost() as fake:
        yield fake


@pytest.fixture
def hosts(host: FakeHost) -> Iterator[HttpChatHosts]:
    """The adapter, allowed to call that host."""
    adapter = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
    yield adapter
    adapter.close()


def fault_of(hosts: HttpChatHosts, host: FakeHost, answer: Answer, seconds: float) -> HostError:
    """The fault that a whole answer ends in."""
    host.script(answer)
    with pytest.raises(HostError) as caught:
        hosts.complete(target_of(host), chat_call(), within(seconds))
    return caught.value


def stream_of(
    hosts: HttpChatHosts, host: FakeHost, answer: Answer, seconds: float = 5.0
) -> tuple[list[ChatDelta], HostError | None]:
    """What a stream gives, and the fault that it ends in."""
    host.script(answer)
    deltas: list[ChatDelta] = []
    try:
        deltas.extend(hosts.stream(target_of(host), chat_call(), within(seconds)))
    except HostError as error:
        return deltas, error
    return deltas, None


def gathered(
    hosts: HttpChatHosts, host: FakeHost, answer: Answer, seconds: float = 5.0
) -> tuple[str, HostError | None]:
    """The text that a stream gives before it ends, and its fault."""
    host.script(answer)
    text = ""
    try:
        for delta in hosts.stream(target_of(host), chat_call(), within(seconds)):
            text += delta.text
    except HostError as error:
        return text, error
    return text, None


WHOLE_FAULTS: dict[str, tuple[Answer, type[HostError], HostWork]] = {
    "closed at once": (raw(Close()), HostUnreachable, UNKNOWN),
    "reset at once": (raw(Reset()), HostUnreachable, UNKNOWN),
    "closed in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-Ty"), HostUnreachable, UNKNOWN),
    "reset in the body": (raw(head(length=999) + WHOLE, Pause(0.1), Reset()), Truncated, PARTIAL),
    "cut with a length": (raw(head(length=999) + WHOLE[:50]), Truncated, PARTIAL),
    "cut in chunks": (
        raw(head(headers={"Transfer-Encoding": "chunked"}) + chunked(WHOLE[:50], end=False)),
        Truncated,
        PARTIAL,
    ),
    "cut without a length": (raw(head() + WHOLE[:50]), Truncated, PARTIAL),
    "empty without a length": (raw(head()), Truncated, PARTIAL),
    "empty with a length": (plain(b""), BadPayload, WORK_DONE),
    "html": (html(), BadPayload, WORK_DONE),
    "html that says it is json": (plain(b"<html>"), BadPayload, WORK_DONE),
    "wrong utf-8": (plain(b'{"choices": "\xff"}'), BadPayload, WORK_DONE),
    "nested too deep": (plain(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), BadPayload, WORK_DONE),
    "gzip": (gzipped(WHOLE), BadPayload, WORK_DONE),
    "wrong gzip": (plain(WHOLE, headers={"Content-Encoding": "gzip"}), BadPayload, WORK_DONE),
    "brotli": (plain(b"x", headers={"content-encoding": "br"}), BadPayload, WORK_DONE),
    "no choices": (as_json({"ok": True}), BadPayload, WORK_DONE),
    "an error with 200": (as_json({"error": {"code": 503}}), HostUnreachable, PARTIAL),
    "filtered": (completion("", finish="content_filter"), Refused, WORK_DONE),
    "no http": (raw(b"SSH-2.0-OpenSSH_9\r\n\r\n"), BadPayload, UNKNOWN),
    "wrong chunk": (
        raw(head(headers={"Transfer-Encoding": "chunked"}) + b"zz\r\nx"),
        BadPayload,
        PARTIAL,
    ),
    "a giant header": (raw(head(headers={"X": "y" * 1_000_000})), BadPayload, UNKNOWN),
    "endless headers": (raw(head()[:-2] + b"A: b\r\n" * 100_000), BadPayload, UNKNOWN),
    "a giant body": (raw(head(), *[b"x" * 1_000_000] * 9), BadPayload, PARTIAL),
    "a giant length": (raw(head(length=10**12), *[b" " * 1_000_000] * 9), BadPayload, PARTIAL),
    "401": (status(401), BadKey, NONE),
    "429": (status(429), HostRateLimited, NONE),
    "500 html": (html(code=500), HostUnreachable, NONE),
    "503 cut": (raw(head("503 Busy", length=100) + b"{"), HostUnreachable, NONE),
    "503 gzip": (
        plain(b"x", headers={"Content-Encoding": "gzip"}, status_line="503 Busy"),
        HostUnreachable,
        NONE,
    ),
    "204": (raw(head("204 No Content")), BadPayload, NONE),
}


@pytest.mark.parametrize("name", WHOLE_FAULTS)
def test_a_fault_in_a_whole_answer_is_typed(
    hosts: HttpChatHosts, host: FakeHost, name: str
) -> None:
    """By class, by what may be billed, with the host's id; nothing is tried twice."""
    answer, fault, work = WHOLE_FAULTS[name]

    caught = fault_of(hosts, host, answer, 5.0)

    assert type(caught) is fault
    assert (caught.work, caught.host) == (work, "self_hosted")
    assert len(host.requests) == 1
    assert caught.__cause__ is None
    assert caught.__context__ is None


@pytest.mark.parametrize("name", WHOLE_FAULTS)
def test_after_a_fault_the_next_call_works(hosts: HttpChatHosts, host: FakeHost, name: str) -> None:
    """The pool keeps no broken line."""
    fault_of(hosts, host, WHOLE_FAULTS[name][0], 5.0)

    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"


def test_what_arrived_before_the_cut_is_counted(hosts: HttpChatHosts, host: FakeHost) -> None:
    """So that it can be estimated."""
    caught = fault_of(hosts, host, raw(head(length=999) + WHOLE[:50]), 5.0)

    assert (caught.received_bytes, caught.status) == (50, 200)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(hosts: HttpChatHosts, host: FakeHost, code: int) -> None:
    """It would carry the key to whoever the host names."""
    with FakeHost() as other:
        host.script(status(code, {"Location": other.base_url}))
        with pytest.raises(BadPayload) as caught:
            hosts.complete(target_of(host, key="sk-CANARY"), chat_call(), within(5.0))

        assert (caught.value.work, caught.value.status) == (NONE, code)
        assert other.connections == 0
        assert len(host.requests) == 1


DRIPS: dict[str, Answer] = {
    "head": raw(*dripped(head(length=len(WHOLE)) + WHOLE, 0.15)),
    "body": raw(head(length=len(WHOLE)), *dripped(WHOLE, 0.15)),
    "chunks": raw(
        head(headers={"Transfer-Encoding": "chunked"}),
        *[step for byte in WHOLE for step in (chunked(bytes([byte]), end=False), Pause(0.15))],
    ),
    "informational heads": raw(*dripped(head("103 Early Hints") * 50, 0.15, 24)),
    "silence": raw(Stall()),
    "silence after the head": raw(head(length=10), Stall()),
}


@pytest.mark.parametrize("name", DRIPS)
def test_a_drip_is_over_at_the_deadline(hosts: HttpChatHosts, host: FakeHost, name: str) -> None:
    """A byte now and then resets httpx's timeout, but not ours."""
    caught = fault_of(hosts, host, DRIPS[name], 0.6)

    assert type(caught) is DeadlineExceeded
    assert caught.work in (UNKNOWN, PARTIAL)
    # The host was still dripping when the line was dropped.
    assert host.wait_for_hang_ups(1)


def test_a_dripped_stream_is_over_at_the_deadline(hosts: HttpChatHosts, host: FakeHost) -> None:
    """What came until then was given out."""
    drip = raw(STREAM_HEAD, HO, *dripped(HO * 20, 0.1))

    text, fault = gathered(hosts, host, drip, 0.6)

    assert text.startswith("Ho")
    assert type(fault) is DeadlineExceeded
    assert fault.work is PARTIAL
    assert fault.received_bytes == len(text)


def test_a_stream_that_stalls_ends_before_the_deadline(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many seconds without a byte."""
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.3)

    text, fault = gathered(hosts, host, stream_steps(HO, Stall()), 60.0)

    assert text == "Ho"
    assert type(fault) is DeadlineExceeded
    assert fault.work is PARTIAL
    assert host.wait_for_hang_ups(1)


def test_a_stream_that_beats_does_not_stall(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments are bytes too."""
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.4)
    beats: list[Step] = [Pause(0.15), b": \n\n"] * 5

    assert gathered(hosts, host, stream_steps(HO, *beats, END, DONE)) == ("Ho", None)


def test_a_whole_answer_may_be_long_in_coming(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The idle limit is for streams; nor does it count before the head of one."""
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.2)
    slow = raw(Pause(0.6), head(length=len(WHOLE)) + WHOLE)

    host.script(slow)
    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"
    assert gathered(hosts, host, raw(Pause(0.6), STREAM_HEAD, HO, END, DONE)) == ("Ho", None)


STREAM_FAULTS: dict[str, tuple[Answer, type[HostError], HostWork, int]] = {
    "closed": (stream_steps(HO), Truncated, PARTIAL, 2),
    "closed in an event": (stream_steps(HO, HO[:20]), Truncated, PARTIAL, 2),
    "reset": (stream_steps(HO, Pause(0.1), Reset()), Truncated, PARTIAL, 2),
    "cut in chunks": (raw(CHUNKED_HEAD, chunked(HO, end=False)), Truncated, PARTIAL, 2),
    "done without a finish": (stream_steps(HO, DONE), Truncated, PARTIAL, 2),
    "empty": (stream_steps(), Truncated, PARTIAL, 0),
    "only comments": (stream_steps(b": a\n\n: b\n\n"), Truncated, PARTIAL, 0),
    "an event is no json": (stream_steps(HO, event(b"{oops")), BadPayload, PARTIAL, 2),
    "wrong utf-8": (stream_steps(HO, b"data: \xff\n\n", Stall()), BadPayload, PARTIAL, 2),
    "an error event": (
        stream_steps(HO, event({"error": {"message": "x"}}, "error")),
        HostUnreachable,
        PARTIAL,
        2,
    ),
    "an error object": (
        stream_steps(HO, event({"error": {"code": 429}})),
        HostRateLimited,
        PARTIAL,
        2,
    ),
    "a bare error": (
        stream_steps(HO, b'{"error": {"message": "x"}}\n'),
        HostUnreachable,
        PARTIAL,
        2,
    ),
    "a bare error at the end": (stream_steps(b'{"error": {"code": 401}}'), BadKey, PARTIAL, 0),
    "a named error": (
        stream_steps(HO, b'error: {"message": "x"}\n\n', Stall()),
        HostUnreachable,
        PARTIAL,
        2,
    ),
    "an error that is cut": (
        stream_steps(HO, event({"error": {"code": 500}})[:-2]),
        HostUnreachable,
        PARTIAL,
        2,
    ),
    "an error after the finish": (
        stream_steps(HO, END, event({"error": "x"})),
        HostUnreachable,
        PARTIAL,
        2,
    ),
    "filtered": (
        stream_steps(HO, event(chunk_object(finish="content_filter"))),
        Refused,
        WORK_DONE,
        2,
    ),
    "a giant line": (stream_steps(HO, b"data: " + b"x" * 3_000_000), BadPayload, PARTIAL, 2),
    "a giant delta": (stream_steps(HO, event(chunk_object("x" * 300_000))), BadPayload, PARTIAL, 2),
    "endless events": (
        stream_steps(HO, *[(b'data: {"x": "' + b"y" * 980 + b'"}\n\n') * 1000] * 9),
        BadPayload,
        PARTIAL,
        2,
    ),
    "endless comments": (
        stream_steps(HO, *[(b": " + b"y" * 998 + b"\n") * 1000] * 9),
        BadPayload,
        PARTIAL,
        2,
    ),
    "nested too deep": (stream_steps(HO, event(b"[" * 100_000)), BadPayload, PARTIAL, 2),
}


@pytest.mark.parametrize("name", STREAM_FAULTS)
def test_a_fault_in_a_stream_is_typed(hosts: HttpChatHosts, host: FakeHost, name: str) -> None:
    """After what came before it; the rest is counted and nothing stays open."""
    answer, kind, work, received = STREAM_FAULTS[name]

    text, fault = gathered(hosts, host, answer)

    assert type(fault) is kind
    assert (fault.work, fault.received_bytes, fault.host) == (work, received, "self_hosted")
    assert text == "Ho" * (received // 2)
    assert (fault.__cause__, fault.__context__) == (None, None)
    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (html(), BadPayload),
        (completion(), BadPayload),
        (raw(head()), BadPayload),
        (plain(HO, "text/plain"), BadPayload),
        (plain(HO, "text/event-streams"), BadPayload),
        (plain(HO, "text/event-stream", headers={"Content-Encoding": "gzip"}), BadPayload),
        (status(307, {"Location": "http://other.test"}), BadPayload),
        (status(401), BadKey),
        (status(429, {"Retry-After": "3"}), HostRateLimited),
        (raw(Close()), HostUnreachable),
        (raw(Stall()), DeadlineExceeded),
    ],
)
def test_what_is_no_stream_is_raised_before_the_first_delta(
    hosts: HttpChatHosts, host: FakeHost, answer: Answer, kind: type[HostError]
) -> None:
    """``stream`` itself raises it."""
    host.script(answer)

    with pytest.raises(HostError) as caught:
        hosts.stream(target_of(host), chat_call(), within(0.6))

    assert type(caught.value) is kind
    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"


GOOD_STREAMS: dict[str, Answer] = {
    "as most hosts do": streamed("Ho", "la"),
    "without the last word": stream_steps(
        HO, event(chunk_object("la", "stop")), event(chunk_object(choices=False, usage=usage_of()))
    ),
    "usage with the finish": stream_steps(
        HO, event(chunk_object("la")), event(chunk_object(None, "stop", usage_of())), DONE
    ),
    "usage in the rest": stream_steps(
        HO,
        event(chunk_object("la", "stop")),
        event(chunk_object(choices=False, usage=usage_of()))[:-2],
    ),
    "finish and usage in the rest": stream_steps(
        HO, event(chunk_object("la")), event(chunk_object(None, "stop", usage_of()))[:-1]
    ),
    "the last word in the rest": stream_steps(
        HO, event(chunk_object("la", "stop", usage_of())), DONE[:-2]
    ),
    "reset after the finish": stream_steps(
        HO, event(chunk_object("la", "stop", usage_of())), Pause(0.1), Reset()
    ),
    "cut after the finish": raw(
        CHUNKED_HEAD, chunked(HO, event(chunk_object("la", "stop", usage_of())), end=False)
    ),
    "more after the last word": stream_steps(
        HO, event(chunk_object("la", "stop", usage_of())), DONE, event({"error": "x"})
    ),
    "a mark and comments first": stream_steps(
        b"\xef\xbb\xbf: hi\n\n",
        b"retry: 1\n\n",
        HO,
        event(chunk_object("la", "stop", usage_of())),
        DONE,
    ),
    "carriage returns": stream_steps(
        (HO + event(chunk_object("la", "stop", usage_of())) + DONE).replace(b"\n", b"\r")
    ),
    "a byte at a time": stream_steps(
        *[bytes([byte]) for byte in HO + event(chunk_object("la", "stop", usage_of())) + DONE]
    ),
}


@pytest.mark.parametrize("name", GOOD_STREAMS)
def test_a_stream_that_says_all_is_good_however_it_ends(
    hosts: HttpChatHosts, host: FakeHost, name: str
) -> None:
    """After the finish reason the answer is whole."""
    deltas, fault = stream_of(hosts, host, GOOD_STREAMS[name])

    assert fault is None
    assert joined(deltas) == "Hola"
    assert [d.finish_reason for d in deltas if d.finish_reason] == [FinishReason.STOP]
    assert [d.usage for d in deltas if d.usage] == [ReportedUsage(12, 5)]


def test_a_host_that_hangs_after_the_finish_does_not_spoil_the_answer(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the usage is lost."""
    monkeypatch.setattr(transport_module, "IDLE_SECONDS", 0.3)

    assert gathered(hosts, host, stream_steps(HO, END, Stall())) == ("Ho", None)


def test_the_text_of_a_cut_event_is_dropped_but_its_usage_counts(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """By the rules it is no event; the host will bill it all the same."""
    cut = event(chunk_object("la", "stop", usage_of()))[:-2]

    deltas, fault = stream_of(hosts, host, stream_steps(HO, cut))

    assert type(fault) is Truncated
    assert joined(deltas) == "Ho"


def test_separators_that_are_no_line_ends_stay_in_the_text(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """httpx's own reader splits there, and cuts the JSON."""
    text = "a\u2028b\u2029c\u0085d"
    line = json.dumps(chunk_object(text, "stop"), ensure_ascii=False).encode()

    assert gathered(hosts, host, stream_steps(event(line), DONE)) == (text, None)


def test_a_stream_gives_a_delta_before_the_host_has_ended(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """Nothing waits for more bytes than it needs."""
    host.script(stream_steps(HO, Stall()))
    stream = hosts.stream(target_of(host), chat_call(), within(30.0))

    assert next(iter(stream)).text == "Ho"
    stream.close()
    assert host.wait_for_hang_ups(1)


def test_closing_from_another_thread_ends_a_read_at_once(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """The reader wakes with a fault and the host's line is dropped."""
    host.script(stream_steps(HO, Stall()))
    stream = hosts.stream(target_of(host), chat_call(), within(30.0))
    waiting = threading.Event()
    caught: list[HostError] = []

    def read() -> None:
        try:
            for _ in stream:
                waiting.set()
        except HostError as error:
            caught.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    assert waiting.wait(5.0)
    stream.close()
    reader.join(5.0)

    assert not reader.is_alive()
    assert [type(error) for error in caught] == [Truncated]
    assert host.wait_for_hang_ups(1)
    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"


def test_a_read_that_was_closed_from_another_thread_gives_its_place_back(host: FakeHost) -> None:
    """A pool of one line would be used up for good."""
    transport = HostTransport(EndpointGuard.parse(host.endpoint), max_connections=1)
    hosts = HttpChatHosts(transport, {"openai": OpenAiDialect()})
    host.script(stream_steps(HO, Stall()))
    stream = hosts.stream(target_of(host), chat_call(), within(30.0))
    deltas = iter(stream)
    next(deltas)
    closer = threading.Timer(0.2, stream.close)
    closer.start()

    with pytest.raises(Truncated):
        next(deltas)
    closer.join()

    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"
    hosts.close()


def test_a_stream_that_is_dropped_in_the_middle_of_a_loop_hangs_up(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """As when the reader's own reader leaves."""
    host.script(stream_steps(HO, Stall()))
    deltas = iter(hosts.stream(target_of(host), chat_call(), within(30.0)))
    next(deltas)

    deltas.close()  # type: ignore[attr-defined]  # it is a generator

    assert host.wait_for_hang_ups(1)


def test_closing_the_adapter_breaks_an_open_stream_off(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """And nothing but our own fault comes out."""
    host.script(stream_steps(HO, Stall()))
    stream = hosts.stream(target_of(host), chat_call(), within(2.0))
    deltas = iter(stream)
    next(deltas)

    hosts.close()

    with pytest.raises(HostError):
        list(deltas)


def test_one_line_serves_many_calls(hosts: HttpChatHosts, host: FakeHost) -> None:
    """Whole, streamed, refused and listed, one after the other."""
    for answer in (completion(), streamed("Hola"), status(429), completion()):
        host.script(answer)
        try:
            list(hosts.stream(target_of(host), chat_call(), within(5.0)))
        except HostError:
            continue

    assert len(host.requests) == 4
    # A whole answer where a stream was asked for is dropped unread, which costs its line.
    assert host.connections <= 3


def test_a_finished_stream_gives_its_line_back(hosts: HttpChatHosts, host: FakeHost) -> None:
    """A new TLS handshake for each stream would be dear."""
    for _ in range(5):
        assert gathered(hosts, host, streamed("Ho", "la")) == ("Hola", None)

    assert host.connections == 1


def test_a_line_that_the_host_closed_meanwhile_is_not_used(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """The pool looks before it writes."""
    host.script(Answer(completion().steps, keep_alive=False))
    hosts.complete(target_of(host), chat_call(), within(5.0))
    time.sleep(0.1)

    assert hosts.complete(target_of(host), chat_call(), within(5.0)).text == "Hola"
    assert host.connections == 2


def test_the_request_on_the_wire_is_this_one(hosts: HttpChatHosts, host: FakeHost) -> None:
    """The head, to the last field; and the key only there."""
    hosts.complete(target_of(host, key="sk-CANARY"), chat_call(), within(5.0))
    seen = host.requests[0]

    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    agent = seen.headers["user-agent"]
    assert agent.startswith("llama-marketing/")
    assert seen.headers == {
        "host": f"127.0.0.1:{host.port}",
        "user-agent": agent,
        "accept-encoding": "identity",
        "content-type": "application/json",
        "accept": "application/json",
        "authorization": "Bearer sk-CANARY",
        "content-length": str(len(seen.body)),
    }
    assert b"CANARY" not in seen.body
    assert seen.json["stream"] is False


def test_a_target_without_a_key_sends_none(hosts: HttpChatHosts, host: FakeHost) -> None:
    """Self-hosted models may have none."""
    hosts.complete(target_of(host), chat_call(), within(5.0))

    assert "authorization" not in host.requests[0].headers


def test_a_key_that_no_header_can_hold_is_no_crash(hosts: HttpChatHosts, host: FakeHost) -> None:
    """And it does not get onto the wire as a header of its own."""
    target = target_of(host, key="sk\r\nX-Evil: 1")

    with pytest.raises(HostUnreachable) as caught:
        hosts.complete(target, chat_call(), within(5.0))

    assert caught.value.work is NONE
    assert "Evil" not in str(caught.value)
    assert not host.requests


def test_proxy_variables_cookies_and_netrc_change_nothing(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A proxy would see the key; a cookie would mix clients up."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    host.script(as_json(completion_object(), headers={"Set-Cookie": "a=b; Path=/"}))

    for _ in range(2):
        hosts.complete(target_of(host), chat_call(), within(5.0))

    assert len(host.requests) == 2
    assert all("cookie" not in request.headers for request in host.requests)
    assert all("authorization" not in request.headers for request in host.requests)


def test_dropped_parameters_are_told(hosts: HttpChatHosts, host: FakeHost) -> None:
    """As words that the use case can translate."""
    target = target_of(host, parameters=("temperature", "top_p"))

    reply = hosts.complete(target, chat_call(frequency_penalty=0.5), within(5.0))

    assert reply.warnings == ("dropped_parameter:frequency_penalty",)
    assert "frequency_penalty" not in host.requests[0].json


def test_nobody_listening_is_unreachable(hosts: HttpChatHosts, host: FakeHost) -> None:
    """And costs nothing."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    adapter = HttpChatHosts.over(EndpointGuard.parse(f"127.0.0.1:{port}"))
    host.port = port

    with pytest.raises(HostUnreachable) as caught:
        adapter.complete(target_of(host), chat_call(), within(5.0))

    assert caught.value.work is NONE
    adapter.close()


def test_what_is_not_allowed_is_never_connected_to(host: FakeHost) -> None:
    """The host listens and sees nothing."""
    adapter = HttpChatHosts.over(EndpointGuard())

    with pytest.raises(BlockedEndpoint) as caught:
        adapter.complete(target_of(host, key="sk-CANARY"), chat_call(), within(5.0))

    assert caught.value.work is NONE
    assert host.connections == 0
    adapter.close()


def test_usage_that_is_not_there_is_none(hosts: HttpChatHosts, host: FakeHost) -> None:
    """Streamed and whole."""
    host.script(streamed("Hola", usage=NO_USAGE), completion(usage=NO_USAGE))

    deltas = list(hosts.stream(target_of(host), chat_call(), within(5.0)))
    reply = hosts.complete(target_of(host), chat_call(), within(5.0))

    assert {delta.usage for delta in deltas} == {None}
    assert reply.usage is None


@pytest.mark.slow
def test_hostile_answers_cost_little_memory(hosts: HttpChatHosts, host: FakeHost) -> None:
    """A gigabyte on offer is read no further than the cap."""
    import resource

    big = b"x" * 1_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for answer in (
        raw(head(), *[big] * 200),
        stream_steps(*[big] * 200),
        stream_steps(*[b"data: {}\n\n" * 100_000] * 100),
    ):
        host.script(answer)
        with pytest.raises(BadPayload):
            list(hosts.stream(target_of(host), chat_call(), within(20.0)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert grown < 64 * 1024
