"""The decoder follows the WHATWG rules, whatever way the bytes are cut."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import pytest

from llama_marketing.adapters.sse.decoder import (
    MAX_LINE_BYTES,
    Decoder,
    DecoderProblem,
    ServerSentEvent,
)
from tests.unit.adapters.sse.vectors import VECTORS


def decoded(*chunks: bytes) -> list[ServerSentEvent]:
    """The events of a stream that arrives in these chunks."""
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def ended(*chunks: bytes) -> ServerSentEvent | None:
    """What the end of the body cuts off."""
    decoder = Decoder()
    for chunk in chunks:
        decoder.feed(chunk)
    return decoder.end()


@pytest.mark.parametrize("name", VECTORS)
def test_a_stream_in_one_piece_gives_its_events(name: str) -> None:
    """The vectors as they are."""
    stream, events = VECTORS[name]

    assert decoded(stream) == events


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", VECTORS)
def test_a_stream_in_small_pieces_gives_the_same_events(name: str, size: int) -> None:
    """One, two and three bytes at a time, and with empty chunks between."""
    stream, events = VECTORS[name]
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]

    assert decoded(*pieces) == events
    assert decoded(*(part for piece in pieces for part in (piece, b""))) == events


@pytest.mark.parametrize("name", VECTORS)
def test_a_stream_cut_anywhere_gives_the_same_events(name: str) -> None:
    """Every cut in two, and forty random cuts in many."""
    stream, events = VECTORS[name]
    for cut in range(len(stream)) if len(stream) < 600 else range(0, len(stream), 37):
        assert decoded(stream[:cut], stream[cut:]) == events
    dice = random.Random(name)
    for _ in range(40):
        cuts = sorted(dice.choices(range(len(stream) + 1), k=dice.randint(1, 12)))
        edges = [0, *cuts, len(stream)]
        pieces = [stream[a:b] for a, b in pairwise(edges)]
        assert decoded(*pieces) == events


@pytest.mark.parametrize(
    ("stream", "rest"),
    [
        (b'data: {"usage": 1}', '{"usage": 1}'),
        (b'data: {"usage": 1}\n', '{"usage": 1}'),
        (b'data: {"usage": 1}\r', '{"usage": 1}'),
        (b'\xef\xbb\xbfdata: {"usage": 1}', '{"usage": 1}'),
        (b"data: a\ndata: b", "a\nb"),
    ],
)
def test_what_the_end_cuts_off_is_handed_out_by_end_alone(stream: bytes, rest: str) -> None:
    """Usage in a complete JSON line is billed though its event never ended."""
    assert decoded(stream) == []
    assert ended(stream) == ServerSentEvent("message", rest)
    assert ended(*(bytes([byte]) for byte in stream)) == ServerSentEvent("message", rest)


@pytest.mark.parametrize("stream", [b"", b"data: 1\n\n", b": comment", b"event: x\n", b"id: 3"])
def test_a_stream_that_ends_well_leaves_nothing(stream: bytes) -> None:
    """A comment or a name without data is no event."""
    assert ended(stream) is None


@pytest.mark.parametrize(
    "bad",
    [b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"caf\xc3"],
    ids=["byte", "sequence", "surrogate", "overlong", "cut"],
)
@pytest.mark.parametrize("field", [b"data", b"event", b"id"])
def test_invalid_utf8_is_a_problem_and_ends_the_stream(field: bytes, bad: bytes) -> None:
    """What came before it is given out; nothing after it is, however the bytes are cut."""
    stream = b"data: 1\n\ndata: 2\n" + field + b": " + bad + b"\n\ndata: 3\n\n"
    for pieces in ([stream], [bytes([byte]) for byte in stream]):
        decoder = Decoder()
        events = [event for piece in pieces for event in decoder.feed(piece)]
        assert [event.data for event in events] == ["1"]
        assert decoder.problem is DecoderProblem.INVALID_UTF8
        assert decoder.end() is None


def test_invalid_utf8_in_a_comment_harms_nobody() -> None:
    """Nobody reads it."""
    assert [event.data for event in decoded(b": \xff\ndata: 1\n\n")] == ["1"]


def test_invalid_utf8_in_the_rest_is_a_problem() -> None:
    """The end of the body does not make it text."""
    decoder = Decoder()
    decoder.feed(b"data: \xff")

    assert decoder.end() is None
    assert decoder.problem is DecoderProblem.INVALID_UTF8


@pytest.mark.parametrize("prefix", [b"data: ", b"data", b": ", b"event: ", b"whatever"])
@pytest.mark.parametrize("size", [1000, 65_536, 10**7])
def test_a_line_over_the_cap_is_a_problem(prefix: bytes, size: int) -> None:
    """In one chunk as in many, ended or not."""
    line = prefix + b"x" * (MAX_LINE_BYTES + 1 - len(prefix))
    for stream in (b"data: 1\n\n" + line, b"data: 1\n\n" + line + b"\n\ndata: 2\n\n"):
        decoder = Decoder()
        pieces = (stream[start : start + size] for start in range(0, len(stream), size))
        events = [event for piece in pieces for event in decoder.feed(piece)]
        assert [event.data for event in events] == ["1"]
        assert decoder.problem is DecoderProblem.TOO_LONG


def test_a_line_at_the_cap_is_taken() -> None:
    """The cap itself is allowed."""
    text = "x" * (MAX_LINE_BYTES - 6)

    assert [event.data for event in decoded(f"data: {text}\n\n".encode())] == [text]


def test_an_event_of_many_lines_has_the_same_cap() -> None:
    """Ten million short lines are no way around it."""
    decoder = Decoder()
    for _ in range(MAX_LINE_BYTES // 1000 + 1):
        decoder.feed(b"data:" + b"x" * 999 + b"\n")

    assert decoder.problem is DecoderProblem.TOO_LONG


def test_a_giant_line_in_tiny_chunks_costs_no_quadratic_time() -> None:
    """The pieces are joined once, at the end of the line."""
    decoder = Decoder()
    decoder.feed(b"data: ")
    for _ in range(200_000):
        decoder.feed(b"xxxxx")

    assert len(decoder.feed(b"\n\n")[0].data) == 1_000_000


@pytest.mark.parametrize(
    ("line", "stray"),
    [
        (b'{"error": {"message": "x"}}', b'{"error": {"message": "x"}}'),
        (b'error: {"code": 500}', b'{"code": 500}'),
        (b"hello", b""),
        (b": {}", b""),
        (b"retry: {}", b""),
    ],
)
def test_a_bare_json_line_is_kept_as_stray(line: bytes, stray: bytes) -> None:
    """Some hosts write their error into the stream without ``data:``."""
    decoder = Decoder()

    assert decoder.feed(line + b"\n\n") == []
    assert decoder.stray == stray


def test_the_data_of_a_long_stream_is_read_whole() -> None:
    """A thousand JSON events with accents, cut at odd places."""
    texts = [f"línea {number} ☕\u2028" for number in range(1000)]
    stream = b"".join(
        b"data: " + json.dumps({"t": text}, ensure_ascii=False).encode() + b"\r\n\r\n"
        for text in texts
    )
    pieces = [stream[start : start + 777] for start in range(0, len(stream), 777)]

    assert [json.loads(event.data)["t"] for event in decoded(*pieces)] == texts
