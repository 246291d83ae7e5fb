"""Bedrock's own client, boto3's, is the yardstick: the same requests, the same readings.

Both talk to one fake host. Only the headers of ``ONLY_BOTO3`` and ``ONLY_OURS`` may differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing as closed_after
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, EventStreamError

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    HostTarget,
    ImagePart,
    Message,
    ReportedUsage,
    Role,
)
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    Truncated,
)
from llama_marketing.domain.secret import Secret
from tests.fake_bedrock import (
    MODEL,
    STREAM_HEADERS,
    bedrock_target,
    closing,
    converse,
    converse_stream,
    event,
    exception,
    fault,
    opening,
    stream_of,
    usage_of,
)
from tests.fake_host import FakeHost, SeenRequest, Stall, chat_call, head, joined, raw, within

ONLY_BOTO3 = {"amz-sdk-invocation-id", "amz-sdk-request"}
"""What boto3 says of its retries, unsigned."""
ONLY_OURS = {"accept"}
TELLS_WHO_CALLS = {"user-agent"}
DIFFER = {"authorization", "content-length", "x-amz-date"}
"""They follow from how the JSON is spaced, and from the second."""

ACCESS_KEY, SECRET_KEY, TOKEN = "AKIAEXAMPLE", "an-example-secret", "an-example-token"
ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
PIECES = ("¡Hoy abre ", "el Café Azul! ☕", " \u2028 Ven.")


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A fake Bedrock."""
    with FakeHost() as fake:
        fake.otherwise = converse()
        yield fake


@pytest.fixture(scope="module", params=[None, TOKEN], ids=["user", "role"])
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A session with static credentials, of a user and of a role, apart from the machine's."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("AWS_BEARER_TOKEN_BEDROCK", raising=False)
        yield boto3.Session(ACCESS_KEY, SECRET_KEY, request.param, region_name="us-west-2")


@pytest.fixture
def hosts(host: FakeHost, session: Any) -> Iterator[HttpChatHosts]:
    """Ours, with the caller's session."""
    made = HttpChatHosts.over(EndpointGuard.parse(host.endpoint), session)
    yield made
    made.close()


@pytest.fixture
def client(host: FakeHost, session: Any) -> Iterator[Any]:
    """boto3's own, at the same host, without its retries."""
    made = session.client(
        "bedrock-runtime",
        endpoint_url=f"http://{host.endpoint}",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield made
    made.close()


def asked_of_boto3(call: ChatCall) -> dict[str, Any]:
    """A call, in the words of boto3's method."""
    orders = [{"text": turn.content} for turn in call.messages if turn.role is Role.SYSTEM]
    turns = [
        {
            "role": turn.role.value,
            "content": [
                *(
                    {
                        "image": {
                            "format": image.media_type.removeprefix("image/"),
                            "source": {"bytes": image.data},
                        }
                    }
                    for image in turn.images
                ),
                {"text": turn.content},
            ],
        }
        for turn in call.messages
        if turn.role is not Role.SYSTEM
    ]
    return {
        "modelId": call.model,
        "messages": turns,
        "system": orders,
        "inferenceConfig": {
            "maxTokens": call.max_tokens,
            "temperature": call.temperature,
            "topP": call.top_p,
        },
    }


CALLS = [
    chat_call("¡Escribe «un post»! ☕\n", model=MODEL),
    chat_call(model=ARN),
    chat_call(
        model="meta.llama3-8b-instruct-v1:0",
        messages=(
            Message(Role.SYSTEM, "Eres crítico."),
            Message(Role.USER, "¿Qué ves?", (ImagePart("image/png", bytes(range(256))),)),
        ),
    ),
]


@pytest.mark.parametrize("call", CALLS, ids=["profile", "arn", "image"])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_our_request_is_boto3s(
    host: FakeHost, hosts: HttpChatHosts, client: Any, call: ChatCall, streamed: bool
) -> None:
    """Method, path, JSON and signed headers; the other headers but for those that are listed."""
    target = bedrock_target(host)
    if streamed:
        host.script(converse_stream("Ho", "la"), converse_stream("Ho", "la"))
        list(hosts.stream(target, call, within(5.0)))
        list(client.converse_stream(**asked_of_boto3(call))["stream"])
    else:
        hosts.complete(target, call, within(5.0))
        client.converse(**asked_of_boto3(call))
    ours, theirs = host.requests

    assert (ours.method, ours.path) == (theirs.method, theirs.path)
    assert ours.json == theirs.json
    assert _signed_headers(ours) == _signed_headers(theirs)
    assert ours.headers.keys() - theirs.headers.keys() == ONLY_OURS
    assert theirs.headers.keys() - ours.headers.keys() == ONLY_BOTO3
    same = ours.headers.keys() & theirs.headers.keys() - DIFFER - TELLS_WHO_CALLS
    assert {n: ours.headers[n] for n in same} == {n: theirs.headers[n] for n in same}
    assert same >= {"host", "content-type"}


@pytest.mark.parametrize("call", CALLS, ids=["profile", "arn", "image"])
@pytest.mark.parametrize("by_boto3", [False, True], ids=["ours", "boto3"])
def test_the_signature_holds_for_the_request_that_came(
    host: FakeHost,
    hosts: HttpChatHosts,
    client: Any,
    session: Any,
    call: ChatCall,
    by_boto3: bool,
) -> None:
    """Worked out again from what the host got, ours and, to try the trial, boto3's."""
    if by_boto3:
        client.converse(**asked_of_boto3(call))
    else:
        hosts.complete(bedrock_target(host), call, within(5.0))
    (seen,) = host.requests

    assert seen.headers["authorization"] == _expected_authorization(host, seen, session)
    changed = SeenRequest(seen.method, seen.path, seen.headers, seen.body + b" ", b"")
    assert seen.headers["authorization"] != _expected_authorization(host, changed, session)


def _signed_headers(seen: SeenRequest) -> list[str]:
    fields = seen.headers["authorization"].partition("SignedHeaders=")[2]
    return fields.partition(",")[0].split(";")


def _expected_authorization(host: FakeHost, seen: SeenRequest, session: Any) -> str:
    """What AWS would compute for a request: botocore's steps over what came in."""
    covered = {name: seen.headers[name] for name in _signed_headers(seen)}
    request = AWSRequest(
        seen.method, f"http://{host.endpoint}{seen.path}", headers=covered, data=seen.body
    )
    request.context["timestamp"] = seen.headers["x-amz-date"]
    known = session.get_credentials()
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, known.token), "bedrock", "us-west-2")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    scope = f"{ACCESS_KEY}/{signer.credential_scope(request)}"
    return (
        f"AWS4-HMAC-SHA256 Credential={scope}, "
        f"SignedHeaders={';'.join(_signed_headers(seen))}, "
        f"Signature={signer.signature(text, request)}"
    )


def test_a_typed_key_goes_as_boto3_sends_a_bedrock_key(
    host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a bearer token; nothing is signed. boto3 sends one over TLS only, so it stops here."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "ABSK-example")
    sent: list[AWSRequest] = []

    def answer(request: AWSRequest, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, RawBody())

    client = boto3.Session(region_name="us-west-2").client("bedrock-runtime")
    client.meta.events.register("before-send.bedrock-runtime.Converse", answer)
    client.converse(**asked_of_boto3(CALLS[0]))
    client.close()
    hosts = HttpChatHosts.over(EndpointGuard.parse(host.endpoint))
    hosts.complete(bedrock_target(host, "ABSK-example"), CALLS[0], within(5.0))
    hosts.close()
    (ours,), (theirs,) = host.requests, sent

    assert ours.headers["authorization"] == "Bearer ABSK-example"
    assert theirs.headers["Authorization"] in ("Bearer ABSK-example", b"Bearer ABSK-example")
    assert "x-amz-date" not in ours.headers and "x-amz-date" not in theirs.headers
    assert theirs.url == f"https://bedrock-runtime.us-west-2.amazonaws.com{ours.path}"
    assert ours.json == json.loads(theirs.body)


class RawBody:
    """An empty answer, as boto3 reads one."""

    def stream(self, *_: object) -> Iterator[bytes]:
        """The bytes."""
        yield b"{}"


@pytest.mark.parametrize("stop", ["end_turn", "max_tokens", "stop_sequence"])
def test_a_whole_answer_reads_the_same(
    host: FakeHost, hosts: HttpChatHosts, client: Any, stop: str
) -> None:
    """Text, usage and the reason to stop."""
    answer = converse("".join(PIECES), usage_of(20, 15, cacheReadInputTokens=4), stop)
    host.script(answer, answer)

    ours = hosts.complete(bedrock_target(host), CALLS[0], within(5.0))
    theirs = client.converse(**asked_of_boto3(CALLS[0]))

    assert ours.text == theirs["output"]["message"]["content"][0]["text"] == "".join(PIECES)
    assert ours.host_finish == theirs["stopReason"] == stop
    assert theirs["usage"] == {
        "inputTokens": 20,
        "outputTokens": 15,
        "totalTokens": 39,
        "cacheReadInputTokens": 4,
    }
    assert ours.usage == ReportedUsage(24, 15, 4)


@pytest.mark.parametrize("stop", ["end_turn", "max_tokens", "content_filtered"])
def test_a_stream_reads_the_same(
    host: FakeHost, hosts: HttpChatHosts, client: Any, stop: str
) -> None:
    """Every piece, the reason to stop, and the usage at the end."""
    answer = converse_stream(*PIECES, usage=usage_of(20, 15), stop=stop)
    host.script(answer, answer)

    ours = list(hosts.stream(bedrock_target(host), CALLS[0], within(5.0)))
    theirs = list(client.converse_stream(**asked_of_boto3(CALLS[0]))["stream"])

    pieces = [
        found["contentBlockDelta"]["delta"]["text"]
        for found in theirs
        if "contentBlockDelta" in found
    ]
    assert [delta.text for delta in ours if delta.text] == pieces == list(PIECES)
    (their_stop,) = [found["messageStop"] for found in theirs if "messageStop" in found]
    assert [delta.host_finish for delta in ours if delta.host_finish] == [stop]
    assert their_stop == {"stopReason": stop}
    (metadata,) = [found["metadata"] for found in theirs if "metadata" in found]
    assert metadata["usage"] == usage_of(20, 15)
    assert [delta.usage for delta in ours if delta.usage] == [ReportedUsage(20, 15)]


@pytest.mark.parametrize(
    ("status", "kind", "ours"),
    [
        (403, "AccessDeniedException", BadKey),
        (403, "UnrecognizedClientException", BadKey),
        (404, "ResourceNotFoundException", ModelNotServed),
        (400, "ValidationException", BadPayload),
        (429, "ThrottlingException", HostRateLimited),
        (429, "ModelNotReadyException", HostRateLimited),
        (408, "ModelTimeoutException", HostUnreachable),
        (424, "ModelErrorException", HostUnreachable),
        (500, "InternalServerException", HostUnreachable),
        (503, "ServiceUnavailableException", HostUnreachable),
    ],
)
def test_a_refusal_is_the_same_fault(
    host: FakeHost,
    hosts: HttpChatHosts,
    client: Any,
    status: int,
    kind: str,
    ours: type[HostError],
) -> None:
    """Whole and streamed, before anything is iterated."""
    host.otherwise = fault(status, kind, "CANARY")
    target = bedrock_target(host)

    for ask in (hosts.complete, hosts.stream):
        with pytest.raises(HostError) as caught:
            ask(target, CALLS[0], within(5.0))
        assert type(caught.value) is ours
        assert (caught.value.status, caught.value.host) == (status, "bedrock")
        assert caught.value.work is HostWork.NONE
        assert "CANARY" not in f"{caught.value!r} {caught.value.user_message}"
    for ask in (client.converse, client.converse_stream):
        with pytest.raises(ClientError) as theirs:
            ask(**asked_of_boto3(CALLS[0]))
        assert theirs.value.response["Error"]["Code"] == kind
        assert theirs.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("throttlingException", HostRateLimited),
        ("modelStreamErrorException", HostUnreachable),
        ("internalServerException", HostUnreachable),
        ("serviceUnavailableException", HostUnreachable),
        ("validationException", BadPayload),
    ],
)
def test_a_fault_inside_a_stream_is_the_same(
    host: FakeHost, hosts: HttpChatHosts, client: Any, kind: str, ours: type[HostError]
) -> None:
    """What came before it was given out."""
    host.otherwise = stream_of(*opening("Ho"), exception(kind, "CANARY"))
    seen: list[ChatDelta] = []

    with pytest.raises(HostError) as caught:
        seen.extend(hosts.stream(bedrock_target(host), CALLS[0], within(5.0)))
    with (
        pytest.raises(EventStreamError) as theirs,
        closed_after(client.converse_stream(**asked_of_boto3(CALLS[0]))["stream"]) as stream,
    ):
        list(stream)

    assert joined(seen) == "Ho"
    assert type(caught.value) is ours
    assert (caught.value.work, caught.value.received_bytes) == (HostWork.PARTIAL, 2)
    assert "CANARY" not in str(caught.value)
    assert theirs.value.response["Error"]["Code"] == kind


def _cut(*events: bytes, bytes_off: int = 0) -> Any:
    """A stream whose line closes after these events, some bytes short."""
    body = b"".join(events)
    return raw(head("200 OK", STREAM_HEADERS), body[: len(body) - bytes_off])


def test_a_stream_that_is_cut_is_truncated(host: FakeHost, hosts: HttpChatHosts) -> None:
    """Inside an event as well as between two."""
    for bytes_off in (0, 5):
        host.script(_cut(*opening("Ho"), event("contentBlockStop", {}), bytes_off=bytes_off))
        seen: list[ChatDelta] = []
        with pytest.raises(Truncated):
            seen.extend(hosts.stream(bedrock_target(host), CALLS[0], within(5.0)))
        assert joined(seen) == "Ho"


def test_a_stream_that_is_cut_after_its_finish_is_good(
    host: FakeHost, hosts: HttpChatHosts
) -> None:
    """Only the usage is missing."""
    stop_block, stop, _ = closing()
    host.script(_cut(*opening("Hola"), stop_block, stop))

    deltas = list(hosts.stream(bedrock_target(host), CALLS[0], within(5.0)))

    assert joined(deltas) == "Hola"
    assert {delta.usage for delta in deltas} == {None}


def test_a_damaged_stream_is_no_answer(host: FakeHost, hosts: HttpChatHosts) -> None:
    """What came before the damage was given out."""
    damaged = bytearray(event("contentBlockDelta", {"delta": {"text": "mundo"}}))
    damaged[-8] ^= 0xFF
    host.script(stream_of(*opening("Ho"), bytes(damaged), *closing()))
    seen: list[ChatDelta] = []

    with pytest.raises(BadPayload) as caught:
        seen.extend(hosts.stream(bedrock_target(host), CALLS[0], within(5.0)))

    assert joined(seen) == "Ho"
    assert caught.value.work is HostWork.PARTIAL


def test_a_reader_that_leaves_closes_the_line(host: FakeHost, hosts: HttpChatHosts) -> None:
    """The host is not left writing."""
    host.script(raw(head("200 OK", STREAM_HEADERS), *opening("Ho"), Stall()))
    stream = hosts.stream(bedrock_target(host), CALLS[0], within(5.0))

    assert next(iter(stream)).text == "Ho"
    stream.close()

    assert host.wait_for_hang_ups(1)


def test_a_json_answer_to_a_stream_is_no_stream(host: FakeHost, hosts: HttpChatHosts) -> None:
    """Nor are server-sent events."""
    host.script(converse())

    with pytest.raises(BadPayload):
        hosts.stream(bedrock_target(host), CALLS[0], within(5.0))


def test_no_models_are_listed_and_nobody_is_called(host: FakeHost, hosts: HttpChatHosts) -> None:
    """The row has no path for it."""
    assert list(hosts.models(bedrock_target(host), within(5.0))) == []
    assert host.requests == []


def test_a_tenants_endpoint_is_not_signed_for(host: FakeHost, session: Any) -> None:
    """One that the operator's list opens by its network alone sees no request at all."""
    hosts = HttpChatHosts.over(EndpointGuard.parse("127.0.0.0/8"), session)
    target = bedrock_target(host)

    with pytest.raises(BadKey) as caught:
        hosts.complete(target, CALLS[0], within(5.0))
    assert host.requests == []
    assert caught.value.host == "bedrock"

    keyed = HostTarget(target.row, target.base_url, Secret("ABSK-example"))
    assert hosts.complete(keyed, CALLS[0], within(5.0)).text == "Hola"
    hosts.close()


def _frames(error: BaseException) -> Iterator[Mapping[str, Any]]:
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            yield trace.tb_frame.f_locals
        trace = trace.tb_next


def test_no_frame_of_a_fault_holds_the_credentials(host: FakeHost, hosts: HttpChatHosts) -> None:
    """What an error tracker would print."""
    host.script(fault(403, "AccessDeniedException"))

    with pytest.raises(BadKey) as caught:
        hosts.complete(bedrock_target(host), CALLS[0], within(5.0))

    printed = " ".join(repr(frame) for frame in _frames(caught.value))
    assert printed
    assert SECRET_KEY not in printed and TOKEN not in printed and "AWS4-HMAC" not in printed
