"""The binary event stream: any chunking gives the same events, damage is told, size is bound."""

from __future__ import annotations

import json
import random
import struct
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.hosts.dialects.bedrock_events import (
    MAX_MESSAGE_BYTES,
    EventStreamDecoder,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from tests.fake_bedrock import (
    converse_stream,
    event,
    exception,
    message,
    said,
    unmodelled_error,
)

STREAM = b"".join(said("¡Hoy abre ", "el Café Azul! ☕", " \u2028 Ven."))
WHOLE = EventStreamDecoder().feed(STREAM)


def decoded(*chunks: bytes) -> tuple[list[ServerSentEvent], str | None]:
    """The events of some chunks, and what is wrong with them."""
    decoder = EventStreamDecoder()
    events = [found for chunk in chunks for found in decoder.feed(chunk)]
    assert decoder.end() is None
    assert decoder.stray == b""
    return events, decoder.problem


def test_a_stream_is_read_whole() -> None:
    """Names and payloads, as they were said."""
    assert [found.event for found in WHOLE] == [
        "messageStart",
        "contentBlockDelta",
        "contentBlockDelta",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    assert json.loads(WHOLE[2].data)["delta"] == {"text": "el Café Azul! ☕"}


def test_a_stream_is_read_byte_by_byte() -> None:
    """The same events."""
    chunks = [STREAM[at : at + 1] for at in range(len(STREAM))]

    assert decoded(*chunks) == (WHOLE, None)


@pytest.mark.parametrize("seed", range(50))
def test_a_stream_is_read_at_any_split(seed: int) -> None:
    """The same events."""
    chance = random.Random(seed)
    cuts = sorted(chance.sample(range(1, len(STREAM)), chance.randint(1, 12)))
    chunks = [STREAM[a:b] for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]

    assert decoded(*chunks) == (WHOLE, None)


def test_no_damaged_byte_goes_unseen() -> None:
    """The events before it are handed out, those after it never."""
    for at in range(len(STREAM)):
        damaged = bytearray(STREAM)
        damaged[at] ^= 0x20

        events, problem = decoded(bytes(damaged))

        assert problem is not None, at
        assert events == WHOLE[: len(events)], at
        assert len(events) < len(WHOLE), at


def test_a_damaged_length_is_told_at_once() -> None:
    """By the prelude's own checksum: nothing is waited for."""
    start = bytearray(event("messageStop", {"stopReason": "end_turn"})[:12])
    start[1] ^= 0x01

    assert decoded(bytes(start)) == ([], "a message whose checksum or headers are wrong")


@pytest.mark.parametrize("length", [0, 11, 12, 13, 15, MAX_MESSAGE_BYTES + 1, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_a_problem(length: int) -> None:
    """Even with the right checksum."""
    lengths = struct.pack("!II", length, 0)
    prelude = lengths + struct.pack("!I", crc32(lengths))

    events, problem = decoded(prelude, b"x" * 64)

    assert events == []
    assert problem is not None


def test_the_longest_message_is_taken_and_no_longer_one() -> None:
    """1 MB, of which the headers and checksums are a part."""
    frame = len(event("contentBlockDelta", b""))
    fits = event("contentBlockDelta", b"x" * (MAX_MESSAGE_BYTES - frame))
    over = event("contentBlockDelta", b"x" * (MAX_MESSAGE_BYTES - frame + 1))

    assert len(fits) == MAX_MESSAGE_BYTES
    assert [len(found.data) for found in decoded(fits)[0]] == [MAX_MESSAGE_BYTES - frame]
    assert decoded(over[:64]) == ([], "a message over 1 MB")


def test_headers_longer_than_the_message_are_a_problem() -> None:
    """The checksums may be right."""
    lengths = struct.pack("!II", 16, 5000)
    start = lengths + struct.pack("!I", crc32(lengths))

    events, problem = decoded(start + struct.pack("!I", crc32(start)))

    assert (events, problem is None) == ([], False)


def test_a_header_of_an_unknown_type_is_a_problem() -> None:
    """What follows it cannot be found."""
    good = message({":event-type": "metadata"}, b"{}")
    rows = good[12:-6].replace(b"\x07", b"\x2a", 1)
    start = good[:12] + rows + b"{}"

    assert decoded(start + struct.pack("!I", crc32(start))) == (
        [],
        "a message that cannot be read",
    )


def test_a_header_twice_is_a_problem() -> None:
    """Nobody can say which of them counts."""
    row = message({":event-type": "a"}, b"")[12:-4]
    lengths = struct.pack("!II", 16 + 2 * len(row), 2 * len(row))
    start = lengths + struct.pack("!I", crc32(lengths)) + row + row

    assert decoded(start + struct.pack("!I", crc32(start)))[1] is not None


def test_a_payload_that_is_no_utf8_is_a_problem() -> None:
    """As in every stream."""
    assert decoded(event("contentBlockDelta", b"\xff")) == ([], "invalid UTF-8")


def test_an_exception_is_an_event_of_its_own() -> None:
    """Its type and sentence are the data."""
    (told,) = decoded(exception("throttlingException", "slow down"))[0]

    assert told.event == "exception"
    assert json.loads(told.data) == {"type": "throttlingException", "message": "slow down"}


def test_an_error_that_is_not_modelled_is_an_event_of_the_same_kind() -> None:
    """Its words stand in the headers."""
    (told,) = decoded(unmodelled_error("InternalFailure", "oops"))[0]

    assert told.event == "exception"
    assert json.loads(told.data) == {"type": "InternalFailure", "message": "oops"}


@pytest.mark.parametrize("payload", [b"no json", b"[1]", b"{}", b'{"message": 7}', b"[" * 5000])
def test_an_exceptions_payload_may_be_anything(payload: bytes) -> None:
    """The type alone decides."""
    headers = {":message-type": "exception", ":exception-type": "validationException"}

    (told,) = decoded(message(headers, payload))[0]

    assert json.loads(told.data)["type"] == "validationException"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {":message-type": "event"},
        {":message-type": "strange", ":event-type": "metadata"},
        {":event-type": "metadata"},
    ],
)
def test_a_message_of_no_known_kind_says_nothing(headers: dict[str, str]) -> None:
    """And the stream goes on."""
    events, problem = decoded(message(headers, b"{}") + event("metadata", {}))

    assert ([found.event for found in events], problem) == (["metadata"], None)


@given(st.binary(max_size=400), st.integers(1, 40))
def test_no_bytes_raise(data: bytes, size: int) -> None:
    """They give events, or a problem, or wait for more."""
    chunks = [data[at : at + size] for at in range(0, len(data), size)]

    events, problem = decoded(*chunks)

    assert events == [] or problem is None or problem


def test_half_a_message_gives_nothing() -> None:
    """It has no checksum yet."""
    assert decoded(STREAM[:-1]) == (WHOLE[:-1], None)


def test_the_fake_frames_its_chunks() -> None:
    """What the tests of sockets send holds the same bytes."""
    sent = b"".join(step for step in converse_stream("a").steps if isinstance(step, bytes))

    assert b"contentBlockDelta" in sent and sent.endswith(b"0\r\n\r\n")
