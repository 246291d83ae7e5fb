"""Hashtags, read strictly and for a limit."""

from __future__ import annotations

import unicodedata

import pytest

from llama_marketing.domain.compliance.hashtags import (
    clean_hashtags,
    count_hashtags_for_limit,
    extract_hashtags,
    hashtag_spans,
    limit_hashtag_spans,
)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#BuenFin en #México!", ["#BuenFin", "#México"]),
        (unicodedata.normalize("NFD", "#niño"), [unicodedata.normalize("NFD", "#niño")]),
        ("#2x1 #2026 #٣ #__ #_a", ["#2x1", "#_a"]),
        ("&#39; https://a.mx/#ancla a.mx/?q=#frag x#y ##doble", []),
        ("#1️⃣ #promo2️⃣", ["#promo2"]),
        ("＃promo", []),
        ("#C++ #a-b #uno#dos", ["#C", "#a", "#uno"]),
        ("#love❤", ["#love"]),
        ("@#x /#x _#x", []),
        ("#カフェ #кофе", ["#カフェ", "#кофе"]),
    ],
)
def test_the_strict_reading_takes_what_we_would_write(text: str, tags: list[str]) -> None:
    """The seeds of T18 to T22."""
    assert list(extract_hashtags(text)) == tags
    assert [text[start:end] for start, end in hashtag_spans(text)] == tags


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("#uno#dos", 2),
        ("＃x #❤️ #love❤", 3),
        ("#a #a", 2),
        ("&#39; https://a.mx/#ancla a.mx/?q=#frag x#y ##doble", 0),
        ("#2026 #1️⃣", 0),
        ("nada", 0),
    ],
)
def test_the_reading_for_a_limit_errs_on_the_safe_side(text: str, count: int) -> None:
    assert count_hashtags_for_limit(text) == count


def test_the_spans_for_a_limit_hold_one_tag_each() -> None:
    text = "a #uno#dos"
    assert [text[start:end] for start, end in limit_hashtag_spans(text)] == ["#uno", "#dos"]


def test_suggestions_become_valid_hashtags_each_once() -> None:
    """A ``#`` is added, the first spelling wins, and accents make another tag."""
    suggested = ["BuenFin", "#buenfin", "##México", " #Mexico, ", "＃promo", "#BUENFIN"]
    assert clean_hashtags(suggested) == ("#BuenFin", "#México", "#Mexico", "#promo")


def test_suggestions_are_composed() -> None:
    assert clean_hashtags([unicodedata.normalize("NFD", "Café")]) == ("#Café",)


@pytest.mark.parametrize("text", ["#2026", "buen fin", "", "#", "❤️", "a" * 51, "#a-b", "#a#b"])
def test_a_suggestion_that_is_no_hashtag_is_dropped(text: str) -> None:
    assert clean_hashtags([text, "ok"]) == ("#ok",)


def test_a_suggestion_of_fifty_letters_is_kept() -> None:
    assert clean_hashtags(["a" * 50]) == ("#" + "a" * 50,)
