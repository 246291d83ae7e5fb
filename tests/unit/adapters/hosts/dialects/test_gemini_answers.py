"""What Gemini answers, beyond the golden cases: every finish, odd usage, odd parts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.answers import MAX_DELTA_CHARACTERS
from llama_marketing.adapters.hosts.dialects.gemini_answers import (
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
REFUSALS = [
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "ESCALATION",
    "MODEL_ARMOR",
]
ERRORS = [
    "OTHER",
    "MALFORMED_RESPONSE",
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "NO_IMAGE",
    "IMAGE_OTHER",
    "PUP_LIMITED_DISABLED",
    "FINISH_REASON_UNSPECIFIED",
]


def answer(finish: Any = "STOP", parts: Any = None, **fields: Any) -> dict[str, Any]:
    """An answer of one candidate."""
    content = {"parts": [{"text": "Hola"}] if parts is None else parts}
    return {"candidates": [{"content": content, "finishReason": finish}], **fields}


def reply(data: Any) -> ChatReply:
    """Read an answer that holds this JSON."""
    return read_reply(FRAMED, json.dumps(data).encode())


def delta(data: Any) -> ChatDelta | None:
    """Read an event that holds this JSON, or this text."""
    text = data if isinstance(data, str) else json.dumps(data)
    return read_delta(ServerSentEvent("message", text))


@pytest.mark.parametrize(
    ("word", "finish"),
    [
        ("STOP", STOP),
        ("MAX_TOKENS", LENGTH),
        ("CONTINUATION", LENGTH),
        *((word, ERROR) for word in ERRORS),
        ("ODD", ERROR),
    ],
)
def test_a_finish_reason_is_one_of_three(word: str, finish: FinishReason) -> None:
    """Whole or streamed; the list is closed, so an unknown one is an error with a warning."""
    read = reply(answer(word))

    assert (read.text, read.finish_reason, read.host_finish) == ("Hola", finish, word)
    assert read.warnings == (("unknown_finish_reason",) if word == "ODD" else ())
    assert not read.refusal
    assert delta(answer(word)) == ChatDelta("Hola", finish, word)


@pytest.mark.parametrize("word", REFUSALS)
def test_what_was_stopped_is_a_refusal_without_text(word: str) -> None:
    """Whole or streamed; it is no unknown word."""
    read = reply(answer(word))

    assert (read.text, read.refusal, read.host_finish, read.warnings) == ("", True, word, ())
    assert delta(answer(word)) == ChatDelta("", STOP, word, refusal=True)


@pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "JAILBREAK", "SOMETHING_NEW"])
def test_a_blocked_prompt_is_a_refusal(reason: str) -> None:
    """For whatever reason; only where there is no candidate."""
    blocked = {"promptFeedback": {"blockReason": reason}}

    assert (reply(blocked).refusal, reply(blocked).finish_reason) == (True, STOP)
    assert delta(blocked) == ChatDelta("", STOP, reason, refusal=True)
    assert not reply({**answer(), **blocked}).refusal


@pytest.mark.parametrize("word", [None, "", 7, ["STOP"]])
def test_no_finish_reason_is_an_error_in_a_whole_answer(word: object) -> None:
    """In a stream it is just not the end yet."""
    assert reply(answer(word)).finish_reason is ERROR
    assert delta(answer(word)) == ChatDelta("Hola")


@pytest.mark.parametrize(
    ("usage", "believed"),
    [
        ({"promptTokenCount": 9, "candidatesTokenCount": 4}, ReportedUsage(9, 4)),
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 20},
            ReportedUsage(9, 24),
        ),
        (
            {"promptTokenCount": 9, "thoughtsTokenCount": 20, "totalTokenCount": 29},
            ReportedUsage(9, 20),
        ),
        # Tool use and the like may stand in the total.
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 50},
            ReportedUsage(9, 4),
        ),
        ({"promptTokenCount": 9, "totalTokenCount": 9}, ReportedUsage(9, 0)),
        ({"totalTokenCount": 0}, ReportedUsage(0, 0)),
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 4, "cachedContentTokenCount": 9},
            ReportedUsage(9, 4, 9),
        ),
        # Cached tokens that cannot be count as none: the dearer reading.
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 4, "cachedContentTokenCount": 10},
            ReportedUsage(9, 4),
        ),
        (
            {"promptTokenCount": 9, "candidatesTokenCount": 4, "cachedContentTokenCount": "x"},
            ReportedUsage(9, 4),
        ),
        # What is missing is 0 only where the total says so.
        ({"promptTokenCount": 9}, None),
        ({"promptTokenCount": 9, "totalTokenCount": 20}, None),
        ({"candidatesTokenCount": 4, "totalTokenCount": 20}, None),
        ({"candidatesTokenCount": 4}, None),
        ({"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": 12}, None),
        ({"promptTokenCount": 9, "candidatesTokenCount": 4, "totalTokenCount": "13"}, None),
        ({"promptTokenCount": 9, "candidatesTokenCount": -1}, None),
        ({"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 1.5}, None),
        ({"promptTokenCount": "9", "candidatesTokenCount": 4}, None),
        (
            {
                "promptTokenCount": 9,
                "candidatesTokenCount": MAX_TOKENS,
                "thoughtsTokenCount": MAX_TOKENS,
            },
            None,
        ),
        ({}, None),
        ([], None),
    ],
)
def test_usage_counts_thoughts_as_output(usage: Any, believed: ReportedUsage | None) -> None:
    """A reply whose usage nobody can believe says so; a stream tells it with its finish."""
    read = reply(answer(usageMetadata=usage))

    assert read.usage == believed
    assert read.warnings == (() if believed else ("usage_not_believable",))
    assert delta(answer(usageMetadata=usage)) == ChatDelta("Hola", STOP, "STOP", believed)
    assert delta(answer(None, usageMetadata=usage)) == ChatDelta("Hola")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        ([{"text": "a"}, {"text": "b"}], "ab"),
        ([{"text": "a", "thought": True}, {"text": "b", "thought": False}], "b"),
        ([{"text": None}, {"functionCall": {}}, {}, 7, None, "x", {"text": ["x"]}], ""),
        ("x", ""),
        ({"text": "x"}, ""),
    ],
)
def test_only_parts_that_are_text_and_no_thought_are_text(parts: Any, text: str) -> None:
    """Whole or streamed."""
    assert reply(answer(parts=parts)).text == text
    assert delta(answer(parts=parts)) == ChatDelta(text, STOP, "STOP")


@pytest.mark.parametrize(
    "data",
    [{}, {"candidates": []}, {"candidates": [7]}, {"candidates": {}}, {"promptFeedback": {}},
     {"promptFeedback": {"blockReason": 7}}, [], [[]], "x", None, 7],
)  # fmt: skip
def test_json_that_is_no_answer_is_a_bad_payload(data: object) -> None:
    """The host will bill it."""
    with pytest.raises(BadPayload) as caught:
        reply(data)
    assert caught.value.work is HostWork.DONE


def test_half_an_answer_is_truncated() -> None:
    """Where nothing said how long it is."""
    with pytest.raises(Truncated):
        read_reply({}, b'{"candidates": [')


@pytest.mark.parametrize("data", ["{", "7", "[]", "[" * 100_000, '{"candidates": [7]}'])
def test_an_event_that_is_no_chunk_is_a_bad_payload(data: str) -> None:
    """Half an answer may be billed."""
    with pytest.raises(BadPayload) as caught:
        delta(data)
    assert caught.value.work is HostWork.PARTIAL


@pytest.mark.parametrize(
    "data",
    [{}, {"candidates": []}, {"usageMetadata": {"promptTokenCount": 9}}, {"responseId": "r"}],
)
def test_a_chunk_without_a_candidate_says_nothing(data: Any) -> None:
    """Not even how many tokens the prompt has."""
    assert delta(data) is None


def test_too_much_text_in_one_event_is_a_bad_payload() -> None:
    """More than any chunk needs."""
    assert delta(answer(parts=[{"text": "x" * MAX_DELTA_CHARACTERS}])) is not None
    with pytest.raises(BadPayload):
        delta(answer(parts=[{"text": "x" * (MAX_DELTA_CHARACTERS + 1)}]))


def test_a_host_s_long_words_are_cut() -> None:
    """They go into the books."""
    read = reply(answer("X" * 999, modelVersion="y" * 999))

    assert (len(read.host_finish), len(read.model)) == (64, 256)


@pytest.mark.parametrize("data", [{}, {"models": None}, {"models": {}}, {"data": []}, "x"])
def test_what_is_no_list_of_models_is_a_bad_payload(data: object) -> None:
    """An error object is raised as what it says, in a list of one too."""
    with pytest.raises(BadPayload):
        read_models(FRAMED, json.dumps(data).encode())
    with pytest.raises(BadKey):
        read_models(FRAMED, b'[{"error": {"code": 401}}]')


@pytest.mark.parametrize(("name", "data"), [("ping", ""), ("odd", "no JSON"), ("message", " ")])
def test_an_event_that_is_none_of_the_host_s_says_nothing(name: str, data: str) -> None:
    """A proxy's, most likely."""
    assert read_delta(ServerSentEvent(name, data)) is None
