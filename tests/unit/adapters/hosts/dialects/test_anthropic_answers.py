"""What Anthropic answers, beyond the golden cases: every finish, odd usage, odd blocks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.answers import MAX_DELTA_CHARACTERS
from llama_marketing.adapters.hosts.dialects.anthropic_answers import (
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.hosts.dialects.reported_usage import MAX_TOKENS
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import ChatDelta, ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import BadKey, BadPayload, HostWork, Truncated
from tests.unit.adapters.hosts.dialects.golden_case import FRAMED

STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR


def reply(**fields: Any) -> ChatReply:
    """Read a message with these fields."""
    data = {"content": [{"type": "text", "text": "Hola"}], "stop_reason": "end_turn", **fields}
    return read_reply(FRAMED, json.dumps(data).encode())


def delta(name: str, data: Any) -> ChatDelta | None:
    """Read an event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return read_delta(ServerSentEvent(name, text))


FINISHES: list[tuple[Any, FinishReason]] = [
    ("end_turn", STOP),
    ("stop_sequence", STOP),
    ("max_tokens", LENGTH),
    ("model_context_window_exceeded", LENGTH),
    ("refusal", STOP),
    ("pause_turn", ERROR),
    ("tool_use", STOP),
    ("odd", ERROR),
]


@pytest.mark.parametrize(("word", "finish"), FINISHES)
def test_a_stop_reason_is_one_of_three(word: str, finish: FinishReason) -> None:
    """Whole or streamed; the list is closed, so an unknown one is an error with a warning."""
    whole = reply(stop_reason=word)
    streamed = delta("message_delta", {"delta": {"stop_reason": word}})

    assert (whole.finish_reason, whole.host_finish) == (finish, word)
    assert whole.refusal is (word == "refusal")
    assert whole.warnings == (("unknown_finish_reason",) if word == "odd" else ())
    assert streamed == ChatDelta("", finish, word, refusal=word == "refusal")


@pytest.mark.parametrize("word", [None, "", 7, ["end_turn"]])
def test_no_stop_reason_is_an_error_in_a_whole_answer(word: object) -> None:
    """In a stream it is just not the end yet."""
    assert (reply(stop_reason=word).finish_reason, reply(stop_reason=word).host_finish) == (
        ERROR,
        "",
    )
    assert delta("message_delta", {"delta": {"stop_reason": word}}) is None


@pytest.mark.parametrize(
    ("usage", "believed"),
    [
        ({"input_tokens": 1, "output_tokens": 2}, ReportedUsage(1, 2)),
        ({"input_tokens": 0, "output_tokens": 0}, ReportedUsage(0, 0)),
        (
            {
                "input_tokens": 1,
                "cache_read_input_tokens": 10,
                "cache_creation_input_tokens": 100,
                "output_tokens": 2,
            },
            ReportedUsage(111, 2, 10, 100),
        ),
        (
            {"input_tokens": 1, "cache_read_input_tokens": None, "output_tokens": 2},
            ReportedUsage(1, 2),
        ),
        # Parts that cannot be make the sum unknown.
        ({"input_tokens": 1, "cache_read_input_tokens": "10", "output_tokens": 2}, None),
        ({"input_tokens": 1, "cache_creation_input_tokens": -1, "output_tokens": 2}, None),
        ({"input_tokens": 1, "cache_read_input_tokens": False, "output_tokens": 2}, None),
        ({"input_tokens": 1, "cache_read_input_tokens": MAX_TOKENS, "output_tokens": 2}, None),
        ({"input_tokens": 1.0, "output_tokens": 2}, None),
        ({"input_tokens": 1, "output_tokens": None}, None),
        ({"output_tokens": 2}, None),
        ({}, None),
        ([], None),
        ("x", None),
    ],
)
def test_usage_is_summed_where_it_can_be_true(usage: Any, believed: ReportedUsage | None) -> None:
    """A reply whose usage nobody can believe says so."""
    read = reply(usage=usage)

    assert read.usage == believed
    assert read.warnings == (() if believed else ("usage_not_believable",))
    assert (delta("message_delta", {"usage": usage}) or ChatDelta()).usage == believed


def test_a_reply_without_usage_has_no_warning() -> None:
    """It is just not told."""
    assert (reply(usage=None).usage, reply().warnings) == (None, ())


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        ([], ""),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "ab"),
        ([{"type": "thinking", "thinking": "x", "text": "x"}], ""),
        ([{"type": "text", "text": None}, {"type": "text"}, {"text": "x"}, 7, None, "x"], ""),
    ],
)
def test_only_blocks_of_text_are_text(blocks: Any, text: str) -> None:
    """Wherever they stand."""
    assert reply(content=blocks).text == text


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("content_block_start", {"content_block": {"type": "text", "text": "a"}}, "a"),
        ("content_block_start", {"content_block": {"type": "thinking", "thinking": "a"}}, ""),
        ("content_block_delta", {"delta": {"type": "text_delta", "text": "a"}}, "a"),
        ("content_block_delta", {"delta": {"type": "thinking_delta", "thinking": "a"}}, ""),
        ("content_block_delta", {"delta": {"type": "input_json_delta", "text": "a"}}, ""),
        ("content_block_delta", {"delta": {"type": "text_delta", "text": 7}}, ""),
        ("content_block_delta", {"delta": ["text_delta"]}, ""),
        ("content_block_stop", {"delta": {"type": "text_delta", "text": "a"}}, ""),
        ("message_start", {"message": {"content": [{"type": "text", "text": "a"}]}}, ""),
        ("message_start", {"message": None}, ""),
        ("ping", {"type": "ping"}, ""),
        ("ping", "", ""),
        ("odd_event", "not even JSON", ""),
        ("odd_event", {"delta": {"type": "text_delta", "text": "a"}}, ""),
    ],
)
def test_only_text_in_its_place_is_text(name: str, data: Any, text: str) -> None:
    """Everything else says nothing."""
    assert delta(name, data) == (ChatDelta(text) if text else None)


@pytest.mark.parametrize(
    "name",
    ["message_start", "content_block_delta", "content_block_start", "message_delta", "message"],
)
@pytest.mark.parametrize("data", ["{", "7", "[]", "[" * 100_000, "9" * 5000])
def test_an_event_of_the_dialect_that_is_no_object_is_a_bad_payload(name: str, data: str) -> None:
    """Half an answer may be billed."""
    with pytest.raises(BadPayload) as caught:
        delta(name, data)
    assert caught.value.work is HostWork.PARTIAL


def test_too_much_text_in_one_event_is_a_bad_payload() -> None:
    """In a delta as in the start of a block."""
    most, more = "x" * MAX_DELTA_CHARACTERS, "x" * (MAX_DELTA_CHARACTERS + 1)

    assert delta("content_block_delta", {"delta": {"type": "text_delta", "text": most}})
    with pytest.raises(BadPayload):
        delta("content_block_delta", {"delta": {"type": "text_delta", "text": more}})
    with pytest.raises(BadPayload):
        delta("content_block_start", {"content_block": {"type": "text", "text": more}})


def test_a_host_s_long_words_are_cut() -> None:
    """They go into the books."""
    read = reply(stop_reason="x" * 999, model="y" * 999)

    assert (len(read.host_finish), len(read.model)) == (64, 256)


@pytest.mark.parametrize("data", [{}, {"content": "x"}, {"content": None}, [], [[]], "x", None])
def test_json_that_is_no_message_is_a_bad_payload(data: object) -> None:
    """The host will bill it."""
    with pytest.raises(BadPayload) as caught:
        read_reply(FRAMED, json.dumps(data).encode())
    assert caught.value.work is HostWork.DONE


def test_half_a_message_is_truncated() -> None:
    """Where nothing said how long it is."""
    with pytest.raises(Truncated):
        read_reply({}, b'{"content": [')


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": {}}, {"models": []}, "x"])
def test_what_is_no_list_of_models_is_a_bad_payload(data: object) -> None:
    """An error object is raised as what it says."""
    with pytest.raises(BadPayload):
        read_models(FRAMED, json.dumps(data).encode())
    with pytest.raises(BadKey):
        read_models(FRAMED, b'{"type": "error", "error": {"type": "authentication_error"}}')


@pytest.mark.parametrize("window", [0, -1, 1.5, "9", True, None, MAX_TOKENS + 1, [], {}])
def test_a_window_that_is_none_is_not_told(window: Any) -> None:
    """The model is listed all the same."""
    data = {"data": [{"id": "a", "max_input_tokens": window}]}

    (model,) = read_models(FRAMED, json.dumps(data).encode())
    assert (model.id, model.context_window) == ("a", None)
