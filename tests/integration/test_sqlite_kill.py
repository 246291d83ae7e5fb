"""A process that is killed at any statement leaves books that a sweep puts right."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.generations import SqliteGenerations
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.usage.steps import swept
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    AFTERWARDS,
    MONTH,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_record,
    sample_release,
    sample_settlement,
)

FORK = multiprocessing.get_context("fork")
QUOTA = dollars("5")


def work(database: SqliteDatabase) -> None:
    """Operations that end in every way: settled, released, swept, late; recorded and rated ones."""
    books = SqliteUsageBooks(database)
    holds = [sample_hold(f"gen{number}") for number in range(3)]
    for hold in holds:
        books.reserve(TENANT, hold, QUOTA)
    books.settle(TENANT, sample_settlement(holds[0]), sample_record("gen0"))
    books.enlarge(TENANT, "gen1", sample_amount(3 * 10**11))
    books.settle(TENANT, sample_release(holds[1]))
    books.settle(TENANT, swept(holds[2]))
    books.rate(TENANT, sample_rating(2, entry_id="gen2"))
    books.settle(TENANT, sample_settlement(holds[2], sample_amount(10**10)), sample_record("gen2"))
    books.record(TENANT, sample_entry("other1", quality_rating=3))
    for stars in (5, 4):
        books.rate(TENANT, sample_rating(stars, "", "other1"))


def killed_at(path: Path, statement: int) -> int:
    """Run the work in a child that dies before a statement; answer the child's exit code."""

    statements, usual = count(1), sqlite3.connect

    def live_or_die(_: str) -> None:
        if next(statements) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = usual(*args, **options)
        connection.set_trace_callback(live_or_die)
        return connection

    def child() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", connect)
            database = SqliteDatabase(path)
            work(database)
            database.close()

    process = FORK.Process(target=child, daemon=True)
    process.start()
    process.join(timeout=60)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.slow
def test_a_kill_before_any_statement_is_put_right_by_a_sweep(tmp_path: Path) -> None:
    """No open hold, one entry an operation, exact sums; and doing it all again ends the same."""
    whole = _books_after(tmp_path / "whole.db")
    statement = 0
    while True:
        statement += 1
        path = tmp_path / f"{statement}.db"
        if killed_at(path, statement) == 0:
            break
        database = SqliteDatabase(path)
        books = SqliteUsageBooks(database)
        for tenant, hold in books.expired_holds(AFTERWARDS):
            books.settle(tenant, swept(hold))
        assert open_holds(books, TENANT) == []
        operations = [entry for entry in all_entries(books, TENANT, MONTH) if not entry.adjusts]
        held = _count_of_holds(database)
        recorded = books.entry(TENANT, "other1") is not None
        assert len(operations) == held + recorded
        assert_books_agree(books, TENANT, MONTH)

        work(database)

        assert_books_agree(books, TENANT, MONTH)
        assert _sums(books) == whole
        assert SqliteGenerations(database).get(TENANT, "gen2", AFTERWARDS) is not None
        database.close()
    assert statement > 80


def _books_after(path: Path) -> tuple[object, ...]:
    assert killed_at(path, -1) == 0
    database = SqliteDatabase(path)
    whole = _sums(SqliteUsageBooks(database))
    database.close()
    return whole


def _sums(books: SqliteUsageBooks) -> tuple[object, ...]:
    """What must come out the same whenever the work was killed."""
    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    month = books.month_rollup(TENANT, MONTH)
    return (counter.settled, counter.refused, month)


def _count_of_holds(database: SqliteDatabase) -> int:
    with database.reading() as connection:
        (holds,) = connection.execute("SELECT count(*) FROM holds").fetchone()
    return int(holds)
