"""Figures as bars and sparklines, made of characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

_STEPS: Final = "▁▂▃▄▅▆▇█"


def sparkline(figures: Sequence[int]) -> str:
    """One character a figure; the highest is a whole block, a zero the lowest step."""
    highest = max(figures, default=0)
    if not highest:
        return _STEPS[0] * len(figures)
    return "".join(_STEPS[figure * (len(_STEPS) - 1) // highest] for figure in figures)


def bar(share: Fraction, width: int = 20) -> str:
    """A share from 0 to 1 as a bar of at most ``width`` characters; anything above zero shows."""
    filled = round(min(max(share, Fraction(0)), Fraction(1)) * width)
    return "█" * (max(filled, 1) if share > 0 else 0)


def arrow(now: int, before: int) -> str:
    """How a figure moved: up, down or the same."""
    return "↑" if now > before else "↓" if now < before else "="
