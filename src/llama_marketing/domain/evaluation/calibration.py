"""Whether a model is as often right as it says it is sure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from llama_marketing.domain.model import Model

BINS: Final = 10


class ReliabilityBin(Model):
    """The verdicts whose confidence is from ``low`` to below ``high`` (1 is in the last bin)."""

    low: float
    high: float
    count: int
    confidence: float
    """Their mean."""
    accuracy: float


class Calibration(Model):
    """How confidence and truth go together; None where nothing was judged.

    ``ece`` is the expected calibration error, 0 best: the mean gap between confidence and
    accuracy over ten equal bins, weighted by their counts. ``brier`` is the mean square of the
    distance between confidence and being right (1 or 0), 0 best.
    """

    ece: float | None = None
    brier: float | None = None
    bins: tuple[ReliabilityBin, ...] = ()
    """Those that are not empty."""


def calibration_of(judged: Iterable[tuple[float, bool]]) -> Calibration:
    """Count over verdicts: how sure (0 to 1), and whether right."""
    pairs = list(judged)
    if not pairs:
        return Calibration()
    binned: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        binned.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, right))
    bins = tuple(_bin(place, binned[place]) for place in sorted(binned))
    gaps = math.fsum(each.count * abs(each.confidence - each.accuracy) for each in bins)
    squares = math.fsum((confidence - right) ** 2 for confidence, right in pairs)
    return Calibration(ece=gaps / len(pairs), brier=squares / len(pairs), bins=bins)


def _bin(place: int, pairs: list[tuple[float, bool]]) -> ReliabilityBin:
    return ReliabilityBin(
        low=place / BINS,
        high=(place + 1) / BINS,
        count=len(pairs),
        confidence=math.fsum(confidence for confidence, _ in pairs) / len(pairs),
        accuracy=sum(right for _, right in pairs) / len(pairs),
    )
