"""What a dialect is: the pure translation between our chat words and one host's wire.

A dialect does no I/O and holds no state: it makes requests, and reads answers that somebody
else fetched. It names a fault by a HostError that it raises (``reply``, ``delta``,
``models``) or answers (``failure``); the caller adds the host's id.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol

from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ServedModel,
)
from llama_marketing.domain.errors import HostError


class StreamDecoder(Protocol):
    """Turns the bytes of a streamed answer into events, however they are cut."""

    @property
    @abstractmethod
    def problem(self) -> str | None:
        """What makes the stream unreadable, None while it is fine."""

    stray: bytes
    """A line that stood outside of any event, until somebody takes it."""

    @abstractmethod
    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """The events that are whole after these bytes."""

    @abstractmethod
    def end(self) -> ServerSentEvent | None:
        """The event that the end of the body cut off, if any."""


class Dialect(Protocol):
    """One host's wire format. Header names are lower case."""

    stream_type: str
    """The media type of a streamed answer."""

    @abstractmethod
    def decoder(self) -> StreamDecoder:
        """A fresh decoder for one streamed answer."""

    @abstractmethod
    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The request that asks for one answer, whole or streamed."""

    @abstractmethod
    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole 200 answer; raises a HostError where it is none."""

    @abstractmethod
    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream, None where it says nothing; raises a HostError."""

    @abstractmethod
    def knows_finish(self, word: str) -> bool:
        """Whether a word for why the model stopped is one that the host's reference has."""

    @abstractmethod
    def ends(self, event: ServerSentEvent) -> bool:
        """Whether the event is the host's word that the stream is over."""

    @abstractmethod
    def stray(self, line: bytes) -> HostError | None:
        """The fault that a line outside of any event tells, if it tells one."""

    @abstractmethod
    def models_request(self, target: HostTarget) -> HttpRequest:
        """The request that lists the host's models."""

    @abstractmethod
    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read a list of models; raises a HostError where it is none."""

    @abstractmethod
    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> HostError:
        """Name the fault behind a status other than 200."""
