"""A small catalog made by hand: what each test needs, and nothing that ages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from llama_marketing.domain.catalog.benchmarks import ModelBenchmark, Score
from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.catalog.models import Catalog, ModelRow, Suggestion
from llama_marketing.domain.catalog.offers import Offer
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability

TODAY = date(2026, 11, 24)
LOOKED = date(2026, 11, 1)
DATED: dict[str, Any] = {"as_of": LOOKED, "source": "test"}


def model(model_id: str, **fields: Any) -> ModelRow:
    """A text model of 1,000 tokens."""
    defaults: dict[str, Any] = {
        "id": model_id,
        "name": model_id.upper(),
        "family": "llama-3.1",
        "parameter_count": "8B",
        "context_window": 1000,
        "capabilities": [LlamaCapability.TEXT],
    }
    return ModelRow(**defaults | DATED | fields)


def host(host_id: str, **fields: Any) -> HostRow:
    """A live host."""
    defaults: dict[str, Any] = {
        "id": host_id,
        "name": host_id.title(),
        "description": "Una nube.",
        "status": ServingStatus.LIVE,
    }
    return HostRow(**defaults | DATED | fields)


def offer(host_id: str, model_id: str, **fields: Any) -> Offer:
    """A live offer."""
    defaults: dict[str, Any] = {
        "host": host_id,
        "model": model_id,
        "host_model_id": f"{host_id}/{model_id}",
        "status": ServingStatus.LIVE,
    }
    return Offer(**defaults | DATED | fields)


def price(host_id: str, model_id: str, both: str | None = "1", **fields: Any) -> PriceRow:
    """A price in force since 2026, the same for input and output."""
    amount = None if both is None else Decimal(both)
    defaults: dict[str, Any] = {
        "host": host_id,
        "model": model_id,
        "input": amount,
        "output": amount,
        "valid_from": date(2026, 1, 1),
    }
    return PriceRow(**defaults | DATED | fields)


def score(value: float, shots: int = 0, variant: str = "CoT") -> Score:
    """A published figure."""
    return Score(value=value, shots=shots, variant=variant, source="card")


def catalog() -> Catalog:
    """Three hosts (one's own, a cloud, a retired one) and four models.

    ``small``, ``middle`` and ``large`` are live in the cloud at rising prices; ``eyes`` sees, is
    retired at the old host and needs a deployment of one's own in the cloud.
    """
    return Catalog(
        models=(
            model("large", family="llama-3.3", context_window=4000, release_date=date(2024, 12, 6)),
            model(
                "small",
                recommended=True,
                release_date=date(2024, 7, 23),
                benchmarks=ModelBenchmark(mmlu=score(73), arc=score(83)),
            ),
            model("middle", release_date=date(2025, 4, 5)),
            model("eyes", capabilities=[LlamaCapability.TEXT, LlamaCapability.VISION]),
        ),
        hosts=(
            host("home", takes_any_model=True, key_required=False, private=True),
            host("cloud", base_url="https://cloud.example/v1"),
            host("old", status=ServingStatus.RETIRED, retired_on=date(2026, 7, 6)),
        ),
        offers=(
            offer("cloud", "small", max_output_tokens=300),
            offer("cloud", "middle"),
            offer("cloud", "large"),
            offer("cloud", "eyes", status=ServingStatus.DEDICATED),
            offer("old", "eyes"),
            offer("old", "small"),
        ),
        prices=(
            price("cloud", "small", "0.02"),
            price("cloud", "middle", "0.30"),
            price("cloud", "large", "2"),
            price("old", "small", "0.01"),
        ),
        suggestions=(
            Suggestion(
                use_case=GenerationUseCase.IMAGE_ANALYSIS, models=("eyes", "large"), **DATED
            ),
        ),
    )
