"""The base of every pydantic model: frozen, strict about fields, and our own errors.

A wrong input raises :class:`~llama_marketing.domain.errors.InvalidRequest` (also a
``ValueError``) instead of pydantic's error, since pydantic's carries the input, and so
perhaps a key, in ``errors()``.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterable
from typing import Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from llama_marketing.domain.errors import InvalidRequest

_TAME = frozenset(string.ascii_letters + string.digits + "_-")


class Model(BaseModel):
    """A frozen value that takes its fields in snake_case or camelCase and no others."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        validate_default=False,
        protected_namespaces=(),
    )

    def __init__(self, /, **data: Any) -> None:
        failure: InvalidRequest | None = None
        try:
            self.__pydantic_validator__.validate_python(data, self_instance=self)
        except ValidationError as error:
            failure = invalid(type(self).__name__, error)
        if failure is not None:
            raise failure

    # pydantic's core calls a custom __init__ for nested values too, unless it is told that
    # this one does what the base one does.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def read(cls, data: object) -> Self:
        """Parse a mapping (or an instance) into this model.

        Raises InvalidRequest with the path and reason of every wrong field, never the value.
        """
        failure: InvalidRequest
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            failure = invalid(cls.__name__, error)
        raise failure


def _number(value: object) -> object:
    if isinstance(value, bool | str | bytes):
        raise ValueError("must be a number")
    return value


AS_NUMBER = BeforeValidator(_number)
"""Beside a numeric type: refuses the booleans and texts that pydantic would read as numbers."""


def invalid(what: str, error: ValidationError) -> InvalidRequest:
    """Turn pydantic's error into ours, without the input it holds."""
    issues = field_issues(error.errors(include_url=False, include_input=False))
    return InvalidRequest(
        f"{what} is invalid: " + "; ".join(f"{path}: {reason}" for path, reason in issues),
        user_message=f"La solicitud no es válida: revisa {_fields_in_words(issues)}.",
        issues=issues,
    )


def field_issues(details: Iterable[ErrorDetails]) -> tuple[tuple[str, str], ...]:
    """Say (path, reason) for each of pydantic's details, at most ten, without the input."""
    issues = []
    for detail in details:
        path = ".".join(_printable(part) for part in detail["loc"]) or "body"
        issues.append((path, detail["msg"].removeprefix("Value error, ")))
    return tuple(issues[:10])


def _printable(part: int | str) -> str:
    """Shorten one step of a path; unknown field names are the caller's text, so keep them tame."""
    text = str(part)[:40]
    return "".join(char if char in _TAME else "?" for char in text)


def _fields_in_words(issues: tuple[tuple[str, str], ...]) -> str:
    names = list(dict.fromkeys(path for path, _ in issues))
    return ", ".join(f"«{name}»" for name in names[:5])


def digest_of(rows: Iterable[Model]) -> str:
    """The SHA-256, in hex, of rows in their order; the same in every process."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(row.model_dump_json().encode() + b"\n")
    return digest.hexdigest()
