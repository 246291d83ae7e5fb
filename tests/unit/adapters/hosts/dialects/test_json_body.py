"""Reading the JSON of an answer: what is cut, what is none, and what would not fit in memory."""

from __future__ import annotations

import json

import pytest

from llama_marketing.adapters.hosts.dialects.json_body import (
    MAX_VALUES,
    has_too_many_values,
    parse_body,
    short_word,
)
from llama_marketing.domain.errors import BadPayload, Truncated

WHOLE = '{"a": "café ☕"}'.encode()
FRAMED = {"content-length": "99"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_body_is_read_with_a_byte_order_mark_or_without(mark: bytes) -> None:
    assert parse_body({}, mark + WHOLE) == {"a": "café ☕"}


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_a_body_of_unknown_length_is_cut_wherever_it_ends(end: int) -> None:
    """In the middle of a character too."""
    with pytest.raises(Truncated) as caught:
        parse_body({}, WHOLE[:end])

    assert caught.value.received_bytes == end


@pytest.mark.parametrize("end", range(len(WHOLE)))
def test_a_body_of_a_known_length_is_what_the_host_meant(end: int) -> None:
    """Half a JSON of the right length is the host's own fault."""
    for headers in (FRAMED, {"transfer-encoding": "chunked"}):
        with pytest.raises(BadPayload):
            parse_body(headers, WHOLE[:end])


@pytest.mark.parametrize("body", [b"nope", b"\xff", b'{"a": "\xff"}', b"[" * 100_000, b"\xe2\x98"])
def test_what_is_no_json_is_a_bad_payload(body: bytes) -> None:
    with pytest.raises(BadPayload):
        parse_body({}, body)


def test_html_is_told_by_its_media_type() -> None:
    with pytest.raises(BadPayload, match="HTML"):
        parse_body({"content-type": "text/html; charset=utf-8"}, b"{}")


@pytest.mark.parametrize("unit", ["{},", "[],", "0,", '{"":0},'])
def test_a_body_that_would_become_too_many_objects_is_not_read(unit: str) -> None:
    """As bytes and as the text of an event."""
    text = "[" + unit * MAX_VALUES + "0]"

    assert has_too_many_values(text)
    assert has_too_many_values(text.encode())
    with pytest.raises(BadPayload, match="too many values"):
        parse_body(FRAMED, text.encode())


def test_a_long_text_is_not_many_values() -> None:
    """Nor is a list of a thousand models with fifty fields each."""
    models = [{f"field{n}": n for n in range(50)} for _ in range(1_000)]

    assert not has_too_many_values("a" * 1_000_000)
    assert not has_too_many_values("\ud800" * 200_000)
    assert not has_too_many_values(json.dumps({"data": models}))


@pytest.mark.parametrize(
    ("value", "word"), [("stop", "stop"), ("x" * 9, "xxxx"), (None, ""), (7, "")]
)
def test_a_word_is_cut_to_its_size(value: object, word: str) -> None:
    assert short_word(value, 4) == word
