"""The rubric by which a creative is scored; the total is computed here, never by a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import attrs
from pydantic import Field

from llama_marketing.domain.config.models import Count
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.judgement import JudgedImage
from llama_marketing.domain.model import Model

LOWEST: Final = 1
HIGHEST: Final = 10


class Criterion(StrEnum):
    """What is scored."""

    COMPOSITION = "composition"
    LEGIBILITY = "legibility"
    TEXT_AMOUNT = "text_amount"
    BRAND_CONSISTENCY = "brand_consistency"
    MESSAGE_CLARITY = "message_clarity"
    CTA_VISIBILITY = "cta_visibility"
    TECHNICAL_QUALITY = "technical_quality"
    PLACEMENT_FIT = "placement_fit"


@attrs.frozen
class _Entry:
    weight: int
    label: str


_RUBRIC: Final[Mapping[Criterion, _Entry]] = {
    Criterion.COMPOSITION: _Entry(20, "Composición"),
    Criterion.LEGIBILITY: _Entry(15, "Legibilidad y contraste del texto"),
    Criterion.TEXT_AMOUNT: _Entry(10, "Cantidad de texto"),
    Criterion.BRAND_CONSISTENCY: _Entry(15, "Consistencia con la marca"),
    Criterion.MESSAGE_CLARITY: _Entry(15, "Claridad del mensaje"),
    Criterion.CTA_VISIBILITY: _Entry(10, "Visibilidad del llamado a la acción"),
    Criterion.TECHNICAL_QUALITY: _Entry(10, "Calidad técnica"),
    Criterion.PLACEMENT_FIT: _Entry(5, "Ajuste al formato"),
}
# Weights in percent: a proposal (meta-platform-rules, section 8), no standard has them.


class SubScore(Model):
    """The score of one criterion, from 1 to 10, with its reason."""

    criterion: Criterion
    score: Count = Field(ge=LOWEST, le=HIGHEST)
    reason: str = ""

    @property
    def label(self) -> str:
        """The criterion's Spanish name."""
        return _RUBRIC[self.criterion].label

    @property
    def weight(self) -> int:
        """How much it counts, in percent of the whole rubric."""
        return _RUBRIC[self.criterion].weight


def overall_score(sub_scores: Sequence[SubScore]) -> int:
    """The weighted mean from 1 to 10, halves rounded up; what was not scored does not count.

    Raises InvalidRequest where nothing was scored, or a criterion twice.
    """
    scored = [each.criterion for each in sub_scores]
    if not scored or len(set(scored)) != len(scored):
        raise InvalidRequest("each criterion is scored once, and at least one")
    weights = sum(each.weight for each in sub_scores)
    total = sum(each.weight * each.score for each in sub_scores)
    return (2 * total + weights) // (2 * weights)


def capped_by_facts(sub_scores: Iterable[SubScore], judged: JudgedImage) -> tuple[SubScore, ...]:
    """The model's scores, lowered where what was measured speaks against them; never raised."""
    caps = _caps(judged)
    return tuple(
        each.model_copy(update={"score": min(each.score, caps.get(each.criterion, HIGHEST))})
        for each in sub_scores
    )


def _caps(judged: JudgedImage) -> dict[Criterion, int]:
    caps: dict[Criterion, int] = {}
    if judged.found("image.small"):
        caps[Criterion.TECHNICAL_QUALITY] = 5
    if judged.found("image.blurred"):
        caps[Criterion.TECHNICAL_QUALITY] = 4
    if judged.found("image.low_contrast"):
        caps[Criterion.LEGIBILITY] = 5
    if judged.brand is not None and judged.brand.nearness in ("near", "off"):
        caps[Criterion.BRAND_CONSISTENCY] = 7 if judged.brand.nearness == "near" else 4
    verdicts = {placement.verdict for placement in judged.placements}
    if verdicts and "fits" not in verdicts:
        caps[Criterion.PLACEMENT_FIT] = 6 if "warning" in verdicts else 3
    return caps
