"""The mix of a month is exact, whatever was proposed."""

from __future__ import annotations

import pytest

from llama_marketing.domain.calendar.models import ContentType, Objective
from llama_marketing.domain.calendar.shares import (
    OBJECTIVE_SHARES,
    TYPE_SHARES,
    apportion,
    in_shares,
    spread,
)

FEED, REEL, STORY, CAROUSEL = ContentType


def test_the_shares_are_the_customers_and_whole() -> None:
    """60, 20, 10 and 10 percent; the objectives share a whole too."""
    assert list(TYPE_SHARES.values()) == [60, 20, 10, 10]
    assert set(OBJECTIVE_SHARES) == set(Objective)
    assert sum(OBJECTIVE_SHARES.values()) == sum(TYPE_SHARES.values()) == 100


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (20, [12, 4, 2, 2]),
        (30, [18, 6, 3, 3]),
        (12, [7, 3, 1, 1]),
        (5, [3, 1, 1, 0]),
        (1, [1, 0, 0, 0]),
        (0, [0, 0, 0, 0]),
    ],
)
def test_what_the_division_leaves_goes_to_the_largest_remainders(
    total: int, parts: list[int]
) -> None:
    """Of equal ones to the kind that is listed first."""
    assert list(apportion(total, TYPE_SHARES).values()) == parts


def test_kinds_are_spread_and_not_stacked() -> None:
    """The rare ones do not all wait for the end."""
    assert spread({"a": 3, "b": 1}) == ("a", "a", "b", "a")
    assert spread({"a": 2, "b": 2}) == ("a", "b", "a", "b")
    assert spread({"a": 0, "b": 1}) == ("b",)
    assert spread({}) == ()


def test_a_proposal_in_its_shares_stays_as_it_is() -> None:
    """The order is the model's."""
    wanted = [STORY, FEED, FEED, FEED, REEL, FEED, CAROUSEL, FEED, REEL, FEED]

    assert in_shares(wanted, TYPE_SHARES) == tuple(wanted)


def test_only_what_is_too_much_is_changed() -> None:
    """The first ten reels are two reels; who said nothing gets what is left."""
    found = in_shares([REEL] * 8 + [None, STORY], TYPE_SHARES)

    assert found[:2] == (REEL, REEL)
    assert found[9] is STORY
    assert sorted(found[2:9]) == [CAROUSEL, *[FEED] * 6]
