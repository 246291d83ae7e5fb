"""Reading a request's body: one JSON object, within its size, by the letter of the standard."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from llama_marketing.domain.errors import (
    InvalidRequest,
    TooLarge,
    UnreadableRequest,
    UnsupportedMedia,
)
from llama_marketing.domain.tenant import TenantRef, check_owner

MAX_JSON = 256 * 1024
EVENT_STREAM = "text/event-stream"


def read_object(
    request: Request, *, limit: int = MAX_JSON, optional: bool = False
) -> dict[str, Any]:
    """The JSON object of a request; ``optional`` takes no body at all for an empty one.

    Raises UnsupportedMedia unless it comes as application/json, TooLarge over ``limit`` bytes,
    UnreadableRequest for what is no JSON in UTF-8, InvalidRequest for what is no object.
    """
    body = read_body(request, limit)
    if not body and optional:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMedia(f"the body is {request.mimetype or 'of no type'}, not JSON")
    value = _parse(body)
    if not isinstance(value, dict):
        raise InvalidRequest(
            "the body must be a JSON object",
            user_message="El cuerpo debe ser un objeto JSON.",
            issues=(("body", "must be an object"),),
        )
    return value


def read_body(request: Request, limit: int = MAX_JSON) -> bytes:
    """The body as it came; may be asked for again. Raises TooLarge and UnreadableRequest."""
    # One more: of a body without a length, werkzeug cuts off what is over its limit in silence.
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise TooLarge(f"the body is over {limit} bytes") from None
    except HTTPException:
        raise UnreadableRequest("the body could not be received") from None
    if len(body) > limit:
        raise TooLarge(f"the body is over {limit} bytes")
    return body


def check_client(fields: dict[str, Any], tenant: TenantRef) -> dict[str, Any]:
    """The body without its ``clientId``; raises InvalidRequest when it is not the path's."""
    names = ("clientId", "client_id")
    for name in names:
        check_owner(tenant, fields.get(name))
    return {name: value for name, value in fields.items() if name not in names}


def prefers_stream(request: Request) -> bool:
    """Whether the ``Accept`` header asks for server-sent events rather than for JSON."""
    accepted = request.accept_mimetypes
    return accepted.best_match(["application/json", EVENT_STREAM]) == EVENT_STREAM


def _parse(body: bytes) -> Any:
    failure = "the body is not JSON in UTF-8"
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_constant=_refuse,
            parse_float=_finite,
            object_pairs_hook=_each_once,
        )
    except RecursionError:
        failure = "the body is nested too deep"
    except ValueError:
        pass  # said below, without the input that the original error holds
    raise UnreadableRequest(failure)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("the number is too large")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
