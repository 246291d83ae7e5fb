"""The dialect of Google's Gemini API: generateContent, with a key and not on Vertex.

Facts: Google's API reference and errors page, google-genai 3.4.0; seen 2026-11-22. The model
and the method stand in the row's paths. A reply's ``warnings`` are those of the OpenAI
dialect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.hosts.dialects.event_stream import EventStreamDialect
from llama_marketing.adapters.hosts.dialects.gemini_answers import (
    FINISH,
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.hosts.dialects.request_body import (
    base64_text,
    chat_path,
    laid_over,
    post,
    sampling,
    system_text,
    turns,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    Message,
    ReplySchema,
    Role,
    ServedModel,
)

_SAMPLING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "topP",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "seed": "seed",
}


@attrs.frozen
class GeminiDialect(EventStreamDialect):
    """Generated content; pure but for ``now``, which only dates a retry hint."""

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The content's request; whether it is streamed stands in the path alone."""
        messages = turns(call)
        body: dict[str, Any] = {
            "contents": [
                _content(message) for message in messages if message.role is not Role.SYSTEM
            ],
            "generationConfig": {
                "maxOutputTokens": call.max_tokens,
                **{_SAMPLING[name]: value for name, value in sampling(target.row, call).items()},
                **_response_format(target.row, call.schema),
            },
        }
        if system := system_text(messages):
            body["systemInstruction"] = {"parts": [{"text": system}]}
        accept = self.stream_type if stream else "application/json"
        body = laid_over(body, call.traits.extra_body)
        return post(target, chat_path(target, call, stream), body, accept)

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole answer."""
        return read_reply(headers, body)

    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream."""
        return read_delta(event)

    def knows_finish(self, word: str) -> bool:
        """Whether a reason is one that is known here."""
        return word in FINISH

    def ends(self, event: ServerSentEvent) -> bool:
        """Never: the host has no word for the end, the body just ends."""
        return False

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read ``{"models": [...]}``."""
        return read_models(headers, body)


def _content(message: Message) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"inlineData": {"mimeType": image.media_type, "data": base64_text(image)}}
        for image in message.images
    ]
    parts.append({"text": message.content})
    return {"role": "model" if message.role is Role.ASSISTANT else "user", "parts": parts}


def _response_format(row: HostRow, schema: ReplySchema | None) -> dict[str, Any]:
    if schema is None or row.json_mode is JsonMode.NONE:
        return {}
    form: dict[str, Any] = {"responseMimeType": "application/json"}
    if row.json_mode is not JsonMode.JSON_OBJECT:
        form["responseJsonSchema"] = dict(schema.schema)
    return form
