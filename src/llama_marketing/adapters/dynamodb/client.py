"""One table on DynamoDB: reads, pages, conditional writes and transactions.

A call that was throttled, in conflict with another transaction, or whose line was lost is made
again within a deadline (``DynamoLine``). So a write may have been applied and still be repeated:
every write must be harmless the second time, by its conditions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.faults import CAUGHT, Fault, Kind, fault_of
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.line import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    DynamoLine,
    low_level_client,
)
from llama_marketing.adapters.dynamodb.remembered import RememberedConfigs
from llama_marketing.adapters.dynamodb.writes import Write, expressions
from llama_marketing.domain.tenant import TenantRef

DEFAULT_INDEX: Final = "usage-gsi"
MAX_TRANSACTION: Final = 10
"""Items in one transaction: the limit of the local server of 2020; AWS takes 100 now."""

_OPERATION: Final = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
_LEFT_OVER: Final = Fault(Kind.AGAIN, "AWS asks to come again (UnprocessedKeys)")


@attrs.define(eq=False)
class DynamoClient:
    """One table and its index; safe between threads, made after a fork.

    Every method may raise StoreUnavailable, and StoreError for what no repetition can mend.
    """

    line: DynamoLine
    table: str
    index: str = DEFAULT_INDEX
    known: RememberedConfigs = attrs.field(factory=RememberedConfigs, init=False, repr=False)

    @classmethod
    def connect(
        cls,
        table: str,
        *,
        region: str = "",
        endpoint: str = "",
        index: str = DEFAULT_INDEX,
        session: Any = None,
        deadline_seconds: float = 5.0,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> DynamoClient:
        """A client of its own; ``session`` is the caller's, of boto3 or botocore.

        Region and endpoint are the session's where they are empty. Connects at the first call.
        Raises SettingsError where there is no region, profile or readable endpoint.
        """
        fault: Fault
        try:
            made = low_level_client(session, region, endpoint, answer_seconds)
        except (*CAUGHT, ValueError) as error:
            fault = fault_of(error, "connect")
        else:
            attempt_seconds = CONNECT_SECONDS + answer_seconds
            return cls(DynamoLine(made, deadline_seconds, attempt_seconds), table, index)
        where = _where(table, index, region, endpoint)
        raise attrs.evolve(fault, kind=Kind.SETTINGS).error_at_start(where)

    @property
    def where(self) -> str:
        """The table and where it is, as errors name them."""
        meta = self.line.client.meta
        return _where(self.table, self.index, meta.region_name, meta.endpoint_url)

    def get(self, tenant: TenantRef, sort_key: str) -> Item | None:
        """One item, read consistently, or None."""
        found = self.answer(
            "get_item",
            {"TableName": self.table, "Key": keys.of(tenant, sort_key), "ConsistentRead": True},
        )
        item: Item | None = found.get("Item")
        return item

    def get_together(self, tenant: TenantRef, *sort_keys: str) -> list[Item | None]:
        """Different items (100 at most) in one round trip, each read consistently, in order."""
        wanted = [keys.of(tenant, sort_key) for sort_key in sort_keys]
        found: dict[str, Item] = {}
        patience = self.line.patience()
        while True:
            asked = {self.table: {"Keys": wanted, "ConsistentRead": True}}
            answer = self.answer("batch_get_item", {"RequestItems": asked})
            for item in answer.get("Responses", {}).get(self.table, ()):
                found[item[keys.SK]["S"]] = item
            wanted = answer.get("UnprocessedKeys", {}).get(self.table, {}).get("Keys", [])
            if not wanted:
                return [found.get(sort_key) for sort_key in sort_keys]
            if not patience.again():
                raise _LEFT_OVER.error(self.where)

    def query(
        self,
        tenant: TenantRef,
        bounds: tuple[str, str],
        condition: str = "",
        *,
        newest_first: bool = False,
        page: int | None = None,
        **values: object,
    ) -> Iterator[Item]:
        """The tenant's items between two sort keys, both included, read consistently.

        Pages are read as they are needed; ``page`` is how many items one may have. Items that do
        not hold ``condition`` are read, but not answered.
        """
        low, high = bounds
        said = expressions(
            {"partition": keys.partition(tenant), "low": low, "high": high, **values},
            KeyConditionExpression="#PK = :partition AND #SK BETWEEN :low AND :high",
            FilterExpression=condition,
        )
        order = {"ConsistentRead": True, "ScanIndexForward": not newest_first}
        return self._pages("query", {**order, **said}, page)

    def query_index(
        self, partition: str, prefix: str, *, page: int | None = None
    ) -> Iterator[Item]:
        """The items of one partition of the index whose key begins so; a moment behind.

        In the order of that key; pages are read as in ``query``.
        """
        said = expressions(
            {"partition": partition, "prefix": prefix},
            KeyConditionExpression=(
                f"#{keys.INDEX_PK} = :partition AND begins_with(#{keys.INDEX_SK}, :prefix)"
            ),
        )
        return self._pages("query", {"IndexName": self.index, **said}, page)

    def scan(
        self,
        condition: str = "",
        *,
        attributes: Sequence[str] = (),
        after: Item | None = None,
        **values: object,
    ) -> Iterator[Item]:
        """All items of the table that hold a condition, in the table's own order.

        Only for maintenance: it reads everything. ``attributes`` names the only ones that are
        wanted, ``after`` is the key (``keys.of``) of the item to go on from.
        """
        said = expressions(
            values,
            FilterExpression=condition,
            ProjectionExpression=", ".join(f"#{name}" for name in attributes),
        )
        start = {} if after is None else {"ExclusiveStartKey": after}
        return self._pages("scan", {"ConsistentRead": True, **start, **said})

    def write(self, write: Write) -> bool:
        """Write one item; False when its condition did not hold.

        It may not hold because the write was applied before and its answer was lost.
        """
        ((kind, parameters),) = write.items()
        return not self._refused(_OPERATION[kind], {"TableName": self.table, **parameters})

    def transact(self, writes: Sequence[Write]) -> frozenset[int]:
        """Write all or nothing: the places of those whose condition did not hold, else empty.

        A repetition in here after a lost answer is known to AWS by its token; a caller's own
        repetition by nothing but the conditions.
        """
        items = [
            {kind: {"TableName": self.table, **parameters}}
            for write in writes
            for kind, parameters in write.items()
        ]
        token = uuid.uuid4().hex
        return self._refused(
            "transact_write_items", {"TransactItems": items, "ClientRequestToken": token}
        )

    def answer(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer of boto3's method; any fault is raised."""
        answer = self.line.call(operation, parameters)
        if isinstance(answer, Fault):
            raise answer.error(self.where)
        return answer

    def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self.line.client.close()

    def _refused(self, operation: str, parameters: Mapping[str, Any]) -> frozenset[int]:
        answer = self.line.call(operation, parameters)
        if not isinstance(answer, Fault):
            return frozenset()
        if answer.kind is Kind.REFUSED:
            return answer.refused
        raise answer.error(self.where)

    def _pages(
        self, operation: str, parameters: Mapping[str, Any], page: int | None = None
    ) -> Iterator[Item]:
        asked = {"TableName": self.table, **parameters}
        if page is not None:
            asked["Limit"] = page
        while True:
            answer = self.answer(operation, asked)
            yield from answer.get("Items", ())
            # The last page may be empty: only this key says that it was the last.
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _where(table: str, index: str, region: str, endpoint: str) -> str:
    place = f" at {endpoint}" if endpoint else ""
    return f"table {table!r} (index {index!r}, region {region or 'unknown'}{place})"
