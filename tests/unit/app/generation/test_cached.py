"""Answers given again: when, at what price, and that each one is an operation in the books."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    Disabled,
    NotConfigured,
    NotFound,
    QuotaExceeded,
    Refused,
    StoreUnavailable,
    UseCaseDisabled,
)
from llama_marketing.domain.generation.models import GenerationResponse, StreamEvent
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, Outcome, UsageEntry
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.generation.test_generate import TEXTS, by_variation
from tests.unit.app.samples import (
    ASKED,
    COPY,
    MONTH,
    OTHER,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    hosts_of,
    post,
    priced_catalog,
)

HOUR = 3600.0
Act = Callable[..., GenerationResponse]


def keeping(container: Container, tenant: TenantRef = TENANT, **fields: Any) -> None:
    """Give the tenant a configuration that keeps answers, for a day unless told otherwise."""
    configure(container, tenant, **{"cache_hours": 24} | fields)


def whole(container: Container, tenant: TenantRef = TENANT, **fields: Any) -> GenerationResponse:
    """The usual request, answered whole."""
    return container.generation_service().generate(tenant, ASKED | fields, user_id="ana")


def streamed(container: Container, tenant: TenantRef = TENANT, **fields: Any) -> GenerationResponse:
    """The usual request, answered as a stream."""
    stream = container.generation_service().stream(tenant, ASKED | fields, user_id="ana")
    (done,) = [event.model for event in stream if event.event == "done"]
    assert isinstance(done, GenerationResponse)
    return done


WAYS = pytest.mark.parametrize("act", [whole, streamed])


def calls(container: Container) -> int:
    """How often a host was asked."""
    return len(hosts_of(container).calls)


def entry_of(container: Container, answer: GenerationResponse) -> UsageEntry:
    """The entry of an answer; the books agree."""
    assert_books_agree(books_of(container), TENANT, MONTH)
    assert holds_of(container) == []
    entry = books_of(container).entry(TENANT, answer.id)
    assert entry is not None
    return entry


# What a hit is -------------------------------------------------------------------------------


@WAYS
@pytest.mark.parametrize("first", [whole, streamed])
def test_an_equal_request_gets_the_answer_again_for_nothing(first: Act, act: Act) -> None:
    """Whichever way the first one and this one were asked for."""
    with container_over() as container:
        keeping(container)
        fresh, again = first(container), act(container)
        assert calls(container) == 1
    assert again.metadata.cached
    assert not fresh.metadata.cached
    assert again.id != fresh.id
    assert (again.content, again.result) == (fresh.content, fresh.result)
    assert again.tokens_used.total_tokens == 0
    assert again.tokens_used.estimated_cost_usd == Decimal(0)
    assert again.platform_compliance == fresh.platform_compliance


@WAYS
def test_a_hit_is_one_entry_of_nothing_and_stands_in_the_history(act: Act, tmp_path: Path) -> None:
    with container_over(**priced_catalog(tmp_path / "c")) as container:
        keeping(container)
        whole(container)
        before = counter_of(container)
        again = act(container)
        entry = entry_of(container, again)
        record = container.generation_service().generation(TENANT, again.id)
        assert counter_of(container) == before
        assert len(entries_of(container)) == 2
    assert (entry.outcome, entry.basis, entry.billable) == (Outcome.OK, Basis.CACHE, False)
    assert (entry.tokens_input, entry.tokens_output, entry.cost_usd) == (0, 0, Decimal(0))
    assert (entry.booked, entry.attempts, entry.user_id) == (None, (), "ana")
    assert (entry.provider, entry.model) == (again.provider, again.model)
    assert (entry.use_case, entry.finish_reason) == ("social_post", "stop")
    assert entry.prompt_version == again.metadata.prompt_version == "social_post.instagram@3"
    assert record.response == again.model_dump(mode="json")
    assert (record.created_at, record.user_id) == (entry.timestamp, "ana")
    assert record.request["prompt"] == ASKED["prompt"]


def test_a_hit_has_the_latency_of_now_and_the_day_and_month_of_now() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        keeping(container, cache_hours=720)
        whole(container)
        clock.go_on(20 * 24 * HOUR)
        again = whole(container)
        entry = books_of(container).entry(TENANT, again.id)
    assert entry is not None
    assert (entry.day, entry.period) == ("2026-12-14", "2026-12")
    assert entry.timestamp == "2026-12-14T18:00:00.000000Z"
    assert again.latency_ms == entry.latency_ms == 1


def test_the_month_counts_a_hit_as_a_request_without_tokens() -> None:
    with container_over() as container:
        keeping(container)
        for _ in range(3):
            whole(container)
        summary = container.usage_service().summary(TENANT)
    assert (summary.total_requests, summary.total_tokens) == (3, 17)


# Streamed ------------------------------------------------------------------------------------


def test_a_streamed_hit_is_one_delta_a_variation() -> None:
    with container_over(FakeChatHosts(otherwise=by_variation)) as container:
        keeping(container)
        fresh = streamed(container, variations=3)
        stream = container.generation_service().stream(TENANT, ASKED | {"variations": 3})
        events = list(stream)
        assert calls(container) == 3
    start, *deltas, usage, done = events
    assert start.data == {
        "type": "start",
        "id": stream.id,
        "model": fresh.model,
        "host": fresh.provider,
    }
    assert [(one.event, one.data["variation"], one.text) for one in deltas] == [
        ("delta", number, text) for number, text in enumerate(TEXTS[:3])
    ]
    assert (usage.event, usage.data["totalTokens"], usage.data["estimatedCostUsd"]) == (
        "usage",
        0,
        0,
    )
    assert (done.event, done.data["id"]) == ("done", stream.id)
    assert done.data["metadata"]["cached"] is True


def test_a_streamed_hit_of_one_text_is_its_content() -> None:
    with container_over() as container:
        keeping(container)
        whole(container)
        events = list(container.generation_service().stream(TENANT, ASKED))
    assert [event.event for event in events] == ["start", "delta", "usage", "done"]
    assert events[1].text == COPY


@pytest.mark.parametrize("read", [0, 1, 4])
def test_a_streamed_hit_that_is_closed_says_no_more_and_is_booked_once(read: int) -> None:
    with container_over() as container:
        keeping(container)
        whole(container)
        seen: list[StreamEvent] = []
        with container.generation_service().stream(TENANT, ASKED) as stream:
            seen += [next(stream) for _ in range(read)]
            closing = threading.Thread(target=stream.close)
            closing.start()
            closing.join()
            assert next(stream, None) is None
        stream.close()
        assert len(seen) == read
        (hit,) = [entry for entry in entries_of(container) if entry.basis is Basis.CACHE]
        assert (hit.id, hit.outcome) == (stream.id, Outcome.OK)
        assert container.generation_service().generation(TENANT, stream.id).response is not None


# When ----------------------------------------------------------------------------------------


@WAYS
def test_a_hit_is_given_at_an_exhausted_quota(act: Act) -> None:
    with container_over() as container:
        keeping(container, quota_monthly=1, quota_unit="generations")
        whole(container)
        with pytest.raises(QuotaExceeded):
            act(container, prompt="Otra cosa")
        refused = counter_of(container)
        for _ in range(3):
            assert act(container).metadata.cached
        assert counter_of(container) == refused
        assert calls(container) == 1


@WAYS
def test_a_hit_is_never_given_for_a_configuration_that_is_off_or_gone(act: Act) -> None:
    with container_over() as container:
        keeping(container)
        whole(container)
        service = container.config_service()
        service.update(TENANT, {"useCases": [{"useCase": "social_post", "enabled": False}]})
        with pytest.raises(UseCaseDisabled):
            act(container)
        service.update(TENANT, {"enabled": False, "useCases": None})
        with pytest.raises(Disabled):
            act(container)
        service.delete(TENANT)
        with pytest.raises(NotConfigured):
            act(container)
        assert len(entries_of(container)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": ASKED["prompt"] + " "},
        {"prompt": ASKED["prompt"].lower()},
        {"prompt": ASKED["prompt"] + "!"},
        {"tone": "formal"},
        {"platform": "facebook"},
        {"max_length": 2000},
        {"language": "es-MX"},
        {"context": {"product": "café"}},
        {"brand_kit": {"colors": ["azul"]}},
    ],
)
def test_a_request_that_is_only_similar_is_a_new_one(fields: dict[str, Any]) -> None:
    with container_over() as container:
        keeping(container)
        whole(container)
        assert not whole(container, **fields).metadata.cached
        assert calls(container) == 2


def test_another_clients_equal_request_is_a_new_one() -> None:
    with container_over() as container:
        for tenant in (TENANT, OTHER, TenantRef("org2", "cli1")):
            keeping(container, tenant)
            assert not whole(container, tenant).metadata.cached
        assert calls(container) == 3
        assert whole(container, OTHER).metadata.cached


def test_a_changed_configuration_gives_no_older_answer_nor_does_one_made_again() -> None:
    """Also where nothing that shapes the answer changed: who changes it wants to see it."""
    with container_over() as container:
        keeping(container)
        whole(container)
        service = container.config_service()
        service.update(TENANT, {"parameters": {"temperature": 0.2}})
        assert not whole(container).metadata.cached
        assert whole(container).metadata.cached
        service.delete(TENANT)
        keeping(container)
        assert not whole(container).metadata.cached
        assert calls(container) == 3


@pytest.mark.parametrize("hours", [1, 24, 720])
def test_an_answer_is_given_for_as_many_hours_as_the_client_says(hours: int) -> None:
    """Counted from the first answer, not from the last time that it was given."""
    clock = StandingClock()
    with container_over(None, clock) as container:
        keeping(container, cache_hours=hours)
        whole(container)
        clock.go_on(hours * HOUR - 1)
        assert whole(container).metadata.cached
        clock.go_on(1)
        assert not whole(container).metadata.cached
        assert whole(container).metadata.cached


def test_a_client_keeps_answers_for_a_day_unless_it_says_otherwise() -> None:
    with container_over() as container:
        assert configure(container, cache_hours=None).cache_hours == 24
        whole(container)
        assert whole(container).metadata.cached


def test_a_client_that_keeps_none_gets_a_new_answer_each_time() -> None:
    with container_over() as container:
        keeping(container, cache_hours=0)
        whole(container)
        assert not whole(container).metadata.cached
        assert calls(container) == 2


def test_no_answer_outlives_the_history() -> None:
    clock = StandingClock()
    with container_over(None, clock, LLAMA_MARKETING_RETENTION_DAYS="1") as container:
        keeping(container, cache_hours=720)
        whole(container)
        clock.go_on(24 * HOUR)
        assert not whole(container).metadata.cached


@WAYS
def test_who_bypasses_the_cache_gets_a_new_answer_which_replaces_the_kept_one(act: Act) -> None:
    with container_over(FakeChatHosts(post("Uno."), post("Dos."))) as container:
        keeping(container)
        whole(container)
        assert act(container, bypass_cache=True).content == "Dos."
        again = act(container)
        assert calls(container) == 2
    assert (again.content, again.metadata.cached) == ("Dos.", True)


def test_a_deleted_generation_is_not_given_again() -> None:
    with container_over() as container:
        keeping(container)
        service = container.generation_service()
        service.delete_generation(TENANT, whole(container).id)
        fresh = whole(container)
        service.delete_generation(TENANT, whole(container).id)
        again = whole(container)
        with pytest.raises(NotFound):
            service.delete_generation(TENANT, "nothing")
    assert not fresh.metadata.cached
    assert again.metadata.cached


# What is kept --------------------------------------------------------------------------------


CUT = '{"content": "Buen Fin en Café Azul: 2x1'


@WAYS
@pytest.mark.parametrize(
    ("reply", "fields"),
    [
        (ChatReply(CUT, FinishReason.LENGTH, usage=ReportedUsage(9, 4)), {}),
        (ChatReply(post(), FinishReason.LENGTH, usage=ReportedUsage(9, 4)), {}),
        (ChatReply(post(), FinishReason.STOP, usage=ReportedUsage(9, 4)), {"variations": 2}),
    ],
    ids=["cut", "length", "near_duplicates"],
)
def test_an_answer_that_lacks_something_is_not_kept(
    act: Act, reply: ChatReply, fields: dict[str, Any]
) -> None:
    with container_over(FakeChatHosts(otherwise=reply)) as container:
        keeping(container)
        act(container, **fields)
        assert not act(container, **fields).metadata.cached


def test_a_failed_or_refused_operation_keeps_nothing() -> None:
    refusal = ChatReply("No.", FinishReason.STOP, usage=ReportedUsage(9, 4), refusal=True)
    with container_over(FakeChatHosts(refusal, otherwise=post())) as container:
        keeping(container)
        with pytest.raises(Refused):
            whole(container)
        assert not whole(container).metadata.cached


def test_a_stream_that_was_left_keeps_nothing() -> None:
    with container_over() as container:
        keeping(container)
        with container.generation_service().stream(TENANT, ASKED) as stream:
            next(stream)
        assert not whole(container).metadata.cached


def test_two_equal_requests_at_once_may_both_ask_the_host() -> None:
    """Neither waits for the other; each is booked, and one of both answers is kept."""
    meeting = threading.Barrier(2, timeout=20)

    def together(*_: object) -> str:
        meeting.wait()
        return post()

    with container_over(FakeChatHosts(together, together, otherwise=post())) as container:
        keeping(container)
        threads = [threading.Thread(target=whole, args=(container,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert whole(container).metadata.cached
        assert calls(container) == 2
        assert [entry.basis for entry in entries_of(container)].count(Basis.REPORTED) == 2


# A store that fails --------------------------------------------------------------------------


def unavailable(*_: object) -> None:
    """No answer."""
    raise StoreUnavailable("no answer")


@WAYS
@pytest.mark.parametrize("part", ["cache", "books"])
def test_a_store_that_fails_is_said_and_no_host_is_called(
    act: Act, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with container_over() as container:
        keeping(container)
        whole(container)
        kind = type(getattr(container.generation_service().again, part))
        monkeypatch.setattr(kind, {"cache": "get", "books": "record"}[part], unavailable)
        with pytest.raises(StoreUnavailable):
            act(container)
        monkeypatch.undo()
        assert calls(container) == len(entries_of(container)) == 1
        assert holds_of(container) == []


@WAYS
def test_a_kept_answer_that_cannot_be_read_is_as_good_as_none_and_is_replaced(
    act: Act, tmp_path: Path
) -> None:
    """Written by a newer version, or broken."""
    store = tmp_path / "store.db"
    with container_over(LLAMA_MARKETING_STORE=f"sqlite:///{store}") as container:
        keeping(container)
        whole(container)
        for broken in ("version = 99", "document = '{}'"):
            with sqlite3.connect(store) as connection:
                connection.execute(f"UPDATE cached_answers SET {broken}")
            connection.close()
            assert not act(container).metadata.cached
            assert act(container).metadata.cached
        assert calls(container) == 3
