"""Reconciling a month: every single figure that is off by one is found, and named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import attrs
import pytest

from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.reconcile import KeptMonth, Parts, differences, parts_of
from llama_marketing.domain.usage.rollups import DayRollUp, RollUpKey, Sums, key_of, sums_of, total
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    sample_amount,
    sample_entry,
    sample_hold,
)

ENTRIES = (
    sample_entry("gen1", booked=sample_amount()),
    sample_entry("gen2", outcome="failed", booked=sample_amount(5), quality_rating=4),
    sample_entry("gen3", day="2026-02-15", latency_ms=10, cost_usd=None),
    sample_entry(
        "ADJ-gen1", adjusts="gen1", cost_usd=Decimal("-0.03"), booked=Amount(cost=-3 * 10**10)
    ),
    sample_entry("val1", use_case=None, purpose=Purpose.VALIDATION),
)
"""Two booked against the quota, a record beside it, an adjustment, a validation."""
DAY = "day.2026-02-14.groq.llama-3.3-70b-instruct.social_post"


def kept(**changes: Any) -> KeptMonth:
    """The sums of a month that adds up."""
    settled = NOTHING
    for entry in ENTRIES:
        settled += entry.booked or NOTHING
    given: dict[str, Any] = {
        "tenant": TENANT,
        "period": MONTH,
        "counter": Counter(period=MONTH, reserved=sample_amount(), settled=settled),
        "days": [
            DayRollUp(key=key, sums=sums_under(key)) for key in dict.fromkeys(map(key_of, ENTRIES))
        ],
        "months": {purpose: sums_for(purpose) for purpose in Purpose},
    }
    return KeptMonth(**given | changes)


def parts(holds: Sequence[Hold] | None = None, entries: Iterable[UsageEntry] = ENTRIES) -> Parts:
    """Its entries, an open hold of its own and one of another month, unless told otherwise."""
    other = sample_hold("gen8", sample_amount(7), period="2026-03", day="2026-03-01")
    return parts_of(MONTH, [sample_hold("gen9"), other] if holds is None else holds, entries)


def sums_under(key: RollUpKey) -> Sums:
    """What the sample entries add to a day."""
    return total(sums_of(entry) for entry in ENTRIES if key_of(entry) == key)


def sums_for(purpose: Purpose) -> Sums:
    """What the sample entries add to the month."""
    return total(sums_of(entry) for entry in ENTRIES if entry.purpose is purpose)


def found(month: KeptMonth, summed: Parts | None = None) -> list[tuple[str, int]]:
    """What differs, and by how much."""
    summed = parts() if summed is None else summed
    return [(one.what, one.kept - one.summed) for one in differences(month, summed)]


def test_books_that_add_up_have_no_differences() -> None:
    assert differences(kept(), parts()) == ()


def test_a_month_nobody_used_adds_up() -> None:
    empty = kept(counter=Counter(period=MONTH, limit=5, refused=2), days=[], months={})
    assert differences(empty, parts([], ())) == ()


@pytest.mark.parametrize("side", ["reserved", "settled"])
@pytest.mark.parametrize("figure", ["cost", "tokens", "generations"])
@pytest.mark.parametrize("drift", [1, -1])
def test_each_figure_of_the_counter_is_compared(side: str, figure: str, drift: int) -> None:
    """Down to one pico-USD, one token, one generation."""
    counter = kept().counter
    moved = getattr(counter, side) + Amount(**{figure: drift})

    month = kept(counter=counter.model_copy(update={side: moved}))

    assert found(month) == [(f"counter.{side}.{figure}", drift)]


@pytest.mark.parametrize("name", ["available", "reserved", "settled"])
def test_what_a_store_keeps_beside_the_counter_is_compared_with_it(name: str) -> None:
    """In the quota's unit; a counter without a limit leaves nothing, and keeps 0 of it at most."""
    limited = kept().counter.model_copy(update={"limit": 10**12, "unit": QuotaUnit.TOKENS})
    follows = {
        "available": limited.available or 0,
        "reserved": limited.reserved.tokens,
        "settled": limited.settled.tokens,
    }
    counter = limited.model_copy(update={"astray": {name: follows[name] + 1}})
    assert found(kept(counter=counter)) == [(f"counter.{name}", 1)]

    unlimited = kept().counter.model_copy(update={"limit": None, "astray": {"available": 3}})
    assert found(kept(counter=unlimited)) == [("counter.available", 3)]


FIGURES = [name for name in Sums.model_fields if name != "latency_histogram"]


def off_by_one(figure: str) -> Sums:
    """One more of a figure."""
    return Sums.model_validate({figure: 1})


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_of_a_day_and_of_the_month_is_compared(figure: str) -> None:
    first, *rest = kept().days
    drifted = DayRollUp(key=first.key, sums=first.sums + off_by_one(figure))
    months = {**kept().months}
    months[Purpose.VALIDATION] -= off_by_one(figure)

    assert found(kept(days=[drifted, *rest])) == [(f"{DAY}.{figure}", 1)]
    assert found(kept(months=months)) == [(f"month.validation.{figure}", -1)]


def test_each_bucket_of_the_latencies_is_compared() -> None:
    """An observation in the wrong bucket is two differences."""
    first, *rest = kept().days
    buckets = list(first.sums.latency_histogram)
    buckets[9] -= 1
    buckets[0] += 1
    moved = first.sums.model_copy(update={"latency_histogram": tuple(buckets)})

    assert found(kept(days=[DayRollUp(key=first.key, sums=moved), *rest])) == [
        (f"{DAY}.latency_histogram.0", 1),
        (f"{DAY}.latency_histogram.9", -1),
    ]


def test_a_row_that_is_missing_or_too_many_is_a_difference() -> None:
    """A lost day, and a day that no entry is in."""
    lost = found(kept(days=kept().days[1:]))
    assert (f"{DAY}.operations", -2) in lost
    key = kept().days[0].key.model_copy(update={"model": "ghost"})
    ghost = DayRollUp(key=key, sums=Sums(operations=1))
    assert found(kept(days=[*kept().days, ghost])) == [
        ("day.2026-02-14.groq.ghost.social_post.operations", 1)
    ]


def without(entry_id: str) -> tuple[UsageEntry, ...]:
    """The sample entries but one."""
    return tuple(entry for entry in ENTRIES if entry.id != entry_id)


def test_a_lost_entry_is_missed_by_the_counter_the_day_and_the_month() -> None:
    names = {what.split(".")[0] for what, _ in found(kept(), parts(entries=without("gen2")))}

    assert names == {"counter", "day", "month"}


def test_a_lost_or_doubled_hold_is_a_difference() -> None:
    assert ("counter.reserved.generations", 1) in found(kept(), parts([]))
    doubled = [sample_hold("gen9"), sample_hold("gen10")]
    assert ("counter.reserved.generations", -1) in found(kept(), parts(doubled))


def test_a_difference_names_the_client_the_month_and_both_figures() -> None:
    counter = kept().counter
    month = attrs.evolve(
        kept(), counter=counter.model_copy(update={"settled": counter.settled + Amount(cost=1)})
    )
    (one,) = differences(month, parts())

    assert one.model_dump(mode="json", by_alias=True) == {
        "organizationId": "org1",
        "clientId": "cli1",
        "period": MONTH,
        "what": "counter.settled.cost",
        "kept": counter.settled.cost + 1,
        "summed": counter.settled.cost,
    }
