"""The one form in which a copy is kept, counted and sent."""

from __future__ import annotations

import re
import unicodedata

import regex

REPLACEMENT = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
_ORDERED = r"[\p{M}--\p{Canonical_Combining_Class=0}]"
_MARK_RUN = regex.compile(rf"(?V1)({_ORDERED}{{64}}){_ORDERED}+")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
# Drawn as nothing although Unicode calls them letters, marks or symbols: the Hangul fillers,
# the blank Braille pattern, the grapheme joiner, and what only varies its neighbour.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
    for code in range(first, last + 1)
}


def normalise(text: str) -> str:
    """The text exactly as it will be sent and counted: NFC, line ends LF.

    A lone surrogate cannot be sent in any encoding and becomes U+FFFD. Idempotent and total.
    Blanks stay, the outer ones too: what is counted is what is sent. Of a run of more than 64
    combining marks the rest is dropped: no language has one, and ordering it takes quadratic
    time.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    text = _MARK_RUN.sub(r"\1", _SURROGATE.sub(REPLACEMENT, text))
    # Composing can lengthen a run of marks that stand for two.
    return _MARK_RUN.sub(r"\1", unicodedata.normalize("NFC", text))


def strip_outer_blanks(text: str) -> str:
    """The text without whitespace at its ends.

    Invisible format characters stay: the last one of an emoji belongs to it.
    """
    return text.strip()


def is_blank(text: str) -> bool:
    """Whether a person sees nothing: only whitespace, format characters and blank glyphs."""
    return all(map(_is_invisible, text))


def _is_invisible(char: str) -> bool:
    return char in _INVISIBLE or unicodedata.category(char) in _INVISIBLE_CATEGORIES
