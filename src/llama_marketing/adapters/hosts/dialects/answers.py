"""What the dialects share when they read an answer: its JSON, its finish, its lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.error_words import unwrapped
from llama_marketing.adapters.hosts.dialects.failures import failure_inside, has_error
from llama_marketing.adapters.hosts.dialects.json_body import MAX_MODEL_ID, parse_body
from llama_marketing.adapters.hosts.dialects.reported_usage import count_of
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import FinishReason, ReportedUsage, ServedModel
from llama_marketing.domain.errors import BadPayload, HostError, HostWork

MAX_DELTA_CHARACTERS: Final = 262_144
"""The most text that one event may bring."""

UNKNOWN_FINISH: Final = "unknown_finish_reason"
"""The warning about a word for the finish that the host's reference does not have."""

FinishTable = Mapping[str, FinishReason]
"""A host's words for why a model stopped, with ours."""

_TOOL_WORDS: Final = frozenset({"tool_calls", "function_call", "tool_use"})


def answer_object(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; raises a HostError where it is none, or an error."""
    data = unwrapped(parse_body(headers, body))
    if not isinstance(data, dict):
        raise BadPayload("the answer is no JSON object")
    if has_error(data):
        raise failure_inside(data)
    return data


def event_object(
    event: ServerSentEvent, names: frozenset[str] = frozenset()
) -> dict[str, Any] | None:
    """The JSON object of an event, None where the event is none of the dialect's.

    ``names`` are the events, beside the unnamed ones, that must hold one. Raises BadPayload.
    """
    try:
        data = unwrapped(json.loads(event.data))
    except (ValueError, RecursionError):
        if event.event == "error":
            return {}
        if event.event not in names and (event.event != "message" or not event.data.strip()):
            # A ping, or an event of a name that is no part of this dialect.
            return None
    else:
        if isinstance(data, dict):
            return data
    raise BadPayload("an event of the stream is no JSON object", work=HostWork.PARTIAL)


def raise_told_error(event: ServerSentEvent, data: Mapping[str, Any]) -> None:
    """Raise the fault that an event of a stream tells, if it tells one."""
    if event.event == "error" or has_error(data):
        raise failure_inside(data)


def stray_failure(line: bytes) -> HostError | None:
    """Name the fault in a bare JSON object that stands in a stream without ``data:``."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not (has_error(data) or "message" in data):
        return None
    return failure_inside(data)


def bounded(text: str) -> str:
    """The text of one event; raises BadPayload where that is too much."""
    if len(text) > MAX_DELTA_CHARACTERS:
        raise BadPayload("one event brings too much text", work=HostWork.PARTIAL)
    return text


def first_object(values: object) -> dict[str, Any] | None:
    """The first of a list, if it is an object."""
    if isinstance(values, list) and values and isinstance(values[0], dict):
        return values[0]
    return None


def object_in(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object under a name; an empty one where there is none."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def finish_of(
    word: str, table: FinishTable, unknown: FinishReason = FinishReason.STOP
) -> FinishReason | None:
    """Why the model stopped, None where the host says nothing; ``unknown`` for a new word.

    Anybody's server speaks OpenAI's shape, with words of its own for a plain stop, so there an
    unknown one is a stop with a warning. The lists of Google, Anthropic and Bedrock are closed:
    what they add is another way to fail, so there it is an error, with the same warning.
    """
    return table.get(word, unknown) if word else None


def finish_with(finish: FinishReason, word: str, has_text: bool) -> FinishReason:
    """The finish of an answer of which it is known whether any text came.

    We send no tools. A model that calls one all the same has failed where that is all it says;
    where it wrote text first, the text is the answer.
    """
    if word not in _TOOL_WORDS:
        return finish
    return FinishReason.STOP if has_text else FinishReason.ERROR


def warnings_of(
    reported: object, usage: ReportedUsage | None, word: str, table: FinishTable
) -> tuple[str, ...]:
    """The fixed words about a reply: usage nobody can believe, a finish nobody knows."""
    warnings = () if usage is not None or reported is None else ("usage_not_believable",)
    if word and word not in table:
        return (*warnings, UNKNOWN_FINISH)
    return warnings


def entries_of(headers: Mapping[str, str], body: bytes, name: str) -> list[dict[str, Any]]:
    """The objects of a list of models, under a name or bare; raises a HostError for none."""
    data = parse_body(headers, body)
    told = unwrapped(data)
    if isinstance(told, dict) and has_error(told):
        raise failure_inside(told)
    entries = data.get(name) if isinstance(data, dict) else data
    if not isinstance(entries, list):
        raise BadPayload("the answer is no list of models")
    return [entry for entry in entries if isinstance(entry, dict)]


def models_of(
    headers: Mapping[str, str],
    body: bytes,
    window: Callable[[Mapping[str, Any]], int | None] = lambda _entry: None,
) -> tuple[ServedModel, ...]:
    """Read ``{"data": [{"id"}]}`` or the bare list; raises a HostError where it is neither."""
    return tuple(
        ServedModel(entry["id"][:MAX_MODEL_ID], window(entry))
        for entry in entries_of(headers, body, "data")
        if isinstance(entry.get("id"), str) and entry["id"]
    )


def window_of(value: object) -> int | None:
    """A context window in tokens, None where it is no such number."""
    return count_of(value) or None
