"""The machine's clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import attrs

from llama_marketing.ports.clock import Clock


@attrs.frozen
class SystemClock(Clock):
    """Tells the machine's time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on the machine's monotonic clock."""
        return time.monotonic()
