"""What can be done with the catalog: look, compare, ask for advice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date
from typing import Any

import attrs

from llama_marketing.domain.catalog.filters import ModelFilter, select
from llama_marketing.domain.catalog.models import LlamaModel, Row
from llama_marketing.domain.catalog.sidebyside import SideBySide, compare
from llama_marketing.domain.catalog.suggestions import suggested
from llama_marketing.domain.catalog.views import views
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock


@attrs.frozen(kw_only=True)
class ModelCatalogService:
    """The models as they stand today; belongs to no client. Safe between threads."""

    catalog: CatalogSource
    clock: Clock

    def models(
        self,
        filter: ModelFilter | Mapping[str, Any] | None = None,  # noqa: A002 - the public name
    ) -> tuple[LlamaModel, ...]:
        """The models that pass the filter, all of them without one.

        A mapping takes the names of ``ModelFilter`` in either case. Raises InvalidRequest for an
        unknown name or value.
        """
        chosen = filter if isinstance(filter, ModelFilter) else ModelFilter.read(filter or {})
        return select(self.catalog.catalog(), chosen, self.today())

    def compare(self, ids: Iterable[str]) -> SideBySide:
        """Two or three models side by side; raises InvalidRequest for other numbers or ids."""
        known = {model.id: model for model in views(self.catalog.catalog(), self.today())}
        wanted = tuple(ids)
        unknown = [model_id for model_id in wanted if model_id not in known]
        if unknown:
            raise InvalidRequest(
                f"{len(unknown)} of the ids are not in the catalog",
                user_message="Alguno de los modelos no existe en el catálogo.",
                issues=(("ids", "must be ids of the catalog"),),
            )
        return compare([known[model_id] for model_id in wanted])

    def suggest(
        self, use_case: GenerationUseCase | str, host: str | None = None
    ) -> tuple[LlamaModel, ...]:
        """The models for a use case, the best fit first; only those live at ``host`` today.

        Raises InvalidRequest for an unknown use case or host.
        """
        names = [case.value for case in GenerationUseCase]
        if use_case not in names:
            raise InvalidRequest(
                f"there is no use case of that name; there are {', '.join(names)}",
                user_message=f"El caso de uso no es válido. Opciones: {', '.join(names)}.",
                issues=(("useCase", "must be one of the use cases"),),
            )
        catalog = self.catalog.catalog()
        return suggested(catalog, GenerationUseCase(use_case), self.today(), host)

    def stale(self) -> tuple[Row, ...]:
        """The rows that nobody looked after for more than 90 days."""
        return self.catalog.catalog().stale(self.today())

    def today(self) -> date:
        """The day, in UTC, on which the catalog is looked at."""
        return self.clock.now().astimezone(UTC).date()
