"""A plan on the sample catalog, and what its tests need around it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.config.models import FallbackHost, MetaAIConfig
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.plan import Plan, make_plan
from llama_marketing.domain.generation.prompts import PromptTemplate
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform
from tests.unit.domain.catalog.samples import catalog

RULES = PackagedPlatformRules().rules()
AD_RULES = PackagedAdRules().rules()
MOMENT = datetime(2026, 11, 24, 18, tzinfo=UTC)


def template(**fields: Any) -> PromptTemplate:
    """A short template for Instagram."""
    given: dict[str, Any] = {
        "id": "social_post.instagram",
        "version": 3,
        "use_case": GenerationUseCase.SOCIAL_POST,
        "platform": Platform.INSTAGRAM,
        "platform_name": "Instagram",
        "system": "Para {platform}: {language}, {tone}, {length}, {hashtags}.",
        "output": "Un JSON de {length}.",
        "safety": "Reglas de {platform}.",
        "length_target": 100,
        "max_hashtags": 3,
        "max_emojis": 2,
        "as_of": date(2026, 11, 1),
        "source": "test",
    }
    return PromptTemplate(**given | fields)


def config(**fields: Any) -> MetaAIConfig:
    """A client of the sample cloud with the model ``small`` and no fallback model."""
    given: dict[str, Any] = {
        "id": "c",
        "client_id": "cli1",
        "organization_id": "org1",
        "enabled": True,
        "hosting_provider": "cloud",
        "selected_model_id": "small",
        "fallback_model_id": None,
        "parameters": {"max_tokens": 200},
    }
    return MetaAIConfig.read(given | fields)


def request(**fields: Any) -> GenerationRequest:
    """A post about coffee."""
    return GenerationRequest.read({"useCase": "social_post", "prompt": "Café de Chiapas"} | fields)


def other(host: str, **fields: Any) -> FallbackHost:
    """A fallback host."""
    return FallbackHost(hosting_provider=host, **fields)


def brief(
    asked: GenerationRequest | None = None,
    length: LengthTarget | None = None,
    surface: str = "instagram_caption",
    **fields: Any,
) -> Brief:
    """What is settled of a request; ``fields`` change the template."""
    asked = asked or request()
    return Brief(
        request=asked,
        template=template(**fields),
        rules=RULES,
        surface=surface,
        length=length or LengthTarget(2200, Measure.UTF16, asked.max_length),
        today=MOMENT.date(),
        ad_rules=AD_RULES,
    )


def plan(
    asked: GenerationRequest | None = None,
    settings: MetaAIConfig | None = None,
    rows: Catalog | None = None,
    length: LengthTarget | None = None,
    surface: str = "instagram_caption",
    **fields: Any,
) -> Plan:
    """The plan of a request; ``fields`` change the template."""
    settled = brief(asked, length, surface, **fields)
    return make_plan(settled, settings or config(), rows or catalog(), MOMENT)
