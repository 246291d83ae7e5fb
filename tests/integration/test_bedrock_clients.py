"""A client on Bedrock, from its configuration to its books: signed from the caller's session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.errors import BadKey
from tests.fake_bedrock import converse, converse_stream, fault, usage_of
from tests.fake_host import FakeHost
from tests.unit.app.samples import ASKED, TENANT, configure, entries_of, post, settings

PATH = "/model/us.meta.llama3-3-70b-instruct-v1%3A0"


class NoCredentials:
    """A session of a machine that has none."""

    region_name = "us-east-1"

    def get_credentials(self) -> None:
        """Nothing is found."""


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A fake Bedrock."""
    with FakeHost() as fake:
        yield fake


def container_on(host: FakeHost, session: Any = None) -> Container:
    """A container that signs with a session, by default one with static credentials."""
    own = session or boto3.Session("AKIAEXAMPLE", "an-example-secret", region_name="us-east-1")
    return Container.from_settings(
        settings(LLAMA_MARKETING_ALLOWED_ENDPOINTS=host.endpoint), aws_session=own
    )


def on_bedrock(container: Container, host: FakeHost, **fields: Any) -> None:
    """Configure the client; by default without a key."""
    given = {"api_key": None, "selected_model_id": "llama-3.3-70b-instruct", **fields}
    configure(
        container, hosting_provider="bedrock", api_endpoint=f"http://{host.endpoint}", **given
    )


def test_a_post_is_written_and_booked_with_what_the_host_reports(host: FakeHost) -> None:
    """Without a key the caller's session signs."""
    host.script(converse(post("¡Hoy abre el Café Azul! ☕"), usage_of(100, 50)))
    with container_on(host) as container:
        on_bedrock(container, host)

        answer = container.generation_service().generate(TENANT, ASKED)
        (entry,) = entries_of(container)

    (seen,) = host.requests
    assert seen.path == f"{PATH}/converse"
    assert "Credential=AKIAEXAMPLE/" in seen.headers["authorization"]
    assert "/us-east-1/bedrock/aws4_request" in seen.headers["authorization"]
    assert answer.content == "¡Hoy abre el Café Azul! ☕"
    assert (answer.tokens_used.input_tokens, answer.tokens_used.output_tokens) == (100, 50)
    assert entry.cost_usd == answer.tokens_used.estimated_cost_usd


def test_a_post_is_streamed(host: FakeHost) -> None:
    """From the binary events to the deltas of ours."""
    text = post("¡Hoy abre el Café Azul! ☕")
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    host.script(converse_stream(*pieces, usage=usage_of(100, 50)))
    with container_on(host) as container:
        on_bedrock(container, host)

        events = list(container.generation_service().stream(TENANT, ASKED))

    (seen,) = host.requests
    assert seen.path == f"{PATH}/converse-stream"
    said = "".join(found.data["text"] for found in events if found.event == "delta")
    assert said == "¡Hoy abre el Café Azul! ☕"
    assert events[-1].event == "done"
    assert events[-1].data["tokensUsed"]["outputTokens"] == 50


def test_a_bedrock_key_that_the_client_typed_goes_in_the_place_of_the_signature(
    host: FakeHost,
) -> None:
    """And no credentials of the operator's are used."""
    host.script(converse(post("Hola")))
    with container_on(host, NoCredentials()) as container:
        on_bedrock(container, host, api_key="ABSK-example-0123456789")

        container.generation_service().generate(TENANT, ASKED)

    (seen,) = host.requests
    assert seen.headers["authorization"] == "Bearer ABSK-example-0123456789"
    assert "x-amz-date" not in seen.headers


def test_a_machine_without_credentials_says_so(host: FakeHost) -> None:
    """As a bad key, before anything is sent."""
    with container_on(host, NoCredentials()) as container:
        on_bedrock(container, host)

        with pytest.raises(BadKey, match="no AWS credentials") as caught:
            container.generation_service().generate(TENANT, ASKED)

    assert "No hay credenciales de AWS" in caught.value.user_message
    assert host.requests == []


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        (None, "ok"),
        (fault(403, "UnrecognizedClientException"), "bad_key"),
        (
            fault(403, "AccessDeniedException", "You don't have access to the model"),
            "model_not_served",
        ),
        (fault(429, "ThrottlingException"), "rate_limited"),
        (fault(503, "ServiceUnavailableException"), "unreachable"),
    ],
    ids=["ok", "bad key", "no model", "rate limit", "down"],
)
def test_a_configuration_is_validated_by_one_call(
    host: FakeHost, refusal: Any, outcome: str
) -> None:
    """There is no list to ask for first."""
    host.otherwise = refusal or converse("Hola", stop="max_tokens")
    with container_on(host) as container:
        on_bedrock(container, host)

        result = container.config_service().validate(TENANT)

    assert result.outcome == outcome
    assert [seen.path for seen in host.requests] == [f"{PATH}/converse"]
