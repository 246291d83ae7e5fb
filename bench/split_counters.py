"""What a split quota counter carries, and that it stays exact: ``python -m bench.split_counters``.

First short runs with lost answers and a quota that changes while calls run, in which every commit
is held against the invariants of the books. Then the load that one counter item carries in
simulated time, and what slices carry. docs/scale.md has the design and the figures.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence

import attrs

from bench.simulated_table import Pause, Process, World
from bench.sliced_quota import Auditor, SplitCounter, Terms, TooBusy, sums_agree

SLICES = (1, 2, 4, 8)
RATES = (5, 10, 25, 50, 100, 200, 400)
RUNS = 500
SECONDS = 20
UNLIMITED = 10**12


@attrs.define
class Tally:
    """How the generations of a run fared; ``waits`` are seconds until admission or refusal."""

    admitted: int = 0
    refused: int = 0
    gave_up: int = 0
    waits: list[float] = attrs.Factory(list)


@attrs.frozen
class Verdict:
    """What the auditor found in some runs."""

    commits: int = 0
    admitted: int = 0
    refused: int = 0
    admitted_without_room: int = 0
    wrong_sums: int = 0

    def __add__(self, other: Verdict) -> Verdict:
        mine, theirs = attrs.astuple(self), attrs.astuple(other)
        return Verdict(*(one + two for one, two in zip(mine, theirs, strict=True)))


def generation(
    counter: SplitCounter,
    tally: Tally,
    hold: str,
    terms: Callable[[], Terms],
    amounts: tuple[int, int],
    seconds: float,
) -> Process:
    """One generation: reserve the first of two amounts, write for a while, settle the second."""
    world, started = counter.world, counter.world.now
    try:
        admitted = yield from counter.reserve(hold, amounts[0], terms())
        tally.waits.append(world.now - started)
        if not admitted:
            tally.refused += 1
            return
        tally.admitted += 1
        yield Pause(seconds)
        yield from counter.settle(hold, amounts[1])
    except TooBusy:
        tally.gave_up += 1


def audited(seed: int, slices: int, *, careful: bool = True) -> Verdict:
    """A short run near exhaustion: answers are lost, and the quota goes up and down."""
    chance = random.Random(seed)
    history = [Terms(chance.randrange(400))]
    times = [0.0, *sorted(chance.uniform(0, 2) for _ in range(4))]
    history += [Terms(chance.randrange(600), as_of) for as_of in range(1, len(times))]
    world = World(chance, lost_answers=0.1)
    counter = SplitCounter(world, slices, careful)
    counter.create(history[0])
    auditor = Auditor(counter.keys, {terms.as_of: terms.limit for terms in history})
    world.listener, tally = auditor, Tally()

    def terms() -> Terms:
        return history[sum(moment <= world.now for moment in times) - 1]

    for number in range(80):
        amount = chance.randint(1, 30)
        amounts = amount, chance.randint(0, amount)
        process = generation(counter, tally, f"h{number}", terms, amounts, chance.uniform(0, 1))
        world.start(process, chance.uniform(0, 2.5))
    world.run()
    wrong = auditor.wrong_sums + (not sums_agree(world, counter))
    return Verdict(
        auditor.commits, tally.admitted, tally.refused, auditor.admitted_without_room, wrong
    )


def loaded(rate: float, slices: int, seed: int = 1) -> tuple[World, Tally]:
    """A run of generations that arrive at random, so many a second on average."""
    chance = random.Random(seed)
    world, tally = World(chance), Tally()
    counter = SplitCounter(world, slices)
    terms = Terms(UNLIMITED)
    counter.create(terms)
    moment, number = 0.0, 0
    while (moment := moment + chance.expovariate(rate)) < SECONDS:
        number += 1
        process = generation(counter, tally, f"h{number}", lambda: terms, (9, 5), 1.5)
        world.start(process, moment)
    world.run()
    return world, tally


def percentile(waits: Sequence[float], percent: int) -> float:
    """The value that so many percent do not exceed."""
    return statistics.quantiles(waits, n=100, method="inclusive")[percent - 1]


def main() -> None:
    """Run everything and print it."""
    for careful in (True, False):
        print(f"{RUNS} runs for each number of slices; closed while the quota changes: {careful}")
        for slices in SLICES:
            found = sum(
                (audited(seed, slices, careful=careful) for seed in range(RUNS)), start=Verdict()
            )
            print(
                f"  {slices} slices: {found.commits} commits, {found.admitted} admitted, "
                f"{found.refused} refused; admitted without room {found.admitted_without_room}, "
                f"wrong sums {found.wrong_sums}"
            )
    print(f"load of {SECONDS} simulated seconds: conflicts a generation, p50 and p99 ms, given up")
    for rate in RATES:
        cells = []
        for slices in SLICES:
            world, tally = loaded(rate, slices)
            number = tally.admitted + tally.gave_up
            half, most = (percentile(tally.waits, percent) * 1e3 for percent in (50, 99))
            conflicts = world.conflicts / number
            cells.append(f"{slices}: {conflicts:6.2f} {half:5.0f} {most:6.0f} {tally.gave_up:5}")
        print(f"  {rate:4}/s | " + " | ".join(cells))


if __name__ == "__main__":
    main()
