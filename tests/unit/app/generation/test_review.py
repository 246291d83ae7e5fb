"""Reviews: two who decide at once, and how many decisions are kept."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.generation.history import (
    MOST_REVIEWS,
    GenerationRecord,
    ReviewDecision,
)
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.samples import sample_entry, sample_record
from tests.unit.app.samples import ASKED, TENANT, configure, container_over

YES = ReviewDecision(approved=True)


def others_first(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let somebody else decide just before each of the next decisions."""
    replace, left = MemoryGenerations.replace, [times]

    def slower(
        self: MemoryGenerations,
        tenant: TenantRef,
        seen: GenerationRecord,
        reviewed: GenerationRecord,
    ) -> bool:
        if left[0]:
            left[0] -= 1
            replace(self, tenant, seen, seen.reviewed(YES, f"other{left[0]}", "t"))
        return replace(self, tenant, seen, reviewed)

    monkeypatch.setattr(MemoryGenerations, "replace", slower)


def test_of_two_who_decide_at_once_both_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    with container_over() as container:
        configure(container)
        service = container.generation_service()
        made = service.generate(TENANT, ASKED)
        others_first(monkeypatch, 2)
        record = service.review(TENANT, made.id, {"approved": False, "reason": "No"}, "ana")

        users = [review.user_id for review in record.reviews]
        assert users == ["other1", "other0", "ana"]
        assert record.review is not None and not record.review.approved
        assert service.generation(TENANT, made.id) == record


def test_who_is_never_fast_enough_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with container_over() as container:
        configure(container)
        service = container.generation_service()
        made = service.generate(TENANT, ASKED)
        others_first(monkeypatch, 1000)
        with pytest.raises(RevisionConflict, match="reviewed by others"):
            service.review(TENANT, made.id, YES)


def test_the_oldest_decisions_make_room() -> None:
    record = sample_record()
    for number in range(MOST_REVIEWS + 2):
        record = record.reviewed(YES, f"u{number}", "t")

    assert len(record.reviews) == MOST_REVIEWS
    assert record.reviews[0].user_id == "u2"


def test_a_record_whose_entry_is_not_found_is_shown_without_ratings() -> None:
    """One rated when it was booked counts."""
    shown = sample_record().rated(None)
    rated = sample_record().rated(sample_entry(quality_rating=5))

    assert (shown.ratings, shown.average_rating) == (0, None)
    assert (rated.ratings, rated.average_rating) == (1, 5.0)
    assert sample_record().review is None
