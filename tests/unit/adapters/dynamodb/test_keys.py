"""The table's keys read as the design says, so that the customer's own tools find the items."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.rollups import RollUpKey

MOMENT = "2026-11-24T18:00:00.000000Z"
U1 = "bb82030dbc2bcaba32a90bf2e207a84a856fc5f033b77c480836ab6f77f40f19"
"""SHA-256 of ``u1``."""
DAY = RollUpKey(day="2026-11-24", provider="groq", model="llama-3.3-70b", kind="ad_copy")


@pytest.mark.parametrize(
    ("key", "reads"),
    [
        (keys.partition(TenantRef("org1", "cli1")), "ORG#org1#CLIENT#cli1"),
        (keys.CONFIG, "META_AI_CONFIG"),
        (keys.entry(MOMENT, "01H"), f"META_AI_USAGE#{MOMENT}#01H"),
        (keys.entry(MOMENT, "ADJ-01H"), f"META_AI_USAGE#{MOMENT}#ADJ-01H"),
        (keys.day(DAY), "META_AI_DAY#2026-11-24#groq#llama-3.3-70b#ad_copy"),
        (keys.month("2026-11", "generation"), "META_AI_MONTH#2026-11"),
        (keys.month("2026-11", "validation"), "META_AI_MONTH#2026-11#validation"),
        (keys.organization("org1"), "ORG#org1"),
        (keys.organization_month("2026-11", "cli1"), "META_AI_USAGE#2026-11#cli1"),
        (keys.counter("2026-11"), "META_AI_QUOTA#2026-11"),
        (keys.hold("01H"), "META_AI_HOLD#01H"),
        (keys.open_hold(MOMENT, "01H"), f"META_AI_OPEN#{MOMENT}#01H"),
        (keys.generation("01H"), "META_AI_GENERATION#01H"),
        (keys.action("01H"), "META_AI_ACTION#01H"),
        (keys.job("01H"), "META_AI_JOB#01H"),
        (keys.job_part("01H", 7), "META_AI_JOB#01H#00007"),
        (keys.waiting_part("01H", 7), "META_AI_WORK#01H#00007"),
        (keys.queue(), "META_AI_WORK#"),
        (keys.queue_place(MOMENT, "01H", 7), f"META_AI_WORK#{MOMENT}#01H#00007"),
        (keys.tally("2026-11-24", "01H"), "META_AI_MODERATED#2026-11-24#01H"),
        (keys.rating("01H", "u1"), f"META_AI_RATING#01H#{U1}"),
        (keys.outbox("01H"), "META_AI_OUTBOX#01H"),
        (keys.outbox_lane("01H"), "META_AI_OUTBOX#7"),
        (keys.outbox_place(MOMENT, 1), f"META_AI_OUTBOX#{MOMENT}#1"),
        (keys.idempotency("ab12"), "META_AI_IDEMPOTENCY#ab12"),
        (keys.cached_answer("ab12"), "META_AI_CACHE#ab12"),
        (keys.saved_version("brand_voice", 7), "META_AI_VERSION#brand_voice#0000000007"),
        (keys.provider_key("openai"), "AI_PROVIDER#openai"),
    ],
)
def test_a_key_reads_as_designed(key: str, reads: str) -> None:
    """Prefixes, order of the parts, and plain ids left as they are."""
    assert key == reads


def test_a_part_that_is_not_the_last_cannot_reach_into_the_next() -> None:
    """Its separators are escaped."""
    one = DAY.model_copy(update={"provider": "a#b", "model": "c"})
    other = DAY.model_copy(update={"provider": "a", "model": "b#c"})

    assert keys.day(one) == "META_AI_DAY#2026-11-24#a%23b#c#ad_copy"
    assert keys.day(other) == "META_AI_DAY#2026-11-24#a#b%23c#ad_copy"


@pytest.mark.parametrize(
    "partition",
    [
        "",
        "ORG#org1",
        "ORG#org1#CLIENT#",
        "ORG#org1#CLIENT#cli1\n",
        "ORG#org1#CLIENT#cli1#CLIENT#cli2",
        "ORG#org1#CLIENT#cli 1",
        "org#org1#CLIENT#cli1",
        "USER#org1#CLIENT#cli1",
    ],
)
def test_the_customers_other_partitions_are_none_of_our_clients(partition: str) -> None:
    """A scan passes over them."""
    assert keys.tenant_of(partition) is None


def test_every_event_waits_in_a_lane_that_is_read() -> None:
    """All of them are used."""
    assert {keys.outbox_lane(f"gen{number}") for number in range(200)} == {*keys.outbox_lanes()}


def test_a_model_of_any_length_has_a_key_that_fits() -> None:
    """A long one by its digest; two long ones are still two."""
    one, other = (keys.day(DAY.model_copy(update={"model": "ñ" * 255 + end})) for end in ("a", "b"))

    assert one != other
    assert len(one.encode()) < 1024
