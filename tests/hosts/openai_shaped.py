"""Speakers of the hosts that take OpenAI's chat completions, each with its own habits.

Facts: the tables of reference/llama-hosts.md 5-10 and comparator-providers.md 1 (2026-11-22);
OpenRouter's from openrouter.ai/docs/api/reference/errors-and-debugging (looked up 2026-11-28).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    BadPayload,
    HostRateLimited,
    HostUnreachable,
)
from tests.fake_host import DONE, Answer, SeenRequest, Step, event, html, status
from tests.hosts.speaker import (
    SAMPLING,
    BrokenStream,
    Failure,
    Heard,
    Said,
    Speaker,
    bad_key,
    busy,
    cut,
    flagged,
    json_bytes,
    limited,
    no_credit,
    no_model,
    not_accepted,
    too_long,
)

TOKEN_FIELDS = ("max_tokens", "max_completion_tokens")
KNOWN_FIELDS = frozenset(
    {"model", "messages", "stream", "stream_options", "response_format", *TOKEN_FIELDS, *SAMPLING}
)


def error(http_status: int, headers: Mapping[str, str] | None = None, /, **words: Any) -> Answer:
    """``{"error": {...}}`` under a status."""
    return status(http_status, headers, {"error": words})


class OpenAiShaped(Speaker):
    """What they share; a host's class says what is different there."""

    stop_word: ClassVar[str] = "stop"
    message_id: ClassVar[str] = "chatcmpl-8f1d"
    extras: ClassVar[Mapping[str, Any]] = {}
    """Fields of the host's own beside ``choices``."""
    unread_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of the shape that this host does not know."""

    def reply_object(self, said: Said) -> dict[str, Any]:
        """One choice."""
        return self._reply({"role": "assistant", "content": said.text}, said)

    def _reply(self, message: dict[str, Any], said: Said) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": self.message_id,
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": "served-model",
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_word(said)}],
            **self.extras,
        }
        if said.usage is not None:
            data["usage"] = self.usage_object(said.usage)
        return data

    def finish_word(self, said: Said) -> str:
        """The host's word for why the model stopped."""
        return "length" if said.finish is FinishReason.LENGTH else self.stop_word

    def usage_object(self, usage: ReportedUsage) -> dict[str, Any]:
        """The three counts, and the cached ones nested."""
        data: dict[str, Any] = {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
        }
        if self.tells_cached:
            data["prompt_tokens_details"] = {"cached_tokens": usage.cached_tokens}
        return data

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        """One event of a stream."""
        return event(json_bytes(self.chunk_object(delta, finish, **more)))

    def chunk_object(
        self, delta: dict[str, Any] | None, finish: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """One chunk; ``delta=None`` has no choices."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return {
            "id": self.message_id,
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": "served-model",
            "choices": choices,
            **more,
        }

    def opening(self, text: str) -> bytes:
        """The role, then text."""
        return self.chunk({"role": "assistant", "content": ""}) + self.piece(text)

    def piece(self, text: str) -> bytes:
        """A chunk with content."""
        return self.chunk({"content": text})

    def _empty_choices(self, said: Said) -> bytes:
        """The finish, then the usage on a chunk without choices."""
        finish = self.chunk({}, self.finish_word(said))
        if said.usage is None:
            return finish + DONE
        usage = event(json_bytes(self.chunk_object(None, usage=self.usage_object(said.usage))))
        return finish + usage + DONE

    def _with_the_finish(self, said: Said) -> bytes:
        """The usage on the chunk that brings the finish."""
        usage = None if said.usage is None else self.usage_object(said.usage)
        return self.chunk({}, self.finish_word(said), usage=usage) + DONE

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """On an extra chunk with empty choices, as asked for by ``stream_options``."""
        return {"empty choices": self._empty_choices(said)}

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """A filter that stops the answer."""
        said = Said("", ReportedUsage(20, 0))
        data = self.reply_object(said)
        data["choices"][0]["finish_reason"] = "content_filter"
        usage = event(json_bytes(self.chunk_object(None, usage=data.get("usage"))))
        return [(data, self.chunk({}, "content_filter") + usage + DONE)]

    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """In ``finish_reason``."""
        data = self.reply_object(Said("Hola"))
        data["choices"][0]["finish_reason"] = word
        return data, self.chunk({}, word) + DONE

    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """In ``usage``, which has no total then."""
        usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
        finish = self.chunk({}, self.stop_word)
        extra = event(json_bytes(self.chunk_object(None, usage=usage)))
        return {**self.reply_object(Said("Hola")), "usage": usage}, finish + extra + DONE

    def broken_streams(self) -> Sequence[BrokenStream]:
        """No end, and an error object in the data."""
        return [
            cut("no finish chunk and no last word"),
            cut("the last word without a finish", DONE),
            BrokenStream(
                "an error in the data",
                [event({"error": {"message": "boom", "type": "server_error"}})],
                HostUnreachable,
            ),
        ]

    def models_object(self, *ids: str) -> Any:
        """``{"data": [...]}``"""
        return {"object": "list", "data": [{"id": name, "object": "model"} for name in ids]}

    def heard(self, request: SeenRequest) -> Heard:
        """Read the body."""
        body = request.json
        turns = body["messages"]
        images, users = [], []
        for turn in turns:
            if turn["role"] != "user":
                continue
            content = turn["content"]
            parts: list[Any] = [{"type": "text", "text": content}]
            for part in parts if isinstance(content, str) else content:
                if part["type"] == "text":
                    users.append(part["text"])
                else:
                    images.append(_inline(part["image_url"]["url"]))
        mode, schema = _format(body.get("response_format"))
        (token_field,) = [name for name in TOKEN_FIELDS if name in body]
        return Heard(
            model=body["model"],
            system="".join(turn["content"] for turn in turns if turn["role"] == "system"),
            user="\n".join(users),
            token_field=token_field,
            max_tokens=body[token_field],
            sampling={name: body[name] for name in SAMPLING if name in body},
            json_mode=mode,
            schema=schema,
            images=images,
            stream=body["stream"],
            wants_stream_usage=body.get("stream_options") == {"include_usage": True},
            unknown=frozenset(body) - (KNOWN_FIELDS - self.unread_fields),
        )


def _inline(url: str) -> tuple[str, bytes]:
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return kind, base64.b64decode(data, validate=True)


def _format(response_format: Any) -> tuple[JsonMode, Mapping[str, Any] | None]:
    if response_format is None:
        return JsonMode.NONE, None
    if response_format["type"] == "json_schema":
        inner = response_format["json_schema"]
        assert inner["name"]
        return JsonMode.JSON_SCHEMA, inner["schema"]
    assert response_format["type"] == "json_object"
    if "schema" in response_format:
        return JsonMode.JSON_OBJECT_SCHEMA, response_format["schema"]
    return JsonMode.JSON_OBJECT, None


class Together(OpenAiShaped):
    """`eos`, a bare array of models, 403 for a prompt that is too long."""

    row_id = "together"
    name = "Together"
    stop_word = "eos"
    message_id = "oBUtaEp-3NKUce-9f2"
    extras = {"prompt": [], "warnings": None}
    unread_fields = frozenset({"stream_options", "max_completion_tokens"})

    def usage_object(self, usage: ReportedUsage) -> dict[str, Any]:
        """The cached tokens stand at the top, as in a recording of 2025."""
        return {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
        }

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """Unasked, on the last chunk."""
        return {"last chunk": self._with_the_finish(said)}

    def models_object(self, *ids: str) -> Any:
        """A bare array."""
        return [{"id": name, "object": "model", "type": "chat"} for name in ids]

    def broken_streams(self) -> Sequence[BrokenStream]:
        """Also as a named event."""
        limits = {"message": "Rate limited", "error_type": "dynamic_request_limited"}
        return [
            *super().broken_streams(),
            BrokenStream("a named error", [event({"error": limits}, "error")], HostRateLimited),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its error codes page and its rate limits page."""
        wrong = {"type": "invalid_request_error", "param": None}
        closed = "Unable to access non-serverless model m. Please create a dedicated endpoint."
        full = "The input tokens plus max_tokens exceed the model's context length of 8192."
        return [
            bad_key(
                error(401, message="Invalid API key provided", code="invalid_api_key", **wrong)
            ),
            no_credit(error(402, message="Credit limit exceeded", type="credit_limit", code=None)),
            no_model(error(404, message="no such model", code="model_not_found", **wrong)),
            no_model(
                error(400, message=closed, code="model_not_available", **wrong), "not serverless"
            ),
            no_model(
                error(400, message="asleep", code="dedicated_endpoint_not_running", **wrong),
                "dedicated endpoint asleep",
            ),
            limited(
                error(429, {"Retry-After": "2"}, message="x", error_type="dynamic_token_limited"),
                2.0,
            ),
            limited(
                status(429, data={"message": "slow down", "type": "dynamic_request_limited"}),
                None,
                "rate limit, flat",
            ),
            busy(error(503, message="The engine is overloaded", type="server_error")),
            busy(status(529, data={"error": "try later", "request_id": "r"}), "edge"),
            too_long(error(403, message=full, **wrong)),
            too_long(
                error(400, message=full, code="context_length_exceeded", **wrong),
                "context overflow that was opted into",
            ),
        ]


class Fireworks(OpenAiShaped):
    """Usage with the finish, null before it; strict about fields; money is 402 and 412."""

    row_id = "fireworks"
    name = "Fireworks"

    def piece(self, text: str) -> bytes:
        """``usage`` is null until the end."""
        return self.chunk({"content": text}, usage=None)

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """Together with the finish reason."""
        return {"with the finish": self._with_the_finish(said)}

    def failures(self) -> Sequence[Failure]:
        """By its error codes page; the body of 2026, and the older ones of the edge."""
        here = {"param": None, "type": "error"}
        fault = {"faultstring": "Rate limit", "detail": {"errorcode": "policies.ratelimit"}}
        return [
            bad_key(error(401, message="The API key is invalid", code="UNAUTHORIZED", **here)),
            bad_key(error(403, message="Forbidden", code="FORBIDDEN", **here), "forbidden"),
            no_credit(error(402, message="Payment required", code="PAYMENT_REQUIRED", **here)),
            no_credit(error(412, message="Account suspended", **here), "suspended account"),
            no_model(
                status(
                    404,
                    data={
                        "error": {
                            "message": "Model not found, inaccessible, and/or not deployed",
                            "code": "NOT_FOUND",
                            **here,
                        },
                        "request_id": "b0f1",
                    },
                )
            ),
            limited(error(429, {"retry-after": "3", "x-ratelimit-over-limit": "yes"}, **here), 3.0),
            limited(status(429, data={"fault": fault}), None, "rate limit of the edge"),
            busy(error(503, message="Load shedding", code="UNAVAILABLE", **here)),
            busy(status(408, data={"detail": "timed out"}), "request timed out"),
            too_long(error(400, message="The prompt is too long: 9000 tokens", **here)),
            not_accepted(
                error(400, message="Extra inputs are not permitted, field: 'x'", **here),
                "extra field",
            ),
        ]


class Groq(OpenAiShaped):
    """Times beside the counts, usage in `x_groq` too, a 413 that is a rate limit."""

    row_id = "groq"
    name = "Groq"
    never_says = {"no credit": "its errors page has no such error"}
    extras = {"x_groq": {"id": "req_01k"}, "service_tier": "on_demand", "system_fingerprint": "fp"}
    unread_fields = frozenset({"frequency_penalty", "presence_penalty"})

    def usage_object(self, usage: ReportedUsage) -> dict[str, Any]:
        """With four times in seconds."""
        times = {"queue_time": 0.02, "prompt_time": 0.01, "completion_time": 0.1}
        return {**super().usage_object(usage), **times, "total_time": 0.11}

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """In ``x_groq`` always; in newer recordings at the top and on an extra chunk too."""
        if said.usage is None:
            return {"none": self._empty_choices(said)}
        usage = self.usage_object(said.usage)
        word = self.finish_word(said)
        own = self.chunk({}, word, x_groq={"id": "req_01k", "usage": usage})
        both = self.chunk({}, word, x_groq={"id": "req_01k", "usage": usage}, usage=usage)
        extra = event(json_bytes(self.chunk_object(None, usage=usage)))
        return {
            "x_groq": own + DONE,
            "x_groq and top": both + DONE,
            "x_groq and empty choices": own + extra + DONE,
        }

    def broken_streams(self) -> Sequence[BrokenStream]:
        """An error event in a 200 stream, as recorded; and an error in ``x_groq``."""
        told = {
            "message": "Failed to call a function.",
            "type": "invalid_request_error",
            "code": "tool_use_failed",
            "failed_generation": "<function=x",
            "status_code": 400,
        }
        gone = event(self.chunk_object({}, x_groq={"id": "r", "error": "over capacity"}))
        return [
            cut("no finish chunk and no last word"),
            BrokenStream("an error event", [event({"error": told}, "error")], BadPayload),
            BrokenStream("an error in x_groq", [gone], HostUnreachable),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its errors page and what users pasted into issues."""
        wrong = {"type": "invalid_request_error"}
        minute = "Request too large for model `m` on tokens per minute: Limit 6000, Requested 9000"
        prose = "Rate limit reached for model `m` on tokens per day. Please try again in {}."
        day = {"type": "tokens", "code": "rate_limit_exceeded"}
        return [
            bad_key(error(401, message="Invalid API Key", code="invalid_api_key", **wrong)),
            no_model(error(404, message="no model `m`", code="model_not_found", **wrong)),
            no_model(
                error(400, message="decommissioned", code="model_decommissioned", **wrong),
                "retired model",
            ),
            limited(error(429, {"retry-after": "7"}, message=prose.format("7s"), **day), 7.0),
            limited(
                error(429, message=prose.format("1m0.36s"), **day), 60.36, "rate limit in prose"
            ),
            limited(
                error(429, message=prose.format("9m38.016s"), **day),
                120.0,
                "rate limit of many minutes",
            ),
            limited(
                error(429, {"x-ratelimit-reset-tokens": "7.66s"}, message="x", **day),
                None,
                "rate limit with a reset and tokens left",
            ),
            limited(error(413, message=minute, **day), None, "too large for the minute"),
            limited(error(498, message="flex", code="capacity_exceeded"), None, "flex capacity"),
            busy(error(503, message="Service Unavailable", type="internal_server_error")),
            busy(html(code=502), "bad gateway of the edge"),
            too_long(
                error(
                    400,
                    message="Please reduce the length of the messages or completion.",
                    code="context_length_exceeded",
                    **wrong,
                )
            ),
            not_accepted(
                error(400, message="bad JSON", code="json_validate_failed", **wrong),
                "generation that broke the schema",
            ),
            not_accepted(error(422, message="semantic", **wrong), "semantic"),
        ]


FREE: Mapping[str, str] = {"no credit": "one's own machine takes no money"}
NO_LIMITS: Mapping[str, str] = {"rate limit": "it queues what it cannot serve at once"}


class Vllm(OpenAiShaped):
    """Integer codes, an older flat shape, and a router of its own."""

    row_id = "self_hosted"
    name = "vLLM"
    never_says = {**FREE, **NO_LIMITS}

    def models_object(self, *ids: str) -> Any:
        """With the window it was started with."""
        entries = [{"id": name, "object": "model", "max_model_len": 4096} for name in ids]
        return {"object": "list", "data": entries}

    def broken_streams(self) -> Sequence[BrokenStream]:
        """The error stands before the last word."""
        told = event({"error": {"message": "dead", "type": "InternalServerError", "code": 500}})
        return [
            cut("no finish chunk and no last word"),
            BrokenStream("an error and the last word", [told, DONE], HostUnreachable),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its protocol file and two issues."""
        long = "This model's maximum context length is 4096 tokens. However, you requested 9000."
        flat = {"object": "error", "message": "The model `m` does not exist.", "param": None}
        return [
            bad_key(status(401, data={"error": "Unauthorized"})),
            no_model(error(404, message="no `m`", type="NotFoundError", param=None, code=404)),
            no_model(
                status(404, data={**flat, "type": "NotFoundError", "code": 404}),
                "unknown model, flat",
            ),
            no_model(status(404, data={"detail": "Not Found"}), "unknown path"),
            busy(error(500, message="engine dead", type="InternalServerError", code=500)),
            too_long(error(400, message=long, type="BadRequestError", param=None, code=400)),
            too_long(
                status(400, data={**flat, "message": long, "code": 400}), "context overflow, flat"
            ),
            not_accepted(
                error(400, message="extra_forbidden", type="BadRequestError", code=400),
                "extra field of an older version",
            ),
        ]


class Ollama(OpenAiShaped):
    """Ids that repeat, three counts, and stream errors that vanish."""

    row_id = "self_hosted"
    name = "Ollama"
    never_says = {
        **FREE,
        "bad key": "it takes any key",
        "context overflow": "it cuts the prompt in silence (llama-hosts.md 10)",
    }
    message_id = "chatcmpl-150"
    extras = {"system_fingerprint": "fp_ollama"}
    tells_cached = False
    unread_fields = frozenset({"max_completion_tokens"})

    def broken_streams(self) -> Sequence[BrokenStream]:
        """An error after the first chunk becomes an empty delta, and the body just ends."""
        vanished: list[Step] = [self.chunk({"role": "assistant", "content": ""})]
        return [cut("a vanished error", *vanished), cut("no finish chunk and no last word")]

    def failures(self) -> Sequence[Failure]:
        """Types by status, from its own source."""
        none = {"param": None, "code": None}
        remote = "image URLs are not currently supported, please use base64 encoded data instead"
        queue = "server busy, please try again. maximum pending requests exceeded"
        return [
            no_model(error(404, message="model 'm' not found", type="not_found_error", **none)),
            limited(error(429, message="too many", type="api_error", **none), None),
            busy(error(503, message=queue, type="api_error", **none)),
            busy(error(500, message="runner died", type="api_error", **none), "engine error"),
            not_accepted(
                error(400, message=remote, type="invalid_request_error", **none), "image by URL"
            ),
            no_model(status(404, data={"error": "model 'm' not found"}), "native shape"),
        ]


class LlamaCpp(OpenAiShaped):
    """503 while it loads, `timings`, one model under any name."""

    row_id = "self_hosted"
    name = "llama.cpp"
    never_says = {
        **FREE,
        **NO_LIMITS,
        "unknown model": "it serves its one model under any name",
    }
    extras = {"timings": {"cache_n": 4, "prompt_ms": 10.5, "predicted_ms": 80.1}}

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """An extra chunk, in newer builds; on the finish with the timings in older ones."""
        return {
            "empty choices": self._empty_choices(said),
            "with the finish": self._with_the_finish(said),
        }

    def broken_streams(self) -> Sequence[BrokenStream]:
        """An error as a field of its own."""
        told = json_bytes({"code": 500, "message": "slot died", "type": "server_error"})
        return [
            cut("no finish chunk and no last word"),
            BrokenStream("an error field", [b"error: " + told + b"\n\n"], HostUnreachable),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its README, and by the embedded server of the extra ``local``."""
        long = "the request exceeds the available context size. try increasing it"
        kind = "exceed_context_size_error"
        return [
            bad_key(error(401, code=401, message="Invalid API Key", type="authentication_error")),
            busy(error(503, code=503, message="Loading model", type="unavailable_error")),
            busy(error(500, code=500, message="no mmproj", type="server_error"), "no vision"),
            too_long(
                error(400, code=400, message=long, type=kind, n_prompt_tokens=9000, n_ctx=1024)
            ),
            not_accepted(
                error(400, code=400, message="bad grammar", type="invalid_request_error"),
                "schema that it cannot compile",
            ),
        ]


class DeepInfra(OpenAiShaped):
    """Usage unasked on the finish chunk; errors under `detail` or `error`."""

    row_id = "deepinfra"
    name = "DeepInfra"
    unread_fields = frozenset({"seed", "stream_options", "max_completion_tokens"})

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """Unasked, with the finish."""
        return {"with the finish": self._with_the_finish(said)}

    def failures(self) -> Sequence[Failure]:
        """By status; its bodies are of two shapes."""
        return [
            bad_key(status(401, data={"detail": {"error": "User is not authenticated"}})),
            no_credit(status(402, data={"detail": {"error": "Not enough balance"}})),
            no_model(error(404, message="The model `m` does not exist", code="model_not_found")),
            limited(error(429, {"Retry-After": "1"}, message="Model busy, retry later"), 1.0),
            busy(html(code=503)),
            too_long(error(400, message="This model's maximum context length is 131072 tokens.")),
        ]


class OpenRouter(OpenAiShaped):
    """Comments while it waits, integer codes, 403 for a prompt that was flagged."""

    row_id = "openrouter"
    name = "OpenRouter"
    extras = {"provider": "Novita"}

    def opening(self, text: str) -> bytes:
        """It beats with comments until the provider answers."""
        return b": OPENROUTER PROCESSING\n\n" * 2 + super().opening(text)

    def broken_streams(self) -> Sequence[BrokenStream]:
        """An error beside the choices, which say ``error`` as the finish."""
        told = {"code": 429, "message": "Upstream limited"}
        finish = event(self.chunk_object({"content": ""}, "error", error=told))
        return [
            cut("no finish chunk and no last word"),
            BrokenStream("an error with a finish", [finish, DONE], HostRateLimited),
        ]

    def failures(self) -> Sequence[Failure]:
        """By its errors page."""
        why = {"reasons": ["violence"], "flagged_input": "...", "provider_name": "x"}
        words = "m requires moderation on x. Your input was flagged for violence."
        return [
            bad_key(error(401, code=401, message="No auth credentials found")),
            no_credit(error(402, code=402, message="Insufficient credits")),
            no_model(error(404, code=404, message="No endpoints found for m.")),
            limited(error(429, {"Retry-After": "5"}, code=429, message="Rate limited"), 5.0),
            busy(error(502, code=502, message="Provider returned error"), "provider down"),
            busy(error(503, code=503, message="No available model provider")),
            busy(error(408, code=408, message="Timed out"), "timed out"),
            too_long(error(400, code=400, message="maximum context length is 8192 tokens")),
            flagged(error(403, code=403, message=words, metadata=why), "flagged prompt"),
        ]


class Generic(OpenAiShaped):
    """Any gateway that says it is compatible: the plain shape, text errors too."""

    row_id = "openai_compatible"
    name = "a gateway"

    def failures(self) -> Sequence[Failure]:
        """The statuses of the standard, with little in the body."""
        return [
            bad_key(status(401, data={"error": "unauthorized"})),
            bad_key(status(403, data={"error": "forbidden"}), "forbidden"),
            no_credit(status(402, data={})),
            no_model(error(404, message="unknown", code="model_not_found")),
            limited(status(429, {"retry-after-ms": "1500"}, {}), 1.5),
            busy(html(code=503)),
            too_long(error(400, message="too many tokens in the prompt")),
            not_accepted(status(413, data={"detail": "too large"}), "too large"),
        ]


class OpenAi(OpenAiShaped):
    """The original: refusals beside the content, money as a 429."""

    row_id = "openai"
    name = "OpenAI"
    unread_fields = frozenset({"max_tokens"})

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """In ``refusal``, with a finish of ``stop``; or by the filter."""
        said = Said("", ReportedUsage(20, 3))
        message = {"role": "assistant", "content": None, "refusal": "I can't help with that."}
        stream = self.chunk({"refusal": "I can't help"}) + self._empty_choices(said)
        return [(self._reply(message, said), stream), *super().refusals()]

    def failures(self) -> Sequence[Failure]:
        """By its SDK and its error codes page."""
        wrong = {"type": "invalid_request_error", "param": None}
        spent = {"type": "insufficient_quota", "code": "credit_balance_exhausted"}
        return [
            bad_key(error(401, message="Incorrect API key", code="invalid_api_key", **wrong)),
            no_model(error(404, message="no model `m`", code="model_not_found", **wrong)),
            limited(
                error(429, {"retry-after-ms": "2500"}, message="x", code="rate_limit_exceeded"),
                2.5,
            ),
            limited(error(429, message="You exceeded your quota", **spent), None, "no credit"),
            busy(error(503, message="Slow down", code="server_is_overloaded")),
            too_long(error(400, message="x", code="context_length_exceeded", **wrong)),
            not_accepted(
                error(400, message="Unsupported value", code="unsupported_value", **wrong),
                "sampling on a model that thinks",
            ),
        ]
