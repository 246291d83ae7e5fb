"""The one moment by which an operation has to be over."""

from __future__ import annotations

from collections.abc import Callable

import attrs


@attrs.frozen
class Deadline:
    """A point on a monotonic clock, in seconds; every shorter limit is cut to it."""

    expires_at: float
    monotonic: Callable[[], float] = attrs.field(repr=False)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.expires_at - self.monotonic())

    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.monotonic() >= self.expires_at
