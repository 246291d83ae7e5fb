"""Generating content for a client: the sentence of this library, step by step.

A request is *prepared* (config, plan). Where an equal one was answered, that answer is given
*again*; else it is *reserved* for (quota), a host is *called*, its reply *judged*, the operation
*booked*, and the answer given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from llama_marketing.app.brand_voices import BrandVoiceService
from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.batches import BatchDesk
from llama_marketing.app.generation.cached import AnswersAgain, CachedStream
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.entering import admitted
from llama_marketing.app.generation.history import GenerationHistory
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.app.generation.prepared import KnownOperation
from llama_marketing.app.generation.stream import GenerationStream, open_generation_stream
from llama_marketing.app.generation.typed import TypedGeneration
from llama_marketing.domain.errors import (
    LlamaMarketingError,
)
from llama_marketing.domain.generation.answer import make_answer
from llama_marketing.domain.generation.calendar_files import CalendarFormat, calendar_file
from llama_marketing.domain.generation.checking import check
from llama_marketing.domain.generation.drafts import (
    Draft,
    correction_for,
    finish,
)
from llama_marketing.domain.generation.history import (
    GenerationPage,
    GenerationRecord,
    ReviewDecision,
)
from llama_marketing.domain.generation.models import (
    CheckRequest,
    CheckResult,
    GenerationRequest,
    GenerationResponse,
)
from llama_marketing.domain.jobs.batches import BatchPage, BatchRequest
from llama_marketing.domain.jobs.models import JobTicket
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.ports.ad_rules import AdRulesSource
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.platform_rules import PlatformRulesSource


@attrs.frozen(kw_only=True)
class MetaAIGenerationService(TypedGeneration):
    """Generates, streams, checks and remembers. Safe between threads.

    Parallel calls run in worker threads; the books are kept by the calling thread.
    """

    admission: Admission
    again: AnswersAgain
    calls: HostCalls
    bookkeeper: Bookkeeper
    kept: GenerationHistory
    batches: BatchDesk
    voices: BrandVoiceService
    rules: PlatformRulesSource
    ad_rules: AdRulesSource
    parallel: Parallel
    deadline_seconds: float
    stream_deadline_seconds: float

    def generate(
        self,
        tenant: TenantRef,
        request: GenerationRequest | Mapping[str, Any],
        user_id: str = "",
        *,
        known: KnownOperation | None = None,
    ) -> GenerationResponse:
        """Generate content and book what it took.

        An equal request may get an earlier one's answer, which costs nothing and needs no quota;
        ``bypass_cache`` in the request asks for a new one. Raises what admission raises (then
        nothing is booked) and every HostError when no variation came (then a failed entry is
        booked). ``known`` is an operation that may have begun in a process that died.
        """
        asked, user = GenerationRequest.read(request), check_user_id(user_id)
        operation = self._admitted(tenant, asked, user, self.deadline_seconds, known)
        if isinstance(operation, GenerationResponse):
            return operation
        try:
            self._write(operation)
            response = self._answer(operation)
        except BaseException as error:
            # Whatever ends it, also a KeyboardInterrupt, is booked before it goes on.
            self.bookkeeper.settle_failed(operation, error)
            raise
        self.bookkeeper.settle(operation, response)
        return response

    def stream(
        self,
        tenant: TenantRef,
        request: GenerationRequest | Mapping[str, Any],
        user_id: str = "",
        *,
        reader_left: Callable[[], bool] = lambda: False,
    ) -> GenerationStream:
        """Generate content as events that arrive.

        Admission and the host's 200 come before this returns, so what they refuse is raised
        here; later faults are the terminal ``error`` event. Iterate it or ``close()`` it: it is
        booked once, however it ends. ``reader_left`` is asked about once a second, also while
        this waits for the host, and ends the operation when it says so. A kept answer comes as
        one delta a variation.
        """
        asked = GenerationRequest.read(request)
        operation = self._admitted(
            tenant, asked, check_user_id(user_id), self.stream_deadline_seconds
        )
        if isinstance(operation, GenerationResponse):
            return CachedStream(operation)
        operation.deadline = attrs.evolve(operation.deadline, abandoned=reader_left)
        return open_generation_stream(operation, self.calls, self.bookkeeper, self._answer)

    def submit_batch(
        self,
        tenant: TenantRef,
        request: BatchRequest | Mapping[str, Any],
        user_id: str = "",
    ) -> JobTicket:
        """Keep 1 to 30 requests as a job, which workers generate one by one.

        Raises InvalidRequest, NotConfigured, Disabled, UseCaseDisabled and StoreUnavailable;
        quota and hosts are asked only when an item's turn comes.
        """
        return self.batches.submit(tenant, request, user_id)

    def batch(self, tenant: TenantRef, batch_id: str) -> BatchPage:
        """How far a batch is, with each item's generation or error; raises NotFound."""
        return self.batches.page(tenant, batch_id)

    def check(self, tenant: TenantRef, request: CheckRequest | Mapping[str, Any]) -> CheckResult:
        """Judge a text against its platform, and the client's kept voice, without a model.

        Books nothing. Raises InvalidRequest, and StoreUnavailable where the voice cannot be read.
        """
        asked = CheckRequest.read(request)
        check_owner(tenant, asked.client_id)
        guide = asked.brand if asked.brand is not None else self.voices.guide(tenant)
        return check(asked, self.rules.rules(), self.ad_rules.rules(), guide)

    def history(self, tenant: TenantRef, cursor: str = "", limit: int = 20) -> GenerationPage:
        """The client's generations, newest first, ``limit`` (1-100) at a time.

        ``cursor`` is the ``next_cursor`` of the page before. Each with its reviews and ratings.
        """
        return self.kept.page(tenant, cursor, limit)

    def generation(self, tenant: TenantRef, generation_id: str) -> GenerationRecord:
        """One kept generation, with its reviews and ratings; raises NotFound."""
        return self.kept.get(tenant, generation_id)

    def review(
        self,
        tenant: TenantRef,
        generation_id: str,
        decision: ReviewDecision | Mapping[str, Any],
        user_id: str = "",
    ) -> GenerationRecord:
        """Keep a person's decision about a generation with it; the last decision counts.

        Raises NotFound, InvalidRequest for a generation that failed, and RevisionConflict when
        others decided at the same moment.
        """
        return self.kept.review(tenant, generation_id, decision, user_id)

    def calendar_file(self, tenant: TenantRef, generation_id: str, form: CalendarFormat) -> str:
        """A kept content calendar as CSV or ICS; raises NotFound for anything else."""
        record = self.kept.kept(tenant, generation_id)
        zone = self.admission.zone.zone(tenant.organization_id)
        return calendar_file(record, form, zone)

    def delete_generation(self, tenant: TenantRef, generation_id: str) -> None:
        """Forget one generation; the books keep its entry. Raises NotFound."""
        self.kept.delete(tenant, generation_id)

    def _admitted(
        self,
        tenant: TenantRef,
        asked: GenerationRequest,
        user_id: str,
        seconds: float,
        known: KnownOperation | None = None,
    ) -> Operation | GenerationResponse:
        """The admitted operation, or an earlier answer to an equal request."""
        return admitted(self.admission, self.again, tenant, asked, user_id, seconds, known=known)

    def _write(self, operation: Operation) -> None:
        """Call the hosts for every variation, asking again what can be asked better."""
        operation.drafts = [Draft(number) for number in range(operation.plan.variations)]
        pending = operation.drafts
        while pending:
            self.parallel.map(self._ask(operation), pending)
            pending = to_ask_again(operation)
            if pending and (
                not operation.has_time_for_another_attempt()
                or not self.bookkeeper.can_pay(operation, len(pending))
            ):
                break
        finish_drafts(operation)

    def _ask(self, operation: Operation) -> Callable[[Draft], None]:
        return lambda draft: self.calls.ask(operation, draft)

    def _answer(self, operation: Operation) -> GenerationResponse:
        """The answer of the finished drafts; raises the first draft's error if none is good."""
        if all(draft.error is not None or draft.result is None for draft in operation.drafts):
            raise first_error(operation)
        response = make_answer(
            operation.id,
            operation.plan,
            operation.drafts,
            operation.totals(),
            self.bookkeeper.latency_ms(operation),
        )
        return self.voices.with_voice_kept(operation.tenant, response, operation.user_id)


def to_ask_again(operation: Operation) -> list[Draft]:
    """The drafts worth another call, each with the correction it will be told."""
    again: list[Draft] = []
    earlier: list[str] = []
    for draft in operation.drafts:
        if draft.error is None:
            draft.correction = correction_for(draft, operation.plan, earlier)
            if draft.correction and draft.may_ask_again():
                draft.reasks += 1
                again.append(draft)
        if draft.content:
            earlier.append(draft.content)
    return again


def finish_drafts(operation: Operation) -> None:
    """Make the best of every draft."""
    earlier: list[str] = []
    for draft in operation.drafts:
        if draft.result is not None:
            # A later question that failed does not take away the text that an earlier one brought.
            draft.error = None
        finish(draft, operation.plan, earlier)
        if draft.content:
            earlier.append(draft.content)


def first_error(operation: Operation) -> LlamaMarketingError:
    """Why nothing came: the error of the first draft that has one."""
    return next(draft.error for draft in operation.drafts if draft.error is not None)
