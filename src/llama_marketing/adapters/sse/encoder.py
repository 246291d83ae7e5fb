"""A pure encoder of server-sent events: one JSON line an event."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_EVENT_NAME: Final = re.compile(r"[a-z_]+")


def encode(event: str, data: Mapping[str, Any]) -> bytes:
    """Answer the frame of one event.

    The JSON is ASCII-escaped, so no text in it can hold a line end, and so add a field or an
    event of its own. Raises ValueError for an event name that is not ``[a-z_]+`` and for a
    number that JSON has no word for.
    """
    if _EVENT_NAME.fullmatch(event) is None:
        raise ValueError("an event's name is made of a-z and _")
    line = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"event: {event}\ndata: {line}\n\n".encode("ascii")


def comment() -> bytes:
    """Answer a comment: the heartbeat that shows whether the reader is still there."""
    return b": \n\n"
