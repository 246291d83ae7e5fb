"""Moderation jobs and their parts, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.jobs import Jobs


@attrs.frozen
class SqliteJobs(Jobs):
    """Keeps the jobs of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def add(self, tenant: TenantRef, job: Job, parts: Sequence[JobPart]) -> None:
        with self.database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO job_parts VALUES (?, ?, ?, ?, ?, ?)",
                [_part_row(tenant, part) for part in parts],
            )
            connection.execute(
                "INSERT OR IGNORE INTO jobs VALUES (?, ?, ?, ?, ?, ?)",
                _job_row(tenant, job),
            )

    def get(self, tenant: TenantRef, job_id: str, now: str) -> Job | None:
        with self.database.reading() as connection:
            job = _job(connection, tenant, job_id)
        return job if job is not None and job.expires_at > now else None

    def parts(
        self, tenant: TenantRef, job_id: str, first: int = 0, limit: int = 1
    ) -> Sequence[JobPart]:
        with self.database.reading() as connection:
            return _parts(connection, tenant, job_id, first, limit)

    def replace(self, tenant: TenantRef, seen: JobPart, changed: JobPart) -> bool:
        with self.database.transaction() as connection:
            kept = _parts(connection, tenant, seen.job_id, seen.number, 1)
            if kept == [seen] and seen != changed:
                job = _job(connection, tenant, seen.job_id)
                assert job is not None, "a part is kept with its job"
                connection.execute(
                    "REPLACE INTO job_parts VALUES (?, ?, ?, ?, ?, ?)",
                    _part_row(tenant, changed),
                )
                connection.execute(
                    "REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?)",
                    _job_row(tenant, job.after(changed)),
                )
            return kept in ([seen], [changed])


def _job_row(tenant: TenantRef, job: Job) -> tuple[str | int, ...]:
    return (
        *(tenant.organization_id, tenant.client_id, job.id, job.expires_at),
        *(documents.VERSION, documents.write(job)),
    )


def _part_row(tenant: TenantRef, part: JobPart) -> tuple[str | int, ...]:
    return (
        *(tenant.organization_id, tenant.client_id, part.job_id, part.number),
        *(documents.VERSION, documents.write(part)),
    )


def _job(connection: sqlite3.Connection, tenant: TenantRef, job_id: str) -> Job | None:
    row = connection.execute(
        "SELECT version, document FROM jobs WHERE organization = ? AND client = ? AND id = ?",
        (tenant.organization_id, tenant.client_id, job_id),
    ).fetchone()
    return None if row is None else documents.read(Job, *row)


def _parts(
    connection: sqlite3.Connection, tenant: TenantRef, job_id: str, first: int, limit: int
) -> list[JobPart]:
    rows = connection.execute(
        "SELECT version, document FROM job_parts "
        "WHERE organization = ? AND client = ? AND job = ? AND number >= ? AND number < ? "
        "ORDER BY number",
        (tenant.organization_id, tenant.client_id, job_id, first, first + limit),
    ).fetchall()
    return [documents.read(JobPart, *row) for row in rows]
