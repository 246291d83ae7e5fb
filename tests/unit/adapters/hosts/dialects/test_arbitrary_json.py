"""Whatever JSON a host puts in the place of any field, the worst it gets is a typed fault."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.reported_usage import MAX_TOKENS
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import ChatDelta, ChatReply, ReportedUsage
from llama_marketing.domain.errors import HostError
from tests.fake_host import event
from tests.unit.adapters.hosts.dialects.golden import DIALECTS, GOLDEN
from tests.unit.adapters.hosts.dialects.golden_case import (
    FRAMED,
    FaultCase,
    ModelsCase,
    ReplyCase,
    StreamCase,
)

# Those that stream JSON in server-sent events; others have tests of their own.
STREAMED = ("openai", "anthropic", "gemini", "meta_native")
every_dialect = pytest.mark.parametrize("name", STREAMED)

WORDS = ["text", "type", "error", "content", "usage", "thought", "message", "value", "code"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*WORDS, "STOP", "refusal", "12", 10**40, -1, 12.0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
Read = TypeVar("Read")
Path = tuple[str | int, ...]


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value, the whole of it first."""
    yield path
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        inner = data.items()
    elif isinstance(data, list):
        inner = enumerate(data)
    for key, value in inner:
        yield from paths(value, (*path, key))


def changed(data: Any, path: Path, value: Any) -> Any:
    """The data with another value in one place."""
    if not path:
        return value
    data = copy.deepcopy(data)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return data


def parsed(body: bytes) -> Any:
    """The JSON of a body, None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def events_of(case: StreamCase) -> list[ServerSentEvent]:
    """The events of a stream, as they stand on the wire."""
    return DIALECTS["openai"].decoder().feed(case.wire)


def bodies(kind: type[Any], name: str) -> list[Any]:
    """The JSON of all cases of a kind."""
    cases: list[Any] = [case for case in GOLDEN if isinstance(case, kind) and case.dialect == name]
    return [data for case in cases if (data := parsed(case.body)) is not None]


def with_one_field_changed(draw: Callable[[Any], Any], data: Any) -> Any:
    """The data with arbitrary JSON somewhere."""
    return changed(data, draw(st.sampled_from(list(paths(data)))), draw(JSON))


def outcome(read: Callable[[], Read]) -> Read | HostError:
    """What was read, or the fault; any other exception fails the test."""
    try:
        return read()
    except HostError as error:
        return error


def must_be_possible(usage: ReportedUsage | None) -> None:
    """Whatever is believed is a number of tokens, and parts are parts."""
    if usage is not None:
        assert 0 <= usage.output_tokens <= MAX_TOKENS
        assert 0 <= usage.cached_tokens + usage.cache_write_tokens <= usage.input_tokens
        assert usage.input_tokens <= MAX_TOKENS


def read_stream(dialect: Dialect, wire: bytes) -> list[ChatDelta]:
    """Read all events as the stream does; nothing but a HostError may come out."""
    decoder = dialect.decoder()
    events = decoder.feed(wire)
    rest = decoder.end()
    deltas = []
    for seen in [*events, *([] if rest is None else [rest])]:
        if dialect.ends(seen):
            break
        delta = dialect.delta(seen)
        if delta is not None:
            deltas.append(delta)
    return deltas


@every_dialect
@given(data=st.data())
def test_a_reply_with_any_field_changed_is_a_reply_or_a_fault(name: str, data: Any) -> None:
    """Never another exception."""
    good = data.draw(st.sampled_from(bodies(ReplyCase, name)))
    odd = with_one_field_changed(data.draw, good)
    reply = outcome(lambda: DIALECTS[name].reply(200, FRAMED, json.dumps(odd).encode()))

    assert isinstance(reply, ChatReply | HostError)
    if isinstance(reply, ChatReply):
        assert isinstance(reply.text, str)
        must_be_possible(reply.usage)


@every_dialect
@given(data=st.data())
def test_a_stream_with_any_field_changed_is_deltas_or_a_fault(name: str, data: Any) -> None:
    """One event of it is odd, the rest as ever."""
    cases = [case for case in GOLDEN if isinstance(case, StreamCase) and case.dialect == name]
    events = events_of(data.draw(st.sampled_from(cases)))
    place = data.draw(st.integers(0, len(events) - 1))
    odd = with_one_field_changed(data.draw, parsed(events[place].data.encode()))
    wire = [
        event(json.dumps(odd).encode() if number == place else seen.data.encode(), seen.event)
        for number, seen in enumerate(events)
    ]
    deltas = outcome(lambda: read_stream(DIALECTS[name], b"".join(wire)))

    assert isinstance(deltas, list | HostError)
    for delta in [] if isinstance(deltas, HostError) else deltas:
        assert isinstance(delta.text, str)
        must_be_possible(delta.usage)


@every_dialect
@given(data=st.data())
def test_an_error_with_any_field_changed_is_a_fault(name: str, data: Any) -> None:
    """With a hint of 0 to 120 seconds, if any."""
    good = data.draw(st.sampled_from(bodies(FaultCase, name)))
    odd = with_one_field_changed(data.draw, good)
    status = data.draw(st.sampled_from([400, 401, 403, 404, 413, 429, 500, 503]))
    fault = DIALECTS[name].failure(status, {}, json.dumps(odd).encode())

    assert fault.status == status
    assert fault.retry_after is None or 0.0 <= fault.retry_after <= 120.0


@every_dialect
@given(data=st.data())
def test_a_list_of_models_with_any_field_changed_is_a_list_or_a_fault(name: str, data: Any) -> None:
    """Every model that is listed has an id."""
    good = data.draw(st.sampled_from(bodies(ModelsCase, name)))
    odd = with_one_field_changed(data.draw, good)
    models = outcome(lambda: DIALECTS[name].models(200, FRAMED, json.dumps(odd).encode()))

    assert isinstance(models, HostError) or all(model.id for model in models)


@every_dialect
@given(data=st.data())
def test_a_bare_line_of_any_json_is_a_fault_or_nothing(name: str, data: Any) -> None:
    """A line that stands outside of any event."""
    good = data.draw(st.sampled_from(bodies(FaultCase, name)))
    odd = with_one_field_changed(data.draw, good)
    fault = DIALECTS[name].stray(json.dumps(odd).encode())

    assert fault is None or isinstance(fault, HostError)
