"""AWS Bedrock's words for the fake host: Converse's JSON, and its binary event stream.

The encoder is our own, by the format's description (an uint32 for the whole length, one for the
headers', their CRC-32; headers as name, type 7, text; the payload; a CRC-32 over all before it),
so that it shares no code with the parser that it tries.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.secret import Secret
from tests.fake_host import NO_USAGE, Answer, FakeHost, as_json, chunked, head, raw

EVENT_STREAM = "application/vnd.amazon.eventstream"
STREAM_HEADERS = {"Content-Type": EVENT_STREAM, "x-amzn-RequestId": "1b2c"}
MODEL = "us.meta.llama3-3-70b-instruct-v1:0"
PATH = "/model/us.meta.llama3-3-70b-instruct-v1%3A0"
"""The model's path as botocore writes it."""


def message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One message of an event stream."""
    rows = b"".join(_header(name, value) for name, value in headers.items())
    lengths = struct.pack("!II", 12 + len(rows) + len(payload) + 4, len(rows))
    start = lengths + struct.pack("!I", crc32(lengths)) + rows + payload
    return start + struct.pack("!I", crc32(start))


def _header(name: str, value: str) -> bytes:
    title, text = name.encode(), value.encode()
    return bytes([len(title)]) + title + b"\x07" + struct.pack("!H", len(text)) + text


def event(name: str, data: Any) -> bytes:
    """An event; ``data`` is JSON unless it is bytes."""
    payload = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    headers = {
        ":event-type": name,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    return message(headers, payload)


def exception(name: str, text: str = "no") -> bytes:
    """A modelled fault inside a stream, such as ``throttlingException``."""
    headers = {
        ":exception-type": name,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return message(headers, json.dumps({"message": text}).encode())


def unmodelled_error(code: str, text: str = "no") -> bytes:
    """A fault that the service does not model."""
    headers = {":message-type": "error", ":error-code": code, ":error-message": text}
    return message(headers, b"")


def usage_of(tokens_in: int = 12, tokens_out: int = 5, **cache: int) -> dict[str, int]:
    """A usage object; ``cache`` is cacheReadInputTokens, cacheWriteInputTokens."""
    total = tokens_in + tokens_out + sum(cache.values())
    return {"inputTokens": tokens_in, "outputTokens": tokens_out, "totalTokens": total, **cache}


def reply_object(text: str = "Hola", usage: Any = None, stop: str = "end_turn") -> dict[str, Any]:
    """A whole answer; ``usage=NO_USAGE`` leaves it out."""
    data: dict[str, Any] = {
        "metrics": {"latencyMs": 551},
        "output": {"message": {"content": [{"text": text}], "role": "assistant"}},
        "stopReason": stop,
    }
    if usage is not NO_USAGE:
        data["usage"] = usage_of() if usage is None else usage
    return data


def converse(text: str = "Hola", usage: Any = None, stop: str = "end_turn") -> Answer:
    """The answer to Converse."""
    return as_json(reply_object(text, usage, stop))


def opening(text: str = "Ho") -> list[bytes]:
    """The events before a stream's second piece; Llama sends no contentBlockStart."""
    return [event("messageStart", {"role": "assistant", "p": "abcd"}), piece(text)]


def piece(text: str) -> bytes:
    """An event that brings text; ``p`` is padding that the service adds."""
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}, "p": "ab"})


def closing(usage: Any = None, stop: str = "end_turn") -> list[bytes]:
    """The events after the text; the usage comes last."""
    metadata: dict[str, Any] = {"metrics": {"latencyMs": 551}, "p": "abcdefg"}
    if usage is not NO_USAGE:
        metadata["usage"] = usage_of() if usage is None else usage
    return [
        event("contentBlockStop", {"contentBlockIndex": 0}),
        event("messageStop", {"stopReason": stop}),
        event("metadata", metadata),
    ]


def said(*pieces: str, usage: Any = None, stop: str = "end_turn") -> list[bytes]:
    """The events of a whole stream."""
    first, *rest = pieces
    return [*opening(first), *map(piece, rest), *closing(usage, stop)]


def stream_of(*events: bytes) -> Answer:
    """Events that end well, chunked, so that the line can be used again."""
    start = head("200 OK", {**STREAM_HEADERS, "Transfer-Encoding": "chunked"}, keep_alive=True)
    parts = [chunked(part, end=False) for part in events if part]
    return raw(start, *parts, chunked(), keep_alive=True)


def converse_stream(*pieces: str, usage: Any = None, stop: str = "end_turn") -> Answer:
    """The answer to ConverseStream."""
    return stream_of(*said(*pieces, usage=usage, stop=stop))


def fault(
    code: int, kind: str, text: str = "no", headers: Mapping[str, str] | None = None
) -> Answer:
    """An error as the service sends it: its type in a header, the sentence in the body."""
    every = {"x-amzn-ErrorType": f"{kind}:http://internal.amazon.com/coral/", **(headers or {})}
    return as_json({"message": text}, f"{code} Status", every)


def bedrock_row() -> HostRow:
    """The bundled row."""
    return next(row for row in PackagedCatalog().catalog().hosts if row.id == "bedrock")


def bedrock_target(host: FakeHost, key: str = "") -> HostTarget:
    """The row's target, moved to the fake host."""
    base = f"http://127.0.0.1:{host.port}"
    return HostTarget(bedrock_row(), base, Secret(key) if key else None)
