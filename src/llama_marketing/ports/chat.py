"""Port: talking to a model's host."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Protocol

from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ServedModel,
)
from llama_marketing.domain.deadline import Deadline


class ChatStream(Protocol):
    """An answer that is arriving; the host has already said 200.

    Iterating gives every delta once and raises a HostError when the answer breaks off, is not
    the host's protocol or passes the deadline. A stream that ends without a finish reason is
    Truncated. ``close()`` closes the line, may be called at any time, also from another
    thread, and more than once.
    """

    warnings: tuple[str, ...] = ()
    """Fixed words about the call, such as ``dropped_parameter:seed``; complete at its end."""

    @abstractmethod
    def __iter__(self) -> Iterator[ChatDelta]: ...

    @abstractmethod
    def close(self) -> None: ...


class ChatHosts(Protocol):
    """Talks to any host by its row; safe between threads.

    Every failure is a HostError (``domain.errors``) with the host's id and how much it may
    bill; none carries the key or the prompt. Nothing is retried here. A call over at the
    deadline raises DeadlineExceeded. A literal blocked address raises BlockedEndpoint, a name
    that resolves to one HostUnreachable.
    """

    @abstractmethod
    def complete(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatReply:
        """One whole answer."""

    @abstractmethod
    def stream(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatStream:
        """An answer in pieces; returns once the host has answered 200."""

    @abstractmethod
    def models(self, target: HostTarget, deadline: Deadline) -> Sequence[ServedModel]:
        """The models that the host lists (``{"data": [...]}`` or a bare array).

        Empty, without a call, where the row has no ``models_path``.
        """
