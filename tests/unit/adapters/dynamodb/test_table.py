"""The look at the table at the start."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore import exceptions

from llama_marketing.adapters.dynamodb.table import check_table
from llama_marketing.domain.errors import SettingsError, StoreUnavailable
from tests.unit.adapters.dynamodb.scripted import ScriptedClient, over, refused


def described() -> dict[str, Any]:
    """What AWS says of a table that is as it should be."""
    return {
        "TableStatus": "ACTIVE",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("PK", "SK", "GSI1PK", "GSI1SK")
        ],
        "KeySchema": schema("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {"IndexName": "another", "KeySchema": schema("GSI1SK", "PK")},
            {"IndexName": "the-index", "KeySchema": schema("GSI1PK", "GSI1SK")},
        ],
    }


def schema(partition: str, sort: str) -> list[dict[str, str]]:
    """The keys of a table or an index."""
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def test_a_table_as_it_should_be_is_found_in_one_trip() -> None:
    client = ScriptedClient({"Table": described()})

    check_table(over(client))

    assert client.calls == [("describe_table", {"TableName": "the-table"})]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("TableStatus",), "CREATING", "not ready, it is CREATING"),
        (("KeySchema",), schema("SK", "PK"), "the strings PK and SK"),
        (("KeySchema",), schema("pk", "sk"), "the strings PK and SK"),
        (("KeySchema",), schema("PK", "SK")[:1], "the strings PK and SK"),
        (("AttributeDefinitions", 1, "AttributeType"), "N", "the strings PK and SK"),
        (("AttributeDefinitions", 3, "AttributeType"), "B", "the strings GSI1PK and GSI1SK"),
        (("GlobalSecondaryIndexes",), [], "has no index 'the-index'"),
        (("GlobalSecondaryIndexes", 1, "IndexName"), "other", "has no index 'the-index'"),
        (("GlobalSecondaryIndexes", 1, "KeySchema"), schema("GSI1SK", "GSI1PK"), "GSI1PK and"),
    ],
)
def test_what_is_wrong_with_the_table_is_named(
    path: tuple[Any, ...], value: Any, told: str
) -> None:
    table: Any = copy.deepcopy(described())
    inner = table
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    with pytest.raises(SettingsError, match=told) as caught:
        check_table(over(ScriptedClient({"Table": table})))

    assert str(caught.value).startswith("LLAMA_MARKETING_STORE")
    assert "the-table" in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (refused("ResourceNotFoundException"), "there is no such table in that region"),
        (refused("AccessDeniedException"), "may not do describe_table"),
        (exceptions.NoCredentialsError(), "there are no AWS credentials"),
    ],
)
def test_what_keeps_us_from_the_table_is_named(fault: Exception, told: str) -> None:
    with pytest.raises(SettingsError, match=rf"the-table.*us-east-1.*{told}"):
        check_table(over(ScriptedClient(fault)))


def test_a_table_out_of_reach_is_no_wrong_setting() -> None:
    """It may be there again in a minute."""
    fault = exceptions.EndpointConnectionError(endpoint_url="https://dynamodb.test")

    with pytest.raises(StoreUnavailable, match="no answer"):
        check_table(over(ScriptedClient(fault)))
