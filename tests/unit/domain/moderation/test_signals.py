"""Signals: what words say for certain."""

from __future__ import annotations

import pytest

from llama_marketing.domain.moderation.signals import Signals, signals_of

NOTHING = Signals(question=False, complaint=False, danger=False, hate=False)


@pytest.mark.parametrize(
    "text",
    ["¿Tienen envíos?", "Abren hoy?", "cuánto cuesta", "Hola, tienen talla M", "precio", "Info"],
)
def test_a_question_is_seen_with_or_without_its_marks(text: str) -> None:
    assert signals_of(text).question


@pytest.mark.parametrize(
    "text",
    [
        "Quiero mi reembolso",
        "Los voy a demandar",
        "esto es un FRAUDE",
        "Ya fui a PROFECO",
        "me estafaron",
        "devuélvanme mi dinero",
        "p.r.o.f.e.c.o",
        "fr4ud3",
        "This is a scam",
    ],
)
def test_a_complaint_is_seen(text: str) -> None:
    assert signals_of(text).complaint


@pytest.mark.parametrize(
    "text",
    [
        "Te voy a matar",
        "los vamos a quemar",
        "Sé dónde vives",
        "me quiero matar, voy a suicidarme",
        "ya no quiero vivir",
        "ese maestro es un pedófilo",
        "I will kill you",
    ],
)
def test_danger_is_seen(text: str) -> None:
    assert signals_of(text).danger


@pytest.mark.parametrize("text", ["indios mugrosos", "Muerte a los judíos", "n3gros de mierda"])
def test_hate_is_seen(text: str) -> None:
    assert signals_of(text).hate


@pytest.mark.parametrize(
    "text",
    ["Qué rico el pan", "Está de muerte lenta el pastel", "Idiotas", "Me mató de risa", "😍", ""],
)
def test_other_words_say_nothing(text: str) -> None:
    assert signals_of(text) == NOTHING
