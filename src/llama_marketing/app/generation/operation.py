"""One operation between its admission and its settlement, and the bookkeeping of its end."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import attrs

from llama_marketing.app.alerts import QuotaWatch
from llama_marketing.app.telemetry import NOT_FOLLOWED
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    Refused,
    StoreError,
)
from llama_marketing.domain.generation.accounting import Totals, billable, totals, was_silent
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.cache import cache_item
from llama_marketing.domain.generation.drafts import LONGEST_CORRECTION, Draft
from llama_marketing.domain.generation.history import GenerationRecord, record_of
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.money import usd
from llama_marketing.domain.resilience.law import KEPT_SHARE, LEAST_SHARE
from llama_marketing.domain.telemetry import OperationEnd
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Hold, HoldState, Settlement
from llama_marketing.domain.usage.entries import (
    Attempt,
    Basis,
    Outcome,
    UsageEntry,
    timestamp,
)
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.telemetry import OperationTelemetry
from llama_marketing.ports.usage import UsageBooks


@attrs.define(kw_only=True)
class Operation:
    """An admitted generation: everything its calls need, and the hold that pays for them."""

    tenant: TenantRef
    user_id: str
    plan: Plan
    stored: StoredConfig
    hold: Hold
    deadline: Deadline
    started: float
    """Monotonic seconds."""
    drafts: list[Draft] = attrs.Factory(list)
    telemetry: OperationTelemetry = NOT_FOLLOWED
    paying: threading.Lock = attrs.field(factory=threading.Lock, repr=False, eq=False)
    """Held while it is found out whether the hold covers one more call."""
    cache_key: str = ""
    """Under which its answer is kept for equal requests; empty for not at all."""

    def has_time_for_another_attempt(self, after: float = 0.0) -> bool:
        """Whether enough of the time is left for one more attempt in ``after`` seconds."""
        return self.deadline.remaining() - after >= LEAST_SHARE * self._seconds

    def attempt_deadline(self, *, elsewhere: bool) -> Deadline:
        """The deadline of one attempt; one with another host behind it leaves that its share.

        Unless that share is too small to start in.
        """
        left = self.deadline.remaining()
        kept = KEPT_SHARE * left
        if not elsewhere or kept < LEAST_SHARE * self._seconds:
            return self.deadline
        return attrs.evolve(self.deadline, answer_by=self.deadline.monotonic() + left - kept)

    def calls_ahead(self) -> int:
        """How many calls are still to bring a text, at least the one that is asked about."""
        done = sum(draft.served is not None or draft.error is not None for draft in self.drafts)
        return max(1, self.plan.variations - done)

    @property
    def is_as_planned(self) -> bool:
        """Whether the plan's first host and model wrote every text."""
        first = self.plan.attempts[0]
        return all(draft.served is first for draft in self.drafts)

    @property
    def _seconds(self) -> float:
        return self.deadline.expires_at - self.started

    @property
    def served(self) -> PlannedAttempt:
        """Who wrote the answer; else who answered first, else the main host."""
        drafts = [draft for draft in self.drafts if draft.served is not None]
        usable = [draft for draft in drafts if draft.result is not None and draft.error is None]
        served = next((draft.served for draft in [*usable, *drafts]), None)
        return served or self.plan.attempts[0]

    @property
    def request(self) -> GenerationRequest:
        """What was asked for."""
        return self.plan.brief.request

    @property
    def id(self) -> str:
        """The generation's id, which is also its hold's and its entry's."""
        return self.hold.id

    def attempts(self) -> list[Attempt]:
        """Every call so far, in the order of the variations."""
        return [attempt for draft in self.drafts for attempt in draft.attempts]

    def totals(self) -> Totals:
        """What the calls so far took."""
        return totals(self.attempts())


@attrs.frozen(kw_only=True)
class Bookkeeper:
    """Enlarges and settles holds. Called by the operation's own thread only."""

    books: UsageBooks
    watch: QuotaWatch
    clock: Clock
    retention: timedelta

    def can_pay(self, operation: Operation, calls: int) -> bool:
        """Whether so many further calls are covered by the hold, enlarging it where needed."""
        messages = operation.plan.call(operation.plan.attempts[0], LONGEST_CORRECTION).messages
        needed = operation.totals().amount() + operation.plan.bound(messages, calls)
        needed = needed.model_copy(update={"generations": operation.hold.amount.generations})
        held = operation.hold.amount
        wanted = Amount(
            cost=max(held.cost, needed.cost),
            tokens=max(held.tokens, needed.tokens),
            generations=held.generations,
        )
        if wanted == held:
            return True
        if not self.books.enlarge(operation.tenant, operation.id, wanted):
            return False
        operation.hold = operation.hold.model_copy(update={"amount": wanted})
        return True

    def settle(
        self,
        operation: Operation,
        response: GenerationResponse | None = None,
        error: BaseException | None = None,
    ) -> UsageEntry:
        """Book the end of an operation, whatever it was; safe to repeat.

        Raises StoreUnavailable; then the hold stays open until it is swept.
        """
        entry, actual = self._entry(operation, response, error)
        state = HoldState.SETTLED if actual != Amount() else HoldState.RELEASED
        settlement = Settlement(hold_id=operation.id, entry=entry, actual=actual, state=state)
        now = self.clock.now()
        record = self._record(operation, entry, response, now)
        # What is forgotten after the retention must not be read out of the cache.
        hours = timedelta(hours=operation.stored.config.cache_hours)
        lifetime = min(hours, self.retention)
        # What an outage made another model write is not what an equal request is to get later.
        key = operation.cache_key if operation.is_as_planned else ""
        cached = cache_item(key, response, now, lifetime)
        try:
            booked = self.books.settle(operation.tenant, settlement, record, cached)
        except StoreError as failure:
            operation.telemetry.ended(OperationEnd.of(now, None, failure))
            raise
        operation.telemetry.ended(OperationEnd.of(now, entry, error))
        self.watch.settled(operation.tenant, operation.hold.period)
        return booked

    def _record(
        self,
        operation: Operation,
        entry: UsageEntry,
        response: GenerationResponse | None,
        now: datetime,
    ) -> GenerationRecord | None:
        """What goes into the client's history; nothing of a use case that is not kept there."""
        if not operation.plan.shape.is_kept:
            return None
        return record_of(entry, operation.request, response, timestamp(now + self.retention))

    def settle_failed(self, operation: Operation, error: BaseException) -> None:
        """Book an operation that ``error`` ended, for a caller who raises that error on.

        A store that fails here does not hide the error: the sweep books the hold.
        """
        try:
            self.settle(operation, error=error)
        except StoreError as failure:
            error.add_note(f"{operation.id} is not booked before a sweep: {failure.code}")

    def _entry(
        self,
        operation: Operation,
        response: GenerationResponse | None,
        error: BaseException | None,
    ) -> tuple[UsageEntry, Amount]:
        attempts = operation.attempts()
        sums = totals(attempts)
        actual = sums.amount()
        planned = operation.served
        entry = operation.hold.entry.model_copy(
            update={
                "model": planned.model_id,
                "provider": planned.row.id,
                "tokens_input": sums.tokens_input,
                "tokens_output": sums.tokens_output,
                "cost_usd": None if sums.cost is None else usd(sums.cost),
                "latency_ms": self.latency_ms(operation)
                if response is None
                else response.latency_ms,
                "outcome": _outcome(response, error),
                "basis": sums.basis,
                "billable": sums.basis is not Basis.NONE and billable(attempts, was_silent(error)),
                "error_code": getattr(error, "code", "") if response is None else "",
                "finish_reason": "" if response is None else response.finish_reason.value,
                "attempts": tuple(attempts),
                "booked": actual,
            }
        )
        return entry, actual

    def latency_ms(self, operation: Operation) -> int:
        """Milliseconds since the operation started, at least 1."""
        return max(1, round((self.clock.monotonic() - operation.started) * 1000))


def _outcome(response: GenerationResponse | None, error: BaseException | None) -> Outcome:
    if response is not None:
        return Outcome.OK
    if isinstance(error, Refused):
        return Outcome.REFUSED
    return Outcome.FAILED if isinstance(error, Exception) else Outcome.ABORTED
