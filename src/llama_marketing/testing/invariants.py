"""Whether a tenant's books agree with each other: what must hold after every step."""

from __future__ import annotations

from collections.abc import Iterator

from llama_marketing.app.reconciling import month_differences, month_entries
from llama_marketing.app.reconciling import open_holds as _open_holds
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Hold
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.domain.usage.ratings import recounted
from llama_marketing.ports.usage import UsageBooks


def assert_books_agree(books: UsageBooks, tenant: TenantRef, month: str) -> None:
    """Raise AssertionError unless the month's counter, holds, entries and roll-ups agree.

    ``reserved`` is the sum of the open holds, ``settled`` the sum of the entries booked against
    the quota, ``available`` what they leave of the limit; the entries, the days' roll-ups and
    the month's add up to the same, operation by operation (``domain.usage.reconcile``). The
    ratings in the roll-ups are the current ones of all users, and so is each entry's tally.
    """
    for found in month_differences(books, tenant, month):
        raise AssertionError(
            f"{found.what}: the books say {found.kept}, their parts add up to {found.summed}"
        )
    for entry in month_entries(books, tenant, month):
        if entry.rating_tally is not None:
            summed = recounted(entry, books.ratings(tenant, entry.id))
            assert entry == summed, f"{entry.id}: {entry.rating_tally}, not {summed.rating_tally}"


def all_entries(books: UsageBooks, tenant: TenantRef, month: str) -> Iterator[UsageEntry]:
    """Every entry of a month, read page by page."""
    return month_entries(books, tenant, month)


def open_holds(books: UsageBooks, tenant: TenantRef) -> list[Hold]:
    """Every open hold of a tenant, of any period."""
    return _open_holds(books, tenant)
