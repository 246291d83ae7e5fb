"""Reading a request's query: known names only, each once, in either case."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Request
from pydantic.alias_generators import to_camel

from llama_marketing.domain.errors import InvalidRequest

LONGEST_VALUE = 512


def read_query(request: Request, names: Iterable[str]) -> dict[str, str]:
    """The values of the known (camelCase) names; raises InvalidRequest for any other."""
    known = set(names)
    found: dict[str, str] = {}
    for sent, values in request.args.lists():
        name = sent if sent in known else to_camel(sent)
        if name not in known or name in found or len(values) != 1:
            raise _wrong(sent, "is unknown or comes twice")
        if len(values[0]) > LONGEST_VALUE or "\x00" in values[0]:
            raise _wrong(name, "is too long")
        found[name] = values[0]
    return found


def _wrong(name: str, reason: str) -> InvalidRequest:
    shown = "".join(char for char in name[:40] if char.isascii() and char.isalnum())
    return InvalidRequest(
        f"query parameter {shown} {reason}",
        user_message=f"El parámetro «{shown}» no es válido.",
        issues=((shown, reason),),
    )
