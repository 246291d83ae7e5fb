"""What Bedrock answers: replies, events and faults, and what arbitrary JSON in them does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.hosts.dialects.bedrock import BedrockDialect
from llama_marketing.adapters.hosts.dialects.bedrock_answers import believable_usage
from llama_marketing.adapters.hosts.dialects.failures import NOT_ACCEPTED, PROMPT_TOO_LONG
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import ChatDelta, ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Truncated,
)
from tests.fake_bedrock import reply_object, usage_of
from tests.fake_host import NO_USAGE

DIALECT = BedrockDialect(now=lambda: datetime(2026, 11, 28, tzinfo=UTC))
FRAMED = {"content-length": "1", "content-type": "application/json"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def reply(data: Any, headers: dict[str, str] | None = None) -> ChatReply:
    """Read a whole answer."""
    return DIALECT.reply(200, FRAMED if headers is None else headers, json.dumps(data).encode())


def delta(name: str, data: Any) -> ChatDelta | None:
    """Read one event."""
    return DIALECT.delta(ServerSentEvent(name, json.dumps(data)))


def failure(
    status: int, kind: str = "", text: str = "no", headers: dict[str, str] | None = None
) -> HostError:
    """Name the fault of a status, with its type in the header."""
    every = {**({"x-amzn-errortype": kind} if kind else {}), **(headers or {})}
    return DIALECT.failure(status, every, json.dumps({"message": text}).encode())


def test_a_whole_answer_is_read() -> None:
    """Text, finish and usage; Converse does not say which model it was."""
    assert reply(reply_object("¡Hóla! ☕")) == ChatReply(
        "¡Hóla! ☕", FinishReason.STOP, "end_turn", ReportedUsage(12, 5)
    )


def test_the_texts_of_all_blocks_are_one_and_other_blocks_are_none() -> None:
    """Reasoning and tools are no copy."""
    data = reply_object()
    data["output"]["message"]["content"] = [
        {"reasoningContent": {"reasoningText": {"text": "hmm"}}},
        {"text": "Ho"},
        {"toolUse": {"name": "x"}},
        {"text": "la"},
    ]

    assert reply(data).text == "Hola"


@pytest.mark.parametrize(
    ("word", "finish", "refusal"),
    [
        ("end_turn", FinishReason.STOP, False),
        ("stop_sequence", FinishReason.STOP, False),
        ("tool_use", FinishReason.STOP, False),
        ("max_tokens", FinishReason.LENGTH, False),
        ("model_context_window_exceeded", FinishReason.LENGTH, False),
        ("content_filtered", FinishReason.STOP, True),
        ("guardrail_intervened", FinishReason.STOP, True),
        ("malformed_model_output", FinishReason.ERROR, False),
        ("malformed_tool_use", FinishReason.ERROR, False),
        ("something_new", FinishReason.ERROR, False),
    ],
)
def test_the_reason_to_stop_is_one_of_ours(word: str, finish: FinishReason, refusal: bool) -> None:
    """Whole and streamed."""
    whole = reply(reply_object(stop=word))
    streamed = delta("messageStop", {"stopReason": word})

    assert (whole.finish_reason, whole.host_finish, whole.refusal) == (finish, word, refusal)
    assert streamed == ChatDelta(finish_reason=finish, host_finish=word, refusal=refusal)


def test_a_new_reason_to_stop_is_told() -> None:
    """By a fixed word."""
    assert reply(reply_object(stop="something_new")).warnings == ("unknown_finish_reason",)


def test_an_answer_without_a_reason_to_stop_is_no_good_end() -> None:
    """Streamed it is none at all."""
    data = reply_object()
    del data["stopReason"]

    assert reply(data).finish_reason is FinishReason.ERROR
    assert delta("messageStop", {}) == ChatDelta()


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        (usage_of(), ReportedUsage(12, 5)),
        (usage_of(0, 0), ReportedUsage(0, 0)),
        ({"inputTokens": 3, "outputTokens": 4}, ReportedUsage(3, 4)),
        (usage_of(10, 5, cacheReadInputTokens=30), ReportedUsage(40, 5, 30)),
        (usage_of(10, 5, cacheWriteInputTokens=20), ReportedUsage(30, 5, 0, 20)),
        (
            usage_of(10, 5, cacheReadInputTokens=30, cacheWriteInputTokens=20),
            ReportedUsage(60, 5, 30, 20),
        ),
        ({**usage_of(), "cacheReadInputTokens": -4}, ReportedUsage(12, 5)),
        ({**usage_of(), "totalTokens": 16}, None),
        ({**usage_of(), "totalTokens": "17"}, None),
        ({**usage_of(), "inputTokens": -1}, None),
        ({**usage_of(), "outputTokens": 5.5}, None),
        ({**usage_of(), "outputTokens": True}, None),
        ({"inputTokens": 3}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_usage_is_read_where_it_can_be_believed(usage: Any, read: ReportedUsage | None) -> None:
    """What came from the cache, or went into it, stands beside the input."""
    assert believable_usage(usage) == read
    streamed = delta("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})
    assert streamed == (None if read is None else ChatDelta(usage=read))


def test_usage_that_nobody_believes_is_told_and_a_missing_one_is_not() -> None:
    """By a fixed word."""
    wrong = {**usage_of(), "inputTokens": -1}

    assert reply(reply_object(usage=wrong)).warnings == ("usage_not_believable",)
    assert reply(reply_object(usage=NO_USAGE)).warnings == ()


@pytest.mark.parametrize(
    "data",
    [
        {"output": {}},
        {"output": {"message": {"content": "Hola"}}},
        {"output": []},
        {},
        [],
        [1, 2],
        "Hola",
        None,
    ],
)
def test_an_answer_without_a_message_is_none(data: Any) -> None:
    """Whatever else it holds."""
    with pytest.raises(BadPayload):
        reply(data)


def test_half_an_answer_is_truncated() -> None:
    """Where nothing said how long it is."""
    with pytest.raises(Truncated):
        DIALECT.reply(200, {}, json.dumps(reply_object()).encode()[:40])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("messageStart", {"role": "assistant"}),
        ("contentBlockStart", {"start": {}, "contentBlockIndex": 0}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("contentBlockDelta", {"delta": {"reasoningContent": {"text": "hmm"}}}),
        ("contentBlockDelta", {"delta": {"text": ""}}),
        ("contentBlockDelta", {"delta": "text"}),
        ("contentBlockDelta", {}),
        ("somethingNew", [1]),
    ],
)
def test_an_event_without_copy_says_nothing(name: str, data: Any) -> None:
    """Nor does it end anything."""
    assert delta(name, data) is None


def test_a_piece_of_text_is_read() -> None:
    """As it is."""
    data = {"contentBlockIndex": 0, "delta": {"text": " ☕"}, "p": "abc"}

    assert delta("contentBlockDelta", data) == ChatDelta(" ☕")


@pytest.mark.parametrize("name", ["contentBlockDelta", "messageStop", "metadata", "exception"])
@pytest.mark.parametrize("text", ["", "no json", "[1, 2]", "7", "[" * 5000])
def test_an_event_that_is_no_object_breaks_the_stream(name: str, text: str) -> None:
    """It had to be one."""
    with pytest.raises(BadPayload) as caught:
        DIALECT.delta(ServerSentEvent(name, text))

    assert caught.value.work is HostWork.PARTIAL


def test_too_much_text_in_one_event_breaks_the_stream() -> None:
    """No model says so much at once."""
    with pytest.raises(BadPayload):
        delta("contentBlockDelta", {"delta": {"text": "x" * 300_000}})


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("throttlingException", HostRateLimited),
        ("modelStreamErrorException", HostUnreachable),
        ("internalServerException", HostUnreachable),
        ("serviceUnavailableException", HostUnreachable),
        ("modelTimeoutException", HostUnreachable),
        ("validationException", BadPayload),
        ("accessDeniedException", BadKey),
        ("InternalFailure", HostUnreachable),
        ("somethingNew", HostUnreachable),
        ("", HostUnreachable),
        (7, HostUnreachable),
    ],
)
def test_a_fault_inside_a_stream_is_typed(kind: object, fault: type[HostError]) -> None:
    """The host has worked already."""
    with pytest.raises(fault) as caught:
        delta("exception", {"type": kind, "message": "sk-CANARY"})

    assert type(caught.value) is fault
    assert caught.value.work is HostWork.PARTIAL
    assert "CANARY" not in str(caught.value)


def test_a_prompt_that_is_too_long_is_told_inside_a_stream_too() -> None:
    """With the sentence that helps."""
    words = {"type": "validationException", "message": "Input is too long for requested model."}
    with pytest.raises(BadPayload) as caught:
        delta("exception", words)

    assert caught.value.user_message == PROMPT_TOO_LONG


NO_ACCESS = "You don't have access to the model with the specified model ID."
NOT_ALLOWED = "User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel"
NO_PROFILE = (
    "Invocation of model ID meta.llama3-3-70b-instruct-v1:0 with on-demand throughput isn’t "
    "supported. Retry your request with the ID or ARN of an inference profile."
)
UNPAID = "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: A valid payment is needed."
ENDED = "This model version has reached the end of its life."
LONG = "This model's maximum context length is 8192 tokens. Please reduce the prompt."


@pytest.mark.parametrize(
    ("status", "kind", "text", "fault"),
    [
        (403, "AccessDeniedException", NOT_ALLOWED, BadKey),
        (403, "AccessDeniedException", NO_ACCESS, ModelNotServed),
        (403, "AccessDeniedException", UNPAID, NoCredit),
        (403, "UnrecognizedClientException", "The security token is invalid.", BadKey),
        (403, "ExpiredTokenException", "expired", BadKey),
        (403, "InvalidSignatureException", "Signature expired", BadKey),
        (403, "MissingAuthenticationTokenException", "Missing", BadKey),
        (400, "ExpiredTokenException", "expired", BadKey),
        (404, "ResourceNotFoundException", ENDED, ModelNotServed),
        (400, "ValidationException", "The provided model identifier is invalid.", ModelNotServed),
        (400, "ValidationException", NO_PROFILE, ModelNotServed),
        (400, "ValidationException", ENDED, ModelNotServed),
        (400, "ValidationException", "The text field is blank", BadPayload),
        (429, "ThrottlingException", "Too many tokens, please wait", HostRateLimited),
        (400, "ThrottlingException", "Rate exceeded", HostRateLimited),
        (400, "ServiceQuotaExceededException", "quota", HostRateLimited),
        # The status first: it decides who is asked next.
        (429, "ModelNotReadyException", "loading", HostRateLimited),
        (429, "AccessDeniedException", "x", HostRateLimited),
        (503, "ThrottlingException", "x", HostUnreachable),
        (500, "ValidationException", "x", HostUnreachable),
        (424, "ValidationException", "x", HostUnreachable),
        (400, "ServiceQuotaExceededException", "x", HostRateLimited),
        (408, "ModelTimeoutException", "slow", HostUnreachable),
        (424, "ModelErrorException", "broken", HostUnreachable),
        (424, "", "broken", HostUnreachable),
        (503, "ServiceUnavailableException", "busy", HostUnreachable),
        (500, "InternalServerException", "oops", HostUnreachable),
        (403, "", "Authentication failed: Please make sure your API Key is valid.", BadKey),
        (401, "", "no", BadKey),
        (429, "", "no", HostRateLimited),
        (502, "", "no", HostUnreachable),
        (404, "SomethingNew", "no", ModelNotServed),
        (500, "SomethingNew", "no", HostUnreachable),
    ],
)
def test_a_status_is_a_typed_fault(
    status: int, kind: str, text: str, fault: type[HostError]
) -> None:
    """By the type that the host gives it; the host's own words stay away."""
    kind = kind and f"{kind}:http://internal.amazon.com/"
    found = failure(status, kind, f"{text} sk-CANARY")

    assert type(found) is fault
    assert (found.status, found.work) == (status, HostWork.NONE)
    assert "CANARY" not in str(found)


@pytest.mark.parametrize("text", ["Input is too long for requested model.", LONG])
def test_a_prompt_that_is_too_long_is_told(text: str) -> None:
    """With the sentence that helps; any other is one for all."""
    assert failure(400, "ValidationException", text).user_message == PROMPT_TOO_LONG
    assert failure(400, "ValidationException", "blank").user_message == NOT_ACCEPTED


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        ({}, {"__type": "com.amazon.coral.service#ThrottlingException", "message": "no"}),
        ({}, {"code": "ThrottlingException", "Message": "no"}),
        ({"x-amzn-errortype": "ThrottlingException"}, {}),
        ({"x-amzn-errortype": "ThrottlingException"}, [1]),
    ],
)
def test_the_type_may_stand_in_the_header_or_the_body(headers: dict[str, str], data: Any) -> None:
    """As botocore looks for it."""
    found = DIALECT.failure(400, headers, json.dumps(data).encode())

    assert type(found) is HostRateLimited


def test_a_hint_to_wait_is_read() -> None:
    """Where there is one; a bad key has none."""
    hint = {"retry-after": "7"}

    assert failure(429, "ThrottlingException", headers=hint).retry_after == 7.0
    assert failure(503, "ServiceUnavailableException", headers=hint).retry_after == 7.0
    assert failure(403, "AccessDeniedException", headers=hint).retry_after is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000, b"7"])
def test_an_error_that_is_no_json_still_has_its_type(body: bytes) -> None:
    """The header says it."""
    found = DIALECT.failure(400, {"x-amzn-errortype": "ThrottlingException"}, body)

    assert type(found) is HostRateLimited
    assert type(DIALECT.failure(503, {}, body)) is HostUnreachable


PLACES = (
    ("output",),
    ("output", "message"),
    ("output", "message", "content"),
    ("stopReason",),
    ("usage",),
    ("usage", "inputTokens"),
    ("usage", "totalTokens"),
    ("usage", "cacheReadInputTokens"),
)


@given(st.sampled_from(PLACES), JSON)
def test_no_value_in_any_place_raises_anything_but_a_host_error(
    place: tuple[str, ...], value: Any
) -> None:
    """A reply, or a typed fault."""
    data = reply_object(usage=usage_of(cacheReadInputTokens=1))
    inner: Any = data
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value

    try:
        said: object = reply(data)
    except HostError as error:
        said = error
    assert isinstance(said, ChatReply | BadPayload | HostUnreachable)


@given(
    st.sampled_from(["contentBlockDelta", "messageStop", "metadata", "exception", "other"]),
    st.sampled_from(["delta", "stopReason", "usage", "type", "message"]),
    JSON,
)
def test_no_value_in_an_event_raises_anything_but_a_host_error(
    name: str, field: str, value: Any
) -> None:
    """A delta, nothing, or a typed fault."""
    try:
        said: object = delta(name, {field: value})
    except HostError as error:
        said = error
    assert said is None or isinstance(said, ChatDelta | HostError)


@given(st.integers(400, 599), JSON)
def test_no_error_body_raises(status: int, data: Any) -> None:
    """Every status is a fault with a name."""
    found = DIALECT.failure(status, {}, json.dumps(data).encode())

    assert isinstance(found, HostError)
    assert found.status == status
