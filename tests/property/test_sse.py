"""Any texts and any chunking: what the encoder writes, the decoder reads."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from llama_marketing.adapters.sse.decoder import Decoder, ServerSentEvent
from llama_marketing.adapters.sse.encoder import comment, encode

ROUGH = st.lists(
    st.sampled_from(
        [
            b"data", b"data:", b"data: ", b"event: e", b"id: 1", b"id", b":", b"{}", b"x", b" ",
            b"\r", b"\n", b"\r\n", b"\n\n", b"\r\r", b"\0", b"\xef\xbb\xbf", b"\xc3\xb1",
            "\u2028".encode(),
        ]
    ),
    max_size=40,
).map(b"".join)  # fmt: skip
CUTS = st.lists(st.integers(min_value=0, max_value=400), max_size=12)


def decoded(stream: bytes, cuts: list[int]) -> tuple[list[ServerSentEvent], object, object]:
    """All that a decoder says of a stream that is cut there."""
    decoder = Decoder()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    events = [event for start, end in pairwise(edges) for event in decoder.feed(stream[start:end])]
    return events, decoder.end(), decoder.problem


@given(ROUGH, CUTS)
def test_any_chunking_says_the_same(stream: bytes, cuts: list[int]) -> None:
    """Events, rest and problem."""
    assert decoded(stream, cuts) == decoded(stream, [])


@settings(max_examples=300)
@given(ROUGH)
def test_the_decoder_agrees_with_a_plain_reading_of_the_rules(stream: bytes) -> None:
    """The WHATWG algorithm, written down as slowly as it reads."""
    assert decoded(stream, [])[0] == by_the_rules(stream)


@given(st.lists(st.text(), max_size=8), CUTS)
def test_what_is_encoded_is_decoded(texts: list[str], cuts: list[int]) -> None:
    """With heartbeats between."""
    stream = b"".join(comment() + encode("delta", {"text": text}) for text in texts)
    events, rest, problem = decoded(stream, cuts)

    assert [json.loads(event.data)["text"] for event in events] == texts
    assert {event.event for event in events} <= {"delta"}
    assert (rest, problem) == (None, None)


def by_the_rules(stream: bytes) -> list[ServerSentEvent]:
    """Section 9.2.6 of the HTML standard, line by line."""
    text = stream.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    events: list[ServerSentEvent] = []
    data, name, last_id = "", "", ""
    for line in text.split("\n")[:-1]:
        if line == "":
            if data:
                events.append(ServerSentEvent(name or "message", data.removesuffix("\n"), last_id))
            data, name = "", ""
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data += value + "\n"
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            last_id = value
    return events
