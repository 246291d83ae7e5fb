"""The evaluation service: what is asked, what is booked, and what a model's faults come to."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.errors import (
    HostUnreachable,
    InvalidRequest,
    NotConfigured,
    QuotaExceeded,
)
from llama_marketing.domain.evaluation.report import EvaluationReport
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.hosts import FakeChatHosts, Said
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.evaluated_model import model, says_positive
from tests.unit.app.samples import (
    MONTH,
    TENANT,
    books_of,
    configure,
    container_over,
    entries_of,
    holds_of,
)


def evaluated(chat: FakeChatHosts, sample: int | None = 50, **config: Any) -> EvaluationReport:
    """One evaluation, after which nothing is left open and the books agree."""
    with container_over(chat) as container:
        configure(container, **config)
        report = container.evaluation_service().evaluate(TENANT, sample, "ana")
        assert holds_of(container) == []
        assert_books_agree(books_of(container), TENANT, MONTH)
    return report


def only_texts(answer: Said) -> Any:
    """A host that answers comments well, and this to everything else."""
    comments = model()

    def said(target: HostTarget, call: ChatCall) -> Said:
        assert call.schema is not None
        return comments(target, call) if call.schema.name == "comment_moderation" else answer

    return said


# A whole run ------------------------------------------------------------------------------------


def test_a_model_that_knows_every_label_is_told_so() -> None:
    report = evaluated(FakeChatHosts(otherwise=model()), None)

    assert report.complete and not report.stopped and report.faults == {}
    assert (report.moderation.comments, report.copies.briefs) == (300, 60)
    assert report.moderation.macro_f1 == report.moderation.accuracy == 1.0
    assert (report.copies.answered, report.copies.structure) == (60, 1.0)
    assert report.marketing_score is not None and report.marketing_score > 80
    assert [each.operations for each in report.served] == [72]
    assert report.measured_at.startswith("2026-11-24T18:00:00")
    assert report.set_version == 1


def test_every_question_is_an_operation_in_the_clients_books() -> None:
    with container_over(FakeChatHosts(otherwise=model())) as container:
        configure(container)
        report = container.evaluation_service().evaluate(TENANT, 50, "ana")
        entries = entries_of(container)

    kinds = Counter(entry.use_case for entry in entries)
    assert kinds[GenerationUseCase.COMMENT_MODERATION] == 2
    assert len(entries) == 2 + report.copies.briefs == 12
    assert {(entry.outcome, entry.user_id) for entry in entries} == {(Outcome.OK, "ana")}
    tokens = sum(entry.tokens_input + entry.tokens_output for entry in entries)
    assert report.tokens_used.total_tokens == tokens > 0
    assert {entry.prompt_version for entry in entries} == set(report.prompt_versions)


def test_an_answer_of_an_earlier_run_is_never_given_again() -> None:
    with container_over(FakeChatHosts(otherwise=model())) as container:
        configure(container, cache_hours=24)
        service = container.evaluation_service()
        service.evaluate(TENANT, 25)
        first = len(entries_of(container))
        service.evaluate(TENANT, 25)
        entries = entries_of(container)

    assert len(entries) == 2 * first
    assert {entry.outcome for entry in entries} == {Outcome.OK}


def test_no_action_waits_for_a_person_even_where_the_client_moderates_automatically() -> None:
    """Nobody wrote these comments."""
    with container_over(FakeChatHosts(otherwise=model())) as container:
        configure(container, moderation={"automatic": True})
        report = container.evaluation_service().evaluate(TENANT, 25)
        waiting = container.moderation_service().pending_actions(TENANT).items

    assert report.moderation.comments == 25
    assert waiting == ()


def test_progress_is_told_from_nothing_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    with container_over(FakeChatHosts(otherwise=model())) as container:
        configure(container)
        container.evaluation_service().evaluate(
            TENANT, 25, progress=lambda done, total: told.append((done, total))
        )

    assert told == [(done, 6) for done in range(7)]


# What a model does badly ------------------------------------------------------------------------


def test_a_model_that_finds_everything_positive_gets_the_figures_of_chance() -> None:
    report = evaluated(FakeChatHosts(otherwise=model(says_positive)))

    recall = {score.label: score.recall for score in report.moderation.classes}
    assert recall[CommentLabel.POSITIVE] == 1.0
    assert recall[CommentLabel.SPAM] == recall[CommentLabel.OFFENSIVE] == 0.0
    assert report.moderation.offensive_shown > 0
    assert report.moderation.macro_f1 is not None and report.moderation.macro_f1 < 0.2
    assert not report.complete


def test_prose_instead_of_json_counts_against_the_model() -> None:
    report = evaluated(FakeChatHosts(otherwise="Claro, con gusto."), 25)

    assert report.moderation.not_judged == 25
    assert (report.copies.answered, report.copies.structure) == (0, 0.0)
    assert (report.faults, report.stopped, report.marketing_score) == ({}, False, None)


# What says nothing about the model --------------------------------------------------------------


def test_a_host_that_dies_ends_the_run_and_is_in_no_figure() -> None:
    """Three faults in a row are enough."""
    chat = FakeChatHosts(otherwise=only_texts(HostUnreachable("gone")))
    report = evaluated(chat)

    assert report.moderation.comments == 50 and report.moderation.macro_f1 == 1.0
    assert (report.copies.briefs, report.copies.structure) == (0, None)
    assert report.faults == {"host_unreachable": 3}
    assert report.stopped and not report.complete and report.marketing_score is None


def test_where_nothing_at_all_is_measured_the_first_fault_is_raised() -> None:
    with pytest.raises(HostUnreachable):
        evaluated(FakeChatHosts(otherwise=HostUnreachable("gone")), 25)


def test_a_client_without_a_configuration_is_refused() -> None:
    with container_over() as container, pytest.raises(NotConfigured):
        container.evaluation_service().evaluate(TENANT, 1)


def test_a_quota_ends_the_run_with_what_was_measured() -> None:
    report = evaluated(FakeChatHosts(otherwise=model()), quota_monthly=1, quota_unit="generations")

    assert report.moderation.comments == 25
    assert report.faults == {QuotaExceeded.code: 3}
    assert report.stopped


def test_use_cases_that_are_switched_off_are_left_out_and_end_nothing() -> None:
    off = [{"use_case": name, "enabled": False} for name in ("social_post", "comment_moderation")]
    report = evaluated(FakeChatHosts(otherwise=model()), None, use_cases=off)

    assert report.faults == {"use_case_disabled": 12 + 22}
    assert (report.moderation.comments, report.copies.briefs) == (0, 38)
    assert not report.stopped and not report.complete
    assert report.marketing_score is None


def test_two_models_have_no_score_between_them() -> None:
    other = {"use_case": "comment_moderation", "model_override": "llama-3.1-8b-instruct"}
    report = evaluated(FakeChatHosts(otherwise=model()), 25, use_cases=[other])

    assert len({each.model for each in report.served}) == 2
    assert report.marketing_score is None
    assert report.score_parts["moderation"] == 1.0


@pytest.mark.parametrize("sample", [0, 301])
def test_a_sample_out_of_bounds_is_refused_before_anything_is_asked(sample: int) -> None:
    chat = FakeChatHosts(otherwise=model())

    with pytest.raises(InvalidRequest):
        evaluated(chat, sample)
    assert chat.calls == []


def test_the_container_shares_one_service() -> None:
    with container_over() as container:
        assert isinstance(container, Container)
        assert container.evaluation_service() is container.evaluation_service()
