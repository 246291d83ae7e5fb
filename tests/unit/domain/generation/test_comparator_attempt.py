"""An attempt at another provider: its price, its traits and room to think."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from llama_marketing.domain.generation.comparator_attempt import comparator_attempt
from tests.unit.domain.catalog.samples import price
from tests.unit.domain.catalog.test_comparators import comparator, compared

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(("wanted", "sent"), [(100, 500), (500, 500), (9000, 9000)])
def test_a_model_that_thinks_gets_room_for_it(wanted: int, sent: int) -> None:
    rows = compared(
        comparator("tiny", least_tokens=500, extra_body={"effort": "low"}),
        prices=(price("rival", "tiny", "0.5"),),
    )
    row = rows.host("rival")
    assert row is not None
    attempt = comparator_attempt(rows, row, "tiny", NOW, wanted)
    assert (attempt.model_id, attempt.host_model_id, attempt.max_tokens) == ("tiny", "tiny", sent)
    assert attempt.base_url == "https://rival.example/v1"
    assert attempt.price == rows.prices[0]
    assert attempt.traits.extra_body == {"effort": "low"}


def test_a_model_without_a_row_has_no_price_and_sends_no_sampling() -> None:
    rows = compared(comparator("tiny"), prices=())
    row = rows.host("rival")
    assert row is not None
    attempt = comparator_attempt(rows, row, "brand-new", NOW, 1)
    assert (attempt.price, attempt.max_tokens) == (None, 2048)
    assert not attempt.traits.accepts_sampling
