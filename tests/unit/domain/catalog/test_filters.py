"""Filters narrow, orders order, and what the catalog does not know is refused."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.filters import ModelFilter, select
from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.errors import InvalidRequest
from tests.unit.domain.catalog.samples import TODAY, catalog, offer


def found(**fields: Any) -> list[str]:
    return [row.id for row in select(catalog(), ModelFilter.read(fields), TODAY)]


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ({}, ["small", "large", "middle", "eyes"]),
        ({"family": "llama-3.3"}, ["large"]),
        ({"capability": "vision"}, ["eyes"]),
        ({"capability": "text", "family": "llama-3.1"}, ["small", "middle", "eyes"]),
        ({"capability": "code"}, []),
        ({"cost": "low"}, ["small"]),
        ({"cost": "unknown"}, ["eyes"]),
        ({"host": "cloud"}, ["small", "large", "middle", "eyes"]),
        ({"host": "cloud", "liveOnly": True}, ["small", "large", "middle"]),
        ({"host": "old"}, []),
        ({"host": "home", "live_only": True}, ["small", "large", "middle", "eyes"]),
        ({"liveOnly": "true"}, ["small", "large", "middle"]),
        ({"sort": "price"}, ["small", "middle", "large", "eyes"]),
        ({"sort": "context"}, ["large", "small", "middle", "eyes"]),
        ({"sort": "released"}, ["middle", "large", "small", "eyes"]),
        ({"sort": "name"}, ["eyes", "large", "middle", "small"]),
    ],
)
def test_a_filter_keeps_what_it_names(fields: dict[str, Any], ids: list[str]) -> None:
    assert found(**fields) == ids


def test_a_hosts_filter_shows_the_hosts_prices() -> None:
    assert all(
        row.cost_per_1m_input is None for row in select(catalog(), ModelFilter(host="home"), TODAY)
    )


def test_live_somewhere_means_at_a_host_that_sells() -> None:
    """One's own server takes any model and so proves nothing."""
    only_home = attrs.evolve(
        catalog(), offers=(offer("cloud", "small", status=ServingStatus.RETIRED),)
    )
    assert select(only_home, ModelFilter(live_only=True), TODAY) == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"family": "gpt"}, "family"),
        ({"family": ""}, "family"),
        ({"host": "nobody"}, "host"),
        ({"capability": "smell"}, "capability"),
        ({"cost": "cheap"}, "cost"),
        ({"sort": "colour"}, "sort"),
        ({"liveOnly": "perhaps"}, "liveOnly"),
        ({"color": "red"}, "color"),
    ],
)
def test_what_the_catalog_does_not_know_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        found(**fields)
    assert caught.value.issues[0][0] == field
    assert f"«{field}»" in caught.value.user_message
