"""Which result belongs to which use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.domain.generation.results.brand_voice import BrandVoice
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.results.email_copy import EmailCopy
from llama_marketing.domain.generation.results.hashtag_set import HashtagSet
from llama_marketing.domain.generation.results.image_analysis import ImageAnalysis
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.vocabulary import GenerationUseCase

RESULTS: Mapping[GenerationUseCase, type[Result]] = {
    GenerationUseCase.SOCIAL_POST: SocialPost,
    GenerationUseCase.EMAIL_COPY: EmailCopy,
    GenerationUseCase.WHATSAPP_MESSAGE: SocialPost,
    GenerationUseCase.HASHTAG_GENERATION: HashtagSet,
    GenerationUseCase.CONTENT_CALENDAR: ContentCalendar,
    GenerationUseCase.BRAND_VOICE: BrandVoice,
    GenerationUseCase.AD_COPY: AdCopy,
    GenerationUseCase.IMAGE_ANALYSIS: ImageAnalysis,
}
"""The results of the use cases that can be generated."""


def read_result(use_case: GenerationUseCase, data: Mapping[str, Any]) -> Result:
    """A stored result as its own type; raises ValueError for a use case without one."""
    kind = RESULTS.get(use_case)
    if kind is None:
        raise ValueError(f"use case {use_case.value} has no result")
    return kind.model_validate(data)
