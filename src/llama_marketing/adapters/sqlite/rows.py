"""The rows of one tenant, within one connection's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.documents import VERSION, Value
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.usage.rollups import NO_SUMS, RollUpKey, Sums, key_of


@attrs.frozen
class TenantRows:
    """Reads and writes rows by their key; every key begins with the tenant."""

    connection: sqlite3.Connection
    tenant: TenantRef

    def confirm_config(self, revision: int | None) -> None:
        """Raise RevisionConflict unless the configuration is at a revision; None asks nothing."""
        if revision is None:
            return
        kept = self._one(
            StoredConfig,
            "SELECT version, document FROM configs WHERE organization = ? AND client = ?",
        )
        at = None if kept is None else kept.config.revision
        if at != revision:
            raise RevisionConflict(
                f"{self.tenant}: the configuration is at {at}, not at {revision}"
            )

    def counter(self, period: str) -> Counter | None:
        """The period's counter, or None before its first use."""
        return self._one(
            Counter,
            "SELECT version, document FROM counters "
            "WHERE organization = ? AND client = ? AND period = ?",
            period,
        )

    def hold(self, hold_id: str) -> Hold | None:
        """A hold in whatever state, or None."""
        return self._one(
            Hold,
            "SELECT version, document FROM holds WHERE organization = ? AND client = ? AND id = ?",
            hold_id,
        )

    def entry(self, entry_id: str) -> UsageEntry | None:
        """A usage entry, or None."""
        return self._one(
            UsageEntry,
            "SELECT version, document FROM entries "
            "WHERE organization = ? AND client = ? AND id = ?",
            entry_id,
        )

    def rating(self, entry_id: str, user_id: str) -> Rating | None:
        """A user's rating of an entry, or None."""
        return self._one(
            Rating,
            "SELECT version, document FROM ratings "
            "WHERE organization = ? AND client = ? AND entry = ? AND user = ?",
            *(entry_id, user_id),
        )

    def day(self, key: RollUpKey) -> Sums:
        """The sums of a day's roll-up, zeros where there is none."""
        found = self._one(
            Sums,
            "SELECT version, document FROM day_rollups WHERE organization = ? AND client = ? "
            "AND day = ? AND provider = ? AND model = ? AND kind = ?",
            *(key.day, key.provider, key.model, key.kind),
        )
        return found or NO_SUMS

    def month(self, month: str, purpose: Purpose) -> Sums:
        """The sums of a month's roll-up, zeros where there is none."""
        found = self._one(
            Sums,
            "SELECT version, document FROM month_rollups "
            "WHERE organization = ? AND client = ? AND month = ? AND purpose = ?",
            *(month, purpose.value),
        )
        return found or NO_SUMS

    def put_counter(self, counter: Counter) -> None:
        """Write a counter."""
        self._put("REPLACE INTO counters VALUES (?, ?, ?, ?, ?)", counter, counter.period)

    def put_hold(self, hold: Hold) -> None:
        """Write a hold."""
        self._put(
            "REPLACE INTO holds VALUES (?, ?, ?, ?, ?, ?, ?)",
            hold,
            *(hold.id, hold.state.value, hold.expires_at),
        )

    def put_entry(self, entry: UsageEntry) -> None:
        """Write a usage entry."""
        self._put(
            "REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
            entry,
            *(entry.id, entry.timestamp, entry.day),
        )

    def put_rating(self, rating: Rating) -> None:
        """Write a user's rating of an entry."""
        self._put(
            "REPLACE INTO ratings VALUES (?, ?, ?, ?, ?, ?)",
            rating,
            *(rating.entry_id, rating.user_id),
        )

    def keep(self, record: GenerationRecord | None, cached: CacheItem | None = None) -> None:
        """Write what a person may read again; expired answers make room for another."""
        if record is not None:
            self._put(
                "REPLACE INTO generations VALUES (?, ?, ?, ?, ?, ?)",
                record,
                *(record.id, record.expires_at),
            )
        if cached is not None:
            answer = cached.answer
            self.connection.execute(
                "DELETE FROM cached_answers WHERE expires_at <= ?", (answer.created_at,)
            )
            self._put(
                "REPLACE INTO cached_answers VALUES (?, ?, ?, ?, ?, ?, ?)",
                answer,
                *(cached.key, answer.response.id, answer.expires_at),
            )

    def add(self, entry: UsageEntry, change: Sums) -> None:
        """Add to the roll-ups of the entry's day and month."""
        key = key_of(entry)
        self._put(
            "REPLACE INTO day_rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            self.day(key) + change,
            *(key.day, key.provider, key.model, key.kind),
        )
        self._put(
            "REPLACE INTO month_rollups VALUES (?, ?, ?, ?, ?, ?)",
            self.month(entry.period, entry.purpose) + change,
            *(entry.period, entry.purpose.value),
        )

    def put_events(self, events: Iterable[BillingEvent]) -> None:
        """Put billing events at the end of the outbox."""
        for event in events:
            self._put("INSERT INTO outbox VALUES (NULL, ?, ?, ?, ?, ?)", event, event.id)

    def _one(self, kind: type[Value], query: str, *key: str) -> Value | None:
        tenant = (self.tenant.organization_id, self.tenant.client_id)
        row = self.connection.execute(query, (*tenant, *key)).fetchone()
        return None if row is None else documents.read(kind, *row)

    def _put(self, statement: str, value: Model, *columns: str) -> None:
        tenant = (self.tenant.organization_id, self.tenant.client_id)
        row = (*tenant, *columns, VERSION, documents.write(value))
        self.connection.execute(statement, row)
