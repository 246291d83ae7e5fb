"""What was generated for the clients: shown with what people said of it, reviewed, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.domain.errors import InvalidRequest, NotFound, RevisionConflict
from llama_marketing.domain.generation.history import (
    GenerationPage,
    GenerationRecord,
    ReviewDecision,
)
from llama_marketing.domain.paging import check_page
from llama_marketing.domain.tenant import TenantRef, check_id, check_owner
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks

_TRIES = 5
"""How often one decision is added again when somebody else decided meanwhile."""


@attrs.frozen(kw_only=True)
class GenerationHistory:
    """The kept generations, with their reviews and the ratings of the books."""

    generations: Generations
    books: UsageBooks
    clock: Clock

    def page(self, tenant: TenantRef, cursor: str, limit: int) -> GenerationPage:
        """``limit`` (1-100) records, the newest first; raises InvalidRequest.

        Reads the books once a record, for the ratings.
        """
        check_page(cursor, limit)
        found = self.generations.newest(tenant, self._now(), cursor, limit + 1)
        items = tuple(self._rated(tenant, record) for record in found[:limit])
        return GenerationPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)

    def get(self, tenant: TenantRef, generation_id: str) -> GenerationRecord:
        """One record with its ratings; raises NotFound."""
        return self._rated(tenant, self.kept(tenant, generation_id))

    def kept(self, tenant: TenantRef, generation_id: str) -> GenerationRecord:
        """One record as it is stored; raises NotFound."""
        check_id("generation_id", generation_id)
        record = self.generations.get(tenant, generation_id, self._now())
        if record is None:
            raise NotFound(f"{tenant} has no generation {generation_id}")
        return record

    def review(
        self,
        tenant: TenantRef,
        generation_id: str,
        decision: ReviewDecision | Mapping[str, Any],
        user_id: str,
    ) -> GenerationRecord:
        """Keep a person's decision with the record; what ``MetaAIGenerationService`` says."""
        asked, user = ReviewDecision.read(decision), check_user_id(user_id)
        check_owner(tenant, asked.client_id)
        for _ in range(_TRIES):
            seen = self.kept(tenant, generation_id)
            if seen.response is None:
                raise InvalidRequest(
                    f"generation {generation_id} has no content to review",
                    user_message="Esa generación falló: no hay contenido que revisar.",
                    issues=(("generationId", "has no content"),),
                )
            reviewed = seen.reviewed(asked, user, self._now())
            if self.generations.replace(tenant, seen, reviewed):
                return self._rated(tenant, reviewed)
        raise RevisionConflict(
            f"{tenant}: generation {generation_id} is reviewed by others all the time",
            user_message="Otras personas revisan esta generación al mismo tiempo. "
            "Intenta de nuevo.",
        )

    def delete(self, tenant: TenantRef, generation_id: str) -> None:
        """Forget one record; raises NotFound."""
        check_id("generation_id", generation_id)
        if not self.generations.delete(tenant, generation_id):
            raise NotFound(f"{tenant} has no generation {generation_id}")

    def _rated(self, tenant: TenantRef, record: GenerationRecord) -> GenerationRecord:
        return record.rated(self.books.entry(tenant, record.id))

    def _now(self) -> str:
        return timestamp(self.clock.now())
