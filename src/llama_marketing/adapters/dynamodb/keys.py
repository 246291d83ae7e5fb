"""Every key of the table, made in this file alone.

The table is the customer's: string keys PK and SK, and an index over GSI1PK and GSI1SK. A
partition is one client; its two ids match ``[A-Za-z0-9_-]{1,64}`` (``TenantRef``), and every part
of a sort key that came from outside is escaped, so two different things never get one key.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.rollups import RollUpKey

PK: Final = "PK"
SK: Final = "SK"
INDEX_PK: Final = "GSI1PK"
INDEX_SK: Final = "GSI1SK"
EXPIRES: Final = "TTL"
"""Unix seconds after which DynamoDB may drop the item; nothing relies on that it does."""

CONFIG: Final = "META_AI_CONFIG"
_ENTRY: Final = "META_AI_USAGE#"
_RATING: Final = "META_AI_RATING#"
_DAY: Final = "META_AI_DAY#"
_MONTH: Final = "META_AI_MONTH#"
_COUNTER: Final = "META_AI_QUOTA#"
_HOLD: Final = "META_AI_HOLD#"
_OPEN: Final = "META_AI_OPEN#"
_GENERATION: Final = "META_AI_GENERATION#"
_ACTION: Final = "META_AI_ACTION#"
_JOB: Final = "META_AI_JOB#"
_TALLY: Final = "META_AI_MODERATED#"
_WORK: Final = "META_AI_WORK#"
_OUTBOX: Final = "META_AI_OUTBOX#"
_IDEMPOTENCY: Final = "META_AI_IDEMPOTENCY#"
_CACHE: Final = "META_AI_CACHE#"
_VERSION: Final = "META_AI_VERSION#"
_COMPARISON: Final = "AI_COMPARISON#"
_PROVIDER: Final = "AI_PROVIDER#"
_LONGEST_PART: Final = 300
_LANES: Final = 8
"""Partitions of the index that share the events of all clients, since one takes 1,000 write units
a second. Never fewer: what waits in a lane that nobody reads would never be sent."""
HIGHEST: Final = "\U0010ffff"


def partition(tenant: TenantRef) -> str:
    """Where everything of a client is."""
    return f"ORG#{tenant.organization_id}#CLIENT#{tenant.client_id}"


def of(tenant: TenantRef, sort_key: str) -> dict[str, dict[str, str]]:
    """An item's whole key, as boto3's low-level client takes it."""
    return {PK: {"S": partition(tenant)}, SK: {"S": sort_key}}


def tenant_of(partition_key: str) -> TenantRef | None:
    """The client of a partition, None for a partition that is none of ours."""
    parts = partition_key.split("#")
    if len(parts) != 4 or (parts[0], parts[2]) != ("ORG", "CLIENT"):
        return None
    try:
        return TenantRef(parts[1], parts[3])
    except ValueError:
        return None


def entry(timestamp: str, entry_id: str) -> str:
    """A usage entry; ``timestamp`` has a fixed width, so text order is time order.

    The id is the whole rest of the key, whatever it holds, so that it needs no escape and the
    order of equal timestamps is that of the ids.
    """
    return f"{_ENTRY}{timestamp}#{entry_id}"


def entry_bounds(first: str, end: str, after: str = "") -> tuple[str, str]:
    """The entries from one timestamp (or beginning of one) until before another.

    ``after`` is the ``timestamp#id`` of an entry that lies before all of them.
    """
    return _ENTRY + max(first, f"{after}\0" if after else ""), f"{_ENTRY}{end}"


def rating(entry_id: str, user_id: str) -> str:
    """A user's rating of an entry; the user id, which is any text, by its SHA-256."""
    return f"{_RATING}{_bounded(entry_id)}#{hashlib.sha256(user_id.encode()).hexdigest()}"


def rating_bounds(entry_id: str) -> tuple[str, str]:
    """Every rating of an entry."""
    return f"{_RATING}{_bounded(entry_id)}#", f"{_RATING}{_bounded(entry_id)}#{HIGHEST}"


def day(key: RollUpKey) -> str:
    """The roll-up of a day, provider, model and use case; what it is about stands beside it."""
    parts = (key.day, key.provider, key.model, key.kind)
    return _DAY + "#".join(_bounded(part) for part in parts)


def day_bounds(first_day: str, last_day: str) -> tuple[str, str]:
    """The roll-ups of the days, both included."""
    return f"{_DAY}{first_day}#", f"{_DAY}{last_day}#{HIGHEST}"


def month(year_month: str, purpose: str) -> str:
    """The roll-up of a month; that of generations has the bare key."""
    return f"{_MONTH}{year_month}" + ("" if purpose == "generation" else f"#{purpose}")


def organization(organization_id: str) -> str:
    """The index's partition of an organization."""
    return f"ORG#{organization_id}"


def organization_month(year_month: str, client_id: str) -> str:
    """A client's month in the index of its organization."""
    return f"{_ENTRY}{year_month}#{client_id}"


def organization_month_prefix(year_month: str) -> str:
    """What the months of all clients of an organization begin with."""
    return f"{_ENTRY}{year_month}#"


def counter(period: str) -> str:
    """The quota's counter of a period."""
    return _COUNTER + period


def hold(hold_id: str) -> str:
    """A hold, in whatever state; of a recorded entry, the mark that its id is taken."""
    return _HOLD + hold_id


def open_hold(expires_at: str, hold_id: str) -> str:
    """The pointer that stands while a hold is open; its order is that of expiry."""
    return f"{_OPEN}{expires_at}#{hold_id}"


def hold_of(sort_key: str) -> str:
    """The hold's id that a pointer's key ends with; no timestamp has a ``#``."""
    return sort_key.removeprefix(_OPEN).partition("#")[2]


def expiry_of(sort_key: str) -> str:
    """When the hold expires that a pointer stands for."""
    return sort_key.removeprefix(_OPEN).partition("#")[0]


def open_hold_bounds(now: str) -> tuple[str, str]:
    """The pointers of the holds that expired before a timestamp.

    What expires at ``now`` itself has more in its key, so it lies above.
    """
    return _OPEN, f"{_OPEN}{now}"


def generation(generation_id: str) -> str:
    """A kept generation; the ids sort by time."""
    return _GENERATION + generation_id


def generation_bounds(before: str) -> tuple[str, str]:
    """The generations up to an id, which is included; all of them for the empty one."""
    return _GENERATION, _GENERATION + (before or HIGHEST)


def action(action_id: str) -> str:
    """An action that a moderation wants done; the ids sort by time."""
    return _ACTION + action_id


def action_bounds(before: str) -> tuple[str, str]:
    """The actions up to an id, which is included; all of them for the empty one."""
    return _ACTION, _ACTION + (before or HIGHEST)


def job(job_id: str) -> str:
    """A moderation job."""
    return _JOB + _bounded(job_id)


def job_part(job_id: str, number: int) -> str:
    """A part of a job; ``number`` is below 100,000, so that text order is theirs."""
    return f"{job(job_id)}#{number:05}"


def tally(day_text: str, operation_id: str) -> str:
    """How the comments of an operation came out."""
    return f"{_TALLY}{day_text}#{_bounded(operation_id)}"


def tally_bounds(first_day: str, last_day: str) -> tuple[str, str]:
    """The tallies of the days, both included."""
    return f"{_TALLY}{first_day}#", f"{_TALLY}{last_day}#{HIGHEST}"


def waiting_part(job_id: str, number: int) -> str:
    """A part that waits in the queue."""
    return f"{_WORK}{_bounded(job_id)}#{number:05}"


def queue() -> str:
    """The partition of the index that the waiting parts of all clients are in."""
    return _WORK


def queue_place(visible_at: str = "", job_id: str = "", number: int = 0) -> str:
    """A part's place in the queue, or what every place begins with."""
    return f"{_WORK}{visible_at}#{_bounded(job_id)}#{number:05}" if visible_at else _WORK


def outbox(entry_id: str) -> str:
    """A billing event that is still to be sent."""
    return _OUTBOX + _bounded(entry_id)


def outbox_lane(entry_id: str) -> str:
    """The partition of the index that an event waits in."""
    digest = hashlib.sha256(entry_id.encode()).digest()
    return f"{_OUTBOX}{digest[0] % _LANES}"


def outbox_lanes() -> tuple[str, ...]:
    """Every partition of the index that events wait in."""
    return tuple(f"{_OUTBOX}{lane}" for lane in range(_LANES))


def outbox_place(moment: str = "", number: int = 0) -> str:
    """An event's place in its lane, or what every place begins with.

    ``moment`` has a fixed width, ``number`` is one digit: text order is time order.
    """
    return f"{_OUTBOX}{moment}#{number}" if moment else _OUTBOX


def idempotency(digest: str) -> str:
    """The answer kept for an idempotency key, by the key's SHA-256."""
    return _IDEMPOTENCY + digest


def cached_answer(cache_key: str) -> str:
    """A kept answer."""
    return _CACHE + _escaped(cache_key)


def saved_version(subject: str, number: int) -> str:
    """A version; its number has a fixed width, so text order is the order of the numbers."""
    return f"{_VERSION}{_escaped(subject)}#{number:010d}"


def saved_version_bounds(subject: str, before: int | None = None) -> tuple[str, str]:
    """The versions of a subject, only those below a number when it is given."""
    last = HIGHEST if before is None else f"{before - 1:010d}"
    return f"{_VERSION}{_escaped(subject)}#", f"{_VERSION}{_escaped(subject)}#{last}"


def comparison(month: str) -> str:
    """The snapshot of a month's comparison."""
    return _COMPARISON + _bounded(month)


def provider_key(provider: str) -> str:
    """The sealed key of another provider."""
    return _PROVIDER + _escaped(provider)


def provider_key_bounds() -> tuple[str, str]:
    """The sealed keys of all other providers."""
    return _PROVIDER, _PROVIDER + HIGHEST


def _escaped(part: str) -> str:
    """A part without ``#``: whole parts stay whole, and order stays for ids of plain letters."""
    return quote(part, safe="-_.~:@+/ ")


def _bounded(part: str) -> str:
    """A part without ``#`` that fits: a key has at most 1,024 bytes, a model 256 characters.

    No escaped part has two percent signs in a row.
    """
    escaped = _escaped(part)
    if len(escaped) <= _LONGEST_PART:
        return escaped
    return "%%" + hashlib.sha256(part.encode()).hexdigest()
