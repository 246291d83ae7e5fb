"""How much of an API key a person may see: its public prefix and, of a long key, the end."""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = "*" * 8
SHOWN_AT_THE_END = 4
SHORTEST_KEY_WITH_AN_END = 20
_MASK = re.compile(r"[^*]{0,16}\*{8}[^*]{0,4}")


def mask(key: str, public_prefixes: Iterable[str]) -> str:
    """The key as it may be shown.

    The prefix is one of the given public ones, never cut from the key; the stars are always
    eight, so the length does not leak; the last four show only from 20 characters on. An
    empty key (a self-hosted server without one) has an empty mask.
    """
    if not key:
        return ""
    known = [prefix for prefix in public_prefixes if key.startswith(prefix)]
    prefix = max(known, key=len, default="")
    end = key[-SHOWN_AT_THE_END:] if len(key) - len(prefix) >= SHORTEST_KEY_WITH_AN_END else ""
    return f"{prefix}{STARS}{end}"


def is_mask(text: str) -> bool:
    """Whether a text has the shape of our mask, and so is never taken for a key."""
    return _MASK.fullmatch(text) is not None
