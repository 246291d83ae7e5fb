"""Reads the copy out of a structured reply while the reply is still arriving.

The reply is one JSON object; the copy is the string value of one of its own properties. The
reader finds that property, decodes the string as its pieces come, and shows no JSON syntax.
"""

from __future__ import annotations

import re
from enum import Enum, auto

# Outside of strings: a bracket, a comma, a colon, a quote, or a word such as a number.
_TOKEN = re.compile(r'[{}\[\],:"]|[^\s{}\[\],:"]+')
_STOP = re.compile(r'["\\]')
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
_HEX = re.compile(r"[0-9A-Fa-f]{4}")


class _Phase(Enum):
    BEFORE = auto()
    STRUCTURE = auto()
    """Inside the object, outside of strings."""
    KEY = auto()
    """In a key of the object itself."""
    STRING = auto()
    """In a string of no interest."""
    VALUE = auto()
    DONE = auto()


class CopyReader:
    """Decodes the value of ``field`` out of an object that arrives in pieces.

    Total: no reply makes it raise. Its time is linear in the reply, however it is cut. Of a
    property that comes twice the first one counts.
    """

    __slots__ = ("_depth", "_escaped", "_key", "_last", "_phase", "_unfinished", "field")

    def __init__(self, field: str = "content") -> None:
        self.field = field
        self._phase = _Phase.BEFORE
        self._depth = 0
        self._last = ""
        # The object's last key, as much of it as tells whether it is the field.
        self._key = ""
        # Whether a key or a string of no interest was cut behind a backslash.
        self._escaped = False
        # The escape in the value that was cut.
        self._unfinished = ""

    @property
    def done(self) -> bool:
        """Whether the copy is whole, or will never come."""
        return self._phase is _Phase.DONE

    def feed(self, piece: str) -> str:
        """The part of the copy that this piece completes; may be empty."""
        place = 0
        while place < len(piece):
            match self._phase:
                case _Phase.BEFORE:
                    place = self._find_object(piece)
                case _Phase.STRUCTURE:
                    place = self._read_structure(piece, place)
                case _Phase.KEY | _Phase.STRING:
                    place = self._pass_string(piece, place)
                case _Phase.VALUE:
                    return self._decode(self._unfinished + piece[place:])
                case _:
                    break
        return ""

    def end(self) -> str:
        """What is left once no more comes: nothing, since an escape that was cut is no text."""
        self._phase, self._unfinished = _Phase.DONE, ""
        return ""

    def _find_object(self, piece: str) -> int:
        start = piece.find("{")
        if start < 0:
            return len(piece)
        self._phase, self._depth, self._last = _Phase.STRUCTURE, 1, "{"
        return start + 1

    def _read_structure(self, piece: str, place: int) -> int:
        """Take tokens up to the next string, the end of the object or that of the piece."""
        for match in _TOKEN.finditer(piece, place):
            token, before = match[0], self._last
            self._last = token
            is_value = before == ":" and self._key == self.field
            if token == '"':
                self._begin_string(is_value, is_key=self._depth == 1 and before in "{,")
                return match.end()
            self._depth += (token in "{[") - (token in "}]")
            if is_value or self._depth == 0:  # a value that is no string, or the object's end
                self._phase = _Phase.DONE
                return match.end()
        return len(piece)

    def _begin_string(self, is_value: bool, is_key: bool) -> None:
        if is_key:
            self._phase, self._key = _Phase.KEY, ""
        else:
            self._phase = _Phase.VALUE if is_value else _Phase.STRING

    def _pass_string(self, piece: str, place: int) -> int:
        """Pass over a string, and note it when it is a key."""
        if self._escaped:
            self._escaped = False
            return self._note_key(piece, place, place + 1)
        match = _STOP.search(piece, place)
        if match is None:
            return self._note_key(piece, place, len(piece))
        self._note_key(piece, place, match.start())
        if match[0] == '"':
            self._phase = _Phase.STRUCTURE
        else:
            self._escaped = True
            self._note_key("\\", 0, 1)
        return match.end()

    def _note_key(self, text: str, start: int, end: int) -> int:
        missing = len(self.field) + 1 - len(self._key)
        if self._phase is _Phase.KEY and missing > 0:
            self._key += text[start : min(end, start + missing)]
        return end

    def _decode(self, text: str) -> str:
        """Decode as much of the string's body as is whole."""
        self._unfinished = ""
        shown: list[str] = []
        place = 0
        while match := _STOP.search(text, place):
            shown.append(text[place : match.start()])
            place = match.start()
            if match[0] == '"':
                self._phase = _Phase.DONE
                return "".join(shown)
            decoded, place = _escape(text, place)
            if decoded is None:
                self._unfinished = text[place:]
                return "".join(shown)
            shown.append(decoded)
        return "".join([*shown, text[place:]])


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
