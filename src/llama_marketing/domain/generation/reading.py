"""From a model's reply to an object: tolerant of what models do, strict about the result.

Fences, prose around the object, trailing commas, raw line breaks, NaN and an object cut off by
the token limit are repaired once. Anything else is no object, and the model is asked again.
Every step is linear in the reply.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+'
_TRAILING_COMMA = re.compile(r",(?=\s*+[}\]])")
_ESCAPE = re.compile(r'(\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))|\\')
_LITERAL = re.compile(rf'(?P<string>{_STRING})(?P<closed>"?)|[{{}}\[\]]', re.DOTALL)
_KEY_ALONE = re.compile(rf'([{{,]\s*+){_STRING}"\Z', re.DOTALL)
_CUT_WORD = re.compile(r'(?<![^\s{}\[\]:,"])[^\s{}\[\]:,"]++\Z')
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{0,3})?\Z")
_CUT_PAIR = re.compile(r"\\u[Dd][89ABab][0-9A-Fa-f]{2}\Z")


def read_object(reply: str) -> dict[str, Any] | None:
    """The first JSON object of a reply, repaired once; None when there is none.

    Of a property that comes twice the first one counts, as it does for a reader of the stream.
    What a cut left unfinished is left out: half an escape, a key without a value, and a word or
    number, which becomes null.
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


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


# strict=False lets raw line breaks stand in strings; NaN, Infinity and 1e999 become null.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_first_wins,
    parse_constant=lambda _: None,
    parse_float=_finite,
    strict=False,
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
        text = _CUT_WORD.sub("null", text.rstrip()).rstrip(" \t\r\n:,")
    if closing.startswith("}"):
        text = _KEY_ALONE.sub(r"\1", text).rstrip(" \t\r\n,")
    return _mend(text) + closing


def _open_parts(text: str) -> tuple[str, bool]:
    """The brackets that would close the object, and whether it ends inside a string."""
    stack: list[str] = []
    for match in _LITERAL.finditer(text):
        token = match[0]
        if match["string"]:
            if not match["closed"]:
                return "".join(reversed(stack)), True
        elif token in "{[":
            stack.append("}" if token == "{" else "]")
        else:
            stack.pop()
            if not stack:
                return "", False
    return "".join(reversed(stack)), False


def _without_half_escape(text: str) -> str:
    """A string's open end without the escape, or the half of a surrogate pair, that was cut."""
    for cut in (_CUT_ESCAPE, _CUT_PAIR):
        match = cut.search(text, max(0, len(text) - 6))
        if match is not None and _is_escape(text, match.start()):
            text = text[: match.start()]
    return text


def _is_escape(text: str, place: int) -> bool:
    """Whether the backslash at a place begins an escape, and is not the second of one."""
    before = place - len(text[:place].rstrip("\\"))
    return before % 2 == 0


def _mend(text: str) -> str:
    """Drop trailing commas outside of strings, and double the stray backslashes inside."""
    pieces, done = [], 0
    for match in _LITERAL.finditer(text):
        if not match["string"]:
            continue
        pieces.append(_TRAILING_COMMA.sub("", text[done : match.start()]))
        pieces.append(_ESCAPE.sub(lambda escape: escape[1] or "\\\\", match[0]))
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
