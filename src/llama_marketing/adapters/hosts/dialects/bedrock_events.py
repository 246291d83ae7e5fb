"""AWS's binary event stream as events: botocore's parser, fed one whole message at a time.

A message is a prelude (its length, its headers' length, their checksum), headers, a payload and
a checksum over all. botocore itself copies all that it holds for every chunk and takes messages
of 24 MB; so the bytes are gathered here, and bounded.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.json_body import (
    MAX_WORD,
    has_too_many_values,
    short_word,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent

EVENT_STREAM: Final = "application/vnd.amazon.eventstream"
"""The media type of such a stream."""
MAX_MESSAGE_BYTES: Final = 1_048_576
"""The longest message that is taken."""
EXCEPTION: Final = "exception"
"""The name of an event that tells a fault; its data is ``{"type", "message"}``."""

_PRELUDE_BYTES: Final = 12


class EventStreamDecoder:
    """Turns chunks of bytes into events; one decoder a stream, one thread at a time.

    An event's name is the message's ``:event-type``, its data the payload. After a problem
    :meth:`feed` answers no more events; those before it were handed out.
    """

    __slots__ = ("_buffer", "_held", "_length", "problem", "stray")

    def __init__(self) -> None:
        self.problem: str | None = None
        self.stray = b""
        self._held = bytearray()
        self._buffer: Any = None
        """botocore's parser of the message whose prelude is in; None before that."""
        self._length = 0

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Answer the events that ``data`` completes, in order."""
        events: list[ServerSentEvent] = []
        if self.problem is None:
            self._held += data
        while self.problem is None:
            message = self._next_message()
            if message is None:
                break
            event = self._event_of(message)
            if event is not None:
                events.append(event)
        return events

    def end(self) -> ServerSentEvent | None:
        """Nothing: half a message has no checksum to believe it by."""
        return None

    def _next_message(self) -> Any:
        """The next whole message, checked; None where more bytes are needed, or on a problem."""
        from botocore.eventstream import EventStreamBuffer, ParserError

        if self._buffer is None:
            if len(self._held) < _PRELUDE_BYTES:
                return None
            self._length = int.from_bytes(self._held[:4], "big")
            self._buffer = EventStreamBuffer()
            self._give(_PRELUDE_BYTES)
        try:
            # Before the rest is in, this checks the prelude alone: a length that was damaged on
            # the way must not be waited for.
            message = next(self._buffer, None)
            if message is None:
                if self._length > MAX_MESSAGE_BYTES:
                    self.problem = "a message over 1 MB"
                elif len(self._held) >= self._length - _PRELUDE_BYTES:
                    self._give(self._length - _PRELUDE_BYTES)
                    message = next(self._buffer)
        except ParserError:
            self.problem = "a message whose checksum or headers are wrong"
            return None
        except (KeyError, StopIteration, struct.error, UnicodeDecodeError):
            self.problem = "a message that cannot be read"
            return None
        if message is not None:
            self._buffer = None
        return message

    def _give(self, size: int) -> None:
        self._buffer.add_data(bytes(self._held[:size]))
        del self._held[:size]

    def _event_of(self, message: Any) -> ServerSentEvent | None:
        try:
            text = message.payload.decode()
        except UnicodeDecodeError:
            self.problem = "invalid UTF-8"
            return None
        headers = message.headers
        kind = headers.get(":message-type")
        if kind == "exception":
            return _told(headers.get(":exception-type"), _message_in(text))
        if kind == "error":
            return _told(headers.get(":error-code"), headers.get(":error-message"))
        name = short_word(headers.get(":event-type"), MAX_WORD)
        return ServerSentEvent(name, text) if kind == "event" and name else None


def _told(kind: object, message: object) -> ServerSentEvent:
    words = {"type": short_word(kind, MAX_WORD), "message": short_word(message, 2000)}
    return ServerSentEvent(EXCEPTION, json.dumps(words))


def _message_in(text: str) -> object:
    if has_too_many_values(text):
        return ""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data.get("message") if isinstance(data, dict) else ""
