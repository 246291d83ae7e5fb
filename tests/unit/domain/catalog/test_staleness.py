"""Old rows in short: how many, and the oldest by its file and key."""

from __future__ import annotations

from datetime import date

import pytest

from llama_marketing.domain.catalog.models import Row, Suggestion
from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import host, model, offer, price
from tests.unit.domain.catalog.test_comparators import comparator

OLD, OLDER = date(2026, 3, 1), date(2026, 1, 1)
ADVICE = Suggestion(use_case=GenerationUseCase.AD_COPY, models=("m",), as_of=OLD, source="t")


def test_nothing_old_is_nothing_to_tell() -> None:
    assert StaleCatalog.of(()) is None


def test_the_oldest_is_named_and_all_are_counted() -> None:
    """Of equal age the first one."""
    rows = (
        price("h", "m", as_of=OLD),
        price("h", "first", as_of=OLDER),
        price("h", "second", as_of=OLDER),
    )

    assert StaleCatalog.of(rows) == StaleCatalog(
        rows=3, oldest_file="prices.toml", oldest_row="h first", oldest_as_of=OLDER
    )


@pytest.mark.parametrize(
    ("row", "file", "name"),
    [
        (price("h", "m", as_of=OLD), "prices.toml", "h m"),
        (host("h", as_of=OLD), "hosts.toml", "h"),
        (offer("h", "m", as_of=OLD), "models.toml", "h m"),
        (model("m", as_of=OLD), "models.toml", "m"),
        (ADVICE, "models.toml", "ad_copy"),
        (comparator("c", "h", as_of=OLD), "comparators.toml", "h c"),
    ],
    ids=["price", "host", "offer", "model", "suggestion", "comparator"],
)
def test_every_kind_of_row_has_a_place(row: Row, file: str, name: str) -> None:
    """Who reads it finds the line."""
    found = StaleCatalog.of([row])

    assert found is not None
    assert (found.oldest_file, found.oldest_row, found.oldest_as_of) == (file, name, OLD)
