"""Whole words and phrases."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.compliance.words import word_pattern, word_spans


@pytest.mark.parametrize(
    ("text", "terms", "found"),
    [
        ("Computadora en disputa", ["puta"], []),
        ("¡PROMO! #promo", ["promo"], ["PROMO", "promo"]),
        ("sin  dieta, sin\ndieta", ["Sin dieta"], ["sin  dieta", "sin\ndieta"]),
        ("2x1 y 12x1", ["2x1"], ["2x1"]),
        ("promo_x", ["promo"], []),
        ("C++ y c+", ["c+"], ["C+", "c+"]),
        ("nada", [], []),
        ("nada", [" ", "\u200b"], []),
    ],
)
def test_a_term_is_found_as_a_whole(text: str, terms: list[str], found: list[str]) -> None:
    """Seed T37; signs in a term are meant as they stand."""
    spans = word_spans(shadow_of(text), terms)
    assert [text[start:end] for start, end in spans] == found


def test_without_terms_there_is_nothing_to_look_for() -> None:
    assert word_pattern([]) == ""
