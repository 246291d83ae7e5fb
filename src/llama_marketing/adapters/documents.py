"""Values as JSON documents in a stored row or item, and back."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TypeVar

from pydantic import ValidationError

from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.model import Model

VERSION = 1
"""The version that rows are written with; older ones are read, newer ones refused."""

Value = TypeVar("Value", bound=Model)


def write(value: Model) -> str:
    """Write a value as JSON; money stays exact, as the text of its Decimal."""
    return json.dumps(value.model_dump(), default=_exact, separators=(",", ":"))


def read(kind: type[Value], version: int, document: str) -> Value:
    """Read a value back.

    Raises StoreIncompatible for a row that a newer version wrote, or that cannot be read.
    """
    if version > VERSION:
        raise StoreIncompatible(
            f"a {kind.__name__} row has version {version}, this program reads up to {VERSION}",
            user_message="Los datos fueron guardados por una versión más reciente del programa.",
        )
    try:
        return kind.model_validate_json(document)
    except ValidationError:
        # Not chained: pydantic's error holds the document.
        pass
    raise StoreIncompatible(
        f"a {kind.__name__} row cannot be read",
        user_message="Los datos guardados no se pueden leer.",
    )


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a stored value has a part of type {type(value).__name__}")
