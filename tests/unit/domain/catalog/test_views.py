"""The catalog on a day: prices, bands and providers follow the date and the client's host."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import attrs
import pytest

from llama_marketing.domain.catalog.models import CostBand, LlamaModel
from llama_marketing.domain.catalog.views import cheapest, cost_bands, views
from tests.unit.domain.catalog.samples import TODAY, catalog, model, offer, price


def seen(host: str | None = None, day: date = TODAY) -> dict[str, LlamaModel]:
    return {row.id: row for row in views(catalog(), day, host)}


def test_without_a_host_the_cheapest_live_price_is_shown() -> None:
    small = seen()["small"]
    assert small.cost_per_1m_input == Decimal("0.02"), "the old host's 0.01 is gone"
    assert seen(day=date(2026, 7, 5))["small"].cost_per_1m_input == Decimal("0.01")


def test_with_a_host_its_own_price_is_shown_or_none() -> None:
    assert seen("cloud")["small"].cost_per_1m_output == Decimal("0.02")
    assert seen("home")["small"].cost_per_1m_output is None


def test_a_model_without_a_live_price_costs_none_and_is_in_no_band() -> None:
    eyes = seen()["eyes"]
    assert (eyes.cost_per_1m_input, eyes.cost_band) == (None, CostBand.UNKNOWN)


def test_a_price_at_a_dedicated_host_is_not_the_cheapest_live_one() -> None:
    priced = attrs.evolve(catalog(), prices=(price("cloud", "eyes", "5"),))
    assert cheapest(priced, "eyes", TODAY) is None


def test_a_price_by_the_hour_is_not_compared_with_prices_per_token() -> None:
    hourly = price("home", "small", None, per_hour=Decimal("0.001"))
    found = attrs.evolve(catalog(), prices=(*catalog().prices, hourly))
    assert cheapest(found, "small", TODAY) == price("cloud", "small", "0.02")
    assert views(found, TODAY, "home")[1].cost_per_1m_input is None


def test_the_cheapest_is_by_input_and_output_together() -> None:
    found = attrs.evolve(
        catalog(),
        prices=(
            price("cloud", "small", input=Decimal("0.1"), output=Decimal("0.9")),
            price("home", "small", input=Decimal("0.2"), output=Decimal("0.2")),
        ),
    )
    row = cheapest(found, "small", TODAY)
    assert row is not None
    assert row.host == "home"


def test_bands_are_the_terciles_of_the_priced_models() -> None:
    assert cost_bands(catalog(), TODAY) == {
        "small": CostBand.LOW,
        "middle": CostBand.MEDIUM,
        "large": CostBand.HIGH,
        "eyes": CostBand.UNKNOWN,
    }


def test_models_of_equal_price_are_in_one_band() -> None:
    names = ("a", "b", "c")
    equal = attrs.evolve(
        catalog(),
        models=tuple(model(name) for name in names),
        offers=tuple(offer("cloud", name) for name in names),
        prices=tuple(price("cloud", name) for name in names),
        suggestions=(),
    )
    assert set(cost_bands(equal, TODAY).values()) == {CostBand.LOW}


def test_providers_are_the_live_and_the_dedicated_hosts() -> None:
    assert seen()["eyes"].supported_providers == ("home", "cloud")
    assert seen(day=date(2026, 7, 5))["eyes"].supported_providers == ("home", "cloud", "old")


def test_the_longest_answer_is_that_of_the_host_whose_price_is_shown() -> None:
    assert seen()["small"].max_output_tokens == 300
    assert seen("cloud")["small"].max_output_tokens == 300
    assert seen("home")["small"].max_output_tokens == 1000
    assert seen("nobody")["small"].max_output_tokens == 1000


def test_the_json_of_a_host_has_exactly_the_promised_names() -> None:
    shown = json.loads(seen()["small"].model_dump_json(by_alias=True))
    assert shown["hosts"] == [
        {
            "host": "home",
            "hostModelId": "small",
            "status": "live",
            "retiredOn": None,
            "costPer1MInput": None,
            "costPer1MOutput": None,
            "priceAsOf": None,
        },
        {
            "host": "cloud",
            "hostModelId": "cloud/small",
            "status": "live",
            "retiredOn": None,
            "costPer1MInput": 0.02,
            "costPer1MOutput": 0.02,
            "priceAsOf": "2026-11-01",
        },
        {
            "host": "old",
            "hostModelId": "old/small",
            "status": "retired",
            "retiredOn": None,
            "costPer1MInput": 0.01,
            "costPer1MOutput": 0.01,
            "priceAsOf": "2026-11-01",
        },
    ]


@pytest.mark.parametrize(
    "name",
    [
        "id", "name", "family", "parameterCount", "contextWindow", "capabilities",
        "supportedProviders", "costPer1MInput", "costPer1MOutput", "maxOutputTokens",
        "releaseDate", "recommended", "description", "benchmarks",
    ],
)  # fmt: skip
def test_the_json_of_a_model_has_the_customers_names(name: str) -> None:
    assert name in json.loads(seen()["small"].model_dump_json(by_alias=True))


def test_the_json_of_the_benchmarks_has_the_customers_names() -> None:
    shown = json.loads(seen()["small"].model_dump_json(by_alias=True))["benchmarks"]
    assert shown["mmlu"]["value"] == 73
    assert {"mmlu", "humanEval", "mbpp", "hellaSwag", "arc"} <= set(shown)
    assert shown["humanEval"] is None
    assert "marketingScore" not in shown, "it is optional, and nobody measured it"
