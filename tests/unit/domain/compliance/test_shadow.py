"""A copy of a text in which a disguised word is found."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.shadow import shadow_of


@pytest.mark.parametrize(
    ("text", "shadow"),
    [
        ("HOLA", "hola"),
        ("ÚLTIMAS", "ultimas"),
        ("AÑO año", "año año"),
        ("𝗣𝗿𝗼𝗺𝗼", "promo"),
        ("раypal", "paypal"),
        ("Pro\u00admo", "promo"),
        ("p\u200bu", "pu"),
        ("İ ß", "i ss"),
        ("ｆｂ", "fb"),
        ("pingüino", "pinguino"),
    ],
)
def test_capitals_accents_and_disguises_are_gone(text: str, shadow: str) -> None:
    """But ñ stays (T9, T33, T34, T36)."""
    assert shadow_of(text).text == shadow


def test_a_place_in_the_shadow_is_one_in_the_text() -> None:
    """Also where a character became two or none (T33)."""
    shadow = shadow_of("ß\u200bá!")
    assert shadow.text == "ssa!"
    assert [shadow.span(at, at + 1) for at in range(4)] == [(0, 1), (0, 1), (2, 3), (3, 4)]
    assert shadow.span(1, 3) == (0, 3)
