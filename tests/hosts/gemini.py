"""A speaker of Gemini's generateContent.

Facts: reference/comparator-providers.md 3 (2026-11-22).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import FinishReason, ReportedUsage
from llama_marketing.domain.errors import HostUnreachable
from tests.fake_host import Answer, SeenRequest, event, status
from tests.hosts.speaker import (
    BrokenStream,
    Failure,
    Heard,
    Said,
    Speaker,
    bad_key,
    busy,
    cut,
    json_bytes,
    limited,
    no_credit,
    no_model,
    not_accepted,
    too_long,
)

TYPES = "type.googleapis.com/google.rpc."
SAMPLING_NAMES = {
    "temperature": "temperature",
    "topP": "top_p",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "seed": "seed",
}
KNOWN_FIELDS = frozenset({"contents", "systemInstruction", "generationConfig", "safetySettings"})
KNOWN_SETTINGS = frozenset(
    {"maxOutputTokens", "responseMimeType", "responseJsonSchema", "thinkingConfig", *SAMPLING_NAMES}
)


def error(code: int, word: str, message: str, *details: Mapping[str, Any]) -> Answer:
    """An error with its status as a word, and details."""
    return status(code, data=_error_object(code, word, message, *details))


def _error_object(
    code: int, word: str, message: str, *details: Mapping[str, Any]
) -> dict[str, Any]:
    inner: dict[str, Any] = {"code": code, "message": message, "status": word}
    if details:
        inner["details"] = list(details)
    return {"error": inner}


class Gemini(Speaker):
    """Parts, some of them thoughts; usage on every chunk; no last word."""

    row_id = "gemini"
    name = "Gemini"

    def reply_object(self, said: Said) -> dict[str, Any]:
        """A thought first."""
        return self._chunk([{"text": "hmm", "thought": True}, {"text": said.text}], said)

    def _chunk(self, parts: list[Any], said: Said, *, last: bool = True) -> dict[str, Any]:
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
        if last:
            length = said.finish is FinishReason.LENGTH
            candidate["finishReason"] = "MAX_TOKENS" if length else "STOP"
        data: dict[str, Any] = {
            "candidates": [candidate],
            "modelVersion": "served-model",
            "responseId": "r1",
        }
        if said.usage is not None:
            data["usageMetadata"] = self._usage(said.usage)
        return data

    def _usage(self, usage: ReportedUsage) -> dict[str, Any]:
        thoughts = usage.output_tokens // 3
        counts = {
            "promptTokenCount": usage.input_tokens,
            "cachedContentTokenCount": usage.cached_tokens,
            "candidatesTokenCount": usage.output_tokens - thoughts,
            "thoughtsTokenCount": thoughts,
        }
        total = {"totalTokenCount": usage.input_tokens + usage.output_tokens}
        # Counters that are 0 are left out, as the host does.
        return {name: count for name, count in counts.items() if count} | total

    def opening(self, text: str) -> bytes:
        """A thought, then text; with no usage yet."""
        thought = self._chunk([{"text": "hmm", "thought": True}], Said("", None), last=False)
        return event(json_bytes(thought)) + self.piece(text)

    def piece(self, text: str) -> bytes:
        """A whole answer with the new text only."""
        return event(json_bytes(self._chunk([{"text": text}], Said("", None), last=False)))

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """Cumulative: on the last chunk, or on several."""
        last = event(json_bytes(self._chunk([{"text": ""}], said)))
        if said.usage is None:
            return {"none": last}
        early = Said("", ReportedUsage(said.usage.input_tokens, 1))
        first = event(json_bytes(self._chunk([{"text": ""}], early, last=False)))
        return {"last chunk": last, "every chunk": first + last}

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """A blocked prompt has no candidate; a blocked answer has a reason."""
        blocked: dict[str, Any] = {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": 20, "totalTokenCount": 20},
        }
        unsafe = self._chunk([], Said("", ReportedUsage(20, 0)))
        unsafe["candidates"][0] = {"finishReason": "SAFETY", "index": 0}
        return [(data, event(json_bytes(data))) for data in (blocked, unsafe)]

    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """In ``finishReason``."""
        whole = self.reply_object(Said("Hola"))
        end = self._chunk([{"text": ""}], Said())
        for data in (whole, end):
            data["candidates"][0]["finishReason"] = word
        return whole, event(json_bytes(end))

    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """In ``usageMetadata``, with no thoughts and no total."""
        counts = {"promptTokenCount": tokens_in, "candidatesTokenCount": tokens_out}
        whole = {**self.reply_object(Said("Hola")), "usageMetadata": counts}
        end = {**self._chunk([{"text": ""}], Said()), "usageMetadata": counts}
        return whole, event(json_bytes(end))

    def broken_streams(self) -> Sequence[BrokenStream]:
        """A chunk that is an error."""
        told = _error_object(503, "UNAVAILABLE", "The model is overloaded.")
        return [
            cut("no finish"),
            BrokenStream("an error chunk", [event(told)], HostUnreachable),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its errors page; an error may stand in a list of one."""
        info = {"@type": TYPES + "ErrorInfo", "reason": "API_KEY_INVALID"}
        wait = {"@type": TYPES + "RetryInfo", "retryDelay": "45.837906927s"}
        days = {
            "@type": TYPES + "QuotaFailure",
            "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
        }
        invalid, spent = "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"
        long = "The input token count (2000000) exceeds the maximum number of tokens allowed."
        wrapped = [_error_object(400, invalid, "API key not valid.", info)]
        return [
            bad_key(error(400, invalid, "API key not valid.", info)),
            bad_key(status(400, data=wrapped), "bad key in a list"),
            bad_key(error(403, "PERMISSION_DENIED", "denied"), "forbidden"),
            no_credit(error(402, spent, "Prepaid credit is used up.")),
            no_model(error(404, "NOT_FOUND", "models/m is not found for API version v1beta")),
            limited(error(429, spent, "quota", wait), 45.837906927),
            limited(error(429, spent, "quota"), None, "rate limit without a hint"),
            limited(error(429, spent, "quota", days, wait), None, "day's quota used up"),
            busy(error(503, "UNAVAILABLE", "The model is overloaded.")),
            busy(error(504, "DEADLINE_EXCEEDED", "x"), "timed out"),
            busy(error(500, "INTERNAL", "x"), "internal error"),
            too_long(error(400, invalid, long)),
            not_accepted(
                error(400, "FAILED_PRECONDITION", "User location is not supported"), "country"
            ),
        ]

    def models_object(self, *ids: str) -> Any:
        """Names with a prefix."""
        return {"models": [{"name": f"models/{name}", "inputTokenLimit": 1_000} for name in ids]}

    def chat_path(self, row: HostRow, model: str, stream: bool) -> str:
        """The model and the method stand in the path."""
        method = "streamGenerateContent?alt=sse" if stream else "generateContent"
        return f"/v1beta/models/{quote(model, safe='')}:{method}"

    def models_path(self, row: HostRow) -> str:
        """Beside it; the page's length may be asked for."""
        return "/v1beta/models"

    def heard(self, request: SeenRequest) -> Heard:
        """Read the path and the body."""
        body = request.json
        settings = body["generationConfig"]
        (turn,) = body["contents"]
        assert turn["role"] == "user"
        schema = settings.get("responseJsonSchema")
        assert (settings.get("responseMimeType") == "application/json") is (schema is not None)
        return Heard(
            model=request.path.rpartition("/models/")[2].partition(":")[0],
            system="".join(
                part["text"] for part in body.get("systemInstruction", _NOTHING)["parts"]
            ),
            user="".join(part.get("text", "") for part in turn["parts"]),
            token_field="maxOutputTokens",
            max_tokens=settings["maxOutputTokens"],
            sampling={
                ours: settings[theirs]
                for theirs, ours in SAMPLING_NAMES.items()
                if theirs in settings
            },
            json_mode=JsonMode.NONE if schema is None else JsonMode.JSON_SCHEMA,
            schema=schema,
            images=[
                (part["inlineData"]["mimeType"], base64.b64decode(part["inlineData"]["data"]))
                for part in turn["parts"]
                if "inlineData" in part
            ],
            stream=":streamGenerateContent" in request.path,
            wants_stream_usage=False,
            unknown=(frozenset(body) - KNOWN_FIELDS) | (frozenset(settings) - KNOWN_SETTINGS),
        )


_NOTHING: dict[str, Any] = {"parts": []}
