"""What is asked of a picture, the picture itself, and the answer."""

from __future__ import annotations

import re
from typing import Literal, Self

import attrs
from pydantic import Field, StrictBool

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.generation.models import (
    BrandKit,
    ContextText,
    GenerationMetadata,
    GenerationRequest,
    GenerationResponse,
    TokenUsage,
)
from llama_marketing.domain.generation.results.image_analysis import ImageAnalysis
from llama_marketing.domain.imaging.judgement import JudgedImage
from llama_marketing.domain.imaging.placements import ImageFinding
from llama_marketing.domain.imaging.rubric import SubScore
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

USUAL_PROMPT = "Analiza esta imagen para publicarla."

VisionMode = Literal["quick", "deep"]
"""``quick`` scores what shows at first sight, ``deep`` the whole rubric."""

_BEHIND_THE_PATH = re.compile(r"[?#]")


class ImageAnalysisRequest(Model):
    """What to look at in a picture, and for which platform; None for all of them.

    ``image_url`` names the picture where it does not come with the request. ``prompt`` is what
    the person wants to know of it. ``mode`` None takes the client's own, else ``deep``.
    """

    image_url: str | None = Field(default=None, min_length=1, max_length=400_000)
    prompt: ContextText = ""
    platform: Platform | None = None
    brand_kit: BrandKit | None = None
    mode: VisionMode | None = None
    client_id: str | None = None
    bypass_cache: StrictBool = False

    def as_generation(self) -> GenerationRequest:
        """The generation that it is, which is kept.

        A picture that stands in its own URL is not, nor is what a URL says behind its path: it
        may be a signature that opens the picture to whoever reads it.
        """
        url = _BEHIND_THE_PATH.split(self.image_url or "", maxsplit=1)[0]
        return GenerationRequest(
            use_case=GenerationUseCase.IMAGE_ANALYSIS,
            prompt=self.prompt.strip() or USUAL_PROMPT,
            client_id=self.client_id,
            image_url=None if not url or url[:5].lower() == "data:" else url,
            platform=self.platform,
            brand_kit=self.brand_kit,
            bypass_cache=self.bypass_cache,
        )


@attrs.frozen
class Picture:
    """A picture as it is sent, and what was measured on it; ``mode`` None is the client's own."""

    image: ImagePart
    judged: JudgedImage
    mode: VisionMode | None = None

    def in_mode_of(self, config: MetaAIConfig) -> Picture:
        """The picture with a mode: its own, else the client's, else ``deep``."""
        own: VisionMode = "quick" if config.advanced.vision_mode == "quick" else "deep"
        return self if self.mode is not None else attrs.evolve(self, mode=own)


class ImageAnalysisResponse(Model):
    """A finished analysis, as it is answered; ``partial`` says what ``metadata`` tells in words."""

    id: str
    description: str
    improvements: tuple[str, ...]
    score: int = Field(ge=1, le=10)
    sub_scores: tuple[SubScore, ...]
    policy_findings: tuple[ImageFinding, ...]
    facts: JudgedImage
    language: str
    model: str
    provider: str
    latency_ms: int
    tokens_used: TokenUsage
    partial: bool
    metadata: GenerationMetadata

    @classmethod
    def of(cls, response: GenerationResponse) -> Self:
        """The answer of a generation whose result is an analysis of a picture."""
        result = response.result
        assert isinstance(result, ImageAnalysis) and result.facts is not None
        return cls(
            id=response.id,
            description=result.description,
            improvements=result.improvements,
            score=result.score,
            sub_scores=result.sub_scores,
            policy_findings=result.policy_findings,
            facts=result.facts,
            language=result.language,
            model=response.model,
            provider=response.provider,
            latency_ms=response.latency_ms,
            tokens_used=response.tokens_used,
            partial=response.partial,
            metadata=response.metadata,
        )
