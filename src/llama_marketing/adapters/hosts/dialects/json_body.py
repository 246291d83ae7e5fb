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
MAX_VALUES: Final = 75_000
"""About the most values of one JSON text, an object counted twice.

Read, an object takes up to 230 bytes, a member of one with its name up to 200: 50,000 nested
objects are 12 MB. The longest honest answer is a router's list of 600 models with 70 values each.
"""


def parse_body(headers: Mapping[str, str], body: bytes) -> Any:
    """Read a JSON body.

    Raises BadPayload, or Truncated for half a JSON of which nothing said how long it is.
    """
    if "html" in headers.get("content-type", "").lower():
        raise BadPayload("the answer is HTML")
    if has_too_many_values(body):
        raise BadPayload("the answer's JSON has too many values")
    framed = "content-length" in headers or "transfer-encoding" in headers
    begun = not body or body.lstrip()[:1] in (b"{", b"[")
    cut = Truncated("the answer ends inside its JSON", received_bytes=len(body))
    try:
        return json.loads(body.decode("utf-8-sig"))
    except RecursionError:
        failure: HostError = BadPayload("the answer's JSON is nested too deep")
    except UnicodeDecodeError as error:
        # The end may have cut a character in two.
        open_end = error.reason == "unexpected end of data" and begun and not framed
        failure = cut if open_end else BadPayload("the answer is no UTF-8")
    except ValueError:
        failure = BadPayload("the answer is no JSON") if framed or not begun else cut
    raise failure


def has_too_many_values(text: str | bytes) -> bool:
    """Whether a JSON text would become more objects in memory than any answer needs."""
    if len(text) <= MAX_VALUES:
        return False
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return data.count(b",") + 2 * data.count(b"{") + data.count(b"[") > MAX_VALUES


def short_word(value: object, longest: int) -> str:
    """A text cut to its first characters; anything else is the empty text."""
    return value[:longest] if isinstance(value, str) else ""
