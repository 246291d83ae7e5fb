"""Accounting: what each end of a call costs, row by row of the table in the books."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from llama_marketing.domain.chat.models import ReportedUsage
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    Refused,
    Truncated,
)
from llama_marketing.domain.generation.accounting import Totals, answered, billable, failed, totals
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.entries import Attempt, Basis, Outcome
from tests.unit.domain.generation.samples import config, plan

PLAN = plan()
PLANNED = PLAN.attempts[0]
CALL = PLAN.call(PLANNED)
PER_TOKEN = 20_000
"""Pico-USD a token at 0.02 USD per million."""
ESTIMATE = sum(-(-len(message.content.encode()) // 3) + 4 for message in CALL.messages)


def test_reported_usage_is_taken_at_the_price() -> None:
    """Cached tokens cost the price of input where they have none of their own."""
    attempt = answered(PLANNED, CALL, "hola", ReportedUsage(100, 50, 20), 900)

    assert attempt == Attempt(
        host="cloud",
        model="small",
        tokens_input=100,
        tokens_output=50,
        basis=Basis.REPORTED,
        cost_pico_usd=150 * PER_TOKEN,
        latency_ms=900,
    )


def test_tokens_written_to_the_hosts_cache_cost_their_own_price() -> None:
    """A part of the input, as the hosts report them."""
    price = PLANNED.price
    assert price is not None
    dear = attrs.evolve(PLANNED, price=price.model_copy(update={"cache_write": Decimal("0.05")}))

    attempt = answered(dear, CALL, "hola", ReportedUsage(100, 50, 20, 30), 900)

    assert attempt.cost_pico_usd == 120 * PER_TOKEN + 30 * 50_000


def test_zero_is_a_number_and_none_is_estimated() -> None:
    """A stream that ended without usage."""
    assert answered(PLANNED, CALL, "hola", ReportedUsage(0, 0), 1).basis is Basis.REPORTED

    attempt = answered(PLANNED, CALL, "hola", None, 1, Outcome.ABORTED, "x")
    assert (attempt.tokens_input, attempt.tokens_output) == (ESTIMATE, 2)
    assert attempt.cost_pico_usd == (ESTIMATE + 2) * PER_TOKEN
    assert (attempt.basis, attempt.outcome, attempt.error_code) == (
        Basis.ESTIMATED,
        Outcome.ABORTED,
        "x",
    )


def test_an_estimate_is_never_more_than_the_host_may_write() -> None:
    """A text has more bytes than three a token; what was held must do."""
    attempt = answered(PLANNED, CALL, "x" * 10_000, None, 1)
    assert attempt.tokens_output == CALL.max_tokens
    assert (
        failed(PLANNED, CALL, Truncated(received_bytes=10_000), 1).tokens_output == CALL.max_tokens
    )


@pytest.mark.parametrize(
    ("error", "tokens", "basis", "outcome"),
    [
        (HostUnreachable(), (0, 0), Basis.NONE, Outcome.FAILED),
        (HostUnreachable(status=503), (0, 0), Basis.NONE, Outcome.FAILED),
        (BadKey(status=401), (0, 0), Basis.NONE, Outcome.FAILED),
        (HostRateLimited(status=429), (0, 0), Basis.NONE, Outcome.FAILED),
        (Refused(work=HostWork.NONE), (0, 0), Basis.NONE, Outcome.REFUSED),
        (Refused(), (ESTIMATE, 0), Basis.ESTIMATED, Outcome.REFUSED),
        (DeadlineExceeded(), (ESTIMATE, 0), Basis.ESTIMATED, Outcome.FAILED),
        (DeadlineExceeded(received_bytes=7), (ESTIMATE, 3), Basis.ESTIMATED, Outcome.FAILED),
        (Truncated(received_bytes=6), (ESTIMATE, 2), Basis.ESTIMATED, Outcome.FAILED),
        (BadPayload(received_bytes=1), (ESTIMATE, 1), Basis.ESTIMATED, Outcome.FAILED),
    ],
)
def test_a_failure_costs_what_the_host_may_have_done(
    error: HostError, tokens: tuple[int, int], basis: Basis, outcome: Outcome
) -> None:
    """Nothing before the first token; the input, and what arrived, afterwards."""
    attempt = failed(PLANNED, CALL, error, 5)

    assert (attempt.tokens_input, attempt.tokens_output) == tokens
    assert (attempt.basis, attempt.outcome) == (basis, outcome)
    assert attempt.cost_pico_usd == sum(tokens) * PER_TOKEN
    assert (attempt.error_code, attempt.latency_ms) == (error.code, 5)


def test_an_unknown_price_is_unknown_unless_surely_nothing_was_done() -> None:
    """None is not 0."""
    free = plan(settings=config(hosting_provider="home", api_endpoint="http://h/v1"))
    planned, call = free.attempts[0], free.call(free.attempts[0])

    assert answered(planned, call, "x", ReportedUsage(1, 1), 1).cost_pico_usd is None
    assert failed(planned, call, DeadlineExceeded(), 1).cost_pico_usd is None
    assert failed(planned, call, BadKey(), 1).cost_pico_usd == 0


REPORTED = answered(PLANNED, CALL, "x", ReportedUsage(10, 5), 1)
ESTIMATED = answered(PLANNED, CALL, "abc", None, 1)
NOTHING = failed(PLANNED, CALL, HostUnreachable(), 1)
SILENT = failed(PLANNED, CALL, DeadlineExceeded(), 1)
UNPRICED = REPORTED.model_copy(update={"cost_pico_usd": None})


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([], Totals(0, 0, 0, Basis.NONE)),
        ([NOTHING, NOTHING], Totals(0, 0, 0, Basis.NONE)),
        ([NOTHING, REPORTED], Totals(10, 5, 15 * PER_TOKEN, Basis.REPORTED)),
        ([REPORTED, UNPRICED], Totals(20, 10, None, Basis.REPORTED)),
        (
            [REPORTED, ESTIMATED],
            Totals(10 + ESTIMATE, 6, (16 + ESTIMATE) * PER_TOKEN, Basis.ESTIMATED),
        ),
    ],
)
def test_totals_are_the_sums_and_the_weaker_basis(
    attempts: list[Attempt], expected: Totals
) -> None:
    """One unknown cost makes the sum unknown."""
    assert totals(attempts) == expected


def test_an_operation_takes_a_generation_only_when_a_host_worked() -> None:
    """What is surely free takes nothing from the quota."""
    assert totals([NOTHING]).amount() == Amount()
    assert totals([REPORTED, NOTHING]).amount() == Amount(
        cost=15 * PER_TOKEN, tokens=15, generations=1
    )
    assert totals([UNPRICED]).amount() == Amount(cost=0, tokens=15, generations=1)
    assert not totals([NOTHING]).worked


@pytest.mark.parametrize(
    ("attempts", "timed_out", "expected"),
    [
        ([SILENT], True, False),
        ([NOTHING, SILENT, SILENT], True, False),
        ([SILENT], False, True),
        ([SILENT, REPORTED], True, True),
        ([REPORTED], False, True),
        ([NOTHING], True, True),
        ([], True, True),
    ],
)
def test_a_timeout_that_brought_nothing_is_not_invoiced(
    attempts: list[Attempt], timed_out: bool, expected: bool
) -> None:
    """Everything that brought text is."""
    assert billable(attempts, timed_out) is expected
