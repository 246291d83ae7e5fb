"""The one form in which a copy is kept, counted and sent."""

from __future__ import annotations

import unicodedata

import pytest

from llama_marketing.domain.compliance.normalise import is_blank, normalise, strip_outer_blanks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        (unicodedata.normalize("NFD", "ñ") * 3, "ñ" * 3),
        ("á\r\n", "á\n"),
        ("\u0344", "\u0308\u0301"),  # NFC may also lengthen
        ("hola\ud83d", "hola\ufffd"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("\u200bhola\u200b ", "\u200bhola\u200b "),
        ("a\u2028b\x0bc\x85d", "a\u2028b\x0bc\x85d"),
    ],
)
def test_the_text_becomes_what_is_sent(text: str, expected: str) -> None:
    """NFC and LF, nothing stripped; what no encoding can carry is replaced."""
    assert normalise(text) == expected


def test_only_whitespace_is_stripped_from_the_ends() -> None:
    """Format characters stay: the last of a flag of Scotland is one."""
    assert strip_outer_blanks(" \u00a0\n hola \u200b \t") == "hola \u200b"


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u200b", "\u3164", "\u2800", "\ufeff\u2060", "\u00a0", "\ufe0f\x00"]
)
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", " . ", "\u200bñ", "❤️", "\ufffd", "\u3164x"])
def test_what_shows_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("mark", ["\u0301", "\u0316", "\u0344"])
def test_a_run_of_marks_that_no_language_has_is_cut(mark: str) -> None:
    """Ordering 100,000 of them would take seconds; what is kept is stable."""
    once = normalise("e" + mark * 100_000 + " fin")

    assert len(once) <= 64 + len("e fin")
    assert once.endswith(" fin")
    assert normalise(once) == once
