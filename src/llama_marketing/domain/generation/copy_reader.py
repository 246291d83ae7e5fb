"""Reads the copy out of a structured reply while the reply is still arriving.

The reply is one JSON object; the copy is the string value of one of its own properties. The
reader finds that property, decodes the string as its pieces come, and shows no JSON syntax.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+', re.DOTALL)
_STOP = re.compile(r'["\\]')
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
_HEX = re.compile(r"[0-9A-Fa-f]{4}")


class CopyReader:
    """Decodes the value of ``field`` out of an object that arrives in pieces."""

    __slots__ = ("_buffer", "_depth", "_key", "_phase", "field")

    def __init__(self, field: str = "content") -> None:
        self.field = field
        self._buffer = ""
        self._depth = 0
        self._key = ""
        self._phase = "object"

    def feed(self, piece: str) -> str:
        """The part of the copy that this piece completes; may be empty."""
        if self._phase == "done":
            return ""
        text = self._buffer + piece if self._buffer else piece
        self._buffer = ""
        if self._phase == "object":
            start = text.find("{")
            if start < 0:
                return ""
            text, self._phase = text[start:], "structure"
        if self._phase == "structure":
            text = self._skip_to_value(text)
        return self._decode(text) if self._phase == "value" else ""

    def end(self) -> str:
        """What a reply that ended inside an escape still gives: a replacement, or nothing."""
        unfinished, self._buffer = self._buffer, ""
        was, self._phase = self._phase, "done"
        return "\ufffd" if was == "value" and len(unfinished) >= 6 else ""

    def _skip_to_value(self, text: str) -> str:
        """Walk whole tokens up to the opening quote of the field; keep what is unfinished."""
        place, last = 0, ""
        while place < len(text):
            if self._key == self.field and last == ":" and text[place] == '"':
                self._phase = "value"
                return text[place + 1 :]
            match = _TOKEN.match(text, place)
            if match is None or (match.end() == len(text) and match[0][0] not in '{}[]:,"'):
                break  # an unfinished string, or a word or blank that may go on
            token = match[0]
            place = match.end()
            if token.isspace():
                continue
            last = self._take(token)
        # The pending key and colon are kept as text, so that the next piece sees them again.
        if last == ":" and self._key == self.field:
            self._buffer, self._key = f'"{self.field}":' + text[place:], ""
        else:
            self._buffer = text[place:]
        return ""

    def _take(self, token: str) -> str:
        """Note one structural token; answers it, or ':' when it follows a key of the object."""
        if token[0] == '"':
            if self._depth == 1:
                self._key = token[1:-1]
            return '"'
        if token in "{[":
            self._depth += 1
        elif token in "}]":
            self._depth -= 1
            if self._depth <= 0:
                self._phase = "done"
        if token != ":" or self._depth != 1:
            self._key = ""
        return token

    def _decode(self, text: str) -> str:
        """Decode as much of the string's body as is whole."""
        shown: list[str] = []
        place = 0
        while place < len(text):
            match = _STOP.search(text, place)
            if match is None:
                shown.append(text[place:])
                break
            shown.append(text[place : match.start()])
            if match[0] == '"':
                self._phase = "done"
                break
            decoded, place = _escape(text, match.start())
            if decoded is None:
                self._buffer = text[match.start() :]
                break
            shown.append(decoded)
        return "".join(shown)


def _escape(text: str, start: int) -> tuple[str | None, int]:
    """The character of the escape at ``start`` and where it ends; None while it is unfinished."""
    if start + 1 >= len(text):
        return None, start
    kind = text[start + 1]
    if kind != "u":
        return _SIMPLE.get(kind, "\\" + kind), start + 2
    digits = text[start + 2 : start + 6]
    if len(digits) < 4:
        return None, start
    if not _HEX.fullmatch(digits):
        return "\\u", start + 2
    unit = int(digits, 16)
    if not 0xD800 <= unit <= 0xDBFF:
        return chr(unit) if not 0xDC00 <= unit <= 0xDFFF else "\ufffd", start + 6
    return _pair(text, start, unit)


def _pair(text: str, start: int, high: int) -> tuple[str | None, int]:
    """The second half of a surrogate pair; a high half alone becomes U+FFFD."""
    rest = text[start + 6 : start + 12]
    if len(rest) < 6 and "\\u".startswith(rest[:2]):
        return None, start
    if rest[:2] == "\\u" and _HEX.fullmatch(rest[2:]):
        low = int(rest[2:], 16)
        if 0xDC00 <= low <= 0xDFFF:
            return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), start + 12
    return "\ufffd", start + 6
