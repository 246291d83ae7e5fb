"""A refused operation that is admitted after all, by two calls at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.line import DynamoLine
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    DIME,
    MONTH,
    TENANT,
    dollars,
    sample_hold,
    sample_settlement,
)
from tests.integration.test_dynamodb_books import disturbed

pytestmark = pytest.mark.slow


@attrs.define
class Torn:
    """boto3's client, which once leaves the second of two keys over, as AWS may do."""

    client: Any
    between: Callable[[], object] | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def batch_get_item(self, **asked: Any) -> Any:
        """The first key; what happens between follows."""
        ((table, request),) = asked["RequestItems"].items()
        act, self.between = self.between, None
        if act is None or len(request["Keys"]) < 2:
            self.between = act
            return self.client.batch_get_item(**asked)
        first, *rest = request["Keys"]
        answer = self.client.batch_get_item(RequestItems={table: {**request, "Keys": [first]}})
        answer["UnprocessedKeys"] = {table: {**request, "Keys": rest}}
        act()
        return answer


MORE = dollars("5", as_of="2026-03")


@pytest.mark.parametrize("call", range(1, 4))
def test_a_refused_hold_is_opened_by_one_of_two_calls(dynamo: DynamoClient, call: int) -> None:
    """Whichever trip of the one the other comes between, the amount is held once.

    And what the other held besides is not forgotten.
    """
    books = DynamoUsageBooks(dynamo)
    assert not books.reserve(TENANT, sample_hold(), dollars("0")).admitted
    assert books.reserve(TENANT, sample_hold("gen2"), MORE).admitted

    def admit() -> None:
        assert books.reserve(TENANT, sample_hold(), MORE).admitted
        assert books.reserve(TENANT, sample_hold("gen3"), MORE).admitted

    assert disturbed(dynamo, call, admit).reserve(TENANT, sample_hold(), MORE).admitted

    counter = books.counter(TENANT, MONTH)
    assert counter is not None
    assert (counter.reserved.cost, counter.refused) == (3 * DIME, 0)
    assert len(open_holds(books, TENANT)) == 3
    assert_books_agree(books, TENANT, MONTH)


@pytest.mark.parametrize("ended", [False, True])
def test_a_refused_hold_that_is_opened_between_two_reads_is_not_opened_again(
    dynamo: DynamoClient, ended: bool
) -> None:
    """Hold and counter are read together, but not at once; one that ended stays ended."""
    books = DynamoUsageBooks(dynamo)
    assert not books.reserve(TENANT, sample_hold(), dollars("0")).admitted
    assert books.reserve(TENANT, sample_hold("gen2"), MORE).admitted

    def admit() -> None:
        assert books.reserve(TENANT, sample_hold(), MORE).admitted
        if ended:
            books.settle(TENANT, sample_settlement(sample_hold()))

    line = DynamoLine(Torn(dynamo.line.client, admit), 60.0, 20.0)
    other = DynamoUsageBooks(DynamoClient(line, dynamo.table))
    assert other.reserve(TENANT, sample_hold(), MORE).admitted

    still_open = [hold.id for hold in open_holds(books, TENANT)]
    assert sorted(still_open) == (["gen2"] if ended else ["gen1", "gen2"])
    assert_books_agree(books, TENANT, MONTH)
