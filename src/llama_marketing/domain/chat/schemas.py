"""Schemas of structured replies, with a bound on every text and list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.chat.models import ReplySchema

# llama.cpp refuses grammars with more repetitions than this (seen with its 2026-10 build).
LONGEST_BOUND = 2000


def object_schema(name: str, properties: Mapping[str, Any]) -> ReplySchema:
    """The schema of an object that has exactly these properties."""
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
    return ReplySchema(name=name, schema=schema)


def text_schema(longest: int) -> dict[str, Any]:
    """A text of at most so many characters, and never an empty one."""
    return {"type": "string", "minLength": 1, "maxLength": min(longest, LONGEST_BOUND)}


def texts_schema(most: int, longest: int) -> dict[str, Any]:
    """A list of at most so many texts."""
    return {"type": "array", "items": text_schema(longest), "maxItems": most}
