"""Which thresholds a counter has crossed or is near, and the sentence that tells of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.usage.alerts import alert, crossed
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, is_near_alert
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.samples import DIME, MONTH, TENANT, sample_amount

ALERTS = (100, 80)


def counter(
    settled: int = 0, reserved: int = 0, limit: int | None = 1000, **more: object
) -> Counter:
    """A counter of generations."""
    fields: dict[str, Any] = {
        "period": MONTH,
        "limit": limit,
        "unit": QuotaUnit.GENERATIONS,
        "settled": Amount(generations=settled),
        "reserved": Amount(generations=reserved),
    }
    return Counter(**{**fields, **more})


@pytest.mark.parametrize(
    ("settled", "reached"),
    [(0, ()), (799, ()), (800, (80,)), (999, (80,)), (1000, (80, 100)), (5000, (80, 100))],
)
def test_a_threshold_is_crossed_when_so_much_is_settled(
    settled: int, reached: tuple[int, ...]
) -> None:
    assert crossed(counter(settled), ALERTS) == reached


def test_what_is_only_held_crosses_nothing_but_is_near() -> None:
    assert crossed(counter(settled=0, reserved=1000), ALERTS) == ()
    assert is_near_alert(counter(settled=300, reserved=500), ALERTS)
    assert not is_near_alert(counter(settled=300, reserved=499), ALERTS)


def test_a_share_is_compared_exactly() -> None:
    """One pico-USD below 80 percent of the largest quota is below."""
    limit = 10**18
    below = Counter(period=MONTH, limit=limit, settled=sample_amount(limit // 5 * 4 - 1))
    reached = Counter(period=MONTH, limit=limit, settled=sample_amount(limit // 5 * 4))

    assert [crossed(c, ALERTS) for c in (below, reached)] == [(), (80,)]
    assert [is_near_alert(c, ALERTS) for c in (below, reached)] == [False, True]


def test_the_first_refusal_crosses_a_hundred_and_nothing_below() -> None:
    """Whoever asks for a large piece at 40 percent has not used 80."""
    assert crossed(counter(settled=400, refused=1), (80, 100, 120)) == (100,)


def test_work_that_goes_on_beyond_the_quota_crosses_a_hundred() -> None:
    """The action notify refuses nothing; an operation that would not have fitted tells."""
    beyond = counter(settled=400, reserved=601, blocks=False)

    assert crossed(beyond, ALERTS) == (100,)
    assert crossed(counter(settled=400, reserved=600, blocks=False), ALERTS) == ()
    assert crossed(beyond.model_copy(update={"blocks": True}), ALERTS) == ()


def test_a_marked_threshold_is_neither_crossed_again_nor_near() -> None:
    marked = counter(settled=900, alerts_fired=(80,))

    assert crossed(marked, ALERTS) == ()
    assert not is_near_alert(marked, ALERTS)
    assert is_near_alert(marked, (80, 90))


def test_without_a_quota_nothing_is_crossed_and_a_quota_of_zero_is_used_up() -> None:
    assert crossed(counter(10**9, limit=None), ALERTS) == ()
    assert not is_near_alert(counter(10**9, limit=None), ALERTS)
    assert crossed(counter(limit=0), ALERTS) == (80, 100)
    assert is_near_alert(counter(limit=0), ALERTS)


@pytest.mark.parametrize(
    ("unit", "figures"),
    [
        (QuotaUnit.USD, "van US$0.80 de US$1.00"),
        (QuotaUnit.TOKENS, "van 1,600 de 2,000 tokens"),
        (QuotaUnit.GENERATIONS, "van 8 de 10 generaciones"),
    ],
)
def test_an_alert_says_it_in_spanish_and_in_the_quotas_unit(unit: QuotaUnit, figures: str) -> None:
    used = Amount(cost=8 * DIME, tokens=1600, generations=8)
    limit = Amount(cost=10 * DIME, tokens=2000, generations=10).in_unit(unit)

    told = alert(TENANT, Counter(period=MONTH, limit=limit, unit=unit, settled=used), 80)

    assert told.message == f"Se alcanzó el 80 % de la cuota de 2026-02 del cliente cli1: {figures}."
    assert (told.tenant, told.period, told.threshold) == (TENANT, MONTH, 80)
    assert told.percent == Decimal(80)


def test_an_alert_below_its_threshold_says_that_something_did_not_fit() -> None:
    told = alert(TENANT, counter(settled=4, limit=10, refused=1), 100)

    assert told.message == (
        "Una operación ya no cupo en la cuota de 2026-02 del cliente cli1: "
        "van 4 de 10 generaciones."
    )
