"""The design of split quota counters (docs/scale.md) is exact, in simulated time."""

from __future__ import annotations

import random

import pytest

from bench.simulated_table import World
from bench.sliced_quota import SplitCounter, Terms, sum_of, sums_agree
from bench.split_counters import SLICES, Tally, audited, generation, loaded

RUNS = 40


def at_once(slices: int, limit: int, amounts: list[int]) -> tuple[SplitCounter, Tally]:
    """Reservations that all arrive at one moment, and settle in full at the end."""
    world, tally = World(random.Random(1)), Tally()
    counter = SplitCounter(world, slices)
    counter.create(Terms(limit))
    for number, amount in enumerate(amounts):
        amounts_of_one = amount, amount
        world.start(
            generation(counter, tally, f"h{number}", lambda: Terms(limit), amounts_of_one, 1.0)
        )
    world.run()
    return counter, tally


@pytest.mark.parametrize("slices", SLICES)
def test_no_commit_breaks_an_invariant_while_answers_are_lost_and_the_quota_changes(
    slices: int,
) -> None:
    """Every slice's and the whole's sums hold, and nothing is admitted that does not fit."""
    for seed in range(RUNS):
        found = audited(seed, slices)
        assert (found.admitted_without_room, found.wrong_sums) == (0, 0), seed
        assert found.commits > found.admitted > 0


def test_slices_that_stay_open_while_the_quota_is_lowered_admit_too_much() -> None:
    """The control: what the auditor looks for does happen without that step."""
    found = [audited(seed, 4, careful=False).admitted_without_room for seed in range(RUNS)]

    assert sum(found) > 0


@pytest.mark.parametrize("slices", SLICES)
def test_of_many_at_once_exactly_as_many_are_admitted_as_fit(slices: int) -> None:
    """As with one counter: fifty of two hundred, and the quota is used up."""
    counter, tally = at_once(slices, 50, [1] * 200)

    assert (tally.admitted, tally.refused, tally.gave_up) == (50, 150, 0)
    assert sum_of([counter.world.items[key] for key in counter.keys], "settled") == 50
    assert sums_agree(counter.world, counter)


@pytest.mark.parametrize("slices", SLICES)
def test_what_fits_into_the_whole_is_admitted_though_it_fits_into_no_slice(slices: int) -> None:
    """The slices' rests are gathered first."""
    _, tally = at_once(slices, 80, [75])
    _, too_much = at_once(slices, 80, [81])

    assert (tally.admitted, tally.refused) == (1, 0)
    assert (too_much.admitted, too_much.refused) == (0, 1)


def test_slices_meet_fewer_conflicts_than_one_counter() -> None:
    """At a rate at which one item is mostly held by somebody else."""
    conflicts = [loaded(50, slices)[0].conflicts for slices in SLICES]

    assert conflicts == sorted(conflicts, reverse=True)
    assert conflicts[0] > 5 * conflicts[-1] > 0
