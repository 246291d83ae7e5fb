"""The use cases that can be generated."""

from __future__ import annotations

from collections.abc import Mapping

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.use_cases.ad_copy import AD_COPY
from llama_marketing.domain.generation.use_cases.brand_voice import BRAND_VOICE
from llama_marketing.domain.generation.use_cases.content_calendar import CONTENT_CALENDAR
from llama_marketing.domain.generation.use_cases.email_copy import EMAIL_COPY
from llama_marketing.domain.generation.use_cases.hashtag_generation import HASHTAG_GENERATION
from llama_marketing.domain.generation.use_cases.image_analysis import IMAGE_ANALYSIS
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.generation.use_cases.social_post import SOCIAL_POST
from llama_marketing.domain.generation.use_cases.whatsapp_message import WHATSAPP_MESSAGE
from llama_marketing.domain.vocabulary import GenerationUseCase

SHAPES: Mapping[GenerationUseCase, UseCaseShape] = {
    shape.use_case: shape
    for shape in (
        SOCIAL_POST,
        AD_COPY,
        EMAIL_COPY,
        WHATSAPP_MESSAGE,
        HASHTAG_GENERATION,
        CONTENT_CALENDAR,
        BRAND_VOICE,
        IMAGE_ANALYSIS,
    )
}
"""Every shape by its use case."""


def shape_of(use_case: GenerationUseCase) -> UseCaseShape:
    """The shape of a use case; raises InvalidRequest where it cannot be generated."""
    shape = SHAPES.get(use_case)
    if shape is None:
        raise InvalidRequest(
            f"use case {use_case.value} cannot be generated",
            user_message="Este caso de uso todavía no está disponible.",
            issues=(("useCase", "not available"),),
        )
    return shape
