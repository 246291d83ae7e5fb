"""The SQLite file: what is ours, its versions, its faults, its connections."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.schema import APPLICATION_ID, STEPS
from llama_marketing.domain.errors import StoreIncompatible, StoreUnavailable
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import TENANT, sample_config

SPANISH = "El archivo de base de datos no es compatible con este programa."


def pragma(path: Path, name: str) -> object:
    """One pragma of the file, read by a connection of its own."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]
    finally:
        connection.close()


def execute(path: Path, *statements: str) -> None:
    """Run statements on the file behind our back."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


# what is ours


def test_a_new_file_is_marked_as_ours_and_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    """Application id, schema version, WAL."""
    path = tmp_path / "store.db"
    database = SqliteDatabase(path)

    database.open()

    assert pragma(path, "application_id") == APPLICATION_ID
    assert pragma(path, "user_version") == len(STEPS)
    assert pragma(path, "journal_mode") == "wal"
    database.close()


@pytest.mark.parametrize(("full", "level"), [(False, 1), (True, 2)])
def test_commits_are_synchronous_as_asked(tmp_path: Path, full: bool, level: int) -> None:
    """NORMAL by default, FULL on demand."""
    database = SqliteDatabase(tmp_path / "store.db", full_synchronous=full)

    with database.reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
    database.close()


def test_what_was_written_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    """Two lives of the same file."""
    for attempt in range(2):
        database = SqliteDatabase(tmp_path / "store.db")
        configs = SqliteConfigs(database)
        assert (configs.get(TENANT) is not None) is bool(attempt)
        configs.create(TENANT, sample_config())
        database.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """The message names the file, the user's sentence is Spanish."""
    path = tmp_path / "notes.txt"
    path.write_text("Lista del súper: café, pan, leche. " * 50, encoding="utf-8")
    before = path.read_bytes()

    with pytest.raises(StoreIncompatible, match=r"notes\.txt is not a SQLite database") as caught:
        SqliteDatabase(path).open()

    assert caught.value.user_message == SPANISH
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE songs (title TEXT)", "PRAGMA application_id = 7", "PRAGMA user_version = 3"],
)
def test_another_applications_database_is_refused_and_left_alone(
    tmp_path: Path, statement: str
) -> None:
    """By its tables, its mark or its version."""
    path = tmp_path / "songs.db"
    execute(path, statement)
    before = path.read_bytes()

    with pytest.raises(StoreIncompatible, match=r"songs\.db is the database of another") as caught:
        SqliteDatabase(path).open()

    assert caught.value.user_message == SPANISH
    assert path.read_bytes() == before


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """Its header is ours, its pages are not."""
    path = tmp_path / "store.db"
    database = SqliteDatabase(path)
    SqliteConfigs(database).create(TENANT, sample_config())
    database.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)

    with pytest.raises(StoreIncompatible, match="damaged"):
        SqliteConfigs(SqliteDatabase(path)).get(TENANT)


# versions


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """An old program must not write what it does not know."""
    path = tmp_path / "store.db"
    newer = SqliteDatabase(path, steps=(*STEPS, ("CREATE TABLE later (id TEXT)",)))
    newer.open()
    newer.close()

    told = f"has schema version {len(STEPS) + 1}, this program knows up to {len(STEPS)}"
    with pytest.raises(StoreIncompatible, match=told):
        SqliteDatabase(path).open()


def test_an_older_file_is_migrated_forward_step_by_step(tmp_path: Path) -> None:
    """From version 1, with data in it, to two steps from now; another opening does no more."""
    path = tmp_path / "store.db"
    first = SqliteDatabase(path, steps=STEPS[:1])
    SqliteConfigs(first).create(TENANT, sample_config())
    first.close()
    steps = (
        *STEPS,
        ("CREATE TABLE notes (client TEXT, number INTEGER)",),
        ("INSERT INTO notes SELECT client, 7 FROM configs", "CREATE INDEX n ON notes (client)"),
    )

    for _ in range(2):
        database = SqliteDatabase(path, steps=steps)
        assert SqliteConfigs(database).get(TENANT) == sample_config()
        with database.reading() as connection:
            assert connection.execute("SELECT * FROM notes").fetchall() == [("cli1", 7)]
        database.close()

    assert pragma(path, "user_version") == len(STEPS) + 2


def test_a_migration_that_fails_leaves_the_file_at_its_version(tmp_path: Path) -> None:
    """All of it or nothing."""
    path = tmp_path / "store.db"
    first = SqliteDatabase(path)
    first.open()
    first.close()

    with pytest.raises(StoreUnavailable, match="syntax error"):
        SqliteDatabase(path, steps=(*STEPS, ("CREATE TABLE notes (a)", "NONSENSE"))).open()

    assert pragma(path, "user_version") == len(STEPS)
    again = SqliteDatabase(path, steps=(*STEPS, ("CREATE TABLE notes (a)",)))
    again.open()
    again.close()


def test_a_row_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Two versions of the program may share a file."""
    path = tmp_path / "store.db"
    database = SqliteDatabase(path)
    configs = SqliteConfigs(database)
    configs.create(TENANT, sample_config())
    execute(path, "UPDATE configs SET version = 99")

    with pytest.raises(StoreIncompatible, match="version 99"):
        configs.get(TENANT)
    with pytest.raises(StoreIncompatible, match="version 99"):
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)
    database.close()


def test_many_threads_may_make_the_same_file(tmp_path: Path) -> None:
    """Each finds it empty, half made or whole, and all go on."""
    for number in range(10):
        databases = [SqliteDatabase(tmp_path / f"{number}.db") for _ in range(8)]
        run_together([database.open for database in databases])
        for database in databases:
            database.close()


# faults


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    """With the name of the file and what to look at."""
    with pytest.raises(StoreUnavailable, match=r"nowhere/store\.db cannot be opened: check"):
        SqliteDatabase(tmp_path / "nowhere" / "store.db").open()


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    """Nothing is made beside it."""
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        SqliteDatabase(tmp_path).open()


def test_a_read_only_file_is_told(tmp_path: Path) -> None:
    """Reading may go on, writing says why not."""
    database = SqliteDatabase(tmp_path / "store.db")
    with database.reading() as connection:
        connection.execute("PRAGMA query_only = ON")

    with pytest.raises(StoreUnavailable, match=r"store\.db is read-only") as caught:
        SqliteConfigs(database).create(TENANT, sample_config())

    assert caught.value.user_message == "El almacenamiento no responde. Intenta en un momento."
    database.close()


def test_a_file_that_stays_locked_is_told_after_the_timeout(tmp_path: Path) -> None:
    """And works again when the other lets go."""
    database = SqliteDatabase(tmp_path / "store.db", timeout=0.06)
    configs = SqliteConfigs(database)
    database.open()
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable, match="is locked by another process"):
        configs.create(TENANT, sample_config())
    other.execute("ROLLBACK")
    configs.create(TENANT, sample_config())

    other.close()
    database.close()


def test_a_lock_that_is_let_go_in_time_is_not_noticed(tmp_path: Path) -> None:
    """The call waits a third of the timeout, and then tries again."""
    database = SqliteDatabase(tmp_path / "store.db", timeout=3)
    database.open()
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(1.3, other.execute, ("ROLLBACK",))
    timer.start()

    SqliteConfigs(database).create(TENANT, sample_config())

    timer.join()
    other.close()
    database.close()


def test_a_place_without_a_write_ahead_log_is_refused() -> None:
    """A database in memory would be another one in each connection."""
    with pytest.raises(StoreUnavailable, match="cannot use WAL"):
        SqliteDatabase(Path(":memory:")).open()


def test_a_failing_statement_undoes_the_transaction(tmp_path: Path) -> None:
    """The next transaction gets a sound connection."""
    database = SqliteDatabase(tmp_path / "store.db")

    def work(last_statement: str) -> None:
        with database.transaction() as connection:
            connection.execute("CREATE TABLE half (a)")
            connection.execute(last_statement)
            raise KeyError

    with pytest.raises(StoreUnavailable, match="no such table"):
        work("DELETE FROM missing")
    with pytest.raises(KeyError):
        work("DELETE FROM configs")
    with database.transaction() as connection:
        connection.execute("CREATE TABLE half (a)")

    database.close()


# connections


def test_connections_are_used_again(tmp_path: Path) -> None:
    """One after the other needs only one."""
    database = SqliteDatabase(tmp_path / "store.db")

    with database.reading() as first:
        pass
    with database.reading() as second, database.reading() as third:
        assert second is first
        assert third is not first

    database.close()


def test_a_closed_database_answers_no_more(tmp_path: Path) -> None:
    """A connection still in use is closed when it comes back."""
    database = SqliteDatabase(tmp_path / "store.db")
    with database.reading() as in_use:
        database.close()
        in_use.execute("SELECT 1")

    with pytest.raises(sqlite3.ProgrammingError):
        in_use.execute("SELECT 1")
    with pytest.raises(StoreUnavailable, match="was closed"):
        database.open()


def test_a_forked_child_opens_its_own_connection(tmp_path: Path) -> None:
    """SQLite forbids to carry a connection over a fork; the parent's stays in order."""
    database = SqliteDatabase(tmp_path / "store.db")
    configs = SqliteConfigs(database)
    with database.reading() as parents:
        pass

    child = os.fork()
    if child == 0:
        with database.reading() as own:
            differs = own is not parents
        configs.create(TENANT, sample_config())
        os._exit(0 if differs else 1)
    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert configs.get(TENANT) == sample_config()
    database.close()
