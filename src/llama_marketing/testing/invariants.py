"""Whether a tenant's books agree with each other: what must hold after every step."""

from __future__ import annotations

from collections.abc import Iterator

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.periods import month_bounds
from llama_marketing.domain.usage.rollups import RollUpKey, Sums, key_of, sums_of, total
from llama_marketing.ports.usage import UsageBooks

_PAGE = 1000
_END_OF_TIME = "9999"


def assert_books_agree(books: UsageBooks, tenant: TenantRef, month: str) -> None:
    """Raise AssertionError unless the month's counter, holds, entries and roll-ups agree.

    ``available + reserved + settled`` is the limit, ``reserved`` the sum of the open holds,
    ``settled`` the sum of the entries booked against the quota; the entries, the days' roll-ups
    and the month's add up to the same, operation by operation.
    """
    counter = books.counter(tenant, month) or Counter(period=month)
    entries = list(all_entries(books, tenant, month))
    _assert_equal(
        "reserved",
        counter.reserved,
        added(h.amount for h in open_holds(books, tenant) if h.period == month),
    )
    _assert_equal("settled", counter.settled, added(e.booked for e in entries if e.booked))
    if counter.available is not None:
        unit = counter.unit
        used = counter.reserved.in_unit(unit) + counter.settled.in_unit(unit)
        _assert_equal("limit", counter.limit, counter.available + used)
    first, last = month_bounds(month)
    days = {
        row.key: row.sums for row in books.day_rollups(tenant, first.isoformat(), last.isoformat())
    }
    _assert_equal("days", days, _by_key(entries))
    for purpose in Purpose:
        mine = [entry for entry in entries if entry.purpose is purpose]
        summed = total(sums_of(entry) for entry in mine)
        _assert_equal(purpose.value, books.month_rollup(tenant, month, purpose), summed)
        operations = sum(not entry.adjusts for entry in mine)
        _assert_equal("operations", summed.operations, operations)


def all_entries(books: UsageBooks, tenant: TenantRef, month: str) -> Iterator[UsageEntry]:
    """Every entry of a month, read page by page."""
    first, last = (day.isoformat() for day in month_bounds(month))
    after = ""
    while page := books.entries(tenant, first, last, after, _PAGE):
        yield from page
        after = page[-1].position


def open_holds(books: UsageBooks, tenant: TenantRef) -> list[Hold]:
    """Every open hold of a tenant, of any period."""
    return [hold for _, hold in books.expired_holds(_END_OF_TIME, tenant, limit=1_000_000)]


def added(amounts: Iterator[Amount | None]) -> Amount:
    """The sum of amounts."""
    whole = NOTHING
    for amount in amounts:
        whole += amount or NOTHING
    return whole


def _by_key(entries: list[UsageEntry]) -> dict[RollUpKey, Sums]:
    keys = {key_of(entry) for entry in entries}
    return {key: total(sums_of(e) for e in entries if key_of(e) == key) for key in keys}


def _assert_equal(what: str, kept: object, summed: object) -> None:
    if kept != summed:
        raise AssertionError(f"{what}: the books say {kept}, their parts add up to {summed}")
