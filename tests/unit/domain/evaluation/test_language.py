"""Telling Spanish of Mexico from English and from Spain."""

from __future__ import annotations

import pytest

from llama_marketing.domain.evaluation.language import reads_as_mexican_spanish


@pytest.mark.parametrize(
    "text",
    [
        "Ven por tu café de olla hoy, el segundo va por nuestra cuenta ☕",
        "¡Rebajas!",
        "Tenis para correr con suela reciclada. Free shipping en todo México",
        "Diseño único",
    ],
)
def test_spanish_with_a_few_english_words_is_spanish(text: str) -> None:
    assert reads_as_mexican_spanish(text)


@pytest.mark.parametrize(
    "text",
    [
        "Get your coffee now and the second one is on us",
        "Start your day with the best coffee in la Roma",
        "Vosotros podéis venir hoy a la tienda",
        "Compra hoy tu ordenador nuevo con la mejor pantalla",
        "Lorem ipsum dolor",
        "",
    ],
)
def test_english_spain_and_nothing_at_all_are_not(text: str) -> None:
    assert not reads_as_mexican_spanish(text)
