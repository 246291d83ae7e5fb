"""The catalog joins its rows, answers without searching and refuses rows that disagree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog, Suggestion
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import (
    DATED,
    LOOKED,
    TODAY,
    catalog,
    host,
    model,
    offer,
    price,
)


def test_what_is_not_there_is_none() -> None:
    found = catalog()
    assert found.model("gpt") is None
    assert found.host("nobody") is None
    assert found.offer("cloud", "gpt") is None
    assert found.price_on("home", "small", TODAY) is None


def test_a_host_that_takes_any_model_serves_every_one_under_its_catalog_id() -> None:
    found = catalog()
    for row in found.models:
        synthesised = found.offer("home", row.id)
        assert synthesised is not None
        assert (synthesised.host_model_id, synthesised.status) == (row.id, ServingStatus.LIVE)
    assert found.offer("home", "gpt") is None


def test_a_row_maps_a_model_at_a_host_that_takes_any() -> None:
    mapped = attrs.evolve(catalog(), offers=(offer("home", "small", host_model_id="llama3.1:8b"),))
    assert mapped.offer("home", "small").host_model_id == "llama3.1:8b"  # type: ignore[union-attr] # a missing offer fails the test all the same


def test_a_retired_host_serves_nothing_whatever_its_offers_say() -> None:
    found = catalog()
    assert found.status_on("old", "eyes", date(2026, 7, 5)) is ServingStatus.LIVE
    assert found.status_on("old", "eyes", date(2026, 7, 6)) is ServingStatus.RETIRED


def test_what_a_retired_host_never_had_stays_never() -> None:
    never = attrs.evolve(
        catalog(), offers=(offer("old", "large", status=ServingStatus.NEVER),), prices=()
    )
    assert never.status_on("old", "large", TODAY) is ServingStatus.NEVER


@pytest.mark.parametrize(("at", "what"), [("nobody", "small"), ("cloud", "gpt"), ("old", "large")])
def test_a_pair_without_a_fact_is_unknown(at: str, what: str) -> None:
    assert catalog().status_on(at, what, TODAY) is ServingStatus.UNKNOWN


def test_the_newest_price_in_force_counts() -> None:
    found = attrs.evolve(
        catalog(),
        prices=(
            price("cloud", "small", "3", valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1)),
            price("cloud", "small", "1"),
        ),
    )

    def paid(day: date) -> Decimal | None:
        row = found.price_on("cloud", "small", day)
        return None if row is None else row.input

    assert paid(date(2025, 12, 31)) is None
    assert paid(date(2026, 1, 1)) == 1
    assert paid(date(2026, 3, 1)) == 3
    assert paid(date(2026, 3, 31)) == 3
    assert paid(date(2026, 4, 1)) == 1


def test_a_moment_counts_by_its_day_in_utc() -> None:
    found = attrs.evolve(catalog(), prices=(price("cloud", "small", valid_from=TODAY),))
    mexico = timezone(timedelta(hours=-6))
    evening_before = datetime(2026, 11, 23, 18, 0, tzinfo=mexico)
    assert found.price("cloud", "small", evening_before) is not None
    assert found.price("cloud", "small", evening_before - timedelta(seconds=1)) is None
    assert found.price("cloud", "small", datetime(2026, 11, 24, tzinfo=UTC)) is not None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        catalog().price("cloud", "small", datetime(2026, 11, 24))  # noqa: DTZ001 - the point


def test_a_row_is_stale_after_ninety_days() -> None:
    found = catalog()
    assert found.stale(LOOKED + timedelta(days=90)) == ()
    rows = len(found.models) + len(found.hosts) + len(found.offers) + len(found.prices)
    assert len(found.stale(LOOKED + timedelta(days=91))) == rows + len(found.suggestions)


def test_a_model_without_a_bound_of_its_own_may_answer_as_long_as_its_window() -> None:
    assert model("a", context_window=500).max_output_tokens == 500
    assert model("a", context_window=500, max_output_tokens=20).max_output_tokens == 20
    with pytest.raises(InvalidRequest, match="context_window"):
        model("a", context_window="wide")


SUGGESTION = Suggestion(use_case=GenerationUseCase.AD_COPY, models=("small",), **DATED)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"models": (model("small"), model("small"))}, r"\[\[models\]\] small: .*twice"),
        ({"hosts": (host("a"), host("a"))}, r"\[\[hosts\]\] a: .*twice"),
        ({"offers": (offer("cloud", "small"),) * 2}, r"\[\[offers\]\] .*twice"),
        ({"prices": (price("cloud", "small"),) * 2}, r"\[\[prices\]\] .*twice"),
        ({"suggestions": (SUGGESTION,) * 2}, r"\[\[suggestions\]\] ad_copy: .*twice"),
        ({"offers": (offer("cloud", "gpt"),)}, r"\[\[offers\]\] cloud gpt: .*no model 'gpt'"),
        ({"offers": (offer("sky", "small"),)}, r"\[\[offers\]\] sky small: .*no host 'sky'"),
        ({"prices": (price("cloud", "gpt"),)}, r"\[\[prices\]\] cloud gpt: .*no model 'gpt'"),
        ({"prices": (price("sky", "small"),)}, r"\[\[prices\]\] sky small: .*no host 'sky'"),
        (
            {"suggestions": (SUGGESTION.model_copy(update={"models": ("small", "gpt")}),)},
            r"\[\[suggestions\]\] ad_copy: .*no model 'gpt'",
        ),
    ],
)
def test_rows_that_disagree_are_refused_by_name(rows: dict[str, object], said: str) -> None:
    sound = {"models": (model("small"),), "hosts": (host("cloud"),)}
    assert Catalog(**sound).models  # type: ignore[arg-type] # the fields are named by the parameters
    with pytest.raises(SettingsError, match=said):
        Catalog(**sound | rows)  # type: ignore[arg-type] # as above
