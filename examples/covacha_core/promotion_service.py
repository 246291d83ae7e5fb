"""A service of one's own, built on ours: the post of a promotion, ready to be scheduled."""

from __future__ import annotations

from typing import Protocol

import attrs

from llama_marketing import (
    GenerationRequest,
    GenerationResponse,
    GenerationUseCase,
    Platform,
    TenantRef,
)


class Generator(Protocol):
    """The one method of MetaAIGenerationService that a promotion needs."""

    def generate(
        self, tenant: TenantRef, request: GenerationRequest, user_id: str = ""
    ) -> GenerationResponse: ...


@attrs.frozen
class ScheduledPost:
    """What the publishing flow takes; ``approved`` is False where a person should look first."""

    generation_id: str
    text: str
    approved: bool


@attrs.frozen
class PromotionService:
    """Writes the posts of promotions."""

    generator: Generator

    def write_post(self, tenant: TenantRef, promotion: str, user_id: str) -> ScheduledPost:
        """The post of a promotion for Instagram, its hashtags below the copy."""
        request = GenerationRequest(
            use_case=GenerationUseCase.SOCIAL_POST,
            platform=Platform.INSTAGRAM,
            prompt=f"Promoción: {promotion}",
        )
        answer = self.generator.generate(tenant, request, user_id)
        text = "\n\n".join([answer.content, " ".join(answer.suggested_hashtags)]).strip()
        approved = answer.metadata.publishable.verdict == "yes" and not answer.partial
        return ScheduledPost(answer.id, text, approved)
