"""Laws of the table's keys: two things never have one, and no query meets another kind of thing."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.rollups import RollUpKey

LONGEST_PARTITION_KEY, LONGEST_SORT_KEY = 2048, 1024
"""Bytes, by DynamoDB's limits as of November 2026."""

LONGEST = "😀" * 128
"""As many characters as an entry's id may have, each of four bytes."""

TENANT_IDS = st.one_of(
    st.text("1aA_-", min_size=1, max_size=3),
    st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64),
)
TENANTS = st.builds(TenantRef, TENANT_IDS, TENANT_IDS)
PARTS = st.one_of(
    st.text("#%:-2 /\0aA", min_size=1, max_size=5),
    st.sampled_from(["META_AI_USAGE#", "%23", "%%", "\U0010ffff", "ñ", "n\u0303", "а", LONGEST]),
    st.text(min_size=1, max_size=128),
)
"""What comes from outside: ids of entries, models, providers."""
LONG_PARTS = st.one_of(PARTS, st.text(min_size=100, max_size=256))
MONTHS = st.dates().map(lambda day: f"{day:%Y-%m}".rjust(7, "0"))
DAYS = st.dates().map(lambda day: day.isoformat())
TIMESTAMPS = st.datetimes().map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=26)
NUMBERS = st.integers(0, 99_999)
PURPOSES = st.sampled_from(["generation", "validation"])
SUBJECTS = st.text("ab._", min_size=1, max_size=64)
NUMBERS = st.integers(1, 10**9)
ROLLUPS = st.builds(RollUpKey, day=DAYS, provider=LONG_PARTS, model=LONG_PARTS, kind=PARTS)

KINDS: dict[str, tuple[Callable[..., str], tuple[st.SearchStrategy[Any], ...]]] = {
    "config": (lambda: keys.CONFIG, ()),
    "entry": (keys.entry, (TIMESTAMPS, PARTS)),
    "day": (keys.day, (ROLLUPS,)),
    "month": (keys.month, (MONTHS, PURPOSES)),
    "counter": (keys.counter, (MONTHS,)),
    "hold": (keys.hold, (PARTS,)),
    "open": (keys.open_hold, (TIMESTAMPS, PARTS)),
    "generation": (keys.generation, (IDS,)),
    "action": (keys.action, (IDS,)),
    "job": (keys.job, (IDS,)),
    "job part": (keys.job_part, (IDS, NUMBERS)),
    "waiting part": (keys.waiting_part, (IDS, NUMBERS)),
    "tally": (keys.tally, (DAYS, PARTS)),
    "rating": (keys.rating, (PARTS, st.one_of(st.just(""), LONG_PARTS))),
    "outbox": (keys.outbox, (PARTS,)),
    "idempotency": (keys.idempotency, (DIGESTS,)),
    "cache": (keys.cached_answer, (DIGESTS,)),
    "version": (keys.saved_version, (SUBJECTS, NUMBERS)),
    "provider": (keys.provider_key, (st.text("ab_1", min_size=1, max_size=64),)),
}
BOUNDS: dict[str, st.SearchStrategy[tuple[str, str]]] = {
    "entry": st.builds(keys.entry_bounds, TIMESTAMPS, TIMESTAMPS),
    "day": st.builds(keys.day_bounds, DAYS, DAYS),
    "open": st.builds(keys.open_hold_bounds, TIMESTAMPS),
    "generation": st.builds(keys.generation_bounds, st.one_of(st.just(""), IDS)),
    "action": st.builds(keys.action_bounds, st.one_of(st.just(""), IDS)),
    "tally": st.builds(keys.tally_bounds, DAYS, DAYS),
    "rating": st.builds(keys.rating_bounds, PARTS),
    "version": st.builds(keys.saved_version_bounds, SUBJECTS, st.one_of(st.none(), NUMBERS)),
    "provider": st.builds(keys.provider_key_bounds),
}

Thing = tuple[str, tuple[Any, ...]]


def things_of(kind: str) -> st.SearchStrategy[Thing]:
    """Anything of a kind."""
    return st.tuples(st.just(kind), st.tuples(*KINDS[kind][1]))


THINGS = st.sampled_from([*KINDS]).flatmap(things_of)
PAIRS = st.one_of(
    st.tuples(THINGS, THINGS),
    st.sampled_from([*KINDS]).flatmap(lambda kind: st.tuples(things_of(kind), things_of(kind))),
)


def key_of(thing: Thing) -> str:
    """The sort key of a thing."""
    kind, parts = thing
    return KINDS[kind][0](*parts)


@given(TENANTS, TENANTS)
def test_two_clients_never_share_a_partition(one: TenantRef, other: TenantRef) -> None:
    """Nor is a partition's key the beginning of another's client, and it reads back."""
    assert (keys.partition(one) == keys.partition(other)) == (one == other)
    assert keys.tenant_of(keys.partition(one)) == one
    assert len(keys.partition(one).encode()) <= LONGEST_PARTITION_KEY


@given(st.one_of(st.text(), st.text("ORG#CLIENT1a\n"), TENANTS.map(keys.partition)))
def test_a_partition_of_somebody_else_is_no_client_of_ours(text: str) -> None:
    """What reads as a client has exactly that client's key."""
    tenant = keys.tenant_of(text)

    assert tenant is None or keys.partition(tenant) == text


@given(PAIRS)
def test_two_things_never_share_a_sort_key(pair: tuple[Thing, Thing]) -> None:
    """Of one kind or of two, whatever the parts from outside hold."""
    one, other = pair

    assert (key_of(one) == key_of(other)) == (one == other)


@example(("outbox", (LONGEST,)))
@example(("rating", (LONGEST, "ñ" * 256)))
@example(("hold", (LONGEST,)))
@example(("open", ("9999-12-31T23:59:59.999999Z", LONGEST)))
@example(("day", (RollUpKey(day="2026-11-24", provider="ñ" * 64, model="ñ" * 256, kind="x"),)))
@given(THINGS)
def test_a_sort_key_fits_and_is_not_empty(thing: Thing) -> None:
    """For the longest ids and models that the models let through."""
    assert 0 < len(key_of(thing).encode("utf-8", "surrogatepass")) <= LONGEST_SORT_KEY


@given(THINGS, st.sampled_from([*BOUNDS]).flatmap(lambda k: st.tuples(st.just(k), BOUNDS[k])))
def test_a_query_meets_its_own_kind_only(thing: Thing, query: tuple[str, tuple[str, str]]) -> None:
    """What lies within the bounds of a kind is of that kind."""
    kind, (low, high) = query

    assert not low <= key_of(thing) <= high or thing[0] == kind


@given(things_of("entry"), TIMESTAMPS, TIMESTAMPS)
def test_the_bounds_of_entries_are_those_of_their_times(entry: Thing, first: str, end: str) -> None:
    """From the first moment on, until before the end."""
    timestamp, _ = entry[1]
    low, high = keys.entry_bounds(first, end)

    assert (low <= key_of(entry) <= high) == (first <= timestamp < end)


@given(things_of("entry"), things_of("entry"))
def test_a_page_of_entries_goes_on_right_after_the_last_one(last: Thing, entry: Thing) -> None:
    """Neither leaves one out nor answers one again."""
    low, high = keys.entry_bounds("0001", "9999-12-31T23:59:60", "#".join(last[1]))

    assert (low <= key_of(entry) <= high) == (entry[1] > last[1])


@given(ROLLUPS, DAYS, DAYS)
def test_the_bounds_of_days_are_those_of_their_dates(
    rollup: RollUpKey, first: str, last: str
) -> None:
    """Both days included."""
    low, high = keys.day_bounds(first, last)

    assert (low <= keys.day(rollup) <= high) == (first <= rollup.day <= last)


@given(things_of("open"), TIMESTAMPS)
def test_the_bounds_of_open_holds_are_those_of_their_expiry(hold: Thing, now: str) -> None:
    """What expires now has not expired; id and expiry read back from the key."""
    expires_at, hold_id = hold[1]
    low, high = keys.open_hold_bounds(now)

    assert (low <= key_of(hold) <= high) == (expires_at < now)
    assert (keys.expiry_of(key_of(hold)), keys.hold_of(key_of(hold))) == (expires_at, hold_id)


@given(things_of("rating"), PARTS)
def test_the_bounds_of_ratings_are_those_of_their_entry(rating: Thing, asked: str) -> None:
    """Of no entry whose id begins alike."""
    low, high = keys.rating_bounds(asked)

    assert (low <= key_of(rating) <= high) == (rating[1][0] == asked)


@given(IDS, IDS)
def test_generations_come_up_to_an_id(one: str, before: str) -> None:
    """In the order of their ids; the empty one is all of them."""
    low, high = keys.generation_bounds(before)

    assert (low <= keys.generation(one) <= high) == (one <= before)
    assert keys.generation_bounds("")[0] <= keys.generation(one) <= keys.generation_bounds("")[1]


@given(things_of("version"), SUBJECTS, st.one_of(st.none(), NUMBERS))
def test_versions_come_below_a_number(version: Thing, asked: str, before: int | None) -> None:
    """In the order of their numbers, of no subject whose name begins alike."""
    subject, number = version[1]
    low, high = keys.saved_version_bounds(asked, before)

    wanted = subject == asked and (before is None or number < before)
    assert (low <= key_of(version) <= high) == wanted


@given(TENANTS, TENANTS, MONTHS, MONTHS)
def test_an_organizations_month_holds_its_own_clients_of_that_month(
    one: TenantRef, other: TenantRef, month: str, asked: str
) -> None:
    """In the index too two clients are two items, and an organization meets no other."""
    partition = keys.organization(one.organization_id)
    entry = keys.organization_month(month, one.client_id)
    same_organization = one.organization_id == other.organization_id

    assert (partition == keys.organization(other.organization_id)) == same_organization
    assert entry.startswith(keys.organization_month_prefix(asked)) == (month == asked)
    assert (entry == keys.organization_month(asked, other.client_id)) == (
        (month, one.client_id) == (asked, other.client_id)
    )
