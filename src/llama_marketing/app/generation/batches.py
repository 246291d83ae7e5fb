"""Batches as their senders see them: handed in, and looked at while they go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.app.generation.history import GenerationHistory
from llama_marketing.app.jobs import JobDesk
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.jobs.batches import BatchPage, BatchRequest, batch_page
from llama_marketing.domain.jobs.models import JobKind, JobPart, JobTicket
from llama_marketing.domain.tenant import TenantRef, check_owner


@attrs.frozen(kw_only=True)
class BatchDesk:
    """Takes batches in and tells how far they are. Safe between threads."""

    admission: Admission
    jobs: JobDesk
    kept: GenerationHistory

    def submit(
        self, tenant: TenantRef, request: BatchRequest | Mapping[str, Any], user_id: str
    ) -> JobTicket:
        """Keep a batch; what ``MetaAIGenerationService.submit_batch`` says."""
        asked, user = BatchRequest.read(request), check_user_id(user_id)
        check_owner(tenant, asked.client_id)
        for item in asked.items:
            check_owner(tenant, item.client_id)
        # Each use case is looked up once, however often it is asked for.
        for item in {item.use_case: item for item in asked.items}.values():
            self._check_allowed(tenant, item)
        return self.jobs.submit(tenant, JobKind.BATCH, asked.items, user)

    def page(self, tenant: TenantRef, batch_id: str) -> BatchPage:
        """A batch with every item; raises InvalidRequest and NotFound."""
        job = self.jobs.find(tenant, JobKind.BATCH, batch_id)
        parts = self.jobs.parts(tenant, job)
        return batch_page(job, parts, [self._generation(tenant, part) for part in parts])

    def _check_allowed(self, tenant: TenantRef, item: GenerationRequest) -> None:
        with_current_config(
            tenant, lambda fresh: self.admission.usable_config(tenant, item, fresh=fresh)
        )

    def _generation(self, tenant: TenantRef, part: JobPart) -> GenerationResponse | None:
        if not part.generation_id:
            return None
        try:
            kept = self.kept.kept(tenant, part.generation_id).response
        except NotFound:
            # Somebody deleted it since.
            return None
        return None if kept is None else GenerationResponse.read(kept)
