"""Port: telling whoever watches the service what happens in it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts


class OperationTelemetry(Protocol):
    """Follows one operation; safe between threads."""

    @abstractmethod
    def call_ended(self, facts: CallFacts) -> None:
        """Tell of a finished call of a host, also from a worker thread."""

    @abstractmethod
    def ended(self, end: OperationEnd) -> None:
        """Tell how the operation ended. The first end counts; a further one changes nothing."""


class Telemetry(Protocol):
    """Tells facts on, at once and without waiting for anybody; safe between threads."""

    @abstractmethod
    def started(self, facts: OperationFacts) -> OperationTelemetry:
        """Tell of an operation that starts, in the caller's thread; answers what follows it."""

    @abstractmethod
    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Tell that rows of the catalog are old."""
