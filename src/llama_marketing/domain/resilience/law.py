"""What a fault of a host means for the next step of an operation.

The order is: the same host and model once more, then the next attempt of the plan. What a host
answered for good (400, 401, 402, 403, 413, 422, a refusal) is never asked again or elsewhere.
The numbers are those of the operators' own clients and of Google's SRE book (2026-11).
"""

from __future__ import annotations

from typing import Final

from llama_marketing.domain.errors import (
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    Truncated,
)

LONGEST_WAIT: Final = 20.0
"""Seconds; a host that asks for more is left alone, since somebody waits for the answer."""
FIRST_WAIT: Final = 0.5
"""Seconds; a random part of it passes before a second try, so that not all come at once."""
LEAST_SHARE: Final = 0.25
"""Of the operation's time: with less left no further attempt starts."""
KEPT_SHARE: Final = 0.3
"""Of the time that is left: what a silent host leaves for the one behind it."""
LONG_SILENCE: Final = 10.0
"""Seconds; a shorter silence says more of the client's deadline than of the host."""
MAY_MOVE_ON: Final = frozenset({404, 408, 410, 429, 498})
"""The statuses below 500 after which the next attempt is tried."""


def asks_again(error: HostError, *, streamed: bool, elsewhere: bool) -> bool:
    """Whether the same host and model are asked once more after a fault.

    ``elsewhere`` says that another host can be tried; then nobody waits for one that asks for
    time. A stream is not asked for again where the host may have begun to write.
    """
    if isinstance(error, HostRateLimited):
        return not elsewhere and error.status in (429, 498) and _is_short(error.retry_after)
    if isinstance(error, Truncated):
        return not streamed
    if not isinstance(error, HostUnreachable):
        return False
    if error.status is None:
        # A hint without an answer is our own breaker's: nothing was sent, and nothing will be.
        may_be_sent = error.work is HostWork.NONE or not streamed
        return error.retry_after is None and may_be_sent
    if error.retry_after is not None and (elsewhere or not _is_short(error.retry_after)):
        return False
    return error.status == 408 or error.status >= 500


def wait_before(error: HostError, jitter: float) -> float:
    """Seconds to wait before the same host is asked again; ``jitter`` is from 0 to 1."""
    return (error.retry_after or 0.0) + jitter * FIRST_WAIT


def moves_on(error: HostError, *, operation_is_over: bool = True) -> bool:
    """Whether the next attempt may be tried after a fault (interfaces 2.3).

    A host that said nothing in its own share of the time is left for the next one, as long as
    the operation is not over.
    """
    if error.status is not None:
        return error.status in MAY_MOVE_ON or error.status >= 500
    if isinstance(error, DeadlineExceeded):
        return not operation_is_over
    return isinstance(error, HostUnreachable)


def tells_ill_health(error: HostError, seconds: float = LONG_SILENCE) -> bool:
    """Whether a fault after so many seconds counts against the host: no line, 5xx, long silence.

    What a host refuses, and text that it garbles, shows that it is there. A client with a
    deadline of a second must not close a host for all others.
    """
    if isinstance(error, DeadlineExceeded):
        return seconds >= LONG_SILENCE
    return isinstance(error, HostUnreachable)


def _is_short(seconds: float | None) -> bool:
    return seconds is not None and seconds <= LONGEST_WAIT
