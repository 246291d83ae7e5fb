"""The fallback hosts of a configuration after a change, each with the key that stays its own."""

from __future__ import annotations

from llama_marketing.app.host_access import HostAccess, HostSlot, slot_of
from llama_marketing.domain.config.changes import ConfigChanges, FallbackHostChanges
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.tenant import TenantRef

FallbackSlot = tuple[HostSlot, str | None]
"""A fallback host and the catalog id of its model; None is the client's selected model."""


def fallback_slots(
    access: HostAccess,
    tenant: TenantRef,
    changes: ConfigChanges,
    before: StoredConfig | None,
    *,
    seal: bool,
) -> list[FallbackSlot]:
    """The fallback hosts in their order; a list that was sent takes the place of the kept one.

    A host without a typed key goes on from a kept one of the same provider and origin, wherever
    that stood. ``seal`` False leaves typed keys out, for a form that is not saved. Raises
    InvalidRequest.
    """
    hosts = () if before is None else before.config.fallback_hosts
    kept = [] if before is None else [slot_of(before, place) for place in range(len(hosts))]
    if changes.fallback_hosts is None:
        return [(slot, host.model_id) for slot, host in zip(kept, hosts, strict=True)]
    free: list[HostSlot | None] = [*kept]
    slots: list[FallbackSlot] = []
    for place, sent in enumerate(changes.fallback_hosts):
        provider, endpoint = sent.hosting_provider, sent.api_endpoint or ""
        bare = access.slot(tenant, provider, endpoint, None, None)
        same = None if sent.api_key else _take(access, free, place, sent, bare)
        key = sent.api_key if seal else None
        slots.append((access.slot(tenant, provider, endpoint, key, same), sent.model_id))
    return slots


def _take(
    access: HostAccess,
    free: list[HostSlot | None],
    place: int,
    sent: FallbackHostChanges,
    bare: HostSlot,
) -> HostSlot | None:
    """Take the kept slot that a sent host goes on from; each is taken once.

    Of several at the same origin, the one whose mask was sent back, then that in its place.
    """
    fitting = [
        (slot.mask != sent.api_key_masked, number != place, number, slot)
        for number, slot in enumerate(free)
        if slot is not None and access.same_host(slot, bare)
    ]
    if not fitting:
        return None
    _, _, number, slot = min(fitting, key=lambda found: found[:3])
    free[number] = None
    return slot
