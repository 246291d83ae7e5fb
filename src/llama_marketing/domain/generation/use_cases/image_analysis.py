"""Analysing a picture: looked at in English.

The Llama 3.2 vision models take pictures together with English only (their model card), so the
picture is judged in English; ``spanish_words`` puts it into Spanish without the picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema, texts_schema
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.reading import text_of, texts_of
from llama_marketing.domain.generation.results.image_analysis import ImageAnalysis
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.use_cases.shape import Mended, UseCaseShape
from llama_marketing.domain.imaging.policy import PicturePolicy, policy_findings
from llama_marketing.domain.imaging.rubric import (
    HIGHEST,
    LOWEST,
    Criterion,
    SubScore,
    capped_by_facts,
)
from llama_marketing.domain.vocabulary import GenerationUseCase

MOST_IMPROVEMENTS: Final = 5
SENTENCE: Final = 240
QUICK: Final = (Criterion.COMPOSITION, Criterion.LEGIBILITY, Criterion.MESSAGE_CLARITY)
"""What is scored at first sight."""

_INCOMPLETE = "The reply must hold a description and every score asked for, in English."


def _criteria(brief: Brief) -> tuple[Criterion, ...]:
    quick = brief.picture is not None and brief.picture.mode == "quick"
    return QUICK if quick else tuple(Criterion)


def _schema(brief: Brief, bound: int) -> ReplySchema:
    score = object_schema(
        "score",
        {
            "score": {"type": "integer", "minimum": LOWEST, "maximum": HIGHEST},
            "reason": text_schema(SENTENCE),
        },
    ).schema
    scores = {criterion.value: score for criterion in _criteria(brief)}
    words = [policy.value for policy in PicturePolicy]
    properties = {
        "description": text_schema(bound),
        "improvements": texts_schema(MOST_IMPROVEMENTS, SENTENCE),
        "sub_scores": object_schema("sub_scores", scores).schema,
        "text_percent": {"type": "integer", "minimum": 0, "maximum": 100},
        "policy_findings": {
            "type": "array",
            "items": {"type": "string", "enum": words},
            "maxItems": len(words),
        },
    }
    return object_schema("image_analysis", properties)


def _read(found: Mapping[str, Any], brief: Brief) -> ImageAnalysis:
    judged = None if brief.picture is None else brief.picture.judged
    scores = tuple(_scores(found.get("sub_scores"), brief))
    percent = _whole(found.get("text_percent"), 0, 100)
    return ImageAnalysis(
        description=copy_text(text_of(found, "description")),
        improvements=_sentences(found),
        sub_scores=scores if judged is None else capped_by_facts(scores, judged),
        policy_findings=policy_findings(texts_of(found, "policy_findings"), percent),
        facts=judged,
    )


def _sentences(found: Mapping[str, Any]) -> tuple[str, ...]:
    clean = (copy_text(text) for text in texts_of(found, "improvements"))
    return tuple(dict.fromkeys(text for text in clean if text))[:MOST_IMPROVEMENTS]


def _scores(found: object, brief: Brief) -> Iterator[SubScore]:
    """The scores that can be used; a score alone counts, a reason alone does not."""
    if not isinstance(found, Mapping):
        return
    for criterion in _criteria(brief):
        entry = found.get(criterion.value)
        fields = entry if isinstance(entry, Mapping) else {"score": entry}
        score = _whole(fields.get("score"), LOWEST, HIGHEST)
        if score is not None:
            reason = copy_text(text_of(fields, "reason"))
            yield SubScore(criterion=criterion, score=score, reason=reason)


def _whole(value: object, least: int, most: int) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if least <= value <= most else None


def _correction(result: Result, brief: Brief) -> str:
    """What is missing; a description that is too long is only cut."""
    assert isinstance(result, ImageAnalysis)
    whole = len(result.sub_scores) == len(_criteria(brief))
    return "" if whole else _INCOMPLETE


def _mend(result: Result, brief: Brief) -> Mended:
    assert isinstance(result, ImageAnalysis)
    missing = len(_criteria(brief)) - len(result.sub_scores)
    if not missing:
        return Mended(result)
    words = f"El modelo no calificó {missing} de {len(_criteria(brief))} criterios."
    return Mended(result, (words,), partial=True)


IMAGE_ANALYSIS = UseCaseShape(
    use_case=GenerationUseCase.IMAGE_ANALYSIS,
    schema=_schema,
    read=_read,
    is_judged=False,
    needs_picture=True,
    takes_brand_voice=False,
    correction=_correction,
    mend=_mend,
)
"""Scores and suspicions are values, so only the words need another language."""
