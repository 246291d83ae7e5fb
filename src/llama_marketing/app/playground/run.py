"""One column between its hold and its entry: called, measured, told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from llama_marketing.app.playground.columns import PlannedColumn
from llama_marketing.app.telemetry import NOT_FOLLOWED
from llama_marketing.domain.chat.models import ChatDelta, ReportedUsage
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import HostError, LlamaMarketingError, Refused
from llama_marketing.domain.generation.accounting import (
    Totals,
    answered,
    failed,
    interrupted,
    totals,
)
from llama_marketing.domain.generation.answer import token_usage
from llama_marketing.domain.generation.notices import warning_sentence
from llama_marketing.domain.playground.models import ColumnAnswer, ColumnError
from llama_marketing.domain.telemetry import CallFacts, OperationEnd
from llama_marketing.domain.usage.books import Hold
from llama_marketing.domain.usage.entries import Attempt, Outcome, UsageEntry
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.telemetry import OperationTelemetry


@attrs.define(kw_only=True)
class ColumnRun:
    """A column that has its hold. One thread calls; when it is done another books."""

    number: int
    column: PlannedColumn
    hold: Hold
    deadline: Deadline
    text: str = ""
    finish_reason: str = ""
    served_model: str = ""
    usage: ReportedUsage | None = None
    refused: bool = False
    streamed: bool = False
    warnings: tuple[str, ...] = ()
    telemetry: OperationTelemetry = NOT_FOLLOWED
    called: bool = False
    attempt: Attempt | None = None
    """None until the call has ended."""
    error: LlamaMarketingError | None = None

    def ask(self, chat: ChatHosts) -> None:
        """One whole reply; a host's failure is kept."""

        def complete() -> None:
            reply = chat.complete(self.column.target, self.column.call, self.deadline)
            self.text, self.usage = reply.text, reply.usage
            self.finish_reason, self.served_model = reply.finish_reason.value, reply.model
            self.refused, self.warnings = bool(reply.refusal), tuple(reply.warnings)

        self._call(complete)

    def stream(self, chat: ChatHosts, told: Callable[[str], None]) -> None:
        """A reply piece by piece, each told as it comes; a host's failure is kept."""

        self.streamed = True

        def read() -> None:
            stream = chat.stream(self.column.target, self.column.call, self.deadline)
            try:
                for delta in stream:
                    self._take(delta, told)
                self.warnings = stream.warnings
            finally:
                stream.close()

        self._call(read)

    def tell(self, entry: UsageEntry | None, now: datetime, error: BaseException | None) -> None:
        """Tell who watches how it ended: by its entry, or by why it is not booked."""
        column, streamed = self.column, self.streamed
        for attempt in self.attempts():
            facts = CallFacts.of(
                column.planned,
                column.call,
                attempt,
                origin=column.target.identity.origin,
                ended_at=now,
                reported_model=self.served_model,
                error=self.error,
                streamed=streamed,
            )
            self.telemetry.call_ended(facts)
        self.telemetry.ended(OperationEnd.of(now, entry, error))

    def attempts(self) -> tuple[Attempt, ...]:
        """Its one call, none where it was never made; one that never ended was broken off by us."""
        if self.attempt is None and self.called:
            self.attempt = interrupted(self.column.planned, self.column.call, 0)
        return () if self.attempt is None else (self.attempt,)

    def totals(self) -> Totals:
        """What it took."""
        return totals(self.attempts())

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return self.attempts()[0].outcome if self.attempts() else Outcome.ABORTED

    @property
    def latency_ms(self) -> int:
        """From the call to its end; 0 where it was never made."""
        return sum(attempt.latency_ms for attempt in self.attempts())

    def answer(self) -> ColumnAnswer:
        """The column as it is answered."""
        planned = self.column.planned
        return ColumnAnswer(
            id=self.hold.id,
            provider=self.column.provider,
            model=planned.model_id,
            host=planned.row.id,
            served_model=self.served_model or planned.host_model_id,
            outcome=self.outcome,
            content=self.text,
            tokens_used=token_usage(self.totals()),
            latency_ms=self.latency_ms,
            finish_reason=self.finish_reason,
            effort=effort_of(planned.traits.extra_body),
            notices=tuple(dict.fromkeys(warning_sentence(word) for word in self.warnings)),
            error=None if self.error is None else error_of(self.error),
        )

    def _take(self, delta: ChatDelta, told: Callable[[str], None]) -> None:
        self.text += delta.text
        self.usage = delta.usage or self.usage
        self.served_model = delta.model or self.served_model
        self.refused = self.refused or delta.refusal
        if delta.finish_reason is not None:
            self.finish_reason = delta.finish_reason.value
        if delta.text:
            told(delta.text)

    def _call(self, act: Callable[[], None]) -> None:
        """Run the call, and keep what it took and how it ended."""
        started, self.called = self.deadline.monotonic(), True
        try:
            act()
        except HostError as error:
            self._failed(error, self._since(started))
            return
        outcome = Outcome.REFUSED if self.refused else Outcome.OK
        if self.refused:
            self.error = Refused("the model refused", host=self.column.planned.row.id)
        code = "" if self.error is None else self.error.code
        self.attempt = answered(
            *(self.column.planned, self.column.call, self.text, self.usage),
            *(self._since(started), outcome, code),
        )

    def _failed(self, error: HostError, latency_ms: int) -> None:
        if self.deadline.abandoned():
            # Nobody waits any more: that is our doing, not the host's.
            self.attempt = interrupted(self.column.planned, self.column.call, latency_ms)
            return
        self.error = error
        self.attempt = failed(self.column.planned, self.column.call, error, latency_ms)

    def _since(self, started: float) -> int:
        return max(1, round((self.deadline.monotonic() - started) * 1000))


def effort_of(extra_body: Any) -> str:
    """What the model was told about thinking, as it was sent; empty where nothing was."""
    return json.dumps(dict(extra_body), sort_keys=True) if extra_body else ""


def error_of(error: LlamaMarketingError) -> ColumnError:
    """The error as a column tells it."""
    return ColumnError(code=error.code, message=error.user_message)
