"""How good a model's texts are, as far as that can be counted: structure, limits, language,
distinctness. Whether a text sells is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

import attrs

from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import LimitKind, PlatformRules
from llama_marketing.domain.evaluation.agreement import mean, share
from llama_marketing.domain.evaluation.language import reads_as_mexican_spanish
from llama_marketing.domain.evaluation.models import EvaluationBrief
from llama_marketing.domain.generation.drafts import near_duplicate
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import GenerationUseCase


@attrs.frozen
class BriefOutcome:
    """What came of one brief: ``answer`` None where the model's reply could not be used."""

    brief: EvaluationBrief
    answer: GenerationResponse | None


@attrs.frozen
class CopyMarks:
    """The marks of one brief, each from 0 to 1, None where it does not apply.

    ``structure`` is 1 when every text asked for came in its typed form. ``limits`` is the share
    of the texts asked for that keep their platform's limits, 0 in an answer that had to be cut.
    ``language`` is the share of the texts in Spanish of Mexico, hashtags apart. ``distinctness``
    is the share of the pairs of texts asked for that say something different.
    """

    structure: float
    limits: float | None
    language: float | None
    distinctness: float | None


class CopyFigures(Model):
    """The plain means of some briefs' marks, None where a mark applies to none of them."""

    briefs: int
    answered: int
    partial: int
    """Answers in which something asked for is missing or was cut."""
    structure: float | None
    limits: float | None
    language: float | None
    distinctness: float | None


class UseCaseFigures(CopyFigures):
    """The figures of one use case."""

    use_case: GenerationUseCase


class CopyScores(CopyFigures):
    """The figures of all briefs, and of each use case."""

    by_use_case: tuple[UseCaseFigures, ...]


def copy_scores(outcomes: Sequence[BriefOutcome], rules: PlatformRules) -> CopyScores:
    """Mark every answer against the rules, and take the means."""
    marked = [(outcome, marks_of(outcome, rules)) for outcome in outcomes]
    by_use_case = [
        UseCaseFigures(use_case=use_case, **_figures(own))
        for use_case in GenerationUseCase
        if (own := [pair for pair in marked if pair[0].brief.request.use_case is use_case])
    ]
    return CopyScores(by_use_case=tuple(by_use_case), **_figures(marked))


def marks_of(outcome: BriefOutcome, rules: PlatformRules) -> CopyMarks:
    """The marks of one brief; a reply that cannot be used gets 0 in what applies to it."""
    asked, answer = outcome.brief.request.variations, outcome.answer
    use_case = outcome.brief.request.use_case
    speaks = use_case is not GenerationUseCase.HASHTAG_GENERATION
    if answer is None:
        return CopyMarks(0.0, None, None, 0.0 if asked > 1 else None)
    texts = texts_of(answer)
    return CopyMarks(
        structure=float(len(texts) >= asked),
        limits=_limits(answer, texts, asked, rules),
        language=mean([float(reads_as_mexican_spanish(text)) for text in texts])
        if speaks
        else None,
        distinctness=_distinctness(texts, asked),
    )


def texts_of(answer: GenerationResponse) -> tuple[str, ...]:
    """The texts of an answer: of an ad its headline and its text together."""
    if isinstance(answer.result, AdCopy):
        return tuple(f"{ad.headline}\n{ad.primary_text}".strip() for ad in answer.result.ads)
    return answer.variations or (answer.content,)


def _limits(
    answer: GenerationResponse, texts: Sequence[str], asked: int, rules: PlatformRules
) -> float | None:
    if isinstance(answer.result, AdCopy):
        kept = [
            not ad.partial and all(found.kind is not LimitKind.HARD for found in ad.findings)
            for ad in answer.result.ads
        ]
    elif (compliance := answer.platform_compliance) is not None:
        kept = [check_text(text, compliance.surface, rules).is_compliant for text in texts]
        kept[0] = compliance.is_compliant
    else:
        return None
    # What was cut to fit is within its limits by our doing, not by the model's.
    return 0.0 if answer.partial else min(1.0, sum(kept) / asked)


def _distinctness(texts: Sequence[str], asked: int) -> float | None:
    distinct = sum(not near_duplicate(one, other) for one, other in combinations(texts, 2))
    found = share(distinct, asked * (asked - 1) / 2)
    return None if found is None else min(1.0, found)


def _figures(marked: Sequence[tuple[BriefOutcome, CopyMarks]]) -> dict[str, Any]:
    answers = [outcome.answer for outcome, _ in marked if outcome.answer is not None]
    marks = [mark for _, mark in marked]
    return {
        "briefs": len(marked),
        "answered": len(answers),
        "partial": sum(answer.partial for answer in answers),
        "structure": mean([mark.structure for mark in marks]),
        "limits": _mean_of(mark.limits for mark in marks),
        "language": _mean_of(mark.language for mark in marks),
        "distinctness": _mean_of(mark.distinctness for mark in marks),
    }


def _mean_of(values: Iterable[float | None]) -> float | None:
    return mean([value for value in values if value is not None])
