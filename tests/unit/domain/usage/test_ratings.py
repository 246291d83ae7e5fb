"""Ratings: what is one, what a change of mind moves, and counting them again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound
from llama_marketing.domain.usage.entries import Purpose, RatingTally, UsageEntry
from llama_marketing.domain.usage.ratings import (
    Feedback,
    Rating,
    rate,
    recounted,
    tally_of,
)
from llama_marketing.domain.usage.rollups import NO_SUMS, sums_of
from llama_marketing.domain.usage.steps import is_new
from llama_marketing.testing.samples import sample_entry, sample_rating

STARS = st.integers(1, 5)
USERS = st.sampled_from(["", "own", "u1", "u2"])


@pytest.mark.parametrize(
    ("fields", "stars"),
    [
        ({"rating": 1}, 1),
        ({"rating": 5}, 5),
        ({"thumbs": "up"}, 5),
        ({"thumbs": "down"}, 1),
        ({"rating": 3, "thumbs": None}, 3),
        ({"rating": None, "thumbs": "down"}, 1),
    ],
)
def test_feedback_is_a_number_or_thumbs(fields: dict[str, Any], stars: int) -> None:
    """Thumbs are the ends of the scale."""
    assert Feedback.read(fields).stars == stars


@pytest.mark.parametrize("fields", [{}, {"rating": 3, "thumbs": "up"}, {"thumbs": None}])
def test_feedback_is_exactly_one_of_the_two(fields: dict[str, Any]) -> None:
    """With a sentence that names both."""
    with pytest.raises(InvalidRequest) as caught:
        _ = Feedback.read(fields).stars

    assert "«thumbs»" in caught.value.user_message


@pytest.mark.parametrize("stars", [0, 6, True, "5", 4.0, None])
def test_a_rating_is_a_whole_number_from_1_to_5(stars: Any) -> None:
    """Nothing that only looks like one."""
    with pytest.raises(InvalidRequest):
        Rating(entry_id="gen1", user_id="u1", rating=stars)


@pytest.mark.parametrize(
    "names",
    [{"entry_id": ""}, {"entry_id": "x" * 129}, {"user_id": "x" * 257}, {"user_id": "\ud800"}],
)
def test_a_rating_has_an_entry_and_a_user_that_a_store_can_keep(names: dict[str, str]) -> None:
    """Within the bounds of an entry."""
    with pytest.raises(InvalidRequest):
        Rating.read({"entry_id": "gen1", "rating": 5, **names})


@pytest.mark.parametrize(
    "entry",
    [
        None,
        sample_entry("ADJ-gen1", adjusts="gen1"),
        sample_entry(use_case=None, purpose=Purpose.VALIDATION),
    ],
)
def test_what_is_no_generation_is_not_found(entry: UsageEntry | None) -> None:
    """Nothing, an adjustment, a validation."""
    with pytest.raises(NotFound):
        rate(sample_rating(5), entry, None)


def test_the_same_rating_again_writes_nothing() -> None:
    """Neither the user's last one nor the one that the entry came with."""
    recorded = sample_entry(quality_rating=4, user_id="own")

    assert rate(sample_rating(4, "own"), recorded, None).change is None
    assert rate(sample_rating(2, "own"), recorded, sample_rating(2, "own")).change is None
    assert rate(sample_rating(4), recorded, sample_rating(4)).entry is recorded


def test_an_entry_without_a_rating_of_its_user_keeps_none() -> None:
    """Others rate it; the mean is theirs."""
    after = rate(sample_rating(4), sample_entry(user_id="own"), None)

    assert after.entry.quality_rating is None
    assert tally_of(after.entry) == RatingTally(rating_sum=4, ratings=1)
    assert after.change is not None
    assert (after.change.rating_sum, after.change.ratings, after.change.operations) == (4, 1, 0)


@given(st.one_of(st.none(), STARS), st.lists(st.tuples(USERS, STARS), max_size=12))
def test_after_any_story_the_tally_is_that_of_the_last_ratings(
    recorded: int | None, story: list[tuple[str, int]]
) -> None:
    """What was added to the roll-ups is what the entry says, and counting again finds the same."""
    first = entry = sample_entry(quality_rating=recorded, user_id="own")
    kept: dict[str, Rating] = {}
    last = {} if recorded is None else {"own": recorded}
    rollup = sums_of(entry)
    for user_id, stars in story:
        given_now = sample_rating(stars, user_id)
        rated = rate(given_now, entry, kept.get(user_id))
        last[user_id] = stars
        if rated.change is not None:
            kept[user_id], entry = given_now, rated.entry
            rollup += rated.change

    tally = tally_of(entry)
    assert (tally.rating_sum, tally.ratings) == (sum(last.values()), len(last))
    assert entry.quality_rating == last.get("own")
    assert rollup == sums_of(entry)
    assert recounted(entry, kept.values()) == entry
    assert not is_new(first, entry, None)


def test_a_tally_that_is_wrong_is_counted_anew() -> None:
    """Also where an entry has lost it."""
    entry = sample_entry(
        quality_rating=2,
        user_id="own",
        rating_tally=RatingTally(rating_sum=9, ratings=9, recorded=3),
    )
    right = {"quality_rating": 3}

    assert recounted(entry, [sample_rating(5)]) == entry.model_copy(
        update=right | {"rating_tally": RatingTally(rating_sum=8, ratings=2, recorded=3)}
    )
    lost = recounted(sample_entry(user_id="own"), [sample_rating(5, "own")])
    assert (lost.quality_rating, tally_of(lost).rating_sum) == (5, 5)


def test_an_entry_with_another_rating_than_it_was_recorded_with_is_another() -> None:
    """Whatever its users think of it now."""
    first = sample_entry(quality_rating=2, user_id="own")
    changed = rate(sample_rating(5, "own"), first, None).entry

    with pytest.raises(IdempotencyMismatch):
        is_new(sample_entry(quality_rating=5, user_id="own"), changed, None)
    with pytest.raises(InvalidRequest):
        is_new(changed, None, None)


def test_an_adjustment_counts_no_rating() -> None:
    """Its operation has its own entry."""
    tally = RatingTally(rating_sum=5, ratings=1)
    sums = sums_of(sample_entry("ADJ-1", adjusts="1", rating_tally=tally))

    assert (sums.rating_sum, sums.ratings) == (NO_SUMS.rating_sum, NO_SUMS.ratings)
