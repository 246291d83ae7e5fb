"""A speaker of Meta's Llama API in its own shape, as it was until 2026-07-06.

Facts: reference/llama-hosts.md 2 and 8 (2026-11-22). Its error bodies were never seen, so the
failures here say little but the status.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import FinishReason, ReportedUsage
from llama_marketing.domain.errors import HostUnreachable
from tests.fake_host import SeenRequest, event, html, status
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
    no_model,
    not_accepted,
)

KNOWN_FIELDS = frozenset(
    {
        "messages",
        "model",
        "max_completion_tokens",
        "response_format",
        "stream",
        "temperature",
        "top_p",
    }
)


class MetaNative(Speaker):
    """A completion message and metrics, no choices and no usage."""

    row_id = "meta_ai"
    name = "Meta"
    never_says = {
        "no credit": "it was a public preview",
        "context overflow": "its client names no such error, and nobody can ask it any more",
    }
    tells_cached = False
    echoes_model = False

    def reply_object(self, said: Said) -> dict[str, Any]:
        """The content is an object with a text."""
        data: dict[str, Any] = {
            "id": "c1",
            "completion_message": {
                "role": "assistant",
                "content": {"type": "text", "text": said.text},
                "stop_reason": self._word(said),
            },
        }
        if said.usage is not None:
            data["metrics"] = self._metrics(said.usage)
        return data

    def _word(self, said: Said) -> str:
        return "length" if said.finish is FinishReason.LENGTH else "stop"

    def _metrics(self, usage: ReportedUsage) -> list[dict[str, Any]]:
        total = usage.input_tokens + usage.output_tokens
        counts = {
            "num_completion_tokens": usage.output_tokens,
            "num_prompt_tokens": usage.input_tokens,
            "num_total_tokens": total,
        }
        return [
            {"metric": name, "value": float(count), "unit": "tokens"}
            for name, count in counts.items()
        ]

    def _event(self, kind: str, text: str = "", **more: Any) -> bytes:
        inner = {"event_type": kind, "delta": {"type": "text", "text": text}, **more}
        return event(json_bytes({"id": "c1", "event": inner}))

    def opening(self, text: str) -> bytes:
        """A start without text."""
        return self._event("start") + self.piece(text)

    def piece(self, text: str) -> bytes:
        """Progress."""
        return self._event("progress", text)

    def closings(self, said: Said) -> Mapping[str, bytes]:
        """In an event of its own, after the stream is complete; then the body ends."""
        complete = self._event("complete", stop_reason=self._word(said))
        if said.usage is None:
            return {"none": complete}
        return {"metrics": complete + self._event("metrics", metrics=self._metrics(said.usage))}

    def refusals(self) -> Sequence[tuple[dict[str, Any], bytes]]:
        """It had no sign for one."""
        return []

    def stopped_by(self, word: str) -> tuple[dict[str, Any], bytes]:
        """In ``stop_reason``."""
        whole = self.reply_object(Said("Hola"))
        whole["completion_message"]["stop_reason"] = word
        return whole, self._event("complete", stop_reason=word)

    def counted(self, tokens_in: Any, tokens_out: Any) -> tuple[dict[str, Any], bytes]:
        """In the metrics, with no total."""
        metrics = [
            {"metric": "num_prompt_tokens", "value": tokens_in},
            {"metric": "num_completion_tokens", "value": tokens_out},
        ]
        whole = {**self.reply_object(Said("Hola")), "metrics": metrics}
        complete = self._event("complete", stop_reason="stop")
        return whole, complete + self._event("metrics", metrics=metrics)

    def broken_streams(self) -> Sequence[BrokenStream]:
        """``event: error``"""
        told = event({"title": "boom", "status": 500}, "error")
        return [cut("no complete"), BrokenStream("an error event", [told], HostUnreachable)]

    def failures(self) -> Sequence[Failure]:
        """By status alone."""
        words = {"title": "x", "detail": "y", "status": 0}
        return [
            bad_key(status(401, data=words)),
            no_model(status(404, data=words)),
            limited(status(429, {"retry-after": "4"}, words), 4.0),
            busy(html(code=503)),
            not_accepted(status(400, data=words), "bad request"),
        ]

    def models_object(self, *ids: str) -> Any:
        """``{"data": [...]}``"""
        return {"object": "list", "data": [{"id": name, "owned_by": "Meta"} for name in ids]}

    def heard(self, request: SeenRequest) -> Heard:
        """Read the body."""
        body = request.json
        users, images = [], []
        for turn in body["messages"]:
            content = turn["content"]
            parts: list[Any] = [{"type": "text", "text": content}]
            if turn["role"] != "user":
                continue
            for part in parts if isinstance(content, str) else content:
                if part["type"] == "text":
                    users.append(part["text"])
                else:
                    kind, _, data = part["image_url"]["url"].partition(";base64,")
                    images.append((kind.removeprefix("data:"), base64.b64decode(data)))
        form = body.get("response_format")
        return Heard(
            model=body["model"],
            system="".join(
                turn["content"] for turn in body["messages"] if turn["role"] == "system"
            ),
            user="\n".join(users),
            token_field="max_completion_tokens",
            max_tokens=body["max_completion_tokens"],
            sampling={name: body[name] for name in SAMPLING if name in body},
            json_mode=JsonMode.NONE if form is None else JsonMode(form["type"]),
            schema=None if form is None else form["json_schema"]["schema"],
            images=images,
            stream=body["stream"],
            wants_stream_usage="stream_options" in body,
            unknown=frozenset(body) - KNOWN_FIELDS,
        )
