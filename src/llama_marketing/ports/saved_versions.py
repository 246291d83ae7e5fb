"""Port: what the clients keep in versions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.saved_versions import SavedVersion
from llama_marketing.domain.tenant import TenantRef


class SavedVersions(Protocol):
    """Keeps the versions of each subject of a tenant; safe between threads and processes.

    Reads see every finished write. Every method may raise StoreUnavailable, the reading ones
    StoreIncompatible for a version that a newer program wrote.
    """

    @abstractmethod
    def add(self, tenant: TenantRef, version: SavedVersion) -> bool:
        """Keep a version; False, with nothing changed, where its number is taken by another.

        Adding the very same again is True: the answer of the first try may have been lost.
        """

    @abstractmethod
    def get(self, tenant: TenantRef, subject: str, number: int) -> SavedVersion | None:
        """One version, or None."""

    @abstractmethod
    def newest(
        self, tenant: TenantRef, subject: str, before: int | None = None, limit: int = 20
    ) -> Sequence[SavedVersion]:
        """The versions in descending order of number, those below ``before`` when it is given."""
