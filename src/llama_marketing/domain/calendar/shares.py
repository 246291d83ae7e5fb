"""Mixes: how many pieces of each kind a month has, exactly."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from llama_marketing.domain.calendar.models import ContentType, Objective

Kind = TypeVar("Kind", bound=Hashable)

TYPE_SHARES: Mapping[ContentType, int] = {
    ContentType.FEED: 60,
    ContentType.REEL: 20,
    ContentType.STORY: 10,
    ContentType.CAROUSEL: 10,
}
"""Percent of a month's pieces (the customer's EP-MK-030, US-MK-213, read 2026-11)."""

OBJECTIVE_SHARES: Mapping[Objective, int] = {
    Objective.SALES: 40,
    Objective.BRAND: 40,
    Objective.OTHER: 20,
}
"""Percent of a month's pieces.

The three kinds are the customer's (publishing flow 5.6, read 2026-11); it publishes no
numbers, so these are ours.
"""


def apportion(total: int, shares: Mapping[Kind, int]) -> dict[Kind, int]:
    """``total`` pieces divided by their shares, by the largest remainder.

    The parts sum to ``total`` exactly; of equal remainders the kind listed first wins. ``shares``
    must not all be 0.
    """
    whole = sum(shares.values())
    parts = {kind: total * share // whole for kind, share in shares.items()}
    by_remainder = sorted(shares, key=lambda kind: total * shares[kind] % whole, reverse=True)
    for kind in by_remainder[: total - sum(parts.values())]:
        parts[kind] += 1
    return parts


def spread(quotas: Mapping[Kind, int]) -> tuple[Kind, ...]:
    """Every kind as often as its quota says, each as evenly over the whole as it can be."""
    total = sum(quotas.values())
    given = dict.fromkeys(quotas, 0)
    order: list[Kind] = []
    for place in range(1, total + 1):
        left = [kind for kind in quotas if given[kind] < quotas[kind]]
        kind = max(left, key=lambda kind: quotas[kind] * place - given[kind] * total)
        given[kind] += 1
        order.append(kind)
    return tuple(order)


def in_shares(wanted: Sequence[Kind | None], shares: Mapping[Kind, int]) -> tuple[Kind, ...]:
    """The wanted kinds, changed only where the mix would not be exact.

    The first to want a kind keeps it; who comes too late, or wants none, gets what is left.
    """
    left = apportion(len(wanted), shares)
    kept: list[Kind | None] = []
    for kind in wanted:
        keeps = kind is not None and left.get(kind, 0) > 0
        if kind is not None and keeps:
            left[kind] -= 1
        kept.append(kind if keeps else None)
    rest = iter(spread(left))
    return tuple(next(rest) if kind is None else kind for kind in kept)
