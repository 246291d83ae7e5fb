"""The outbox over an index that is a moment behind the table."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.outbox import DynamoOutbox, put_aside
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.testing.billing_events import sample_event
from llama_marketing.testing.samples import TENANT
from tests.unit.adapters.dynamodb.scripted import Answer, ScriptedClient, over

NOTHING: list[Answer] = [{"Items": []}] * (len(keys.outbox_lanes()) - 1)


def items(*ids: str) -> list[dict[str, Any]]:
    """Events as the table has them."""
    writes = put_aside(TENANT, [sample_event(entry_id) for entry_id in ids])
    return [write["Put"]["Item"] for write in writes]


def test_what_only_the_index_still_has_waits_no_more() -> None:
    """It was sent a moment ago."""
    gone, there = items("gen1", "gen2")
    index: Answer = {"Items": [gone, there]}
    client = ScriptedClient(index, *NOTHING, {"Responses": {"the-table": [there]}})

    assert [event.id for event in DynamoOutbox(over(client)).waiting()] == ["gen2"]


def test_after_a_page_of_what_was_sent_comes_the_next() -> None:
    """As many as were asked for, though the index has others before them."""
    gone, there = items("gen1", "gen2")
    client = ScriptedClient(
        {"Items": [gone], "LastEvaluatedKey": {"PK": gone["PK"], "SK": gone["SK"]}},
        *NOTHING,
        {"Responses": {}},
        {"Items": [there]},
        {"Responses": {"the-table": [there]}},
    )

    assert [event.id for event in DynamoOutbox(over(client)).waiting(1)] == ["gen2"]


def test_the_customers_own_items_in_the_index_are_passed_over() -> None:
    """Their partition is no client's."""
    theirs, ours = items("gen1", "gen2")
    theirs[keys.PK] = {"S": "USER#1"}
    client = ScriptedClient(
        {"Items": [theirs, ours]}, *NOTHING, {"Responses": {"the-table": [ours]}}
    )

    assert [event.id for event in DynamoOutbox(over(client)).waiting()] == ["gen2"]


def test_an_event_that_is_marked_as_anothers_is_not_answered() -> None:
    """Whatever key it lies under."""
    (event,) = items("gen1")
    moved = {**event, "client": {"S": "cli2"}}
    client = ScriptedClient({"Items": [event]}, *NOTHING, {"Responses": {"the-table": [moved]}})

    with pytest.raises(StoreIncompatible):
        DynamoOutbox(over(client)).waiting()
