"""The report of an evaluation: every figure, what it was measured with, and one score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from llama_marketing.domain.evaluation.agreement import ModerationScores
from llama_marketing.domain.evaluation.copies import CopyScores
from llama_marketing.domain.generation.models import TokenUsage
from llama_marketing.domain.model import Model

SCORE_WEIGHTS: Final[Mapping[str, int]] = {
    "moderation": 40,
    "structure": 15,
    "limits": 15,
    "language": 15,
    "distinctness": 15,
}
"""How much each part counts, in percent: judging what people say weighs most, since the other four
can be had by a model that follows a schema and understands nothing."""


class Served(Model):
    """Who answered how many operations."""

    host: str
    model: str
    """The catalog's id."""
    operations: int


class EvaluationReport(Model):
    """What was measured, when, on what, and of whom.

    ``complete`` says that all of the set was asked and answered; only then is the score fit for
    the catalog. ``faults`` counts what says nothing about the model (a host that was not
    reached, a quota), by the errors' codes: what they hit is in no figure. ``stopped`` says that
    they ended the run early.
    """

    measured_at: str
    set_version: int
    set_as_of: date
    complete: bool
    stopped: bool
    served: tuple[Served, ...]
    prompt_versions: tuple[str, ...]
    marketing_score: float | None
    """From 0 to 100; None where a part is missing or more than one model answered."""
    score_parts: Mapping[str, float | None]
    """What the score is the weighted mean of, each from 0 to 1."""
    moderation: ModerationScores
    copies: CopyScores
    tokens_used: TokenUsage
    faults: Mapping[str, int]


def score_parts(moderation: ModerationScores, copies: CopyScores) -> Mapping[str, float | None]:
    """The five parts of the score."""
    return {
        "moderation": moderation.macro_f1,
        "structure": copies.structure,
        "limits": copies.limits,
        "language": copies.language,
        "distinctness": copies.distinctness,
    }


def marketing_score(parts: Mapping[str, float | None], served: Iterable[Served]) -> float | None:
    """100 times the weighted mean of the parts, with one decimal; None where it would not be one
    model's or a part is missing.
    """
    known = {name: value for name, value in parts.items() if value is not None}
    models = {each.model for each in served}
    if len(models) != 1 or known.keys() != SCORE_WEIGHTS.keys():
        return None
    return round(sum(SCORE_WEIGHTS[name] * value for name, value in known.items()), 1)


def served_by(operations: Iterable[tuple[str, str]]) -> tuple[Served, ...]:
    """Who answered, the busiest first; an operation is its host and model."""
    counted = Counter(operations).most_common()
    return tuple(Served(host=host, model=model, operations=n) for (host, model), n in counted)


def usage_of(answers: Iterable[TokenUsage]) -> TokenUsage:
    """The tokens and the cost of all answers; the cost is None where one's is unknown."""
    used = list(answers)
    costs = [each.estimated_cost_usd for each in used]
    known = [cost for cost in costs if cost is not None]
    return TokenUsage(
        input_tokens=sum(each.input_tokens for each in used),
        output_tokens=sum(each.output_tokens for each in used),
        total_tokens=sum(each.total_tokens for each in used),
        estimated_cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
    )
