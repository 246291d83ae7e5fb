"""The comparison service: periods, snapshots, and nothing but roll-ups."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.samples import sample_entry
from tests.unit.app.samples import OTHER, TENANT, configure, container_over


def record(container: Container, name: str, at: str, **fields: Any) -> None:
    """One operation that was booked elsewhere."""
    entry = sample_entry(name, client_id=TENANT.client_id, timestamp=at, **fields)
    container.usage_service().record(TENANT, entry)


def test_the_running_month_is_compared_from_its_roll_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """A configured Meta AI is there without operations; no entry is read."""
    with container_over(FakeChatHosts()) as container:
        configure(container)
        record(container, "o1", "2026-11-02T18:00:00Z", provider="openai", model="gpt-6-luna")
        record(container, "o2", "2026-10-02T18:00:00Z", provider="openai", model="gpt-6-luna")
        books = type(container._wiring.books())
        monkeypatch.setattr(books, "entries", _forbidden)
        service = container.comparison_service()
        told = service.compare(TENANT)
        past = service.compare(TENANT, month="2026-10")
        none = service.compare(OTHER)

    assert told.period == "2026-11"
    assert [each.provider for each in told.providers] == ["openai", "meta_ai"]
    assert told.providers[1].model == "llama-3.3-70b-instruct"
    assert past.providers[0].request_count == 1
    assert none.providers == ()


def _forbidden(*_: Any, **__: Any) -> Any:
    raise AssertionError("a comparison reads roll-ups")


def test_ratings_that_come_later_count_at_once() -> None:
    with container_over(FakeChatHosts()) as container:
        record(container, "o1", "2026-11-02T18:00:00Z", provider="openai")
        container.usage_service().rate(TENANT, "o1", 4, user_id="ana")
        first = container.comparison_service().compare(TENANT).providers[0]
        container.usage_service().rate(TENANT, "o1", thumbs="up", user_id="ana")
        second = container.comparison_service().compare(TENANT).providers[0]

    assert (first.avg_quality_score, second.avg_quality_score) == (Decimal(4), Decimal(5))


def test_a_month_is_kept_as_it_was() -> None:
    """By default the last whole one; a comparison never reads it."""
    with container_over(FakeChatHosts()) as container:
        record(container, "o1", "2026-10-02T18:00:00Z", provider="openai")
        service = container.comparison_service()
        kept = service.snapshot(TENANT)
        record(container, "o2", "2026-10-03T18:00:00Z", provider="openai")

        assert kept.month == kept.comparison.period == "2026-10"
        assert service.kept_snapshot(TENANT, "2026-10") == kept
        assert service.kept_snapshot(TENANT, "2026-09") is None
        assert service.kept_snapshot(OTHER, "2026-10") is None
        assert service.compare(TENANT, month="2026-10").providers[0].request_count == 2
        assert service.snapshot(TENANT, "2026-11").month == "2026-11"


@pytest.mark.parametrize(
    "query", [{"period": "hourly"}, {"month": "2026-13"}, {"first_day": "2026-01-01"}]
)
def test_a_period_that_cannot_be_is_refused(query: dict[str, str]) -> None:
    with container_over(FakeChatHosts()) as container, pytest.raises(InvalidRequest):
        container.comparison_service().compare(TENANT, **query)


def test_a_snapshot_of_no_month_is_refused() -> None:
    with container_over(FakeChatHosts()) as container:
        for call in (
            container.comparison_service().snapshot,
            container.comparison_service().kept_snapshot,
        ):
            with pytest.raises(InvalidRequest):
                call(TENANT, "octubre")
