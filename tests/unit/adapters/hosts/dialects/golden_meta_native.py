"""Golden cases of Meta's retired Llama API (reference/llama-hosts.md 2 and 8, 2026-11-22)."""

from __future__ import annotations

from typing import Any

from llama_marketing.domain.catalog.hosts import JsonMode
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
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    Truncated,
)
from tests.fake_host import POST_SCHEMA, chat_call, completion_object, event
from tests.unit.adapters.hosts.dialects.golden_case import (
    IMAGE_BASE64,
    JSON_HEADERS,
    PICTURED,
    STREAM_HEADERS,
    Case,
    FaultCase,
    ModelsCase,
    ReplyCase,
    RequestCase,
    StreamCase,
    target,
    wire,
)

DIALECT = "meta_native"
STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR
ROW: dict[str, Any] = {"dialect": DIALECT, "token_field": "max_completion_tokens"}
META = target("https://api.llama.com/v1", **ROW)
URL = "https://api.llama.com/v1/chat/completions"
TURNS = [
    {"role": "system", "content": "Eres redactor."},
    {"role": "user", "content": "Escribe un post"},
]

REQUESTS: list[Case] = [
    RequestCase(
        DIALECT,
        "a schema without strict, and nothing that it does not know",
        META,
        chat_call(schema=POST_SCHEMA, seed=7, frequency_penalty=1.0, presence_penalty=1.0),
        URL,
        JSON_HEADERS,
        {
            "model": "m",
            "messages": TURNS,
            "max_completion_tokens": 64,
            "temperature": 0.7,
            "top_p": 0.9,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "post", "schema": dict(POST_SCHEMA.schema)},
            },
            "stream": False,
        },
    ),
    RequestCase(
        DIALECT,
        "there is no json_object (trap 26), no stream_options; a picture goes inline",
        target("https://api.llama.com/v1", json_mode=JsonMode.JSON_OBJECT, **ROW),
        chat_call(messages=PICTURED, schema=POST_SCHEMA),
        URL,
        STREAM_HEADERS,
        {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Eres redactor."},
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "image_url",
                            "image_url": {"url": f"data:image/jpeg;base64,{IMAGE_BASE64}"},
                        },
                        {"type": "text", "text": "Describe el anuncio"},
                    ],
                },
            ],
            "max_completion_tokens": 64,
            "temperature": 0.7,
            "top_p": 0.9,
            "stream": True,
        },
        stream=True,
    ),
    RequestCase(
        DIALECT,
        "the models are asked for",
        META,
        None,
        "https://api.llama.com/v1/models",
        {"accept": "application/json"},
        None,
        method="GET",
    ),
]


def metrics(prompt: Any = 21.0, completion: Any = 8.0, total: Any = 29.0) -> list[dict[str, Any]]:
    """The usage as it came: floats with a unit."""
    counted = {
        "num_completion_tokens": completion,
        "num_prompt_tokens": prompt,
        "num_total_tokens": total,
    }
    named = [{"metric": name, "value": value, "unit": "tokens"} for name, value in counted.items()]
    return [*named, {"metric": "latency", "value": 0.5}]


def completion(content: Any, stop_reason: Any = "stop", **more: Any) -> bytes:
    """A whole answer."""
    message = {"role": "assistant", "content": content, "stop_reason": stop_reason}
    return wire({"id": "x", "completion_message": message, "metrics": metrics()} | more)


HOLA = {"type": "text", "text": "¡Hola!"}

REPLIES: list[Case] = [
    ReplyCase(
        DIALECT,
        "an object as content, metrics as floats",
        completion(HOLA),
        ChatReply("¡Hola!", STOP, "stop", ReportedUsage(21, 8)),
    ),
    ReplyCase(
        DIALECT,
        "a text as content, no metrics",
        completion("¡Hola!", "length", metrics=None),
        ChatReply("¡Hola!", LENGTH, "length"),
    ),
    ReplyCase(
        DIALECT,
        "tool calls nobody asked for, an empty list of metrics",
        completion(None, "tool_calls", metrics=[]),
        ChatReply("", ERROR, "tool_calls"),
    ),
    ReplyCase(
        DIALECT,
        "no stop reason",
        completion(HOLA, None),
        ChatReply("¡Hola!", ERROR, "", ReportedUsage(21, 8)),
    ),
    ReplyCase(
        DIALECT,
        "half a token",
        completion(HOLA, metrics=metrics(prompt=21.5)),
        ChatReply("¡Hola!", STOP, "stop", warnings=("usage_not_believable",)),
    ),
    ReplyCase(DIALECT, "a completion of OpenAI's", wire(completion_object()), BadPayload),
    ReplyCase(DIALECT, "an error under 200", wire({"error": {"status": 401}}), BadKey),
]


def step(kind: str, text: str | None = None, **more: Any) -> bytes:
    """One event of a stream."""
    delta = {} if text is None else {"delta": {"type": "text", "text": text}}
    return event(wire({"id": "x", "event": {"event_type": kind, **delta, **more}}))


SPOKEN = step("start", "") + step("progress", "¡Ho") + step("progress", "la\u2028!")
SAID = (ChatDelta("¡Ho"), ChatDelta("la\u2028!"))
CALL = {"type": "tool_call", "id": "1", "function": {"name": "x", "arguments": "{}"}}

STREAMS: list[Case] = [
    StreamCase(
        DIALECT,
        "its four events: the usage comes after the end (trap 23)",
        SPOKEN + step("complete", "", stop_reason="stop") + step("metrics", "", metrics=metrics()),
        (*SAID, ChatDelta("", STOP, "stop"), ChatDelta(usage=ReportedUsage(21, 8))),
    ),
    StreamCase(
        DIALECT,
        "no metrics, a tool call, a gateway's [DONE]",
        SPOKEN
        + step("progress", delta=CALL)
        + step("complete", stop_reason="length")
        + event(b"[DONE]")
        + step("progress", "x"),
        (*SAID, ChatDelta("", LENGTH, "length")),
    ),
    StreamCase(DIALECT, "cut before it was complete", SPOKEN, SAID, Truncated),
    StreamCase(
        DIALECT,
        "an error",
        SPOKEN + event({"title": "boom", "status": 500}, "error"),
        SAID,
        HostUnreachable,
    ),
    StreamCase(DIALECT, "an event that is no object", SPOKEN + event(7), SAID, BadPayload),
]

WORDS = wire({"title": "x", "detail": "y", "status": 0})
FAULTS: list[Case] = [
    FaultCase(DIALECT, "a bad key", 401, WORDS, BadKey),
    FaultCase(DIALECT, "sunset", 410, WORDS, HostRetired),
    FaultCase(DIALECT, "a limit", 429, WORDS, HostRateLimited, {"retry-after": "4"}, 4.0),
    FaultCase(DIALECT, "its own fault", 503, b"<html>", HostUnreachable),
]

MODELS: list[Case] = [
    ModelsCase(
        DIALECT,
        "by their ids",
        wire({"object": "list", "data": [{"id": "Llama-3.3-70B-Instruct"}, {"id": 7}, 7]}),
        (ServedModel("Llama-3.3-70B-Instruct"),),
    ),
]

CASES: list[Case] = [*REQUESTS, *REPLIES, *STREAMS, *FAULTS, *MODELS]
