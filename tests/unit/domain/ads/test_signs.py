"""What the signs of a text say."""

from __future__ import annotations

import pytest

from llama_marketing.domain.ads.signs import SignCheck, signs

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("¡GRAN VENTA DE BODEGA!", [(1, 21)]),
        ("GRAN VENTA DE BODEG", [(0, 19)]),
        ("GRAN VENTA DE B", []),
        ("Gran venta de bodega en CDMX", []),
        ("123 👍👍 !!!", []),
        ("", []),
    ],
)
def test_sixty_percent_of_fifteen_letters_are_too_many_capitals(
    text: str, spans: list[tuple[int, int]]
) -> None:
    """A text without letters has none (seed T32)."""
    assert list(signs(SignCheck.CAPITALS, text, NONE)) == spans


def test_acronyms_are_not_counted() -> None:
    text = "IMSS ISSSTE CDMX UNAM y más"
    assert list(signs(SignCheck.CAPITALS, text, NONE)) == [(0, 27)]
    assert list(signs(SignCheck.CAPITALS, text, frozenset({"IMSS", "ISSSTE", "CDMX"}))) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a🎉🎉🎉🎉b", [(1, 5)]),
        ("🎉🎉🎉", []),
        ("🎉🎉 🎉🎉", []),
        ("🎉🎉🎉🎉 a 👍👍👍👍", [(0, 4), (7, 11)]),
    ],
)
def test_more_than_three_emojis_in_a_row_are_told(text: str, spans: list[tuple[int, int]]) -> None:
    assert list(signs(SignCheck.EMOJI_ROW, text, NONE)) == spans


def test_a_word_of_two_alphabets_is_told() -> None:
    assert list(signs(SignCheck.MIXED_ALPHABETS, "es раypal y кофе", NONE)) == [(3, 9)]
    assert list(signs(SignCheck.MIXED_ALPHABETS, "es раypal", frozenset({"раypal"}))) == []
