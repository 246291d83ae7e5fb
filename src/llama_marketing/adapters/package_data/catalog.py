"""The catalog from the bundled TOML files, with the operator's rows laid over them."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.package_data.rows import PackagedRows
from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.catalog.models import Catalog, ModelRow, Suggestion
from llama_marketing.domain.catalog.offers import Offer
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.ports.catalog import CatalogSource


@attrs.define(eq=False)
class PackagedCatalog(PackagedRows[Catalog], CatalogSource):
    """Reads ``models``, ``hosts``, ``prices`` and ``comparators.toml`` at the first use, once.

    ``override`` is the operator's folder with files of the same names. Safe between threads.
    """

    def catalog(self) -> Catalog:
        """The catalog, always the same object.

        Raises SettingsError with the file and the row for what cannot be read, breaks a rule or
        names a model or host that is not there.
        """
        return self._once()

    def _read(self) -> Catalog:
        return Catalog(
            models=self._rows(ModelRow, "models.toml", "models", "id"),
            hosts=self._rows(HostRow, "hosts.toml", "hosts", "id"),
            offers=self._rows(Offer, "models.toml", "offers", "host", "model"),
            prices=self._rows(PriceRow, "prices.toml", "prices", "host", "model", "valid_from"),
            suggestions=self._rows(Suggestion, "models.toml", "suggestions", "use_case"),
            comparators=self._rows(
                ComparatorModelRow, "comparators.toml", "comparators", "host", "id"
            ),
        )
