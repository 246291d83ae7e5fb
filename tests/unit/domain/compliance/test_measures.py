"""How long a text is, in each unit."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.measures import (
    Measure,
    codepoints,
    graphemes,
    measure,
    prefix_within,
    threads,
    utf8_bytes,
    utf16,
)

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "code_points", "units", "clusters", "octets", "meta"),
    [
        ("", 0, 0, 0, 0, 0),
        ("hola", 4, 4, 4, 4, 4),
        ("❤️", 2, 2, 1, 6, 6),
        ("🇲🇽", 2, 4, 1, 8, 8),
        ("👍🏽", 2, 4, 1, 8, 8),
        ("1️⃣", 3, 3, 1, 7, 7),
        (FAMILY * 200, 1400, 2200, 200, 5000, 5000),
        ("𝗣𝗿𝗼𝗺𝗼", 5, 10, 5, 20, 5),
        ("ñ" * 501, 501, 501, 501, 1002, 501),
        ("a\r\nb", 4, 4, 3, 4, 4),
        ("\u0600 a", 3, 3, 2, 4, 3),
        ("x\u0301👍y\u0331z", 6, 7, 4, 11, 9),
        ("\ud83d", 1, 1, 1, 3, 1),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 7, 14, 1, 28, 28),
    ],
)
def test_a_text_has_a_length_in_every_unit(
    text: str, code_points: int, units: int, clusters: int, octets: int, meta: int
) -> None:
    """The seeds of the rules' reference (T2, T5, T6, T8, T9, T11, T13)."""
    assert codepoints(text) == code_points
    assert utf16(text) == units
    assert graphemes(text) == clusters
    assert utf8_bytes(text) == octets
    assert threads(text) == meta
    assert [measure(text, unit) for unit in Measure] == [
        code_points,
        units,
        octets,
        clusters,
        meta,
    ]


def test_joined_halves_of_a_flag_are_one_character() -> None:
    """Graphemes are not additive (T12)."""
    assert graphemes("🇲") + graphemes("🇽") == 2
    assert graphemes("🇲🇽") == 1
    assert graphemes("🇲🇽🇲") == 2


@pytest.mark.parametrize(
    ("text", "limit", "unit", "end"),
    [
        ("hola", 9, Measure.UTF16, 4),
        ("hola", 2, Measure.GRAPHEMES, 2),
        ("a👍b", 2, Measure.UTF16, 1),
        ("a👍b", 3, Measure.UTF16, 2),
        ("ñañ", 3, Measure.UTF8_BYTES, 2),
        ("ña", 1, Measure.CODEPOINTS, 1),
        ("ab" + FAMILY + "c", 2, Measure.GRAPHEMES, 2),
        ("ab" + FAMILY + "c", 3, Measure.GRAPHEMES, 9),
        ("ax\u0331b", 2, Measure.GRAPHEMES, 3),
        ("ñandú", 3, Measure.GRAPHEMES, 3),
        (FAMILY, 0, Measure.GRAPHEMES, 0),
        ("ab👍c", 5, Measure.THREADS, 2),
        ("ab👍c", 6, Measure.THREADS, 3),
        ("ab👍c", 1, Measure.THREADS, 1),
        ("ab👍c", 99, Measure.THREADS, 4),
        ("abc", 2, Measure.THREADS, 2),
    ],
)
def test_the_start_that_fits_ends_at_the_limit(
    text: str, limit: int, unit: Measure, end: int
) -> None:
    assert prefix_within(text, limit, unit) == end
