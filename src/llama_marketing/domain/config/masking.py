"""How much of an API key a person may see: its public prefix and, of a long key, the end."""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = "*" * 8
SHOWN_AT_THE_END = 4
SHORTEST_KEY_WITH_AN_END = 20
_MASK = re.compile(rf"[^*]*\*{{8}}.{{0,{SHOWN_AT_THE_END}}}", re.DOTALL)


def mask(key: str, public_prefixes: Iterable[str]) -> str:
    """The key as it may be shown.

    The prefix is one of the given public ones, never cut from the key; the stars are always
    eight, so the length does not leak; the last four show only from 20 characters on, and only
    where they are at most half of what follows the prefix. An empty key (a self-hosted server
    without one) has an empty mask.
    """
    if not key:
        return ""
    prefix = max((text for text in public_prefixes if key.startswith(text)), key=len, default="")
    long = len(key) >= SHORTEST_KEY_WITH_AN_END
    long = long and len(key) - len(prefix) >= 2 * SHOWN_AT_THE_END
    return f"{prefix}{STARS}{key[-SHOWN_AT_THE_END:] if long else ''}"


def is_mask(text: str) -> bool:
    """Whether a text has the shape of our mask, whatever its prefix; it is never a key then."""
    return _MASK.fullmatch(text) is not None
