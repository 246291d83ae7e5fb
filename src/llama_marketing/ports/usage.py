"""Port: the books of a tenant's quota and usage."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, Hold, QuotaTerms, Reservation, Settlement
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.usage.rollups import DayRollUp, Sums


class UsageBooks(Protocol):
    """Keeps the books. Each method is one transaction, and doing it again changes nothing.

    That holds also when the first time was applied and its answer was lost. Every method may
    raise StoreUnavailable. Safe between threads and between processes.
    """

    @abstractmethod
    def reserve(
        self,
        tenant: TenantRef,
        hold: Hold,
        terms: QuotaTerms,
        config_revision: int | None = None,
    ) -> Reservation:
        """Open the hold if the quota of its period allows it (``domain.usage.books.reserve``).

        The period's counter is made at its first use. A hold whose id exists already is not
        opened again: the answer is ``admitted`` and the counter, if any, as it is. A refusal opens
        nothing and is counted on the counter, once for each hold id, and no longer when that
        hold is admitted after all. Raises IdempotencyMismatch when the id is that of an entry
        which was booked without a hold, and RevisionConflict when the client's configuration is
        not at ``config_revision`` (or gone); then nothing was opened or counted.
        """

    @abstractmethod
    def enlarge(self, tenant: TenantRef, hold_id: str, amount: Amount) -> bool:
        """Raise an open hold to ``amount`` in all if the quota still has room; False if not.

        What a sweep would book grows with it. False too for a hold that is not open; raises
        NotFound for an unknown one.
        """

    @abstractmethod
    def settle(
        self,
        tenant: TenantRef,
        settlement: Settlement,
        record: GenerationRecord | None = None,
        cached: CacheItem | None = None,
    ) -> UsageEntry:
        """End a hold: move the counter, book the entry and its roll-ups, keep record and answer.

        An OPEN hold takes the settlement's state. A SETTLED or RELEASED one is left alone and
        the entry booked then is answered. A SWEPT one that ends late gets one adjustment entry
        (``domain.usage.books.adjustment``), and its own entry, which is the answer, takes over
        what became of the operation (``billable``, ``outcome`` and kin); sweeping it again
        changes nothing. The record and the answer for the cache are kept by the call that ends
        the hold, and by no repetition, so that a deleted record stays deleted. An answer takes
        the place of what its key had. Raises NotFound for a hold that is unknown or was refused.
        """

    @abstractmethod
    def record(
        self, tenant: TenantRef, entry: UsageEntry, record: GenerationRecord | None = None
    ) -> None:
        """Book an entry that had no hold, outside the quota's counter, and keep the record.

        Changes nothing when the same entry is booked already; raises IdempotencyMismatch when
        its id is booked with other figures or is that of a hold, InvalidRequest for an
        adjustment.
        """

    @abstractmethod
    def rate(self, tenant: TenantRef, rating: Rating) -> UsageEntry:
        """Put a user's rating of a generation in the place of that user's last one.

        The entry's tally and its day's and month's roll-ups move by the difference
        (``domain.usage.ratings``); answers the entry as it is then. A ``quality_rating`` that
        the entry was booked with is its own user's rating until that user gives another.
        Raises NotFound for an unknown entry, a validation and an adjustment.
        """

    @abstractmethod
    def ratings(self, tenant: TenantRef, entry_id: str) -> Sequence[Rating]:
        """The ratings of an entry that came by ``rate``, one a user, in order of user id."""

    @abstractmethod
    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        """The counter of a period, or None before its first use."""

    @abstractmethod
    def entry(self, tenant: TenantRef, entry_id: str) -> UsageEntry | None:
        """One entry by its id."""

    @abstractmethod
    def entries(
        self, tenant: TenantRef, first_day: str, last_day: str, after: str = "", limit: int = 1000
    ) -> Sequence[UsageEntry]:
        """Entries of the days (billing zone, both included), in order of ``timestamp#id``.

        ``after`` is the ``timestamp#id`` of the last entry of the page before.
        """

    @abstractmethod
    def day_rollups(self, tenant: TenantRef, first_day: str, last_day: str) -> Sequence[DayRollUp]:
        """The roll-ups of the days, both included, in order of day, provider, model, kind."""

    @abstractmethod
    def month_rollup(
        self, tenant: TenantRef, month: str, purpose: Purpose = Purpose.GENERATION
    ) -> Sums:
        """The sums of a whole month; zeros where nothing is booked."""

    @abstractmethod
    def organization_month(self, organization_id: str, month: str) -> Sequence[tuple[str, Sums]]:
        """The month of each client of an organization that has one, in order of client id."""

    @abstractmethod
    def mark_alerts(
        self, tenant: TenantRef, period: str, thresholds: Sequence[int]
    ) -> tuple[int, ...]:
        """Mark thresholds (percent) of a period as told; answers those that were not yet.

        Of several callers each threshold is answered to exactly one.
        """

    @abstractmethod
    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        """The tenants that have a counter or an entry, page by page; for maintenance only.

        In whatever order is the store's; ``after`` is the last one of the page before.
        """

    @abstractmethod
    def expired_holds(
        self, now: str, tenant: TenantRef | None = None, limit: int = 100
    ) -> Sequence[tuple[TenantRef, Hold]]:
        """Open holds whose ``expires_at`` is before ``now``, oldest first.

        Of every tenant when none is named.
        """
