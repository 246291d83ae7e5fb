"""Emoji sequences."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.emojis import clean_emojis, count_emojis, emoji_spans


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("hola #1 * 2", 0),
        ("¡Año nuevo! — «sí»…", 0),
        ("a1#*👍", 1),
        ("👨‍👩‍👧‍👦👍🏽🇲🇽", 3),
        ("1️⃣ y 2⃣", 2),
        ("❤️❤", 2),
        ("© ™", 2),  # as the emoji package has it: the safe side of a cap
        ("👍\u200d👍", 2),  # well-formed, but nobody draws it as one
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),
    ],
)
def test_a_sequence_counts_once(text: str, count: int) -> None:
    assert count_emojis(text) == count


def test_spans_hold_the_whole_sequence() -> None:
    assert emoji_spans("a❤️b🇲🇽") == ((1, 3), (4, 6))


def test_suggested_emojis_are_cleaned() -> None:
    """Words are dropped, several in one string are taken apart, each comes once."""
    assert clean_emojis(["☕ café", "🎉🎉", "fiesta", "", "☕"]) == ("☕", "🎉")
