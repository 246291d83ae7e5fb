"""Event streams and what they say: the topics of the Web Platform Tests, and the traps."""

from __future__ import annotations

from typing import Final

from llama_marketing.adapters.sse.decoder import ServerSentEvent


def said(*data: str, name: str = "message", last_id: str = "") -> list[ServerSentEvent]:
    """Events of one name."""
    return [ServerSentEvent(name, text, last_id) for text in data]


VECTORS: Final[dict[str, tuple[bytes, list[ServerSentEvent]]]] = {
    # The topics of web-platform-tests/eventsource, format-*.
    "bom": (b"\xef\xbb\xbfdata: 1\n\ndata: 2\n\n", said("1", "2")),
    "bom only at the start": (
        b"data: 1\n\n\xef\xbb\xbfdata: 2\n\ndata: 3\n\n",
        said("1", "3"),
    ),
    "double bom": (b"\xef\xbb\xbf\xef\xbb\xbfdata: 1\n\ndata: 2\n\ndata: 3\n\n", said("2", "3")),
    "comments": (
        b"data: 1\n: :\n:" + b"x" * 3000 + b"\n:\ndata: 2\n:" + b"y\n:data: 9\ndata: 3\n\n",
        said("1\n2\n3"),
    ),
    "data before final empty line": (
        b"retry:1000\ndata: test1\n\nid:test\ndata: test2",
        said("test1"),
    ),
    "field data": (
        b"data:\n\ndata\ndata\n\ndata:test\n\n",
        said("", "\n", "test"),
    ),
    "field event": (
        b"event: test\ndata: x\n\ndata: x\n\n",
        said("x", name="test") + said("x"),
    ),
    "event empty": (b"event: \ndata: data\n\n", said("data")),
    "event without data is forgotten": (b"event: lost\n\ndata: x\n\n", said("x")),
    "id": (b"id: 1\ndata: a\n\ndata: b\n\n", said("a", "b", last_id="1")),
    "id 2": (
        b"id\ndata: a\n\nid: 2\ndata: b\n\nid\ndata: c\n\n",
        [
            ServerSentEvent("message", "a", ""),
            ServerSentEvent("message", "b", "2"),
            ServerSentEvent("message", "c", ""),
        ],
    ),
    "id null": (b"id: ok\ndata: a\n\nid: a\0b\ndata: b\n\n", said("a", "b", last_id="ok")),
    "id alone": (b"id: 7\n\ndata: x\n\n", said("x", last_id="7")),
    "retry": (b"retry: 3000\n\nretry: x\ndata: 1\n\n", said("1")),
    "mime bogus names": (b"datax: 1\nDATA: 2\n data: 3\ndata : 4\ndata: 5\n\n", said("5")),
    "null character": (b"data:\0\n\n\n\n", said("\0")),
    "leading space": (b"data:\ttest\rdata: \ndata:test\n\n", said("\ttest\n\ntest")),
    "two spaces": (b"data:  x\n\n", said(" x")),
    "newlines": (b"data:test\r\ndata\ndata:test\r\n\r\n", said("test\n\ntest")),
    "utf-8": ("data:ok…ñ☕\n\n".encode(), said("ok…ñ☕")),
    # The ends of lines.
    "cr only": (b"data: 1\rdata: 2\r\rdata: 3\r\r", said("1\n2", "3")),
    "crlf": (b"data: 1\r\n\r\ndata: 2\r\n\r\n", said("1", "2")),
    "mixed": (b"data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\n", said("1", "2", "3")),
    "other separators are text": (
        'data: "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei"\n\n'.encode(),
        said('"a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1dh\x1ei"'),
    ),
    # What hosts send.
    "many events": (b"data: {}\n\n" * 50 + b"data: [DONE]\n\n", said(*["{}"] * 50, "[DONE]")),
    "nothing": (b"", []),
    "blank lines": (b"\n\n\r\n\r\n\r\r", []),
    "cut in the middle": (b"data: 1\n\ndata: {", said("1")),
    "cut before the blank line": (b"data: 1\n\ndata: 2\n", said("1")),
}
