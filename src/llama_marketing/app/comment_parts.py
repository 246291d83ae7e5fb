"""The parts of moderation jobs: comments that are judged together."""

from __future__ import annotations

from datetime import datetime

import attrs

from llama_marketing.app.generation.prepared import KnownOperation
from llama_marketing.app.moderation_judging import PartJudging
from llama_marketing.app.moderation_part import Part
from llama_marketing.app.moderation_tallying import ModerationTallying
from llama_marketing.app.part_work import PartWork
from llama_marketing.app.pending_actions import PendingActions
from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.errors import BadOutput, LlamaMarketingError, Refused
from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.moderation.models import CommentResult
from llama_marketing.domain.moderation.results import moderation_of
from llama_marketing.domain.tenant import TenantRef


@attrs.frozen(kw_only=True)
class CommentParts(PartWork):
    """Judges parts, and leaves to a person what was tried too often. Safe between threads."""

    judging: PartJudging
    pending: PendingActions
    tallying: ModerationTallying

    def do(self, tenant: TenantRef, job: Job, part: JobPart) -> JobPart:
        """Judge the comments; a refusal and nonsense are a reply, which holds no verdicts."""
        judged = self._judge(tenant, job, part)
        if judged.error is not None and not isinstance(judged.error, Refused | BadOutput):
            raise judged.error
        return part.done(self._results(tenant, job, part, judged))

    def may_try_again(self, error: LlamaMarketingError) -> bool:
        """Always: quota, host and configuration may change."""
        return True

    def given_up(self, job: Job, part: JobPart) -> JobPart:
        """Leave the comments to a person."""
        moment = datetime.fromisoformat(job.created_at)
        return part.dead(moderation_of(part.comments, {}, ModerationSettings(), moment).results)

    def count(self, tenant: TenantRef, job: Job, ended: JobPart) -> None:
        """Count the results among the client's."""
        moment = datetime.fromisoformat(job.created_at)
        self.tallying.count(tenant, ended.id, ended.results, moment)

    def _judge(self, tenant: TenantRef, job: Job, part: JobPart) -> Part:
        """Call and book; raises what admission raises, and StoreError."""
        texts = {place: comment.text for place, comment in enumerate(part.comments)}
        known = KnownOperation(part.operation_id, datetime.fromisoformat(part.started_at))
        admitted = self.judging.admit(tenant, texts, job.user_id, known)
        try:
            self.judging.judge([admitted])
        except BaseException as error:
            self.judging.abandon([admitted], error)
            raise
        self.judging.settle(admitted)
        return admitted

    def _results(
        self, tenant: TenantRef, job: Job, part: JobPart, judged: Part
    ) -> tuple[CommentResult, ...]:
        """What comes of the verdicts; doing it again keeps no action twice."""
        settings = judged.operation.stored.config.moderation
        moment = datetime.fromisoformat(job.created_at)
        verdicts = judged.verdicts.judged
        if not settings.automatic:
            return moderation_of(part.comments, verdicts, settings, moment).results
        earlier = self.pending.negatives(tenant, part.comments, settings)
        results = moderation_of(part.comments, verdicts, settings, moment, earlier).results
        ids = [f"{part.id}-{place:02}" for place in range(len(results))]
        return self.pending.make(tenant, part.comments, results, ids, moment)
