"""A host that costs nothing: answers the same bytes to every request, over keep-alive."""

from __future__ import annotations

import json
import multiprocessing
import socketserver
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from llama_marketing.domain.chat.models import ReportedUsage
from tests.hosts.dialects import BY_DIALECT
from tests.hosts.speaker import Said

COPY = "Buen Fin en Café Azul: 2x1 en capuchinos de la casa. ¿A quién invitas? " * 4
REPLY = json.dumps(
    {"content": COPY, "hashtags": ["#BuenFin", "#CafeAzul"], "emojis": ["☕"]}, ensure_ascii=False
)
USAGE = {"prompt_tokens": 310, "completion_tokens": 120, "total_tokens": 430}
CHUNKS = 500


def whole_reply() -> bytes:
    """One whole chat completion."""
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": REPLY},
    }
    answer: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "m",
        "choices": [choice],
    }
    body = json.dumps({**answer, "usage": USAGE}).encode()
    head = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\n" + head.encode() + body


def streamed_reply() -> bytes:
    """The same kind of reply in 500 events, each in an HTTP chunk of its own, in one write.

    llama.cpp and vLLM send each event as a chunk; one write makes it a burst, the worst case.
    """
    text = json.dumps({"content": "palabra " * CHUNKS, "hashtags": [], "emojis": []})
    step = max(1, len(text) // CHUNKS)
    pieces = [text[place : place + step] for place in range(0, len(text), step)]
    base: dict[str, Any] = {
        "id": "chatcmpl-oOkWKab7CqrbG8IR6I2gtv3k4u49905s",
        "object": "chat.completion.chunk",
        "created": 1795551333,
        "model": "llama-3.3-70b-instruct",
        "system_fingerprint": "b0-unknown",
    }
    lines = [
        {**base, "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
        for piece in pieces
    ]
    lines.append({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    lines.append({**base, "choices": [], "usage": USAGE})
    events = [f"data: {json.dumps(line)}\n\n".encode() for line in lines]
    head = b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = [b"%x\r\n%s\r\n" % (len(event), event) for event in [*events, b"data: [DONE]\n\n"]]
    return b"HTTP/1.1 200 OK\r\n" + head + b"".join(chunks) + b"0\r\n\r\n"


def dialect_answers() -> dict[str, dict[bool, bytes]]:
    """By dialect, a whole answer and a stream of 500 pieces, as each host writes them."""
    usage = ReportedUsage(USAGE["prompt_tokens"], USAGE["completion_tokens"])
    long = Said("palabra " * CHUNKS, usage)
    answers = {}
    for name, speaker in BY_DIALECT.items():
        pieces = [speaker.piece("palabra ") for _ in range(CHUNKS - 1)]
        end = next(iter(speaker.closings(long).values()))
        stream = speaker.stream_of(speaker.opening("palabra "), *pieces, end)
        whole = speaker.whole(Said(REPLY, usage))
        answers[name] = {False: _joined(whole.steps), True: _joined(stream.steps)}
    return answers


def _joined(steps: Iterable[object]) -> bytes:
    return b"".join(step for step in steps if isinstance(step, bytes))


class _Handler(socketserver.StreamRequestHandler):
    """Answers ``/dialect/...`` in that dialect, and every other path as llama.cpp does."""

    usual = {False: whole_reply(), True: streamed_reply()}
    by_dialect = dialect_answers()

    def handle(self) -> None:
        while line := self.rfile.readline():
            path, length = line.split(b" ")[1].decode(), 0
            while (header := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = self.rfile.read(length)
            streamed = b'"stream":true' in body.replace(b" ", b"") or "stream" in path.lower()
            answers = self.by_dialect.get(path.split("/")[1], self.usual)
            self.wfile.write(answers[streamed])


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def _serve(ports: multiprocessing.Queue[int]) -> None:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        ports.put(server.server_address[1])
        server.serve_forever()


@contextmanager
def running_host() -> Iterator[int]:
    """The port of a host in a process of its own, so that its CPU is not ours."""
    context = multiprocessing.get_context("spawn")
    ports: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=_serve, args=(ports,), daemon=True)
    process.start()
    try:
        yield ports.get(timeout=30)
    finally:
        process.kill()
        process.join()
