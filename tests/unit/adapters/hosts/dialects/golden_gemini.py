"""Golden cases of Google's Gemini API (reference/comparator-providers.md 3, 2026-11-22)."""

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

DIALECT = "gemini"
STOP, LENGTH, ERROR = FinishReason.STOP, FinishReason.LENGTH, FinishReason.ERROR
BASE = "https://generativelanguage.googleapis.com/v1beta"
ROW: dict[str, Any] = {
    "dialect": DIALECT,
    "chat_path": "/models/{model}:generateContent",
    "stream_path": "/models/{model}:streamGenerateContent?alt=sse",
    "key_header": "x-goog-api-key",
}
FLASH = target(BASE, **ROW)
MODEL = "gemini-3.8-flash"
THINKS_LITTLE = ModelTraits(
    accepts_sampling=False,
    extra_body={"generationConfig": {"thinkingConfig": {"thinkingLevel": "low"}}},
)

REQUESTS: list[Case] = [
    RequestCase(
        DIALECT,
        "the system beside the turns, roles of its own, how much to think laid over",
        FLASH,
        chat_call(model=MODEL, messages=TALK, schema=POST_SCHEMA, seed=7, traits=THINKS_LITTLE),
        f"{BASE}/models/{MODEL}:generateContent",
        JSON_HEADERS,
        {
            "systemInstruction": {"parts": [{"text": "Eres redactor.\n\nSé breve."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "Hola"}]},
                {"role": "model", "parts": [{"text": "¿Qué tal?"}]},
                {"role": "user", "parts": [{"text": "Escribe"}]},
            ],
            "generationConfig": {
                "maxOutputTokens": 64,
                "responseMimeType": "application/json",
                "responseJsonSchema": dict(POST_SCHEMA.schema),
                "thinkingConfig": {"thinkingLevel": "low"},
            },
        },
    ),
    RequestCase(
        DIALECT,
        "a picture before its text, every parameter under its name, streamed",
        FLASH,
        chat_call(
            model=MODEL,
            messages=PICTURED,
            temperature=0.1,
            frequency_penalty=0.5,
            presence_penalty=0.25,
            seed=7,
        ),
        f"{BASE}/models/{MODEL}:streamGenerateContent?alt=sse",
        STREAM_HEADERS,
        {
            "systemInstruction": {"parts": [{"text": "Eres redactor."}]},
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {"inlineData": {"mimeType": "image/jpeg", "data": IMAGE_BASE64}},
                        {"text": "Describe el anuncio"},
                    ],
                }
            ],
            "generationConfig": {
                "maxOutputTokens": 64,
                "temperature": 0.1,
                "topP": 0.9,
                "frequencyPenalty": 0.5,
                "presencePenalty": 0.25,
                "seed": 7,
            },
        },
        stream=True,
    ),
    RequestCase(
        DIALECT,
        "JSON without a schema, a model's name that would break the path",
        target(BASE, json_mode=JsonMode.JSON_OBJECT, parameters=(), **ROW),
        chat_call(model="a/b?c", schema=POST_SCHEMA),
        f"{BASE}/models/a%2Fb%3Fc:generateContent",
        JSON_HEADERS,
        {
            "systemInstruction": {"parts": [{"text": "Eres redactor."}]},
            "contents": [{"role": "user", "parts": [{"text": "Escribe un post"}]}],
            "generationConfig": {"maxOutputTokens": 64, "responseMimeType": "application/json"},
        },
    ),
    RequestCase(
        DIALECT,
        "the models are asked for",
        FLASH,
        None,
        f"{BASE}/models",
        {"accept": "application/json"},
        None,
        method="GET",
    ),
]

USAGE = {
    "promptTokenCount": 100,
    "cachedContentTokenCount": 40,
    "candidatesTokenCount": 8,
    "thoughtsTokenCount": 20,
    "totalTokenCount": 128,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 100}],
}
COUNTED = ReportedUsage(100, 28, 40)


def answer(finish: str | None, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A whole answer, or a chunk of one, of one candidate."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": USAGE,
        "modelVersion": "gemini-3.8-flash-001",
        "responseId": "r",
    } | more


BLOCKED = {
    "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
    "usageMetadata": {"promptTokenCount": 100, "totalTokenCount": 100},
    "modelVersion": "gemini-3.8-flash-001",
}
THOUGHT = {"text": "Pienso...", "thought": True}
SERVED = "gemini-3.8-flash-001"

REPLIES: list[Case] = [
    ReplyCase(
        DIALECT,
        "no thoughts in the text, but in the output's tokens; the cache inside the prompt's",
        wire(
            answer(
                "STOP",
                THOUGHT,
                {"text": "¡Ho", "thoughtSignature": "abc"},
                {"inlineData": {}},
                {"text": "la!"},
            )
        ),
        ChatReply("¡Hola!", STOP, "STOP", COUNTED, SERVED),
    ),
    ReplyCase(
        DIALECT,
        "thinking used the whole budget, counters of 0 are missing",
        wire(
            answer(
                "MAX_TOKENS",
                candidates=[{"finishReason": "MAX_TOKENS", "index": 0}],
                usageMetadata={
                    "promptTokenCount": 9,
                    "thoughtsTokenCount": 64,
                    "totalTokenCount": 73,
                },
            )
        ),
        ChatReply("", LENGTH, "MAX_TOKENS", ReportedUsage(9, 64), SERVED),
    ),
    ReplyCase(
        DIALECT,
        "a blocked prompt has no candidate",
        wire(BLOCKED),
        ChatReply("", STOP, "PROHIBITED_CONTENT", ReportedUsage(100, 0), SERVED, refusal=True),
    ),
    ReplyCase(
        DIALECT,
        "an answer that was stopped is dropped",
        wire(answer("SAFETY", {"text": "Así se"})),
        ChatReply("", STOP, "SAFETY", COUNTED, SERVED, refusal=True),
    ),
    ReplyCase(
        DIALECT,
        "in a list of one",
        wire([answer("STOP", {"text": "Hola"})]),
        ChatReply("Hola", STOP, "STOP", COUNTED, SERVED),
    ),
    ReplyCase(
        DIALECT,
        "an error under 200, in a list of one",
        wire([{"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}}]),
        HostUnreachable,
    ),
    ReplyCase(DIALECT, "neither a candidate nor a reason", wire({"candidates": []}), BadPayload),
]


def chunk(*texts: str, finish: str | None = None, **more: Any) -> bytes:
    """An event of a stream."""
    return event(wire(answer(finish, *({"text": text} for text in texts), **more)))


EARLY: dict[str, Any] = {"usageMetadata": {"promptTokenCount": 100, "totalTokenCount": 100}}
OPENED = event(wire(answer(None, THOUGHT, **EARLY))) + chunk("¡Ho", **EARLY) + chunk("la\u2028!")
SAID = (
    ChatDelta(model=SERVED),
    ChatDelta("¡Ho", model=SERVED),
    ChatDelta("la\u2028!", model=SERVED),
)

STREAMS: list[Case] = [
    StreamCase(
        DIALECT,
        "the usage of the last chunk counts, and the stream just ends",
        OPENED + chunk("", finish="STOP"),
        (*SAID, ChatDelta("", STOP, "STOP", COUNTED, SERVED)),
    ),
    StreamCase(
        DIALECT,
        "CR LF, and the usage in a chunk of its own",
        (
            OPENED
            + chunk(" Fin.", finish="MAX_TOKENS", usageMetadata=None)
            + event({"usageMetadata": USAGE})
        ).replace(b"\n", b"\r\n"),
        (*SAID, ChatDelta(" Fin.", LENGTH, "MAX_TOKENS", None, SERVED), ChatDelta(usage=COUNTED)),
    ),
    StreamCase(
        DIALECT,
        "a blocked prompt",
        event(BLOCKED),
        (ChatDelta("", STOP, "PROHIBITED_CONTENT", ReportedUsage(100, 0), SERVED, refusal=True),),
    ),
    StreamCase(
        DIALECT,
        "stopped in the middle",
        OPENED + chunk("x", finish="SAFETY"),
        (*SAID, ChatDelta("", STOP, "SAFETY", COUNTED, SERVED, refusal=True)),
    ),
    StreamCase(
        DIALECT,
        "an error after the 200, in a list of one",
        OPENED + event([{"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}}]),
        SAID,
        HostRateLimited,
    ),
    StreamCase(DIALECT, "cut before its finish, with no usage told", OPENED, SAID, Truncated),
    StreamCase(
        DIALECT,
        "cut in its last event, which is whole JSON",
        (OPENED + chunk("", finish="STOP"))[:-2],
        (*SAID, ChatDelta("", STOP, "STOP", COUNTED, SERVED)),
    ),
    StreamCase(
        DIALECT,
        "a chunk that says nothing",
        OPENED + event({"usageMetadata": EARLY["usageMetadata"]}) + chunk("", finish="STOP"),
        (*SAID, ChatDelta("", STOP, "STOP", COUNTED, SERVED)),
    ),
    StreamCase(DIALECT, "candidates that are none", event({"candidates": "x"}), (), BadPayload),
]


def error(code: int, status: str, words: str = "x", *details: dict[str, Any]) -> dict[str, Any]:
    """Google's shape."""
    return {"error": {"code": code, "message": words, "status": status, "details": list(details)}}


def detail(kind: str, **fields: Any) -> dict[str, Any]:
    """A detail of an error."""
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}


BAD_KEY = error(400, "INVALID_ARGUMENT", "x", detail("ErrorInfo", reason="API_KEY_INVALID"))
WAIT = detail("RetryInfo", retryDelay="45.837906927s")
PER_MINUTE = detail(
    "QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]
)
PER_DAY = detail(
    "QuotaFailure",
    violations=[
        {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"},
        {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"},
    ],
)

FAULTS: list[Case] = [
    FaultCase(DIALECT, "a bad key is a 400", 400, wire(BAD_KEY), BadKey),
    FaultCase(DIALECT, "a bad key in a list of one", 400, wire([BAD_KEY]), BadKey),
    FaultCase(DIALECT, "no rights", 403, wire(error(403, "PERMISSION_DENIED")), BadKey),
    FaultCase(DIALECT, "no money", 402, wire(error(402, "RESOURCE_EXHAUSTED")), NoCredit),
    FaultCase(DIALECT, "no such model", 404, wire(error(404, "NOT_FOUND")), ModelNotServed),
    FaultCase(
        DIALECT,
        "a rate limit with its delay in the details",
        429,
        wire(error(429, "RESOURCE_EXHAUSTED", "x", PER_MINUTE, WAIT)),
        HostRateLimited,
        retry_after=45.837906927,
    ),
    FaultCase(
        DIALECT,
        "the day's quota: its delay does not help",
        429,
        wire(error(429, "RESOURCE_EXHAUSTED", "x", PER_DAY, WAIT)),
        HostRateLimited,
    ),
    FaultCase(
        DIALECT,
        "a rate limit with neither",
        429,
        wire(error(429, "RESOURCE_EXHAUSTED")),
        HostRateLimited,
    ),
    FaultCase(
        DIALECT,
        "too long",
        400,
        wire(error(400, "INVALID_ARGUMENT", "The input token count (9) exceeds the maximum")),
        BadPayload,
        user_message=PROMPT_TOO_LONG,
    ),
    FaultCase(
        DIALECT,
        "not in this country",
        400,
        wire(error(400, "FAILED_PRECONDITION")),
        BadPayload,
        user_message=NOT_ACCEPTED,
    ),
    FaultCase(DIALECT, "its own fault", 500, wire(error(500, "INTERNAL")), HostUnreachable),
    FaultCase(
        DIALECT,
        "overloaded, with a delay",
        503,
        wire(error(503, "UNAVAILABLE", "x", detail("RetryInfo", retryDelay="3s"))),
        HostUnreachable,
        retry_after=3.0,
    ),
    FaultCase(DIALECT, "too slow", 504, wire(error(504, "DEADLINE_EXCEEDED")), HostUnreachable),
]

MODELS: list[Case] = [
    ModelsCase(
        DIALECT,
        "without the prefix of their names",
        wire(
            {
                "models": [
                    {"name": "models/gemini-3.8-flash", "inputTokenLimit": 1_048_576},
                    {"name": "tunedModels/x", "inputTokenLimit": "9"},
                    {"name": "models/"},
                    {},
                ]
            }
        ),
        (ServedModel("gemini-3.8-flash", 1_048_576), ServedModel("tunedModels/x")),
    ),
]

CASES: list[Case] = [*REQUESTS, *REPLIES, *STREAMS, *FAULTS, *MODELS]
