"""Billing events: what the customer's billing hub is told of each billable entry."""

from __future__ import annotations

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.steps import Ending

MODULE_SOURCE = "marketing-ai"
"""Who we are to a hub that bills several modules."""


class BillingEvent(Model):
    """One billable entry of a client; ``id`` is the entry's.

    An event may come more than once: organization, client and id together are its idempotency
    key. ``cost_usd`` None is an unknown price; an adjustment (``adjusts`` names the entry that
    it corrects) may be negative.
    """

    id: str
    organization_id: str
    client_id: str
    module_source: str = MODULE_SOURCE
    timestamp: str
    period: str
    provider: str
    model: str
    use_case: str
    tokens_input: int
    tokens_output: int
    cost_usd: Usd | None
    adjusts: str = ""

    @property
    def tenant(self) -> TenantRef:
        """The client who is billed."""
        return TenantRef(self.organization_id, self.client_id)

    @property
    def idempotency_key(self) -> str:
        """What the receiver tells repetitions by."""
        return f"{self.organization_id}/{self.client_id}/{self.id}"


def events_of_ending(tenant: TenantRef, ending: Ending) -> tuple[BillingEvent, ...]:
    """What the end of a hold is to be billed with.

    A swept hold bills nothing; should its operation end late after all, its entry, which is at
    the upper bound, and the correction are billed together.
    """
    entries = [ending.entry]
    if ending.correction is not None:
        entries.append(ending.correction)
    return tuple(event for entry in entries for event in events_of(tenant, entry))


def events_of(tenant: TenantRef, entry: UsageEntry) -> tuple[BillingEvent, ...]:
    """The event of an entry; none for what nobody is invoiced for, and for a validation."""
    if not entry.billable or entry.purpose is Purpose.VALIDATION:
        return ()
    return (
        BillingEvent(
            id=entry.id,
            organization_id=tenant.organization_id,
            client_id=tenant.client_id,
            timestamp=entry.timestamp,
            period=entry.period,
            provider=entry.provider,
            model=entry.model,
            use_case=entry.kind,
            tokens_input=entry.tokens_input,
            tokens_output=entry.tokens_output,
            cost_usd=entry.cost_usd,
            adjusts=entry.adjusts,
        ),
    )
