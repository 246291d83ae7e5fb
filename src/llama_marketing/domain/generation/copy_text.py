"""The copy as a person reads it, whole or piece by piece.

Both ways give the same text: lone surrogates become U+FFFD, line ends LF, the form NFC, and
the outer blanks go. The piecewise way therefore holds back what a later piece could still
change: trailing blanks, line ends among them, and the last character with its marks.
"""

from __future__ import annotations

import unicodedata

from llama_marketing.domain.compliance.normalise import normalise, strip_outer_blanks

# Characters of combining class 0 that NFC may join to, or sort among, what stands before them:
# second halves of compositions, and three Tibetan vowels that decompose into marks (UAX 15).
_JOINS_BACK = frozenset(
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca\u0dcf\u0ddf"
    "\u0f73\u0f75\u0f81\u102e\u1b35\U000110ba\U00011127\U0001133e\U00011357\U000113b8\U000113bb"
    "\U000113c2\U000113c5\U000113c9\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
)


def copy_text(raw: str) -> str:
    """The copy out of a decoded JSON string."""
    return strip_outer_blanks(normalise(raw))


class CopyStream:
    """``copy_text`` for a text that arrives in pieces: the pieces joined are the same text."""

    __slots__ = ("_blanks", "_held", "_started")

    def __init__(self) -> None:
        # Lists, since one piece after the other may be held back: joined once, they cost a time
        # that is linear in the text.
        self._blanks: list[str] = []
        self._held: list[str] = []
        self._started = False

    def feed(self, piece: str) -> str:
        """What can be shown for sure after this piece; may be empty."""
        cut = _last_start(piece)
        if cut < 0:
            self._held.append(piece)
            return ""
        settled = "".join([*self._held, piece[:cut]])
        self._held = [piece[cut:]]
        # Blanks at the end may turn out to be the outer ones; hold them back as well.
        solid = settled.rstrip()
        blank = settled[len(solid) :]
        if not solid:
            self._blanks.append(blank)
            return ""
        text = "".join([*self._blanks, solid])
        self._blanks = [blank]
        return self._clean(text)

    def end(self) -> str:
        """The rest, once no more will come."""
        rest = "".join([*self._blanks, *self._held])
        self._blanks, self._held = [], []
        return self._clean(rest.rstrip())

    def _clean(self, text: str) -> str:
        clean = normalise(text)
        if not self._started:
            clean = clean.lstrip()
            self._started = bool(clean)
        return clean


def _last_start(text: str) -> int:
    """The last place before which nothing that follows can change the normal form, else -1."""
    index = len(text) - 1
    while index >= 0 and _may_join_back(text[index]):
        index -= 1
    return index


def _may_join_back(char: str) -> bool:
    return not char.isascii() and (
        unicodedata.combining(char) != 0
        or char in _JOINS_BACK
        or "\u1160" <= char <= "\u11ff"  # Hangul vowels and finals
    )
