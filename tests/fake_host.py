"""A model's host on a raw socket: says exactly the bytes it is told to, and lies on request.

::

    with FakeHost() as host:
        host.script(completion("Hola"), status(429, {"retry-after": "7"}), streamed("Ho", "la"))
        ... call host.base_url ...
        assert host.requests[0].json["model"] == "m"

Each request takes the next answer of the script; when it is used up, ``host.otherwise``
answers, which is a completion. An answer is a list of steps: bytes to send, or a fault.
"""

from __future__ import annotations

import gzip
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Self

import attrs

from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.chat.models import (
    ChatCall,
    HostTarget,
    Message,
    ReplySchema,
    Role,
)
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.secret import Secret


@attrs.frozen
class Pause:
    """Say nothing for some seconds."""

    seconds: float


@attrs.frozen
class Stall:
    """Say nothing until the client leaves (seen in ``FakeHost.hang_ups``) or the host closes."""


@attrs.frozen
class Reset:
    """Drop the line with a TCP reset."""


@attrs.frozen
class Close:
    """Close the line."""


Step = bytes | Pause | Stall | Reset | Close


@attrs.frozen
class Answer:
    """What the host does with one request; ``keep_alive`` leaves the line open afterwards."""

    steps: Sequence[Step]
    keep_alive: bool = False


@attrs.frozen
class SeenRequest:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    raw_head: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


Scripted = Answer | Callable[[SeenRequest], Answer]
"""An answer, or what makes one for a request."""


class FakeHost:
    """A server on a loopback port; a context manager."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.requests: list[SeenRequest] = []
        self.connections = 0
        self.hang_ups = 0
        self.otherwise: Scripted = completion("Hola")
        self._tls = tls
        self._script: deque[Scripted] = deque()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._over = threading.Event()
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port: int = self._listener.getsockname()[1]

    @property
    def base_url(self) -> str:
        """The base that an OpenAI-shaped client is given."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/v1"

    @property
    def endpoint(self) -> str:
        """The entry for ``LLAMA_MARKETING_ALLOWED_ENDPOINTS``."""
        return f"127.0.0.1:{self.port}"

    def script(self, *answers: Scripted) -> None:
        """Say what the next requests are answered with."""
        with self._lock:
            self._script.extend(answers)

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Speak TLS on every line from now on."""
        self._tls = tls

    def wait_for_hang_ups(self, number: int, seconds: float = 5.0) -> bool:
        """Wait until that many clients left in the middle of an answer."""
        with self._changed:
            return self._changed.wait_for(lambda: self.hang_ups >= number, seconds)

    def wait_for_requests(self, number: int, seconds: float = 5.0) -> bool:
        """Wait until that many requests have come in."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= number, seconds)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Close the port and every line, for good; again changes nothing."""
        if self._over.is_set():
            return
        self._over.set()
        # A shutdown wakes the thread in accept(); closing alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            _shut(line)
        for thread in list(self._threads):
            thread.join(5.0)

    def _start(self, run: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=run, args=arguments, name="fake-host", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        try:
            if self._tls is not None:
                line = self._tls.wrap_socket(line, server_side=True)
            with self._lock:
                self._lines.add(line)
            while not self._over.is_set() and self._one_request(line):
                pass
        except OSError:
            # The client left, which many tests make it do.
            return
        finally:
            with self._lock:
                self._lines.discard(line)
            line.close()

    def _one_request(self, line: socket.socket) -> bool:
        request = _read_request(line)
        if request is None:
            return False
        with self._changed:
            self.requests.append(request)
            scripted = self._script.popleft() if self._script else self.otherwise
            self._changed.notify_all()
        answer = scripted(request) if callable(scripted) else scripted
        for step in answer.steps:
            if not self._play(line, step):
                return False
        return answer.keep_alive

    def _play(self, line: socket.socket, step: Step) -> bool:
        if isinstance(step, bytes):
            try:
                line.sendall(step)
            except OSError:
                self._hung_up()
                raise
        elif isinstance(step, Pause):
            self._over.wait(step.seconds)
        elif isinstance(step, Stall):
            self._stall(line)
            return False
        elif isinstance(step, Reset):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        else:
            return False
        return True

    def _stall(self, line: socket.socket) -> None:
        while not self._over.is_set():
            if select.select([line], [], [], 0.05)[0]:
                self._hung_up()
                return

    def _hung_up(self) -> None:
        with self._changed:
            self.hang_ups += 1
            self._changed.notify_all()


def _shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is gone already.
        return


def _read_request(line: socket.socket) -> SeenRequest | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = line.recv(65_536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (row.partition(":") for row in rest)
    }
    while len(body) < int(headers.get("content-length", "0")):
        body += line.recv(65_536)
    return SeenRequest(method, path, headers, body, head)


# Answers -----------------------------------------------------------------------------------


def raw(*steps: Step, keep_alive: bool = False) -> Answer:
    """Exactly these steps, with nothing around them."""
    return Answer(steps, keep_alive)


def head(
    status_line: str = "200 OK",
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
    keep_alive: bool = False,
) -> bytes:
    """A status line and headers; says that the line closes, as an honest host does.

    A host that closes without a word races with a client that uses the line again.
    """
    rows = [f"HTTP/1.1 {status_line}"]
    rows += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if length is not None:
        rows.append(f"Content-Length: {length}")
    if not keep_alive:
        rows.append("Connection: close")
    return "\r\n".join([*rows, "", ""]).encode("latin-1")


def plain(
    body: bytes,
    content_type: str = "application/json",
    status_line: str = "200 OK",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A body of a known length."""
    every = {"Content-Type": content_type, **(headers or {})}
    return raw(head(status_line, every, len(body), keep_alive=True) + body, keep_alive=True)


def as_json(
    data: Any, status_line: str = "200 OK", headers: Mapping[str, str] | None = None
) -> Answer:
    """A JSON answer."""
    return plain(json.dumps(data).encode(), status_line=status_line, headers=headers)


def status(code: int, headers: Mapping[str, str] | None = None, data: Any = None) -> Answer:
    """An answer with another status, by default with an error object."""
    body = {"error": {"message": "no", "type": "error"}} if data is None else data
    return as_json(body, f"{code} Status", headers)


def html(text: str = "<html><body>Bad gateway</body></html>", code: int = 200) -> Answer:
    """A page of a proxy in the way."""
    return plain(text.encode(), "text/html; charset=utf-8", f"{code} Status")


def gzipped(data: bytes) -> Answer:
    """A compressed answer that nobody asked for."""
    return plain(gzip.compress(data), headers={"Content-Encoding": "gzip"})


def usage_of(tokens_in: int = 12, tokens_out: int = 5) -> dict[str, Any]:
    """A usage object as most hosts report it."""
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


NO_USAGE: dict[str, Any] = {}


def completion_object(
    text: Any = "Hola", usage: Any = None, finish: Any = "stop", **message: Any
) -> dict[str, Any]:
    """A whole completion; ``usage=NO_USAGE`` leaves it out."""
    data: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "served-model",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": finish,
            }
        ],
    }
    if usage is not NO_USAGE:
        data["usage"] = usage_of() if usage is None else usage
    return data


def completion(text: Any = "Hola", usage: Any = None, finish: Any = "stop") -> Answer:
    """A completion that is asked for without streaming."""
    return as_json(completion_object(text, usage, finish))


def models_list(*ids: str, bare: bool = False) -> Answer:
    """A list of models, as ``{"data": [...]}`` or as a bare array."""
    entries = [{"id": name, "object": "model"} for name in ids]
    return as_json(entries if bare else {"object": "list", "data": entries})


def event(data: Any, name: str = "") -> bytes:
    """One server-sent event; ``data`` is JSON unless it is bytes."""
    line = data if isinstance(data, bytes) else json.dumps(data).encode()
    return (f"event: {name}\n".encode() if name else b"") + b"data: " + line + b"\n\n"


def chunk_object(
    text: Any = None, finish: str | None = None, usage: Any = None, choices: bool = True
) -> dict[str, Any]:
    """One chunk of a streamed completion."""
    delta = {} if text is None else {"content": text}
    data: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "served-model",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}] if choices else [],
    }
    if usage is not None:
        data["usage"] = usage
    return data


DONE = event(b"[DONE]")
STREAM_HEAD = head("200 OK", {"Content-Type": "text/event-stream"})
CHUNKED_HEAD = head(
    "200 OK",
    {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"},
    keep_alive=True,
)


def chunked(*parts: bytes, end: bool = True) -> bytes:
    """Parts in HTTP's chunked encoding."""
    framed = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return framed + (b"0\r\n\r\n" if end else b"")


def stream_steps(*steps: Step) -> Answer:
    """A stream without a length: the steps after a good head, then the line closes."""
    return raw(STREAM_HEAD, *steps)


def streamed(
    *pieces: str, finish: str | None = "stop", usage: Any = None, done: bool = True
) -> Answer:
    """A whole, well-behaved stream (chunked, so that the line can be used again)."""
    events = [event(chunk_object(piece)) for piece in pieces]
    if finish is not None:
        events.append(event(chunk_object(finish=finish)))
    if usage is not NO_USAGE:
        events.append(event(chunk_object(usage=usage or usage_of(), choices=False)))
    if done:
        events.append(DONE)
    return raw(
        CHUNKED_HEAD, *(chunked(part, end=False) for part in events), chunked(), keep_alive=True
    )


def dripped(data: bytes, gap: float, size: int = 1) -> list[Step]:
    """Bytes that come a few at a time."""
    steps: list[Step] = []
    for start in range(0, len(data), size):
        steps += [data[start : start + size], Pause(gap)]
    return steps


# What to call it with ----------------------------------------------------------------------


def host_row(**changes: Any) -> HostRow:
    """A self-hosted row; change any field."""
    fields: dict[str, Any] = {
        "id": "self_hosted",
        "name": "Propio",
        "description": "Un servidor propio.",
        "status": ServingStatus.LIVE,
        "takes_any_model": True,
        "key_required": False,
        "parameters": ("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"),
        "as_of": date(2026, 11, 22),
        "source": "test",
    }
    return HostRow(**{**fields, **changes})


def target_of(host: FakeHost, key: str = "", **changes: Any) -> HostTarget:
    """The target that leads to a fake host."""
    return HostTarget(host_row(**changes), host.base_url, Secret(key) if key else None)


def chat_call(prompt: str = "Escribe un post", **changes: Any) -> ChatCall:
    """A small call; change any field."""
    fields: dict[str, Any] = {
        "model": "m",
        "messages": (Message(Role.SYSTEM, "Eres redactor."), Message(Role.USER, prompt)),
        "max_tokens": 64,
    }
    return ChatCall(**{**fields, **changes})


POST_SCHEMA = ReplySchema("post", {"type": "object", "properties": {"content": {"type": "string"}}})


def within(seconds: float) -> Deadline:
    """A deadline on the real clock."""
    return Deadline(time.monotonic() + seconds, time.monotonic)


def joined(deltas: Iterable[Any]) -> str:
    """The text of a stream."""
    return "".join(delta.text for delta in deltas)
