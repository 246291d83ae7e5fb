"""Calling hosts for an operation, whole or streamed, and reading what they say into drafts."""

from __future__ import annotations

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.generation.streamed_copy import StreamedCopy
from llama_marketing.app.generation.walk import HostWalk, Taken
from llama_marketing.domain.chat.models import ChatReply
from llama_marketing.domain.errors import HostError, LlamaMarketingError, Refused
from llama_marketing.domain.generation.accounting import answered
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.drafts import Draft, take_reply
from llama_marketing.domain.generation.notices import note_usage, note_warnings
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.ports.chat import ChatHosts, ChatStream


@attrs.frozen(kw_only=True)
class HostCalls:
    """Asks hosts until one answers. Books nothing; safe in any thread."""

    walk: HostWalk
    chat: ChatHosts

    def ask(self, operation: Operation, draft: Draft) -> None:
        """One whole reply for a draft, read into it; a failure is kept in ``draft.error``."""
        try:
            taken = self.walk.take(operation, draft, self.chat.complete, streamed=False)
        except LlamaMarketingError as error:
            draft.error = error
            return
        self._note_reply(operation, draft, taken)
        draft.error = _refusal(taken.answer, taken.planned)
        if draft.error is None:
            take_reply(draft, operation.plan, taken.answer.text, taken.answer.finish_reason)

    def open_stream(self, operation: Operation, draft: Draft) -> Taken[ChatStream]:
        """A stream whose host has said 200.

        Raises what the last attempt raised; the failed attempts stand in the draft.
        """
        return self.walk.take(operation, draft, self.chat.stream, streamed=True)

    def note_stream(
        self,
        operation: Operation,
        progress: StreamedCopy,
        error: HostError | None,
    ) -> None:
        """Put the call of a finished, broken or abandoned stream into its draft, once."""
        if progress.noted:
            return
        progress.noted = True
        draft, taken = progress.draft, progress.taken
        attempt = progress.attempt(self.milliseconds_since(taken.started), error)
        draft.attempts.append(attempt)
        note_warnings(draft, taken.answer.warnings)
        note_usage(draft, taken.planned, progress.usage)
        self.walk.tell(
            operation,
            draft,
            taken,
            attempt,
            error=error,
            streamed=True,
            reported_model=draft.served_model,
            finish_reason=progress.finish_reason,
            time_to_first_token_ms=progress.first_token_ms,
        )

    def broke_off(self, taken: Taken[ChatStream], error: HostError) -> None:
        """Note that an open stream broke off, for reasons of the host's."""
        self.walk.broke_off(taken, error)

    def milliseconds_since(self, started: float) -> int:
        """Milliseconds since a monotonic moment."""
        return self.walk.milliseconds_since(started)

    def _note_reply(self, operation: Operation, draft: Draft, taken: Taken[ChatReply]) -> None:
        planned, call, reply = taken.planned, taken.call, taken.answer
        outcome = Outcome.REFUSED if reply.refusal else Outcome.OK
        code = Refused.code if reply.refusal else ""
        latency = self.milliseconds_since(taken.started)
        attempt = answered(planned, call, reply.text, reply.usage, latency, outcome, code)
        draft.attempts.append(attempt)
        self.walk.tell(
            operation,
            draft,
            taken,
            attempt,
            reported_model=reply.model,
            finish_reason=reply.finish_reason,
        )
        draft.served, draft.served_model = planned, reply.model
        note_warnings(draft, reply.warnings)
        note_usage(draft, planned, reply.usage)


def _refusal(reply: ChatReply, planned: PlannedAttempt) -> HostError | None:
    if not reply.refusal:
        return None
    return Refused(f"{planned.host_model_id} refused", host=planned.row.id)
