"""Port: the dated data of models, hosts and prices."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.catalog.models import Catalog


class CatalogSource(Protocol):
    """Gives the catalog; the bundled one, with the operator's files laid over it."""

    @abstractmethod
    def catalog(self) -> Catalog:
        """The catalog; the same object until the process ends. Raises SettingsError."""
