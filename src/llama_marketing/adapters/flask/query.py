"""Reading a request's query: known names only, each once, in either case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Request
from pydantic.alias_generators import to_snake

from llama_marketing.domain.errors import InvalidRequest

LONGEST_VALUE = 512
DEFAULT_LIMIT = "20"


def read_query(request: Request, names: Iterable[str]) -> dict[str, str]:
    """The values of the known (camelCase) names; raises InvalidRequest for any other."""
    known = {spelled: name for name in names for spelled in (name, to_snake(name))}
    found: dict[str, str] = {}
    for sent, values in request.args.lists():
        name = known.get(sent)
        if name is None or name in found or len(values) != 1:
            raise _wrong(sent, "is unknown or comes twice")
        if len(values[0]) > LONGEST_VALUE or "\x00" in values[0]:
            raise _wrong(name, "is not usable")
        found[name] = values[0]
    return found


def read_limit(sent: Mapping[str, str]) -> int:
    """How many things a page may have, from a query that was read; its bounds are the service's."""
    text = sent.get("limit", DEFAULT_LIMIT)
    if text.isascii() and text.isdigit() and len(text) <= 4:
        return int(text)
    raise InvalidRequest(
        "limit must be a whole number",
        user_message="El parámetro «limit» debe ser un número entero.",
        issues=(("limit", "must be a whole number"),),
    )


def _wrong(name: str, reason: str) -> InvalidRequest:
    shown = "".join(char for char in name[:40] if char.isascii() and char.isalnum())
    return InvalidRequest(
        f"query parameter {shown} {reason}",
        user_message=f"El parámetro «{shown}» no es válido.",
        issues=((shown, reason),),
    )


PERIOD = ("period", "date", "month", "from", "to")
"""The query that says which days a view is about."""


def period_of(sent: Mapping[str, str]) -> dict[str, str]:
    """The query's names as the services have them."""
    names = {"from": "first_day", "to": "last_day"}
    return {names.get(name, name): sent[name] for name in PERIOD if name in sent}
