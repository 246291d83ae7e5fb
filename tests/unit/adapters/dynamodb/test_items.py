"""Values as items and back."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb import items, writes
from llama_marketing.adapters.dynamodb.items import MAX_ITEM_BYTES, Item, item_of, size_of
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.testing.samples import TENANT, sample_entry


def sample_item(**changed: Any) -> Item:
    """The item of the sample entry, some of its attributes changed; None takes one away."""
    item = {**items.document_item(TENANT, "sort", sample_entry(), period="2026-02"), **changed}
    return {name: value for name, value in item.items() if value is not None}


def test_an_item_says_whose_it_is_and_keeps_its_value() -> None:
    item = sample_item()

    assert item["PK"] == {"S": "ORG#org1#CLIENT#cli1"}
    assert (item["org"], item["client"]) == ({"S": "org1"}, {"S": "cli1"})
    assert (item["period"], item["version"]) == ({"S": "2026-02"}, {"N": "1"})
    assert items.read(UsageEntry, TENANT, item) == sample_entry()


def test_what_is_empty_is_left_out() -> None:
    """The local server of 2020 refuses an empty text."""
    item = item_of(TENANT, "sort", text="", none=None, zero=0, no=False, many=(1, "a"))

    assert item.keys() - {"PK", "SK", "org", "client"} == {"zero", "no", "many"}
    assert (item["zero"], item["no"]) == ({"N": "0"}, {"BOOL": False})
    assert item["many"] == {"L": [{"N": "1"}, {"S": "a"}]}


@pytest.mark.parametrize("value", [0.5, b"bytes", {"a": 1}, None])
def test_no_other_type_gets_into_an_item(value: object) -> None:
    """A float above all."""
    with pytest.raises(TypeError):
        items.attribute(value)


@pytest.mark.parametrize(
    "changed", [{"org": {"S": "org2"}}, {"client": {"S": "cli2"}}, {"org": None}]
)
def test_an_item_that_is_not_marked_as_the_tenants_is_not_answered(changed: Item) -> None:
    with pytest.raises(StoreIncompatible, match="org1/cli1"):
        items.read(UsageEntry, TENANT, sample_item(**changed))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": {"N": str(documents.VERSION + 1)}}, "version 2"),
        ({"document": {"S": "{}"}}, "cannot be read"),
        ({"document": None}, "cannot be read"),
        ({"document": {"N": "1"}}, "cannot be read"),
        ({"document": {"S": '{"secret": "sk-123"}'}}, "cannot be read"),
    ],
)
def test_a_newer_or_corrupt_item_is_said(changed: Item, told: str) -> None:
    """Without a word of what is in it."""
    with pytest.raises(StoreIncompatible, match=told) as caught:
        items.read(UsageEntry, TENANT, sample_item(**changed))

    assert "sk-123" not in str(caught.value)


def test_numbers_are_read_whole_whatever_their_notation() -> None:
    """DynamoDB keeps 38 digits."""
    exact = "12345678901234567890123456789012345678"
    item = {"a": {"N": exact}, "b": {"N": "1E+3"}, "c": {"S": "x"}}

    assert items.number(item, "a") == int(exact)
    assert items.number(item, "b") == 1000
    assert items.number(item, "c") == items.number(item, "d") == 0
    assert items.number(item, "d", 7) == 7
    assert items.text(item, "a") == ""


@pytest.mark.parametrize(
    ("timestamp", "seconds"),
    [
        ("1970-01-01T00:00:00.000000Z", 1),
        ("2026-02-14T18:00:00.000000Z", 1771092001),
        ("2026-02-14T18:00:00.999999Z", 1771092001),
    ],
)
def test_nothing_is_dropped_before_its_time(timestamp: str, seconds: int) -> None:
    """TTL counts in whole seconds."""
    assert items.unix_seconds(timestamp) == seconds


def test_the_size_of_an_item_is_told_like_dynamodb_counts_it() -> None:
    """Names and UTF-8 bytes."""
    item = {"PK": {"S": "x"}, "ñ": {"S": "ñ" * 10}, "n": {"N": "123"}, "b": {"BOOL": True}}

    assert size_of(item) == (2 + 1) + (2 + 20) + (1 + 3) + (1 + 1)
    assert size_of(item_of(TenantRef("o", "c"), "s", text="x" * MAX_ITEM_BYTES)) > MAX_ITEM_BYTES


def test_every_name_of_an_expression_is_declared_once() -> None:
    """Hundreds of plain words are reserved."""
    change = "SET #state = :new ADD #n :one"
    write = writes.update(TENANT, "s", change, "#state = :old", new="B", one=1, old="A")
    written = write["Update"]

    assert written["ExpressionAttributeNames"] == {"#state": "state", "#n": "n"}
    assert written["ExpressionAttributeValues"] == {
        ":new": {"S": "B"},
        ":one": {"N": "1"},
        ":old": {"S": "A"},
    }
    assert "ConditionExpression" not in writes.delete(TENANT, "s")["Delete"]
