"""Untrusted text made harmless for a chat template.

A self-hosted server renders messages through a template and may parse a control token that
stands in a user's text. Format characters hide such tokens, so they go first (except the
joiner inside an emoji); tokens are looked for on the compatibility form, so that full-width
brackets do not hide them either.
"""

from __future__ import annotations

import re
import unicodedata

_JOINER = "\u200d"
# No token holds a parenthesis, so what was broken inside of another pair is not broken again.
_TOKEN = re.compile(r"<\|[^<>|()\n]{0,64}\|>|\[/?INST\]|<</?SYS>>|</?s>", re.IGNORECASE)
_BEFORE_JOINER = ("So", "Sk", "Mn", "Me")
_ARROW = "\u2194"
"""The one part of an emoji sequence that is no symbol by its category: a head that shakes."""


def neutralise(text: str) -> str:
    """The text without invisible format characters and with every control token broken."""
    if text.isascii():
        return _TOKEN.sub(_broken, text)
    visible = _without_format_characters(text)
    shadow, places = _compatibility_form(visible)
    pieces, done = [], 0
    for match in _TOKEN.finditer(shadow):
        start, end = places[match.start()], places[match.end() - 1] + 1
        pieces += [visible[done:start], _broken(match)]
        done = end
    return "".join([*pieces, visible[done:]])


def _broken(match: re.Match[str]) -> str:
    return "(" + re.sub(r"[<>|\[\]]", "", match[0]) + ")"


def _without_format_characters(text: str) -> str:
    kept = []
    for index, char in enumerate(text):
        if unicodedata.category(char) != "Cf" or _joins_emoji(text, index):
            kept.append(char)
    return "".join(kept)


def _joins_emoji(text: str, index: int) -> bool:
    if text[index] != _JOINER or not 0 < index < len(text) - 1:
        return False
    before, after = text[index - 1], text[index + 1]
    return unicodedata.category(before) in _BEFORE_JOINER and (
        unicodedata.category(after) == "So" or after == _ARROW
    )


def _compatibility_form(text: str) -> tuple[str, list[int]]:
    """The NFKC form of each character, and the place in ``text`` that each came from.

    The joiners that were kept are left out, so that they hide no token either.
    """
    shadow, places = [], []
    for index, char in enumerate(text):
        if char == _JOINER:
            continue
        form = char if char.isascii() else unicodedata.normalize("NFKC", char)
        shadow.append(form)
        places += [index] * len(form)
    return "".join(shadow), places
