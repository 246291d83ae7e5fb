"""Meta's Llama API in its own shape, beyond the golden cases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.answers import MAX_DELTA_CHARACTERS
from llama_marketing.adapters.hosts.dialects.meta_native import MetaNativeDialect
from llama_marketing.adapters.hosts.dialects.meta_native_answers import (
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import ChatDelta, ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import BadKey, BadPayload, HostWork, Truncated
from tests.fake_host import POST_SCHEMA, chat_call
from tests.unit.adapters.hosts.dialects.golden_case import FRAMED, target

STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR


def reply(content: Any = "Hola", stop_reason: Any = "stop", **fields: Any) -> ChatReply:
    """Read an answer with this message."""
    data = {"completion_message": {"content": content, "stop_reason": stop_reason}, **fields}
    return read_reply(FRAMED, json.dumps(data).encode())


def delta(**event: Any) -> ChatDelta | None:
    """Read an event."""
    return read_delta(ServerSentEvent("message", json.dumps({"event": event})))


def metrics(prompt: Any, completion: Any, total: Any = None) -> list[dict[str, Any]]:
    """Metrics with these values."""
    return [
        {"metric": "num_prompt_tokens", "value": prompt},
        {"metric": "num_completion_tokens", "value": completion},
        {"metric": "num_total_tokens", "value": total},
    ]


@pytest.mark.parametrize("mode", [mode for mode in JsonMode if mode is not JsonMode.JSON_SCHEMA])
def test_a_schema_goes_out_only_as_a_schema(mode: JsonMode) -> None:
    """The host has no other kind of JSON (trap 26)."""
    to = target("https://host.test/v1", json_mode=mode)
    request = MetaNativeDialect().request(to, chat_call(schema=POST_SCHEMA), stream=False)

    assert "response_format" not in json.loads(request.body)


@pytest.mark.parametrize(
    ("word", "finish"),
    [("stop", STOP), ("tool_calls", STOP), ("length", LENGTH), ("odd", STOP)],
)
def test_a_stop_reason_is_one_of_three(word: str, finish: FinishReason) -> None:
    """Whole or streamed; an unknown one is a stop with a warning."""
    read = reply(stop_reason=word)

    assert (read.finish_reason, read.host_finish) == (finish, word)
    assert read.warnings == (("unknown_finish_reason",) if word == "odd" else ())
    assert delta(event_type="complete", stop_reason=word) == ChatDelta("", finish, word)


@pytest.mark.parametrize("word", [None, "", 7, {}])
def test_no_stop_reason_is_an_error_in_a_whole_answer(word: object) -> None:
    """In a stream it is just not the end yet."""
    assert reply(stop_reason=word).finish_reason is ERROR
    assert delta(event_type="complete", stop_reason=word) is None


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        (metrics(12.0, 5.0, 17.0), ReportedUsage(12, 5)),
        (metrics(12, 5), ReportedUsage(12, 5)),
        (metrics(0.0, 0.0), ReportedUsage(0, 0)),
        (metrics(1, 1) + metrics(12, 5), ReportedUsage(12, 5)),
        (
            [7, {}, {"metric": 7}, {"metric": "x", "value": 1}, *metrics(12, 5)],
            ReportedUsage(12, 5),
        ),
        (metrics(12.5, 5.0), None),
        (metrics(12.0, 5.0, 16.0), None),
        (metrics(-12.0, 5.0), None),
        (metrics("12", 5.0), None),
        (metrics(True, 5.0), None),
        (metrics(float("nan"), 5.0), None),
        (metrics(float("inf"), 5.0), None),
        (metrics(1e300, 5.0), None),
        (metrics(12.0, None), None),
        ([{"metric": "num_prompt_tokens", "value": 12.0}], None),
        ("x", None),
        ({"num_prompt_tokens": 12}, None),
    ],
)
def test_metrics_are_usage_where_they_can_be_true(
    told: Any, believed: ReportedUsage | None
) -> None:
    """Floats without a fraction are numbers of tokens."""
    read = reply(metrics=told)

    assert read.usage == believed
    assert read.warnings == (() if believed else ("usage_not_believable",))
    assert delta(event_type="metrics", metrics=told) == (
        None if believed is None else ChatDelta(usage=believed)
    )


@pytest.mark.parametrize("none", [None, []])
def test_a_reply_without_metrics_has_no_warning(none: Any) -> None:
    """They are just not told."""
    assert (reply(metrics=none).usage, reply(metrics=none).warnings) == (None, ())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hola", "Hola"),
        ({"type": "text", "text": "Hola"}, "Hola"),
        ({"text": "Hola"}, "Hola"),
        ({"type": "tool_call", "text": "x"}, ""),
        ({"type": "text", "text": None}, ""),
        ({"type": ["text"]}, ""),
        ({}, ""),
        (None, ""),
        (7, ""),
        (["x"], ""),
    ],
)
def test_content_is_a_text_or_an_object_with_one(content: Any, text: str) -> None:
    """Whole or streamed."""
    assert reply(content).text == text
    assert delta(event_type="progress", delta=content) == (ChatDelta(text) if text else None)


@pytest.mark.parametrize("data", [{}, {"completion_message": "x"}, {"choices": []}, [], "x", None])
def test_json_that_is_no_answer_is_a_bad_payload(data: object) -> None:
    """OpenAI's shape too."""
    with pytest.raises(BadPayload) as caught:
        read_reply(FRAMED, json.dumps(data).encode())
    assert caught.value.work is HostWork.DONE


def test_half_an_answer_is_truncated() -> None:
    """Where nothing said how long it is."""
    with pytest.raises(Truncated):
        read_reply({}, b'{"completion_message": {')


@pytest.mark.parametrize("event", [None, 7, [], "x", {}])
def test_an_event_without_an_inner_event_says_nothing(event: Any) -> None:
    """Whatever stands in its place."""
    assert read_delta(ServerSentEvent("message", json.dumps({"id": "x", "event": event}))) is None


def test_too_much_text_in_one_event_is_a_bad_payload() -> None:
    """More than any event needs."""
    assert delta(delta="x" * MAX_DELTA_CHARACTERS) is not None
    with pytest.raises(BadPayload):
        delta(delta="x" * (MAX_DELTA_CHARACTERS + 1))


@pytest.mark.parametrize(("data", "over"), [("[DONE]", True), ("{}", False), ("", False)])
def test_a_gateway_s_done_ends_a_stream(data: str, over: bool) -> None:
    """Meta itself has no such word."""
    assert MetaNativeDialect().ends(ServerSentEvent("message", data)) is over


@pytest.mark.parametrize("data", [{}, {"data": None}, {"models": []}, "x"])
def test_what_is_no_list_of_models_is_a_bad_payload(data: object) -> None:
    """An error object is raised as what it says."""
    with pytest.raises(BadPayload):
        read_models(FRAMED, json.dumps(data).encode())
    with pytest.raises(BadKey):
        read_models(FRAMED, b'{"error": {"code": 401}}')


@pytest.mark.parametrize(("name", "data"), [("ping", ""), ("odd", "no JSON"), ("message", " ")])
def test_an_event_that_is_none_of_the_host_s_says_nothing(name: str, data: str) -> None:
    """A gateway's, most likely."""
    assert read_delta(ServerSentEvent(name, data)) is None
