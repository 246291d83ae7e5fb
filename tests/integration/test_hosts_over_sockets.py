"""The adapter on real sockets, where one dialect is enough: lines, closings, last words.

The faults of every dialect are in test_fault_matrix.py, each host's own words in
test_every_host.py.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from llama_marketing.adapters.hosts import client as client_module
from llama_marketing.adapters.hosts import stream as stream_module
from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.wire import transport as transport_module
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.request import RequestSigner
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import ChatDelta, FinishReason, ReportedUsage
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    Truncated,
)
from tests.fake_host import (
    CHUNKED_HEAD,
    DONE,
    NO_USAGE,
    STREAM_HEAD,
    Answer,
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
    event,
    head,
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


def test_what_arrived_before_the_cut_is_counted(hosts: HttpChatHosts, host: FakeHost) -> None:
    """So that it can be estimated."""
    caught = fault_of(hosts, host, raw(head(length=999) + WHOLE[:50]), 5.0)

    assert (caught.received_bytes, caught.status) == (50, 200)


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
    "closed in an event": (stream_steps(HO, HO[:20]), Truncated, PARTIAL, 2),
    "only comments": (stream_steps(b": a\n\n: b\n\n"), Truncated, PARTIAL, 0),
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


@pytest.mark.parametrize("answer", [completion(), plain(HO, "text/event-streams")])
def test_what_is_no_stream_is_raised_before_the_first_delta(
    hosts: HttpChatHosts, host: FakeHost, answer: Answer
) -> None:
    """``stream`` itself raises it; the media type is compared whole."""
    host.script(answer)

    with pytest.raises(BadPayload):
        hosts.stream(target_of(host), chat_call(), within(5.0))

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


def test_what_is_not_allowed_is_never_connected_to(host: FakeHost) -> None:
    """The host listens and sees nothing."""
    adapter = HttpChatHosts.over(EndpointGuard())

    with pytest.raises(BlockedEndpoint) as caught:
        adapter.complete(target_of(host, key="sk-CANARY"), chat_call(), within(5.0))

    assert caught.value.work is NONE
    assert host.connections == 0
    adapter.close()


def test_a_host_that_beats_after_the_finish_is_left_after_the_usage_s_time(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments are bytes, but the answer is whole: all that comes later has one short limit."""
    monkeypatch.setattr(stream_module, "USAGE_SECONDS", 0.4)
    beats: list[Step] = [b": \n\n", Pause(0.1)] * 100
    began = time.monotonic()

    assert gathered(hosts, host, stream_steps(HO, END, *beats), 60.0) == ("Ho", None)
    assert time.monotonic() - began < 5.0
    assert host.wait_for_hang_ups(1)


def test_nothing_is_waited_for_once_the_usage_is_in(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host without a last word that keeps its line open costs no time."""
    monkeypatch.setattr(stream_module, "USAGE_SECONDS", 30.0)
    whole = event(chunk_object("la", "stop", usage_of()))
    began = time.monotonic()

    deltas, fault = stream_of(hosts, host, stream_steps(HO, whole, Stall()), 60.0)

    assert (joined(deltas), fault) == ("Hola", None)
    assert time.monotonic() - began < 5.0


def test_a_usage_that_comes_late_after_the_finish_is_read(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """It is what the call costs."""
    usage = event(chunk_object(choices=False, usage=usage_of()))

    deltas, fault = stream_of(hosts, host, stream_steps(HO, END, Pause(0.3), usage, DONE))

    assert fault is None
    assert [delta.usage for delta in deltas if delta.usage] == [ReportedUsage(12, 5)]


def test_a_stream_that_the_filter_stops_tells_its_usage_with_the_refusal(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """Whoever reads the refusal leaves, and would not see a usage that comes after it."""
    answer = streamed("Ho", "la", finish="content_filter", usage=usage_of(1000, 200))

    deltas, fault = stream_of(hosts, host, answer)

    assert fault is None
    (refusal,) = [delta for delta in deltas if delta.refusal]
    assert refusal.usage == ReportedUsage(1000, 200)
    (told,) = stream_of(hosts, host, streamed("Ho", finish="content_filter", usage=NO_USAGE))[0][1:]
    assert (told.refusal, told.usage, told.finish_reason) == (True, None, FinishReason.STOP)


@pytest.mark.parametrize(
    ("pieces", "finish"), [((), FinishReason.ERROR), (("Ho",), FinishReason.STOP)]
)
def test_a_stream_that_calls_a_tool_has_failed_where_it_says_nothing_else(
    hosts: HttpChatHosts, host: FakeHost, pieces: tuple[str, ...], finish: FinishReason
) -> None:
    """We send no tools."""
    deltas, fault = stream_of(hosts, host, streamed(*pieces, finish="tool_calls"))

    assert fault is None
    assert [delta.finish_reason for delta in deltas if delta.finish_reason] == [finish]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (as_json({"error": {"message": "x", "code": "rate_limit_exceeded"}}), HostRateLimited),
        (as_json({"error": {"message": "x", "code": "invalid_api_key"}}), BadKey),
        (as_json({"error": {"message": "x", "type": "server_error"}}), HostUnreachable),
        (as_json({"a": 1}), BadPayload),
        (completion(), BadPayload),
        (raw(head(headers={"Content-Type": "application/json"}) + b'{"error'), BadPayload),
        (raw(head(headers={"Content-Type": "application/json"}, length=99)), BadPayload),
    ],
)
def test_a_whole_answer_to_a_stream_is_named_by_what_it_tells(
    hosts: HttpChatHosts, host: FakeHost, answer: Answer, kind: type[HostError]
) -> None:
    """Some hosts answer 200 and JSON where the stream could not begin."""
    host.script(answer)

    with pytest.raises(HostError) as caught:
        hosts.stream(target_of(host), chat_call(), within(5.0))

    assert type(caught.value) is kind
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_body_that_stalls_behind_an_error_costs_a_second(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """The status has told the fault, and another host may answer in the time."""
    deadline = within(60.0)
    host.script(raw(head("503 Busy", length=100) + b"{", Stall()))

    with pytest.raises(HostUnreachable) as caught:
        hosts.complete(target_of(host), chat_call(), deadline)

    assert deadline.remaining() > 55.0
    assert (caught.value.status, caught.value.work) == (503, NONE)
    assert host.wait_for_hang_ups(1)


def test_a_body_behind_an_error_is_left_when_the_next_host_s_time_begins(
    hosts: HttpChatHosts, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came by then still names the fault."""
    monkeypatch.setattr(client_module, "ERROR_SECONDS", 30.0)
    now = time.monotonic()
    deadline = Deadline(now + 60.0, time.monotonic, answer_by=now + 0.5)
    body = b'{"error": {"code": "model_not_found"}}'
    host.script(raw(head("400 Bad") + body, Stall()))

    with pytest.raises(ModelNotServed):
        hosts.complete(target_of(host), chat_call(), deadline)

    assert deadline.remaining() > 55.0


def test_a_signed_call_that_is_forbidden_tells_what_the_role_lacks(host: FakeHost) -> None:
    """There is no key in it that could be wrong; a call with a key keeps its own sentence."""

    class Proof(RequestSigner):
        def sign(self, *_: object) -> dict[str, str]:
            """A header."""
            return {"authorization": "signed"}

    transport = HostTransport(EndpointGuard.parse(host.endpoint))
    hosts = HttpChatHosts(transport, {"openai": OpenAiDialect()}, {"aws": Proof()})
    sentences = []
    for key in ("", "sk-1"):
        host.script(status(403, data={}))
        with pytest.raises(BadKey) as caught:
            hosts.complete(target_of(host, key, signing="aws"), chat_call(), within(5.0))
        sentences.append(caught.value.user_message)
    hosts.close()

    assert sentences == [
        "El rol de AWS no tiene permiso para este modelo (bedrock:InvokeModel).",
        BadKey.default_user_message,
    ]


def test_a_host_that_hangs_takes_no_line_of_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each origin has its compartment; a full one is no line to the host, and no silence of it."""
    monkeypatch.setattr(transport_module, "POOL_SECONDS", 0.2)
    with FakeHost() as hanging, FakeHost() as other:
        allowed = EndpointGuard.parse(f"{hanging.endpoint},{other.endpoint}")
        hosts = HttpChatHosts(
            HostTransport(allowed, max_connections=4, max_to_one_origin=2),
            {"openai": OpenAiDialect()},
        )
        hanging.otherwise = raw(Stall())

        def wait() -> None:
            with pytest.raises(HostError):
                hosts.complete(target_of(hanging), chat_call(), within(2.0))

        waiting = [threading.Thread(target=wait) for _ in range(2)]
        for thread in waiting:
            thread.start()
        assert hanging.wait_for_requests(2)

        with pytest.raises(HostUnreachable, match="lines") as caught:
            hosts.complete(target_of(hanging), chat_call(), within(30.0))
        assert caught.value.work is NONE
        with pytest.raises(DeadlineExceeded):
            hosts.complete(target_of(hanging), chat_call(), within(0.1))
        assert hosts.complete(target_of(other), chat_call(), within(5.0)).text == "Hola"

        for thread in waiting:
            thread.join(10.0)
        hanging.otherwise = completion()
        for _ in range(5):
            assert hosts.complete(target_of(hanging), chat_call(), within(5.0)).text == "Hola"
        hosts.close()
