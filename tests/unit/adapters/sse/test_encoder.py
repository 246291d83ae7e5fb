"""The encoder's frames hold one event each, whatever the text in them."""

from __future__ import annotations

import json

import httpx
import httpx_sse
import pytest

from llama_marketing.adapters.sse.decoder import Decoder
from llama_marketing.adapters.sse.encoder import comment, encode

TEXTS = {
    "plain": "Hola",
    "line ends": "a\rb\nc\r\nd",
    "an event of its own": "x\n\nevent: done\ndata: {}\n\n",
    "a field of its own": "data: x",
    "null": "a\0b",
    "separators": "a\u2028b\u2029c\u0085d\x0be\x0cf",
    "emoji": "☕👨‍👩‍👧 ñ",
    "lone surrogate": "\ud83d",
    "a megabyte": "é" * 150_000,
}


def read_by_httpx_sse(stream: bytes) -> list[tuple[str, str]]:
    """The events as a foreign parser sees them."""
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=stream)
    return [(event.event, event.data) for event in httpx_sse.EventSource(answer).iter_sse()]


def test_a_frame_is_one_ascii_json_line() -> None:
    """The exact bytes."""
    assert encode("delta", {"type": "delta", "text": "ñ\n"}) == (
        b'event: delta\ndata: {"type":"delta","text":"\\u00f1\\n"}\n\n'
    )


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_comes_back_as_it_went(name: str) -> None:
    """By our decoder and by another's; no text can add an event."""
    stream = comment() + encode("delta", {"text": TEXTS[name]}) + encode("done", {})
    ours = [(event.event, event.data) for event in Decoder().feed(stream)]

    assert [event for event, _ in ours] == ["delta", "done"]
    assert json.loads(ours[0][1]) == {"text": TEXTS[name]}
    assert read_by_httpx_sse(stream) == ours


@pytest.mark.parametrize("name", ["", "Delta", "a b", "a\n", "a:b", "ñ", "delta1"])
def test_a_name_outside_the_pattern_is_refused(name: str) -> None:
    """An event's name goes out as it is, so it is checked."""
    with pytest.raises(ValueError, match="name"):
        encode(name, {})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_without_a_json_word_is_refused(number: float) -> None:
    """NaN would break every reader but Python's."""
    with pytest.raises(ValueError, match="JSON"):
        encode("delta", {"x": number})


def test_a_heartbeat_is_no_event() -> None:
    """Readers skip it."""
    assert Decoder().feed(comment()) == []
    assert comment().startswith(b":")
    assert read_by_httpx_sse(comment() * 3) == []
