"""Labelled comments, briefs and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.ads.models import Ad, AdField, AdFinding
from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.compliance.publishable import Publishable
from llama_marketing.domain.evaluation.agreement import Verdict
from llama_marketing.domain.evaluation.models import (
    EvaluationBrief,
    EvaluationSet,
    LabelledComment,
    Trait,
)
from llama_marketing.domain.generation.models import (
    GenerationMetadata,
    GenerationRequest,
    GenerationResponse,
    ServedBy,
    TokenUsage,
)
from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.domain.generation.results.hashtag_set import HashtagSet
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.vocabulary import GenerationUseCase

RULES = PackagedPlatformRules().rules()
LABELS = {"+": "positive", "0": "neutral", "-": "negative", "s": "spam", "o": "offensive"}
"""Labels in one character, so that a test's table can be read."""


def label(sign: str) -> CommentLabel:
    """The label of a sign."""
    return CommentLabel(LABELS[sign])


def comment(signs: str = "+", number: int = 1, *traits: Trait) -> LabelledComment:
    """A comment with one label, or two that differ."""
    return LabelledComment(
        id=f"c{number:03}",
        text="Hola",
        label_a=label(signs[0]),
        label_b=label(signs[-1]),
        traits=traits,
    )


def verdict(signs: str, said: str, confidence: float = 0.5, *traits: Trait) -> Verdict:
    """What a model said of a comment; "?" is nothing valid."""
    found = None if said == "?" else label(said)
    return Verdict(comment(signs, 1, *traits), found, confidence)


def verdicts(*pairs: str) -> list[Verdict]:
    """Verdicts written as label and what was said: ``"+-"``."""
    return [verdict(pair[0], pair[1]) for pair in pairs]


def brief(use_case: str = "social_post", number: int = 1, **request: Any) -> EvaluationBrief:
    """A brief of one café."""
    given = {"use_case": use_case, "prompt": "2x1 en capuchinos", "platform": "instagram"}
    return EvaluationBrief(
        id=f"b{number:02}",
        industry="cafetería",
        objective="ventas",
        request=GenerationRequest.read(given | request),
    )


def evaluation_set(
    comments: str = "+0-so", briefs: Sequence[EvaluationBrief] = ()
) -> EvaluationSet:
    """A set with a comment for each sign."""
    return EvaluationSet(
        version=7,
        as_of=date(2026, 11, 28),
        source="test",
        comments=tuple(comment(sign, number) for number, sign in enumerate(comments, 1)),
        briefs=tuple(briefs),
    )


def ad(headline: str, *, broken: bool = False, partial: bool = False) -> Ad:
    """One ad, which may break a hard limit or lack a text."""
    finding = AdFinding(
        rule_id="x",
        kind=LimitKind.HARD,
        measure="utf16",
        measured=50,
        limit=40,
        span=(0, 1),
        message="Se pasa.",
        field=AdField.HEADLINE,
    )
    return Ad(
        angle="precio",
        headline=headline,
        primary_text="Ven por el tuyo",
        description="",
        cta="SHOP_NOW",
        cta_label="Comprar",
        partial=partial,
        findings=(finding,) if broken else (),
    )


def answer(
    *texts: str, partial: bool = False, surface: str = "instagram_caption"
) -> GenerationResponse:
    """An answer with one text or several, judged on a surface; on none where that is empty."""
    compliance = check_text(texts[0], surface, RULES) if surface else None
    response = _response(GenerationUseCase.SOCIAL_POST, SocialPost(content=texts[0]), partial)
    metadata = response.metadata.model_copy(update={"platform_compliance": compliance})
    several = texts if len(texts) > 1 else ()
    return response.model_copy(update={"variations": several, "metadata": metadata})


def ads_answer(*ads: Ad, partial: bool = False) -> GenerationResponse:
    """An answer of ads."""
    return _response(GenerationUseCase.AD_COPY, AdCopy(ads=ads), partial)


def hashtags_answer() -> GenerationResponse:
    """An answer of hashtags."""
    tags = HashtagSet(hashtags=("#Cafe", "#BuenFin"))
    return _response(GenerationUseCase.HASHTAG_GENERATION, tags, False)


def _response(use_case: GenerationUseCase, result: Result, partial: bool) -> GenerationResponse:
    return GenerationResponse(
        id="g1",
        use_case=use_case,
        content=result.text,
        result=result,
        tokens_used=TokenUsage(),
        model="m",
        provider="h",
        latency_ms=1,
        partial=partial,
        metadata=GenerationMetadata(
            finish_reason=FinishReason.STOP,
            prompt_version="p@1",
            served_by=ServedBy(host="h", model="m"),
            publishable=Publishable(verdict="yes"),
        ),
    )
