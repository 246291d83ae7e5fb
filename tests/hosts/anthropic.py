"""A speaker of Anthropic's Messages API.

Facts: reference/comparator-providers.md 2 (2026-11-22).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import FinishReason, ReportedUsage
from llama_marketing.domain.errors import HostRateLimited, HostUnreachable
from tests.fake_host import Answer, SeenRequest, event, status
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
    json_bytes,
    limited,
    no_credit,
    no_model,
    not_accepted,
    too_long,
)

KNOWN_FIELDS = frozenset(
    {"model", "messages", "max_tokens", "system", "stream", "thinking", "output_config"}
)


def named(name: str, **fields: Any) -> bytes:
    """An event whose name is also its type."""
    return event(json_bytes({"type": name, **fields}), name)


def error(code: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error in its envelope."""
    data = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011"}
    return status(code, headers, data)


class Anthropic(Speaker):
    """Blocks of content, named events, input tokens in three parts."""

    row_id = "anthropic"
    name = "Anthropic"

    def reply_object(self, said: Said) -> dict[str, Any]:
        """A block of thinking first: ``content[0]`` is not the text."""
        thinking = {"type": "thinking", "thinking": "hmm", "signature": "EqQB"}
        return self._message([thinking, {"type": "text", "text": said.text}], said)

    def _message(self, content: list[Any], said: Said) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": "msg_01X",
            "type": "message",
            "role": "assistant",
            "model": "served-model",
            "content": content,
            "stop_reason": self._word(said),
            "stop_sequence": None,
        }
        if said.usage is not None:
            data["usage"] = self._usage(said.usage)
        return data

    def _word(self, said: Said) -> str:
        return "max_tokens" if said.finish is FinishReason.LENGTH else "end_turn"

    def _usage(self, usage: ReportedUsage) -> dict[str, Any]:
        fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        return {
            "input_tokens": fresh,
            "cache_creation_input_tokens": usage.cache_write_tokens,
            "cache_read_input_tokens": usage.cached_tokens,
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"thinking_tokens": min(2, usage.output_tokens)},
            "service_tier": "standard",
        }

    def opening(self, text: str) -> bytes:
        """The message, a ping, a block of thinking, the block of text."""
        start = self._message([], Said("", ReportedUsage(20, 1)))
        start["stop_reason"] = None
        thought = {"type": "thinking_delta", "thinking": "hmm"}
        signed = {"type": "signature_delta", "signature": "EqQB"}
        return (
            named("message_start", message=start)
            + named("ping")
            + named("content_block_start", index=0, content_block={"type": "thinking"})
            + named("content_block_delta", index=0, delta=thought)
            + named("content_block_delta", index=0, delta=signed)
            + named("content_block_stop", index=0)
            + named("content_block_start", index=1, content_block={"type": "text", "text": ""})
            + self.piece(text)
        )

    def piece(self, text: str) -> bytes:
        """A delta of the text's block."""
        return named("content_block_delta", index=1, delta={"type": "text_delta", "text": text})

    def text_events(self, said: Said) -> list[bytes]:
        """Without usage the first event must not tell any either."""
        first, *rest = super().text_events(said)
        if said.usage is None:
            start = self._message([], Said("", None))
            first = named("message_start", message={**start, "stop_reason": None}) + self.piece(
                said.pieces[0]
            )
        return [first, *rest]

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """Cumulative, in ``message_delta``: whole, or the output alone."""
        stop = named("content_block_stop", index=1)
        end = named("message_stop")
        delta = {"stop_reason": self._word(said), "stop_sequence": None}
        if said.usage is None:
            return {"none": stop + named("message_delta", delta=delta) + end}
        usage = self._usage(said.usage)
        whole = named("message_delta", delta=delta, usage=usage)
        output = named(
            "message_delta", delta=delta, usage={"output_tokens": usage["output_tokens"]}
        )
        early = named("message_delta", delta={}, usage={"output_tokens": 3})
        # message_start told 20 in, of which none came from the cache.
        plain_input = said.usage.input_tokens == 20 and not said.usage.cached_tokens
        return {
            "message_delta": stop + whole + end,
            "message_delta twice": early + stop + whole + end,
            **({"message_start and message_delta": stop + output + end} if plain_input else {}),
        }

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """Under a 200, with partial text or none."""
        said = Said("", ReportedUsage(20, 0))
        data = self._message([], said)
        data["stop_reason"] = "refusal"
        data["stop_details"] = {"category": "general_harms", "explanation": None}
        delta = {"stop_reason": "refusal", "stop_details": data["stop_details"]}
        stream = self.opening("No") + named("message_delta", delta=delta, usage=data["usage"])
        return [(data, stream + named("message_stop"))]

    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """In ``stop_reason``."""
        data = {**self.reply_object(Said("Hola")), "stop_reason": word}
        return data, named("message_delta", delta={"stop_reason": word}) + named("message_stop")

    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """In ``usage``, with nothing about the cache."""
        usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
        end = named("message_delta", delta={"stop_reason": "end_turn"}, usage=usage)
        whole = {**self.reply_object(Said("Hola")), "usage": usage}
        return whole, end + named("message_stop")

    def broken_streams(self) -> Sequence[BrokenStream]:
        """``event: error`` after the 200."""
        heavy = {"type": "overloaded_error", "message": "Overloaded"}
        often = {"type": "rate_limit_error", "message": "Slow down"}
        return [
            cut("no message_delta"),
            cut("message_stop without a reason", named("message_stop")),
            BrokenStream("overloaded", [named("error", error=heavy)], HostUnreachable),
            BrokenStream("limited", [named("error", error=often)], HostRateLimited),
        ]

    def failures(self) -> Sequence[Failure]:
        """By the platform's errors page."""
        return [
            bad_key(error(401, "authentication_error", "invalid x-api-key")),
            bad_key(error(403, "permission_error", "no permission"), "no permission"),
            no_credit(error(402, "billing_error", "billing")),
            no_model(error(404, "not_found_error", "model: m")),
            limited(error(429, "rate_limit_error", "x", {"retry-after": "12"}), 12.0),
            limited(error(429, "rate_limit_error", "monthly cap"), None, "monthly cap"),
            busy(error(529, "overloaded_error", "Overloaded")),
            busy(error(500, "api_error", "x"), "internal error"),
            busy(error(504, "timeout_error", "x"), "timed out"),
            too_long(
                error(400, "invalid_request_error", "prompt is too long: 200001 > 200000 maximum")
            ),
            not_accepted(error(413, "request_too_large", "too large"), "too large"),
            not_accepted(
                error(400, "invalid_request_error", "temperature: Extra inputs are not permitted"),
                "sampling",
            ),
        ]

    def models_object(self, *ids: str) -> Any:
        """With the window of each."""
        entries = [{"id": name, "type": "model", "max_input_tokens": 200_000} for name in ids]
        return {"data": entries, "has_more": False}

    def chat_path(self, row: HostRow, model: str, stream: bool) -> str:
        """One path for both."""
        return "/v1/messages"

    def models_path(self, row: HostRow) -> str:
        """Beside it."""
        return "/v1/models"

    def heard(self, request: SeenRequest) -> Heard:
        """Read the body; the version is required."""
        body = request.json
        assert request.headers["anthropic-version"]
        (turn,) = body["messages"]
        assert turn["role"] == "user"
        parts = turn["content"]
        if isinstance(parts, str):
            parts = [{"type": "text", "text": parts}]
        kinds = [part["type"] for part in parts]
        assert kinds == sorted(kinds), "images stand before the text"
        form = body.get("output_config", {}).get("format")
        return Heard(
            model=body["model"],
            system=_text(body.get("system", "")),
            user="".join(part["text"] for part in parts if part["type"] == "text"),
            token_field="max_tokens",
            max_tokens=body["max_tokens"],
            sampling={name: body[name] for name in SAMPLING if name in body},
            json_mode=JsonMode.NONE if form is None else JsonMode(form["type"]),
            schema=None if form is None else form["schema"],
            images=[
                (part["source"]["media_type"], base64.b64decode(part["source"]["data"]))
                for part in parts
                if part["type"] == "image"
            ],
            stream=body.get("stream", False),
            wants_stream_usage=False,
            unknown=frozenset(body) - KNOWN_FIELDS - set(SAMPLING[:2]),
        )


def _text(system: Any) -> str:
    return system if isinstance(system, str) else "".join(block["text"] for block in system)
