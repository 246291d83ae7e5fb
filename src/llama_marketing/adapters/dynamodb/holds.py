"""Holds as items: the hold itself, and the pointer while it is open.

The item of a hold is also what an entry is found by, and what keeps its id from being used
twice. So an entry without a hold has one too, in the state ``RECORDED`` and for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.items import (
    check_owner,
    document_item,
    item_of,
    read,
    text,
    unix_seconds,
)
from llama_marketing.adapters.dynamodb.writes import IS_NEW, Write, delete, put
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold, HoldState
from llama_marketing.domain.usage.entries import UsageEntry

RECORDED: Final = "RECORDED"
_KEPT_SECONDS: Final = 48 * 3600
"""How long a hold that ended stays, so that its operation may be repeated."""
_AMOUNT: Final = ("cost", "tokens", "generations")
_MARK: Final = "entry_timestamp"
_AS_READ: Final = "#state = :was AND " + " AND ".join(
    f"#amount_{part} = :was_{part}" for part in _AMOUNT
)


def hold_of(tenant: TenantRef, item: Mapping[str, Any] | None) -> Hold | None:
    """The hold that an item keeps; None where there is none, but perhaps a recorded entry."""
    if item is None or is_recorded(item):
        return None
    return read(Hold, tenant, item)


def is_recorded(item: Mapping[str, Any]) -> bool:
    """Whether the item marks the id of an entry without a hold."""
    return text(item, "state") == RECORDED


def entry_key(tenant: TenantRef, item: Mapping[str, Any], entry_id: str) -> str:
    """The key of the hold's entry, or of its adjustment, which has the same timestamp."""
    check_owner(tenant, item)
    return keys.entry(text(item, _MARK), entry_id)


def opened(tenant: TenantRef, hold: Hold, kept: Hold | None, counter: Counter) -> list[Write]:
    """Put a hold in the place of nothing, or of its own refusal; and its pointer, if open.

    The counter's revision does not guard the hold: the two are read together, but not at once.
    """
    item = _item(tenant, hold, counter)
    if kept is None:
        written = put(item, IS_NEW)
    else:
        written = put(item, "#state = :was", was=kept.state.value)
    if hold.state is not HoldState.OPEN:
        return [written]
    pointer = item_of(tenant, keys.open_hold(hold.expires_at, hold.id), period=hold.period)
    return [written, put(pointer)]


def changed(tenant: TenantRef, before: Hold, after: Hold, counter: Counter) -> Write:
    """Put a hold in the place of exactly the one that was seen."""
    amounts = {f"was_{part}": getattr(before.amount, part) for part in _AMOUNT}
    item = _item(tenant, after, counter)
    return put(item, _AS_READ, was=before.state.value, **amounts)


def closed(tenant: TenantRef, hold: Hold) -> Write:
    """Take the pointer of a hold away."""
    return delete(tenant, keys.open_hold(hold.expires_at, hold.id))


def recorded(tenant: TenantRef, entry: UsageEntry) -> Write:
    """Mark the id of an entry without a hold as taken."""
    facts = {"state": RECORDED, _MARK: entry.timestamp}
    return put(item_of(tenant, keys.hold(entry.id), **facts), IS_NEW)


def _item(tenant: TenantRef, hold: Hold, counter: Counter) -> dict[str, Any]:
    is_open = hold.state is HoldState.OPEN
    return document_item(
        tenant,
        keys.hold(hold.id),
        hold,
        state=hold.state.value,
        amount=hold.amount.in_unit(counter.unit),
        **{f"amount_{part}": getattr(hold.amount, part) for part in _AMOUNT},
        period=hold.period,
        expires_at=hold.expires_at,
        request_hash=hold.request_hash,
        adjusted=True if hold.adjusted else None,
        **{
            _MARK: hold.entry.timestamp,
            keys.EXPIRES: None if is_open else unix_seconds(hold.expires_at) + _KEPT_SECONDS,
        },
    )
