"""The configuration: the customer's defaults and names, and what is stored of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.config.models import (
    FallbackHost,
    MetaAIConfig,
    StoredConfig,
    UseCaseConfig,
)
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import (
    GenerationUseCase,
    LlamaHostingProvider,
    QuotaAction,
    QuotaUnit,
)


def config(**fields: Any) -> MetaAIConfig:
    """The defaults, unless told otherwise."""
    given = {"id": "c", "client_id": "c", "organization_id": "o", "hosting_provider": "groq"}
    return MetaAIConfig(**given | fields)


def test_the_defaults_are_the_customers() -> None:
    """Requirement 101.16."""
    made = config()

    assert made.enabled is False
    assert made.selected_model_id == "llama-3.3-70b-instruct"
    assert made.fallback_model_id == "llama-3.1-8b-instruct"
    assert (made.parameters.temperature, made.parameters.top_p) == (0.7, 0.9)
    assert (made.parameters.max_tokens, made.parameters.frequency_penalty) == (2048, 0)
    assert (made.quota_monthly, made.quota_unit) == (Decimal(50), QuotaUnit.USD)
    assert (made.quota_action, made.quota_alerts) == (QuotaAction.BLOCK, (80, 100))
    assert made.cache_hours == 24


def test_json_has_the_customers_names_and_leaves_out_what_is_optional() -> None:
    """C18: an optional field without a value is left out, an unknown number is null."""
    shown = json.loads(
        config(quota_monthly=None, fallback_model_id=None).model_dump_json(by_alias=True)
    )

    assert shown["quotaMonthly"] is None
    assert {"apiKey", "apiKeyMasked", "apiEndpoint", "selectedModelId", "useCases"} <= shown.keys()
    absent = {"fallbackModelId", "deadlineSeconds", "warnings"}
    assert absent & shown.keys() == set()
    assert "responseFormat" not in shown["parameters"]
    assert shown["advanced"] == {}


def test_a_provider_is_a_text_also_when_it_was_given_as_a_word_of_the_list() -> None:
    """So that what is read back from a store is the same."""
    made = config(hosting_provider=LlamaHostingProvider.GROQ)
    other = FallbackHost(hosting_provider=LlamaHostingProvider.GROQ)

    assert type(made.hosting_provider) is str
    assert type(other.hosting_provider) is str


def test_a_use_case_without_settings_has_the_defaults() -> None:
    """And is enabled."""
    settings = UseCaseConfig(use_case=GenerationUseCase.AD_COPY, enabled=False)
    made = config(use_cases=(settings,))

    assert made.use_case(GenerationUseCase.AD_COPY) is settings
    assert made.use_case(GenerationUseCase.SOCIAL_POST) == UseCaseConfig(
        use_case=GenerationUseCase.SOCIAL_POST
    )


def test_a_quota_counts_whole_things_except_for_money() -> None:
    """Half a token is none."""
    assert config(quota_monthly=Decimal("0.5")).quota_monthly == Decimal("0.5")
    for unit in (QuotaUnit.TOKENS, QuotaUnit.GENERATIONS):
        with pytest.raises(InvalidRequest, match="whole number"):
            config(quota_monthly=Decimal("0.5"), quota_unit=unit)


@pytest.mark.parametrize("fallback", [None, "llama-3.1-8b-instruct", "other"])
@pytest.mark.parametrize("quota", [None, Decimal(0), Decimal("0.1"), Decimal(50)])
def test_what_is_stored_is_read_back_the_same(fallback: str | None, quota: Decimal | None) -> None:
    """No fallback model is not the default one; in both cases of the names."""
    stored = StoredConfig(
        config=config(
            fallback_model_id=fallback,
            quota_monthly=quota,
            fallback_hosts=(FallbackHost(hosting_provider="together", model_id="m"),),
        ),
        sealed_key="token",
        sealed_fallback_keys=("",),
    )

    assert StoredConfig.model_validate_json(stored.model_dump_json()) == stored
    assert StoredConfig.model_validate_json(stored.model_dump_json(by_alias=True)) == stored
    assert StoredConfig.read(stored.model_dump()) == stored
    assert StoredConfig.read(stored) is stored


def test_a_stored_configuration_shows_no_sealed_key() -> None:
    """A sealed key is no secret, yet nothing for a log."""
    stored = StoredConfig(config=config(), sealed_key="canary", sealed_fallback_keys=("other",))

    assert "canary" not in repr(stored)
    assert "other" not in repr(stored)


def test_what_is_no_configuration_is_refused() -> None:
    """Whatever stands in its place."""
    wrongs: list[object] = [None, [], {"config": None}, {"config": {}}]
    for wrong in [*wrongs, {"config": {"fallbackModelId": 1}}]:
        with pytest.raises(InvalidRequest):
            StoredConfig.read(wrong)
