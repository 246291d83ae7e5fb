"""The requests of Bedrock's Converse."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.bedrock import BedrockDialect
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatCall,
    HostTarget,
    ImagePart,
    Message,
    ModelTraits,
    Role,
)
from llama_marketing.domain.secret import Secret
from tests.fake_bedrock import MODEL, PATH, bedrock_row
from tests.fake_host import POST_SCHEMA, chat_call

DIALECT = BedrockDialect()
BASE = "https://bedrock-runtime.us-east-1.amazonaws.com"


def target(key: str = "", base_url: str = BASE) -> HostTarget:
    """The bundled row's target."""
    return HostTarget(bedrock_row(), base_url, Secret(key) if key else None)


def body(call: ChatCall, stream: bool = False) -> dict[str, Any]:
    """The body that a call makes."""
    sent: dict[str, Any] = json.loads(DIALECT.request(target(), call, stream).body)
    return sent


def test_a_plain_call_is_this_request() -> None:
    """Every byte that matters."""
    request = DIALECT.request(target(), chat_call(model=MODEL), stream=False)

    assert (request.method, request.url) == ("POST", f"{BASE}{PATH}/converse")
    assert request.headers == {"content-type": "application/json", "accept": "application/json"}
    assert json.loads(request.body) == {
        "messages": [{"role": "user", "content": [{"text": "Escribe un post"}]}],
        "system": [{"text": "Eres redactor."}],
        "inferenceConfig": {"maxTokens": 64, "temperature": 0.7, "topP": 0.9},
    }
    assert request.key is None


def test_a_stream_is_asked_for_at_its_own_path_with_the_same_body() -> None:
    """The body has no flag for it."""
    whole = DIALECT.request(target(), chat_call(model=MODEL), stream=False)
    streamed = DIALECT.request(target(), chat_call(model=MODEL), stream=True)

    assert streamed.url == f"{BASE}{PATH}/converse-stream"
    assert streamed.headers["accept"] == "application/vnd.amazon.eventstream"
    assert streamed.body == whole.body


def test_an_arn_stands_in_the_path_as_one_segment() -> None:
    """Its slash and colons are escaped."""
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
    request = DIALECT.request(target(), chat_call(model=arn), stream=False)

    segment = "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2F"
    assert request.url == f"{BASE}/model/{segment}abc123/converse"


@pytest.mark.parametrize("typed", ["", "/"])
def test_a_clients_own_endpoint_takes_the_place_of_the_rows(typed: str) -> None:
    """Another region, or a private endpoint."""
    own = "https://bedrock-runtime.us-west-2.amazonaws.com"
    request = DIALECT.request(target(base_url=own + typed), chat_call(model=MODEL), stream=False)

    assert request.url == f"{own}{PATH}/converse"


def test_a_typed_key_goes_as_a_bearer() -> None:
    """A Bedrock API key; it stands beside the headers, never in them."""
    request = DIALECT.request(target("ABSK-CANARY"), chat_call(), stream=False)

    assert request.key is not None
    assert request.key.reveal() == "ABSK-CANARY"
    assert request.key_header == "authorization"
    assert "CANARY" not in repr(request) + str(dict(request.headers)) + request.body.decode()


def test_a_schema_adds_nothing_to_the_request() -> None:
    """Converse cannot hold Llama to one; it stands in the prompt."""
    assert body(chat_call(schema=POST_SCHEMA)) == body(chat_call())


def test_penalties_and_a_seed_are_dropped() -> None:
    """Converse has no field for them."""
    sent = body(chat_call(frequency_penalty=0.5, presence_penalty=0.5, seed=7))

    assert sent["inferenceConfig"].keys() == {"maxTokens", "temperature", "topP"}


def test_the_temperature_is_cut_to_the_hosts_range() -> None:
    """Llama on Bedrock takes 0 to 1."""
    assert body(chat_call(temperature=1.7))["inferenceConfig"]["temperature"] == 1.0


def test_a_model_without_sampling_gets_the_length_alone() -> None:
    """By its traits."""
    sent = body(chat_call(traits=ModelTraits(accepts_sampling=False)))

    assert sent["inferenceConfig"] == {"maxTokens": 64}


def test_a_call_without_orders_has_no_system() -> None:
    """An empty list is refused."""
    assert "system" not in body(chat_call(messages=(Message(Role.USER, "Hola"),)))


def test_the_turns_keep_their_order() -> None:
    """All orders go into the system, the rest stays."""
    call = chat_call(
        messages=(
            Message(Role.SYSTEM, "uno"),
            Message(Role.USER, "a"),
            Message(Role.ASSISTANT, "b"),
            Message(Role.SYSTEM, "dos"),
            Message(Role.USER, "c"),
        )
    )

    sent = body(call)

    assert sent["system"] == [{"text": "uno\n\ndos"}]
    assert [turn["role"] for turn in sent["messages"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_an_image_stands_before_the_text(kind: str) -> None:
    """As base64, under the format's own word."""
    picture = Message(Role.USER, "¿Qué ves?", (ImagePart(f"image/{kind}", b"abc"),))

    assert body(chat_call(messages=(picture,)))["messages"][0]["content"] == [
        {"image": {"format": kind, "source": {"bytes": "YWJj"}}},
        {"text": "¿Qué ves?"},
    ]


def test_an_image_without_words_brings_no_blank_text() -> None:
    """A blank text is refused."""
    picture = Message(Role.USER, "", (ImagePart("image/png", b"abc"),))

    (only,) = body(chat_call(messages=(picture,)))["messages"][0]["content"]
    assert only.keys() == {"image"}


def test_orders_are_folded_into_the_turn_where_the_model_takes_none_beside_an_image() -> None:
    """By the model's traits."""
    call = chat_call(
        messages=(
            Message(Role.SYSTEM, "Eres crítico."),
            Message(Role.USER, "Mira.", (ImagePart("image/png", b"abc"),)),
        ),
        traits=ModelTraits(system_with_image=False),
    )

    sent = body(call)

    assert "system" not in sent
    assert sent["messages"][0]["content"][1] == {"text": "Eres crítico.\n\nMira."}


def test_the_traits_body_is_laid_over() -> None:
    """Object by object."""
    extra = {"inferenceConfig": {"topP": 0.5}, "additionalModelRequestFields": {"k": 1}}

    sent = body(chat_call(traits=ModelTraits(extra_body=extra)))

    assert sent["inferenceConfig"] == {"maxTokens": 64, "temperature": 0.7, "topP": 0.5}
    assert sent["additionalModelRequestFields"] == {"k": 1}


def test_the_row_says_how_bedrock_is_spoken_to() -> None:
    """Signed where there is no key, and no list of models."""
    row = bedrock_row()

    assert (row.dialect, row.signing, row.models_path) == ("bedrock", "aws", "")
    assert not row.key_required
    assert "ABSK" in row.key_prefixes
    assert row.stream_path == "/model/{model}/converse-stream"


def test_a_stream_ends_where_its_body_ends() -> None:
    """No event says so: the usage comes after the finish."""
    names = ("messageStart", "contentBlockDelta", "messageStop", "metadata", "exception")
    assert [DIALECT.ends(ServerSentEvent(name, "{}")) for name in names] == [False] * 5
    assert DIALECT.stray(b'{"message": "no"}') is None


def test_nothing_is_listed() -> None:
    """Whatever an answer holds."""
    assert list(DIALECT.models(200, {}, b'{"data": [{"id": "a"}]}')) == []
