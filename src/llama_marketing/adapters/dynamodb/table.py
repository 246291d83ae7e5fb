"""The customer's table: what we expect of it, a way to make one, and a look at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.client import DEFAULT_INDEX, DynamoClient
from llama_marketing.adapters.dynamodb.faults import Fault
from llama_marketing.domain.errors import SettingsError

_TABLE_KEYS: Final = {keys.PK: "HASH", keys.SK: "RANGE"}
_INDEX_KEYS: Final = {keys.INDEX_PK: "HASH", keys.INDEX_SK: "RANGE"}
_READY: Final = ("ACTIVE", "UPDATING")


def create_table(client: Any, table: str, index: str = DEFAULT_INDEX) -> None:
    """Make a table with the index and the TTL attribute, billed by request, and wait for it.

    ``client`` is boto3's low-level client; its errors are raised as they are. For development
    and tests: in production the table is the customer's, made as ``docs/dynamodb-table.md`` says.
    """
    client.create_table(
        TableName=table,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in (*_TABLE_KEYS, *_INDEX_KEYS)
        ],
        KeySchema=_schema(_TABLE_KEYS),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(_INDEX_KEYS),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.get_waiter("table_exists").wait(
        TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 300}
    )
    client.update_time_to_live(
        TableName=table,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": keys.EXPIRES},
    )


def connect_table(
    table: str, *, region: str, endpoint: str, index: str, session: Any = None
) -> DynamoClient:
    """A client of a table that was looked at; raises what ``check_table`` raises."""
    client = DynamoClient.connect(
        table, region=region, endpoint=endpoint, index=index, session=session
    )
    check_table(client)
    return client


def check_table(client: DynamoClient) -> None:
    """Look at the table and its index once, at the start.

    Raises SettingsError that names what is missing or wrong: table, index, keys, region,
    credentials, permissions; StoreUnavailable where there is no line.
    """
    answer = client.line.call("describe_table", {"TableName": client.table})
    if isinstance(answer, Fault):
        raise answer.error_at_start(client.where)
    table = answer["Table"]
    wrong = _wrong_with_table(table) or _wrong_with_index(table, client.index)
    if wrong:
        raise SettingsError(
            f"LLAMA_MARKETING_STORE: DynamoDB {client.where}: {wrong}",
            user_message="La tabla del almacenamiento no está lista. "
            "Avisa a quien opera el servidor.",
        )


def _wrong_with_table(table: Mapping[str, Any]) -> str:
    if table.get("TableStatus", "ACTIVE") not in _READY:
        return f"the table is not ready, it is {table['TableStatus']}"
    return _wrong_keys("the table", table, _TABLE_KEYS, table)


def _wrong_with_index(table: Mapping[str, Any], index: str) -> str:
    for made in table.get("GlobalSecondaryIndexes", ()):
        if made["IndexName"] == index:
            return _wrong_keys(f"the index {index!r}", made, _INDEX_KEYS, table)
    return f"the table has no index {index!r}"


def _wrong_keys(
    what: str, made: Mapping[str, Any], expected: Mapping[str, str], table: Mapping[str, Any]
) -> str:
    types = {
        attribute["AttributeName"]: attribute["AttributeType"]
        for attribute in table["AttributeDefinitions"]
    }
    found = {key["AttributeName"]: key["KeyType"] for key in made["KeySchema"]}
    if found != dict(expected) or any(types[name] != "S" for name in expected):
        return f"the keys of {what} must be the strings {' and '.join(expected)}"
    return ""


def _schema(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in names.items()]
