"""The tables of the SQLite file, as the steps that lead from each version to the next.

A released step is never changed: a new version is a new step at the end. Rows keep their value
as one JSON document, beside the columns that are searched by; so no amount is cut to SQLite's
63 bits.
"""

from __future__ import annotations

APPLICATION_ID = 0x4C4D4B54
"""Our mark in the file's header, the letters LMKT."""

_FIRST: tuple[str, ...] = (
    """
    CREATE TABLE configs (
        organization TEXT NOT NULL, client TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client)
    )
    """,
    """
    CREATE TABLE counters (
        organization TEXT NOT NULL, client TEXT NOT NULL, period TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, period)
    )
    """,
    """
    CREATE TABLE holds (
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        state TEXT NOT NULL, expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, id)
    )
    """,
    """
    CREATE INDEX open_holds ON holds (expires_at, organization, client, id)
    WHERE state = 'OPEN'
    """,
    """
    CREATE TABLE entries (
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        timestamp TEXT NOT NULL, day TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, id)
    )
    """,
    "CREATE INDEX entries_in_time ON entries (organization, client, timestamp, id)",
    """
    CREATE TABLE day_rollups (
        organization TEXT NOT NULL, client TEXT NOT NULL, day TEXT NOT NULL,
        provider TEXT NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, day, provider, model, kind)
    )
    """,
    """
    CREATE TABLE month_rollups (
        organization TEXT NOT NULL, client TEXT NOT NULL, month TEXT NOT NULL,
        purpose TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, month, purpose)
    )
    """,
    """
    CREATE TABLE generations (
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, id)
    )
    """,
)

_SECOND: tuple[str, ...] = (
    """
    CREATE TABLE idempotency_keys (
        organization TEXT NOT NULL, client TEXT NOT NULL, key TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, key)
    )
    """,
    "CREATE INDEX idempotency_keys_in_time ON idempotency_keys (expires_at)",
)

_THIRD: tuple[str, ...] = (
    """
    CREATE TABLE cached_answers (
        organization TEXT NOT NULL, client TEXT NOT NULL, key TEXT NOT NULL,
        generation TEXT NOT NULL, expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, key)
    )
    """,
    "CREATE INDEX cached_answers_in_time ON cached_answers (expires_at)",
    "CREATE INDEX cached_generations ON cached_answers (organization, client, generation)",
)

_FOURTH: tuple[str, ...] = (
    """
    CREATE TABLE provider_keys (
        organization TEXT NOT NULL, client TEXT NOT NULL, provider TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, provider)
    )
    """,
)

_FIFTH: tuple[str, ...] = (
    """
    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        UNIQUE (organization, client, id)
    )
    """,
)

_SIXTH: tuple[str, ...] = (
    """
    CREATE TABLE ratings (
        organization TEXT NOT NULL, client TEXT NOT NULL,
        entry TEXT NOT NULL, user TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, entry, user)
    )
    """,
)

_SEVENTH: tuple[str, ...] = (
    """
    CREATE TABLE moderation_actions (
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        status TEXT NOT NULL, expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, id)
    )
    """,
    """
    CREATE INDEX pending_actions ON moderation_actions (organization, client, id)
    WHERE status = 'pending'
    """,
)

_EIGHTH: tuple[str, ...] = (
    """
    CREATE TABLE jobs (
        organization TEXT NOT NULL, client TEXT NOT NULL, id TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, id)
    )
    """,
    """
    CREATE TABLE job_parts (
        organization TEXT NOT NULL, client TEXT NOT NULL, job TEXT NOT NULL,
        number INTEGER NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, job, number)
    )
    """,
    """
    CREATE TABLE job_queue (
        organization TEXT NOT NULL, client TEXT NOT NULL, job TEXT NOT NULL,
        number INTEGER NOT NULL,
        visible_at TEXT NOT NULL, tries INTEGER NOT NULL,
        PRIMARY KEY (organization, client, job, number)
    )
    """,
    "CREATE INDEX job_queue_in_time ON job_queue (visible_at, job, number)",
    """
    CREATE TABLE moderation_tallies (
        organization TEXT NOT NULL, client TEXT NOT NULL, day TEXT NOT NULL, id TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, day, id)
    )
    """,
)

_NINTH: tuple[str, ...] = (
    """
    CREATE TABLE saved_versions (
        organization TEXT NOT NULL, client TEXT NOT NULL,
        subject TEXT NOT NULL, number INTEGER NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, subject, number)
    )
    """,
)

_TENTH: tuple[str, ...] = (
    """
    CREATE TABLE comparisons (
        organization TEXT NOT NULL, client TEXT NOT NULL, month TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (organization, client, month)
    )
    """,
)

STEPS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _SECOND,
    _THIRD,
    _FOURTH,
    _FIFTH,
    _SIXTH,
    _SEVENTH,
    _EIGHTH,
    _NINTH,
    _TENTH,
)
"""STEPS[n] leads from version n to n + 1; version 0 is an empty file."""
