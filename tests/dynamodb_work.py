"""One piece of work on the books of DynamoDB, to be broken off or disturbed at any call."""

from __future__ import annotations

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.domain.generation.cache import CachedAnswer, CacheItem
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.billing import events_of
from llama_marketing.domain.usage.books import QuotaTerms
from llama_marketing.domain.usage.steps import swept
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    DIME,
    MONTH,
    TIMESTAMP,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_record,
    sample_release,
    sample_response,
    sample_settlement,
)

QUOTA: QuotaTerms = dollars("0.65").model_copy(update={"alerts": (90,)})
LOWERED: QuotaTerms = dollars("0.5", as_of="2026-02-09")
HOLDS = tuple(sample_hold(f"gen{number}") for number in range(5))


def work(client: DynamoClient, tenant: TenantRef) -> None:
    """Operations that end in every way: settled, released, enlarged, swept, late, refused.

    And rated ones, recorded ones, a mark, a lowered quota. It may be done again from any point.
    """
    books = DynamoUsageBooks(client, outbox=True)
    for hold in HOLDS[:3]:
        books.reserve(tenant, hold, QUOTA)
    answer = CachedAnswer(
        response=sample_response("gen0"), created_at=TIMESTAMP, expires_at="2026-02-15T18:00:00Z"
    )
    books.settle(
        tenant, sample_settlement(HOLDS[0]), sample_record("gen0"), CacheItem("a" * 64, answer)
    )
    books.enlarge(tenant, "gen1", sample_amount(3 * DIME))
    books.settle(tenant, sample_release(HOLDS[1]))
    # Another process sweeps it, which this one does not know of.
    DynamoUsageBooks(client, outbox=True).settle(tenant, swept(HOLDS[2]))
    books.rate(tenant, sample_rating(2, entry_id="gen2"))
    books.settle(tenant, sample_settlement(HOLDS[2], sample_amount(10**10)), sample_record("gen2"))
    books.record(tenant, sample_entry("other1", quality_rating=3), sample_record("other1"))
    for stars in (5, 4):
        books.rate(tenant, sample_rating(stars, "", "other1"))
    books.mark_alerts(tenant, MONTH, [80])
    books.reserve(tenant, HOLDS[3], QUOTA)
    books.settle(tenant, sample_settlement(HOLDS[3], sample_amount(4 * DIME)))
    books.reserve(tenant, HOLDS[4], LOWERED)


def sums(books: DynamoUsageBooks, tenant: TenantRef) -> tuple[object, ...]:
    """What must come out the same however the work was disturbed; the books agree."""
    assert_books_agree(books, tenant, MONTH)
    assert_billed(books, tenant)
    counter = books.counter(tenant, MONTH)
    entries = sorted(all_entries(books, tenant, MONTH), key=lambda entry: entry.id)
    holds = [hold.id for hold in open_holds(books, tenant)]
    return (counter, books.month_rollup(tenant, MONTH), entries, holds)


def assert_billed(books: DynamoUsageBooks, tenant: TenantRef) -> None:
    """Exactly one event of the client waits for each billable entry."""
    bounds = ("META_AI_OUTBOX#", "META_AI_OUTBOX#~")
    ids = sorted(item["id"]["S"] for item in books.client.query(tenant, bounds))
    entries = all_entries(books, tenant, MONTH)
    assert ids == sorted(event.id for entry in entries for event in events_of(tenant, entry))
