"""The catalog from the bundled TOML files, with the operator's rows laid over them."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TypeVar

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.catalog.models import Catalog, ModelRow, Suggestion
from llama_marketing.domain.catalog.offers import Offer
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.model import Model
from llama_marketing.ports.catalog import CatalogSource

_Row = TypeVar("_Row", bound=Model)


@attrs.define(eq=False)
class PackagedCatalog(CatalogSource):
    """Reads ``models``, ``hosts``, ``prices`` and ``comparators.toml`` at the first use, once.

    ``override`` is the operator's folder with files of the same names. Safe between threads.
    """

    _override: Path | None = None
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _catalog: Catalog | None = attrs.field(default=None, init=False, repr=False)

    def catalog(self) -> Catalog:
        """The catalog, always the same object.

        Raises SettingsError with the file and the row for what cannot be read, breaks a rule or
        names a model or host that is not there.
        """
        if self._catalog is None:
            with self._lock:
                if self._catalog is None:
                    self._catalog = self._read()
        return self._catalog

    def _read(self) -> Catalog:
        return Catalog(
            models=self._rows(ModelRow, "models.toml", "models", ("id",)),
            hosts=self._rows(HostRow, "hosts.toml", "hosts", ("id",)),
            offers=self._rows(Offer, "models.toml", "offers", ("host", "model")),
            prices=self._rows(PriceRow, "prices.toml", "prices", ("host", "model", "valid_from")),
            suggestions=self._rows(Suggestion, "models.toml", "suggestions", ("use_case",)),
            comparators=self._rows(
                ComparatorModelRow, "comparators.toml", "comparators", ("host", "id")
            ),
        )

    def _rows(
        self, kind: type[_Row], file_name: str, table: str, key: tuple[str, ...]
    ) -> tuple[_Row, ...]:
        rows = []
        for fields in read_rows(file_name, table, key, self._override):
            try:
                rows.append(kind.read(fields))
            except InvalidRequest as error:
                name = " ".join(str(fields[part]) for part in key)
                raise SettingsError(f"{file_name} [[{table}]] {name}: {error}") from error
        return tuple(rows)
