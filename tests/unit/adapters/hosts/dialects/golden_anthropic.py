"""Golden cases of Anthropic's Messages API (reference/comparator-providers.md 2, 2026-11-22)."""

from __future__ import annotations

from typing import Any

from llama_marketing.adapters.hosts.dialects.failures import NOT_ACCEPTED, PROMPT_TOO_LONG
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    ModelTraits,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostRateLimited,
    HostUnreachable,
    ModelNotServed,
    NoCredit,
    Truncated,
)
from tests.fake_host import POST_SCHEMA, chat_call, event
from tests.unit.adapters.hosts.dialects.golden_case import (
    IMAGE_BASE64,
    JSON_HEADERS,
    PICTURED,
    STREAM_HEADERS,
    TALK,
    Case,
    FaultCase,
    ModelsCase,
    ReplyCase,
    RequestCase,
    StreamCase,
    target,
    wire,
)

DIALECT = "anthropic"
STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR
VERSION = {"anthropic-version": "2026-10-21"}
ROW: dict[str, Any] = {
    "dialect": DIALECT,
    "chat_path": "/messages",
    "headers": VERSION,
    "key_header": "x-api-key",
}
HAIKU = target("https://api.anthropic.com/v1", parameters=(), **ROW)
OLDER = target(
    "https://api.anthropic.com/v1",
    parameters=("temperature", "frequency_penalty", "seed"),
    max_temperature=1.0,
    **ROW,
)
URL = "https://api.anthropic.com/v1/messages"

REQUESTS: list[Case] = [
    RequestCase(
        DIALECT,
        "the system beside the turns, no sampling, its thinking laid over",
        HAIKU,
        chat_call(
            messages=TALK,
            temperature=0.1,
            seed=7,
            frequency_penalty=1.0,
            traits=ModelTraits(
                extra_body={"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}}
            ),
        ),
        URL,
        JSON_HEADERS | VERSION,
        {
            "model": "m",
            "max_tokens": 64,
            "system": "Eres redactor.\n\nSé breve.",
            "messages": [
                {"role": "user", "content": "Hola"},
                {"role": "assistant", "content": "¿Qué tal?"},
                {"role": "user", "content": "Escribe"},
            ],
            "thinking": {"type": "disabled"},
            "output_config": {"effort": "low"},
        },
    ),
    RequestCase(
        DIALECT,
        "a picture before its text, a schema beside the effort, streamed",
        HAIKU,
        chat_call(
            messages=PICTURED,
            schema=POST_SCHEMA,
            traits=ModelTraits(extra_body={"output_config": {"effort": "low"}}),
        ),
        URL,
        STREAM_HEADERS | VERSION,
        {
            "model": "m",
            "max_tokens": 64,
            "system": "Eres redactor.",
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "image",
                            "source": {
                                "type": "base64",
                                "media_type": "image/jpeg",
                                "data": IMAGE_BASE64,
                            },
                        },
                        {"type": "text", "text": "Describe el anuncio"},
                    ],
                }
            ],
            "output_config": {
                "effort": "low",
                "format": {"type": "json_schema", "schema": dict(POST_SCHEMA.schema)},
            },
            "stream": True,
        },
        stream=True,
    ),
    RequestCase(
        DIALECT,
        "sampling where row and model take it, but never penalties nor a seed",
        OLDER,
        chat_call(temperature=1.5, seed=7, frequency_penalty=1.0),
        URL,
        JSON_HEADERS | VERSION,
        {
            "model": "m",
            "max_tokens": 64,
            "system": "Eres redactor.",
            "messages": [{"role": "user", "content": "Escribe un post"}],
            "temperature": 1.0,
        },
    ),
    RequestCase(
        DIALECT,
        "the models are asked for",
        HAIKU,
        None,
        "https://api.anthropic.com/v1/models",
        {"accept": "application/json"} | VERSION,
        None,
        method="GET",
    ),
]

USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 200,
    "cache_read_input_tokens": 3000,
    "output_tokens": 30,
    "output_tokens_details": {"thinking_tokens": 20},
    "service_tier": "standard",
}
SUMMED = ReportedUsage(3210, 30, cached_tokens=3000, cache_write_tokens=200)
THINKING = {"type": "thinking", "thinking": "Pienso...", "signature": "abc"}


def message(stop_reason: object, *content: dict[str, Any], **more: Any) -> bytes:
    """A whole answer."""
    return wire(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-5-5",
            "content": list(content),
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": USAGE,
        }
        | more
    )


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


REPLIES: list[Case] = [
    ReplyCase(
        DIALECT,
        "the text of all blocks, not of the first; the input summed",
        message("end_turn", THINKING, text("¡Ho"), {"type": "odd", "text": "x"}, text("la!")),
        ChatReply("¡Hola!", STOP, "end_turn", SUMMED, "claude-haiku-5-5"),
    ),
    ReplyCase(
        DIALECT,
        "thinking used the whole budget",
        message("max_tokens", THINKING, usage={"input_tokens": 10, "output_tokens": 64}),
        ChatReply("", LENGTH, "max_tokens", ReportedUsage(10, 64), "claude-haiku-5-5"),
    ),
    ReplyCase(
        DIALECT,
        "a refusal, whose text is dropped and whose usage counts",
        message(
            "refusal",
            text("Así se"),
            stop_details={"category": "cyber", "explanation": "x"},
            usage={"input_tokens": 10, "output_tokens": 0, "cache_read_input_tokens": None},
        ),
        ChatReply("", STOP, "refusal", ReportedUsage(10, 0), "claude-haiku-5-5", refusal=True),
    ),
    ReplyCase(
        DIALECT,
        "a refusal without content",
        message("refusal", usage=None),
        ChatReply("", STOP, "refusal", None, "claude-haiku-5-5", refusal=True),
    ),
    ReplyCase(
        DIALECT,
        "an error under 200",
        wire({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}),
        HostUnreachable,
    ),
    ReplyCase(DIALECT, "no message", wire({"type": "message"}), BadPayload),
]


def named(kind: str, **fields: Any) -> bytes:
    """An event as Anthropic names it, twice."""
    return event(wire({"type": kind, **fields}), kind)


def piece(kind: str, **fields: Any) -> bytes:
    """A delta of a block."""
    return named("content_block_delta", index=0, delta={"type": kind, **fields})


START = named(
    "message_start",
    message={
        "id": "msg_1",
        "type": "message",
        "model": "claude-haiku-5-5",
        "content": [],
        "stop_reason": None,
        "usage": {**USAGE, "output_tokens": 1},
    },
)
THOUGHT = (
    named("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""})
    + named("ping")
    + piece("thinking_delta", thinking="Pienso...")
    + piece("signature_delta", signature="abc")
    + named("content_block_stop", index=0)
)
TEXT = (
    named("content_block_start", index=1, content_block=text(""))
    + piece("text_delta", text="¡Ho")
    + piece("odd_delta", text="x")
    + named("odd_event", text="x")
    + piece("text_delta", text="la\u2028\u0085!")
    + named("content_block_stop", index=1)
)
SAID = (
    ChatDelta(model="claude-haiku-5-5"),
    ChatDelta("¡Ho"),
    ChatDelta("la\u2028\u0085!"),
)


def end(reason: str, **usage: Any) -> bytes:
    """The last event but one."""
    return named("message_delta", delta={"stop_reason": reason}, usage=usage)


STOPPED = named("message_stop")
WHOLE = START + THOUGHT + TEXT + end("end_turn", output_tokens=30) + STOPPED
WHOLE_DELTAS = (*SAID, ChatDelta("", STOP, "end_turn", SUMMED))

STREAMS: list[Case] = [
    StreamCase(DIALECT, "the input at the start, the output at the end", WHOLE, WHOLE_DELTAS),
    StreamCase(DIALECT, "the same with CR LF", WHOLE.replace(b"\n", b"\r\n"), WHOLE_DELTAS),
    StreamCase(
        DIALECT,
        "the same from a proxy that takes the names of the events away",
        b"".join(line for line in WHOLE.splitlines(True) if not line.startswith(b"event:")),
        WHOLE_DELTAS,
    ),
    StreamCase(
        DIALECT,
        "what comes after the end is not read",
        WHOLE + piece("text_delta", text="x"),
        WHOLE_DELTAS,
    ),
    StreamCase(
        DIALECT,
        "cumulative usage: the last one counts, its input too",
        START
        + TEXT
        + named("message_delta", delta={"stop_reason": None}, usage={"output_tokens": 12})
        + end("max_tokens", input_tokens=20, cache_read_input_tokens=None, output_tokens=30)
        + STOPPED,
        (
            *SAID,
            ChatDelta(usage=ReportedUsage(3210, 12, 3000, 200)),
            ChatDelta("", LENGTH, "max_tokens", ReportedUsage(3220, 30, 3000, 200)),
        ),
    ),
    StreamCase(
        DIALECT,
        "no input was told, so no usage is",
        TEXT + end("end_turn", output_tokens=30) + STOPPED,
        (*SAID[1:], ChatDelta("", STOP, "end_turn")),
    ),
    StreamCase(
        DIALECT,
        "no output was told at the end: that of the start is none",
        START + TEXT + end("end_turn", input_tokens=10) + STOPPED,
        (*SAID, ChatDelta("", STOP, "end_turn")),
    ),
    StreamCase(
        DIALECT,
        "a refusal in the middle",
        START + TEXT + end("refusal", output_tokens=5) + STOPPED,
        (
            *SAID,
            ChatDelta("", STOP, "refusal", ReportedUsage(3210, 5, 3000, 200), "", refusal=True),
        ),
    ),
    StreamCase(
        DIALECT,
        "an error after the 200",
        START + TEXT + named("error", error={"type": "overloaded_error", "message": "x"}),
        SAID,
        HostUnreachable,
    ),
    StreamCase(
        DIALECT,
        "a rate limit after the 200",
        START + named("error", error={"type": "rate_limit_error", "message": "x"}),
        SAID[:1],
        HostRateLimited,
    ),
    StreamCase(DIALECT, "an error that is no JSON", event(b"x", "error"), (), HostUnreachable),
    StreamCase(DIALECT, "cut before its end", START + TEXT, SAID, Truncated),
    StreamCase(
        DIALECT,
        "cut in the event of the end, which is whole JSON",
        (START + TEXT + end("end_turn", output_tokens=30))[:-2],
        (*SAID, ChatDelta("", STOP, "end_turn", SUMMED)),
    ),
    StreamCase(
        DIALECT,
        "an event that is no JSON",
        START + event(b"{", "content_block_delta"),
        SAID[:1],
        BadPayload,
    ),
]


def error(kind: str, words: str = "x", **more: Any) -> bytes:
    """Anthropic's shape."""
    return wire({"type": "error", "error": {"type": kind, "message": words, **more}})


LIMITS = {
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:30Z",
}
CREDIT = "Your credit balance is too low to access the Anthropic API."
SPENT = "You have reached your specified API usage limits. You will regain access on 2026-12-01"

FAULTS: list[Case] = [
    FaultCase(DIALECT, "a bad key", 401, error("authentication_error"), BadKey),
    FaultCase(DIALECT, "a key without rights", 403, error("permission_error"), BadKey),
    FaultCase(DIALECT, "no money", 402, error("billing_error"), NoCredit),
    FaultCase(DIALECT, "an empty account", 400, error("invalid_request_error", CREDIT), NoCredit),
    FaultCase(DIALECT, "a spend limit", 400, error("invalid_request_error", SPENT), NoCredit),
    FaultCase(
        DIALECT,
        "no money, told in the details",
        403,
        error("permission_error", details={"error_code": "credit_balance_exhausted"}),
        NoCredit,
    ),
    FaultCase(DIALECT, "no such model", 404, error("not_found_error", "model: x"), ModelNotServed),
    FaultCase(
        DIALECT,
        "a rate limit with its hint",
        429,
        error("rate_limit_error"),
        HostRateLimited,
        {"retry-after": "7", **LIMITS},
        7.0,
    ),
    FaultCase(
        DIALECT,
        "the month's cap: a reset is no hint",
        429,
        error("rate_limit_error"),
        HostRateLimited,
        LIMITS,
    ),
    FaultCase(
        DIALECT,
        "too long",
        400,
        error("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
        BadPayload,
        user_message=PROMPT_TOO_LONG,
    ),
    FaultCase(
        DIALECT,
        "a parameter that is no longer taken",
        400,
        error("invalid_request_error", "temperature: Extra inputs are not permitted"),
        BadPayload,
        user_message=NOT_ACCEPTED,
    ),
    FaultCase(
        DIALECT,
        "too many bytes",
        413,
        error("request_too_large"),
        BadPayload,
        user_message=NOT_ACCEPTED,
    ),
    FaultCase(DIALECT, "its own fault", 500, error("api_error"), HostUnreachable),
    FaultCase(DIALECT, "too slow", 504, error("timeout_error"), HostUnreachable),
    FaultCase(DIALECT, "overloaded", 529, error("overloaded_error"), HostUnreachable),
]

MODELS: list[Case] = [
    ModelsCase(
        DIALECT,
        "with their windows",
        wire(
            {
                "data": [
                    {"type": "model", "id": "claude-haiku-5-5", "max_input_tokens": 1_000_000},
                    {"type": "model", "id": "claude-x", "max_input_tokens": None},
                    {"id": ""},
                    "x",
                ],
                "has_more": False,
            }
        ),
        (ServedModel("claude-haiku-5-5", 1_000_000), ServedModel("claude-x")),
    ),
]

CASES: list[Case] = [*REQUESTS, *REPLIES, *STREAMS, *FAULTS, *MODELS]
