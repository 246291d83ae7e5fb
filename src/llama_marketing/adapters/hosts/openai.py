"""The dialect that most hosts speak: OpenAI's chat completions, as the host's row bends it.

``ChatReply.warnings`` are fixed words: ``dropped_parameter:<name>`` (put in by the client),
``usage_not_believable`` and ``unknown_finish_reason``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from llama_marketing.adapters.hosts.dialect import Dialect, HttpRequest
from llama_marketing.adapters.hosts.openai_answers import (
    read_delta,
    read_models,
    read_reply,
    stray_failure,
)
from llama_marketing.adapters.hosts.openai_errors import failure_of
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ReplySchema,
    ServedModel,
)
from llama_marketing.domain.errors import HostError


def _now() -> datetime:
    return datetime.now(UTC)


@attrs.frozen
class OpenAiDialect(Dialect):
    """Chat completions; pure but for ``now``, which only dates a retry hint."""

    now: Callable[[], datetime] = _now

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The completion's request, with nothing in it that the row does not allow."""
        row = target.row
        body: dict[str, Any] = {
            "model": call.model,
            "messages": [
                {"role": message.role.value, "content": message.content}
                for message in call.messages
            ],
            row.token_field: call.max_tokens,
        }
        for name, value in _wanted_parameters(call).items():
            if name in row.parameters:
                body[name] = min(value, row.max_temperature) if name == "temperature" else value
        response_format = _response_format(row.json_mode, call.schema)
        if response_format is not None:
            body["response_format"] = response_format
        body["stream"] = stream
        if stream and row.stream_usage:
            body["stream_options"] = {"include_usage": True}
        return HttpRequest(
            method="POST",
            url=_url(target, row.chat_path),
            headers={
                "content-type": "application/json",
                "accept": "text/event-stream" if stream else "application/json",
            },
            body=json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii"),
            key=target.key,
        )

    def dropped_parameters(self, target: HostTarget, call: ChatCall) -> tuple[str, ...]:
        """The parameters that ``request`` left out."""
        return dropped_parameters(target.row, call)

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole answer."""
        return read_reply(headers, body)

    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream."""
        return read_delta(event)

    def ends(self, event: ServerSentEvent) -> bool:
        """Whether this is ``[DONE]``."""
        return event.data.startswith("[DONE]")

    def stray(self, line: bytes) -> HostError | None:
        """The fault in a bare JSON object that stands in the stream without ``data:``."""
        return stray_failure(line)

    def models_request(self, target: HostTarget) -> HttpRequest:
        """The request for the models that the host lists."""
        return HttpRequest(
            method="GET",
            url=_url(target, target.row.models_path),
            headers={"accept": "application/json"},
            key=target.key,
        )

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read ``{"data": [...]}`` or a bare array."""
        return read_models(headers, body)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> HostError:
        """Name the fault behind a status other than 200."""
        return failure_of(status, headers, body, self.now())


def dropped_parameters(row: HostRow, call: ChatCall) -> tuple[str, ...]:
    """The sampling parameters of a call that a host does not take."""
    return tuple(name for name in _wanted_parameters(call) if name not in row.parameters)


def _wanted_parameters(call: ChatCall) -> dict[str, Any]:
    # Temperature and top_p always: a host that misses them may put in its own (Ollama: 1.0).
    wanted: dict[str, Any] = {"temperature": call.temperature, "top_p": call.top_p}
    if call.frequency_penalty:
        wanted["frequency_penalty"] = call.frequency_penalty
    if call.presence_penalty:
        wanted["presence_penalty"] = call.presence_penalty
    if call.seed is not None:
        wanted["seed"] = call.seed
    return wanted


def _url(target: HostTarget, path: str) -> str:
    return (target.base_url or target.row.base_url).rstrip("/") + path


def _response_format(mode: JsonMode, schema: ReplySchema | None) -> dict[str, Any] | None:
    if schema is None or mode is JsonMode.NONE:
        return None
    if mode is JsonMode.JSON_OBJECT:
        return {"type": "json_object"}
    if mode is JsonMode.JSON_OBJECT_SCHEMA:
        return {"type": "json_object", "schema": dict(schema.schema)}
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "schema": dict(schema.schema), "strict": True},
    }
