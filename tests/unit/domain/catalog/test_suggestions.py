"""A suggestion is what the table says, less what the host does not serve on that day."""

from __future__ import annotations

from datetime import date

import pytest

from llama_marketing.domain.catalog.suggestions import suggested
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import TODAY, catalog

IMAGES = GenerationUseCase.IMAGE_ANALYSIS


def ids(host: str | None = None, day: date = TODAY) -> list[str]:
    return [row.id for row in suggested(catalog(), IMAGES, day, host)]


def test_without_a_host_the_tables_order_stands() -> None:
    assert ids() == ["eyes", "large"]


def test_only_what_the_host_serves_is_suggested() -> None:
    assert ids("cloud") == ["large"], "a dedicated model is not served as it is"
    assert ids("home") == ["eyes", "large"]


def test_a_retired_host_gets_no_suggestion_but_had_one() -> None:
    assert ids("old") == []
    assert ids("old", date(2026, 7, 5)) == ["eyes"]


def test_a_use_case_outside_the_table_has_none() -> None:
    assert suggested(catalog(), GenerationUseCase.AD_COPY, TODAY) == ()


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="no host") as caught:
        ids("nobody")
    assert caught.value.issues[0][0] == "host"
