"""A thousand holds of ten cents race for five dollars: exactly fifty are admitted."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.usage.amounts import NOTHING
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import (
    DIME,
    MONTH,
    TENANT,
    dollars,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_settlement,
)

HOLDS = 1000
ROOM = 50
PROCESSES = 8
RATERS = 16


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Let threads interrupt each other a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_threads_on_memory_admit_exactly_what_fits(seed: int, hasty_threads: None) -> None:
    """A thousand threads start together; the seed shifts which reservation each makes."""
    books = MemoryUsageBooks(MemoryDatabase())

    def race(number: int) -> None:
        _race_for(books, [(number * 7 + seed) % HOLDS])

    run_together([partial(race, number) for number in range(HOLDS)])

    _assert_exactly_fifty(books)


@pytest.mark.slow
def test_threads_that_settle_and_sweep_at_once_keep_the_books(hasty_threads: None) -> None:
    """Each hold is settled by two threads and swept by a third; the quota moves meanwhile."""
    books = MemoryUsageBooks(MemoryDatabase())
    holds = [sample_hold(f"gen{number}") for number in range(100)]
    for hold in holds:
        books.reserve(TENANT, hold, dollars(None))

    def settle() -> None:
        for hold in holds:
            books.settle(TENANT, sample_settlement(hold, NOTHING))

    def sweep() -> None:
        for hold in reversed(holds):
            books.settle(TENANT, swept(hold))

    def move_quota() -> None:
        for number, quota in enumerate(["50", "10", "80"] * 30):
            terms = dollars(quota, as_of=f"2026-02-02T{number:02}")
            books.reserve(TENANT, sample_hold(f"more{number}"), terms)

    run_together([settle, sweep, settle, move_quota])

    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.settled.cost == 0
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.slow
def test_processes_on_one_file_admit_exactly_what_fits(tmp_path: Path) -> None:
    """Eight processes, each with its own connection, and no file before they start."""
    path = tmp_path / "store.db"
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    processes = [
        context.Process(target=_race_in_process, args=(path, barrier, number))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    database = SqliteDatabase(path)
    try:
        _assert_exactly_fifty(SqliteUsageBooks(database))
    finally:
        database.close()


def test_threads_on_one_file_share_a_pool_of_connections(tmp_path: Path) -> None:
    """Sixteen threads reserve together, through one database object."""
    database = SqliteDatabase(tmp_path / "store.db")
    books = SqliteUsageBooks(database)

    def race(number: int) -> None:
        _race_for(books, list(range(number, 96, 16)))

    run_together([partial(race, number) for number in range(16)])

    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert (counter.settled.cost, counter.refused) == (50 * DIME, 46)
    assert_books_agree(books, TENANT, MONTH)
    database.close()


def test_users_who_rate_one_entry_at_once_each_have_their_last_word(tmp_path: Path) -> None:
    """Sixteen threads change their minds: eight for a user each, eight all for one user."""
    database = SqliteDatabase(tmp_path / "store.db")
    books = SqliteUsageBooks(database)
    books.record(TENANT, sample_entry(user_id="all", quality_rating=3))

    def rate(number: int) -> None:
        user_id = f"u{number}" if number < RATERS // 2 else "all"
        for stars in (5, 1, 2, number % 5 + 1):
            books.rate(TENANT, sample_rating(stars, user_id))

    run_together([partial(rate, number) for number in range(RATERS)])

    entry, kept = books.entry(TENANT, "gen1"), books.ratings(TENANT, "gen1")
    assert entry is not None
    last = {rating.user_id: rating.rating for rating in kept}
    assert {user: last[user] for user in last if user != "all"} == {
        f"u{number}": number % 5 + 1 for number in range(RATERS // 2)
    }
    month = books.month_rollup(TENANT, MONTH)
    assert (month.rating_sum, month.ratings) == (sum(last.values()), RATERS // 2 + 1)
    assert entry.quality_rating == last["all"]
    assert_books_agree(books, TENANT, MONTH)
    database.close()


def _race_in_process(path: Path, barrier: Barrier, number: int) -> None:
    database = SqliteDatabase(path)
    barrier.wait(timeout=60)
    _race_for(SqliteUsageBooks(database), list(range(number, HOLDS, PROCESSES)))
    database.close()


def _race_for(books: UsageBooks, numbers: list[int]) -> None:
    for number in numbers:
        hold = sample_hold(f"gen{number}")
        if books.reserve(TENANT, hold, dollars("5")).admitted:
            books.settle(TENANT, sample_settlement(hold))


def _assert_exactly_fifty(books: UsageBooks) -> None:
    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.refused == HOLDS - ROOM
    assert counter.available == 0
    assert counter.settled.cost == ROOM * DIME
    assert books.month_rollup(TENANT, MONTH).operations == ROOM
    assert open_holds(books, TENANT) == []
    assert_books_agree(books, TENANT, MONTH)
