"""Reads the JSON of an answer's body, and cuts its words to a size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.domain.errors import BadPayload, HostError, Truncated

MAX_WORD: Final = 64
"""The longest word of a host, such as a finish reason, that is kept."""
MAX_MODEL_ID: Final = 256
"""The longest id of a model that is kept."""


def parse_body(headers: Mapping[str, str], body: bytes) -> Any:
    """Read a JSON body.

    Raises BadPayload, or Truncated for half a JSON of which nothing said how long it is.
    """
    if "html" in headers.get("content-type", "").lower():
        raise BadPayload("the answer is HTML")
    try:
        return json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        failure: HostError = BadPayload("the answer's JSON is nested too deep")
    except UnicodeDecodeError:
        failure = BadPayload("the answer is no UTF-8")
    except ValueError:
        framed = "content-length" in headers or "transfer-encoding" in headers
        if not framed and (not body or body.lstrip()[:1] in (b"{", b"[")):
            failure = Truncated("the answer ends inside its JSON", received_bytes=len(body))
        else:
            failure = BadPayload("the answer is no JSON")
    raise failure


def short_word(value: object, longest: int) -> str:
    """A text cut to its first characters; anything else is the empty text."""
    return value[:longest] if isinstance(value, str) else ""
