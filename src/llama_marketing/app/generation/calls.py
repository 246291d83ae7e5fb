"""Calling hosts for an operation: the walk over its attempts, whole or streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.host_access import MAIN, HostAccess, slot_of
from llama_marketing.domain.chat.models import ChatCall, ChatReply, HostTarget
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    LlamaMarketingError,
    Refused,
    SecretError,
)
from llama_marketing.domain.generation.accounting import answered, failed
from llama_marketing.domain.generation.drafts import Draft, take_reply
from llama_marketing.domain.generation.plan import PlannedAttempt
from llama_marketing.domain.usage.entries import Attempt, Outcome
from llama_marketing.ports.chat import ChatHosts, ChatStream
from llama_marketing.ports.clock import Clock

Answer = TypeVar("Answer")
_WARNINGS = {
    "usage_not_believable": "El proveedor reportó un consumo que no es creíble; se estimó.",
    "unknown_finish_reason": "El proveedor terminó por un motivo desconocido.",
}
_DROPPED = "dropped_parameter:"


@attrs.frozen(kw_only=True)
class HostCalls:
    """Asks hosts, in the plan's order, until one answers. Books nothing; safe in any thread."""

    access: HostAccess
    chat: ChatHosts
    clock: Clock

    def ask(self, operation: Operation, draft: Draft) -> None:
        """One whole reply for a draft, read into it; a failure is kept in ``draft.error``."""
        try:
            planned, call, reply, started = self._walk(operation, draft, self.chat.complete)
        except LlamaMarketingError as error:
            draft.error = error
            return
        self._note_reply(draft, planned, call, reply, started)
        draft.error = _refusal(reply, planned)
        if draft.error is None:
            take_reply(draft, operation.plan, reply.text, reply.finish_reason)

    def open_stream(
        self, operation: Operation, draft: Draft
    ) -> tuple[PlannedAttempt, ChatCall, ChatStream, float]:
        """A stream whose host has said 200, and when its call started.

        Raises what the last attempt raised; the failed attempts stand in the draft.
        """
        return self._walk(operation, draft, self.chat.stream)

    def _note_reply(
        self,
        draft: Draft,
        planned: PlannedAttempt,
        call: ChatCall,
        reply: ChatReply,
        started: float,
    ) -> None:
        outcome = Outcome.REFUSED if reply.refusal else Outcome.OK
        code = Refused.code if reply.refusal else ""
        latency = self.milliseconds_since(started)
        attempt = answered(planned, call, reply.text, reply.usage, latency, outcome, code)
        draft.attempts.append(attempt)
        draft.served, draft.served_model = planned, reply.model
        told = [warning_sentence(word) for word in reply.warnings]
        draft.notices += [text for text in told if text not in draft.notices]

    def _walk(
        self,
        operation: Operation,
        draft: Draft,
        send: Callable[..., Answer],
    ) -> tuple[PlannedAttempt, ChatCall, Answer, float]:
        """Try each attempt in turn; answers with the first that a host took."""
        last: LlamaMarketingError | None = None
        for planned, target in self._targets(operation):
            if operation.deadline.passed():
                break
            call = operation.plan.call(planned, draft.correction, draft.variation)
            started = self.clock.monotonic()
            try:
                return planned, call, send(target, call, operation.deadline), started
            except HostError as error:
                latency = self.milliseconds_since(started)
                draft.attempts.append(failed(planned, call, error, latency))
                last = error
            except LlamaMarketingError:
                # Ours, not the host's: nothing was sent.
                raise
            except BaseException:
                latency = self.milliseconds_since(started)
                draft.attempts.append(_interrupted(planned, call, latency))
                raise
            if not moves_on(last):
                break
        raise last or DeadlineExceeded(f"operation {operation.id} is over its deadline")

    def _targets(self, operation: Operation) -> Iterator[tuple[PlannedAttempt, HostTarget]]:
        """The attempts with their keys; a fallback host whose key is unusable is left out."""
        for planned in operation.plan.attempts:
            try:
                slot = slot_of(operation.stored, planned.slot)
                target = self.access.target(operation.tenant, slot)
            except (SecretError, BadKey):
                if planned.slot == MAIN:
                    raise
                continue
            yield planned, target

    def milliseconds_since(self, started: float) -> int:
        """Milliseconds since a monotonic moment."""
        return max(0, round((self.clock.monotonic() - started) * 1000))


def moves_on(error: HostError) -> bool:
    """Whether the next attempt may be tried after this one (interfaces 2.3).

    404 and 429 may (and their like: 408, 410, 498), and a host that is down or has no line;
    every other answer ends the operation after one call.
    """
    if error.status is None:
        return isinstance(error, HostUnreachable)
    return error.status in (404, 408, 410, 429, 498) or error.status >= 500


def warning_sentence(word: str) -> str:
    """A host adapter's fixed word about an answer, as a Spanish sentence."""
    if word.startswith(_DROPPED):
        name = word.removeprefix(_DROPPED)
        return f"El proveedor no acepta el parámetro «{name}»; se omitió."
    return _WARNINGS.get(word, word)


def _interrupted(planned: PlannedAttempt, call: ChatCall, latency_ms: int) -> Attempt:
    """A call that our own side broke off; the host may have read what was sent."""
    attempt = failed(planned, call, DeadlineExceeded(), latency_ms)
    return attempt.model_copy(update={"outcome": Outcome.ABORTED, "error_code": ""})


def _refusal(reply: ChatReply, planned: PlannedAttempt) -> HostError | None:
    if not reply.refusal:
        return None
    return Refused(f"{planned.host_model_id} refused", host=planned.row.id)
