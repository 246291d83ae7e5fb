"""Moderating comments: a request is cut into parts, each judged in a call and booked by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.jobs import JobDesk
from llama_marketing.app.moderation_judging import PartJudging
from llama_marketing.app.moderation_part import Part, raise_if_unreached
from llama_marketing.app.moderation_tallying import ModerationTallying
from llama_marketing.app.pending_actions import PendingActions
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.accounting import totals
from llama_marketing.domain.generation.answer import token_usage
from llama_marketing.domain.jobs.models import (
    PARTS_OF_PAGE,
    JobKind,
    JobPage,
    JobTicket,
    first_part,
)
from llama_marketing.domain.moderation.actions import ActionPage, PendingAction, Resolution
from llama_marketing.domain.moderation.models import (
    MOST_COMMENTS,
    ModerationRequest,
    ModerationResponse,
)
from llama_marketing.domain.moderation.reading import Judgement
from llama_marketing.domain.moderation.results import Moderation, moderation_of
from llama_marketing.domain.moderation.tallies import ModerationOverview
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.ports.clock import Clock


@attrs.frozen(kw_only=True)
class CommentModerationService:
    """Judges comments and says what to do about them. Safe between threads.

    Parallel calls run in worker threads; the books are kept by the calling thread.
    """

    judging: PartJudging
    pending: PendingActions
    tallying: ModerationTallying
    jobs: JobDesk
    clock: Clock

    def moderate(
        self,
        tenant: TenantRef,
        request: ModerationRequest | Mapping[str, Any],
        user_id: str = "",
        *,
        rehearsal: bool = False,
    ) -> ModerationResponse:
        """Judge up to 200 comments; one result a comment, in their order, whatever a model says.

        Raises InvalidRequest for more comments or a job, what admission raises when nothing at
        all is admitted, and a HostError when no part reached a model. A part that fails beside
        others leaves its comments to a person. Where the client moderates automatically, each
        result that wants something done is kept as a pending action, under its ``action_id``;
        not so in a ``rehearsal``, whose comments nobody wrote, and which is booked all the same.
        """
        asked = _checked(tenant, ModerationRequest.read(request))
        user, moment, started = check_user_id(user_id), self.clock.now(), self.clock.monotonic()
        parts: list[Part] = []
        try:
            self.judging.admit_all(tenant, asked.texts, user, parts)
            self.judging.judge(parts)
        except BaseException as error:
            # Whatever ends it, also a KeyboardInterrupt, is booked before it goes on.
            self.judging.abandon(parts, error)
            raise
        self.judging.settle_all(parts)
        raise_if_unreached(parts)
        answer = self._answer(tenant, asked, parts, moment, started, rehearsal=rehearsal)
        if not rehearsal:
            self.tallying.count(tenant, answer.id, answer.results, moment)
        return answer

    def submit(
        self,
        tenant: TenantRef,
        request: ModerationRequest | Mapping[str, Any],
        user_id: str = "",
    ) -> JobTicket:
        """Keep up to 10,000 comments as a job, which workers judge part by part.

        Raises InvalidRequest, NotConfigured, Disabled, UseCaseDisabled and StoreUnavailable;
        quota and hosts are asked only when a part is judged.
        """
        asked = ModerationRequest.read(request)
        check_owner(tenant, asked.client_id)
        user = check_user_id(user_id)
        self.judging.check_allowed(tenant)
        parts = [
            tuple(asked.comments[place] for place in places)
            for places in self.judging.fitting(tenant, asked.texts)
        ]
        return self.jobs.submit(tenant, JobKind.MODERATION, parts, user)

    def job(self, tenant: TenantRef, job_id: str, cursor: str = "") -> JobPage:
        """How far a job is, with the results of the parts that ended, a page at a time.

        ``cursor`` is the ``next_cursor`` of the page before. Raises InvalidRequest, NotFound.
        """
        first = first_part(cursor)
        job = self.jobs.find(tenant, JobKind.MODERATION, job_id)
        parts = self.jobs.parts(tenant, job, first, PARTS_OF_PAGE)
        following = first + PARTS_OF_PAGE
        return JobPage(
            **JobTicket.of(job).model_dump(),
            results=tuple(result for part in parts for result in part.results),
            next_cursor=str(following) if following < job.parts else None,
        )

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

    def summary(
        self,
        tenant: TenantRef,
        month: str | None = None,
        first_day: str | None = None,
        last_day: str | None = None,
    ) -> ModerationOverview:
        """How comments came out, by label, action and day: of a month, by default the present one.

        Or of the days (``YYYY-MM-DD``, billing zone) from first to last, at most 366. Raises
        InvalidRequest.
        """
        return self.tallying.summary(tenant, month, first_day, last_day)

    def _answer(
        self,
        tenant: TenantRef,
        asked: ModerationRequest,
        parts: Sequence[Part],
        moment: datetime,
        started: float,
        *,
        rehearsal: bool,
    ) -> ModerationResponse:
        first = parts[0]
        moderation = self._moderated(tenant, asked, parts, moment, rehearsal=rehearsal)
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
        *,
        rehearsal: bool,
    ) -> Moderation:
        """What comes of the verdicts; what is to be done is put among the pending actions."""
        comments, settings = asked.comments, parts[0].operation.stored.config.moderation
        judged: dict[int, Judgement] = {}
        for part in parts:
            judged |= part.verdicts.judged
        if rehearsal or not settings.automatic:
            return moderation_of(comments, judged, settings, moment)
        # What was to be done in the last hour counts for a crisis too.
        earlier = self.pending.negatives(tenant, comments, settings)
        moderation = moderation_of(comments, judged, settings, moment, earlier)
        results = self.pending.make(tenant, comments, moderation.results)
        return attrs.evolve(moderation, results=results)


def _checked(tenant: TenantRef, asked: ModerationRequest) -> ModerationRequest:
    """The request, when it is this client's and small enough to be judged at once."""
    check_owner(tenant, asked.client_id)
    if asked.is_job:
        raise InvalidRequest(
            f"{len(asked.comments)} comments, as a job: {asked.as_job}; at once go {MOST_COMMENTS}",
            user_message=f"De inmediato se moderan hasta {MOST_COMMENTS} comentarios. "
            "Envía más como un trabajo en segundo plano.",
            issues=(("comments", f"at most {MOST_COMMENTS}, and not as a job"),),
        )
    return asked
