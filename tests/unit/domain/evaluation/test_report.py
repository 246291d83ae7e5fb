"""The score, who answered, and what it cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llama_marketing.domain.evaluation.agreement import moderation_scores
from llama_marketing.domain.evaluation.copies import BriefOutcome, copy_scores
from llama_marketing.domain.evaluation.report import (
    SCORE_WEIGHTS,
    Served,
    marketing_score,
    score_parts,
    served_by,
    usage_of,
)
from llama_marketing.domain.generation.models import TokenUsage
from tests.unit.domain.evaluation.samples import RULES, answer, brief, verdicts

ONE = [Served(host="h", model="m", operations=3)]


def parts(moderation: float | None = 1.0, other: float | None = 1.0) -> dict[str, float | None]:
    """The five parts; all but moderation and the last one whole."""
    return dict.fromkeys(SCORE_WEIGHTS, 1.0) | {"moderation": moderation, "distinctness": other}


@pytest.mark.parametrize(
    ("given", "score"),
    [(parts(), 100.0), (parts(0.0), 60.0), (parts(2 / 3), 86.7), (parts(0.5, 0.0), 65.0)],
)
def test_moderation_counts_40_points_and_each_other_part_15(
    given: dict[str, float | None], score: float
) -> None:
    assert marketing_score(given, ONE) == score
    assert sum(SCORE_WEIGHTS.values()) == 100


def test_the_same_model_at_two_hosts_has_a_score() -> None:
    other = Served(host="i", model="m", operations=1)

    assert marketing_score(parts(), [*ONE, other]) == 100.0


@pytest.mark.parametrize("model", ["m", "n"])
def test_a_missing_part_or_a_second_model_leaves_no_score(model: str) -> None:
    given = parts(other=None if model == "m" else 1.0)

    assert marketing_score(given, [*ONE, Served(host="h", model=model, operations=1)]) is None


def test_nobody_who_answered_has_no_score() -> None:
    assert marketing_score(parts(), []) is None
    assert marketing_score({}, ONE) is None


def test_the_parts_are_macro_f1_and_the_four_marks_of_texts() -> None:
    texts = answer("Ven por tu café de olla hoy", "La concha de vainilla del horno")
    copies = copy_scores([BriefOutcome(brief(variations=2), texts)], RULES)

    assert score_parts(moderation_scores(verdicts("++", "--")), copies) == parts()


def test_who_answered_is_counted_the_busiest_first() -> None:
    found = served_by([("h", "m"), ("i", "n"), ("i", "n")])

    assert [(each.host, each.model, each.operations) for each in found] == [
        ("i", "n", 2),
        ("h", "m", 1),
    ]


def test_usage_is_added_and_an_unknown_cost_stays_unknown() -> None:
    one = TokenUsage(
        input_tokens=1, output_tokens=2, total_tokens=3, estimated_cost_usd=Decimal("0.1")
    )
    unknown = one.model_copy(update={"estimated_cost_usd": None})

    assert usage_of([one, one]).estimated_cost_usd == Decimal("0.2")
    assert usage_of([one, unknown]).estimated_cost_usd is None
    assert usage_of([one, unknown]).total_tokens == 6
    assert usage_of([]).estimated_cost_usd == 0
