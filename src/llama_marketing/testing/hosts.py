"""Hosts in memory: say what they are told, and remember what they were asked."""

from __future__ import annotations

import copy
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    FinishReason,
    HostTarget,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import DeadlineExceeded, HostError, HostWork, Truncated
from llama_marketing.ports.chat import ChatHosts, ChatStream


@attrs.frozen
class BreaksOff:
    """An answer that dies in the middle: ``text`` arrives, then ``error`` (Truncated)."""

    text: str
    error: HostError | None = None


Said = str | ChatReply | BreaksOff | HostError
Scripted = Said | Callable[[HostTarget, ChatCall], Said]
"""One answer: a text, a whole reply, a fault, or a function that makes one of these."""


@attrs.frozen
class SeenCall:
    """One call that a fake got; the target's key shows in no repr."""

    target: HostTarget
    call: ChatCall
    deadline: Deadline
    streamed: bool


DEFAULT_USAGE: Final = ReportedUsage(input_tokens=12, output_tokens=5)
"""What a scripted text reports."""


class FakeChatHosts(ChatHosts):
    """Implements the port in memory; safe between threads.

    Each call takes the next of ``answers``, in order; after the last, ``otherwise``. A
    stream gives its text in pieces of ``piece`` characters, then the finish reason, then the
    usage.
    """

    def __init__(
        self,
        *answers: Scripted,
        otherwise: Scripted = "Hola",
        piece: int = 4,
        served: Sequence[ServedModel | HostError] = (),
    ) -> None:
        self.otherwise = otherwise
        self.calls: list[SeenCall] = []
        self.models_calls: list[HostTarget] = []
        self.closed_streams = 0
        self._answers = deque(answers)
        self._piece = piece
        self._served = tuple(served)
        self._lock = threading.Lock()

    def script(self, *answers: Scripted) -> None:
        """Add answers to what the next calls get."""
        with self._lock:
            self._answers.extend(answers)

    def complete(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatReply:
        """The next answer, whole."""
        said = self._next(SeenCall(target, call, deadline, streamed=False))
        if isinstance(said, BreaksOff):
            raise _broken(said, target)
        return said

    def stream(self, target: HostTarget, call: ChatCall, deadline: Deadline) -> ChatStream:
        """The next answer, in pieces."""
        said = self._next(SeenCall(target, call, deadline, streamed=True))
        warnings: tuple[str, ...] = ()
        failure = None
        if isinstance(said, BreaksOff):
            failure = _broken(said, target)
        else:
            warnings = said.warnings
        return FakeChatStream(self._deltas(said), failure, target, self._stream_closed, warnings)

    def models(self, target: HostTarget, deadline: Deadline) -> Sequence[ServedModel]:
        """The models that were given; the first fault among them is raised."""
        with self._lock:
            self.models_calls.append(target)
        _check(deadline, target)
        for entry in self._served:
            if isinstance(entry, HostError):
                raise _of(entry, target)
        return tuple(entry for entry in self._served if isinstance(entry, ServedModel))

    def _next(self, seen: SeenCall) -> ChatReply | BreaksOff:
        with self._lock:
            self.calls.append(seen)
        _check(seen.deadline, seen.target)
        with self._lock:
            scripted = self._answers.popleft() if self._answers else self.otherwise
        said = scripted(seen.target, seen.call) if callable(scripted) else scripted
        if isinstance(said, HostError):
            raise _of(said, seen.target)
        if isinstance(said, str):
            return ChatReply(said, FinishReason.STOP, "stop", DEFAULT_USAGE, seen.call.model)
        return said

    def _deltas(self, said: ChatReply | BreaksOff) -> list[ChatDelta]:
        text, size = said.text, self._piece
        deltas = [ChatDelta(text[start : start + size]) for start in range(0, len(text), size)]
        if isinstance(said, BreaksOff):
            return deltas
        end = ChatDelta(
            finish_reason=said.finish_reason,
            host_finish=said.host_finish,
            model=said.model,
            refusal=said.refusal,
        )
        return [*deltas, end, *([ChatDelta(usage=said.usage)] if said.usage else [])]

    def _stream_closed(self) -> None:
        with self._lock:
            self.closed_streams += 1


class FakeChatStream(ChatStream):
    """The stream of a fake host."""

    def __init__(
        self,
        deltas: Sequence[ChatDelta],
        failure: HostError | None,
        target: HostTarget,
        on_close: Callable[[], None],
        warnings: tuple[str, ...] = (),
    ) -> None:
        self.warnings = warnings
        self._deltas = deque(deltas)
        self._failure = failure
        self._target = target
        self._on_close = on_close
        self._closed = False

    def __iter__(self) -> Iterator[ChatDelta]:
        """Give every delta once, then the fault if there is one."""
        try:
            while self._deltas:
                if self._closed:
                    raise _of(Truncated("the line was closed on our side"), self._target)
                yield self._deltas.popleft()
            if self._failure is not None:
                raise self._failure
        finally:
            self.close()

    def close(self) -> None:
        """End the stream; any thread, any number of times."""
        if not self._closed:
            self._closed = True
            self._on_close()


def _check(deadline: Deadline, target: HostTarget) -> None:
    if deadline.passed():
        raise _of(DeadlineExceeded("no time was left to call", work=HostWork.NONE), target)


def _broken(said: BreaksOff, target: HostTarget) -> HostError:
    failure = _of(said.error or Truncated("the answer broke off"), target)
    failure.received_bytes = failure.received_bytes or len(said.text.encode())
    return failure


def _of(scripted: HostError, target: HostTarget) -> HostError:
    # A copy: the script may hold one fault for many calls.
    failure = copy.copy(scripted)
    failure.host = failure.host or target.row.id
    return failure
