"""What a client should know about its choice of host and models, in Spanish."""

from __future__ import annotations

from datetime import date

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability


def advice(config: MetaAIConfig, catalog: Catalog, today: date) -> tuple[str, ...]:
    """Warnings about retired hosts and models, and about images on a text model.

    They never stop a configuration from being saved: the host's own answer has the last word.
    """
    found = [*_host_warnings(config, catalog, today), *_vision_warnings(config, catalog)]
    return tuple(dict.fromkeys(found))


def _host_warnings(config: MetaAIConfig, catalog: Catalog, today: date) -> list[str]:
    row = catalog.host(config.hosting_provider)
    if row is None or config.api_endpoint:
        return []
    if row.status_on(today) is ServingStatus.RETIRED:
        return [f"{row.name} ya no está disponible. Elige otro proveedor."]
    models = [config.selected_model_id]
    if config.fallback_model_id is not None:
        models.append(config.fallback_model_id)
    return [
        f"{row.name} ya no ofrece el modelo {model}. Elige otro modelo u otro proveedor."
        for model in models
        if _is_gone(catalog, row.id, model, today)
    ]


def _is_gone(catalog: Catalog, host: str, model: str, today: date) -> bool:
    offer = catalog.offer(host, model)
    return offer is None or offer.status_on(today) in (
        ServingStatus.RETIRED,
        ServingStatus.NEVER,
    )


def _vision_warnings(config: MetaAIConfig, catalog: Catalog) -> list[str]:
    settings = next(
        (
            item
            for item in config.use_cases
            if item.use_case is GenerationUseCase.IMAGE_ANALYSIS and item.enabled
        ),
        None,
    )
    if settings is None:
        return []
    model = catalog.model(settings.model_override or config.selected_model_id)
    if model is None or LlamaCapability.VISION in model.capabilities:
        return []
    return [f"El modelo {model.id} no analiza imágenes. Elige uno con visión."]
