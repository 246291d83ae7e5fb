"""What only the books on DynamoDB have: how their items look, age, and are found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ulid import ULID

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
from llama_marketing.adapters.dynamodb.line import DynamoLine
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.dynamodb.writes import delete, update
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.domain.errors import IdempotencyMismatch, RevisionConflict, StoreIncompatible
from llama_marketing.domain.usage.books import Hold, QuotaTerms
from llama_marketing.domain.usage.entries import Outcome, RatingTally, timestamp
from llama_marketing.domain.usage.steps import swept
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    AFTERWARDS,
    DAY,
    DIME,
    MONTH,
    TENANT,
    dollars,
    sample_amount,
    sample_config,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_record,
    sample_release,
    sample_settlement,
)

pytestmark = pytest.mark.slow

MOMENT = datetime(2026, 2, 14, 18, 0, 0, 123_456, UTC)
OURS = str(ULID.from_datetime(MOMENT))
EXPIRES_SECONDS = int(datetime(2026, 2, 14, 18, 3, tzinfo=UTC).timestamp())
TWO_DAYS = 48 * 3600


def our_hold() -> Hold:
    """A hold as the library makes it: its id tells the time of its entry."""
    return sample_hold(OURS, timestamp=timestamp(MOMENT))


def item_at(client: DynamoClient, sort_key: str) -> dict[str, Any]:
    """An item of the tenant, which must be there."""
    item = client.get(TENANT, sort_key)
    assert item is not None
    return item


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """An item's attributes as Python has them."""
    values = {name: next(iter(value.items())) for name, value in item.items()}
    return {name: int(v) if kind == "N" else v for name, (kind, v) in values.items()}


def test_the_counter_says_in_the_quotas_unit_what_is_left(dynamo: DynamoClient) -> None:
    """Available, reserved and settled are the quota, for whoever looks at the table."""
    books = DynamoUsageBooks(dynamo)
    held, ended = sample_hold("gen1"), sample_hold("gen2")
    for hold in (held, ended):
        books.reserve(TENANT, hold, dollars("5"))
    books.settle(TENANT, sample_settlement(ended, sample_amount(DIME // 2, 60)))

    counter = plain(item_at(dynamo, keys.counter(MONTH)))
    figures = (counter["available"], counter["reserved"], counter["settled"], counter["quota"])
    assert figures == (50 * DIME - DIME - DIME // 2, DIME, DIME // 2, 50 * DIME)
    assert (counter["tokens"], counter["generations"], counter["rev"]) == (60, 1, 3)

    tokens = QuotaTerms(limit=1000, unit=QuotaUnit.TOKENS, as_of="2026-02-03")
    books.reserve(TENANT, sample_hold("gen3"), tokens)

    counter = plain(item_at(dynamo, keys.counter(MONTH)))
    figures = (counter["available"], counter["reserved"], counter["settled"], counter["quota"])
    assert figures == (1000 - 200 - 200 - 60, 400, 60, 1000)


def test_an_item_says_what_it_is_beside_its_document(dynamo: DynamoClient) -> None:
    """As the design names it: for people, exports and the organization's index."""
    books, hold = DynamoUsageBooks(dynamo), our_hold()
    books.reserve(TENANT, hold, dollars("5"))
    opened = plain(item_at(dynamo, f"META_AI_HOLD#{OURS}"))
    pointer = plain(item_at(dynamo, f"META_AI_OPEN#{hold.expires_at}#{OURS}"))
    books.settle(TENANT, sample_settlement(hold))

    assert dynamo.get(TENANT, f"META_AI_OPEN#{hold.expires_at}#{OURS}") is None
    entry = plain(item_at(dynamo, f"META_AI_USAGE#{hold.entry.timestamp}#{OURS}"))
    month = plain(item_at(dynamo, "META_AI_MONTH#2026-02"))
    day_key = "META_AI_DAY#2026-02-14#groq#llama-3.3-70b-instruct#social_post"
    day = plain(item_at(dynamo, day_key))
    assert (opened["state"], opened["amount"], opened["period"]) == ("OPEN", DIME, MONTH)
    assert pointer["period"] == MONTH
    assert (entry["cost_pico_usd"], entry["amount"], entry["billable"]) == (DIME, DIME, True)
    assert (entry["outcome"], entry["basis"], entry["use_case"]) == (
        "ok",
        "reported",
        "social_post",
    )
    for sums in (month, day):
        assert (sums["operations"], sums["tokens_output"]) == (1, 200)
        assert (sums["cost_pico_usd"], sums["org"], sums["client"]) == (DIME, "org1", "cli1")
    assert (month["GSI1PK"], month["GSI1SK"]) == ("ORG#org1", "META_AI_USAGE#2026-02#cli1")


def test_only_what_ended_ages(dynamo: DynamoClient) -> None:
    """A hold two days after its time; an open one, a counter and a recorded id never."""
    books = DynamoUsageBooks(dynamo)
    for hold_id in ("open", "ended"):
        books.reserve(TENANT, sample_hold(hold_id), dollars("0.2"))
    books.reserve(TENANT, sample_hold("refused"), dollars("0.2"))
    books.settle(TENANT, sample_settlement(sample_hold("ended")))
    books.record(TENANT, sample_entry("recorded"))

    ages = {
        hold_id: plain(item_at(dynamo, keys.hold(hold_id))).get("TTL")
        for hold_id in ("open", "ended", "refused", "recorded")
    }
    later = EXPIRES_SECONDS + 1 + TWO_DAYS
    assert ages == {"open": None, "ended": later, "refused": later, "recorded": None}
    assert "TTL" not in item_at(dynamo, keys.counter(MONTH))
    assert "TTL" not in item_at(dynamo, keys.month(MONTH, "generation"))


def test_an_entry_is_found_by_the_time_in_its_id_once_its_hold_is_gone(
    dynamo: DynamoClient,
) -> None:
    """And its adjustment too; another id of that time is not taken for it."""
    books, hold = DynamoUsageBooks(dynamo), our_hold()
    books.reserve(TENANT, hold, dollars("5"))
    books.settle(TENANT, swept(hold))
    booked = books.settle(TENANT, sample_settlement(hold, sample_amount(1)))
    adjustment = books.entry(TENANT, f"ADJ-{OURS}")
    dynamo.write(delete(TENANT, keys.hold(OURS)))

    assert books.entry(TENANT, OURS) == booked
    assert adjustment is not None
    assert books.entry(TENANT, f"ADJ-{OURS}") == adjustment
    assert books.entry(TENANT, str(ULID.from_datetime(MOMENT))) is None
    assert books.entry(TENANT, "no-ulid") is None


def test_an_entry_whose_hold_is_gone_is_not_recorded_again(dynamo: DynamoClient) -> None:
    """Neither with the same figures, which changes nothing, nor at another time."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(OURS, timestamp=timestamp(MOMENT)))
    dynamo.write(delete(TENANT, keys.hold(OURS)))

    books.record(TENANT, sample_entry(OURS, timestamp=timestamp(MOMENT)))
    for moment in (MOMENT, MOMENT + timedelta(days=1)):
        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry(OURS, timestamp=timestamp(moment), tokens_input=9))

    assert books.month_rollup(TENANT, MONTH).operations == 1
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("text", ["#", "a#b", "ñandú ☕", "%23", "😀" * 128, "x" * 128, " ", "\0"])
def test_free_text_in_a_key_stays_apart_and_in_order(dynamo: DynamoClient, text: str) -> None:
    """Ids of other providers' operations, and names of their models, are anything."""
    books = DynamoUsageBooks(dynamo)
    models = [text * 2, text * 2 + "#", "m"]
    for number, model in enumerate(models):
        books.record(TENANT, sample_entry(f"{text[:-1]}{number}", model=model[:256]))
    books.record(TENANT, sample_entry(text))

    assert books.entry(TENANT, text) == sample_entry(text)
    ids = [entry.id for entry in books.entries(TENANT, DAY, DAY)]
    assert ids == sorted(ids)
    rows = [row.key.model for row in books.day_rollups(TENANT, DAY, DAY)]
    assert rows == sorted({*(model[:256] for model in models), sample_entry().model})
    assert_books_agree(books, TENANT, MONTH)


def test_a_model_without_a_name_has_a_rollup_too(dynamo: DynamoClient) -> None:
    """The old local server takes no empty text, so there is none."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(model=""))

    (row,) = books.day_rollups(TENANT, DAY, DAY)

    assert row.key.model == ""
    assert_books_agree(books, TENANT, MONTH)


def test_a_generation_too_large_to_keep_is_booked_all_the_same(
    dynamo: DynamoClient, caplog: pytest.LogCaptureFixture
) -> None:
    """No item may have more than 400 KB; the history goes without it, and the log says so."""
    books, hold = DynamoUsageBooks(dynamo), sample_hold()
    books.reserve(TENANT, hold, dollars("5"))
    large = sample_record(request={"prompt": "x" * 410_000})

    books.settle(TENANT, sample_settlement(hold), large)

    assert DynamoGenerations(dynamo).get(TENANT, "gen1", AFTERWARDS) is None
    assert [record.message for record in caplog.records] == ["generation_too_large_to_keep"]
    assert open_holds(books, TENANT) == []
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize(
    ("sort_key", "change", "value"),
    [
        (keys.counter(MONTH), "SET #version = :value", 2),
        (keys.counter(MONTH), "SET #unit = :value", "pesos"),
        (keys.counter(MONTH), "SET #client = :value", "cli2"),
        (keys.hold("gen1"), "SET #version = :value", 2),
        (keys.hold("gen1"), "SET #document = :value", "{"),
        (keys.hold("gen1"), "SET #org = :value", "org2"),
    ],
)
def test_an_item_that_is_not_ours_to_read_is_left_alone(
    dynamo: DynamoClient, sort_key: str, change: str, value: object
) -> None:
    """Of a newer program, of another client, or spoilt: a clear error, and nothing is written."""
    DynamoUsageBooks(dynamo).reserve(TENANT, sample_hold(), dollars("5"))
    dynamo.write(update(TENANT, sort_key, change, value=value))
    before = item_at(dynamo, sort_key)

    with pytest.raises(StoreIncompatible):
        DynamoUsageBooks(dynamo).settle(TENANT, sample_settlement(sample_hold()))

    assert item_at(dynamo, sort_key) == before
    assert dynamo.get(TENANT, keys.month(MONTH, "generation")) is None


@pytest.mark.parametrize(
    "sort_key", [keys.month(MONTH, "generation"), keys.day_bounds(DAY, DAY)[0]]
)
def test_a_rollup_of_a_newer_program_is_not_read(dynamo: DynamoClient, sort_key: str) -> None:
    """Nor is its sum guessed."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry())
    (item,) = dynamo.query(TENANT, (sort_key, f"{sort_key}~"))
    dynamo.write(update(TENANT, item["SK"]["S"], "SET #version = :value", value=2))

    with pytest.raises(StoreIncompatible):
        assert_books_agree(books, TENANT, MONTH)


def test_a_repeated_refusal_confirms_the_configuration_too(dynamo: DynamoClient) -> None:
    """A caller with a stale one hears of that, not of the quota."""
    books, configs = DynamoUsageBooks(dynamo), DynamoConfigs(dynamo)
    configs.create(TENANT, sample_config())
    first = books.reserve(TENANT, sample_hold(), dollars("0.05"), 1)
    again = books.reserve(TENANT, sample_hold(), dollars("0.05"), 1)
    configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

    with pytest.raises(RevisionConflict):
        books.reserve(TENANT, sample_hold(), dollars("0.05"), 1)

    assert first == again
    assert not again.admitted


def test_a_hold_that_was_opened_counts_whatever_became_of_the_configuration(
    dynamo: DynamoClient,
) -> None:
    """Its answer was lost, and the configuration saved before it was asked for again."""
    books, configs = DynamoUsageBooks(dynamo), DynamoConfigs(dynamo)
    configs.create(TENANT, sample_config())
    books.reserve(TENANT, sample_hold(), dollars("5"), 1)
    configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

    assert books.reserve(TENANT, sample_hold(), dollars("5"), 1).admitted
    assert len(open_holds(books, TENANT)) == 1


def test_a_mark_by_another_process_is_heard_of(dynamo: DynamoClient) -> None:
    """Before it, a reservation near the threshold is near; after it, it is not."""
    mine, other = DynamoUsageBooks(dynamo), DynamoUsageBooks(dynamo)
    terms = dollars("0.5").model_copy(update={"alerts": (40,)})
    near = [mine.reserve(TENANT, sample_hold(f"gen{n}"), terms).near_alert for n in range(2)]
    other.mark_alerts(TENANT, MONTH, [40])

    third = mine.reserve(TENANT, sample_hold("gen3"), terms).near_alert

    assert (near, third) == ([False, True], False)


class Meanwhile:
    """Lets something happen right before the n-th call of one client's line."""

    def __init__(self, call: int, act: Callable[[], object]) -> None:
        self.left, self.act = call, act

    def __call__(self, *_: object) -> None:
        """One more call is about to be made."""
        self.left -= 1
        if self.left == 0:
            self.act()


def disturbed(dynamo: DynamoClient, call: int, act: Callable[[], object]) -> DynamoUsageBooks:
    """Another process's books, whose n-th call comes right after ``act``."""
    line = DynamoLine(dynamo.line.client, 60.0, 20.0, watch=Meanwhile(call, act))
    return DynamoUsageBooks(DynamoClient(line, dynamo.table))


def test_a_refusal_that_is_no_longer_due_is_not_written(dynamo: DynamoClient) -> None:
    """Room came between the look at the counter and the count of the refusal."""
    books = DynamoUsageBooks(dynamo)
    books.reserve(TENANT, sample_hold("gen1"), dollars("0.15"))

    def release() -> None:
        books.settle(TENANT, sample_release(sample_hold("gen1")))

    answer = disturbed(dynamo, 3, release).reserve(TENANT, sample_hold("gen2"), dollars("0.15"))

    assert answer.admitted
    assert [hold.id for hold in open_holds(books, TENANT)] == ["gen2"]
    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.refused == 0
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 5))
@pytest.mark.parametrize(
    "terms",
    [
        dollars("0.15", "2026-02-05"),
        dollars(None, "2026-02-05"),
        QuotaTerms(limit=250, unit=QuotaUnit.TOKENS, as_of="2026-02-05"),
        QuotaTerms(limit=DIME, as_of="2026-02-05", blocks=False),
    ],
    ids=["lower", "none", "tokens", "notify"],
)
def test_terms_that_change_between_two_calls_count_at_the_write(
    dynamo: DynamoClient, call: int, terms: QuotaTerms
) -> None:
    """Whichever process writes first, the other's step is taken again on what there is then."""
    books = DynamoUsageBooks(dynamo)
    books.reserve(TENANT, sample_hold("gen1"), dollars("5"))

    def save() -> None:
        books.reserve(TENANT, sample_hold("gen2"), terms)

    other = disturbed(dynamo, call, save)
    other.reserve(TENANT, sample_hold("gen3"), dollars("5"))
    other.enlarge(TENANT, "gen3", sample_amount(2 * DIME, 300))
    if call > 1:
        save()
    books.settle(TENANT, sample_settlement(sample_hold("gen1"), sample_amount(1, 1)))
    if any(hold.id == "gen3" for hold in open_holds(books, TENANT)):
        other.settle(TENANT, sample_settlement(sample_hold("gen3")))

    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert (counter.limit, counter.unit, counter.blocks) == (terms.limit, terms.unit, terms.blocks)
    assert_books_agree(books, TENANT, MONTH)
    item = plain(item_at(dynamo, keys.counter(MONTH)))
    assert item.get("available") == counter.available
    both = counter.reserved.in_unit(counter.unit), counter.settled.in_unit(counter.unit)
    assert (item["reserved"], item["settled"]) == both


@pytest.mark.parametrize("call", range(1, 6))
def test_a_late_end_and_a_change_of_its_entry_do_not_undo_each_other(
    dynamo: DynamoClient, call: int
) -> None:
    """Two processes end a swept operation at once: there is one adjustment."""
    books, hold = DynamoUsageBooks(dynamo), sample_hold()
    books.reserve(TENANT, hold, dollars("5"))
    books.settle(TENANT, swept(hold))
    actual = sample_amount(DIME // 4, 60)

    def end() -> None:
        books.settle(TENANT, sample_settlement(hold, actual))

    entry = disturbed(dynamo, call, end).settle(TENANT, sample_settlement(hold, actual))

    end()
    assert entry == books.entry(TENANT, "gen1")
    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert counter.settled == actual
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 5))
def test_a_late_end_does_not_undo_a_rating_of_its_entry(dynamo: DynamoClient, call: int) -> None:
    """It writes the entry anew, but only over the one that it has read."""
    books, hold = DynamoUsageBooks(dynamo), sample_hold()
    books.reserve(TENANT, hold, dollars("5"))
    books.settle(TENANT, swept(hold))

    def rate() -> None:
        books.rate(TENANT, sample_rating(4))

    late = disturbed(dynamo, call, rate)
    entry = late.settle(TENANT, sample_settlement(hold, sample_amount(DIME // 4, 60)))
    rate()

    assert (entry.outcome, entry.billable) == (Outcome.OK, True)
    rated = books.entry(TENANT, "gen1")
    assert rated is not None
    assert rated.rating_tally == RatingTally(rating_sum=4, ratings=1)
    assert (rated.outcome, rated.billable) == (Outcome.OK, True)
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 5))
@pytest.mark.parametrize("own", ["", "u1"])
def test_a_rating_counts_on_what_the_entry_and_the_user_have_by_then(
    dynamo: DynamoClient, call: int, own: str
) -> None:
    """Others rate between any two of its calls, also so that the sum and number stay the same."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(user_id=own, quality_rating=3))
    books.rate(TENANT, sample_rating(2))
    books.rate(TENANT, sample_rating(4, "u2"))

    def swap() -> None:
        books.rate(TENANT, sample_rating(4))
        books.rate(TENANT, sample_rating(2, "u2"))

    entry = disturbed(dynamo, call, swap).rate(TENANT, sample_rating(5))

    last = {each.user_id: each.rating for each in books.ratings(TENANT, "gen1")}
    assert last == {"u1": 5, "u2": 2}
    assert entry == books.entry(TENANT, "gen1")
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 5))
def test_a_first_rating_is_counted_once_by_two_processes(dynamo: DynamoClient, call: int) -> None:
    """Whichever of them writes it first."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry())

    def rate() -> None:
        books.rate(TENANT, sample_rating(2, "u1"))

    disturbed(dynamo, call, rate).rate(TENANT, sample_rating(5, "u1"))

    month = books.month_rollup(TENANT, MONTH)
    assert (month.rating_sum, month.ratings) == (5, 1)
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 5))
def test_the_same_rating_at_once_is_answered_with_its_tally(
    dynamo: DynamoClient, call: int
) -> None:
    """Between whichever two calls the other process gives it, it counts once and shows."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry())

    def rate() -> None:
        books.rate(TENANT, sample_rating(5, "u1"))

    entry = disturbed(dynamo, call, rate).rate(TENANT, sample_rating(5, "u1"))

    assert entry == books.entry(TENANT, "gen1")
    assert entry.rating_tally is not None
    assert (entry.rating_tally.rating_sum, entry.rating_tally.ratings) == (5, 1)
    assert_books_agree(books, TENANT, MONTH)


def test_a_rating_is_an_item_of_its_own_that_never_ages(dynamo: DynamoClient) -> None:
    """It says whose it is; the entry shows its own user's rating."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(user_id="u1"))
    books.rate(TENANT, sample_rating(4))

    item = plain(item_at(dynamo, keys.rating("gen1", "u1")))
    entry = plain(item_at(dynamo, keys.entry(sample_entry().timestamp, "gen1")))

    assert (item["entry_id"], item["user_id"], item["rating"]) == ("gen1", "u1", 4)
    assert (item["org"], item["client"], "TTL" in item) == ("org1", "cli1", False)
    assert entry["quality_rating"] == 4


def test_an_entry_is_rated_once_its_hold_is_gone(dynamo: DynamoClient) -> None:
    """Found by the time in its id."""
    books = DynamoUsageBooks(dynamo)
    books.record(TENANT, sample_entry(OURS, timestamp=timestamp(MOMENT)))
    dynamo.write(delete(TENANT, keys.hold(OURS)))

    entry = books.rate(TENANT, sample_rating(4, entry_id=OURS))

    assert entry == books.entry(TENANT, OURS)
    assert books.month_rollup(TENANT, MONTH).rating_sum == 4
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize(
    "terms",
    [
        dollars("0.05", "2026-02-05"),
        dollars("5", "2026-02-05"),
        dollars("0.3"),
        dollars(None),
        dollars("0.15").model_copy(update={"blocks": False}),
        dollars("5", "2026-01-01"),
    ],
    ids=["lower", "higher", "same time", "none", "notify", "older"],
)
@pytest.mark.parametrize("first", [dollars("0.15"), dollars("0.25")], ids=["full", "room"])
def test_a_process_that_knows_nothing_yet_brings_its_terms(
    dynamo: DynamoClient, first: QuotaTerms, terms: QuotaTerms
) -> None:
    """Its first reservation is what it would be in a store that reads before it writes."""
    memory = MemoryUsageBooks(MemoryDatabase())
    outcomes = []
    stores: list[tuple[UsageBooks, UsageBooks]] = [
        (memory, memory),
        (DynamoUsageBooks(dynamo), DynamoUsageBooks(dynamo)),
    ]
    for books, other in stores:
        books.reserve(TENANT, sample_hold("gen1"), first)
        admitted = other.reserve(TENANT, sample_hold("gen2"), terms).admitted
        outcomes.append((admitted, other.counter(TENANT, MONTH)))

    assert outcomes[1] == outcomes[0]


@pytest.mark.parametrize("call", range(1, 4))
def test_a_hold_that_ends_while_it_grows_has_ended(dynamo: DynamoClient, call: int) -> None:
    """Nothing is kept aside for it any more."""
    books = DynamoUsageBooks(dynamo)
    books.reserve(TENANT, sample_hold(), dollars("5"))

    def end() -> None:
        books.settle(TENANT, sample_settlement(sample_hold()))

    assert not disturbed(dynamo, call, end).enlarge(TENANT, "gen1", sample_amount(2 * DIME))

    assert open_holds(books, TENANT) == []
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("call", range(1, 4))
def test_a_hold_that_grows_while_it_is_swept_is_swept_whole(
    dynamo: DynamoClient, call: int
) -> None:
    """What was kept aside for it is given back to the last pico-USD."""
    books = DynamoUsageBooks(dynamo)
    books.reserve(TENANT, sample_hold(), dollars("5"))

    def grow() -> None:
        books.enlarge(TENANT, "gen1", sample_amount(2 * DIME))

    disturbed(dynamo, call, grow).settle(TENANT, swept(sample_hold()))

    assert open_holds(books, TENANT) == []
    assert_books_agree(books, TENANT, MONTH)
