"""The machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from llama_marketing.adapters.system.clock import SystemClock


def test_the_present_moment_is_aware_and_in_utc() -> None:
    """Between one look at the clock and the next."""
    before = datetime.now(UTC)
    now = SystemClock().now()

    assert now.utcoffset() == timedelta(0)
    assert before <= now <= datetime.now(UTC)


def test_the_monotonic_clock_never_goes_back() -> None:
    """It counts seconds."""
    seen = [SystemClock().monotonic() for _ in range(100)]
    assert seen == sorted(seen)
