"""Shortening a text without breaking anything in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import regex

from llama_marketing.domain.compliance.hashtags import limit_hashtag_spans
from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.measures import Measure, grapheme_ends, measure
from llama_marketing.domain.compliance.mentions import mention_spans
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.spans import inside, merge
from llama_marketing.domain.compliance.variables import variable_spans
from llama_marketing.domain.compliance.whatsapp_format import paired_spans

ELLIPSIS = "…"
# What is not left standing before the ellipsis: punctuation that only goes with a next word.
_LOOSE = ",;:.…¡¿([{«“‘-–—"
_LOOSE_CLASS = regex.escape(_LOOSE, special_only=False)
# A Prepend character (an Arabic number sign) is one with the blank after it.
_WORD_END = regex.compile(rf"[^\s{_LOOSE_CLASS}\p{{GCB=Prepend}}](?=[{_LOOSE_CLASS}]*+(?:\s|\Z))")


def shorten(text: str, limit: int, unit: Measure = Measure.UTF16) -> str:
    """The text, normalised, in at most ``limit`` of ``unit``.

    A text that fits comes back whole. Otherwise it ends after a word with ``…`` (which is
    counted), never inside a character, link, hashtag, mention, ``{{variable}}`` or pair of
    formatting marks; the word itself is cut only when not even the first one fits. "" when
    nothing would remain before the ellipsis.
    """
    text = normalise(text)
    if measure(text, unit) <= limit:
        return text
    links = link_spans(text)
    link_ends = {end for _, end in links}
    whole = merge(
        (
            *links,
            *limit_hashtag_spans(text),
            *mention_spans(text),
            *paired_spans(text),
            *variable_spans(text),
        )
    )

    def cut(end: int) -> str:
        # A blank keeps the ellipsis from becoming a part of the link.
        return text[:end] + (" " if end in link_ends else "") + ELLIPSIS

    for ends in (_word_ends(text), _grapheme_ends(text)):
        possible = [end for end in ends if not inside(end, whole)]
        fitting = bisect_right(possible, limit, key=lambda end: measure(cut(end), unit))
        if fitting:
            return cut(possible[fitting - 1])
    return ""


def _word_ends(text: str) -> Iterator[int]:
    return (match.end() for match in _WORD_END.finditer(text))


def _grapheme_ends(text: str) -> Iterator[int]:
    return (
        end
        for end in grapheme_ends(text)
        if text[end - 1] not in _LOOSE and not text[end - 1].isspace()
    )
