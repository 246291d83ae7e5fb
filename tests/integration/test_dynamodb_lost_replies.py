"""Answers of DynamoDB that are lost after the write was applied, at each call in turn.

Once as it is, where AWS knows the repetition by its token, and once with another token each
time, where nothing but our conditions knows it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.line import DynamoLine
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.domain.errors import StoreUnavailable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.steps import swept
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import AFTERWARDS, MONTH
from tests.dynamodb_local import LocalDynamo
from tests.dynamodb_work import HOLDS, assert_billed, sums, work

pytestmark = pytest.mark.slow

TOKEN = "ClientRequestToken"


class LosingClient:
    """boto3's client on a line that loses some answers, after the call or before it.

    ``lost`` says which calls, counted from 1.
    """

    def __init__(
        self, client: Any, lost: Callable[[int], bool], *, applied: bool, tokens: bool
    ) -> None:
        self._client, self._lost, self._applied, self._tokens = client, lost, applied, tokens
        self._numbers = count(1)
        self.meta = client.meta
        self.losses = 0

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method = getattr(self._client, operation)

        def call(**parameters: Any) -> Any:
            if not self._tokens:
                # boto3 makes one for each call.
                parameters.pop(TOKEN, None)
            if not self._lost(next(self._numbers)):
                return method(**parameters)
            self.losses += 1
            if self._applied:
                # A refusal is an answer too, and is lost with it.
                with contextlib.suppress(ClientError):
                    method(**parameters)
            raise ReadTimeoutError(endpoint_url="http://table")

        return call


def losing(
    server: LocalDynamo, table: str, lost: Callable[[int], bool], *, applied: bool, tokens: bool
) -> tuple[DynamoClient, LosingClient]:
    """Our client that does not wait before it calls again, and the line below it."""
    line = LosingClient(server.boto3, lost, applied=applied, tokens=tokens)
    return DynamoClient(DynamoLine(line, 60.0, 20.0, pause=lambda _: None), table), line


@pytest.fixture
def table(dynamodb_local: LocalDynamo) -> Any:
    """A table of its own."""
    table = dynamodb_local.new_table()
    yield table
    dynamodb_local.boto3.delete_table(TableName=table)


@pytest.mark.parametrize(("applied", "tokens"), [(True, True), (True, False), (False, True)])
def test_an_answer_lost_at_any_call_leaves_the_books_exact(
    dynamodb_local: LocalDynamo, table: str, applied: bool, tokens: bool
) -> None:
    """And nobody who asked hears of it."""
    books = DynamoUsageBooks(dynamodb_local.over(table))
    undisturbed = TenantRef("org1", "whole")
    work(books.client, undisturbed)
    whole = sums(books, undisturbed)
    number, losses = 0, 1
    while losses:
        number += 1
        tenant = TenantRef("org1", f"run{number}")
        client, line = losing(dynamodb_local, table, number.__eq__, applied=applied, tokens=tokens)

        work(client, tenant)

        losses = line.losses
        assert sums(books, tenant) == whole, f"call {number}"
    assert number > 20


@pytest.mark.parametrize("tokens", [True, False])
def test_books_whose_every_answer_is_lost_once_are_exact(
    dynamodb_local: LocalDynamo, table: str, tokens: bool
) -> None:
    """Every second call answers: each one was applied twice."""
    books = DynamoUsageBooks(dynamodb_local.over(table))
    tenant, undisturbed = TenantRef("org1", "cli1"), TenantRef("org1", "whole")
    client, line = losing(
        dynamodb_local, table, lambda number: number % 2 == 1, applied=True, tokens=tokens
    )

    work(client, tenant)
    work(books.client, undisturbed)

    assert line.losses > 20
    assert sums(books, tenant) == sums(books, undisturbed)


def test_work_whose_answers_all_stay_away_is_put_right_by_the_next_process(
    dynamodb_local: LocalDynamo, table: str
) -> None:
    """From any call on: what it began is swept, and doing it all again changes nothing more."""
    books = DynamoUsageBooks(dynamodb_local.over(table))
    first = 0
    while True:
        first += 3
        tenant = TenantRef("org1", f"run{first}")
        line = LosingClient(dynamodb_local.boto3, first.__le__, applied=True, tokens=True)
        client = DynamoClient(DynamoLine(line, 0.0, pause=lambda _: None), table)
        try:
            work(client, tenant)
        except StoreUnavailable:
            pass
        else:
            break
        for owner, hold in books.expired_holds(AFTERWARDS, tenant):
            books.settle(owner, swept(hold))
        assert open_holds(books, tenant) == []
        assert_books_agree(books, tenant, MONTH)
        assert_billed(books, tenant)

        work(books.client, tenant)

        assert_books_agree(books, tenant, MONTH)
        assert_billed(books, tenant)
        assert books.month_rollup(tenant, MONTH).operations == len(HOLDS)
    assert first > 20
