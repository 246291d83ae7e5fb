"""Jobs as their senders see them: stored at once, read page by page, and the sums of all."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.errors import (
    Disabled,
    InvalidRequest,
    NotConfigured,
    NotFound,
    UseCaseDisabled,
)
from llama_marketing.domain.jobs.models import JobPage, JobStatus, JobTicket
from llama_marketing.domain.moderation.models import ModerationFlag
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import OTHER, TENANT, StandingClock, configure, container_over
from tests.unit.app.samples import entries_of as entries
from tests.unit.app.test_moderation import asked, model, obedient


def hosts() -> FakeChatHosts:
    """Hosts whose model judges by plain words."""
    return FakeChatHosts(otherwise=model(obedient))


def submit(container: Container, count: int, tenant: TenantRef = TENANT) -> JobTicket:
    """A job of so many comments."""
    request = asked(*[f"Comentario {n}" for n in range(count)]) | {"async": True}
    return container.moderation_service().submit(tenant, request, "ana")


def work(container: Container) -> None:
    """Everything that waits."""
    container.job_worker().work(threading.Event(), until_empty=True)


def pages(container: Container, job_id: str) -> list[JobPage]:
    """Every page of a job."""
    service = container.moderation_service()
    found = [service.job(TENANT, job_id)]
    while found[-1].next_cursor is not None:
        found.append(service.job(TENANT, job_id, found[-1].next_cursor))
    return found


def test_parts_fit_the_window_of_the_clients_model() -> None:
    """All are judged; a comment that is too long alone is left to a person."""
    texts = ["Muchas gracias " * 30] * 20 + ["Muchas gracias " * 500, "Muchas gracias"]
    clock = StandingClock()
    with container_over(hosts(), clock) as container:
        configure(container, advanced={"context_window": 2048})
        ticket = container.moderation_service().submit(
            TENANT, asked(*texts) | {"async": True}, "ana"
        )
        for _ in range(3):
            work(container)
            clock.go_on(60)
        results = [one for page in pages(container, ticket.job_id) for one in page.results]

    judged = [ModerationFlag.NOT_JUDGED not in result.flags for result in results]
    assert judged == [True] * 20 + [False, True]


def test_a_host_that_is_gone_keeps_no_job_from_being_taken() -> None:
    """That is found out when its parts are judged."""
    with container_over(hosts()) as container:
        configure(container, hosting_provider="meta_ai")
        ticket = submit(container, 30)

        assert ticket.total == 30


def test_a_job_is_stored_and_nobody_is_called() -> None:
    with container_over(hosts()) as container:
        configure(container)
        ticket = submit(container, 3)
        page = container.moderation_service().job(TENANT, ticket.job_id)

        assert (ticket.status, ticket.total, ticket.processed) == (JobStatus.QUEUED, 3, 0)
        assert (page.status, page.results, page.next_cursor) == (JobStatus.QUEUED, (), None)
        assert entries(container) == []


@pytest.mark.slow
def test_ten_thousand_comments_come_back_in_their_order_each_once() -> None:
    """Each part is an operation and an entry of its own, for the user who sent the job."""
    with container_over(hosts()) as container:
        configure(container)
        ticket = submit(container, 10_000)
        work(container)
        found = pages(container, ticket.job_id)
        booked = entries(container)

    assert [page.processed for page in found] == [10_000] * 20
    assert {page.status for page in found} == {JobStatus.COMPLETED}
    ids = [result.comment_id for page in found for result in page.results]
    assert ids == [f"c{n}" for n in range(10_000)]
    assert len(booked) == 400
    assert {entry.user_id for entry in booked} == {"ana"}


def test_the_results_of_parts_that_ended_are_seen_while_others_wait() -> None:
    """One round of a worker is eight parts."""
    with container_over(hosts()) as container:
        configure(container)
        ticket = submit(container, 300)
        container.job_worker().work_once()
        page = container.moderation_service().job(TENANT, ticket.job_id)

    assert (page.status, page.processed, len(page.results)) == (JobStatus.RUNNING, 200, 200)


@pytest.mark.parametrize(
    "request_",
    [
        {"comments": []},
        {"comments": [{"id": "a", "text": ""}]},
        asked("Hola") | {"clientId": "cli2"},
        asked(*["Hola"] * 10_001),
    ],
)
def test_a_wrong_job_is_refused_and_nothing_kept(request_: dict[str, Any]) -> None:
    with container_over(hosts()) as container:
        configure(container)
        with pytest.raises(InvalidRequest):
            container.moderation_service().submit(TENANT, request_)
        assert list(container.job_worker().work_once()) == []


def test_a_client_that_may_not_moderate_is_told_before_anything_is_kept() -> None:
    off = {"use_cases": [{"use_case": "comment_moderation", "enabled": False}]}
    with container_over(hosts()) as container:
        with pytest.raises(NotConfigured):
            submit(container, 1)
        configure(container, enabled=False)
        with pytest.raises(Disabled):
            submit(container, 1)
        configure(container, OTHER, **off)
        with pytest.raises(UseCaseDisabled):
            submit(container, 1, OTHER)
        assert list(container.job_worker().work_once()) == []


def test_an_unknown_job_a_strangers_and_an_expired_one_are_not_found() -> None:
    clock = StandingClock()
    with container_over(hosts(), clock) as container:
        configure(container)
        service = container.moderation_service()
        ticket = submit(container, 1)
        for tenant, job_id in ((TENANT, "unknown"), (OTHER, ticket.job_id)):
            with pytest.raises(NotFound):
                service.job(tenant, job_id)
        clock.go_on(timedelta(days=90).total_seconds())
        with pytest.raises(NotFound):
            service.job(TENANT, ticket.job_id)


@pytest.mark.parametrize(("job_id", "cursor"), [("a#b", ""), ("job1", "x")])
def test_an_impossible_id_or_cursor_is_refused(job_id: str, cursor: str) -> None:
    with container_over(hosts()) as container, pytest.raises(InvalidRequest):
        container.moderation_service().job(TENANT, job_id, cursor)


# The summary ---------------------------------------------------------------------------------


def test_the_summary_sums_up_what_came_at_once_and_as_a_job() -> None:
    with container_over(hosts()) as container:
        configure(container)
        service = container.moderation_service()
        service.moderate(TENANT, asked("Muchas gracias", "Eres un idiota"))
        submit(container, 30)
        work(container)
        sums = service.summary(TENANT)
        others = service.summary(OTHER)

    assert (sums.first_day, sums.last_day) == ("2026-11-01", "2026-11-30")
    assert (sums.total, sums.not_judged) == (32, 0)
    assert sums.by_label == {"positive": 1, "offensive": 1, "negative": 30}
    assert sum(sums.by_action.values()) == 32
    assert [(day.day, day.total) for day in sums.by_day] == [("2026-11-24", 32)]
    assert others.total == 0


def test_the_summary_is_of_a_month_or_of_some_days() -> None:
    clock = StandingClock()
    with container_over(hosts(), clock) as container:
        configure(container)
        service = container.moderation_service()
        service.moderate(TENANT, asked("Hola"))
        clock.go_on(timedelta(days=1).total_seconds())
        service.moderate(TENANT, asked("Hola", "Adiós"))

        assert service.summary(TENANT, "2026-11").total == 3
        assert service.summary(TENANT, "2026-10").total == 0
        assert service.summary(TENANT, None, "2026-11-25", "2026-11-25").total == 2
        assert service.summary(TENANT, None, "2026-11-01", "2026-11-24").total == 1


def test_a_day_is_one_of_the_billing_zone() -> None:
    """Six in the evening in Mexico is tomorrow in Greenwich."""
    clock = StandingClock()
    clock.go_on(timedelta(hours=7).total_seconds())
    with container_over(hosts(), clock) as container:
        configure(container)
        container.moderation_service().moderate(TENANT, asked("Hola"))
        (day,) = container.moderation_service().summary(TENANT).by_day

    assert day.day == "2026-11-24"


@pytest.mark.parametrize(
    "query",
    [
        ("2026-13", None, None),
        ("2026-11", "2026-11-01", "2026-11-02"),
        (None, "2026-11-01", None),
        (None, None, "2026-11-01"),
        (None, "2026-11-02", "2026-11-01"),
    ],
)
def test_a_summary_of_no_possible_days_is_refused(query: tuple[str | None, ...]) -> None:
    with container_over(hosts()) as container, pytest.raises(InvalidRequest):
        container.moderation_service().summary(TENANT, *query)
