"""The queue of the parts of jobs, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.jobs.models import PartRef, QueuedPart
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.job_queue import JobQueue

_SET = (
    "UPDATE job_queue SET visible_at = ?, tries = ? "
    "WHERE organization = ? AND client = ? AND job = ? AND number = ? AND tries = ?"
)


@attrs.frozen
class SqliteJobQueue(JobQueue):
    """Keeps the waiting parts of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def put(self, parts: Sequence[PartRef], now: datetime) -> None:
        with self.database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO job_queue VALUES (?, ?, ?, ?, ?, 0)",
                [(*_key(part), timestamp(now)) for part in parts],
            )

    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        present, until = timestamp(now), timestamp(now + timedelta(seconds=seconds))
        # Most looks find nothing, and those must not keep others from writing.
        if not self._anything_for(present):
            return ()
        taken: list[QueuedPart] = []
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT organization, client, job, number, tries FROM job_queue "
                "WHERE visible_at <= ? ORDER BY visible_at, job, number LIMIT ?",
                (present, limit),
            ).fetchall()
            for *key, tries in rows:
                connection.execute(_SET, (until, tries + 1, *key, tries))
                ref = PartRef(
                    organization_id=key[0], client_id=key[1], job_id=key[2], number=key[3]
                )
                taken.append(QueuedPart(ref=ref, receipt=str(tries + 1), tries=tries + 1))
        return taken

    def hide(self, part: QueuedPart, now: datetime, seconds: int) -> None:
        until = timestamp(now + timedelta(seconds=seconds))
        with self.database.transaction() as connection:
            connection.execute(_SET, (until, part.tries, *_key(part.ref), part.tries))

    def acknowledge(self, part: QueuedPart) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "DELETE FROM job_queue "
                "WHERE organization = ? AND client = ? AND job = ? AND number = ?",
                _key(part.ref),
            )

    def close(self) -> None:
        """The database is closed with the stores."""

    def _anything_for(self, present: str) -> bool:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT 1 FROM job_queue WHERE visible_at <= ? LIMIT 1", (present,)
            ).fetchone()
        return found is not None


def _key(part: PartRef) -> tuple[str, str, str, int]:
    return part.organization_id, part.client_id, part.job_id, part.number
