"""Many threads and processes against one counter of DynamoDB Local: what fits, and not more."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from functools import partial
from multiprocessing.synchronize import Barrier

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
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
from tests.dynamodb_local import (
    ANSWER_SECONDS,
    DEADLINE_SECONDS,
    LocalDynamo,
    local_session,
)

pytestmark = pytest.mark.slow

THREADS = 200
PROCESSES = 8
RATERS = 16
HOLDS = 400
ROOM = 50


def test_two_hundred_threads_admit_exactly_what_fits(dynamo: DynamoClient) -> None:
    """They start together, and the month has no counter before they do."""
    books = DynamoUsageBooks(dynamo)

    def race(number: int) -> None:
        _race_for(books, range(number, HOLDS, THREADS))

    run_together([partial(race, number) for number in range(THREADS)])

    _assert_exactly_fifty(books)


def test_eight_processes_admit_exactly_what_fits(dynamodb_local: LocalDynamo) -> None:
    """Each with a client and a memory of its own."""
    table = dynamodb_local.new_table()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    processes = [
        context.Process(
            target=_race_in_process, args=(dynamodb_local.endpoint, table, barrier, number)
        )
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=180)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    _assert_exactly_fifty(DynamoUsageBooks(dynamodb_local.over(table)))


def test_holds_that_grow_at_once_take_exactly_what_is_left(dynamo: DynamoClient) -> None:
    """Twenty holds of ten cents want twenty each; there is room for five of them."""
    books = DynamoUsageBooks(dynamo)
    for number in range(20):
        books.reserve(TENANT, sample_hold(f"gen{number}"), dollars("2.5"))
    larger = sample_hold(amount=sample_hold().amount.model_copy(update={"cost": 2 * DIME})).amount
    grown: list[bool] = []

    def grow(number: int) -> None:
        grown.append(books.enlarge(TENANT, f"gen{number}", larger))

    run_together([partial(grow, number) for number in range(20)])

    assert sorted(grown) == [False] * 15 + [True] * 5
    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.available == 0
    assert_books_agree(books, TENANT, MONTH)


def test_threads_that_settle_and_sweep_at_once_keep_the_books(dynamo: DynamoClient) -> None:
    """Each hold is settled by two processes and swept by a third; the quota moves meanwhile."""
    mine, others = DynamoUsageBooks(dynamo), DynamoUsageBooks(dynamo)
    holds = [sample_hold(f"gen{number}") for number in range(30)]
    for hold in holds:
        mine.reserve(TENANT, hold, dollars(None))

    def settle(books: UsageBooks) -> None:
        for hold in holds:
            books.settle(TENANT, sample_settlement(hold, NOTHING))

    def sweep() -> None:
        for hold in reversed(holds):
            others.settle(TENANT, swept(hold))

    def move_quota() -> None:
        for number, quota in enumerate(["50", "10", "80"] * 10):
            terms = dollars(quota, as_of=f"2026-02-02T{number:02}")
            others.reserve(TENANT, sample_hold(f"more{number}"), terms)

    tasks: list[Callable[[], None]]
    tasks = [partial(settle, mine), sweep, partial(settle, others), move_quota]
    run_together(tasks)

    counter = mine.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.settled.cost == 0
    assert mine.month_rollup(TENANT, MONTH).operations == len(holds)
    assert_books_agree(mine, TENANT, MONTH)


def test_a_quota_that_moves_is_never_exceeded_by_what_it_admits(dynamo: DynamoClient) -> None:
    """Fifty threads under the first terms, one that saves ever newer ones, at most a dollar."""
    books = DynamoUsageBooks(dynamo)
    quotas = ["0.5", "1", "0.7", "0.9", "1"]

    def reserve(number: int) -> None:
        books.reserve(TENANT, sample_hold(f"gen{number}"), dollars("0.5"))

    def move_quota() -> None:
        for number, quota in enumerate(quotas):
            terms = dollars(quota, as_of=f"2026-02-0{2 + number}")
            books.reserve(TENANT, sample_hold(f"more{number}"), terms)

    tasks: list[Callable[[], None]]
    tasks = [move_quota, *(partial(reserve, number) for number in range(50))]
    run_together(tasks)

    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert (counter.limit, counter.as_of) == (10 * DIME, "2026-02-06")
    assert counter.reserved.cost <= 10 * DIME
    assert len(open_holds(books, TENANT)) + counter.refused == 55
    assert_books_agree(books, TENANT, MONTH)


def test_the_same_operation_reserved_and_recorded_by_many_is_one(dynamo: DynamoClient) -> None:
    """One hold, one entry, one operation, whoever comes first."""
    books = DynamoUsageBooks(dynamo)

    def reserve() -> None:
        books.reserve(TENANT, sample_hold("gen1"), dollars("5"))

    def record() -> None:
        books.record(TENANT, sample_entry("other1"))

    run_together([reserve, record] * 8)

    assert [hold.id for hold in open_holds(books, TENANT)] == ["gen1"]
    assert books.month_rollup(TENANT, MONTH).operations == 1
    assert_books_agree(books, TENANT, MONTH)


def test_users_who_rate_one_entry_at_once_each_have_their_last_word(dynamo: DynamoClient) -> None:
    """Sixteen threads change their minds: eight for a user each, eight all for one user."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(user_id="all", quality_rating=3))

    def rate(number: int) -> None:
        user_id = f"u{number}" if number < RATERS // 2 else "all"
        for stars in (5, 1, number % 5 + 1):
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


def _race_in_process(endpoint: str, table: str, barrier: Barrier, number: int) -> None:
    client = DynamoClient.connect(
        table,
        endpoint=endpoint,
        session=local_session(),
        deadline_seconds=DEADLINE_SECONDS,
        answer_seconds=ANSWER_SECONDS,
    )
    barrier.wait(timeout=120)
    _race_for(DynamoUsageBooks(client), range(number, HOLDS, PROCESSES))
    client.close()


def _race_for(books: UsageBooks, numbers: range) -> None:
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
