"""The result of a planned month."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.calendar.models import CalendarEntry, ContentType, Objective
from llama_marketing.domain.generation.results.result import Result

_TYPES = {
    ContentType.FEED: "publicación",
    ContentType.REEL: "reel",
    ContentType.STORY: "historia",
    ContentType.CAROUSEL: "carrusel",
}
_OBJECTIVES = {Objective.SALES: "ventas", Objective.BRAND: "marca", Objective.OTHER: "otro"}


class ContentCalendar(Result):
    """The result of ``content_calendar``: the month's entries in their order of time."""

    entries: tuple[CalendarEntry, ...]

    @property
    def text(self) -> str:
        """The month as a person reads it, one paragraph an entry."""
        return "\n\n".join(map(_paragraph, self.entries))

    def with_text(self, text: str) -> Self:
        """The same calendar: its text follows from its entries."""
        return self


def _paragraph(entry: CalendarEntry) -> str:
    kinds = f"{_TYPES[entry.type]}, {_OBJECTIVES[entry.objective]}"
    title = f"{entry.date} {entry.time} · {entry.platform.value} ({kinds}) · {entry.topic}"
    lines = (title.removesuffix(" · "), entry.copy, " ".join(entry.hashtags))
    return "\n".join(line for line in lines if line)
