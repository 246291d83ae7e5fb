"""The parts of batches: one generation each."""

from __future__ import annotations

from datetime import datetime

import attrs

from llama_marketing.app.generation.prepared import KnownOperation
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.part_work import PartWork
from llama_marketing.domain.errors import HostError, LlamaMarketingError, Refused
from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.ports.usage import UsageBooks


@attrs.frozen(kw_only=True)
class BatchItems(PartWork):
    """Generates items as their client would. Safe between threads."""

    generation: MetaAIGenerationService
    books: UsageBooks

    def do(self, tenant: TenantRef, job: Job, part: JobPart) -> JobPart:
        """Generate; what a killed worker had booked already is not written again."""
        assert part.request is not None, "a part of a batch has a request"
        entry = self.books.entry(tenant, part.operation_id)
        if entry is not None and entry.outcome is Outcome.OK:
            return part.done(generation_id=entry.id)
        known = KnownOperation(part.operation_id, datetime.fromisoformat(part.started_at))
        answer = self.generation.generate(tenant, part.request, job.user_id, known=known)
        return part.done(generation_id=answer.id)

    def may_try_again(self, error: LlamaMarketingError) -> bool:
        """Where a host failed; what the client's configuration or quota refuses stays refused."""
        return isinstance(error, HostError) and not isinstance(error, Refused)

    def given_up(self, job: Job, part: JobPart) -> JobPart:
        """The part with the error of its last try."""
        return part.dead()

    def count(self, tenant: TenantRef, job: Job, ended: JobPart) -> None:
        """There is nothing to count beyond the books."""
