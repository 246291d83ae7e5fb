"""Reconciling on DynamoDB: one pico-USD more or less in any stored figure is found."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.app.reconciling import month_differences
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_settlement,
)

pytestmark = pytest.mark.slow

SUMS = ("META_AI_QUOTA#", "META_AI_DAY#", "META_AI_MONTH#")
"""Where the sort keys of what is summed begin."""
NOT_SUMMED = {"version", "rev", "refused", "quota", "expires", "ttl"}
"""Numbers that are no sum of the parts: nothing is wrong with the money when they differ."""


@pytest.fixture
def books(dynamo: DynamoClient) -> DynamoUsageBooks:
    """Books with an open hold, a settled one and a recorded entry."""
    books = DynamoUsageBooks(dynamo)
    for number in range(2):
        books.reserve(TENANT, sample_hold(f"gen{number}"), dollars("5"))
    books.settle(TENANT, sample_settlement(sample_hold("gen0"), sample_amount(7 * 10**10)))
    books.record(TENANT, sample_entry("other1"))
    return books


def stored(dynamo: DynamoClient, local: Any) -> list[dict[str, Any]]:
    """Every item of the table that keeps a sum."""
    items = local.scan(TableName=dynamo.table, ConsistentRead=True)["Items"]
    return [item for item in items if item["SK"]["S"].startswith(SUMS)]


def test_books_that_were_only_written_by_us_agree(books: DynamoUsageBooks) -> None:
    """What the store keeps in the quota's unit included."""
    assert month_differences(books, TENANT, MONTH) == ()


@pytest.mark.parametrize("drift", [1, -1])
def test_a_drift_of_one_in_any_stored_figure_is_found(
    books: DynamoUsageBooks, dynamo: DynamoClient, dynamodb_local: Any, drift: int
) -> None:
    """Each number of the counter and of the roll-ups in its turn, and by exactly that much."""
    local, tried = dynamodb_local.boto3, []
    for item in stored(dynamo, local):
        names = [name for name, value in item.items() if "N" in value and name not in NOT_SUMMED]
        for name in names:
            change = {
                "TableName": dynamo.table,
                "Key": {"PK": item["PK"], "SK": item["SK"]},
                "UpdateExpression": "ADD #name :drift",
                "ExpressionAttributeNames": {"#name": name},
            }
            local.update_item(**change, ExpressionAttributeValues={":drift": {"N": str(drift)}})
            found = month_differences(books, TENANT, MONTH)
            local.update_item(**change, ExpressionAttributeValues={":drift": {"N": str(-drift)}})

            assert drift in {one.kept - one.summed for one in found}, (item["SK"]["S"], name)
            tried.append(name)
    assert {"available", "reserved", "settled", "settled_cost", "cost_pico_usd"} <= set(tried)
    assert month_differences(books, TENANT, MONTH) == ()
