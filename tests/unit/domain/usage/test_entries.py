"""What a usage entry takes, and how it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.entries import UsageEntry, timestamp
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.samples import sample_entry


def test_the_specs_fields_alone_make_an_entry() -> None:
    """Provider and model are open strings; every further field has a default."""
    entry = UsageEntry(
        id="x", client_id="c", timestamp="2026-02-14T18:00:00Z",
        use_case=GenerationUseCase.AD_COPY,
        model="gpt-5", provider="openai", tokens_input=1, tokens_output=2,
        cost_usd=Decimal("0.01"), latency_ms=3, quality_rating=5, user_id="María",
    )  # fmt: skip

    assert entry.timestamp == "2026-02-14T18:00:00.000000Z"
    assert (entry.cost_pico_usd, entry.price_missing, entry.kind) == (10**10, False, "ad_copy")


def test_an_unknown_price_is_none() -> None:
    """And 0 is a number."""
    assert sample_entry(cost_usd=None).cost_pico_usd is None
    assert sample_entry(cost_usd=None).price_missing
    assert sample_entry(cost_usd=0).cost_pico_usd == 0


def test_a_cost_is_kept_in_whole_pico_dollars() -> None:
    """So that the entries and the roll-ups add up to the same."""
    entry = sample_entry(cost_usd=Decimal("0.0000000000015"))

    assert entry.cost_usd == Decimal("0.000000000002")


@pytest.mark.parametrize(
    "wrong",
    [
        {"timestamp": "2026-02-14T18:00:00"},
        {"timestamp": "2026-02-14T18:00:00-06:00"},
        {"timestamp": "yesterdayZ"},
        {"timestamp": "0001-01-01T00:00:00Z"},
        {"timestamp": "9999-12-31T23:59:59Z"},
        {"tokens_input": -1},
        {"tokens_output": -1},
        {"tokens_output": 1.5},
        {"cost_usd": Decimal("-0.01")},
        {"cost_usd": float("nan")},
        {"cost_usd": Decimal("Infinity")},
        {"cost_usd": Decimal(10**9 + 1)},
        {"use_case": None},
        {"use_case": "poem"},
        {"purpose": "validation"},
        {"quality_rating": 6},
        {"user_id": "u" * 257},
        {"model": "\ud800"},
        {"surprise": 1},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    """With our own error."""
    with pytest.raises(InvalidRequest):
        sample_entry(**wrong)


def test_only_an_adjustment_may_be_negative() -> None:
    """It gives back what a sweep booked too much."""
    entry = sample_entry("ADJ-1", adjusts="1", cost_usd=Decimal("-0.01"), tokens_output=-5)

    assert entry.cost_pico_usd == -(10**10)


def test_timestamps_are_utc_with_a_fixed_width() -> None:
    """Text order is time order, in early years too."""
    moment = datetime(2026, 2, 14, 12, tzinfo=timezone(timedelta(hours=-6)))

    assert timestamp(moment) == "2026-02-14T18:00:00.000000Z"
    assert timestamp(moment.replace(year=999)) == "0999-02-14T18:00:00.000000Z"


def test_a_validation_has_no_use_case() -> None:
    """Roll-ups file it under its purpose."""
    assert sample_entry(use_case=None, purpose="validation").kind == "validation"


def test_a_wrong_timestamp_is_not_repeated_in_the_error() -> None:
    """Its text is the caller's."""
    with pytest.raises(InvalidRequest) as caught:
        sample_entry(timestamp="canary-textZ")

    assert "canary" not in str(caught.value)
