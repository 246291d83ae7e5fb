"""Two ways to do the same, timed in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

ROUNDS = 9


def compare(
    title: str, ours: Callable[[], object], bare: Callable[[], object], runs: int, units: int
) -> None:
    """Time both in turn and print the medians and the ratio, round by round.

    Both sides take turns, so that a machine whose speed drifts slows both.
    """
    figures: list[tuple[float, float]] = []
    for round_number in range(ROUNDS + 1):
        order = (ours, bare) if round_number % 2 else (bare, ours)
        spent = {one: _cpu(one, runs) for one in order}
        if round_number:  # the first round warms up
            figures.append((spent[ours] / units * 1e6, spent[bare] / units * 1e6))
    ratios = [mine / theirs for mine, theirs in figures]
    print(
        f"{title}: llama_marketing {statistics.median(mine for mine, _ in figures):.1f} us, "
        f"httpx + json {statistics.median(theirs for _, theirs in figures):.1f} us, "
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}..{max(ratios):.2f})"
    )


def _cpu(action: Callable[[], object], runs: int) -> float:
    started = time.process_time()
    for _ in range(runs):
        action()
    return time.process_time() - started
