"""The requests of the Anthropic dialect, and the decoder that completes its usage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.anthropic import AnthropicDecoder, AnthropicDialect
from llama_marketing.adapters.sse.decoder import MAX_LINE_BYTES, ServerSentEvent
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import Message, ModelTraits, ReplySchema, Role
from tests.fake_host import POST_SCHEMA, chat_call, event
from tests.unit.adapters.hosts.dialects.golden_case import IMAGE, PICTURED, target

DIALECT = AnthropicDialect()


def body(stream: bool = False, row: dict[str, Any] | None = None, **call: Any) -> dict[str, Any]:
    """The body that a call makes on a row."""
    to = target("https://host.test/v1", dialect="anthropic", **(row or {}))
    sent: dict[str, Any] = json.loads(DIALECT.request(to, chat_call(**call), stream).body)
    return sent


def schema_of(schema: dict[str, Any]) -> Any:
    """A schema as it is sent."""
    return body(schema=ReplySchema("x", schema))["output_config"]["format"]["schema"]


def test_only_a_streamed_call_says_so() -> None:
    """The field is left out elsewhere."""
    assert body(stream=True)["stream"] is True
    assert "stream" not in body()


def test_without_a_system_turn_there_is_no_system() -> None:
    """An empty one is a 400."""
    assert "system" not in body(messages=(Message(Role.USER, "Hola"),))


def test_a_picture_without_words_has_no_empty_block() -> None:
    """A block without text is a 400."""
    sent = body(messages=(Message(Role.USER, "", (IMAGE, IMAGE)),))

    assert [part["type"] for part in sent["messages"][0]["content"]] == ["image", "image"]


def test_the_system_turn_goes_into_the_user_s_where_the_model_wants_that() -> None:
    """By its traits, only beside a picture."""
    sent = body(messages=PICTURED, traits=ModelTraits(system_with_image=False))

    assert "system" not in sent
    assert sent["messages"][0]["content"][-1]["text"] == "Eres redactor.\n\nDescribe el anuncio"


@pytest.mark.parametrize("mode", [mode for mode in JsonMode if mode is not JsonMode.JSON_SCHEMA])
def test_a_schema_goes_out_only_as_a_schema(mode: JsonMode) -> None:
    """The host has no other kind of JSON."""
    assert "output_config" not in body(row={"json_mode": mode}, schema=POST_SCHEMA)


def test_a_model_that_takes_no_sampling_gets_none() -> None:
    """Even where the row takes it, and at the default values."""
    row: dict[str, Any] = {"parameters": ("temperature", "top_p")}
    traits = ModelTraits(accepts_sampling=False)

    assert {"temperature", "top_p"} <= body(row=row).keys()
    assert not {"temperature", "top_p"} & body(row=row, traits=traits).keys()


def test_a_schema_goes_out_without_the_bounds_that_are_refused() -> None:
    """At any depth; a property may be called like a bound."""
    bounded = {
        "type": "object",
        "properties": {
            "maxLength": {"type": "string", "minLength": 1, "maxLength": 9},
            "tags": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 9},
                "maxItems": 3,
            },
            "any": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]},
            "kind": {"enum": ["minimum", "maximum"]},
        },
        "required": ["maxLength", "tags"],
        "additionalProperties": False,
        "$defs": {"uniqueItems": {"type": "array", "uniqueItems": True}},
    }

    assert schema_of(bounded) == {
        "type": "object",
        "properties": {
            "maxLength": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "integer"}},
            "any": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "kind": {"enum": ["minimum", "maximum"]},
        },
        "required": ["maxLength", "tags"],
        "additionalProperties": False,
        "$defs": {"uniqueItems": {"type": "array"}},
    }


# The decoder --------------------------------------------------------------------------------


def decoded(*parts: bytes) -> list[ServerSentEvent]:
    """The events of a stream."""
    decoder = AnthropicDecoder()
    return [event for part in parts for event in decoder.feed(part)]


def start(usage: Any) -> bytes:
    """The first event, with this usage."""
    return event({"type": "message_start", "message": {"usage": usage}}, "message_start")


def last_usage(*parts: bytes) -> Any:
    """The usage that the last event tells."""
    return json.loads(decoded(*parts)[-1].data)["usage"]


def end(usage: Any) -> bytes:
    """A ``message_delta`` with this usage."""
    return event({"type": "message_delta", "usage": usage}, "message_delta")


TOLD = {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1}


@pytest.mark.parametrize(
    ("later", "usage"),
    [
        (
            {"output_tokens": 30},
            {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 30},
        ),
        (
            {"output_tokens": 30, "input_tokens": 11, "cache_read_input_tokens": None},
            {"input_tokens": 11, "cache_read_input_tokens": 5, "output_tokens": 30},
        ),
        ({"input_tokens": 11}, {"input_tokens": 11, "cache_read_input_tokens": 5}),
    ],
)
def test_the_last_usage_has_the_input_of_the_first(later: Any, usage: Any) -> None:
    """What comes later replaces it; the output of the start is not carried over."""
    assert last_usage(start(TOLD), end(later)) == usage


@pytest.mark.parametrize("usage", [None, {}, [], "x", 7])
def test_an_event_that_tells_no_usage_is_left_as_it_is(usage: Any) -> None:
    """Nothing is made up."""
    assert last_usage(start(TOLD), end(usage)) == usage


@pytest.mark.parametrize("told", [None, [], "x", {}, {"input_tokens": None}])
def test_a_start_that_tells_no_usage_adds_none(told: Any) -> None:
    """The end speaks for itself."""
    assert last_usage(start(told), end({"output_tokens": 3})) == {"output_tokens": 3}


@pytest.mark.parametrize("data", [b"{", b"[]", b"7", b"[" * 100_000, b'{"message": []}'])
@pytest.mark.parametrize("name", ["message_start", "message_delta", ""])
def test_an_event_that_cannot_be_read_passes_through(name: str, data: bytes) -> None:
    """The dialect will judge it."""
    (passed,) = decoded(event(data, name))

    assert passed == ServerSentEvent(name or "message", data.decode())


def test_two_streams_do_not_share_their_usage() -> None:
    """Every stream has a decoder of its own."""
    first, second = DIALECT.decoder(), DIALECT.decoder()
    first.feed(start(TOLD))
    (event_,) = second.feed(end({"output_tokens": 3}))

    assert json.loads(event_.data)["usage"] == {"output_tokens": 3}


def test_the_event_that_the_end_cut_off_is_completed_too() -> None:
    """Its usage is billed as well."""
    decoder = AnthropicDecoder()
    decoder.feed(start(TOLD) + end({"output_tokens": 30})[:-1])
    rest = decoder.end()

    assert rest is not None
    assert json.loads(rest.data)["usage"]["input_tokens"] == 10
    assert decoder.end() is None


def test_what_the_plain_decoder_notices_is_noticed() -> None:
    """Problems and stray lines."""
    decoder = AnthropicDecoder()
    decoder.feed(b'{"error": 1}\n')
    assert decoder.stray == b'{"error": 1}'
    decoder.feed(b"data: " + b"x" * MAX_LINE_BYTES + b"\n")
    assert decoder.problem is not None


@pytest.mark.parametrize(
    ("seen", "over"),
    [
        (ServerSentEvent("message_stop", '{"type": "message_stop"}'), True),
        (ServerSentEvent("message_stop", "{"), True),
        (ServerSentEvent("message", '{"type": "message_stop"}'), True),
        (ServerSentEvent("message", '{"type": "message_delta"}'), False),
        (ServerSentEvent("content_block_delta", '{"type": "message_stop"}'), False),
        (ServerSentEvent("message", "[DONE]"), False),
        (ServerSentEvent("message", "[" * 100_000), False),
        (ServerSentEvent("message", "[]"), False),
        (ServerSentEvent("message", '{"type": 7}'), False),
        (ServerSentEvent("error", "{}"), False),
    ],
)
def test_message_stop_ends_a_stream(seen: ServerSentEvent, over: bool) -> None:
    """By its name, or by its type where a proxy took the name away."""
    assert DIALECT.ends(seen) is over
