"""The quota's terms out of a configuration, and how it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, QuotaTerms
from llama_marketing.domain.usage.quota import QuotaLevel, quota_status, quota_terms
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.samples import MONTH, sample_config

PICO = 10**12


def counter(limit: int | None, used: int = 0, **fields: Any) -> Counter:
    """A counter whose settled amount is the same figure in every unit."""
    settled = Amount(cost=used, tokens=used, generations=used)
    return Counter(period=MONTH, limit=limit, settled=settled, **fields)


def test_dollars_become_pico_dollars() -> None:
    """Exactly, and dated with the configuration's last change."""
    config = sample_config(quota_monthly=Decimal("49.999999999999")).config

    assert quota_terms(config) == QuotaTerms(
        limit=49_999_999_999_999,
        unit=QuotaUnit.USD,
        as_of=config.updated_at,
        alerts=config.quota_alerts,
    )


def test_tokens_and_generations_stay_whole_numbers() -> None:
    """A quota of 1,000 tokens is 1,000."""
    config = sample_config(quota_monthly=Decimal(1000), quota_unit="tokens").config

    assert quota_terms(config).limit == 1000


def test_no_quota_is_no_limit() -> None:
    """None, not 0."""
    assert quota_terms(sample_config(quota_monthly=None).config).limit is None


@pytest.mark.parametrize(
    ("action", "blocks"), [("block", True), ("downgrade", True), ("notify", False)]
)
def test_only_notify_lets_work_go_on(action: str, blocks: bool) -> None:
    """The books refuse under the other two."""
    assert quota_terms(sample_config(quota_action=action).config).blocks is blocks


def test_a_status_speaks_the_quotas_own_unit() -> None:
    """Dollars as Decimal, with all that is left, kept aside and used."""
    reserved = Amount(cost=PICO, tokens=7, generations=1)

    status = quota_status(counter(50 * PICO, 20 * PICO, reserved=reserved))

    assert (status.quota, status.available) == (Decimal(50), Decimal(29))
    assert (status.reserved, status.settled) == (Decimal(1), Decimal(20))
    assert (status.percent, status.level) == (Decimal(40), QuotaLevel.GREEN)
    assert status.model_dump_json(by_alias=True) == (
        '{"period":"2026-02","unit":"usd","quota":50,"available":29,"reserved":1,"settled":20,'
        '"percent":40,"level":"green"}'
    )


def test_a_status_in_tokens_has_whole_numbers() -> None:
    """Also in JSON."""
    status = quota_status(counter(300, 100, unit=QuotaUnit.TOKENS))

    assert (status.quota, status.available, status.settled) == (300, 200, 100)
    assert isinstance(status.settled, int)
    assert '"settled":100,' in status.model_dump_json()


@pytest.mark.parametrize(
    ("used", "refused", "level"),
    [
        (80, 0, QuotaLevel.GREEN),
        (81, 0, QuotaLevel.YELLOW),
        (99, 0, QuotaLevel.YELLOW),
        (100, 0, QuotaLevel.RED),
        (300, 0, QuotaLevel.RED),
        (10, 1, QuotaLevel.RED),
    ],
)
def test_the_level_is_yellow_above_80_and_red_from_100(
    used: int, refused: int, level: QuotaLevel
) -> None:
    """Red too once anything was refused."""
    status = quota_status(counter(100, used, unit=QuotaUnit.TOKENS, refused=refused))

    assert status.level is level


def test_without_a_quota_there_is_nothing_to_be_near_to() -> None:
    """What was used is told all the same."""
    status = quota_status(counter(None, 5 * PICO, refused=3))

    assert (status.quota, status.available, status.percent) == (None, None, None)
    assert (status.settled, status.level) == (Decimal(5), QuotaLevel.GREEN)


def test_a_quota_of_zero_is_used_up() -> None:
    """It allows nothing, so it is at 100 %."""
    status = quota_status(counter(0))

    assert (status.percent, status.level) == (Decimal(100), QuotaLevel.RED)


def test_a_lowered_quota_leaves_a_negative_rest() -> None:
    """Running calls finish."""
    assert quota_status(counter(PICO, 3 * PICO)).available == Decimal(-2)
