"""How long a text is, in each of the units that a platform may count in.

For every text ``graphemes <= codepoints <= utf16 <= utf8_bytes``. All are total: a lone
surrogate counts as one unit of UTF-16 and three bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import islice

import regex

from llama_marketing.domain.compliance.emojis import emoji_sequences


class Measure(StrEnum):
    """The unit of a limit on length."""

    CODEPOINTS = "codepoints"
    UTF16 = "utf16"
    """UTF-16 code units, as JavaScript's ``length``; the default where nothing is documented."""
    UTF8_BYTES = "utf8_bytes"
    GRAPHEMES = "graphemes"
    """What a person calls a character; not additive: two texts joined may have fewer."""
    THREADS = "threads"
    """Code points, but an emoji sequence costs its UTF-8 bytes (Meta, Threads posts, 2026)."""


_GRAPHEME = regex.compile(r"\X")
# \X looks back over a whole row of flags for each of them, which takes minutes for a long row;
# a letter with an accent has the same length and the same neighbours.
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_STAND_IN = "x\u0331"
# Characters that never join another of them, so that only what stands between needs \X.
_PLAIN = "\\n\\x20-\\x7e\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u20ac"
_INTRICATE = re.compile(f"[^{_PLAIN}]+(?:[{_PLAIN}][^{_PLAIN}]+)*")


def codepoints(text: str) -> int:
    """Unicode code points."""
    return len(text)


def utf16(text: str) -> int:
    """UTF-16 code units: two for every code point above U+FFFF."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """Bytes of the UTF-8 encoding."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def graphemes(text: str) -> int:
    """Extended grapheme clusters (UAX 29)."""
    saved = (len(part) - sum(1 for _ in grapheme_ends(part)) for _, part in _intricate_parts(text))
    return len(text) - sum(saved)


def grapheme_ends(text: str) -> Iterator[int]:
    """Where each extended grapheme cluster ends."""
    return (match.end() for match in _GRAPHEME.finditer(_FLAG.sub(_FLAG_STAND_IN, text)))


def _intricate_parts(text: str) -> Iterator[tuple[int, str]]:
    """(start, part) of what needs a closer look; apart from these a character is a grapheme.

    With a neighbour on either side: marks join the one before, some signs the one after.
    """
    for match in _INTRICATE.finditer(text):
        start = max(match.start() - 1, 0)
        yield start, text[start : match.end() + 1]


def threads(text: str) -> int:
    """Code points outside emojis plus the UTF-8 bytes of every emoji sequence."""
    return len(text) + sum(
        utf8_bytes(text[start:end]) - (end - start) for start, end in emoji_sequences(text)
    )


_FUNCTIONS: dict[Measure, Callable[[str], int]] = {
    Measure.CODEPOINTS: codepoints,
    Measure.UTF16: utf16,
    Measure.UTF8_BYTES: utf8_bytes,
    Measure.GRAPHEMES: graphemes,
    Measure.THREADS: threads,
}


def measure(text: str, unit: Measure) -> int:
    """The length of the text in ``unit``."""
    return _FUNCTIONS[unit](text)


def prefix_within(text: str, limit: int, unit: Measure) -> int:
    """How many code points from the start fit into ``limit``: where a finding's span begins."""
    if unit is Measure.GRAPHEMES:
        return _graphemes_prefix(text, limit)
    if unit is Measure.THREADS:
        return _threads_prefix(text, limit)
    return bisect_right(range(1, len(text) + 1), limit, key=lambda end: measure(text[:end], unit))


def _graphemes_prefix(text: str, limit: int) -> int:
    left, position = limit, 0
    for start, part in _intricate_parts(text):
        if start - position >= left:
            break
        left -= start - position
        ends = list(islice(grapheme_ends(part), left))
        left -= len(ends)
        position = start + ends[-1]
    return min(position + left, len(text))


def _threads_prefix(text: str, limit: int) -> int:
    left, position = limit, 0
    for start, end in emoji_sequences(text):
        cost = start - position + utf8_bytes(text[start:end])
        if cost > left:
            return min(position + left, start)
        left -= cost
        position = end
    return min(position + left, len(text))
