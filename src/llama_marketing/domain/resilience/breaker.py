"""A circuit breaker: leaves a host alone that keeps failing, and tries it again with care.

It opens at five failures in a row, or when at least half of ten or more calls of one window
failed, for fifteen seconds; then one probe goes through, and closes it or opens it anew. A host
that asks for time gets it, and is open to all afterwards. A report of a call that began before
the last change says nothing new. Moments are monotonic seconds.
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
    probe_until: float | None = None
    wait_until: float | None = None
    """Until when the host asked to be left alone."""
    changed_at: float = float("-inf")
    """When it last opened or closed."""

    def allows(self, now: float) -> bool:
        """Whether a call may go out now; an open breaker lets one probe through at its time."""
        if self.wait_until is not None and now < self.wait_until:
            return False
        if self.open_until is None:
            return True
        probing = self.probe_until is not None and now < self.probe_until
        return now >= self.open_until and not probing

    def seconds_left(self, now: float) -> float:
        """Seconds until the next call may go out, 0 where it may now."""
        if self.allows(now):
            return 0.0
        moments = (self.open_until, self.probe_until, self.wait_until)
        return max(moment - now for moment in moments if moment is not None)

    def asked_to_wait(self, now: float) -> bool:
        """Whether the host itself asked for the time that is left."""
        return self.wait_until is not None and now < self.wait_until

    def called(self, now: float) -> Breaker:
        """A call that was allowed goes out; of an open breaker it is the probe."""
        if self.open_until is None:
            return self
        return attrs.evolve(self, probe_until=now + OPEN_FOR)

    def answered(self, now: float, started: float) -> Breaker:
        """The host answered a call that began at ``started``, be it with a refusal."""
        if started < self.changed_at:
            return self
        if self.open_until is not None:
            return Breaker(window_started=now, changed_at=now, wait_until=self.wait_until)
        return attrs.evolve(self._counted(now, failed=False), in_a_row=0)

    def failed(self, now: float, started: float) -> Breaker:
        """The host did not answer a call that began at ``started``, or said that it cannot."""
        if started < self.changed_at:
            return self
        counted = self._counted(now, failed=True)
        many = counted.calls >= LEAST_CALLS and counted.failures * 2 >= counted.calls
        if self.open_until is not None or counted.in_a_row >= FAILURES_IN_A_ROW or many:
            return Breaker(
                window_started=now,
                open_until=now + OPEN_FOR,
                changed_at=now,
                wait_until=self.wait_until,
            )
        return counted

    def told_to_wait(self, now: float, seconds: float) -> Breaker:
        """The host asked for time; a shorter wish than an earlier one changes nothing."""
        return attrs.evolve(
            self, wait_until=max(now + seconds, self.wait_until or now), probe_until=None
        )

    def _counted(self, now: float, *, failed: bool) -> Breaker:
        fresh = now - self.window_started >= WINDOW
        return attrs.evolve(
            self,
            in_a_row=self.in_a_row + 1 if failed else 0,
            window_started=now if fresh else self.window_started,
            calls=1 if fresh else self.calls + 1,
            failures=int(failed) if fresh else self.failures + int(failed),
        )
