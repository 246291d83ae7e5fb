"""Calls, replies and deltas: the vocabulary between the use cases and the hosts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs

from llama_marketing.domain.catalog.hosts import HostRow
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
class Message:
    """One turn."""

    role: Role
    content: str


@attrs.frozen(slots=True)
class ReplySchema:
    """The JSON schema that a reply must follow; ``name`` is what hosts show in their logs."""

    name: str
    schema: Mapping[str, Any]


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


@attrs.frozen(slots=True)
class HostTarget:
    """Where a call goes: the host's row, its base URL and the key that belongs to it."""

    row: HostRow
    base_url: str
    key: Secret | None = None


@attrs.frozen(slots=True)
class ReportedUsage:
    """Tokens as a host reported them; ``cached_tokens`` are a part of ``input_tokens``."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0


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
