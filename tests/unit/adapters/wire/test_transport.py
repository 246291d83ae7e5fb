"""The transport over a caller's own ``httpx.BaseTransport``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError

import httpcore
import httpx
import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.wire import transport as transport_module
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
    SettingsError,
    Truncated,
)
from llama_marketing.domain.secret import Secret
from tests.fake_host import chat_call, chunk_object, completion_object, event, host_row, within

WHOLE = json.dumps(completion_object()).encode()
TARGET = HostTarget(host_row(), "https://llm.test/v1", Secret("sk-CANARY"))
Handler = Callable[[httpx.Request], httpx.Response]


class FakeClock:
    """A monotonic clock that the answer moves."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.time


class Parts(httpx.SyncByteStream):
    """A body in parts; an exception among them is raised."""

    def __init__(self, *parts: bytes | Exception, then: Callable[[], None] | None = None) -> None:
        self.closed = 0
        self._parts = parts
        self._then = then

    def __iter__(self) -> Iterator[bytes]:
        """The parts, with ``then`` after each."""
        for part in self._parts:
            if isinstance(part, Exception):
                raise part
            yield part
            if self._then is not None:
                self._then()

    def close(self) -> None:
        """Count it."""
        self.closed += 1


def over(handler: Handler) -> HttpChatHosts:
    """The adapter over this transport."""
    transport = HostTransport(transport=httpx.MockTransport(handler))
    return HttpChatHosts(transport, {"openai": OpenAiDialect()})


def sse(*parts: bytes | Exception, then: Callable[[], None] | None = None) -> httpx.Response:
    """A streamed answer."""
    headers = {"content-type": "text/event-stream"}
    return httpx.Response(200, headers=headers, stream=Parts(*parts, then=then))


def test_the_caller_s_transport_gets_a_plain_request() -> None:
    """The key in its header, seconds as timeouts, cut to the deadline."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=completion_object())

    assert over(answer).complete(TARGET, chat_call(), within(2.0)).text == "Hola"
    assert seen[0].headers["authorization"] == "Bearer sk-CANARY"
    timeouts = seen[0].extensions["timeout"]
    assert set(timeouts) == {"connect", "read", "write", "pool"}
    assert all(0.0 < seconds <= 2.0 for seconds in timeouts.values())


def test_connecting_over_it_has_its_own_limit() -> None:
    """Three seconds."""
    seen: list[float] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"]["connect"])
        return httpx.Response(200, json=completion_object())

    over(answer).complete(TARGET, chat_call(), within(60.0))

    assert seen == [3.0]


def test_the_deadline_is_checked_between_its_chunks() -> None:
    """Also where each chunk is in time."""
    clock = FakeClock()

    def tick() -> None:
        clock.time += 0.6

    parts = [bytes([byte]) for byte in WHOLE]
    hosts = over(lambda _request: httpx.Response(200, stream=Parts(*parts, then=tick)))

    with pytest.raises(DeadlineExceeded) as caught:
        hosts.complete(TARGET, chat_call(), Deadline(clock() + 2.0, clock))

    assert caught.value.work is HostWork.PARTIAL
    assert caught.value.received_bytes == 5


@pytest.mark.parametrize(
    ("raised", "fault", "work"),
    [
        (httpx.ConnectError("x"), HostUnreachable, HostWork.NONE),
        (httpx.ConnectTimeout("x"), HostUnreachable, HostWork.NONE),
        (httpx.PoolTimeout("x"), HostUnreachable, HostWork.NONE),
        (httpcore.PoolTimeout("x"), HostUnreachable, HostWork.NONE),
        (httpx.UnsupportedProtocol("x"), HostUnreachable, HostWork.NONE),
        (httpx.LocalProtocolError("x"), HostUnreachable, HostWork.NONE),
        (httpx.ReadTimeout("x"), DeadlineExceeded, HostWork.UNKNOWN),
        (httpx.WriteTimeout("x"), DeadlineExceeded, HostWork.UNKNOWN),
        (httpx.ReadError("x"), HostUnreachable, HostWork.UNKNOWN),
        (httpx.WriteError("x"), HostUnreachable, HostWork.UNKNOWN),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."),
         HostUnreachable, HostWork.UNKNOWN),
        (httpx.RemoteProtocolError("illegal status line"), BadPayload, HostWork.UNKNOWN),
        (RuntimeError("x"), HostUnreachable, HostWork.UNKNOWN),
    ],
)  # fmt: skip
def test_what_it_raises_before_an_answer_becomes_a_fault(
    raised: Exception, fault: type[HostError], work: HostWork
) -> None:
    """No exception of another library gets through."""

    def answer(_request: httpx.Request) -> httpx.Response:
        raise raised

    for ask in (over(answer).complete, over(answer).stream):
        with pytest.raises(HostError) as caught:
            ask(TARGET, chat_call(), within(5.0))
        assert type(caught.value) is fault
        assert (caught.value.work, caught.value.host) == (work, "self_hosted")


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (httpx.ReadError("x"), Truncated),
        (httpx.ReadTimeout("x"), DeadlineExceeded),
        (httpx.RemoteProtocolError("peer closed connection without ..."), Truncated),
        (httpx.RemoteProtocolError("illegal chunk header"), BadPayload),
        (RuntimeError("x"), Truncated),
    ],
)
def test_what_it_raises_inside_an_answer_becomes_a_fault(
    raised: Exception, fault: type[HostError]
) -> None:
    """Whole and streamed, with what had arrived."""
    whole = over(lambda _request: httpx.Response(200, stream=Parts(WHOLE[:9], raised)))
    streamed = over(lambda _request: sse(event(chunk_object("Ho")), raised))

    with pytest.raises(HostError) as caught:
        whole.complete(TARGET, chat_call(), within(5.0))
    assert type(caught.value) is fault
    assert (caught.value.work, caught.value.received_bytes) == (HostWork.PARTIAL, 9)

    with pytest.raises(HostError) as caught:
        list(streamed.stream(TARGET, chat_call(), within(5.0)))
    assert type(caught.value) is fault
    assert (caught.value.work, caught.value.received_bytes) == (HostWork.PARTIAL, 2)


def test_a_body_is_closed_exactly_once() -> None:
    """However often the stream is closed."""
    body = Parts(event(chunk_object("Ho")))
    headers = {"content-type": "text/event-stream"}
    hosts = over(lambda _request: httpx.Response(200, headers=headers, stream=body))
    stream = hosts.stream(TARGET, chat_call(), within(5.0))

    stream.close()
    stream.close()
    with pytest.raises(Truncated):
        list(stream)

    assert body.closed == 1


def test_a_closed_literal_is_blocked_before_it_is_asked() -> None:
    """The guard stands in front of any transport."""
    hosts = over(lambda _request: pytest.fail("was asked"))
    target = HostTarget(host_row(), "http://169.254.169.254/v1")

    with pytest.raises(BlockedEndpoint):
        hosts.complete(target, chat_call(), within(5.0))


@pytest.mark.parametrize(
    "url", ["https://\ud800.test/v1", "https://a.test/\ud800", "\ud800:", "https://\xad/"]
)
def test_an_endpoint_that_no_url_can_hold_is_no_crash(url: str) -> None:
    """A lone surrogate, and a name that is none."""
    hosts = over(lambda _request: pytest.fail("was asked"))

    with pytest.raises(HostUnreachable) as caught:
        hosts.complete(HostTarget(host_row(), url), chat_call(), within(5.0))
    assert caught.value.work is HostWork.NONE


def test_a_dialect_that_nobody_speaks_is_the_operator_s_error() -> None:
    """A row with a typo."""
    hosts = over(lambda _request: pytest.fail("was asked"))
    target = HostTarget(host_row(dialect="klingon"), "https://llm.test/v1")

    with pytest.raises(SettingsError, match="klingon"):
        hosts.complete(target, chat_call(), within(5.0))


def test_a_fault_of_our_own_reading_stays_inside_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in a dialect must not carry the host's words out in its frames."""

    def broken(*_arguments: object) -> None:
        raise KeyError("sk-CANARY")

    monkeypatch.setattr(OpenAiDialect, "reply", broken)
    monkeypatch.setattr(OpenAiDialect, "delta", broken)
    whole = over(lambda _request: httpx.Response(200, content=WHOLE))
    streamed = over(lambda _request: sse(event(chunk_object("Ho"))))
    cut = over(lambda _request: sse(event(chunk_object("Ho"))[:-1]))

    for ask in (
        lambda: whole.complete(TARGET, chat_call(), within(5.0)),
        lambda: list(streamed.stream(TARGET, chat_call(), within(5.0))),
    ):
        with pytest.raises(BadPayload, match="KeyError") as caught:
            ask()
        assert "CANARY" not in repr(caught.value)
        assert caught.value.__context__ is None
    with pytest.raises(BadPayload):
        list(cut.stream(TARGET, chat_call(), within(5.0)))


@pytest.mark.parametrize(("code", "fault"), [(503, HostUnreachable), (429, BadPayload)])
def test_a_fault_of_our_reading_an_error_keeps_to_the_status(
    code: int, fault: type[HostError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in a dialect neither escapes nor keeps the next host from being asked."""
    bodies: list[Parts] = []

    def broken(*_arguments: object) -> None:
        raise OverflowError("sk-CANARY")

    def answer(_request: httpx.Request) -> httpx.Response:
        bodies.append(Parts(b"{}"))
        return httpx.Response(code, stream=bodies[-1])

    monkeypatch.setattr(OpenAiDialect, "failure", broken)
    for ask in (over(answer).complete, over(answer).stream):
        with pytest.raises(HostError) as caught:
            ask(TARGET, chat_call(), within(5.0))
        assert type(caught.value) is fault
        assert (caught.value.status, caught.value.work) == (code, HostWork.NONE)
        assert "CANARY" not in repr(caught.value)
        assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert [body.closed for body in bodies] == [1, 1]


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the source is run from a folder."""

    def missing(_name: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(transport_module, "version", missing)
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["user-agent"])
        return httpx.Response(200, json=completion_object())

    over(answer).complete(TARGET, chat_call(), within(5.0))

    assert seen == ["llama-marketing/0"]


def test_the_usual_make_speaks_every_dialect() -> None:
    """And opens no line by itself."""
    hosts = HttpChatHosts.over(EndpointGuard())

    assert set(hosts.dialects) >= {"openai", "anthropic", "gemini", "meta_native"}
    hosts.close()
