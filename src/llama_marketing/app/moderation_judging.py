"""Judging parts: admitted, asked about, asked about once more, and booked.

A part is an operation like any other: it is admitted, held for, called with every retry and
fallback, and booked. What a model leaves out or gets wrong is asked about once more; what then has
no valid verdict goes to a person.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.app.generation.prepared import KnownOperation
from llama_marketing.app.moderation_part import Part, take
from llama_marketing.domain.errors import HostError, InvalidRequest, QuotaExceeded, StoreError
from llama_marketing.domain.generation.answer import make_answer
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.moderation.batches import halves, make_batch, split
from llama_marketing.domain.moderation.canaries import Draw
from llama_marketing.domain.moderation.shape import COMMENT_MODERATION, asking_again, request_of
from llama_marketing.domain.moderation.verdicts import Verdicts
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.parallel import Parallel

_QUESTIONS: Final = 2
"""How often a part is asked about at most."""


@attrs.frozen(kw_only=True)
class PartJudging:
    """Judges parts. Safe between threads.

    Parallel calls run in worker threads; the books are kept by the calling thread.
    """

    admission: Admission
    calls: HostCalls
    bookkeeper: Bookkeeper
    parallel: Parallel
    clock: Clock
    ids: Ids
    deadline_seconds: float

    def check_allowed(self, tenant: TenantRef) -> None:
        """Raise NotConfigured, Disabled or UseCaseDisabled where comments are not moderated."""
        asked = GenerationRequest(use_case=COMMENT_MODERATION.use_case, prompt="[]")
        admission = self.admission
        with_current_config(
            tenant, lambda fresh: admission.usable_config(tenant, asked, fresh=fresh)
        )

    def fitting(self, tenant: TenantRef, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """The places of the texts in parts that the client's model can be shown.

        Holds nothing. What does not fit alone is a part of its own, and refused when it is judged.
        """
        waiting, found = split(texts), []
        while waiting:
            places = waiting.pop(0)
            smaller = halves(places)
            if smaller and not self._fits(tenant, {place: texts[place] for place in places}):
                waiting = [*smaller, *waiting]
            else:
                found.append(places)
        return found

    def _fits(self, tenant: TenantRef, texts: Mapping[int, str]) -> bool:
        request = request_of(make_batch(texts, self._draw()))
        try:
            self.admission.prepare(
                tenant, request, "", self.deadline_seconds, fresh=False, shape=COMMENT_MODERATION
            )
        except InvalidRequest:
            return False
        except HostError:
            # Whether its host works is asked when the part is judged.
            return True
        return True

    def admit(
        self,
        tenant: TenantRef,
        texts: Mapping[int, str],
        user_id: str,
        known: KnownOperation | None = None,
    ) -> Part:
        """Open the hold of a part with these texts, by their places; raises what refuses it.

        The hold of an operation that began before is not opened twice.
        """
        verdicts = Verdicts.about(texts)
        batch = make_batch(verdicts.open, self._draw())
        request, seconds = request_of(batch), self.deadline_seconds

        def admitted(fresh: bool) -> Operation:
            prepared = self.admission.prepare(
                tenant, request, user_id, seconds, fresh=fresh, shape=COMMENT_MODERATION
            )
            return self.admission.reserve(prepared, known)

        operation = with_current_config(tenant, admitted)
        return Part(verdicts=verdicts, batch=batch, operation=operation)

    def admit_all(
        self, tenant: TenantRef, texts: Sequence[str], user_id: str, parts: list[Part]
    ) -> None:
        """Open a hold for each part of the texts, and put it among ``parts`` at once.

        Texts that are more than the model's window are halved; one that is too long alone, and
        what the quota refuses after the first part, is left to a person. Raises what refuses the
        first part, and every other refusal of admission.
        """
        waiting = split(texts)
        refusal: InvalidRequest | None = None
        while waiting:
            places = waiting.pop(0)
            try:
                parts.append(self.admit(tenant, {place: texts[place] for place in places}, user_id))
            except InvalidRequest as error:
                refusal = error
                waiting = [*halves(places), *waiting]
            except QuotaExceeded:
                if not parts:
                    raise
                return
        if refusal is not None and not parts:
            raise refusal

    def judge(self, parts: Sequence[Part]) -> None:
        """Ask about every part, and once more about what has no valid verdict."""
        draw = self._draw()
        pending = list(parts)
        for question in range(_QUESTIONS):
            if question:
                pending = [part for part in pending if self._may_ask_again(part, draw)]
            self.parallel.map(self._ask, pending)
            for part in pending:
                take(part)

    def settle(self, part: Part) -> UsageEntry:
        """Book the end of a part, a failure too; raises StoreError."""
        return self.bookkeeper.settle(part.operation, self._answer_of(part), part.error)

    def settle_all(self, parts: Sequence[Part]) -> None:
        """Book every part; raises the first StoreError when all were tried."""
        failures: list[StoreError] = []
        for place, part in enumerate(parts):
            try:
                self.settle(part)
            except StoreError as failure:
                failures.append(failure)
            except BaseException as error:
                self.abandon(parts[place:], error)
                raise
        if failures:
            raise failures[0]

    def abandon(self, parts: Sequence[Part], error: BaseException) -> None:
        """Book parts that ``error`` ended, for a caller who raises it on."""
        for part in parts:
            self.bookkeeper.settle_failed(part.operation, error)

    def _ask(self, part: Part) -> None:
        """One reply for a part, in any thread; a failure is kept in its draft."""
        draft = Draft(0)
        part.operation.drafts.append(draft)
        self.calls.ask(part.operation, draft)

    def _may_ask_again(self, part: Part, draw: Draw) -> bool:
        """Whether another call is worth it, has the time and is paid for; then it is planned."""
        failed = part.operation.drafts[-1].error is not None
        if failed or not part.verdicts.open:
            return False
        if not part.operation.has_time_for_another_attempt():
            return False
        part.batch = make_batch(part.verdicts.open, draw)
        part.operation.plan = asking_again(part.operation.plan, part.batch)
        try:
            return self.bookkeeper.can_pay(part.operation, 1)
        except StoreError:
            # What the other parts brought is worth more than this one's second question.
            return False

    def _answer_of(self, part: Part) -> GenerationResponse | None:
        """What the part's entry is booked with; None where no reply could be read."""
        if part.error is not None:
            return None
        operation = part.operation
        latency = self.bookkeeper.latency_ms(operation)
        return make_answer(
            operation.id, operation.plan, operation.drafts, operation.totals(), latency
        )

    def _draw(self) -> Draw:
        """Random numbers that nobody who writes a comment can foresee."""
        # An id is made of randomness, and makes the draws of a test come out the same.
        seed = self.ids.new(self.clock.now())
        return random.Random(seed).randrange  # noqa: S311 - nothing is encrypted
