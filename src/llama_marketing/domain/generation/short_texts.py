"""Short texts of a reply: one line each, bounded, and never cut inside a character."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.compliance.shorten import shorten
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.reading import text_of

_ROOMIEST = 4
"""Code points that a grapheme of a line may have on average; a whole family of emojis has 5."""


def line_of(found: Mapping[str, Any], name: str, longest: int) -> str:
    """A text property as one line of at most ``longest`` graphemes; empty without one."""
    return _line(text_of(found, name), longest)


def lines_of(found: Mapping[str, Any], name: str, most: int, longest: int) -> tuple[str, ...]:
    """A list of texts as lines, each once and none blank; one text counts as a list of one."""
    value = found.get(name)
    items = value if isinstance(value, list) else [value]
    texts = (_line(item, longest) for item in items if isinstance(item, str))
    kept: dict[str, str] = {}
    for text in texts:
        if not is_blank(text):
            kept.setdefault(text.casefold(), text)
        if len(kept) == most:
            break
    return tuple(kept.values())


def _line(text: str, longest: int) -> str:
    most = longest * _ROOMIEST
    # Of a text without end only a part is looked at, so that the cut in it is no longer seen.
    line = " ".join(copy_text(text[: 2 * most]).split())
    return shorten(shorten(line, most, Measure.CODEPOINTS), longest, Measure.GRAPHEMES)
