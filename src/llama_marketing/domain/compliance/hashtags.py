"""Hashtags: two ways to read them and one to clean a model's suggestions.

*Strict* is what we would write ourselves. *For a limit* reads as much as a platform might:
emoji tags, both halves of ``#uno#dos``, the full-width ``＃``; so the error is on the safe side.
Neither takes what stands in a link or is glued to a word, ``&``, ``/``, ``@`` or another ``#``.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.spans import Span, overlaps

LONGEST_SUGGESTION = 50
"""Letters of a suggested hashtag; longer ones are dropped (the cap of a Threads topic)."""

_NOT_GLUED = r"(?<![\p{L}\p{M}\p{N}_&/#＃@])"
# A keycap emoji is a digit with two marks, which are not letters of a hashtag.
_BODY = r"(?=[\p{Nd}_]*\p{L})(?:[\p{L}\p{Nd}_]|(?!\uFE0F|\u20E3)\p{M})++"
_STRICT = regex.compile(rf"{_NOT_GLUED}#{_BODY}")
_SUGGESTION = regex.compile(_BODY)
_PICTURE = r"\p{Extended_Pictographic}\p{Emoji_Presentation}"
_UPPER = regex.compile(
    rf"{_NOT_GLUED}"
    rf"(?P<tag>[#＃](?=[\p{{Nd}}_]*[\p{{L}}{_PICTURE}])[\p{{L}}\p{{M}}\p{{Nd}}_\u200d{_PICTURE}]++)++"
)


def hashtag_spans(text: str) -> tuple[Span, ...]:
    """Where the strict hashtags are, the ``#`` included."""
    if "#" not in text:
        return ()
    links = link_spans(text)
    spans = (match.span() for match in _STRICT.finditer(text))
    return tuple(span for span in spans if not overlaps(span, links))


def extract_hashtags(text: str) -> tuple[str, ...]:
    """The strict hashtags, with their ``#``, as often as they stand there."""
    return tuple(text[start:end] for start, end in hashtag_spans(text))


def limit_hashtag_spans(text: str) -> tuple[Span, ...]:
    """Where everything is that a platform may take for a hashtag."""
    if "#" not in text and "＃" not in text:
        return ()
    links = link_spans(text)
    spans = (span for match in _UPPER.finditer(text) for span in match.spans("tag"))
    return tuple(span for span in spans if not overlaps(span, links))


def count_hashtags_for_limit(text: str) -> int:
    """How many hashtags a platform may count, at most; repeats count each time."""
    return len(limit_hashtag_spans(text))


def clean_hashtags(suggested: Iterable[str]) -> tuple[str, ...]:
    """A model's suggestions as valid hashtags with ``#``, each once.

    They are the same when they are after ``casefold``; the first spelling wins. What cannot be
    a hashtag (blanks inside, only digits, an emoji, over 50 letters) is dropped.
    """
    kept: dict[str, str] = {}
    for text in suggested:
        word = normalise(text).strip().lstrip("#＃").rstrip(".,;:!")
        if len(word) <= LONGEST_SUGGESTION and _SUGGESTION.fullmatch(word):
            kept.setdefault(normalise(word.casefold()), f"#{word}")
    return tuple(kept.values())
