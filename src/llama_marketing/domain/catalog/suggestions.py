"""Which model for which use case, by a dated table."""

from __future__ import annotations

from datetime import date

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog, LlamaModel
from llama_marketing.domain.catalog.views import views
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase


def suggested(
    catalog: Catalog, use_case: GenerationUseCase, today: date, host: str | None = None
) -> tuple[LlamaModel, ...]:
    """The models for a use case, the best fit first; only those live at ``host`` when it is given.

    Empty where the table knows none, or the host serves none of them on that day. Raises
    InvalidRequest for an unknown host.
    """
    if host is not None and catalog.llama_host(host) is None:
        raise InvalidRequest(
            "there is no host of that name",
            user_message="Ese proveedor no existe en el catálogo.",
            issues=(("host", "is not in the catalog"),),
        )
    rows = [row for row in catalog.suggestions if row.use_case is use_case]
    seen = {model.id: model for model in views(catalog, today, host)}
    return tuple(
        seen[model_id]
        for row in rows
        for model_id in row.models
        if host is None or catalog.status_on(host, model_id, today) is ServingStatus.LIVE
    )
