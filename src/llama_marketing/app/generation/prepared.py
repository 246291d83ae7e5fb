"""A request that was found good, before anything is held for it."""

from __future__ import annotations

from datetime import datetime

import attrs

from llama_marketing.app.telemetry import CALLER_REQUEST_ID
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.telemetry import OperationFacts
from llama_marketing.domain.tenant import TenantRef


@attrs.frozen
class KnownOperation:
    """An operation that may have begun before, in a process that died.

    It goes on under its id, and is booked by the moment at which it began.
    """

    operation_id: str
    moment: datetime


@attrs.frozen(kw_only=True)
class Prepared:
    """A request that its configuration allows, and what it would be; nothing is held for it."""

    tenant: TenantRef
    user_id: str
    stored: StoredConfig
    plan: Plan
    moment: datetime
    """The one instant by which it is priced, placed in a period, held and refused."""
    started: float
    """Monotonic seconds."""
    seconds: float
    """How long it may take in all, from ``started``."""
    cache_key: str
    """Empty where the client's configuration, or the use case, keeps no answers."""

    @property
    def request(self) -> GenerationRequest:
        """What was asked for."""
        return self.plan.brief.request

    def facts(self, operation_id: str) -> OperationFacts:
        """What may be told of it, once it has the id of an operation."""
        return OperationFacts(
            operation_id=operation_id,
            caller_request_id=CALLER_REQUEST_ID.get(),
            tenant=self.tenant,
            use_case=self.request.use_case,
            platform=self.request.platform,
            started_at=self.moment,
        )
