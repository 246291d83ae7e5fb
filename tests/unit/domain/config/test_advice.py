"""Advice: Spanish warnings about hosts and models that are gone or cannot see."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.config.advice import advice
from llama_marketing.domain.config.models import MetaAIConfig, UseCaseConfig
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import TODAY, catalog, offer

OLD = "Old ya no está disponible. Elige otro proveedor."
BLIND = "El modelo small no analiza imágenes. Elige uno con visión."


def told(day: date = TODAY, **fields: Any) -> tuple[str, ...]:
    """The warnings about a configuration on the sample catalog."""
    given: dict[str, Any] = {
        "id": "c",
        "client_id": "c",
        "organization_id": "o",
        "hosting_provider": "cloud",
        "selected_model_id": "small",
        "fallback_model_id": None,
    }
    base = catalog()
    gone = offer("cloud", "middle", status=ServingStatus.RETIRED, retired_on=date(2026, 6, 1))
    offers = tuple(gone if row.model == "middle" else row for row in base.offers)
    return advice(MetaAIConfig(**given | fields), attrs.evolve(base, offers=offers), day)


def images(**fields: Any) -> tuple[UseCaseConfig, ...]:
    """Image analysis, switched on."""
    return (UseCaseConfig(use_case=GenerationUseCase.IMAGE_ANALYSIS, **fields),)


def test_a_sound_choice_has_no_warnings() -> None:
    """Nor one that the catalog knows nothing of."""
    assert told() == ()
    assert told(hosting_provider="elsewhere") == ()
    assert told(hosting_provider="home", api_endpoint="http://h:1/v1", selected_model_id="x") == ()


def test_a_retired_host_is_told_from_its_day_on() -> None:
    """Unless the client's own endpoint stands in its place."""
    assert told(hosting_provider="old") == (OLD,)
    assert told(date(2026, 7, 5), hosting_provider="old") == ()
    assert told(hosting_provider="old", api_endpoint="https://mine/v1") == ()


def test_a_model_that_the_host_no_longer_has_is_told() -> None:
    """The main one and the fallback, each once."""
    sentence = "Cloud ya no ofrece el modelo middle. Elige otro modelo u otro proveedor."
    assert told(selected_model_id="middle") == (sentence,)
    assert told(fallback_model_id="middle") == (sentence,)
    assert told(selected_model_id="middle", fallback_model_id="middle") == (sentence,)
    assert told(date(2026, 5, 1), selected_model_id="middle") == ()
    assert "nothing" in told(fallback_model_id="nothing")[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"use_cases": images()}, (BLIND,)),
        ({"use_cases": images(enabled=False)}, ()),
        ({"use_cases": images(model_override="eyes")}, ()),
        ({"use_cases": images(), "selected_model_id": "eyes"}, ()),
        ({"use_cases": images(model_override="unknown")}, ()),
        ({"use_cases": (UseCaseConfig(use_case=GenerationUseCase.AD_COPY),)}, ()),
    ],
)
def test_images_on_a_text_model_are_told(fields: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Only where the client switched image analysis on."""
    assert told(**fields) == expected
