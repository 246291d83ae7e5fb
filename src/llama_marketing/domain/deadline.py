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
    in any thread. ``answer_by`` is the moment by which the head of an answer must be in, where
    something else can still be tried after it; None is ``expires_at``.
    """

    expires_at: float
    monotonic: Callable[[], float] = attrs.field(repr=False)
    abandoned: Callable[[], bool] = attrs.field(default=_never, repr=False)
    answer_by: float | None = None

    def remaining(self) -> float:
        """Seconds left, never negative."""
        if self.abandoned():
            return 0.0
        return max(0.0, self.expires_at - self.monotonic())

    def remaining_to_answer(self) -> float:
        """Seconds left until the head of an answer must be in, never negative."""
        left = self.remaining()
        if self.answer_by is None:
            return left
        return max(0.0, min(left, self.answer_by - self.monotonic()))

    def passed(self) -> bool:
        """Whether nothing is left."""
        return self.remaining() <= 0.0
