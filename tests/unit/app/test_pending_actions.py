"""Pending actions: made where the client moderates automatically, decided by people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.domain.errors import InvalidRequest, NotFound, RevisionConflict
from llama_marketing.domain.moderation.actions import PendingAction
from llama_marketing.domain.moderation.models import ModerationResponse
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import OTHER, TENANT, StandingClock, configure, container_over
from tests.unit.app.test_moderation import asked, model, obedient

TEXTS = ("Muchas gracias", "Eres un idiota", "El pan llegó frío", "Eres un imbécil")
AUTOMATIC: dict[str, Any] = {"automatic": True}


@contextmanager
def moderating(clock: StandingClock | None = None, /, **settings: Any) -> Iterator[Container]:
    """A container whose client moderates as it is told."""
    with container_over(
        FakeChatHosts(otherwise=model(obedient)), clock or StandingClock()
    ) as container:
        configure(container, moderation=settings)
        yield container


def moderate(container: Container, *texts: str) -> ModerationResponse:
    """One moderation."""
    return container.moderation_service().moderate(TENANT, asked(*(texts or TEXTS)))


def pending(service: CommentModerationService) -> Sequence[PendingAction]:
    """The first page of what waits."""
    return service.pending_actions(TENANT).items


def test_every_result_that_wants_something_done_waits_for_it() -> None:
    with moderating(**AUTOMATIC) as container:
        answer = moderate(container)
        waiting = {action.id: action for action in pending(container.moderation_service())}

    assert [result.action.value for result in answer.results] == [
        *("escalate", "hide", "escalate", "hide")
    ]
    assert set(waiting) == {result.action_id for result in answer.results}
    for text, result in zip(TEXTS, answer.results, strict=True):
        action = waiting[str(result.action_id)]
        assert (action.text, action.comment_id) == (text, result.comment_id)
        assert (action.action, action.label) == (result.action, result.label)
        assert action.created_at == "2026-11-24T18:00:00.000000Z"


def test_what_needs_nothing_done_waits_for_nothing() -> None:
    with moderating(**AUTOMATIC, hide_confidence=0.95) as container:
        answer = moderate(container, "Muchas gracias")
        assert pending(container.moderation_service()) == ()

    assert (answer.results[0].action, answer.results[0].action_id) == ("none", None)
    assert "actionId" not in answer.results[0].model_dump(by_alias=True)


def test_a_client_that_only_wants_suggestions_has_nothing_pending() -> None:
    with moderating() as container:
        answer = moderate(container)
        assert pending(container.moderation_service()) == ()

    assert {result.action_id for result in answer.results} == {None}


def test_a_decision_is_kept_with_its_author_moment_and_reason() -> None:
    clock = StandingClock()
    with moderating(clock, **AUTOMATIC) as container:
        service = container.moderation_service()
        moderate(container, "Eres un idiota")
        (action,) = pending(service)
        clock.go_on(60)
        asked_other = service.resolve(TENANT, action.id, {"action": "escalate"}, "ana")
        still = pending(service)
        decided = service.resolve(TENANT, action.id, {"action": "hide", "reason": "Insulto"}, "eva")
        assert pending(service) == ()

    assert still == (asked_other,)
    assert [(step.action, step.user_id, step.at, step.reason) for step in decided.audit] == [
        ("escalate", "ana", "2026-11-24T18:01:00.000000Z", ""),
        ("hide", "eva", "2026-11-24T18:01:00.000000Z", "Insulto"),
    ]
    assert decided.status == "resolved"


def test_what_is_pending_comes_page_by_page() -> None:
    with moderating(**AUTOMATIC) as container:
        service = container.moderation_service()
        moderate(container)
        pages, cursor = [], ""
        while True:
            page = service.pending_actions(TENANT, cursor, 3)
            pages.append([action.id for action in page.items])
            if page.next_cursor is None:
                break
            cursor = page.next_cursor

    assert [len(page) for page in pages] == [3, 1]
    everything = [action_id for page in pages for action_id in page]
    assert everything == sorted(everything, reverse=True)
    assert len(set(everything)) == 4


def test_after_the_retention_an_action_is_forgotten() -> None:
    clock = StandingClock()
    with moderating(clock, **AUTOMATIC) as container:
        service = container.moderation_service()
        moderate(container, "Eres un idiota")
        (action,) = pending(service)
        clock.go_on(timedelta(days=90).total_seconds())
        assert pending(service) == ()
        with pytest.raises(NotFound):
            service.resolve(TENANT, action.id, {"action": "hide"})


def test_another_client_finds_nothing() -> None:
    with moderating(**AUTOMATIC) as container:
        service = container.moderation_service()
        moderate(container, "Eres un idiota")
        (action,) = pending(service)
        assert service.pending_actions(OTHER).items == ()
        with pytest.raises(NotFound):
            service.resolve(OTHER, action.id, {"action": "hide"})


def test_of_two_who_decide_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with moderating(**AUTOMATIC) as container:
        service = container.moderation_service()
        moderate(container, "Eres un idiota")
        (seen,) = pending(service)
        service.resolve(TENANT, seen.id, {"action": "approve"}, "ana")
        # Eva still sees what was there before.
        monkeypatch.setattr(type(service.pending.actions), "get", lambda *_: seen)
        with pytest.raises(RevisionConflict) as told:
            service.resolve(TENANT, seen.id, {"action": "hide"}, "eva")

    assert "Otra persona decidió" in told.value.user_message


@pytest.mark.parametrize(
    ("action_id", "sent", "user"),
    [
        ("a#1", {"action": "hide"}, ""),
        ("a1", {"action": "reply"}, ""),
        ("a1", {"action": "hide", "clientId": "cli2"}, ""),
        ("a1", {"action": "hide"}, "x" * 257),
    ],
)
def test_a_wrong_decision_is_refused(action_id: str, sent: Any, user: str) -> None:
    with moderating() as container, pytest.raises(InvalidRequest):
        container.moderation_service().resolve(TENANT, action_id, sent, user)


@pytest.mark.parametrize(
    ("cursor", "limit"), [("", 0), ("", 101), ("", True), ("", "5"), ("a#1", 20)]
)
def test_a_page_that_cannot_be_is_refused(cursor: str, limit: Any) -> None:
    with moderating() as container, pytest.raises(InvalidRequest):
        container.moderation_service().pending_actions(TENANT, cursor, limit)


# A crisis over several requests --------------------------------------------------------------


def crises(clock: StandingClock, minutes: float, **settings: Any) -> list[bool]:
    """Whether each of eight requests tells a crisis; one negative comment each, so far apart."""
    told = []
    with moderating(clock, **settings) as container:
        for number in range(8):
            sent = {"comments": [{"id": f"c{number}", "text": "El pan llegó frío"}]}
            told.append(container.moderation_service().moderate(TENANT, sent).crisis)
            clock.go_on(minutes * 60)
    return told


def test_negatives_of_the_last_hour_make_a_crisis_whoever_sent_them() -> None:
    """From the sixth on, and never where they are further apart."""
    assert crises(StandingClock(), 5, **AUTOMATIC) == [False] * 5 + [True] * 3
    assert crises(StandingClock(), 12, **AUTOMATIC) == [False] * 8


def test_without_automatic_moderation_every_request_is_judged_by_itself() -> None:
    assert crises(StandingClock(), 5) == [False] * 8


def test_a_comment_that_is_sent_again_counts_once() -> None:
    with moderating(**AUTOMATIC) as container:
        told = [moderate(container, "El pan llegó frío").crisis for _ in range(8)]

    assert told == [False] * 8


def test_a_doubtful_or_friendly_comment_counts_for_no_crisis() -> None:
    with moderating(**AUTOMATIC, min_confidence=0.95) as container:
        for number in range(8):
            sent = {"comments": [{"id": f"c{number}", "text": "El pan llegó frío"}]}
            assert not container.moderation_service().moderate(TENANT, sent).crisis
    with moderating(**AUTOMATIC) as container:
        for number in range(8):
            sent = {"comments": [{"id": f"c{number}", "text": "Eres un idiota"}]}
            assert not container.moderation_service().moderate(TENANT, sent).crisis
