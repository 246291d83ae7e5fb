"""What a dialect is: the pure translation between our chat words and one host's wire.

A dialect does no I/O and holds no state: it makes requests, and reads answers that somebody
else fetched. It names a fault by a HostError that it raises (``reply``, ``delta``,
``models``) or answers (``failure``); the caller adds the host's id.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs

from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ServedModel,
)
from llama_marketing.domain.errors import HostError
from llama_marketing.domain.secret import Secret


@attrs.frozen(slots=True)
class HttpRequest:
    """One request. The key stands beside the headers, not in them: the transport adds it."""

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = attrs.field(default=b"", repr=False)
    key: Secret | None = None


class Dialect(Protocol):
    """One host's wire format. Header names are lower case."""

    @abstractmethod
    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The request that asks for one answer, whole or streamed."""

    @abstractmethod
    def dropped_parameters(self, target: HostTarget, call: ChatCall) -> tuple[str, ...]:
        """The parameters of ``call`` that the host does not take and ``request`` left out."""

    @abstractmethod
    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole 200 answer; raises a HostError where it is none."""

    @abstractmethod
    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream, None where it says nothing; raises a HostError."""

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
