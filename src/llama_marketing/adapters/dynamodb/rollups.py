"""Roll-ups as items: numbers at the top level, so that a transaction can add to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.changes import change_of, check_version, marks_of
from llama_marketing.adapters.dynamodb.items import check_owner, number, text
from llama_marketing.adapters.dynamodb.writes import Write, update
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.rollups import (
    LATENCY_EDGES_MS,
    DayRollUp,
    RollUpKey,
    Sums,
    key_of,
)

_NUMBERS: Final = tuple(name for name in Sums.model_fields if name != "latency_histogram")
_BUCKETS: Final = tuple(f"latency_{place:02}" for place in range(len(LATENCY_EDGES_MS) + 1))
_DAY_PARTS: Final = tuple(RollUpKey.model_fields)


def additions(tenant: TenantRef, entry: UsageEntry, change: Sums) -> list[Write]:
    """The writes that add to the roll-ups of the entry's day and month."""
    key = key_of(entry)
    month = {"period": entry.period, "purpose": entry.purpose.value}
    if entry.purpose is Purpose.GENERATION:
        # Views of an organization read the index; validations stand outside of its totals.
        month[keys.INDEX_PK] = keys.organization(tenant.organization_id)
        month[keys.INDEX_SK] = keys.organization_month(entry.period, tenant.client_id)
    return [
        _addition(tenant, keys.day(key), key.model_dump(), change),
        _addition(tenant, keys.month(entry.period, entry.purpose.value), month, change),
    ]


def day_rollup(tenant: TenantRef, item: Mapping[str, Any]) -> DayRollUp:
    """A day's roll-up; raises StoreIncompatible for one that is not this program's to read."""
    key = RollUpKey(**{name: text(item, name) for name in _DAY_PARTS})
    return DayRollUp(key=key, sums=sums(tenant, item))


def sums(tenant: TenantRef, item: Mapping[str, Any]) -> Sums:
    """The sums of a roll-up; raises StoreIncompatible like ``day_rollup``."""
    check_owner(tenant, item)
    check_version("roll-up", item)
    counted = any(bucket in item for bucket in _BUCKETS)
    return Sums(
        **{name: number(item, name) for name in _NUMBERS},
        latency_histogram=tuple(number(item, name) for name in _BUCKETS) if counted else (),
    )


def _addition(tenant: TenantRef, sort_key: str, facts: Mapping[str, str], change: Sums) -> Write:
    adding = {name: getattr(change, name) for name in _NUMBERS}
    adding.update(zip(_BUCKETS, change.latency_histogram, strict=False))
    # The local server of 2020 refuses empty text; an absent attribute reads as such.
    setting = {**marks_of(tenant), **{name: fact for name, fact in facts.items() if fact}}
    text_of_change, values = change_of(setting, adding)
    return update(tenant, sort_key, text_of_change, "", **values)
