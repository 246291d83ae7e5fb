"""How many round trips to DynamoDB a generation takes: each is most of what our part costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.app.billing import DrainReport
from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import QuotaExceeded
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.testing.billing_events import RecordingBillingEvents
from llama_marketing.testing.hosts import FakeChatHosts
from tests.dynamodb_local import LocalDynamo
from tests.unit.app.samples import (
    ASKED,
    NOW,
    TENANT,
    StandingClock,
    books_of,
    configure,
    entries_of,
    hosts_of,
    post,
    settings,
)

pytestmark = [pytest.mark.slow, pytest.mark.story("books.md: round trips")]

READ, TRANSACTION = "batch_get_item", "transact_write_items"
WARM = [READ, TRANSACTION, TRANSACTION]


class Trips:
    """What was asked of DynamoDB since it was emptied."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> None:
        """Take note of one."""
        self.calls.append((operation, parameters))

    def taken(self) -> list[str]:
        """The calls' names; forgotten afterwards."""
        names = [operation for operation, _ in self.calls]
        self.calls.clear()
        return names


@pytest.fixture
def table(dynamodb_local: LocalDynamo) -> Iterator[str]:
    """A table in which the tenant is configured as one is by default, but for a live host."""
    table = dynamodb_local.new_table()
    with opened(dynamodb_local, table) as (container, _):
        # The default, which the samples turn off.
        configure(container, cache_hours=24, quota_monthly=Decimal(50))
    yield table
    dynamodb_local.boto3.delete_table(TableName=table)


@contextmanager
def opened(
    server: LocalDynamo,
    table: str,
    clock: StandingClock | None = None,
    hub: BillingEvents | None = None,
) -> Iterator[tuple[Container, Trips]]:
    """A process of its own on the table, with what it asks of DynamoDB."""
    reply = ChatReply(post(), FinishReason.STOP, usage=ReportedUsage(9, 4))
    container = Container.from_settings(
        settings(LLAMA_MARKETING_STORE=server.address(table)),
        chat=FakeChatHosts(otherwise=reply),
        clock=clock or StandingClock(),
        aws_session=server.session,
        billing_events=hub,
    )
    with container:
        books = books_of(container)
        assert isinstance(books, DynamoUsageBooks)
        trips = books.client.line.watch = Trips()
        yield container, trips


def asked(number: int) -> dict[str, Any]:
    """A request that is equal to no other."""
    return ASKED | {"prompt": f"Buen Fin en Café Azul, día {number}"}


def test_a_generation_takes_three_trips_in_a_warm_process(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Cache and configuration, reserve, settle; in the default configuration, under a quota."""
    with opened(dynamodb_local, table) as (container, trips):
        container.generation_service().generate(TENANT, asked(0))
        trips.taken()

        container.generation_service().generate(TENANT, asked(1))
        first = trips.taken()
        list(container.generation_service().stream(TENANT, asked(2)))
        streamed = trips.taken()

    assert (first, streamed) == (WARM, WARM)


def test_a_generation_that_is_billed_takes_three_trips_and_is_sent_without_a_scan(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Its event goes with the settlement; sending it reads the index, the event, and no more."""
    hub = RecordingBillingEvents()
    with opened(dynamodb_local, table, hub=hub) as (container, trips):
        container.generation_service().generate(TENANT, asked(0))
        trips.taken()

        made = container.generation_service().generate(TENANT, asked(1))
        generated = trips.taken()
        assert container.billing_relay().drain() == DrainReport(published=2)
        sent = Counter(trips.taken())

    assert generated == WARM
    assert [event.id for event in hub.events][1:] == [made.id]
    assert sent == {"query": 16, READ: 1, "delete_item": 2}


def test_a_generation_takes_at_most_five_trips_in_a_cold_process(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """And at most six at the first use of a period."""
    taken = []
    for number in range(2):
        with opened(dynamodb_local, table) as (container, trips):
            container.generation_service().generate(TENANT, asked(number))
            taken.append(trips.taken())

    first_of_the_month, cold = taken
    assert len(first_of_the_month) <= 6
    assert cold == ["get_item", *WARM]


def test_an_answer_out_of_the_cache_takes_two_trips(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """It is found and booked; no hold is opened."""
    with opened(dynamodb_local, table) as (container, trips):
        container.generation_service().generate(TENANT, ASKED)
        trips.taken()

        again = container.generation_service().generate(TENANT, ASKED)
        taken = trips.taken()
        booked = entries_of(container)

    assert again.metadata.cached
    assert taken == [READ, TRANSACTION]
    assert len(booked) == 2


def test_a_configuration_changed_elsewhere_costs_at_most_three_more_trips(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """It is reread once, and counts from then on."""
    with opened(dynamodb_local, table) as (container, trips):
        container.generation_service().generate(TENANT, asked(0))
        with opened(dynamodb_local, table) as (elsewhere, _):
            elsewhere.config_service().update(TENANT, {"cacheHours": 12})
        trips.taken()

        container.generation_service().generate(TENANT, asked(1))
        stale = trips.taken()
        container.generation_service().generate(TENANT, asked(2))

        assert len(stale) <= 6
        assert trips.taken() == WARM


def test_a_hundred_generations_take_no_scan_no_index_and_two_looks_for_dead_holds(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Three trips each, however much is in the table."""
    with opened(dynamodb_local, table) as (container, trips):
        container.generation_service().generate(TENANT, asked(0))
        trips.taken()

        for number in range(1, 101):
            container.generation_service().generate(TENANT, asked(number))
        on_index = [call for call in trips.calls if "IndexName" in call[1]]
        taken = Counter(trips.taken())

    assert on_index == []
    assert taken == {READ: 100, TRANSACTION: 200, "query": 2}


def test_a_refused_generation_neither_scans_nor_reads_the_index(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Though it looks for dead holds of the client."""
    with opened(dynamodb_local, table) as (container, trips):
        container.config_service().update(TENANT, {"quotaMonthly": 0})
        trips.taken()

        with pytest.raises(QuotaExceeded):
            container.generation_service().generate(TENANT, asked(0))
        on_index = [call for call in trips.calls if "IndexName" in call[1]]
        taken = trips.taken()

    assert on_index == []
    assert "scan" not in taken
    assert len(taken) <= 8


def test_beyond_a_threshold_that_was_told_a_generation_takes_three_trips_again(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Only until somebody is told do reservations near it read the counter."""
    clock = StandingClock(NOW + timedelta(seconds=1))
    with opened(dynamodb_local, table, clock) as (container, trips):
        fields = {"quotaUnit": "generations", "quotaMonthly": 10}
        container.config_service().update(TENANT, fields)
        taken = []
        for number in range(9):
            container.generation_service().generate(TENANT, asked(number))
            taken.append(trips.taken())

    assert taken[6] == WARM
    assert len(taken[7]) > len(WARM)
    assert taken[8] == WARM


def test_a_rating_is_one_transaction_of_four_items(dynamodb_local: LocalDynamo, table: str) -> None:
    """After three reads of one item each; the same again only reads."""
    with opened(dynamodb_local, table) as (container, trips):
        generated = container.generation_service().generate(TENANT, asked(0))
        trips.taken()

        container.usage_service().rate(TENANT, generated.id, 4, user_id="ana")
        (written,) = [said for name, said in trips.calls if name == TRANSACTION]
        first = trips.taken()
        container.usage_service().rate(TENANT, generated.id, 4, user_id="ana")
        again = trips.taken()

    assert first == ["get_item"] * 3 + [TRANSACTION]
    assert len(written["TransactItems"]) == 4
    assert again == ["get_item"] * 3


def test_a_generation_in_a_kept_voice_and_with_an_own_prompt_takes_three_trips(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """Both come with the configuration; a change in another process is seen at once."""
    with (
        opened(dynamodb_local, table) as (container, trips),
        opened(dynamodb_local, table) as (other, _),
    ):
        container.brand_voice_service().set(TENANT, {"voice": {"summary": "Cálida."}})
        container.prompt_service().set(TENANT, "social_post", {"prompt": "Rima."})
        container.generation_service().generate(TENANT, asked(0))
        trips.taken()

        container.generation_service().generate(TENANT, asked(1))
        warm = trips.taken()
        other.brand_voice_service().set(TENANT, {"voice": {"summary": "Seca."}})
        container.generation_service().generate(TENANT, asked(2))
        told = [seen.call.messages for seen in hosts_of(container).calls]

    assert warm == WARM
    assert ["Cálida." in user.content for _, user in told] == [True, True, False]
    assert "Seca." in told[2][1].content
    assert all(system.content.startswith("Rima.") for system, _ in told)
