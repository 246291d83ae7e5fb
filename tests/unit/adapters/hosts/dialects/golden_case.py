"""What a golden case is: both directions of a dialect, a wire on one side, our words on the other.

A dialect's cases stand in ``golden_<dialect>.py``; ``golden.py`` lists them all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

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
from llama_marketing.domain.secret import Secret
from tests.fake_host import host_row

FRAMED = {"content-type": "application/json", "content-length": "1"}
JSON_HEADERS = {"content-type": "application/json", "accept": "application/json"}
STREAM_HEADERS = {"content-type": "application/json", "accept": "text/event-stream"}
IMAGE = ImagePart("image/jpeg", b"\xff\xd8\xff")
IMAGE_BASE64 = "/9j/"
PICTURED = (
    Message(Role.SYSTEM, "Eres redactor."),
    Message(Role.USER, "Describe el anuncio", (IMAGE,)),
)
TALK = (
    Message(Role.SYSTEM, "Eres redactor."),
    Message(Role.SYSTEM, "Sé breve."),
    Message(Role.USER, "Hola"),
    Message(Role.ASSISTANT, "¿Qué tal?"),
    Message(Role.USER, "Escribe"),
)


@attrs.frozen
class RequestCase:
    """A call, and the exact request that it becomes; ``body`` is JSON, None for a list's GET."""

    dialect: str
    name: str
    target: HostTarget
    call: ChatCall | None
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None
    stream: bool = False
    method: str = "POST"


@attrs.frozen
class ReplyCase:
    """The bytes of a whole answer, and the reply or the fault that they are."""

    dialect: str
    name: str
    body: bytes
    read: ChatReply | type[HostError]
    headers: Mapping[str, str] = attrs.field(factory=lambda: FRAMED)


@attrs.frozen
class StreamCase:
    """The bytes of a streamed answer, its deltas, and the fault it ends with, if any."""

    dialect: str
    name: str
    wire: bytes
    deltas: tuple[ChatDelta, ...]
    fault: type[HostError] | None = None


@attrs.frozen
class FaultCase:
    """An answer other than 200, and the fault that it is."""

    dialect: str
    name: str
    status: int
    body: bytes
    fault: type[HostError]
    headers: Mapping[str, str] = attrs.field(factory=dict)
    retry_after: float | None = None
    user_message: str = ""
    """As it is shown, where it is not the usual one of the fault."""


@attrs.frozen
class ModelsCase:
    """The bytes of a list of models, and the models."""

    dialect: str
    name: str
    body: bytes
    models: tuple[ServedModel, ...]


Case = RequestCase | ReplyCase | StreamCase | FaultCase | ModelsCase


def target(base_url: str, **row: Any) -> HostTarget:
    """A target with a key, on a row with these fields."""
    return HostTarget(host_row(base_url=base_url, **row), base_url, Secret("KEY"))


def wire(data: Any) -> bytes:
    """JSON as a host writes it, with its accents as they are."""
    return json.dumps(data, ensure_ascii=False).encode()
