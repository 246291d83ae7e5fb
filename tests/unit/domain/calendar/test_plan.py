"""What a model proposes becomes a plan that keeps its rules."""

from __future__ import annotations

from collections import Counter

import pytest

from llama_marketing.domain.calendar.models import ContentType, Objective
from llama_marketing.domain.calendar.plan import ProposedEntry, planned
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import Platform
from tests.unit.domain.calendar.samples import entry

BOTH = (Platform.INSTAGRAM, Platform.FACEBOOK)


def test_a_proposal_that_keeps_the_rules_stays() -> None:
    """Only the order becomes that of time."""
    late = ProposedEntry(
        topic="Pan", copy="Pan recién horneado", date="2026-12-20", time="18:00",
        platform=Platform.FACEBOOK, type=ContentType.FEED, objective=Objective.BRAND,
    )  # fmt: skip
    early = ProposedEntry(
        topic="Café", copy="Café de altura", hashtags=("#Cafe", "#Chiapas"), date="2026-12-05",
        time="09:30", platform=Platform.INSTAGRAM, type=ContentType.REEL,
        objective=Objective.SALES,
    )  # fmt: skip

    first, second = planned([late, early], "2026-12", BOTH)
    assert first.copy == "Café de altura"
    assert (first.date, first.time, first.platform) == ("2026-12-05", "09:30", "instagram")
    assert (first.hashtags, first.objective) == (("#Cafe", "#Chiapas"), "sales")
    assert (second.date, second.platform, second.objective) == (
        "2026-12-20", "facebook", "brand",
    )  # fmt: skip


def test_a_lazy_proposal_becomes_a_month() -> None:
    """All on one day of another year, all feed, all sales, on a platform nobody asked for."""
    lazy = ProposedEntry(
        topic="Café", copy="Café", date="2024-11-31", time="noon", platform=Platform.TIKTOK,
        type=ContentType.FEED, objective=Objective.SALES,
    )  # fmt: skip
    entries = planned([lazy] * 20, "2027-02", BOTH)

    assert {one.date[:8] for one in entries} == {"2027-02-"}
    assert len({one.date for one in entries}) == 20
    assert list(entries) == sorted(entries, key=lambda one: (one.date, one.time))
    assert Counter(one.type for one in entries) == {
        "feed": 12, "reel": 4, "story": 2, "carousel": 2,
    }  # fmt: skip
    assert Counter(one.objective for one in entries) == {"sales": 8, "brand": 8, "other": 4}
    assert {one.platform for one in entries} == {Platform.INSTAGRAM}
    assert {one.time for one in entries} == {"09:00", "13:00", "19:00"}


def test_nothing_is_no_month_and_a_wrong_month_is_refused() -> None:
    """An entry needs a proposal."""
    assert planned([], "2026-12", BOTH) == ()
    with pytest.raises(InvalidRequest):
        planned([ProposedEntry(topic="", copy="x")], "2026-13", BOTH)


def test_a_single_piece_is_a_month_too() -> None:
    """It gets the kinds with the largest shares, in the middle of the month."""
    (only,) = planned([ProposedEntry(topic="Café", copy="Café de altura")], "2026-12", BOTH)

    assert only == entry(date="2026-12-16", time="09:00", hashtags=())
