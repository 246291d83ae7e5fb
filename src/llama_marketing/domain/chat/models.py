"""Calls, replies and deltas: the vocabulary between the use cases and the hosts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any

import attrs

from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.config.endpoint import origin_of
from llama_marketing.domain.secret import Secret


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class FinishReason(StrEnum):
    """Why a model stopped, in the customer's three words."""

    STOP = "stop"
    LENGTH = "length"
    ERROR = "error"


@attrs.frozen(slots=True)
class ImagePart:
    """An image inside a turn, as it goes over the wire: ``media_type`` such as image/jpeg."""

    media_type: str
    data: bytes = attrs.field(repr=False)


@attrs.frozen(slots=True)
class Message:
    """One turn; its images stand before its text."""

    role: Role
    content: str
    images: tuple[ImagePart, ...] = ()


@attrs.frozen(slots=True)
class ReplySchema:
    """The JSON schema that a reply must follow; ``name`` is what hosts show in their logs."""

    name: str
    schema: Mapping[str, Any]


@attrs.frozen(slots=True)
class ModelTraits:
    """What a model does with a request, as its row says; facts of a date, never of an id.

    ``accepts_sampling`` False drops temperature, top_p, penalties and seed. ``extra_body`` is
    laid over the request's body, object by object (how much the model may think).
    ``system_with_image`` False folds the system turn into the user's where there is an image.
    """

    accepts_sampling: bool = True
    extra_body: Mapping[str, Any] = attrs.field(factory=dict)
    system_with_image: bool = True


@attrs.frozen(slots=True)
class ChatCall:
    """One call of a model: what to say and how; ``model`` is the id on the host's side."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.7
    top_p: float = 0.9
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    schema: ReplySchema | None = None
    seed: int | None = None
    traits: ModelTraits = ModelTraits()


@attrs.frozen(slots=True)
class HostIdentity:
    """An origin with its key: what a circuit breaker and a retry budget count for."""

    origin: str
    key_digest: str = attrs.field(repr=False)


@attrs.frozen(slots=True)
class HostTarget:
    """Where a call goes: the host's row, its base URL and the key that belongs to it."""

    row: HostRow
    base_url: str
    key: Secret | None = None

    @cached_property
    def identity(self) -> HostIdentity:
        """The origin with its key, in a form that gives the key away to nobody."""
        key = "" if self.key is None else self.key.reveal()
        digest = hashlib.sha256(key.encode()).hexdigest()
        return HostIdentity(origin_of(self.base_url or self.row.base_url), digest)


@attrs.frozen(slots=True)
class ReportedUsage:
    """Tokens as a host reported them.

    ``cached_tokens`` (read from the host's cache) and ``cache_write_tokens`` are parts of
    ``input_tokens``; tokens of thinking are a part of ``output_tokens``.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cache_write_tokens: int = 0


@attrs.frozen(slots=True)
class ChatReply:
    """A whole answer. ``usage`` is None when the host reported none that can be believed."""

    text: str
    finish_reason: FinishReason
    host_finish: str = ""
    usage: ReportedUsage | None = None
    model: str = ""
    refusal: bool = False
    warnings: tuple[str, ...] = ()


@attrs.frozen(slots=True)
class ChatDelta:
    """One piece of a streamed answer; a piece may carry only usage or only the finish."""

    text: str = ""
    finish_reason: FinishReason | None = None
    host_finish: str = ""
    usage: ReportedUsage | None = None
    model: str = ""
    refusal: bool = False


@attrs.frozen(slots=True)
class ServedModel:
    """A model that a host lists; ``context_window`` where it says so."""

    id: str
    context_window: int | None = None
