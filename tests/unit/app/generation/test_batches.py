"""Batches: each item one generation and one entry, whatever dies, fails or comes twice."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import attrs
import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.job_worker import (
    HIDDEN_SECONDS,
    MOST_TAKEN,
    MOST_TRIES,
    PAUSE_SECONDS,
    JobWorker,
)
from llama_marketing.domain.errors import (
    HostUnreachable,
    InvalidRequest,
    NotConfigured,
    NotFound,
    Refused,
    UseCaseDisabled,
)
from llama_marketing.domain.jobs.batches import BatchPage, ItemStatus
from llama_marketing.domain.jobs.models import JobKind, JobStatus, JobTicket, QueuedPart
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    MONTH,
    OTHER,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    entries_of,
    holds_of,
    hosts_of,
    post,
)


def item(prompt: str = "Buen Fin", **fields: Any) -> dict[str, Any]:
    """One request of a batch."""
    return {"use_case": "social_post", "platform": "instagram", "prompt": prompt, **fields}


def submit(container: Container, *items: dict[str, Any]) -> JobTicket:
    """A batch of the usual client's."""
    service = container.generation_service()
    return service.submit_batch(TENANT, {"items": list(items)}, "ana")


def work(container: Container) -> None:
    """Everything that waits now."""
    container.job_worker().work(threading.Event(), until_empty=True)


def page(container: Container, ticket: JobTicket) -> BatchPage:
    """How far the batch is; after a check that nothing is open and the books agree."""
    assert holds_of(container) == []
    assert_books_agree(books_of(container), TENANT, MONTH)
    return container.generation_service().batch(TENANT, ticket.job_id)


def test_debe_generar_un_lote_de_30_piezas_en_segundo_plano() -> None:
    """103.20: each in the order asked for, with an entry of its own and a place in the history."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container)
        ticket = submit(container, *[item(f"Pieza {n}") for n in range(30)])
        before = page(container, ticket)
        called_before = len(hosts_of(container).calls)
        work(container)
        after = page(container, ticket)
        entries = {entry.id: entry for entry in entries_of(container)}
        history = container.generation_service().history(TENANT, limit=100).items

    assert called_before == 0
    assert (ticket.status, ticket.total, ticket.processed) == (JobStatus.QUEUED, 30, 0)
    assert {each.status for each in before.results} == {ItemStatus.WAITING}
    assert (after.status, after.processed) == (JobStatus.COMPLETED, 30)
    assert [each.index for each in after.results] == list(range(30))
    for each in after.results:
        assert each.generation is not None and each.generation_id is not None
        assert each.generation.id == each.generation_id
        assert entries[each.generation_id].user_id == "ana"
    assert len(entries) == len(history) == 30
    asked = {record.id: record.request["prompt"] for record in history}
    ids = [each.generation_id or "" for each in after.results]
    assert [asked[one] for one in ids] == [f"Pieza {n}" for n in range(30)]


def test_an_item_that_a_host_fails_is_tried_again_and_then_given_up() -> None:
    """Each try is an operation of its own; the others are not held up."""
    clock = StandingClock()
    down = HostUnreachable("down", status=503)
    chat = FakeChatHosts(otherwise=lambda _, call: down if "Mala" in _told(call) else post())
    with container_over(chat, clock) as container:
        configure(container)
        ticket = submit(container, item("Mala"), item("Buena"))
        for tries in range(MOST_TRIES):
            work(container)
            clock.go_on(PAUSE_SECONDS * (tries + 1) + 1)
        told = page(container, ticket)
        failed = [entry for entry in entries_of(container) if entry.outcome.value == "failed"]

    assert (told.status, told.processed) == (JobStatus.COMPLETED, 2)
    assert [each.status for each in told.results] == [ItemStatus.FAILED, ItemStatus.DONE]
    error = told.results[0].error
    assert error is not None and error.code == "host_unreachable"
    assert error.message == HostUnreachable.default_user_message
    assert told.results[0].generation is None
    assert len({entry.id for entry in failed}) == len(failed) == MOST_TRIES


@pytest.mark.parametrize(
    ("config", "answer", "code"),
    [
        ({"quota_monthly": 1, "quota_unit": "tokens"}, post(), "quota_exceeded"),
        ({}, Refused("no"), "refused"),
    ],
)
def test_what_another_try_cannot_change_fails_at_once(
    config: dict[str, Any], answer: Any, code: str
) -> None:
    """Told with its code and a Spanish sentence."""
    with container_over(FakeChatHosts(otherwise=answer)) as container:
        configure(container, **config)
        ticket = submit(container, item())
        work(container)
        told = page(container, ticket)

    assert told.status is JobStatus.FAILED
    assert told.results[0].error is not None
    assert told.results[0].error.code == code
    assert told.results[0].error.message


class Killed(BaseException):
    """The process dies."""


@attrs.frozen
class _Dying:
    """A store of jobs, or work, whose process dies at one step."""

    inner: Any
    step: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def replace(self, tenant: Any, seen: Any, changed: Any) -> Any:
        if self.step == "before it was stored" and changed.state.value == "done":
            raise Killed
        return self.inner.replace(tenant, seen, changed)


@attrs.frozen
class _Deadly:
    """Work whose process dies before it calls anybody."""

    inner: Any

    def do(self, *_: Any) -> Any:
        raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.mark.parametrize("step", ["before it was stored", "in the call"])
def test_an_item_of_a_killed_worker_is_the_same_operation(step: str) -> None:
    """What was booked is not written again; what was not is booked once."""
    clock = StandingClock()

    def dies(*_: Any) -> str:
        raise Killed

    answers = [dies] if step == "in the call" else []
    chat = FakeChatHosts(*answers, otherwise=post())
    with container_over(chat, clock) as container:
        configure(container)
        ticket = submit(container, item())
        whole = container.job_worker()
        dying: JobWorker = attrs.evolve(whole, store=_Dying(whole.store, step))
        with pytest.raises(Killed):
            dying.work_once()
        clock.go_on(HIDDEN_SECONDS + 1)
        for _ in range(2):
            work(container)
            clock.go_on(PAUSE_SECONDS + 1)
        told = page(container, ticket)
        good = [entry for entry in entries_of(container) if entry.outcome.value == "ok"]

    assert told.results[0].status is ItemStatus.DONE
    assert len(good) == 1
    assert good[0].id == told.results[0].generation_id
    assert len(chat.calls) == (1 if step == "before it was stored" else 2)


def test_an_item_that_kills_its_workers_is_given_up_with_a_sentence() -> None:
    """No error is known of it, and still its client is told something."""
    clock = StandingClock()
    with container_over(FakeChatHosts(), clock) as container:
        configure(container)
        ticket = submit(container, item())
        dying = container.job_worker()
        dying = attrs.evolve(dying, works={JobKind.BATCH: _Deadly(dying.works[JobKind.BATCH])})
        for _ in range(MOST_TAKEN):
            with pytest.raises(Killed):
                dying.work_once()
            clock.go_on(HIDDEN_SECONDS + 1)
        assert list(dying.work_once()) == ["dead"]
        told = page(container, ticket).results[0]

    assert told.status is ItemStatus.FAILED
    assert told.error is not None
    assert (told.error.code, told.error.message[:16]) == ("interrupted", "No se pudo gener")


def test_a_use_case_is_looked_up_once_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container)
        configs, reads = type(container._wiring.configs()), [0]
        get = configs.get

        def counting(*arguments: Any, **named: Any) -> Any:
            reads[0] += 1
            return get(*arguments, **named)

        monkeypatch.setattr(configs, "get", counting)
        submit(container, *[item(f"Pieza {n}") for n in range(30)])

    assert reads[0] == 1


def test_equal_items_are_two_operations_of_which_one_costs() -> None:
    """The second gets the first one's answer, under an id of its own."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container, cache_hours=24)
        ticket = submit(container, item())
        work(container)
        again = submit(container, item())
        work(container)
        ids = {page(container, each).results[0].generation_id for each in (ticket, again)}
        assert len(hosts_of(container).calls) == 1
        assert ids == {entry.id for entry in entries_of(container)}
        assert len(ids) == 2


def test_an_item_that_repeats_another_says_so() -> None:
    """103.20: whoever publishes sees it before it goes out twice."""
    chat = FakeChatHosts(post(), post("Ven por tu concha de vainilla"), otherwise=post())
    with container_over(chat) as container:
        configure(container)
        ticket = submit(container, item("A"), item("B"), item("C"))
        for _ in range(3):
            whole = container.job_worker()
            attrs.evolve(whole, queue=_OneByOne(whole.queue)).work_once()
        found = [each.similar_to for each in page(container, ticket).results]

    assert found == [None, None, 0]


def test_a_deleted_generation_is_in_no_batch_any_more() -> None:
    """Its id stays."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container)
        ticket = submit(container, item())
        work(container)
        known = page(container, ticket).results[0].generation_id or ""
        container.generation_service().delete_generation(TENANT, known)
        left = page(container, ticket).results[0]

    assert (left.status, left.generation_id, left.generation) == (ItemStatus.DONE, known, None)


def test_a_batch_is_its_own_clients_and_no_moderation() -> None:
    """Each is found where it belongs only."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container)
        batch = submit(container, item())
        comments = {"comments": [{"id": "c1", "text": "Hola"}], "async": True}
        job = container.moderation_service().submit(TENANT, comments)

        with pytest.raises(NotFound):
            container.generation_service().batch(OTHER, batch.job_id)
        with pytest.raises(NotFound):
            container.generation_service().batch(TENANT, job.job_id)
        with pytest.raises(NotFound):
            container.moderation_service().job(TENANT, batch.job_id)


@pytest.mark.parametrize(
    "request_",
    [
        {"items": []},
        {"items": [item()] * 31},
        {"items": [item(prompt="")]},
        {"items": [item(clientId="cli9")]},
        {"items": [item()], "clientId": "cli9"},
        {"items": item()},
        {},
    ],
)
def test_a_batch_that_cannot_be_is_refused_whole(request_: dict[str, Any]) -> None:
    """And nothing of it waits."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        configure(container)
        with pytest.raises(InvalidRequest):
            container.generation_service().submit_batch(TENANT, request_)
        assert list(container.job_worker().work_once()) == []


def test_a_client_that_may_not_is_refused_before_anything_waits() -> None:
    """Without a configuration, or with the use case switched off."""
    with container_over(FakeChatHosts(otherwise=post())) as container:
        with pytest.raises(NotConfigured):
            submit(container, item())
        configure(container, use_cases=[{"useCase": "ad_copy", "enabled": False}])
        with pytest.raises(UseCaseDisabled):
            submit(container, item(), item(use_case="ad_copy", platform="facebook"))


@attrs.frozen
class _OneByOne(JobQueue):
    """Hands out one part at a time, so that answers come in the order of the items."""

    inner: JobQueue

    def put(self, *arguments: Any) -> None:
        self.inner.put(*arguments)

    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        return self.inner.take(now, seconds, 1)

    def hide(self, *arguments: Any) -> None:
        self.inner.hide(*arguments)

    def acknowledge(self, part: QueuedPart) -> None:
        self.inner.acknowledge(part)

    def close(self) -> None:
        self.inner.close()


def _told(call: Any) -> str:
    return str(call.messages[-1].content)
