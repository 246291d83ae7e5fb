"""A canary key goes to hosts that echo it everywhere; it shows in nothing that we leave behind."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType

import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.errors import HostError
from tests.fake_host import (
    STREAM_HEAD,
    Answer,
    Close,
    FakeHost,
    Reset,
    Stall,
    as_json,
    chat_call,
    chunk_object,
    completion_object,
    event,
    head,
    raw,
    status,
    stream_steps,
    target_of,
    within,
)

KEY = "sk-CANARY0123456789abcdef"
PROMPT = "canario-del-prompt"
ECHO = {
    "X-Api-Key": KEY,
    "Authorization": f"Bearer {KEY}",
    "Location": f"https://h.test/{KEY}",
    "X-Echo": PROMPT,
}
WORDS = {"error": {"message": f"bad key {KEY} {PROMPT}", "code": KEY, "type": KEY}}
PART = event(chunk_object("Ho"))

ANSWERS: dict[str, Answer] = {
    "401": status(401, ECHO, WORDS),
    "403": status(403, ECHO, WORDS),
    "404": status(404, ECHO, WORDS),
    "429": status(429, ECHO | {"Retry-After": KEY}, WORDS),
    "500": status(500, ECHO, {"detail": KEY, "message": PROMPT}),
    "redirect": status(302, ECHO),
    "encoded": as_json(completion_object(), headers=ECHO | {"Content-Encoding": KEY}),
    "html": raw(head(headers=ECHO | {"Content-Type": f"text/html; {KEY}"}) + KEY.encode()),
    "no json": raw(head(headers=ECHO, length=len(KEY)) + KEY.encode()),
    "no completion": as_json({"a": KEY, PROMPT: PROMPT}, headers=ECHO),
    "error with 200": as_json(WORDS, headers=ECHO),
    "no http": raw(f"{KEY} {PROMPT}\r\n\r\n".encode()),
    "wrong header": raw(f"HTTP/1.1 200 OK\r\n{KEY} {PROMPT}\r\n\r\n".encode()),
    "wrong status": raw(f"HTTP/1.1 {KEY} {PROMPT}\r\n\r\n".encode()),
    "wrong chunk": raw(
        head(headers=ECHO | {"Transfer-Encoding": "chunked"}) + f"{KEY}\r\n".encode()
    ),
    "cut": raw(head(headers=ECHO, length=999) + KEY.encode()),
    "closed": raw(Close()),
    "reset": raw(Reset()),
    "stalled": raw(head(headers=ECHO, length=999) + KEY.encode(), Stall()),
    "stalled stream": stream_steps(PART, Stall()),
    "stream error": stream_steps(PART, event(WORDS, "error")),
    "stream stray": stream_steps(PART, f'{{"error": "{KEY}"}}\n'.encode()),
    "stream no json": stream_steps(PART, event(f"{KEY} {PROMPT}".encode())),
    "stream no choices": stream_steps(PART, event({"choices": [KEY]})),
    "stream wrong utf-8": stream_steps(PART, b"data: " + KEY.encode() + b"\xff\n\n"),
    "stream cut": raw(STREAM_HEAD, PART, f"data: {KEY}".encode()),
}


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


def ways_to_ask(hosts: HttpChatHosts, host: FakeHost) -> list[Callable[[], object]]:
    """Whole, streamed, and the list of models."""
    target = target_of(host, KEY)
    call = chat_call(PROMPT)
    return [
        lambda: hosts.complete(target, call, within(0.5)),
        lambda: list(hosts.stream(target, call, within(0.5))),
        lambda: hosts.models(target, within(0.5)),
    ]


@pytest.mark.parametrize("name", ANSWERS)
def test_neither_key_nor_prompt_is_left_in_an_error_or_a_log(
    hosts: HttpChatHosts, host: FakeHost, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Text, fields, pickle, traceback with locals, chained errors, logs at DEBUG."""
    caplog.set_level(logging.DEBUG)
    for ask in ways_to_ask(hosts, host):
        host.script(ANSWERS[name])
        try:
            ask()
        except HostError as error:
            left = left_by(error)
        else:
            # Half of the answers are faults only for one way of asking.
            continue
        assert KEY.lower() not in left.lower()
        assert PROMPT not in left.lower()
    assert caplog.records, "httpcore logs at DEBUG; without its records this proves nothing"
    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert KEY.lower() not in logged.lower()
    assert PROMPT not in logged


def test_every_answer_is_a_fault_for_some_way_of_asking(
    hosts: HttpChatHosts, host: FakeHost
) -> None:
    """The control of the test above."""
    for name, answer in ANSWERS.items():
        faults = 0
        for ask in ways_to_ask(hosts, host):
            host.script(answer)
            try:
                ask()
            except HostError:
                faults += 1
        assert faults, name


def test_a_leak_would_be_found() -> None:
    """The control of ``left_by``: a frame that holds the key, and a chained error."""

    def leaky(held: str) -> None:
        raise HostError("x")

    def chained() -> None:
        try:
            raise ValueError(KEY)
        except ValueError as error:
            raise HostError("x") from error

    with pytest.raises(HostError) as by_frame:
        leaky(KEY)
    with pytest.raises(HostError) as by_chain:
        chained()

    assert KEY in left_by(by_frame.value)
    assert KEY in left_by(by_chain.value)


def test_the_key_shows_in_no_repr(hosts: HttpChatHosts, host: FakeHost) -> None:
    """Of the adapter, its parts, a target, a stream."""
    host.script(stream_steps(PART, Stall()))
    stream = hosts.stream(target_of(host, KEY), chat_call(PROMPT), within(5.0))
    next(iter(stream))

    shown = f"{hosts!r} {hosts.transport!r} {target_of(host, KEY)!r} {stream!r} {vars(stream)!r}"

    stream.close()
    assert KEY not in shown
    assert PROMPT not in shown


def left_by(error: BaseException) -> str:
    """All that an error tracker could pick up, below the test's own frames."""
    seen: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        link = waiting.pop()
        if link is None:
            continue
        seen += [str(link), repr(link), repr(vars(link)), repr(link.args)]
        seen += list(_locals_of(link.__traceback__))
        waiting += [link.__cause__, link.__context__]
    seen.append("".join(traceback.format_exception(error)))
    seen.append(repr(pickle.dumps(error)))
    return "\n".join(seen)


def _locals_of(frames: TracebackType | None) -> Iterator[str]:
    while frames is not None:
        frame = frames.tb_frame
        is_public = frame.f_code.co_name in ("complete", "stream", "models")
        if frame.f_code.co_filename != __file__ or frame.f_code.co_name == "leaky":
            for name, value in frame.f_locals.items():
                # What the caller itself passed in is the caller's.
                if not (is_public and name in ("target", "call")):
                    yield f"{name}={value!r}"
        frames = frames.tb_next
