"""A host that costs nothing: answers the same bytes to every request, over keep-alive."""

from __future__ import annotations

import json
import multiprocessing
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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


class _Handler(socketserver.StreamRequestHandler):
    answers = {False: whole_reply(), True: streamed_reply()}

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = self.rfile.read(length)
            streamed = b'"stream":true' in body.replace(b" ", b"")
            self.wfile.write(self.answers[streamed])
            del line


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
