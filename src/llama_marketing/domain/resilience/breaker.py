"""A circuit breaker: leaves a host alone that keeps failing, and tries it again with care.

It opens at five failures in a row, or when at least half of ten or more calls of one window
failed, for fifteen seconds; then one probe goes through, and closes it or opens it anew. A host
that asks to slow down is left alone for as long as it says. Moments are monotonic seconds.
"""

from __future__ import annotations

from typing import Final

import attrs

FAILURES_IN_A_ROW: Final = 5
WINDOW: Final = 30.0
"""Seconds over which calls and failures are counted together."""
LEAST_CALLS: Final = 10
OPEN_FOR: Final = 15.0
"""Seconds; a probe that does not report is taken for lost after as long."""


@attrs.frozen(slots=True)
class Breaker:
    """The state for one host; every method answers the state that follows."""

    in_a_row: int = 0
    window_started: float = 0.0
    calls: int = 0
    failures: int = 0
    open_until: float | None = None
    asked_to_wait: bool = False
    """Whether it is open because the host asked for time."""
    probe_until: float | None = None

    def allows(self, now: float) -> bool:
        """Whether a call may go out now; an open breaker lets one probe through at its time."""
        if self.open_until is None:
            return True
        probing = self.probe_until is not None and now < self.probe_until
        return now >= self.open_until and not probing

    def seconds_left(self, now: float) -> float:
        """Seconds until the next call may go out, 0 where it may now."""
        if self.allows(now):
            return 0.0
        return max((self.open_until or now) - now, (self.probe_until or now) - now, 0.0)

    def called(self, now: float) -> Breaker:
        """A call that was allowed goes out; of an open breaker it is the probe."""
        if self.open_until is None:
            return self
        return attrs.evolve(self, probe_until=now + OPEN_FOR)

    def answered(self, now: float) -> Breaker:
        """The host answered, be it with a refusal: it is there."""
        if self.open_until is not None:
            return Breaker(window_started=now)
        return attrs.evolve(self._counted(now, failed=False), in_a_row=0)

    def failed(self, now: float) -> Breaker:
        """The host did not answer, or said that it cannot."""
        counted = self._counted(now, failed=True)
        many = counted.calls >= LEAST_CALLS and counted.failures * 2 >= counted.calls
        if self.open_until is not None or counted.in_a_row >= FAILURES_IN_A_ROW or many:
            return Breaker(window_started=now, open_until=now + OPEN_FOR)
        return counted

    def told_to_wait(self, now: float, seconds: float) -> Breaker:
        """The host asked for time."""
        return Breaker(window_started=now, open_until=now + seconds, asked_to_wait=True)

    def _counted(self, now: float, *, failed: bool) -> Breaker:
        fresh = now - self.window_started >= WINDOW
        return attrs.evolve(
            self,
            in_a_row=self.in_a_row + 1 if failed else 0,
            window_started=now if fresh else self.window_started,
            calls=1 if fresh else self.calls + 1,
            failures=int(failed) if fresh else self.failures + int(failed),
        )
