"""The one moment by which an operation has to be over."""

from __future__ import annotations

from collections.abc import Callable

import attrs


def _never() -> bool:
    return False


@attrs.frozen
class Deadline:
    """A point on a monotonic clock, in seconds; every shorter limit is cut to it.

    It comes early when ``abandoned`` says that nobody waits any more; asked about once a second,
    in any thread.
    """

    expires_at: float
    monotonic: Callable[[], float] = attrs.field(repr=False)
    abandoned: Callable[[], bool] = attrs.field(default=_never, repr=False)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        if self.abandoned():
            return 0.0
        return max(0.0, self.expires_at - self.monotonic())

    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.remaining() <= 0.0
