"""The playground: one prompt to several providers at once.

Each column is an operation of its own: its own hold on the client's quota, its own deadline, one
call of one host, its own entry. What a column fails with is told in it and stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from llama_marketing.app.alerts import QuotaWatch
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.playground.columns import ColumnPlanner, PlannedColumn
from llama_marketing.app.playground.run import ColumnRun, error_of
from llama_marketing.app.playground.stream import PlaygroundStream
from llama_marketing.app.telemetry import CALLER_REQUEST_ID, NO_TELEMETRY
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    LlamaMarketingError,
    NotConfigured,
    QuotaExceeded,
    StoreError,
)
from llama_marketing.domain.generation.accounting import billable, was_silent
from llama_marketing.domain.generation.attempts import bound_of
from llama_marketing.domain.money import usd
from llama_marketing.domain.playground.models import (
    ColumnAnswer,
    PlaygroundAnswer,
    PlaygroundColumn,
    PlaygroundRequest,
)
from llama_marketing.domain.telemetry import OperationFacts
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Hold, HoldState, Settlement
from llama_marketing.domain.usage.entries import Basis, Outcome, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of, seconds_to_month_end
from llama_marketing.domain.usage.quota import quota_terms
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone


@attrs.frozen
class _Asked:
    """What all columns of one request share."""

    tenant: TenantRef
    stored: StoredConfig
    request: PlaygroundRequest
    user_id: str
    moment: datetime
    abandoned: Callable[[], bool]


@attrs.frozen(kw_only=True)
class Playground:
    """Asks columns in parallel and books each. Safe between threads."""

    planner: ColumnPlanner
    configs: Configs
    chat: ChatHosts
    books: UsageBooks
    watch: QuotaWatch
    parallel: Parallel
    clock: Clock
    ids: Ids
    zone: BillingZone
    deadline_seconds: float
    hold_grace: float
    telemetry: Telemetry = NO_TELEMETRY

    def answer(
        self, tenant: TenantRef, request: PlaygroundRequest | Mapping[str, Any], user_id: str
    ) -> PlaygroundAnswer:
        """Every column, whole; what ``AIProviderComparisonService.playground`` says."""
        asked = self._asked(tenant, request, user_id, lambda: False)
        columns = self._opened(asked)
        runs = [column for column in columns if isinstance(column, ColumnRun)]
        try:
            self.parallel.map(lambda run: run.ask(self.chat), runs)
        finally:
            # Whatever ends it, also a KeyboardInterrupt, is booked before it goes on.
            self._settle(tenant, runs)
        return _told(columns)

    def stream(
        self,
        tenant: TenantRef,
        request: PlaygroundRequest | Mapping[str, Any],
        user_id: str,
        reader_left: Callable[[], bool],
    ) -> PlaygroundStream:
        """The columns as events; what ``stream_playground`` says."""
        stream = PlaygroundStream(reader_left)
        asked = self._asked(tenant, request, user_id, stream.abandoned)
        columns = self._opened(asked)
        runs = [column for column in columns if isinstance(column, ColumnRun)]

        def work() -> PlaygroundAnswer:
            try:
                if not stream.abandoned():
                    self.parallel.map(lambda run: run.stream(self.chat, stream.teller(run)), runs)
            finally:
                self._settle(tenant, runs)
            return _told(columns)

        try:
            stream.begin(work)
        except BaseException:
            # No thread could be started, so nobody else will book them.
            self._settle(tenant, runs)
            raise
        return stream

    def _asked(
        self,
        tenant: TenantRef,
        request: PlaygroundRequest | Mapping[str, Any],
        user_id: str,
        abandoned: Callable[[], bool],
    ) -> _Asked:
        asked, user = PlaygroundRequest.read(request), check_user_id(user_id)
        check_owner(tenant, asked.client_id)
        stored = self.configs.get(tenant)
        if stored is None:
            raise NotConfigured(f"{tenant} has no Meta AI configuration")
        return _Asked(tenant, stored, asked, user, self.clock.now(), abandoned)

    def _opened(self, asked: _Asked) -> list[ColumnRun | ColumnAnswer]:
        """Each column with its hold, or with why it has none.

        Raises StoreError; the holds that are open then are ended.
        """
        columns: list[ColumnRun | ColumnAnswer] = []
        try:
            for number, column in enumerate(asked.request.columns):
                columns.append(self._column(asked, number, column))
        except BaseException:
            self._settle(asked.tenant, [each for each in columns if isinstance(each, ColumnRun)])
            raise
        return columns

    def _column(
        self, asked: _Asked, number: int, column: PlaygroundColumn
    ) -> ColumnRun | ColumnAnswer:
        try:
            planned = self.planner.plan(
                asked.tenant, asked.stored, column, asked.request.prompt, asked.moment
            )
            hold = self._hold(asked, planned)
            self._reserve(asked, hold)
        except StoreError:
            raise
        except LlamaMarketingError as error:
            return ColumnAnswer(
                provider=column.provider,
                model=column.model or "",
                outcome=Outcome.FAILED,
                error=error_of(error),
            )
        seconds = asked.stored.config.deadline_seconds or self.deadline_seconds
        monotonic = self.clock.monotonic
        deadline = Deadline(monotonic() + seconds, monotonic, asked.abandoned)
        return ColumnRun(
            number=number,
            column=planned,
            hold=hold,
            deadline=deadline,
            telemetry=self.telemetry.started(_facts(asked, hold)),
        )

    def _reserve(self, asked: _Asked, hold: Hold) -> None:
        """Open the hold; raises QuotaExceeded and StoreError."""
        terms = quota_terms(asked.stored.config)
        reservation = self.books.reserve(asked.tenant, hold, terms)
        self.watch.reserved(asked.tenant, reservation, terms)
        if not reservation.admitted:
            zone = self.zone.zone(asked.tenant.organization_id)
            raise QuotaExceeded(
                f"{asked.tenant} used up the quota of {hold.period}",
                retry_after=seconds_to_month_end(asked.moment, zone),
            )

    def _hold(self, asked: _Asked, column: PlannedColumn) -> Hold:
        """The hold at its upper bound, with the entry that a sweep would book."""
        bound = bound_of([column.planned], column.call.messages)
        bound = bound.model_copy(update={"generations": 1})
        seconds = asked.stored.config.deadline_seconds or self.deadline_seconds
        entry = self._entry(asked, column, bound)
        open_for = timedelta(seconds=seconds + self.hold_grace)
        return Hold(
            id=entry.id, amount=bound, entry=entry, expires_at=timestamp(asked.moment + open_for)
        )

    def _entry(self, asked: _Asked, column: PlannedColumn, bound: Amount) -> UsageEntry:
        zone, planned = self.zone.zone(asked.tenant.organization_id), column.planned
        return UsageEntry(
            id=self.ids.new(asked.moment),
            client_id=asked.tenant.client_id,
            timestamp=timestamp(asked.moment),
            use_case=GenerationUseCase(asked.request.use_case),
            model=planned.model_id,
            provider=planned.row.id,
            tokens_input=bound.tokens - planned.max_tokens,
            tokens_output=planned.max_tokens,
            cost_usd=None if planned.price is None else usd(bound.cost),
            user_id=asked.user_id,
            outcome=Outcome.ABORTED,
            basis=Basis.UPPER_BOUND,
            billable=False,
            period=month_of(asked.moment, zone),
            day=day_of(asked.moment, zone),
            prompt_version="playground",
            booked=bound,
        )

    def _settle(self, tenant: TenantRef, runs: Sequence[ColumnRun]) -> None:
        """Book every column; raises the first StoreError when all were tried."""
        failures: list[StoreError] = []
        for run in runs:
            now = self.clock.now()
            try:
                entry = self.books.settle(tenant, settlement_of(run))
            except StoreError as failure:
                failures.append(failure)
                run.tell(None, now, failure)
            else:
                self.watch.settled(tenant, run.hold.period)
                run.tell(entry, now, run.error)
        if failures:
            raise failures[0]


def _facts(asked: _Asked, hold: Hold) -> OperationFacts:
    """What may be told of a column that starts."""
    return OperationFacts(
        operation_id=hold.id,
        caller_request_id=CALLER_REQUEST_ID.get(),
        tenant=asked.tenant,
        use_case=asked.request.use_case,
        platform=None,
        started_at=asked.moment,
    )


def settlement_of(run: ColumnRun) -> Settlement:
    """How a column is booked: at what its one call took, at nothing where it was never made."""
    attempts, sums = run.attempts(), run.totals()
    actual = sums.amount()
    entry = run.hold.entry.model_copy(
        update={
            "tokens_input": sums.tokens_input,
            "tokens_output": sums.tokens_output,
            "cost_usd": None if sums.cost is None else usd(sums.cost),
            "latency_ms": run.latency_ms,
            "outcome": run.outcome,
            "basis": sums.basis,
            "billable": sums.worked and billable(attempts, was_silent(run.error)),
            "error_code": "" if run.error is None else run.error.code,
            "finish_reason": run.finish_reason,
            "attempts": attempts,
            "booked": actual,
        }
    )
    state = HoldState.SETTLED if actual != Amount() else HoldState.RELEASED
    return Settlement(hold_id=run.hold.id, entry=entry, actual=actual, state=state)


def _told(columns: Sequence[ColumnRun | ColumnAnswer]) -> PlaygroundAnswer:
    return PlaygroundAnswer(
        columns=tuple(
            column.answer() if isinstance(column, ColumnRun) else column for column in columns
        )
    )
