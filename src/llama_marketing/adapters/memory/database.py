"""Everything the memory store keeps, under one lock."""

from __future__ import annotations

import itertools
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.generation.cache import CachedAnswer, CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.jobs.models import Job, JobPart, PartRef
from llama_marketing.domain.moderation.actions import PendingAction
from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.saved_versions import SavedVersion
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.usage.rollups import NO_SUMS, RollUpKey, Sums, key_of


@attrs.define(eq=False)
class TenantRows:
    """What is kept of one tenant; ``open`` repeats the open holds, for the sweep."""

    config: StoredConfig | None = None
    counters: dict[str, Counter] = attrs.Factory(dict)
    holds: dict[str, Hold] = attrs.Factory(dict)
    open: dict[str, Hold] = attrs.Factory(dict)
    entries: dict[str, UsageEntry] = attrs.Factory(dict)
    days: dict[RollUpKey, Sums] = attrs.Factory(dict)
    months: dict[tuple[str, Purpose], Sums] = attrs.Factory(dict)
    ratings: dict[str, dict[str, Rating]] = attrs.Factory(dict)
    """By entry and user."""
    records: dict[str, GenerationRecord] = attrs.Factory(dict)
    actions: dict[str, PendingAction] = attrs.Factory(dict)
    jobs: dict[str, Job] = attrs.Factory(dict)
    job_parts: dict[tuple[str, int], JobPart] = attrs.Factory(dict)
    """By job and number."""
    tallies: dict[tuple[str, str], ModerationTally] = attrs.Factory(dict)
    """By day and id."""
    answers: dict[str, KeptAnswer] = attrs.Factory(dict)
    cached: dict[str, CachedAnswer] = attrs.Factory(dict)
    provider_keys: dict[str, StoredProviderKey] = attrs.Factory(dict)
    versions: dict[tuple[str, int], SavedVersion] = attrs.Factory(dict)
    comparisons: dict[str, ComparisonSnapshot] = attrs.Factory(dict)
    """By subject and number."""

    def confirm_config(self, tenant: TenantRef, revision: int | None) -> None:
        """Raise RevisionConflict unless the configuration is at a revision; None asks nothing."""
        kept = None if self.config is None else self.config.config.revision
        if revision is not None and kept != revision:
            raise RevisionConflict(f"{tenant}: the configuration is at {kept}, not at {revision}")

    def counter(self, period: str) -> Counter:
        """The period's counter, a fresh one before its first use."""
        return self.counters.get(period) or Counter(period=period)

    def add(self, entry: UsageEntry, change: Sums) -> None:
        """Add to the roll-ups of the entry's day and month."""
        day, month = key_of(entry), (entry.period, entry.purpose)
        self.days[day] = self.days.get(day, NO_SUMS) + change
        self.months[month] = self.months.get(month, NO_SUMS) + change

    def keep(self, record: GenerationRecord | None, cached: CacheItem | None = None) -> None:
        """Keep what a person may read again; the oldest answers make room once expired."""
        if record is not None:
            self.records[record.id] = record
        if cached is not None:
            self.cached.pop(cached.key, None)
            self.cached[cached.key] = cached.answer
            # Two for each that comes: so they cannot pile up, and no call looks at all of them.
            for key in list(itertools.islice(self.cached, 2)):
                if self.cached[key].expires_at <= cached.answer.created_at:
                    del self.cached[key]


@attrs.define(eq=False)
class MemoryDatabase:
    """The rows of every tenant; hold ``lock`` while touching them."""

    lock: threading.Lock = attrs.Factory(threading.Lock)
    tenants: defaultdict[TenantRef, TenantRows] = attrs.Factory(lambda: defaultdict(TenantRows))
    outbox: dict[str, BillingEvent] = attrs.Factory(dict)
    """The billing events that wait, by their idempotency key, in the order they came."""
    queue: dict[PartRef, tuple[str, int]] = attrs.Factory(dict)
    """The parts of jobs that wait: when each can be taken, and how often it was."""


def page(found: Iterable[TenantRef], after: TenantRef | None, limit: int) -> Sequence[TenantRef]:
    """The next tenants after one, in the order of their ids."""
    following = [tenant for tenant in found if after is None or _place(tenant) > _place(after)]
    return sorted(following, key=_place)[:limit]


def _place(tenant: TenantRef) -> tuple[str, str]:
    return tenant.organization_id, tenant.client_id
