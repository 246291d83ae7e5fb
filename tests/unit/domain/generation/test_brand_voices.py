"""The kept brand voice in words, and what may be asked of it."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.brand_voices import (
    BrandVoiceChange,
    WrittenVoice,
    in_words,
)


def test_a_voice_is_told_a_line_a_trait_and_what_is_not_known_is_left_out() -> None:
    bare = WrittenVoice(summary="Cálida.")
    whole = WrittenVoice.read(
        {
            "summary": "Cálida.",
            "tone": "amigable",
            "traits": ["alegre", "breve"],
            "vocabulary": ["cafecito"],
            "avoid": ["barato", "promo"],
            "address": "usted",
            "examples": ["¡Pase!", "¿Gusta?"],
        }
    )

    assert in_words(bare) == "Cálida."
    assert in_words(whole).split("\n") == [
        "Cálida.",
        "Tono: amigable",
        "Rasgos: alegre, breve",
        "Palabras propias: cafecito",
        "Palabras que evita: barato, promo",
        "Ejemplos: ¡Pase! / ¿Gusta?",
        "Le habla de usted a quien lee.",
    ]


def test_a_change_is_exactly_one_of_a_voice_no_voice_and_a_version() -> None:
    voice = {"summary": "Cálida."}

    assert BrandVoiceChange.read({"voice": voice}).voice == WrittenVoice(summary="Cálida.")
    assert BrandVoiceChange.read({"voice": None}).voice is None
    assert BrandVoiceChange.read({"version": 2}).version == 2
    for wrong in (
        {},
        {"version": None},
        {"voice": voice, "version": 2},
        {"voice": None, "version": 2},
    ):
        with pytest.raises(InvalidRequest, match="exactly one of voice and version"):
            BrandVoiceChange.read(wrong)
