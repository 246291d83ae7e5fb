"""The copy as a person reads it, whole or piece by piece.

Both ways give the same text: lone surrogates become U+FFFD, line ends LF, the form NFC, and
the outer blanks go. The piecewise way therefore holds back what a later piece could still
change: a carriage return, trailing blanks, and the last character with its marks.
"""

from __future__ import annotations

import re
import unicodedata

from llama_marketing.domain.compliance.normalise import normalise

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# Starters (combining class 0) that NFC may join to the character before them; UAX 15.
_JOINS_BACK = frozenset(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e"
    "\u1b35\U000110ba\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af"
    "\U00011930\u0cd5\u0dca\U000113b8\U000113bb\U000113c2\U000113c5\U000113c9"
)


def copy_text(raw: str) -> str:
    """The copy out of a decoded JSON string."""
    return normalise(_LONE_SURROGATE.sub("\ufffd", raw)).strip()


class CopyStream:
    """``copy_text`` for a text that arrives in pieces: the pieces joined are the same text."""

    __slots__ = ("_held", "_started")

    def __init__(self) -> None:
        self._held = ""
        self._started = False

    def feed(self, piece: str) -> str:
        """What can be shown for sure after this piece; may be empty."""
        text = self._held + piece
        cut = _safe_end(text)
        shown = text[:cut]
        # Blanks at the end may turn out to be the outer ones; hold them back as well.
        solid = len(shown.rstrip())
        self._held = text[solid:]
        return self._clean(text[:solid])

    def end(self) -> str:
        """The rest, once no more will come."""
        rest, self._held = self._held, ""
        return self._clean(rest.rstrip())

    def _clean(self, text: str) -> str:
        if not text:
            return ""
        clean = normalise(_LONE_SURROGATE.sub("\ufffd", text))
        if not self._started:
            clean = clean.lstrip()
            self._started = bool(clean)
        return clean


def _safe_end(text: str) -> int:
    """The place before which nothing that follows can change the normal form."""
    index = len(text) - 1
    while index > 0 and _may_join_back(text[index]):
        index -= 1
    return max(index, 0)


def _may_join_back(char: str) -> bool:
    if char.isascii():
        return char == "\n"  # the second half of CR LF
    return (
        unicodedata.combining(char) != 0
        or char in _JOINS_BACK
        or "\u1160" <= char <= "\u11ff"  # Hangul vowels and finals
    )
