"""Texts that say the same."""

from __future__ import annotations

from rapidfuzz import fuzz

from llama_marketing.domain.compliance.hashtags import hashtag_spans

NEAR_DUPLICATE = 90
"""``token_set_ratio`` from which two texts count as the same."""


def near_duplicate(one: str, other: str) -> bool:
    """Whether two copies say the same, whatever their hashtags, case and word order."""
    left, right = (_words(text) for text in (one, other))
    return fuzz.token_set_ratio(left, right) >= NEAR_DUPLICATE


def _words(text: str) -> str:
    pieces, done = [], 0
    for start, end in hashtag_spans(text):
        pieces.append(text[done:start])
        done = end
    return "".join([*pieces, text[done:]]).casefold()
