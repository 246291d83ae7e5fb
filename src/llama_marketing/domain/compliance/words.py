"""Whole words and phrases, found in the shadow of a text."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from llama_marketing.domain.compliance.shadow import Shadow, shadow_of
from llama_marketing.domain.compliance.spans import Span


def word_pattern(terms: Iterable[str]) -> str:
    """A pattern for any of the terms as whole words of a shadow; empty without terms.

    ``puta`` is not in ``disputa``. Up to three blanks may stand between two words of a phrase.
    """
    found = (shadow_of(term).text.split() for term in terms)
    phrases = [r"\s{1,3}".join(map(regex.escape, words)) for words in found if words]
    if not phrases:
        return ""
    return rf"(?<![\p{{L}}\p{{N}}_])(?:{'|'.join(phrases)})(?![\p{{L}}\p{{N}}_])"


def word_spans(shadow: Shadow, terms: Iterable[str]) -> list[Span]:
    """Where the terms stand in the text of the shadow."""
    pattern = word_pattern(terms)
    if not pattern:
        return []
    return [shadow.span(*match.span()) for match in regex.finditer(pattern, shadow.text)]
