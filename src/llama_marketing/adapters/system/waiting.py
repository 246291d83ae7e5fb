"""Waiting on the machine's clock."""

from __future__ import annotations

import random
import time

import attrs

from llama_marketing.ports.waiting import Waiting


@attrs.frozen
class SystemWaiting(Waiting):
    """Sleeps in the calling thread."""

    def wait(self, seconds: float) -> None:
        """Sleep; nothing for what is not above 0."""
        time.sleep(max(0.0, seconds))

    def jitter(self) -> float:
        """A random number from 0 to 1."""
        return random.random()  # noqa: S311 - it spreads calls, and guards nothing
