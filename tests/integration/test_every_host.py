"""The same behaviour on every row of the host catalog, whatever that host's wire looks like.

A row without a speaker in tests/hosts fails here: a new host comes with its speaker.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.failures import PROMPT_TOO_LONG
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.catalog.hosts import HostRow, JsonMode
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    HostTarget,
    ImagePart,
    Message,
    ReportedUsage,
    Role,
)
from llama_marketing.domain.errors import BadPayload, HostError, HostWork, Refused, Truncated
from tests.fake_host import POST_SCHEMA, FakeHost, as_json, chat_call, head, plain, raw, within
from tests.hosts.speaker import (
    SAMPLING,
    TEXT,
    BrokenStream,
    Failure,
    Said,
    Speaker,
    json_bytes,
    target_on,
)
from tests.hosts.speakers import SPEAKERS, bundled_rows, row_of

KEY = "CANARY-0123456789abcdef"
MODEL = "meta-llama/Llama-3.3-70B:1"
IMAGE = ImagePart("image/png", b"\x89PNG\r\n\x1a\nnot much of a picture")
EVERYTHING: dict[str, Any] = {
    "model": MODEL,
    "max_tokens": 321,
    "temperature": 1.6,
    "top_p": 0.8,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.25,
    "seed": 7,
}

PLAYED = [(speaker, row) for speaker in SPEAKERS if (row := row_of(speaker)) is not None]
every_host = pytest.mark.parametrize(
    ("speaker", "row"), PLAYED, ids=[f"{row.id}-{speaker.name}" for speaker, row in PLAYED]
)
both_ways = pytest.mark.parametrize("way", ["whole", "streamed"])


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """The machine that the speaker speaks from."""
    with FakeHost() as fake:
        yield fake


@pytest.fixture
def hosts(host: FakeHost) -> Iterator[HttpChatHosts]:
    """The adapter with every dialect."""
    adapter = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
    yield adapter
    adapter.close()


def read(hosts: HttpChatHosts, target: HostTarget, **changes: Any) -> list[ChatDelta]:
    """All deltas of a stream."""
    call = chat_call(**{"model": MODEL, **changes})
    return list(hosts.stream(target, call, within(5.0)))


def ask(hosts: HttpChatHosts, target: HostTarget, way: str, **changes: Any) -> ChatReply:
    """One answer; a streamed one is put together, its last usage counts."""
    if way == "whole":
        return hosts.complete(target, chat_call(**{"model": MODEL, **changes}), within(5.0))
    deltas = read(hosts, target, **changes)
    (finish,) = [delta.finish_reason for delta in deltas if delta.finish_reason]
    usages = [delta.usage for delta in deltas if delta.usage]
    return ChatReply(
        text="".join(delta.text for delta in deltas),
        finish_reason=finish,
        usage=usages[-1] if usages else None,
        model=next((delta.model for delta in deltas if delta.model), ""),
        refusal=any(delta.refusal for delta in deltas),
    )


def test_every_row_has_a_speaker_and_every_speaker_a_row() -> None:
    """A host that nobody can play is a host that nobody has tried."""
    rows = {row.id for row in bundled_rows()}

    assert rows == {speaker.row_id for speaker in SPEAKERS}


# Good answers --------------------------------------------------------------------------------


@every_host
@pytest.mark.parametrize(
    "usage", [ReportedUsage(20, 15), ReportedUsage(20, 15, 4), ReportedUsage(0, 0), None]
)
def test_a_whole_answer_has_its_text_its_finish_and_its_usage(
    hosts: HttpChatHosts,
    host: FakeHost,
    speaker: Speaker,
    row: HostRow,
    usage: ReportedUsage | None,
) -> None:
    """A reported 0 stays 0, what was not reported is None."""
    host.script(speaker.whole(Said(usage=usage)))

    reply = ask(hosts, target_on(host, row, KEY), "whole")

    assert (reply.text, reply.finish_reason) == (TEXT, FinishReason.STOP)
    assert reply.usage == speaker.expected(usage)
    assert reply.model == ("served-model" if speaker.echoes_model else "")
    assert not reply.refusal
    assert all(warning.startswith("dropped_parameter:") for warning in reply.warnings)


@every_host
@pytest.mark.parametrize(
    "usage", [ReportedUsage(20, 15), ReportedUsage(20, 15, 4), ReportedUsage(0, 0), None]
)
def test_a_stream_says_the_same_wherever_the_host_hides_the_usage(
    hosts: HttpChatHosts,
    host: FakeHost,
    speaker: Speaker,
    row: HostRow,
    usage: ReportedUsage | None,
) -> None:
    """In each place, one after the other; the last usage counts."""
    said = Said(usage=usage)
    for place, answer in speaker.streams(said).items():
        host.script(answer)

        reply = ask(hosts, target_on(host, row, KEY), "streamed")

        assert (reply.text, reply.finish_reason) == (TEXT, FinishReason.STOP), place
        assert reply.usage == speaker.expected(usage), place
        assert reply.model == ("served-model" if speaker.echoes_model else ""), place
        assert not reply.refusal


@every_host
def test_a_stream_comes_in_pieces_and_gives_its_line_back(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """As many as the host sends; the next call goes over the same line."""
    said = Said()
    (answer, *_) = speaker.streams(said).values()
    host.script(answer, answer)

    for _ in range(2):
        texts = [d.text for d in read(hosts, target_on(host, row, KEY)) if d.text]
        assert texts == said.pieces
    assert host.connections == 1


@every_host
def test_a_stream_cut_at_any_byte_of_its_chunks_says_the_same(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """A byte a packet: accents, emoji and frames are all cut."""
    said = Said()
    (closing, *_) = speaker.closings(said).values()
    data = b"".join([*speaker.text_events(said), closing])
    host.script(speaker.stream_of(*(bytes([byte]) for byte in data)))

    reply = ask(hosts, target_on(host, row, KEY), "streamed")

    assert (reply.text, reply.usage) == (TEXT, speaker.expected(said.usage))


@every_host
@both_ways
def test_a_model_that_ran_out_of_room_is_told(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """By whatever word the host has for it."""
    said = Said(finish=FinishReason.LENGTH)
    answers = [speaker.whole(said)] if way == "whole" else list(speaker.streams(said).values())
    for answer in answers:
        host.script(answer)
        assert ask(hosts, target_on(host, row, KEY), way).finish_reason is FinishReason.LENGTH


@every_host
@both_ways
def test_a_refusal_is_a_refusal(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """Raised, or told by the answer; never a plain empty text."""
    ways = speaker.refusals()
    if not ways:
        pytest.skip(f"{row.id} has no word for a refusal")
    for whole, stream in ways:
        host.script(as_json(whole) if way == "whole" else speaker.stream_of(stream))
        try:
            refused = ask(hosts, target_on(host, row, KEY), way).refusal
        except Refused as error:
            refused = error.host == row.id
        assert refused


@every_host
def test_the_models_are_listed(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """In the host's order, by the ids that a call takes."""
    if not row.models_path:
        pytest.skip(f"{row.id} has no list of models (models_path is empty)")
    host.script(as_json(speaker.models_object("a", "b/c")))

    models = hosts.models(target_on(host, row, KEY), within(5.0))

    (request,) = host.requests
    assert [model.id for model in models] == ["a", "b/c"]
    assert (request.method, request.path.partition("?")[0]) == ("GET", speaker.models_path(row))
    assert KEY in request.headers[row.key_header]


# What is sent --------------------------------------------------------------------------------


def answered(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str, **changes: Any
) -> ChatReply:
    """A call that goes well."""
    host.script(speaker.whole() if way == "whole" else next(iter(speaker.streams().values())))
    return ask(hosts, target_on(host, row, KEY), way, **changes)


@every_host
@both_ways
def test_the_request_is_one_that_this_host_takes(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """Its path, its token field, its stream flag, no field that it does not know."""
    answered(hosts, host, speaker, row, way, max_tokens=321)

    (request,) = host.requests
    heard = speaker.heard(request)
    assert request.method == "POST"
    assert request.path == speaker.chat_path(row, MODEL, way == "streamed")
    assert (heard.system, heard.user) == ("Eres redactor.", "Escribe un post")
    assert heard.max_tokens == 321
    assert heard.stream is (way == "streamed")
    assert heard.unknown == frozenset()
    if row.dialect == "openai":
        assert heard.token_field == row.token_field
        assert heard.wants_stream_usage is (way == "streamed" and row.stream_usage)


@every_host
def test_the_models_id_arrives_whole(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """Slashes and colons too, in the body or percent-encoded in the path."""
    answered(hosts, host, speaker, row, "whole")

    (request,) = host.requests
    encoded = MODEL.replace("/", "%2F").replace(":", "%3A")
    assert speaker.heard(request).model in (MODEL, encoded)


@every_host
@both_ways
def test_a_parameter_that_the_host_does_not_take_is_dropped_and_told(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """What it takes arrives; the temperature within its range."""
    reply = answered(hosts, host, speaker, row, way, **EVERYTHING)

    (request,) = host.requests
    expected = {name: EVERYTHING[name] for name in row.parameters}
    if "temperature" in expected:
        expected["temperature"] = min(EVERYTHING["temperature"], row.max_temperature)
    assert speaker.heard(request).sampling == expected
    if way == "whole":
        dropped = {name for name in SAMPLING if name not in row.parameters}
        assert {f"dropped_parameter:{name}" for name in dropped} == set(reply.warnings)


@every_host
@both_ways
def test_a_schema_goes_the_way_that_the_host_takes_it(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """By the row's ``json_mode``."""
    answered(hosts, host, speaker, row, way, schema=POST_SCHEMA)

    heard = speaker.heard(host.requests[0])
    has_schema = row.json_mode in (JsonMode.JSON_SCHEMA, JsonMode.JSON_OBJECT_SCHEMA)
    assert heard.json_mode is row.json_mode
    assert heard.schema == (POST_SCHEMA.schema if has_schema else None)
    assert heard.unknown == frozenset()


@every_host
def test_a_call_without_a_schema_asks_for_no_json(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """Free text stays free."""
    answered(hosts, host, speaker, row, "whole")

    heard = speaker.heard(host.requests[0])
    assert (heard.json_mode, heard.schema) == (JsonMode.NONE, None)


@every_host
@both_ways
def test_an_image_goes_inline(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """Byte for byte, beside the text of its turn."""
    if row.images.most == 0:
        pytest.skip(f"{row.id} takes no images (images.most is 0)")
    messages = (
        Message(Role.SYSTEM, "Eres redactor."),
        Message(Role.USER, "¿Qué ves?", (IMAGE,)),
    )
    answered(hosts, host, speaker, row, way, messages=messages)

    heard = speaker.heard(host.requests[0])
    assert list(heard.images) == [(IMAGE.media_type, IMAGE.data)]
    assert (heard.system, heard.user) == ("Eres redactor.", "¿Qué ves?")
    assert heard.unknown == frozenset()


@every_host
@both_ways
def test_the_key_stands_in_its_header_and_nowhere_else(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str
) -> None:
    """Never in the URL, never in the body; the row's fixed headers beside it."""
    answered(hosts, host, speaker, row, way)

    (request,) = host.requests
    value = f"Bearer {KEY}" if row.key_header == "authorization" else KEY
    holders = {name for name, text in request.headers.items() if KEY in text}
    assert holders == {row.key_header}
    assert request.headers[row.key_header] == value
    assert KEY not in request.path
    assert KEY.encode() not in request.body
    assert {name: request.headers[name] for name in row.headers} == row.headers


@every_host
def test_without_a_key_no_header_speaks_for_one(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """An empty header would be one too."""
    if row.signing:
        pytest.skip(f"{row.id} signs what has no key (signing is {row.signing!r})")
    host.script(speaker.whole())

    ask(hosts, target_on(host, row, ""), "whole")

    (request,) = host.requests
    assert row.key_header not in request.headers
    assert "authorization" not in request.headers


# Faults --------------------------------------------------------------------------------------

FAILURES = [
    pytest.param(speaker, row, failure, id=f"{row.id}-{speaker.name}-{failure.name}")
    for speaker, row in PLAYED
    for failure in speaker.failures()
]
BROKEN = [
    pytest.param(speaker, row, broken, id=f"{row.id}-{speaker.name}-{broken.name}")
    for speaker, row in PLAYED
    for broken in speaker.broken_streams()
]


@both_ways
@pytest.mark.parametrize(("speaker", "row", "failure"), FAILURES)
def test_an_answer_that_turns_a_call_down_is_named_for_what_it_means(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, failure: Failure, way: str
) -> None:
    """With the host's hint, at no cost, asked once; none of the host's words come along."""
    host.script(failure.answer)

    with pytest.raises(HostError) as caught:
        ask(hosts, target_on(host, row, KEY), way)

    error = caught.value
    assert type(error) is failure.error
    assert error.retry_after == pytest.approx(failure.retry_after)
    assert (error.user_message == PROMPT_TOO_LONG) is failure.too_long
    assert (error.host, error.work) == (row.id, HostWork.NONE)
    assert error.status is not None
    assert error.status >= 400
    assert KEY not in f"{error!r}{error}{error.user_message}"
    assert len(host.requests) == 1
    assert (error.__cause__, error.__context__) == (None, None)


KINDS = (
    "bad key",
    "no credit",
    "unknown model",
    "rate limit",
    "overload",
    "context overflow",
)


@pytest.mark.parametrize("kind", KINDS)
@every_host
def test_every_host_can_say_the_faults_that_count(
    speaker: Speaker, row: HostRow, kind: str
) -> None:
    """The control of the test above: what is left out of a table has a reason, and no stale one."""
    is_said = kind in {failure.name for failure in speaker.failures()}
    reason = speaker.never_says.get(kind)
    assert (reason is None) is is_said
    if reason is not None:
        pytest.skip(f"{row.id} as {speaker.name}: {reason}")


@every_host
@both_ways
@pytest.mark.parametrize(
    "body", [b"Bad gateway", b"", b"{oops", b"\xff\xfe", b"<html>x</html>"], ids=repr
)
def test_what_is_not_json_is_named_for_that(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, way: str, body: bytes
) -> None:
    """A 200 of a length that says it is JSON, to a call and to a stream."""
    host.script(plain(body), speaker.whole())
    target = target_on(host, row, KEY)

    with pytest.raises(BadPayload) as caught:
        ask(hosts, target, way)

    assert (caught.value.host, caught.value.status) == (row.id, 200)
    assert ask(hosts, target, "whole").text == TEXT


@pytest.mark.parametrize(("speaker", "row", "broken"), BROKEN)
def test_a_stream_that_breaks_gives_what_came_and_its_fault(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow, broken: BrokenStream
) -> None:
    """What came before it is counted; the next call works."""
    host.script(speaker.opened_then(*broken.steps), speaker.whole())
    seen: list[ChatDelta] = []
    target = target_on(host, row, KEY)

    with pytest.raises(HostError) as caught:
        seen.extend(hosts.stream(target, chat_call(), within(5.0)))

    assert type(caught.value) is broken.error
    assert caught.value.work is HostWork.PARTIAL
    assert caught.value.host == row.id
    assert caught.value.received_bytes == len("Ho")
    assert ask(hosts, target, "whole").text == TEXT


@every_host
def test_a_whole_answer_that_is_cut_is_truncated(
    hosts: HttpChatHosts, host: FakeHost, speaker: Speaker, row: HostRow
) -> None:
    """With a length, and without one."""
    body = json_bytes(speaker.reply_object(Said()))
    kind = {"Content-Type": "application/json"}
    host.script(
        raw(head(headers=kind, length=len(body)) + body[:-20]), raw(head(headers=kind) + body[:-20])
    )
    for _ in range(2):
        with pytest.raises(Truncated):
            ask(hosts, target_on(host, row, KEY), "whole")


def test_a_usage_that_a_host_tells_less_of_is_expected_so() -> None:
    """The control of ``Speaker.expected``: a host that tells no cached tokens."""
    plain = [speaker for speaker, _ in PLAYED if not speaker.tells_cached]

    assert plain
    for speaker in plain:
        told = attrs.evolve(ReportedUsage(20, 15, 4), cached_tokens=0)
        assert speaker.expected(ReportedUsage(20, 15, 4)) == told
