"""A refused operation that is admitted after all, by two calls at once."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import DIME, MONTH, TENANT, dollars, sample_hold
from tests.integration.test_dynamodb_books import disturbed

pytestmark = pytest.mark.slow

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
