"""The quota action downgrade: this call only, said in the answer, paid for like any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import QuotaExceeded
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.usage.amounts import NOTHING
from llama_marketing.testing.alerts import RecordingQuotaAlerts
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    ASKED,
    MONTH,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    hosts_of,
    post,
    settings,
)

DEAR = "llama-3.3-70b-instruct"
ROOM_FOR_CHEAP_ONLY = "0.0003"
"""US dollars: less than the dear model's upper bound at its bundled price, more than the small
one's."""


def reply() -> ChatReply:
    """A post that took a few tokens."""
    return ChatReply(
        text=post(),
        finish_reason=FinishReason.STOP,
        usage=ReportedUsage(input_tokens=100, output_tokens=50),
    )


@contextmanager
def downgrading(quota: str = ROOM_FOR_CHEAP_ONLY, **fields: Any) -> Iterator[Container]:
    """A container whose client wants a cheaper model when the quota is short."""
    with container_over(FakeChatHosts(otherwise=reply())) as container:
        configure(container, quotaMonthly=Decimal(quota), **{"quotaAction": "downgrade"} | fields)
        yield container


def generate(container: Container, **fields: Any) -> GenerationResponse:
    """Generate the usual request."""
    return container.generation_service().generate(TENANT, ASKED | fields)


def test_what_does_not_fit_is_written_by_the_cheapest_model_that_fits() -> None:
    with downgrading() as container:
        answer = generate(container)
        (entry,) = entries_of(container)
        assert_books_agree(books_of(container), TENANT, MONTH)
        counter = counter_of(container)

    assert answer.metadata.downgraded_from == DEAR
    assert answer.model == entry.model != DEAR
    assert answer.provider == "deepinfra"
    assert any(DEAR in warning for warning in answer.metadata.content_warnings)
    assert (counter.refused, counter.reserved) == (0, NOTHING)
    assert counter.settled.cost == entry.cost_pico_usd != 0
    assert answer.metadata.publishable.verdict == "yes"


def test_only_this_call_is_downgraded() -> None:
    """The configuration stays, and with more quota the model that was asked for is back."""
    with downgrading() as container:
        assert generate(container).metadata.downgraded_from == DEAR
        configs = container.config_service()
        assert configs.get(TENANT).selected_model_id == DEAR
        configs.update(TENANT, {"quotaMonthly": 50})
        answer = generate(container)

    assert (answer.model, answer.metadata.downgraded_from) == (DEAR, None)


def test_what_fits_is_not_downgraded() -> None:
    with downgrading("50") as container:
        answer = generate(container)

    assert (answer.model, answer.metadata.downgraded_from) == (DEAR, None)
    assert "downgradedFrom" not in answer.metadata.model_dump(by_alias=True, mode="json")


def test_where_no_model_fits_it_is_refused_and_counted_once() -> None:
    with downgrading("0.000000000001") as container:
        with pytest.raises(QuotaExceeded):
            generate(container)
        assert counter_of(container).refused == 1
        assert hosts_of(container).calls == []
        assert entries_of(container) == []


@pytest.mark.parametrize("action", ["block", "notify"])
def test_other_actions_never_change_the_model(action: str) -> None:
    with downgrading(quotaAction=action) as container:
        if action == "block":
            with pytest.raises(QuotaExceeded):
                generate(container)
        else:
            assert generate(container).model == DEAR


def test_a_quota_of_zero_downgrades_to_nothing() -> None:
    with downgrading("0") as container:
        with pytest.raises(QuotaExceeded):
            generate(container)
        assert hosts_of(container).calls == []


def test_a_stream_is_downgraded_too() -> None:
    with downgrading() as container:
        events = list(container.generation_service().stream(TENANT, ASKED))

    done = events[-1].data
    assert done["metadata"]["downgradedFrom"] == DEAR
    assert events[0].data["model"] == done["model"] != DEAR


def test_a_downgraded_answer_is_kept_for_nobody() -> None:
    """An equal request with more quota is written by the model that it asks for."""
    with downgrading(cache_hours=24) as container:
        first = generate(container)
        again = generate(container)

    assert first.metadata.downgraded_from == again.metadata.downgraded_from == DEAR
    assert not again.metadata.cached


def test_an_undowngraded_answer_is_given_again_at_an_exhausted_quota() -> None:
    """It costs nothing, so nothing has to be cheaper."""
    with downgrading("0.0008", cache_hours=24) as container:
        first = generate(container)
        generate(container, prompt="Otro texto")
        books = books_of(container)
        before = counter_of(container)
        again = generate(container)
        assert counter_of(container) == before
        assert_books_agree(books, TENANT, MONTH)

    assert first.model == again.model == DEAR
    assert again.metadata.cached
    assert again.metadata.downgraded_from is None


def test_an_operation_that_goes_on_with_a_cheaper_model_is_no_refusal_to_be_told_of() -> None:
    alerts = RecordingQuotaAlerts()
    chat, clock = FakeChatHosts(otherwise=reply()), StandingClock()
    with Container.from_settings(settings(), chat=chat, clock=clock, alerts=alerts) as container:
        configure(container, quotaMonthly=Decimal("0.0003"), quotaAction="downgrade")
        generate(container)

    assert alerts.told == []
