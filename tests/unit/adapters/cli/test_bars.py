"""Figures made of characters."""

from __future__ import annotations

from fractions import Fraction

import pytest

from llama_marketing.adapters.cli.bars import arrow, bar, sparkline


@pytest.mark.parametrize(
    ("figures", "line"), [([], ""), ([0, 0], "▁▁"), ([0, 50, 100], "▁▄█"), ([7], "█")]
)
def test_a_sparkline_has_a_character_a_figure(figures: list[int], line: str) -> None:
    assert sparkline(figures) == line


@pytest.mark.parametrize(
    ("share", "length"), [(0, 0), (1, 20), (Fraction(1, 2), 10), (Fraction(1, 10**6), 1), (2, 20)]
)
def test_a_bar_shows_whatever_is_there(share: Fraction, length: int) -> None:
    assert len(bar(Fraction(share))) == length


@pytest.mark.parametrize(("now", "before", "sign"), [(2, 1, "↑"), (1, 2, "↓"), (1, 1, "=")])
def test_an_arrow_says_where_it_went(now: int, before: int, sign: str) -> None:
    assert arrow(now, before) == sign
