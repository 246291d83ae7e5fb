"""The score of a creative is computed from its sub-scores."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.image_rules import PackagedImageRules
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.brand import brand_colours
from llama_marketing.domain.imaging.judgement import JudgedImage
from llama_marketing.domain.imaging.rubric import (
    Criterion,
    SubScore,
    capped_by_facts,
    overall_score,
)
from llama_marketing.domain.vocabulary import Platform
from tests.unit.domain.imaging.samples import facts

SCORES = st.dictionaries(st.sampled_from(Criterion), st.integers(1, 10), min_size=1)


def _scored(scores: dict[Criterion, int]) -> list[SubScore]:
    return [SubScore(criterion=criterion, score=score) for criterion, score in scores.items()]


def _all(score: int) -> list[SubScore]:
    return _scored(dict.fromkeys(Criterion, score))


def _caps(brand: str = "", platform: Platform = Platform.INSTAGRAM, **changes: Any) -> set[str]:
    """The criteria that the facts lower from ten, with what to."""
    rules = PackagedImageRules().rules()
    colours = brand_colours([brand] if brand else [])
    judged = JudgedImage.of(facts(**changes), rules, colours, platform)
    lowered = [each for each in capped_by_facts(_all(10), judged) if each.score < 10]
    return {f"{each.criterion} {each.score}" for each in lowered}


def test_the_weights_are_a_hundred_percent() -> None:
    assert sum(each.weight for each in _all(1)) == 100
    assert len({each.label for each in _all(1)}) == len(Criterion)


@pytest.mark.parametrize("score", range(1, 11))
def test_equal_scores_make_that_score(score: int) -> None:
    assert overall_score(_all(score)) == score


@pytest.mark.parametrize(("low", "total"), [(9, 10), (8, 9), (7, 9)])
def test_a_half_is_rounded_up(low: int, total: int) -> None:
    """Half of the weights at ten, half lower: 9.5 is 10, 9.0 is 9, 8.5 is 9."""
    halves = dict.fromkeys(Criterion, 10) | dict.fromkeys(
        (Criterion.COMPOSITION, Criterion.LEGIBILITY, Criterion.BRAND_CONSISTENCY), low
    )

    assert overall_score(_scored(halves)) == total


def test_what_was_not_scored_does_not_count() -> None:
    assert overall_score(_scored({Criterion.COMPOSITION: 4})) == 4


@pytest.mark.parametrize("scores", [[], _all(5) + _all(6)])
def test_nothing_and_twice_the_same_are_refused(scores: list[SubScore]) -> None:
    with pytest.raises(InvalidRequest, match="once"):
        overall_score(scores)


@pytest.mark.parametrize("score", [0, 11, 7.5, True, "8", None])
def test_a_sub_score_is_a_whole_number_from_one_to_ten(score: Any) -> None:
    with pytest.raises(InvalidRequest):
        SubScore(criterion=Criterion.COMPOSITION, score=score)


@given(SCORES, st.sampled_from(Criterion))
def test_the_total_is_bounded_and_grows_with_each_part(
    scores: dict[Criterion, int], raised: Criterion
) -> None:
    total = overall_score(_scored(scores))

    assert min(scores.values()) <= total <= max(scores.values())
    if raised in scores:
        higher = scores | {raised: min(10, scores[raised] + 1)}
        assert overall_score(_scored(higher)) >= total


@pytest.mark.parametrize(
    ("changes", "lowered"),
    [
        ({}, set()),
        ({"brand": "#1877F2"}, set()),
        ({"brand": "#0A66C2"}, {"brand_consistency 7"}),
        ({"brand": "#E4002B"}, {"brand_consistency 4"}),
        ({"sharpness": 1.0}, {"technical_quality 4"}),
        ({"width": 450, "height": 450}, {"technical_quality 5"}),
        ({"width": 450, "height": 450, "sharpness": 1.0}, {"technical_quality 4"}),
        ({"contrast": 5.0}, {"legibility 5"}),
        ({"platform": Platform.WHATSAPP}, {"placement_fit 6"}),
        ({"platform": Platform.MESSENGER, "bytes": 9_000_000}, {"placement_fit 3"}),
        ({"platform": Platform.EMAIL}, set()),
    ],
)
def test_what_was_measured_lowers_what_the_model_says(
    changes: dict[str, Any], lowered: set[str]
) -> None:
    assert _caps(**changes) == lowered


@given(SCORES)
def test_nothing_measured_raises_a_score(scores: dict[Criterion, int]) -> None:
    judged = JudgedImage.of(
        facts(sharpness=0.0, contrast=5.0), PackagedImageRules().rules(), brand_colours(["#E4002B"])
    )

    for before, after in zip(
        _scored(scores), capped_by_facts(_scored(scores), judged), strict=True
    ):
        assert after.criterion == before.criterion and after.score <= before.score
