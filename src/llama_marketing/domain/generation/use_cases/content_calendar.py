"""A month of content: the model writes the pieces, the code keeps the plan's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from llama_marketing.domain.calendar.days import dates_in, next_month
from llama_marketing.domain.calendar.models import CalendarEntry, ContentType, Objective
from llama_marketing.domain.calendar.plan import ProposedEntry, planned
from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema, texts_schema
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.compliance.measures import Measure, measure
from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.compliance.shorten import shorten
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.reading import text_of, texts_of
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.short_texts import line_of
from llama_marketing.domain.generation.use_cases.shape import Mended, UseCaseShape, no_correction
from llama_marketing.domain.generation.use_cases.social_post import HASHTAG_LENGTH
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

MOST_ENTRIES = 31
TOPIC_LENGTH = 80
ENTRY_ROOM = 260
"""Characters of the reply for one entry, by the same careful count as a copy's room."""
HOURS = tuple(f"{hour:02}:00" for hour in range(8, 22))
"""The times a model is offered; it may name any other."""
NETWORKS = (
    Platform.INSTAGRAM,
    Platform.FACEBOOK,
    Platform.THREADS,
    Platform.TIKTOK,
    Platform.LINKEDIN,
)
"""Where the pieces of a request that names no platform may go; the first is the usual one."""

Word = TypeVar("Word", bound=StrEnum)


def month_of_request(brief: Brief) -> str:
    """The month that is planned, ``YYYY-MM``: the request's, else the next one."""
    return brief.request.month or next_month(brief.today)


def _platforms(brief: Brief) -> tuple[Platform, ...]:
    asked = brief.request.platform
    return NETWORKS if asked is None else (asked,)


def _material(brief: Brief) -> Mapping[str, Any]:
    return {
        "mes": month_of_request(brief),
        "plataformas": [platform.value for platform in _platforms(brief)],
    }


def _schema(brief: Brief, room: int) -> ReplySchema:
    """``room`` is that of the whole reply, which decides how many entries fit."""
    longest = brief.request.max_length or brief.template.length_target
    entry = object_schema(
        "entry",
        {
            "date": _one_of(dates_in(month_of_request(brief))),
            "time": _one_of(HOURS),
            "platform": _one_of(_platforms(brief)),
            "type": _one_of(tuple(ContentType)),
            "objective": _one_of(tuple(Objective)),
            "topic": text_schema(TOPIC_LENGTH),
            "copy": text_schema(min(longest, brief.template.length_target)),
            "hashtags": texts_schema(brief.template.max_hashtags, HASHTAG_LENGTH),
        },
    )
    most = max(1, min(MOST_ENTRIES, room // ENTRY_ROOM))
    entries = {"type": "array", "items": entry.schema, "minItems": 1, "maxItems": most}
    return object_schema("content_calendar", {"entries": entries})


def _one_of(words: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(word) for word in words]}


def _read(found: Mapping[str, Any], brief: Brief) -> ContentCalendar:
    listed = found.get("entries")
    items = listed[:MOST_ENTRIES] if isinstance(listed, list) else []
    proposed = [_proposed(item, brief) for item in items if isinstance(item, dict)]
    written = [entry for entry in proposed if not is_blank(entry.copy)]
    return ContentCalendar(entries=planned(written, month_of_request(brief), _platforms(brief)))


def _proposed(item: Mapping[str, Any], brief: Brief) -> ProposedEntry:
    hashtags = clean_hashtags(texts_of(item, "hashtags"))
    return ProposedEntry(
        topic=line_of(item, "topic", TOPIC_LENGTH),
        copy=copy_text(text_of(item, "copy")),
        hashtags=hashtags[: brief.template.max_hashtags],
        date=text_of(item, "date")[:10],
        time=text_of(item, "time")[:10],
        platform=_word(Platform, item, "platform"),
        type=_word(ContentType, item, "type"),
        objective=_word(Objective, item, "objective"),
    )


def _word(words: type[Word], item: Mapping[str, Any], name: str) -> Word | None:
    said = text_of(item, name)[:40].strip().casefold()
    return next((word for word in words if word.value == said), None)


def _mend(result: Result, brief: Brief) -> Mended:
    """Each copy cut to what its platform and the request's ``max_length`` allow."""
    assert isinstance(result, ContentCalendar), "this use case reads calendars"
    entries = []
    for entry in result.entries:
        shorter = _shortened(entry.copy, entry.platform, brief)
        entries.append(entry.model_copy(update={"copy": shorter}))
    said = _said_of(entries, brief)
    cut = sum(one.copy != other.copy for one, other in zip(entries, result.entries, strict=True))
    if not cut:
        return Mended(result, said)
    warning = f"Se recortaron los textos de {cut} de {len(entries)} piezas del calendario."
    blank = any(is_blank(entry.copy) for entry in entries)
    return Mended(ContentCalendar(entries=tuple(entries)), (warning, *said), partial=blank)


def _said_of(entries: Sequence[CalendarEntry], brief: Brief) -> tuple[str, ...]:
    """What a person should look at in the copies, each on its own platform; each said once."""
    rules, language = brief.rules, brief.request.language
    found: dict[str, None] = {}
    for entry in entries:
        surface = rules.surface_for(entry.platform, GenerationUseCase.SOCIAL_POST).id
        for finding in check_text(entry.copy, surface, rules, language=language).findings:
            if finding.kind in (LimitKind.HARD, LimitKind.POLICY):
                found[f"{entry.date}: {finding.message}"] = None
    return tuple(found)


def _shortened(copy: str, platform: Platform, brief: Brief) -> str:
    rules, most = brief.rules, brief.request.max_length
    limit = rules.hard_limit(rules.surface_for(platform, GenerationUseCase.SOCIAL_POST).id)
    unit = limit.measure or Measure.UTF16
    fitting = shorten(copy, limit.value, unit) if measure(copy, unit) > limit.value else copy
    return fitting if most is None else shorten(fitting, most, Measure.UTF16)


CONTENT_CALENDAR = UseCaseShape(
    use_case=GenerationUseCase.CONTENT_CALENDAR,
    schema=_schema,
    read=_read,
    fills_the_reply=True,
    is_judged=False,
    material=_material,
    correction=no_correction,
    mend=_mend,
)
"""A stream brings the calendar whole, since only a whole month can be put in order.

``max_length`` is the longest copy of one piece.
"""
