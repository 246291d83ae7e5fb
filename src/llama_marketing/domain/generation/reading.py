"""From a model's reply to an object: tolerant of what models do, strict about the result.

Fences, prose around the object, trailing commas, raw line breaks, NaN and an object cut off by
the token limit are repaired once. Anything else is no object, and the model is asked again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BAD_ESCAPE = re.compile(r"\\(?:u(?![0-9A-Fa-f]{4})|[^\"\\/bfnrtu])", re.DOTALL)
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]]', re.DOTALL)
_KEY_ALONE = re.compile(r'([{,]\s*)"(?:[^"\\]|\\.)*"$', re.DOTALL)


def read_object(reply: str) -> dict[str, Any] | None:
    """The first JSON object of a reply, repaired once; None when there is none.

    Of a property that comes twice the first one counts, as it does for a reader of the stream.
    """
    start = reply.find("{")
    if start < 0:
        return None
    text = reply[start:]
    return _decode(text) or _decode(_repaired(text))


def was_cut(reply: str) -> bool:
    """Whether the reply's object never closes."""
    start = reply.find("{")
    return start >= 0 and bool(_open_parts(reply[start:])[0])


def _first_wins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


# strict=False lets raw line breaks stand in strings; NaN and Infinity become null.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_first_wins, parse_constant=lambda _: None, strict=False
)


def _decode(text: str) -> dict[str, Any] | None:
    try:
        value, _ = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _repaired(text: str) -> str:
    """Mend escapes and commas, and close what the token limit left open."""
    closing, in_string = _open_parts(text)
    if in_string:
        text = _without_half_escape(text) + '"'
    elif closing:
        text = text.rstrip().rstrip(":,")
    if closing.startswith("}"):
        text = _KEY_ALONE.sub(r"\1", text).rstrip().rstrip(",")
    return _mend_outside_strings(text) + closing


def _open_parts(text: str) -> tuple[str, bool]:
    """The brackets that would close the object, and whether it ends inside a string."""
    stack: list[str] = []
    for match in _LITERAL.finditer(text):
        token = match[0]
        if token[0] == '"':
            if len(token) == 1 or not token.endswith('"') or _ends_escaped(token):
                return "".join(reversed(stack)), True
        elif token in "{[":
            stack.append("}" if token == "{" else "]")
        elif stack:
            stack.pop()
            if not stack:
                return "", False
    return "".join(reversed(stack)), False


def _ends_escaped(token: str) -> bool:
    body = token[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _without_half_escape(text: str) -> str:
    return re.sub(r"(?<!\\)((?:\\\\)*)\\(?:u[0-9A-Fa-f]{0,3})?$", r"\1", text)


def _mend_outside_strings(text: str) -> str:
    pieces, done = [], 0
    for match in _LITERAL.finditer(text):
        if match[0][0] != '"':
            continue
        pieces.append(_TRAILING_COMMA.sub("", text[done : match.start()]))
        pieces.append(_BAD_ESCAPE.sub(lambda bad: "\\" + bad[0], match[0]))
        done = match.end()
    pieces.append(_TRAILING_COMMA.sub("", text[done:]))
    return "".join(pieces)


def text_of(found: Mapping[str, Any], name: str) -> str:
    """A text property; empty when it is missing or something else."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def texts_of(found: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts; what is no text is left out, and one text counts as a list of its words."""
    value = found.get(name)
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, str)]
