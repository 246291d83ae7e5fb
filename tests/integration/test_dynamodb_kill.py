"""A process that is killed at any call of DynamoDB leaves books that a sweep puts right."""

from __future__ import annotations

import multiprocessing
import os
import signal
from itertools import count

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.steps import swept
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from llama_marketing.testing.samples import AFTERWARDS, MONTH
from tests.dynamodb_local import LocalDynamo, local_session
from tests.dynamodb_work import HOLDS, assert_billed, work

pytestmark = pytest.mark.slow

FORK = multiprocessing.get_context("fork")


def killed_at(client: DynamoClient, tenant: TenantRef, moment: int) -> int:
    """Do the work in a child that dies at a moment (two a call); answer its exit code.

    ``client`` has no line yet: each child opens its own, and is spared the making of a client.
    """
    moments = count(1)

    def live_or_die(*_: object, **__: object) -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def child() -> None:
        client.line.watch = live_or_die
        # When the answer has come, but nobody has seen it.
        client.line.client.meta.events.register("after-call", live_or_die)
        work(client, tenant)
        client.close()
        os._exit(0)

    process = FORK.Process(target=child, daemon=True)
    process.start()
    process.join(timeout=60)
    assert process.exitcode is not None
    return process.exitcode


def operations_begun(books: DynamoUsageBooks, tenant: TenantRef) -> set[str]:
    """The ids of every hold that was ever open and of every entry that had none."""
    marks = books.client.query(tenant, ("META_AI_HOLD#", "META_AI_HOLD#~"))
    return {
        mark["SK"]["S"].removeprefix("META_AI_HOLD#")
        for mark in marks
        if mark["state"]["S"] != "REFUSED"
    }


def outcome(books: DynamoUsageBooks, tenant: TenantRef) -> tuple[object, ...]:
    """What must come out the same whenever the work was killed, once it was done again."""
    counter = books.counter(tenant, MONTH)
    assert counter is not None
    month = books.month_rollup(tenant, MONTH)
    return (counter.settled, counter.refused, counter.alerts_fired, month)


@pytest.mark.timeout(1500)
def test_a_kill_at_any_call_is_put_right_by_a_sweep(dynamodb_local: LocalDynamo) -> None:
    """No open hold, one entry an operation, exact sums; and doing it all again ends the same."""
    table = dynamodb_local.new_table()
    books = DynamoUsageBooks(dynamodb_local.over(table), outbox=True)
    unused = DynamoClient.connect(table, endpoint=dynamodb_local.endpoint, session=local_session())
    undisturbed = TenantRef("org1", "whole")
    assert killed_at(unused, undisturbed, -1) == 0
    whole = outcome(books, undisturbed)
    moment, swept_ever = 0, 0
    while True:
        moment += 1
        tenant = TenantRef("org1", f"run{moment}")
        if (code := killed_at(unused, tenant, moment)) == 0:
            break
        assert code == -signal.SIGKILL
        for owner, hold in books.expired_holds(AFTERWARDS, tenant):
            books.settle(owner, swept(hold))
            swept_ever += 1
        assert open_holds(books, tenant) == []
        booked = {e.id for e in all_entries(books, tenant, MONTH) if not e.adjusts}
        assert booked == operations_begun(books, tenant)
        assert_books_agree(books, tenant, MONTH)
        assert_billed(books, tenant)

        work(books.client, tenant)

        assert_books_agree(books, tenant, MONTH)
        assert_billed(books, tenant)
        assert outcome(books, tenant) == whole
        assert DynamoGenerations(books.client).get(tenant, "gen2", AFTERWARDS) is not None
    assert moment > 40
    assert swept_ever > len(HOLDS)
    unused.close()
    dynamodb_local.boto3.delete_table(TableName=table)
