"""What a process remembers of the books."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.dynamodb import known
from llama_marketing.adapters.dynamodb.known import KnownBooks
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter
from llama_marketing.testing.samples import MONTH, TENANT, sample_amount, sample_hold

OTHER = TenantRef("org1", "cli2")


def test_a_hold_is_taken_once_and_by_its_own_client() -> None:
    """Of its counter only the terms are kept, since the rest goes on changing."""
    books = KnownBooks()
    counter = Counter(period=MONTH, limit=5, as_of="1", reserved=sample_amount(), refused=2)
    books.remember(TENANT, counter, sample_hold())

    assert books.take(OTHER, "gen1") is None
    kept = books.take(TENANT, "gen1")

    assert kept is not None
    assert kept.hold == sample_hold()
    assert kept.counter == Counter(period=MONTH, limit=5, as_of="1")
    assert books.take(TENANT, "gen1") is None


def test_the_newest_terms_count_and_every_mark_stays() -> None:
    """Reads of several threads come in any order."""
    books = KnownBooks()
    books.remember(TENANT, Counter(period=MONTH, limit=2, as_of="2", alerts_fired=(80,)))
    books.remember(TENANT, Counter(period=MONTH, limit=1, as_of="1", alerts_fired=(90,)))
    books.remember(TENANT, Counter(period=MONTH, limit=2, as_of="2", alerts_fired=(100,)))

    terms = books.counter(TENANT, MONTH)

    assert terms == Counter(period=MONTH, limit=2, as_of="2", alerts_fired=(80, 100))
    assert books.counter(TENANT, "2026-03") is None
    assert books.counter(OTHER, MONTH) is None


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs for months does not grow."""
    monkeypatch.setattr(known, "_MOST", 2)
    books = KnownBooks()
    for number in range(3):
        books.remember(TENANT, Counter(period=f"2026-0{number + 1}"), sample_hold(f"gen{number}"))

    assert books.counter(TENANT, "2026-01") is None
    assert books.counter(TENANT, "2026-03") is not None
    assert books.take(TENANT, "gen0") is None
    assert books.take(TENANT, "gen2") is not None
