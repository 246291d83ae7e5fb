"""A month: the model's pieces, the code's plan."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.use_cases.content_calendar import (
    CONTENT_CALENDAR,
    MOST_ENTRIES,
    NETWORKS,
)
from llama_marketing.domain.vocabulary import Platform
from tests.unit.domain.calendar.samples import entry
from tests.unit.domain.generation.samples import brief, request


def month(**fields: Any) -> Brief:
    """A brief for a calendar, asked for in November 2026."""
    return brief(request(useCase="content_calendar", **fields))


def piece(**fields: Any) -> dict[str, Any]:
    """One piece as a model writes it."""
    given: dict[str, Any] = {
        "date": "2026-12-05",
        "time": "09:30",
        "platform": "instagram",
        "type": "feed",
        "objective": "sales",
        "topic": "Café",
        "copy": "Café de altura",
        "hashtags": ["#Cafe", "Chiapas"],
    }
    return given | fields


def read(entries: object, **fields: Any) -> ContentCalendar:
    """The calendar that is read of these entries."""
    found = CONTENT_CALENDAR.read({"entries": entries}, month(**fields))
    assert isinstance(found, ContentCalendar)
    return found


def test_a_good_piece_stays_as_it_is() -> None:
    """Its parts are the contract's."""
    assert read([piece()]).entries == (entry(),)


def test_the_month_is_the_requests_or_the_next_one() -> None:
    """The prompt names it, the dates lie in it."""
    assert CONTENT_CALENDAR.material(month())["mes"] == "2026-12"
    assert CONTENT_CALENDAR.material(month(month="2027-02"))["mes"] == "2027-02"
    assert read([piece()], month="2027-02").entries[0].date == "2027-02-05"


def test_the_platforms_are_the_requests_own_or_the_networks() -> None:
    """A piece for another one goes to the first."""
    assert CONTENT_CALENDAR.material(month(platform="email"))["plataformas"] == ["email"]
    assert CONTENT_CALENDAR.material(month())["plataformas"] == [one.value for one in NETWORKS]
    assert read([piece(platform="TikTok ")]).entries[0].platform is Platform.TIKTOK
    assert read([piece(platform="myspace")]).entries[0].platform is Platform.INSTAGRAM
    assert read([piece()], platform="facebook").entries[0].platform is Platform.FACEBOOK


@pytest.mark.parametrize("entries", [None, "x", {}, [], [7, None, "x"], [{}], [piece(copy=" ")]])
def test_what_holds_no_piece_with_a_copy_is_no_calendar(entries: object) -> None:
    """Its text is blank, so the model is asked again."""
    assert read(entries).text == ""


def test_a_lazy_model_gets_its_month_put_in_order() -> None:
    """More pieces than a month has days are left out."""
    found = read([piece(type="video", objective=7, date=None)] * 500)

    assert len(found.entries) == MOST_ENTRIES
    assert len({one.date for one in found.entries}) == MOST_ENTRIES
    assert Counter(one.type for one in found.entries) == {
        "feed": 19, "reel": 6, "story": 3, "carousel": 3,
    }  # fmt: skip


def test_the_text_is_a_paragraph_an_entry() -> None:
    """In Spanish, as a person reads it; what is missing leaves no gap."""
    found = ContentCalendar(
        entries=(entry(), entry(type="story", objective="other", topic="", hashtags=()))
    )

    assert found.text == (
        "2026-12-05 09:30 · instagram (publicación, ventas) · Café\n"
        "Café de altura\n#Cafe #Chiapas\n\n"
        "2026-12-05 09:30 · instagram (historia, otro)\nCafé de altura"
    )
    assert found.with_text("x") is found


def test_a_copy_is_cut_to_its_platform_and_to_what_was_asked() -> None:
    """Without another question; a plan is never judged as one text."""
    long = read([piece(copy="Ven. " * 300, platform="threads"), piece()])
    mended = CONTENT_CALENDAR.mend(long, month())

    assert CONTENT_CALENDAR.correction(long, month()) == ""
    assert isinstance(mended.result, ContentCalendar)
    assert max(len(one.copy) for one in mended.result.entries) <= 500
    assert mended.warnings == ("Se recortaron los textos de 1 de 2 piezas del calendario.",)
    assert not mended.partial

    short = CONTENT_CALENDAR.mend(long, month(maxLength=9))
    assert isinstance(short.result, ContentCalendar)
    assert sorted(one.copy for one in short.result.entries) == ["Café de…", "Ven. Ven…"]
    assert CONTENT_CALENDAR.mend(read([piece()]), month()).warnings == ()
    assert CONTENT_CALENDAR.mend(long, month(maxLength=1)).partial


@pytest.mark.parametrize(
    ("room", "most"), [(20, 1), (519, 1), (520, 2), (3936, 15), (1_000_000, MOST_ENTRIES)]
)
def test_the_schema_asks_for_as_many_pieces_as_the_reply_has_room_for(room: int, most: int) -> None:
    """At least one, at most one a day of the longest month."""
    entries = CONTENT_CALENDAR.schema(month(), room).schema["properties"]["entries"]

    assert (entries["minItems"], entries["maxItems"]) == (1, most)


def test_the_schema_offers_only_what_keeps_the_rules() -> None:
    """A model that is bound by it can name no date outside the month."""
    asked = month(month="2027-02", platform="facebook", maxLength=50)
    entries = CONTENT_CALENDAR.schema(asked, 1000).schema["properties"]["entries"]
    parts = entries["items"]["properties"]

    assert list(parts) == list(entry().model_dump())
    assert parts["date"]["enum"][0::27] == ["2027-02-01", "2027-02-28"]
    assert parts["platform"]["enum"] == ["facebook"]
    assert parts["type"]["enum"] == ["feed", "reel", "story", "carousel"]
    assert parts["copy"]["maxLength"] == 50
    assert (
        CONTENT_CALENDAR.schema(month(), 1000).schema["properties"]["entries"]["items"][
            "properties"
        ]["copy"]["maxLength"]
        == 100
    )
