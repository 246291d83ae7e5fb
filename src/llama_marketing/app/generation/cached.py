"""An equal request's answer, given again: no host is called and nothing is held.

The answer is an operation like any other: it has an id, an entry in the books and a place in the
history; it costs nothing and takes nothing from the quota.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import attrs

from llama_marketing.app.generation.prepared import KnownOperation, Prepared
from llama_marketing.app.generation.stream import GenerationStream
from llama_marketing.app.telemetry import NO_TELEMETRY
from llama_marketing.domain.errors import StoreError, StoreIncompatible
from llama_marketing.domain.generation.history import record_of
from llama_marketing.domain.generation.models import GenerationResponse, StreamEvent
from llama_marketing.domain.telemetry import OperationEnd
from llama_marketing.domain.usage.entries import Basis, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import day_of, month_of
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone


@attrs.frozen(kw_only=True)
class AnswersAgain:
    """Looks for the kept answer of a prepared request, and books that it was given again."""

    cache: AnswerCache
    books: UsageBooks
    clock: Clock
    ids: Ids
    zone: BillingZone
    retention: timedelta
    telemetry: Telemetry = NO_TELEMETRY

    def find(
        self, prepared: Prepared, known: KnownOperation | None = None
    ) -> GenerationResponse | None:
        """The answer, booked as an operation of its own, or None.

        A request that bypasses the cache finds nothing; its answer replaces the kept one.
        Raises RevisionConflict and StoreUnavailable.
        """
        if not prepared.cache_key or prepared.request.bypass_cache:
            return None
        now = timestamp(prepared.moment)
        revision = prepared.stored.config.revision
        try:
            kept = self.cache.get(prepared.tenant, prepared.cache_key, now, revision)
        except StoreIncompatible:
            # Written by a newer version or broken: as good as none, and replaced by the next.
            kept = None
        if kept is None:
            return None
        latency = max(1, round((self.clock.monotonic() - prepared.started) * 1000))
        operation_id = self.ids.new(prepared.moment) if known is None else known.operation_id
        response = kept.again(operation_id, latency)
        entry = self._entry(prepared, response)
        expires_at = timestamp(prepared.moment + self.retention)
        record = record_of(entry, prepared.request, response, expires_at)
        followed = self.telemetry.started(prepared.facts(response.id))
        try:
            self.books.record(prepared.tenant, entry, record)
        except StoreError as error:
            followed.ended(OperationEnd.of(self.clock.now(), None, error))
            raise
        followed.ended(OperationEnd.of(self.clock.now(), entry))
        return response

    def _entry(self, prepared: Prepared, response: GenerationResponse) -> UsageEntry:
        moment = prepared.moment
        zone = self.zone.zone(prepared.tenant.organization_id)
        return UsageEntry(
            id=response.id,
            client_id=prepared.tenant.client_id,
            timestamp=timestamp(moment),
            use_case=response.use_case,
            model=response.model,
            provider=response.provider,
            cost_usd=Decimal(0),
            latency_ms=response.latency_ms,
            user_id=prepared.user_id,
            basis=Basis.CACHE,
            billable=False,
            period=month_of(moment, zone),
            day=day_of(moment, zone),
            finish_reason=response.finish_reason.value,
            prompt_version=response.metadata.prompt_version,
        )


class CachedStream(GenerationStream):
    """A kept answer as the events of a stream, one delta a variation.

    It was booked before it is iterated, so however it ends there is nothing left to do.
    """

    def __init__(self, response: GenerationResponse) -> None:
        self._response = response
        self._left = threading.Event()
        self._said = _events(response)

    @property
    def id(self) -> str:
        """The generation's id, with which it can be found in the history."""
        return self._response.id

    def __next__(self) -> StreamEvent:
        if self._left.is_set():
            raise StopIteration
        return next(self._said)

    def close(self) -> None:
        """Say no more; may be called more than once, and from another thread."""
        self._left.set()


def _events(response: GenerationResponse) -> Iterator[StreamEvent]:
    texts = response.variations or (response.content,)
    events = [
        StreamEvent(
            "start", {"id": response.id, "model": response.model, "host": response.provider}
        ),
        *(
            StreamEvent("delta", {"variation": number, "text": text})
            for number, text in enumerate(texts)
        ),
        StreamEvent("usage", {}, response.tokens_used),
        StreamEvent("done", {}, response),
    ]
    return iter(events)
