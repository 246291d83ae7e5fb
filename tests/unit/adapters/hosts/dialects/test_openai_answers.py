"""What OpenAI-shaped hosts answer, golden, in all the shapes that were seen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.answers import MAX_DELTA_CHARACTERS, stray_failure
from llama_marketing.adapters.hosts.dialects.openai_answers import (
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    Refused,
    Truncated,
)
from tests.fake_host import NO_USAGE, chunk_object, completion_object, usage_of

FRAMED = {"content-type": "application/json", "content-length": "1"}
STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR


def reply(data: Any) -> ChatReply:
    """Read an answer that holds this JSON."""
    return read_reply(FRAMED, json.dumps(data).encode())


def delta(data: Any, name: str = "message") -> ChatDelta | None:
    """Read an event that holds this JSON, or this text."""
    text = data if isinstance(data, str) else json.dumps(data)
    return read_delta(ServerSentEvent(name, text))


GROQ = {
    "id": "chatcmpl-0b5c",
    "object": "chat.completion",
    "created": 1,
    "model": "llama-3.3-70b-versatile",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hola"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "queue_time": 0.05,
        "prompt_tokens": 21,
        "prompt_time": 0.001,
        "completion_tokens": 8,
        "completion_time": 0.02,
        "total_tokens": 29,
        "total_time": 0.03,
        "prompt_tokens_details": {"cached_tokens": 5},
    },
    "usage_breakdown": None,
    "system_fingerprint": "fp_1",
    "x_groq": {"id": "req_1"},
    "service_tier": "on_demand",
}
TOGETHER = {
    "id": "oBUtaEp-62bZhn",
    "object": "chat.completion",
    "created": 1,
    "model": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "prompt": [],
    "choices": [
        {
            "finish_reason": "eos",
            "seed": 9,
            "index": 0,
            "logprobs": None,
            "message": {"role": "assistant", "content": "Hola", "tool_calls": []},
        }
    ],
    "usage": {"prompt_tokens": 21, "completion_tokens": 8, "total_tokens": 29, "cached_tokens": 4},
}
LLAMA_CPP = {
    "choices": [
        {
            "finish_reason": "length",
            "index": 0,
            "message": {"role": "assistant", "content": "Hola"},
        }
    ],
    "created": 1,
    "model": "m.gguf",
    "system_fingerprint": "b1",
    "object": "chat.completion",
    "usage": {
        "completion_tokens": 8,
        "prompt_tokens": 21,
        "total_tokens": 29,
        "prompt_tokens_details": {"cached_tokens": 0},
    },
    "id": "chatcmpl-x",
    "timings": {"cache_n": 0, "prompt_n": 21, "prompt_ms": 10.5},
}
OLLAMA = {
    "id": "chatcmpl-150",
    "object": "chat.completion",
    "created": 1,
    "model": "llama3.2",
    "system_fingerprint": "fp_ollama",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Hola", "reasoning": "..."},
            "finish_reason": None,
        }
    ],
    "usage": {"prompt_tokens": 21, "completion_tokens": 8, "total_tokens": 29},
}


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (GROQ, ChatReply("Hola", STOP, "stop", ReportedUsage(21, 8, 5), "llama-3.3-70b-versatile")),
        (TOGETHER, ChatReply("Hola", STOP, "eos", ReportedUsage(21, 8, 4), str(TOGETHER["model"]))),
        (LLAMA_CPP, ChatReply("Hola", LENGTH, "length", ReportedUsage(21, 8), "m.gguf")),
        (OLLAMA, ChatReply("Hola", ERROR, "", ReportedUsage(21, 8), "llama3.2")),
    ],
    ids=["groq", "together", "llama.cpp", "ollama"],
)
def test_a_host_s_answer_reads_as_this_reply(data: dict[str, Any], read: ChatReply) -> None:
    """Golden, a host each."""
    assert reply(data) == read


@pytest.mark.parametrize(
    ("word", "finish", "warnings"),
    [
        ("stop", STOP, ()),
        ("eos", STOP, ()),
        ("tool_calls", STOP, ()),
        ("function_call", STOP, ()),
        ("length", LENGTH, ()),
        ("abort", ERROR, ()),
        ("error", ERROR, ()),
        (None, ERROR, ()),
        ("", ERROR, ()),
        (7, ERROR, ()),
        ("load", STOP, ("unknown_finish_reason",)),
    ],
)
def test_a_finish_reason_is_one_of_three(
    word: object, finish: FinishReason, warnings: tuple[str, ...]
) -> None:
    """The host's own word is kept beside it."""
    read = reply(completion_object(finish=word))

    assert (read.finish_reason, read.warnings) == (finish, warnings)
    assert read.host_finish == (word if isinstance(word, str) else "")


def test_a_host_s_long_word_is_cut() -> None:
    """It goes into the books."""
    assert len(reply(completion_object(finish="x" * 999)).host_finish) == 64


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hola", "Hola"),
        ("", ""),
        (None, ""),
        (7, ""),
        ({"text": "x"}, ""),
        ([{"type": "text", "text": "Ho"}, {"type": "text", "text": "la"}], "Hola"),
        ([{"type": "image_url"}, "x", {"type": "text", "text": None}, {"text": "la"}], "la"),
    ],
)
def test_content_is_text_or_its_text_parts(content: object, text: str) -> None:
    """In a reply as in a delta."""
    read = delta(chunk_object(text=content, finish="stop"))

    assert reply(completion_object(content)).text == text
    assert read is not None
    assert read.text == text


def test_a_refusal_is_marked() -> None:
    """Its usage is still billed."""
    read = reply(completion_object(None, refusal="No puedo."))

    assert (read.refusal, read.text, read.usage) == (True, "", ReportedUsage(12, 5))
    assert not reply(completion_object(refusal=None)).refusal


@pytest.mark.parametrize("word", ["tool_calls", "function_call"])
def test_tool_calls_without_a_text_are_an_error(word: str) -> None:
    """Nobody asked for tools; a text that came first is the answer."""
    called = reply(completion_object(None, finish=word, tool_calls=[{}]))

    assert (called.text, called.finish_reason, called.warnings) == ("", ERROR, ())
    assert reply(completion_object("Hola", finish=word)).finish_reason is STOP


def test_a_content_filter_is_a_refusal_that_is_billed() -> None:
    """Whole or streamed: its text is dropped, its usage is not."""
    whole = reply(completion_object("a half", usage_of(9, 4), finish="content_filter"))
    streamed = delta(chunk_object("a half", "content_filter", usage_of(9, 4)))

    assert whole == ChatReply(
        "", STOP, "content_filter", ReportedUsage(9, 4), "served-model", refusal=True
    )
    assert streamed == ChatDelta(
        "", STOP, "content_filter", ReportedUsage(9, 4), "served-model", refusal=True
    )


def test_usage_that_cannot_be_believed_is_none_with_a_warning() -> None:
    """The reply stays good; usage that is not there is no reason to warn."""
    doubtful = reply(completion_object(usage={"prompt_tokens": "12", "completion_tokens": 5}))
    silent = reply(completion_object(usage=NO_USAGE))

    assert (doubtful.text, doubtful.usage) == ("Hola", None)
    assert doubtful.warnings == ("usage_not_believable",)
    assert (silent.usage, silent.warnings) == (None, ())


def test_usage_may_stand_in_x_groq() -> None:
    """The plain one wins."""
    hidden = {**completion_object(usage=NO_USAGE), "x_groq": {"usage": usage_of(1, 2)}}
    both = {**completion_object(usage=usage_of(3, 4)), "x_groq": {"usage": usage_of(1, 2)}}

    assert reply(hidden).usage == ReportedUsage(1, 2)
    assert reply(both).usage == ReportedUsage(3, 4)


@pytest.mark.parametrize(
    "data",
    [
        [],
        "x",
        7,
        None,
        {},
        {"choices": None},
        {"choices": []},
        {"choices": {}},
        {"choices": ["x"]},
        {"choices": [{}]},
        {"choices": [{"message": None}]},
        {"choices": [{"message": "x"}]},
        {"completion_message": {"content": "x"}},
    ],
    ids=json.dumps,
)
def test_json_that_is_no_completion_is_a_bad_payload(data: object) -> None:
    """Meta's own native shape too, which no row speaks any more."""
    with pytest.raises(BadPayload) as caught:
        reply(data)
    assert caught.value.work is HostWork.DONE


@pytest.mark.parametrize(
    ("headers", "body", "fault"),
    [
        ({"content-type": "text/html", "content-length": "1"}, b'{"choices": []}', BadPayload),
        (FRAMED, b"<html>", BadPayload),
        (FRAMED, b"", BadPayload),
        (FRAMED, b'{"choices": [', BadPayload),
        ({"transfer-encoding": "chunked"}, b'{"choices": [', BadPayload),
        ({}, b'{"choices": [', Truncated),
        ({}, b'  [{"choi', Truncated),
        ({}, b"", Truncated),
        ({}, b"<html>", BadPayload),
        ({}, b'{"a": "\xff"}', BadPayload),
        ({}, b"[" * 100_000, BadPayload),
        ({}, b'{"a": ' * 10_000 + b"1" + b"}" * 10_000, BadPayload),
        (FRAMED, b"9" * 5000, BadPayload),
        (FRAMED, b"\x00\x01", BadPayload),
        (FRAMED, '{"a": 1}'.encode("utf-16"), BadPayload),
    ],
)
def test_a_body_that_is_no_json_is_named(
    headers: dict[str, str], body: bytes, fault: type[HostError]
) -> None:
    """Half a JSON is Truncated where nothing said its length; all else is BadPayload."""
    with pytest.raises(HostError) as caught:
        read_reply(headers, body)

    assert type(caught.value) is fault
    assert caught.value.__context__ is None


def test_a_leading_byte_order_mark_is_no_fault() -> None:
    """Some proxies add one."""
    body = b"\xef\xbb\xbf" + json.dumps(completion_object()).encode()

    assert read_reply(FRAMED, body).text == "Hola"


def test_an_error_in_a_200_answer_is_raised() -> None:
    """With what the host says of itself."""
    with pytest.raises(HostRateLimited) as caught:
        reply({"error": {"message": "slow down", "code": 429}})
    assert caught.value.work is HostWork.PARTIAL


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (chunk_object("Ho"), ChatDelta("Ho", model="served-model")),
        (chunk_object(""), ChatDelta("", model="served-model")),
        (chunk_object(), ChatDelta(model="served-model")),
        (chunk_object(finish="stop"), ChatDelta("", STOP, "stop", None, "served-model")),
        (chunk_object(finish="eos"), ChatDelta("", STOP, "eos", None, "served-model")),
        (chunk_object(finish="odd"), ChatDelta("", STOP, "odd", None, "served-model")),
        (chunk_object(finish="abort"), ChatDelta("", ERROR, "abort", None, "served-model")),
        (
            chunk_object("a", "length", usage_of(1, 2)),
            ChatDelta("a", LENGTH, "length", ReportedUsage(1, 2), "served-model"),
        ),
        (chunk_object(choices=False, usage=usage_of(1, 2)), ChatDelta(usage=ReportedUsage(1, 2))),
        ({"choices": [], "usage": None}, None),
        ({"choices": [], "usage": {"prompt_tokens": -1}}, None),
        ({"usage": usage_of(1, 2)}, ChatDelta(usage=ReportedUsage(1, 2))),
        ({}, None),
        ({"choices": None}, None),
        ({"choices": [{}]}, ChatDelta()),
        ({"choices": [{"delta": None, "finish_reason": None}]}, ChatDelta()),
        ({"choices": [{"delta": {"refusal": "No."}}]}, ChatDelta(refusal=True)),
        (
            {
                "choices": [{"delta": {}, "finish_reason": "stop"}],
                "x_groq": {"usage": usage_of(1, 2)},
            },
            ChatDelta("", STOP, "stop", ReportedUsage(1, 2)),
        ),
        ({"choices": [{"delta": {"content": "a"}}], "model": 7}, ChatDelta("a")),
    ],
)  # fmt: skip
def test_a_chunk_reads_as_this_delta(data: object, read: ChatDelta | None) -> None:
    """Golden; ``choices`` may be empty or missing."""
    assert delta(data) == read


@pytest.mark.parametrize("name", ["message", "completion", "chunk"])
def test_the_name_of_an_event_does_not_matter(name: str) -> None:
    """But for ``error``."""
    assert delta(chunk_object("Ho"), name) == ChatDelta("Ho", model="served-model")


@pytest.mark.parametrize(("name", "data"), [("ping", "x"), ("ping", "{"), ("message", " ")])
def test_an_event_that_is_no_part_of_the_answer_is_passed_over(name: str, data: str) -> None:
    """A ping, a blank."""
    assert delta(data, name) is None


@pytest.mark.parametrize(
    "data",
    ["x", "{", "[]", "7", "[" * 100_000, '{"choices": ["x"]}', '{"choices": {"a": 1}}', "9" * 5000],
    ids=lambda data: data[:20],
)
def test_an_event_that_is_no_chunk_is_a_bad_payload(data: str) -> None:
    """The host's protocol promises JSON objects."""
    with pytest.raises(BadPayload) as caught:
        delta(data)
    assert caught.value.work is HostWork.PARTIAL


def test_an_event_may_bring_only_so_much_text() -> None:
    """The cap itself is allowed."""
    assert delta(chunk_object("x" * MAX_DELTA_CHARACTERS)) is not None
    with pytest.raises(BadPayload):
        delta(chunk_object("x" * (MAX_DELTA_CHARACTERS + 1)))


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("error", {"error": {"message": "x"}}, HostUnreachable),
        ("error", {"message": "x"}, HostUnreachable),
        ("error", "plain text", HostUnreachable),
        ("message", {"error": {"message": "x"}}, HostUnreachable),
        ("message", {"error": "x"}, HostUnreachable),
        ("message", {"object": "error", "message": "x"}, HostUnreachable),
        ("message", {"x_groq": {"error": "x"}, "choices": []}, HostUnreachable),
        ("error", {"error": {"code": "tool_use_failed", "status_code": 400}}, BadPayload),
        ("message", {"error": {"code": 401}}, BadKey),
        ("message", {"error": {"code": "rate_limit_exceeded"}}, HostRateLimited),
        ("message", {"error": {"code": "content_filter"}}, Refused),
        ("message", {"error": {"type": "exceed_context_size_error"}}, BadPayload),
    ],
)
def test_an_error_inside_a_stream_is_raised(
    name: str, data: object, fault: type[HostError]
) -> None:
    """A 200 does not mean success."""
    with pytest.raises(HostError) as caught:
        delta(data, name)

    assert type(caught.value) is fault
    assert caught.value.work is HostWork.PARTIAL


@pytest.mark.parametrize("empty", [None, {}, "", False])
def test_an_empty_error_is_none(empty: object) -> None:
    """Some hosts send the field in every chunk."""
    assert delta({**chunk_object("Ho"), "error": empty}) == ChatDelta("Ho", model="served-model")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"error": {"message": "x"}}', HostUnreachable),
        (b'{"message": "x", "code": 500}', HostUnreachable),
        (b'{"message": "x", "code": 429}', HostRateLimited),
        (b'{"a": 1}', None),
        (b"{", None),
        (b"", None),
        (b"[]", None),
        (b"[" * 100_000, None),
        (b"\xff", None),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_a_stray_line_is_an_error_only_if_it_says_so(
    line: bytes, fault: type[HostError] | None
) -> None:
    """A bare JSON object without ``data:``."""
    assert type(stray_failure(line)) is (fault or type(None))


@pytest.mark.parametrize(
    ("data", "models"),
    [
        ({"object": "list", "data": [{"id": "a"}, {"id": "b"}]}, [("a", None), ("b", None)]),
        ([{"id": "a", "context_length": 8192}], [("a", 8192)]),
        ({"data": [{"id": "a", "max_model_len": 4096}]}, [("a", 4096)]),
        ({"data": [{"id": "a", "context_window": 131072}]}, [("a", 131072)]),
        ({"data": [{"id": "a", "meta": {"n_ctx_train": 8192}}]}, [("a", 8192)]),
        ({"data": [{"id": "a", "context_length": "x"}]}, [("a", None)]),
        ({"data": [{"id": "a", "context_length": 0}]}, [("a", None)]),
        ({"data": [{"id": "a", "meta": {"n_ctx_train": True}}]}, [("a", None)]),
        ({"data": [{}, "x", {"id": 7}, {"id": ""}, {"id": "a"}]}, [("a", None)]),
        ({"data": []}, []),
        ([], []),
    ],
)  # fmt: skip
def test_a_list_of_models_is_read(data: object, models: list[tuple[str, int | None]]) -> None:
    """As an object or a bare array (Together)."""
    read = read_models(FRAMED, json.dumps(data).encode())

    assert list(read) == [ServedModel(name, window) for name, window in models]


@pytest.mark.parametrize("data", [{}, {"data": None}, {"models": []}, "x", None])
def test_what_is_no_list_of_models_is_a_bad_payload(data: object) -> None:
    """An error object is raised as what it says."""
    with pytest.raises(BadPayload):
        read_models(FRAMED, json.dumps(data).encode())
    with pytest.raises(BadKey):
        read_models(FRAMED, b'{"error": {"code": 401}}')
