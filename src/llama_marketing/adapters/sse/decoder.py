"""A pure decoder of server-sent events, by the WHATWG rules, over bytes.

Lines end with CR, LF or CRLF and nothing else (U+2028, U+0085, VT and FF are text). Any
chunking of the same bytes gives the same events. Two things differ from a browser: invalid
UTF-8 is a problem instead of a replacement character, and the event that the end of the body
cut off is handed out by :meth:`Decoder.end`, since it may hold the usage that is billed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

MAX_LINE_BYTES: Final = 1_048_576
"""The longest line, and the most data of one event, that is taken."""

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class DecoderProblem(StrEnum):
    """Why a decoder gave up."""

    INVALID_UTF8 = "invalid UTF-8"
    TOO_LONG = "a line or an event over 1 MB"


class ServerSentEvent(NamedTuple):
    """One event; ``id`` is the last id that the stream gave."""

    event: str
    data: str
    id: str = ""


class Decoder:
    """Turns chunks of bytes into events; one decoder a stream, one thread at a time.

    After a problem ``problem`` is set and :meth:`feed` answers no more events; those before
    it were handed out. ``stray`` is the last line that is no field of an event but looks like
    JSON: some hosts write a bare error object into the stream.
    """

    __slots__ = (
        "_data",
        "_event",
        "_first_line",
        "_has_data",
        "_id",
        "_rest",
        "_skip_line_feed",
        "problem",
        "stray",
    )

    def __init__(self) -> None:
        self.problem: DecoderProblem | None = None
        self.stray = b""
        # Not lists of parts: a host may cut a line into a million of them.
        self._rest = bytearray()
        self._data = bytearray()
        self._has_data = False
        self._event = b""
        self._id = ""
        self._first_line = True
        self._skip_line_feed = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Answer the events that ``chunk`` completes, in order."""
        if self.problem is not None or not chunk:
            return []
        if self._skip_line_feed:
            self._skip_line_feed = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            # A CR ends its line at once; an LF that follows in the next chunk belongs to it.
            self._skip_line_feed = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._rest:
            lines[0] = self._joined(lines[0])
        events = self._read(lines)
        if rest and self.problem is None:
            self._rest += rest
            if len(self._rest) > MAX_LINE_BYTES:
                self.problem = DecoderProblem.TOO_LONG
        return events

    def end(self) -> ServerSentEvent | None:
        """Answer the event that the end of the body cut off, None where nothing is left.

        By the rules it is no event; only what a complete JSON text in it says may be used.
        """
        if self.problem is not None:
            return None
        events = self._read([self._joined(b"")] if self._rest else [])
        events += self._read([b""])
        return events[0] if events else None

    def _joined(self, tail: bytes) -> bytes:
        line = bytes(self._rest + tail)
        self._rest = bytearray()
        return line

    def _read(self, lines: list[bytes]) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        for line in lines:
            if len(line) > MAX_LINE_BYTES:
                self.problem = DecoderProblem.TOO_LONG
                break
            if self._first_line:
                self._first_line = False
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if not line:
                self._dispatch(events)
            elif line.startswith(b"data:"):
                self._add_data(line[6:] if line.startswith(b" ", 5) else line[5:])
            else:
                self._read_other(line)
            if self.problem is not None:
                break
        return events

    def _add_data(self, value: bytes) -> None:
        if self._has_data:
            self._data += b"\n"
        self._has_data = True
        self._data += value
        if len(self._data) > MAX_LINE_BYTES:
            self.problem = DecoderProblem.TOO_LONG

    def _read_other(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._add_data(value)
        elif field == b"event":
            self._event = value
        elif field == b"id":
            if b"\0" not in value:
                self._id = self._text(value)
        elif line.startswith(b"{") or field == b"error":
            self.stray = line if line.startswith(b"{") else value

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        event, self._event = self._event, b""
        if not self._has_data:
            return
        text = self._text(self._data)
        self._data = bytearray()
        self._has_data = False
        name = self._text(event) if event else "message"
        if self.problem is None:
            events.append(ServerSentEvent(name, text, self._id))

    def _text(self, value: bytes | bytearray) -> str:
        try:
            return value.decode()
        except UnicodeDecodeError:
            self.problem = DecoderProblem.INVALID_UTF8
            return ""
