"""One SQLite file: its connections, transactions, schema and faults."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from llama_marketing.adapters.sqlite.schema import APPLICATION_ID, STEPS
from llama_marketing.domain.errors import StoreError, StoreIncompatible, StoreUnavailable

_BEGIN_ATTEMPTS = 3
_PAUSE_SECONDS = 0.01
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NOT_OURS = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_REASONS = {
    sqlite3.SQLITE_BUSY: "is locked by another process",
    sqlite3.SQLITE_LOCKED: "is locked by another process",
    sqlite3.SQLITE_READONLY: "is read-only",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that its folder exists and is writable",
    sqlite3.SQLITE_PERM: "cannot be opened: no permission",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be read or written: disk error",
}


@attrs.define(eq=False)
class SqliteDatabase:
    """A file that many threads and processes share; opened, made or migrated at first use.

    A connection is used by one thread at a time and goes back to a pool, which belongs to the
    process: a forked child opens its own, since SQLite forbids to carry one over a fork.
    ``timeout`` is how long a call waits for a locked file, in seconds. Every use may raise
    StoreUnavailable, and StoreIncompatible for a file that is not ours or is a newer version's.
    """

    path: Path = attrs.field(converter=Path)
    full_synchronous: bool = False
    """Whether each commit also survives a power failure; a killed process loses none anyway."""
    timeout: float = 30.0
    steps: tuple[tuple[str, ...], ...] = attrs.field(default=STEPS, repr=False)
    _idle: dict[int, deque[sqlite3.Connection]] = attrs.field(factory=dict, init=False, repr=False)
    _closed: bool = attrs.field(default=False, init=False, repr=False)

    def open(self) -> None:
        """Open, make or migrate the file now, so that a fault shows at the start."""
        with self.transaction():
            pass

    def close(self) -> None:
        """Close this process's connections; those in use are closed when they come back."""
        self._closed = True
        idle = self._idle.get(os.getpid(), deque())
        while idle:
            idle.pop().close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed at the end, undone by any exception."""
        with self.reading() as connection:
            self._begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads see every finished write."""
        connection: sqlite3.Connection | None = None
        try:
            connection = self._take()
            yield connection
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise self._fault(error) from error
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreUnavailable(f"{self.path} was closed")
        try:
            # A deque's pop and append are atomic: no lock that a fork could catch held.
            return self._idle.setdefault(os.getpid(), deque()).pop()
        except IndexError:
            return self._connect()

    def _give_back(self, connection: sqlite3.Connection | None) -> None:
        if connection is None:
            return
        if self._closed:
            connection.close()
        else:
            self._idle.setdefault(os.getpid(), deque()).append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=self.timeout / _BEGIN_ATTEMPTS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Within one transaction: another process may be making the tables just now.
            connection.execute("BEGIN")
            version = self._version(connection)
            connection.execute("COMMIT")
            self._use_write_ahead_log(connection)
            if version < len(self.steps):
                self._migrate(connection)
            level = "FULL" if self.full_synchronous else "NORMAL"
            connection.execute(f"PRAGMA synchronous = {level}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin(self, connection: sqlite3.Connection) -> None:
        for attempt in range(1, _BEGIN_ATTEMPTS + 1):
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if _primary_code(error) not in _BUSY or attempt == _BEGIN_ATTEMPTS:
                    raise
            else:
                return

    def _version(self, connection: sqlite3.Connection) -> int:
        """The file's schema version, 0 when it is empty; raises StoreIncompatible."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application == 0 and version == 0 and tables == 0:
            return 0
        if application != APPLICATION_ID:
            raise self._incompatible("is the database of another application")
        if version > len(self.steps):
            raise self._incompatible(
                f"has schema version {version}, this program knows up to {len(self.steps)}: "
                "update the program"
            )
        return int(version)

    def _use_write_ahead_log(self, connection: sqlite3.Connection) -> None:
        give_up_at = time.monotonic() + self.timeout
        while True:
            try:
                (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                # The change of mode does not wait for other processes by itself.
                if _primary_code(error) not in _BUSY or time.monotonic() >= give_up_at:
                    raise
                time.sleep(_PAUSE_SECONDS)
                continue
            if mode != "wal":
                raise StoreUnavailable(f"{self.path} is in a place where SQLite cannot use WAL")
            return

    def _migrate(self, connection: sqlite3.Connection) -> None:
        self._begin(connection)
        try:
            # Another process may have done it while we waited.
            for version in range(self._version(connection), len(self.steps)):
                for statement in self.steps[version]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(self.steps)}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _fault(self, error: sqlite3.Error) -> StoreError:
        code = _primary_code(error)
        if code in _NOT_OURS:
            return self._incompatible("is not a SQLite database, or is damaged")
        reason = _REASONS.get(code, f"failed: {error}")
        return StoreUnavailable(f"the database file {self.path} {reason}")

    def _incompatible(self, reason: str) -> StoreIncompatible:
        return StoreIncompatible(
            f"the file {self.path} {reason}",
            user_message="El archivo de base de datos no es compatible con este programa.",
        )


def _primary_code(error: sqlite3.Error) -> int:
    # Errors that Python's own module raises, such as for a closed connection, have no code.
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF
