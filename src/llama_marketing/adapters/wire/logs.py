"""Keeps what is on the wire out of the logs.

httpcore writes the answer's headers, and the line it could not parse, at DEBUG; a host may
echo the key in either. The names of its events, and where it connects to, stay.
"""

from __future__ import annotations

import logging
from typing import Final

_LOGGERS: Final = ("httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks")


class _EventNameOnly(logging.Filter):
    """Cuts a record down to its first word, such as ``receive_response_headers.complete``."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = record.getMessage().partition(" ")[0]
        record.args = None
        record.exc_info = None
        record.exc_text = None
        return True


_FILTER: Final = _EventNameOnly()


def hide_wire_values() -> None:
    """Put the filter on httpcore's loggers; doing it again changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
