"""Laws of the catalog's views, over any prices, days and filters of the bundled models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.catalog.filters import ModelFilter, ModelSort, select
from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import CostBand
from llama_marketing.domain.catalog.suggestions import suggested
from llama_marketing.domain.catalog.views import cheapest, cost_bands, views
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability

CATALOG = PackagedCatalog(None).catalog()
MODELS = [row.id for row in CATALOG.models]
HOSTS = [row.id for row in CATALOG.llama_hosts]
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))
FILTERS = st.builds(
    ModelFilter,
    family=st.none() | st.sampled_from([row.family for row in CATALOG.models]),
    capability=st.none() | st.sampled_from(LlamaCapability),
    cost=st.none() | st.sampled_from(CostBand),
    host=st.none() | st.sampled_from(HOSTS),
    live_only=st.booleans(),
    sort=st.sampled_from(ModelSort),
)
BANDS = [CostBand.LOW, CostBand.MEDIUM, CostBand.HIGH]


@given(FILTERS, DAYS)
def test_a_filter_only_leaves_out_and_every_model_left_passes(
    chosen: ModelFilter, day: date
) -> None:
    everything = {row.id: row for row in views(CATALOG, day, chosen.host)}
    found = select(CATALOG, chosen, day)
    assert len({row.id for row in found}) == len(found)
    for row in found:
        assert row == everything[row.id]
        assert chosen.family in (None, row.family)
        assert chosen.cost in (None, row.cost_band)
        assert chosen.capability is None or chosen.capability in row.capabilities
        assert chosen.host is None or chosen.host in row.supported_providers


@given(FILTERS, DAYS)
def test_the_order_changes_nothing_but_the_order(chosen: ModelFilter, day: date) -> None:
    as_chosen = {row.id for row in select(CATALOG, chosen, day)}
    by_name = chosen.model_copy(update={"sort": ModelSort.NAME})
    assert {row.id for row in select(CATALOG, by_name, day)} == as_chosen


@given(st.dictionaries(st.sampled_from(MODELS), st.decimals(0, 100, places=2)))
def test_bands_follow_the_price_and_an_unknown_price_is_never_low(
    prices: dict[str, Decimal],
) -> None:
    rows = tuple(
        PriceRow(
            host="self_hosted",
            model=model,
            input=amount,
            output=amount,
            valid_from=date(2026, 1, 1),
            as_of=date(2026, 1, 1),
            source="drawn",
        )
        for model, amount in prices.items()
    )
    bands = cost_bands(attrs.evolve(CATALOG, prices=rows), date(2026, 11, 24))
    assert {model for model in MODELS if bands[model] is not CostBand.UNKNOWN} == set(prices)
    for one, amount in prices.items():
        for other, its in prices.items():
            if amount <= its:
                assert BANDS.index(bands[one]) <= BANDS.index(bands[other])
    low = sum(band is CostBand.LOW for band in bands.values())
    assert low >= len(prices) / 3


@given(st.sampled_from(MODELS), DAYS)
def test_no_live_host_is_cheaper_than_the_cheapest(model: str, day: date) -> None:
    found = cheapest(CATALOG, model, day)
    for host in HOSTS:
        price = CATALOG.price_on(host, model, day)
        if price is None or CATALOG.status_on(host, model, day) is not ServingStatus.LIVE:
            continue
        assert found is not None
        assert found.per_million is not None
        assert price.per_million is not None
        assert found.per_million <= price.per_million


@given(st.sampled_from(HOSTS), st.sampled_from(MODELS), DAYS, DAYS)
def test_what_is_retired_stays_retired(host: str, model: str, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    if CATALOG.status_on(host, model, earlier) is ServingStatus.RETIRED:
        assert CATALOG.status_on(host, model, later) is ServingStatus.RETIRED


@given(st.sampled_from(GenerationUseCase), st.sampled_from(HOSTS), DAYS)
def test_a_suggestion_is_always_something_the_host_serves(
    use_case: GenerationUseCase, host: str, day: date
) -> None:
    for row in suggested(CATALOG, use_case, day, host):
        assert CATALOG.status_on(host, row.id, day) is ServingStatus.LIVE
