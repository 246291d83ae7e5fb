"""How sure a mean rating is."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

RATINGS_NEEDED: Final = 30
"""Ratings of a provider below which nothing is recommended (requirement 107.4).

Roll-ups count ratings: a generation that two users rated counts twice.
"""
_LOWEST, _SPAN = 1, 4
"""Ratings go from 1 to 5."""
_Z: Final = Decimal("1.959963984540054")
"""Of the normal distribution, for 95 %."""


def rating_interval(rating_sum: int, ratings: int) -> tuple[Decimal, Decimal]:
    """Where the true mean of ratings from 1 to 5 lies with 95 %: Wilson's interval.

    Roll-ups keep no squares, so the spread is taken as the largest that the mean allows (all
    ratings 1 or 5): the interval is never too narrow. Needs at least one rating.
    """
    count = Decimal(ratings)
    share = (Decimal(rating_sum) - _LOWEST * count) / (_SPAN * count)
    square = _Z * _Z
    centre = share + square / (2 * count)
    reach = _Z * (share * (1 - share) / count + square / (4 * count * count)).sqrt()
    low, high = ((centre + sign * reach) / (1 + square / count) for sign in (-1, 1))
    # At the ends of the scale rounding could push them past the mean.
    low, high = max(min(low, share), Decimal(0)), min(max(high, share), Decimal(1))
    return _LOWEST + _SPAN * low, _LOWEST + _SPAN * high
