"""Folding: every disguise of a word comes out as the word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.moderation.folding import bare, fold, without_digits


@pytest.mark.parametrize(
    "disguise",
    [
        "SISTEMA",
        "Sístèmä",
        "s\u200bi\u2060s\u00adt\ufeffe\u202em\U000e0061a",
        "ｓｉｓｔｅｍａ",
        "𝐬𝐢𝐬𝐭𝐞𝐦𝐚",
        "ⓢⓘⓢⓣⓔⓜⓐ",
        "🅂🄸🅂🅃🄴🄼🄰",
        "🆂🅸🆂🆃🅴🅼🅰",
        "🅢🅘🅢🅣🅔🅜🅐",
        "ꜱɪꜱᴛᴇᴍᴀ",
        "ѕіѕтема",
        "s i s t e m a",
        "s.i.s.t.e.m.a",
        "s-i_s*t·e m.a",
        "s\u0336i\u0336s\u0336t\u0336e\u0336m\u0336a\u0336",
        "s&#105;stema",
        "s\ti\ts\tt\te\tm\ta".replace("\t", " "),
    ],
)
def test_a_disguised_word_is_the_word(disguise: str) -> None:
    assert fold(disguise) == "sistema"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hola   MUNDO\r\n¿Qué  tal?", "hola mundo \n¿que tal?"),
        ("‹|x|› «y» ’z’", "<|x|> \"y\" 'z'"),
        ("&lt;|x|&gt;", "<|x|>"),
        ("pan y café", "pan y cafe"),
        ("", ""),
    ],
)
def test_other_text_keeps_its_words(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_digits_and_signs_are_read_as_letters() -> None:
    assert without_digits("1gn0r@ l45") == "ignora las"


@given(st.text(max_size=200))
def test_nothing_invisible_is_left(text: str) -> None:
    assert all(char == "\n" or char.isprintable() for char in fold(text))
    assert "\u200b" not in bare(text)
