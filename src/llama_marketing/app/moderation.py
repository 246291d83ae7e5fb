"""Moderating comments: a request is cut into parts, each judged in a call and booked by itself.

A part is an operation like any other: it is admitted, held for, called with every retry and
fallback, and booked. What a model leaves out or gets wrong is asked about once more; what then has
no valid verdict goes to a person.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.app.moderation_part import Part, raise_if_unreached, take
from llama_marketing.app.pending_actions import PendingActions
from llama_marketing.domain.errors import (
    InvalidRequest,
    QuotaExceeded,
    StoreError,
)
from llama_marketing.domain.generation.accounting import totals
from llama_marketing.domain.generation.answer import make_answer, token_usage
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.moderation.actions import ActionPage, PendingAction, Resolution
from llama_marketing.domain.moderation.batches import Batch, halves, make_batch, split
from llama_marketing.domain.moderation.canaries import Draw
from llama_marketing.domain.moderation.models import (
    MOST_COMMENTS,
    ModerationRequest,
    ModerationResponse,
)
from llama_marketing.domain.moderation.reading import Judgement
from llama_marketing.domain.moderation.results import Moderation, moderation_of
from llama_marketing.domain.moderation.shape import (
    COMMENT_MODERATION,
    asking_again,
    request_of,
)
from llama_marketing.domain.moderation.verdicts import Verdicts
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.parallel import Parallel

_QUESTIONS: Final = 2
"""How often a part is asked about at most."""


@attrs.frozen(kw_only=True)
class CommentModerationService:
    """Judges comments and says what to do about them. Safe between threads.

    Parallel calls run in worker threads; the books are kept by the calling thread.
    """

    admission: Admission
    calls: HostCalls
    bookkeeper: Bookkeeper
    parallel: Parallel
    clock: Clock
    ids: Ids
    pending: PendingActions
    deadline_seconds: float

    def moderate(
        self,
        tenant: TenantRef,
        request: ModerationRequest | Mapping[str, Any],
        user_id: str = "",
    ) -> ModerationResponse:
        """Judge up to 200 comments; one result a comment, in their order, whatever a model says.

        Raises InvalidRequest for more comments or a job, what admission raises when nothing at
        all is admitted, and a HostError when no part reached a model. A part that fails beside
        others leaves its comments to a person. Where the client moderates automatically, each
        result that wants something done is kept as a pending action, under its ``action_id``.
        """
        asked = _checked(tenant, ModerationRequest.read(request))
        user, moment, started = check_user_id(user_id), self.clock.now(), self.clock.monotonic()
        parts: list[Part] = []
        try:
            self._admit(tenant, asked, user, moment, parts)
            self._judge(parts)
        except BaseException as error:
            # Whatever ends it, also a KeyboardInterrupt, is booked before it goes on.
            for part in parts:
                self.bookkeeper.settle_failed(part.operation, error)
            raise
        self._settle(parts)
        raise_if_unreached(parts)
        return self._answer(tenant, asked, parts, moment, started)

    def pending_actions(self, tenant: TenantRef, cursor: str = "", limit: int = 20) -> ActionPage:
        """What waits for somebody's decision, newest first, ``limit`` (1-100) at a time.

        ``cursor`` is the ``next_cursor`` of the page before.
        """
        return self.pending.page(tenant, cursor, limit)

    def resolve(
        self,
        tenant: TenantRef,
        action_id: str,
        resolution: Resolution | Mapping[str, Any],
        user_id: str = "",
    ) -> PendingAction:
        """Decide a pending action: ``approve``, ``hide``, ``delete`` or ``escalate``, and why.

        Every decision stays in the audit, the last one counts. Raises InvalidRequest, NotFound,
        and RevisionConflict when somebody else decided at the same moment.
        """
        return self.pending.resolve(tenant, action_id, resolution, user_id)

    def _admit(
        self,
        tenant: TenantRef,
        asked: ModerationRequest,
        user_id: str,
        moment: datetime,
        parts: list[Part],
    ) -> None:
        """Open a hold for each part, and put it among ``parts`` at once.

        Comments that are more than the model's window are halved; one that is too long alone,
        and what the quota refuses after the first part, is left to a person.
        """
        texts = [comment.text for comment in asked.comments]
        draw, waiting = self._draw(moment), split(texts)
        refusal: InvalidRequest | None = None
        while waiting:
            places = waiting.pop(0)
            verdicts = Verdicts.about({place: texts[place] for place in places})
            batch = make_batch(verdicts.open, draw)
            try:
                operation = self._admitted(tenant, batch, user_id)
            except InvalidRequest as error:
                refusal = error
                waiting = [*halves(places), *waiting]
            except QuotaExceeded:
                if not parts:
                    raise
                return
            else:
                parts.append(Part(verdicts=verdicts, batch=batch, operation=operation))
        if refusal is not None and not parts:
            raise refusal

    def _admitted(self, tenant: TenantRef, batch: Batch, user_id: str) -> Operation:
        request, seconds = request_of(batch), self.deadline_seconds

        def admitted(fresh: bool) -> Operation:
            prepared = self.admission.prepare(
                tenant, request, user_id, seconds, fresh=fresh, shape=COMMENT_MODERATION
            )
            return self.admission.reserve(prepared)

        return with_current_config(tenant, admitted)

    def _judge(self, parts: Sequence[Part]) -> None:
        """Ask about every part, and once more about what has no valid verdict."""
        draw = self._draw(self.clock.now())
        pending = list(parts)
        for question in range(_QUESTIONS):
            if question:
                pending = [part for part in pending if self._may_ask_again(part, draw)]
            self.parallel.map(self._ask, pending)
            for part in pending:
                take(part)

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

    def _settle(self, parts: Sequence[Part]) -> None:
        """Book every part; raises the first StoreError when all were tried."""
        failures: list[StoreError] = []
        for place, part in enumerate(parts):
            try:
                self.bookkeeper.settle(part.operation, self._answer_of(part), part.error)
            except StoreError as failure:
                failures.append(failure)
            except BaseException as error:
                for left in parts[place:]:
                    self.bookkeeper.settle_failed(left.operation, error)
                raise
        if failures:
            raise failures[0]

    def _answer_of(self, part: Part) -> GenerationResponse | None:
        """What the part's entry is booked with; None where no reply could be read."""
        if part.error is not None:
            return None
        operation = part.operation
        latency = self.bookkeeper.latency_ms(operation)
        return make_answer(
            operation.id, operation.plan, operation.drafts, operation.totals(), latency
        )

    def _answer(
        self,
        tenant: TenantRef,
        asked: ModerationRequest,
        parts: Sequence[Part],
        moment: datetime,
        started: float,
    ) -> ModerationResponse:
        first = parts[0]
        moderation = self._moderated(tenant, asked, parts, moment)
        attempts = [attempt for part in parts for attempt in part.operation.attempts()]
        served = next((part for part in parts if part.error is None), first).operation.served
        return ModerationResponse(
            id=first.operation.id,
            model=served.model_id,
            provider=served.row.id,
            latency_ms=max(1, round((self.clock.monotonic() - started) * 1000)),
            tokens_used=token_usage(totals(attempts)),
            results=moderation.results,
            summary=moderation.summary,
            crisis=moderation.crisis,
            partial=moderation.summary.not_judged > 0,
        )

    def _moderated(
        self,
        tenant: TenantRef,
        asked: ModerationRequest,
        parts: Sequence[Part],
        moment: datetime,
    ) -> Moderation:
        """What comes of the verdicts; what is to be done is put among the pending actions."""
        comments, settings = asked.comments, parts[0].operation.stored.config.moderation
        judged: dict[int, Judgement] = {}
        for part in parts:
            judged |= part.verdicts.judged
        if not settings.automatic:
            return moderation_of(comments, judged, settings, moment)
        # What was to be done in the last hour counts for a crisis too.
        earlier = self.pending.negatives(tenant, comments, settings)
        moderation = moderation_of(comments, judged, settings, moment, earlier)
        results = self.pending.make(tenant, comments, moderation.results)
        return attrs.evolve(moderation, results=results)

    def _draw(self, moment: datetime) -> Draw:
        """Random numbers that nobody who writes a comment can foresee."""
        # An id is made of randomness, and makes the draws of a test come out the same.
        return random.Random(self.ids.new(moment)).randrange  # noqa: S311 - nothing is encrypted


def _checked(tenant: TenantRef, asked: ModerationRequest) -> ModerationRequest:
    """The request, when it is this client's and small enough to be judged at once."""
    check_owner(tenant, asked.client_id)
    if asked.as_job or len(asked.comments) > MOST_COMMENTS:
        raise InvalidRequest(
            f"{len(asked.comments)} comments, as a job: {asked.as_job}; at once go {MOST_COMMENTS}",
            user_message=f"Por ahora se moderan hasta {MOST_COMMENTS} comentarios por solicitud, "
            "sin procesarlos en segundo plano. Divide la lista e intenta de nuevo.",
            issues=(("comments", f"at most {MOST_COMMENTS}, and not as a job"),),
        )
    return asked
