"""What an exception of httpx or httpcore says about a host.

Both libraries are told apart by their own classes only; no text of theirs but the fixed
sentence for a closed line is read, and none is passed on, since it may quote the host.
"""

from __future__ import annotations

from typing import Final

import httpcore
import httpx

from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
    Truncated,
)

_NO_LINE: Final = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_NO_ROOM: Final = (httpcore.PoolTimeout, httpx.PoolTimeout)
_TIMEOUT: Final = (httpcore.TimeoutException, httpx.TimeoutException)
_PROTOCOL: Final = (httpcore.RemoteProtocolError, httpx.RemoteProtocolError)
_CLOSED: Final = ("disconnected without", "peer closed", "closed connection")
_CLOCK_GRAIN: Final = 0.005
"""A wait may end a hair before the moment it was cut to; in seconds."""


def before_answer(error: Exception, deadline: Deadline) -> HostError:
    """Name what went wrong before the head of an answer was in."""
    timed_out = isinstance(error, _TIMEOUT)
    if isinstance(error, _NO_ROOM) and deadline.remaining() > _CLOCK_GRAIN:
        return HostUnreachable("all lines to the host are taken", work=HostWork.NONE)
    if isinstance(error, (*_NO_LINE, *_NO_ROOM)):
        if timed_out and deadline.remaining_to_answer() <= _CLOCK_GRAIN:
            return DeadlineExceeded("no line to the host in time", work=HostWork.NONE)
        return HostUnreachable("no line to the host", work=HostWork.NONE)
    if timed_out:
        return DeadlineExceeded("the host did not answer in time", work=HostWork.UNKNOWN)
    if isinstance(error, _PROTOCOL) and not _closed(error):
        return BadPayload("the answer is no HTTP", work=HostWork.UNKNOWN)
    return HostUnreachable("the line died before an answer", work=HostWork.UNKNOWN)


def inside_answer(error: Exception, deadline: Deadline) -> HostError:
    """Name what went wrong in the body of an answer."""
    if isinstance(error, _TIMEOUT):
        if deadline.remaining() <= _CLOCK_GRAIN:
            return DeadlineExceeded("the answer took too long", work=HostWork.PARTIAL)
        return DeadlineExceeded("the answer stalled", work=HostWork.PARTIAL)
    if isinstance(error, _PROTOCOL) and not _closed(error):
        return BadPayload("the answer's body is no HTTP", work=HostWork.PARTIAL)
    return Truncated("the line died inside the answer")


def as_failure(error: Exception) -> HostError:
    """Make a fault of what reading an answer raised, without the frames it came through."""
    if not isinstance(error, HostError):
        return BadPayload(f"the answer cannot be read ({type(error).__name__})")
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _closed(error: Exception) -> bool:
    text = str(error)
    return any(words in text for words in _CLOSED)
