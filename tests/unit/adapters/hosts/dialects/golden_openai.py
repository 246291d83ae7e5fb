"""Golden cases of the OpenAI dialect, as each of its hosts bends it.

The traps that are named here are those of reference/llama-hosts.md, section 14 (2026-11-22).
"""

from __future__ import annotations

from typing import Any

from llama_marketing.adapters.hosts.dialects.failures import NOT_ACCEPTED, PROMPT_TOO_LONG
from llama_marketing.domain.catalog.hosts import JsonMode
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
    Refused,
    Truncated,
)
from tests.fake_host import DONE, POST_SCHEMA, chat_call, event
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

DIALECT = "openai"
STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR
GROQ = target(
    "https://api.groq.com/openai/v1",
    token_field="max_completion_tokens",
    parameters=("temperature", "top_p", "seed"),
    json_mode=JsonMode.JSON_OBJECT,
)
OLLAMA = target("http://127.0.0.1:11434/v1")
OPENAI = target(
    "https://api.openai.com/v1",
    token_field="max_completion_tokens",
    parameters=("temperature", "top_p", "frequency_penalty", "presence_penalty", "seed"),
)
TURNS = [
    {"role": "system", "content": "Eres redactor."},
    {"role": "user", "content": "Escribe un post"},
]
EVERYTHING: dict[str, Any] = {
    "temperature": 1.0,
    "top_p": 0.5,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.25,
    "seed": 7,
}
PICTURE = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{IMAGE_BASE64}"}}

REQUESTS: list[Case] = [
    RequestCase(
        DIALECT,
        "groq: its token field, no penalties (traps 5, 7), no n (trap 4), json_object (trap 26)",
        GROQ,
        chat_call(schema=POST_SCHEMA, **EVERYTHING),
        "https://api.groq.com/openai/v1/chat/completions",
        STREAM_HEADERS,
        {
            "model": "m",
            "messages": TURNS,
            "max_completion_tokens": 64,
            "temperature": 1.0,
            "top_p": 0.5,
            "seed": 7,
            "response_format": {"type": "json_object"},
            "stream": True,
            "stream_options": {"include_usage": True},
        },
        stream=True,
    ),
    RequestCase(
        DIALECT,
        "ollama: max_tokens, temperature and top_p always (traps 11, 14)",
        OLLAMA,
        chat_call(),
        "http://127.0.0.1:11434/v1/chat/completions",
        JSON_HEADERS,
        {
            "model": "m",
            "messages": TURNS,
            "max_tokens": 64,
            "temperature": 0.7,
            "top_p": 0.9,
            "stream": False,
        },
    ),
    RequestCase(
        DIALECT,
        "a picture goes inline, and takes the system turn with it where it must (traps 15, 16)",
        OLLAMA,
        chat_call(messages=PICTURED, traits=ModelTraits(system_with_image=False)),
        "http://127.0.0.1:11434/v1/chat/completions",
        JSON_HEADERS,
        {
            "model": "m",
            "messages": [
                {
                    "role": "user",
                    "content": [
                        PICTURE,
                        {"type": "text", "text": "Eres redactor.\n\nDescribe el anuncio"},
                    ],
                }
            ],
            "max_tokens": 64,
            "temperature": 0.7,
            "top_p": 0.9,
            "stream": False,
        },
    ),
    RequestCase(
        DIALECT,
        "openai: a model that thinks takes no sampling; its effort stands in its row",
        OPENAI,
        chat_call(
            schema=POST_SCHEMA,
            **EVERYTHING,
            traits=ModelTraits(accepts_sampling=False, extra_body={"reasoning_effort": "low"}),
        ),
        "https://api.openai.com/v1/chat/completions",
        JSON_HEADERS,
        {
            "model": "m",
            "messages": TURNS,
            "max_completion_tokens": 64,
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "post",
                    "schema": dict(POST_SCHEMA.schema),
                    "strict": True,
                },
            },
            "stream": False,
            "reasoning_effort": "low",
        },
    ),
    RequestCase(
        DIALECT,
        "the models are asked for",
        GROQ,
        None,
        "https://api.groq.com/openai/v1/models",
        {"accept": "application/json"},
        None,
        method="GET",
    ),
]


def completion(finish: object, usage: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole answer of one choice."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "¡Hola!"},
        "finish_reason": finish,
    }
    return {
        "object": "chat.completion",
        "created": 1,
        "model": "x",
        "choices": [choice],
        "usage": usage,
    } | more


def counts(**more: Any) -> dict[str, Any]:
    """The usual usage."""
    return {"prompt_tokens": 21, "completion_tokens": 8, "total_tokens": 29, **more}


REPLIES: list[Case] = [
    ReplyCase(
        DIALECT,
        "groq: x_groq and times in seconds",
        wire(
            completion(
                "stop",
                counts(queue_time=0.05, prompt_time=0.1, completion_time=0.2, total_time=0.3),
                id="chatcmpl-0b5c",
                x_groq={"id": "req_1"},
            )
        ),
        ChatReply("¡Hola!", STOP, "stop", ReportedUsage(21, 8), "x"),
    ),
    ReplyCase(
        DIALECT,
        "together: eos, an empty prompt, cached tokens at the top (traps 10, 24)",
        wire(completion("eos", counts(cached_tokens=4), id="oBUtaEp-62bZhn", prompt=[])),
        ChatReply("¡Hola!", STOP, "eos", ReportedUsage(21, 8, 4), "x"),
    ),
    ReplyCase(
        DIALECT,
        "fireworks: cached tokens inside the prompt's (trap 24)",
        wire(completion("stop", counts(prompt_tokens_details={"cached_tokens": 20}))),
        ChatReply("¡Hola!", STOP, "stop", ReportedUsage(21, 8, 20), "x"),
    ),
    ReplyCase(
        DIALECT,
        "ollama: an id that repeats, no finish reason (traps 10, 25)",
        wire(completion(None, counts(), id="chatcmpl-150", system_fingerprint="fp_ollama")),
        ChatReply("¡Hola!", ERROR, "", ReportedUsage(21, 8), "x"),
    ),
    ReplyCase(
        DIALECT,
        "vllm: no completion tokens (trap 23)",
        wire(completion("stop", counts(completion_tokens=None))),
        ChatReply("¡Hola!", STOP, "stop", None, "x", warnings=("usage_not_believable",)),
    ),
    ReplyCase(
        DIALECT,
        "meta native is no completion (trap 1)",
        wire({"completion_message": {"role": "assistant", "content": "x", "stop_reason": "stop"}}),
        BadPayload,
    ),
    ReplyCase(
        DIALECT,
        "a filter: no text, but a bill",
        wire(completion("content_filter", counts())),
        ChatReply("", STOP, "content_filter", ReportedUsage(21, 8), "x", refusal=True),
    ),
]


def piece(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk of a stream."""
    return {
        "model": "x",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    } | more


HOLA = event(piece({"role": "assistant", "content": ""})) + event(
    wire(piece({"content": "¡Hola\u2028"}))
)
HOLA_DELTAS = (ChatDelta(model="x"), ChatDelta("¡Hola\u2028", model="x"))
GROQ_ERROR = {
    "error": {
        "message": "Failed to call a function.",
        "type": "invalid_request_error",
        "code": "tool_use_failed",
        "failed_generation": "<function>",
        "status_code": 400,
    }
}

STREAMS: list[Case] = [
    StreamCase(
        DIALECT,
        "groq: the usage twice, beside an empty delta (trap 23)",
        HOLA
        + event(piece({}, "stop", x_groq={"id": "r", "usage": counts()}, usage=counts()))
        + DONE,
        (*HOLA_DELTAS, ChatDelta("", STOP, "stop", ReportedUsage(21, 8), "x")),
    ),
    StreamCase(
        DIALECT,
        "groq: only x_groq has the usage, lines end with CR LF, pings between",
        (
            HOLA + event(piece({}, "stop", x_groq={"usage": counts()})) + b": ping\n\n" + DONE
        ).replace(b"\n", b"\r\n"),
        (*HOLA_DELTAS, ChatDelta("", STOP, "stop", ReportedUsage(21, 8), "x")),
    ),
    StreamCase(
        DIALECT,
        "groq: an error inside a 200 (trap 22)",
        HOLA + event(GROQ_ERROR, "error") + DONE,
        HOLA_DELTAS,
        BadPayload,
    ),
    StreamCase(
        DIALECT,
        "fireworks: null usage first, then with the finish",
        HOLA.replace(b'"choices"', b'"usage": null, "choices"')
        + event(piece({}, "length", usage=counts()))
        + DONE,
        (*HOLA_DELTAS, ChatDelta("", LENGTH, "length", ReportedUsage(21, 8), "x")),
    ),
    StreamCase(
        DIALECT,
        "vllm: a chunk without choices has the usage (trap 23)",
        HOLA + event(piece({}, "stop")) + event({"choices": [], "usage": counts()}) + DONE,
        (
            *HOLA_DELTAS,
            ChatDelta("", STOP, "stop", None, "x"),
            ChatDelta(usage=ReportedUsage(21, 8)),
        ),
    ),
    StreamCase(
        DIALECT,
        "ollama: cut without a finish (trap 12)",
        HOLA + event(piece({"content": ""})),
        (*HOLA_DELTAS, ChatDelta(model="x")),
        Truncated,
    ),
    StreamCase(
        DIALECT,
        "llama.cpp: an error without data:",
        HOLA + b'error: {"code": 503, "message": "x", "error": true}\n\n',
        HOLA_DELTAS,
        HostUnreachable,
    ),
    StreamCase(
        DIALECT,
        "ends after its finish, without [DONE] and without usage",
        HOLA + event(piece({}, "stop")),
        (*HOLA_DELTAS, ChatDelta("", STOP, "stop", None, "x")),
    ),
]


def error(message: str = "", **fields: Any) -> bytes:
    """The usual shape."""
    return wire({"error": {"message": message, **fields}})


FAULTS: list[Case] = [
    FaultCase(
        DIALECT,
        "groq: 413 is a rate limit (trap 17), with its hint in prose (trap 18)",
        413,
        error("Too large. Please try again in 1m0.36s.", code="rate_limit_exceeded"),
        HostRateLimited,
        retry_after=60.36,
    ),
    FaultCase(
        DIALECT,
        "groq: 429 with a hint in prose",
        429,
        error("Please try again in 1m0.36s.", code="rate_limit_exceeded"),
        HostRateLimited,
        retry_after=60.36,
    ),
    FaultCase(
        DIALECT,
        "groq: 429, nothing left of one limit",
        429,
        error("x", code="rate_limit_exceeded"),
        HostRateLimited,
        {
            "x-ratelimit-remaining-requests": "14370",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "7.66s",
        },
        7.66,
    ),
    FaultCase(
        DIALECT,
        "groq: a retired model (trap 2)",
        400,
        error("gone", code="model_decommissioned"),
        ModelNotServed,
    ),
    FaultCase(
        DIALECT,
        "together: not serverless",
        400,
        error("Unable to access non-serverless model x. Please ...", code="model_not_available"),
        ModelNotServed,
    ),
    FaultCase(
        DIALECT,
        "together: 403 for a prompt that is too long (trap 21)",
        403,
        error("The input exceeds the context length of the model"),
        BadPayload,
        user_message=PROMPT_TOO_LONG,
    ),
    FaultCase(DIALECT, "together: 503 is its own load (trap 19)", 503, error(), HostUnreachable),
    FaultCase(DIALECT, "no money (trap 20)", 402, error("Payment required"), NoCredit),
    FaultCase(DIALECT, "fireworks: suspended (trap 20)", 412, error("suspended"), NoCredit),
    FaultCase(
        DIALECT,
        "fireworks: no such model",
        404,
        wire({"error": {"message": "x", "code": "NOT_FOUND", "type": "error"}, "request_id": "1"}),
        ModelNotServed,
    ),
    FaultCase(
        DIALECT,
        "fireworks: an extra field (trap 6)",
        400,
        error("Extra inputs are not permitted, field: 'seed'"),
        BadPayload,
        user_message=NOT_ACCEPTED,
    ),
    FaultCase(
        DIALECT,
        "fireworks: the edge's own shape",
        401,
        wire({"fault": {"faultstring": "Invalid key", "detail": {"errorcode": "x"}}}),
        BadKey,
    ),
    FaultCase(DIALECT, "vllm: a text", 401, wire({"error": "Unauthorized"}), BadKey),
    FaultCase(
        DIALECT,
        "vllm: the old flat shape",
        400,
        wire({"object": "error", "message": "maximum context length is 8192", "code": 400}),
        BadPayload,
        user_message=PROMPT_TOO_LONG,
    ),
    FaultCase(
        DIALECT,
        "llama.cpp: still loading (trap 19)",
        503,
        error("Loading model", type="unavailable_error", code=503),
        HostUnreachable,
    ),
    FaultCase(
        DIALECT,
        "openrouter: flagged by its moderation",
        403,
        error("m requires moderation on x. Your input was flagged for violence.", code=403),
        Refused,
    ),
]

MODELS: list[Case] = [
    ModelsCase(
        DIALECT,
        "together: a bare array (trap 8)",
        wire([{"id": "a", "context_length": 8192}, {"id": "b"}]),
        (ServedModel("a", 8192), ServedModel("b")),
    ),
    ModelsCase(
        DIALECT,
        "groq: an object",
        wire({"object": "list", "data": [{"id": "a", "context_window": 131_072}]}),
        (ServedModel("a", 131_072),),
    ),
]

CASES: list[Case] = [*REQUESTS, *REPLIES, *STREAMS, *FAULTS, *MODELS]
