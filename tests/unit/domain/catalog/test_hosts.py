"""A date of retirement decides between live and retired."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from llama_marketing.domain.catalog.hosts import ServingStatus, status_on
from llama_marketing.domain.errors import InvalidRequest
from tests.unit.domain.catalog.samples import TODAY, host, offer

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "before", "on_the_day"),
    [
        (ServingStatus.LIVE, ServingStatus.LIVE, ServingStatus.RETIRED),
        (ServingStatus.RETIRED, ServingStatus.LIVE, ServingStatus.RETIRED),
        (ServingStatus.DEDICATED, ServingStatus.DEDICATED, ServingStatus.RETIRED),
        (ServingStatus.NEVER, ServingStatus.NEVER, ServingStatus.NEVER),
        (ServingStatus.UNKNOWN, ServingStatus.UNKNOWN, ServingStatus.UNKNOWN),
    ],
)
def test_the_day_of_retirement_is_the_first_without(
    status: ServingStatus, before: ServingStatus, on_the_day: ServingStatus
) -> None:
    assert status_on(status, TODAY, TODAY - DAY) is before
    assert status_on(status, TODAY, TODAY) is on_the_day
    assert offer("cloud", "small", status=status, retired_on=TODAY).status_on(TODAY) is on_the_day
    assert host("cloud", status=status, retired_on=TODAY).status_on(TODAY) is on_the_day


@pytest.mark.parametrize("status", list(ServingStatus))
def test_without_a_date_the_status_stays(status: ServingStatus) -> None:
    assert status_on(status, None, date.max) is status


@pytest.mark.parametrize("status", [ServingStatus.LIVE, ServingStatus.DEDICATED])
def test_an_offer_that_can_be_used_needs_its_name_at_the_host(status: ServingStatus) -> None:
    with pytest.raises(InvalidRequest, match="host_model_id"):
        offer("cloud", "small", host_model_id="", status=status)
    assert offer("cloud", "small", host_model_id="", status=ServingStatus.NEVER).model == "small"
