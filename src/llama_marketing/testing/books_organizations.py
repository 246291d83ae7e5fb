"""The contract of ``UsageBooks``: what goes beyond one client."""

from __future__ import annotations

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_entry,
    sample_hold,
    sample_settlement,
)


class OrganizationsContract(BooksSuite):
    """``organization_month`` and ``tenants``."""

    def test_an_organizations_month_has_each_client_that_used_anything(self) -> None:
        """In order of client id, settled and recorded work alike, as the client's own view."""
        books = self.make()
        settled = TenantRef("org1", "cli10")
        for client_id in ("cli2", "cli1"):
            record(books, TenantRef("org1", client_id), "gen1")
        record(books, TENANT, "gen2")
        books.reserve(settled, sample_hold(client_id="cli10"), dollars(None))
        books.settle(settled, sample_settlement(sample_hold(), client_id="cli10"))

        month = books.organization_month("org1", MONTH)

        assert [(client, sums.operations) for client, sums in month] == [
            ("cli1", 2),
            ("cli10", 1),
            ("cli2", 1),
        ]
        for client, sums in month:
            assert sums == books.month_rollup(TenantRef("org1", client), MONTH)

    def test_an_organizations_month_leaves_out_the_rest(self) -> None:
        """Other organizations, whose ids begin alike too, other months, and validations."""
        books = self.make()
        record(books, TenantRef("org11", "cli1"), "gen1")
        record(books, TenantRef("org", "1cli1"), "gen1")
        march = sample_entry("gen2", period="2026-03", day="2026-03-01", timestamp=MARCH)
        books.record(TENANT, march)
        validation = sample_entry("val1", use_case=None, purpose=Purpose.VALIDATION)
        books.record(TENANT, validation)

        assert list(books.organization_month("org1", MONTH)) == []
        assert [client for client, _ in books.organization_month("org1", "2026-03")] == ["cli1"]

    def test_every_tenant_with_a_counter_or_an_entry_is_listed_once(self) -> None:
        """Page by page, in whatever order is the store's; one that only looked is none."""
        books = self.make()
        recorded = {TenantRef(f"org{n % 3}", f"cli{n}") for n in range(7)}
        reserved = {TenantRef("org9", f"cli{n}") for n in range(3)}
        for tenant in recorded:
            record(books, tenant, "gen1")
            record(books, tenant, "gen2")
        for tenant in reserved:
            books.reserve(tenant, sample_hold(client_id=tenant.client_id), dollars("5"))
        assert books.counter(TenantRef("org9", "nobody"), MONTH) is None

        listed = list(all_pages(books, 3))

        assert sorted(map(str, listed)) == sorted(map(str, recorded | reserved))

    def test_an_empty_store_has_no_tenants(self) -> None:
        """And an end."""
        assert list(self.make().tenants()) == []


MARCH = "2026-03-01T18:00:00Z"


def record(books: UsageBooks, tenant: TenantRef, entry_id: str) -> None:
    """Book one finished operation of a tenant."""
    books.record(tenant, sample_entry(entry_id, client_id=tenant.client_id))


def all_pages(books: UsageBooks, limit: int) -> list[TenantRef]:
    """Every tenant, by pages of at most ``limit``."""
    listed: list[TenantRef] = []
    while page := books.tenants(listed[-1] if listed else None, limit):
        assert len(page) <= limit
        listed.extend(page)
    return listed
