"""Telemetry that is safe to call anywhere: none at all, and one that cannot end an operation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from typing import TypeVar

import attrs

from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.ports.telemetry import OperationTelemetry, Telemetry

CALLER_REQUEST_ID: ContextVar[str] = ContextVar("caller_request_id", default="")
"""The id that the present request came with; whoever takes requests sets it."""

_log = logging.getLogger("llama_marketing.telemetry")
Part = TypeVar("Part")
Answer = TypeVar("Answer")


class _Nobody(Telemetry, OperationTelemetry):
    """Nobody watches."""

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        return self

    def call_ended(self, facts: CallFacts) -> None:
        """Tell nobody."""

    def ended(self, end: OperationEnd) -> None:
        """Tell nobody."""

    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Tell nobody."""


_NOBODY = _Nobody()
NO_TELEMETRY: Telemetry = _NOBODY
"""Tells nobody anything."""
NOT_FOLLOWED: OperationTelemetry = _NOBODY
"""Follows an operation and tells nobody."""


class GuardedTelemetry(Telemetry):
    """Tells each of several others; one that raises is logged once and harms nobody."""

    def __init__(self, parts: Iterable[Telemetry]) -> None:
        self._parts = tuple(parts)
        self._failed = threading.Event()

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        """Start every part that can be started."""
        parts = self._tell_each(self._parts, lambda part: part.started(facts))
        return _GuardedOperation(parts, self._tell_each)

    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Tell every part."""
        self._tell_each(self._parts, lambda part: part.catalog_stale(facts))

    def _tell_each(self, parts: Sequence[Part], tell: Callable[[Part], Answer]) -> Sequence[Answer]:
        answers = []
        for part in parts:
            try:
                answers.append(tell(part))
            except Exception as error:  # noqa: BLE001 - a watcher's fault is never the client's
                self._note(error)
        return answers

    def _note(self, error: Exception) -> None:
        if not self._failed.is_set():
            self._failed.set()
            # Its message is another library's text, and might repeat what it was given.
            _log.error("telemetry_failed", extra={"error_type": type(error).__name__})


@attrs.define(eq=False)
class _GuardedOperation(OperationTelemetry):
    _parts: Sequence[OperationTelemetry]
    _tell_each: Callable[
        [Sequence[OperationTelemetry], Callable[[OperationTelemetry], None]], object
    ]
    _first_end: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def call_ended(self, facts: CallFacts) -> None:
        self._tell_each(self._parts, lambda part: part.call_ended(facts))

    def ended(self, end: OperationEnd) -> None:
        if self._first_end.acquire(blocking=False):
            self._tell_each(self._parts, lambda part: part.ended(end))
