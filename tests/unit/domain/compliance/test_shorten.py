"""Shortening a text without breaking anything in it."""

from __future__ import annotations

import unicodedata

import pytest

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.shorten import shorten

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Hola mundo", 10, "Hola mundo"),
        ("Hola mundo", 9, "Hola…"),
        ("Hola mundo", 5, "Hola…"),
        ("Hola mundo", 4, "Hol…"),
        ("Hola mundo", 1, ""),
        ("Hola mundo", 0, ""),
        ("", 0, ""),
        ("abc,defgh", 5, "abc…"),
        ("Hola, mundo grande", 8, "Hola…"),
        ("Ven. ¡Hoy mismo!", 6, "Ven…"),
        ("uno\n\ndos tres", 9, "uno\n\ndos…"),
        ("Compra aquí: https://tienda.mx/promo?utm=abc ¡hoy!", 30, "Compra aquí…"),
        (
            "Compra aquí: https://tienda.mx/promo?utm=abc ¡hoy mismo!",
            48,
            "Compra aquí: https://tienda.mx/promo?utm=abc …",
        ),
        ("https://tienda.mx/promo ya", 20, ""),
        ("Ven #CDMX hoy", 8, "Ven…"),
        ("#CDMXhoyes mucho", 6, ""),
        ("con @cafe.azul", 9, "con…"),
        ("Hola {{1}}", 8, "Hola…"),
        ("Hola {{nombre largo}} ya", 15, "Hola…"),
        ("Va *en negritas todo* ya", 12, "Va…"),
        ("Va *en negritas* ya mismo", 20, "Va *en negritas* ya…"),
        (FAMILY * 4, 12, FAMILY + "…"),
        (FAMILY * 4, 11, ""),
        ("a \u0600 b c d", 5, "a…"),
        ("   .,; ", 3, ""),
    ],
)
def test_the_text_ends_at_a_word_and_nothing_is_torn(text: str, limit: int, expected: str) -> None:
    """The seeds of T13 to T17; the ellipsis is counted."""
    assert shorten(text, limit) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (Measure.UTF16, "ñandú…"),
        (Measure.CODEPOINTS, "ñandú…"),
        (Measure.GRAPHEMES, "ñandú…"),
        (Measure.THREADS, "ñandú…"),
        (Measure.UTF8_BYTES, "ñan…"),
    ],
)
def test_the_limit_is_in_the_unit(unit: Measure, expected: str) -> None:
    assert shorten("ñandú grande", 7, unit) == expected


def test_a_text_that_fits_is_only_normalised() -> None:
    text = unicodedata.normalize("NFD", " Año \r\n")
    assert shorten(text, 100) == " Año \n"
