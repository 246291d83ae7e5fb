"""Other providers' models: beside the Llama models and in none of their lists."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.filters import ModelFilter, select
from llama_marketing.domain.catalog.host_cards import host_cards
from llama_marketing.domain.catalog.hosts import HostRole, ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.catalog.suggestions import suggested
from llama_marketing.domain.catalog.views import views
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import DATED, TODAY, catalog, host, price


def comparator(model_id: str, at: str = "rival", **fields: Any) -> ComparatorModelRow:
    """A model of another provider."""
    given: dict[str, Any] = {
        "host": at,
        "id": model_id,
        "name": model_id.upper(),
        "context_window": 1_000_000,
    }
    return ComparatorModelRow(**given | DATED | fields)


def compared(*rows: ComparatorModelRow, **fields: Any) -> Catalog:
    """The sample catalog with a rival's host and models."""
    base = catalog()
    rival = host("rival", role=HostRole.COMPARATOR, base_url="https://rival.example/v1")
    return attrs.evolve(base, **{"hosts": (*base.hosts, rival), "comparators": rows} | fields)


def test_a_comparator_is_found_by_host_and_id() -> None:
    found = compared(comparator("big"), comparator("tiny", default=True))
    row = found.comparator("rival", "tiny")
    assert row is not None and row.name == "TINY"
    assert found.comparator("rival", "small") is None
    assert found.comparator("cloud", "tiny") is None
    assert found.status_on("rival", "tiny", TODAY) is ServingStatus.LIVE
    assert found.status_on("rival", "nothing", TODAY) is ServingStatus.UNKNOWN


def test_a_comparator_host_is_in_no_list_of_llama_hosts() -> None:
    found = compared(comparator("tiny"), prices=(price("rival", "tiny", "0.001"),))
    assert found.host("rival") is not None
    assert found.llama_host("rival") is None
    assert [row.id for row in found.llama_hosts] == ["home", "cloud", "old"]
    assert "rival" not in [card.id for card in host_cards(found, TODAY)]
    assert [view.id for view in views(found, TODAY)] == ["large", "small", "middle", "eyes"]
    with pytest.raises(InvalidRequest):
        select(found, ModelFilter(host="rival"), TODAY)
    with pytest.raises(InvalidRequest):
        suggested(found, GenerationUseCase.IMAGE_ANALYSIS, TODAY, "rival")


def test_a_price_may_be_a_comparators() -> None:
    found = compared(comparator("tiny"), prices=(price("rival", "tiny", "0.5"),))
    row = found.price_on("rival", "tiny", TODAY)
    assert row is not None and row.input == Decimal("0.5")
    with pytest.raises(SettingsError, match="no model 'other'"):
        compared(comparator("tiny"), prices=(price("rival", "other"),))
    with pytest.raises(SettingsError, match="no model 'tiny'"):
        compared(comparator("tiny"), prices=(price("cloud", "tiny"),))


def test_the_default_is_a_live_model() -> None:
    day = date(2027, 1, 14)
    gone = comparator("gone", default=True, retired_on=day)
    found = compared(comparator("big"), gone, comparator("tiny"))

    def chosen(day: date) -> str:
        row = found.default_comparator("rival", day)
        return "" if row is None else row.id

    assert chosen(TODAY) == "gone"
    assert chosen(day) == "big"
    assert compared(gone).default_comparator("rival", day) == gone
    assert found.default_comparator("cloud", TODAY) is None


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((comparator("a"), comparator("a")), "stands there twice"),
        ((comparator("a", default=True), comparator("b", default=True)), "stands there twice"),
        ((comparator("a", at="cloud"),), "no host 'cloud' with role"),
        ((comparator("a", at="nobody"),), "no host 'nobody' with role"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows: tuple[ComparatorModelRow, ...], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        compared(*rows)


def test_a_body_of_exact_decimals_can_be_sent_as_json() -> None:
    row = comparator("a", extra_body={"x": {"y": [Decimal("0.5"), 1, "low"]}})
    assert row.extra_body == {"x": {"y": [0.5, 1, "low"]}}
    assert type(row.extra_body["x"]["y"][0]) is float


def test_comparators_grow_stale_too() -> None:
    row = comparator("a", as_of=date(2026, 1, 1))
    assert row in compared(row).stale(TODAY)
