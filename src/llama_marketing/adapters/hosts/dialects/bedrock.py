"""The dialect of AWS Bedrock: Converse and ConverseStream.

Shapes: botocore 1.44.8, service model bedrock-runtime (2026-11-22). Converse takes no response
format for Llama, so a schema stands in the prompt alone. The whole answer of a stream is in
binary event-stream messages, and the stream ends where the body ends: the usage comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from llama_marketing.adapters.hosts.dialects.bedrock_answers import (
    FINISH,
    failure_of_status,
    read_delta,
    read_reply,
)
from llama_marketing.adapters.hosts.dialects.bedrock_events import EVENT_STREAM, EventStreamDecoder
from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.request_body import (
    base64_text,
    chat_path,
    get,
    laid_over,
    post,
    sampling,
    system_text,
    turns,
)
from llama_marketing.adapters.hosts.dialects.retry_hint import utc_now
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ImagePart,
    Message,
    Role,
    ServedModel,
)
from llama_marketing.domain.errors import HostError

_PARAMETERS: Final = {"temperature": "temperature", "top_p": "topP"}


@attrs.frozen
class BedrockDialect(Dialect):
    """Converse; pure but for ``now``, which only dates a retry hint."""

    now: Callable[[], datetime] = utc_now
    stream_type: str = EVENT_STREAM

    def decoder(self) -> EventStreamDecoder:
        """Messages of an event stream."""
        return EventStreamDecoder()

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The request of Converse, or of ConverseStream at its own path."""
        said = turns(call)
        body: dict[str, Any] = {
            "messages": [_turn(message) for message in said if message.role is not Role.SYSTEM]
        }
        system = system_text(said)
        if system:
            body["system"] = [{"text": system}]
        body["inferenceConfig"] = {
            "maxTokens": call.max_tokens,
            **{
                _PARAMETERS[name]: value
                for name, value in sampling(target.row, call).items()
                if name in _PARAMETERS
            },
        }
        body = laid_over(body, call.traits.extra_body)
        accept = self.stream_type if stream else "application/json"
        return post(target, chat_path(target, call, stream), body, accept)

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole answer."""
        return read_reply(headers, body)

    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream."""
        return read_delta(event)

    def knows_finish(self, word: str) -> bool:
        """Whether a reason is one of the service model's."""
        return word in FINISH

    def ends(self, event: ServerSentEvent) -> bool:
        """Never: the stream is over where its body is."""
        return False

    def stray(self, line: bytes) -> HostError | None:
        """Nothing stands outside of a message."""
        return None

    def models_request(self, target: HostTarget) -> HttpRequest:
        """Not asked: the models are listed by another service, which no key here opens."""
        return get(target, target.row.models_path)

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """No list."""
        return ()

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> HostError:
        """Name the fault behind a status other than 200."""
        return failure_of_status(status, headers, body, self.now())


def _turn(message: Message) -> dict[str, Any]:
    content: list[dict[str, Any]] = [_image(image) for image in message.images]
    if message.content:
        # A blank text beside an image is refused.
        content.append({"text": message.content})
    return {"role": message.role.value, "content": content}


def _image(image: ImagePart) -> dict[str, Any]:
    kind = image.media_type.rpartition("/")[2]
    return {"image": {"format": kind, "source": {"bytes": base64_text(image)}}}
