"""A client's kept content calendars, as files for other programs."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.calendar_files import CalendarFormat

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/generations/<generation_id>/calendar"
_TYPES = {
    CalendarFormat.CSV: "text/csv; charset=utf-8",
    CalendarFormat.ICS: "text/calendar; charset=utf-8",
}


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service = door.services.generation

    def get_calendar(access: Access, generation_id: str) -> Response:
        sent = read_query(request, ("format",))
        form = _format(sent.get("format", CalendarFormat.CSV.value))
        checked = check_path_id("generationId", generation_id)
        written = service.calendar_file(access.tenant, checked, form)
        answer = Response(written, content_type=_TYPES[form])
        answer.headers["Content-Disposition"] = f'attachment; filename="calendario.{form.value}"'
        return answer

    door.route(blueprint, "GET", PATH, Action.GENERATIONS_READ, get_calendar)


def _format(text: str) -> CalendarFormat:
    if text in tuple(CalendarFormat):
        return CalendarFormat(text)
    raise InvalidRequest(
        "format must be csv or ics",
        user_message="El parámetro «format» debe ser csv o ics.",
        issues=(("format", "must be csv or ics"),),
    )
