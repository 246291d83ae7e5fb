"""A copy of a text in which a word is found however it is disguised.

Invisible characters, accents (never that of ñ: ``año`` is another word), capitals, decorative
letters and look-alikes of other alphabets are gone from it; every character knows its place in
the text, since a finding says where.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import attrs

from llama_marketing.domain.compliance.spans import Span

# Letters of other alphabets that look like Latin ones (a choice from Unicode's confusables).
_LOOK_ALIKE = str.maketrans(
    "авеекмнорстухѕіјԁɡοαικνρτυχγⅼ",
    "abeekmhopctyxsijdgoaikvptuxyl",
)
_TILDE = "\u0303"


@attrs.frozen
class Shadow:
    """``text`` and, for each of its characters, where it came from."""

    text: str
    _places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """The span in the text that a span of the shadow, which is not empty, stands for."""
        return self._places[start], self._places[end - 1] + 1


def shadow_of(text: str) -> Shadow:
    """The shadow of a normalised text."""
    if text.isascii():
        return Shadow(text.lower(), tuple(range(len(text))))
    letters: list[str] = []
    places: list[int] = []
    for index, char in enumerate(text):
        form = _folded(char)
        letters.append(form)
        places += [index] * len(form)
    return Shadow("".join(letters), tuple(places))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if unicodedata.category(char) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKD", char).casefold()
    if plain == "n" + _TILDE:
        return "ñ"
    kept = (each for each in plain if unicodedata.category(each)[0] != "M")
    return "".join(kept).translate(_LOOK_ALIKE)
