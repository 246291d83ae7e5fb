"""The walk over hosts: which faults end it, which move on, and whose key goes where."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, ChatReply, FinishReason, HostTarget
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Refused,
    SecretUnreadable,
    SettingsError,
)
from llama_marketing.domain.generation.notices import warning_sentence
from llama_marketing.domain.resilience.law import asks_again, moves_on
from llama_marketing.domain.usage.entries import Basis
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.unit.app.samples import (
    API_KEY,
    ASKED,
    OTHER_FERNET_KEY,
    TENANT,
    configure,
    container_over,
    entries_of,
    post,
    settled_entry,
)

SECOND_KEY = "sk-or-second-0123456789abcdef"
SECOND = {"hostingProvider": "openrouter", "apiKey": SECOND_KEY}
ENDS = [
    BadPayload("400", status=400),
    ModelNotServed("400 and model_not_found", status=400),
    BadKey("401", status=401),
    NoCredit("402", status=402),
    BadKey("403", status=403),
    BadPayload("413", status=413),
    HostRateLimited("413 and a rate code", status=413),
    BadPayload("422", status=422),
    Refused("content filter", status=200),
    BadPayload("HTML", status=200),
    HostUnreachable("failed inside its answer", status=200, work=HostWork.PARTIAL),
    BadPayload("a redirect", status=302),
    BlockedEndpoint("the operator does not allow it"),
]
MOVES_ON = [
    ModelNotServed("404", status=404),
    HostUnreachable("408", status=408),
    HostRetired("410", status=410),
    HostRateLimited("429", status=429),
    HostRateLimited("498", status=498),
    HostUnreachable("500", status=500),
    HostUnreachable("503", status=503),
    HostUnreachable("no line"),
    HostUnreachable("died before its answer", work=HostWork.UNKNOWN),
    DeadlineExceeded("silent for its share of the time"),
]


def only_first_fails(error: HostError) -> FakeChatHosts:
    """Hosts of which the client's first one always fails."""

    def said(target: HostTarget, call: ChatCall) -> Said:
        return error if target.row.id == "deepinfra" else post()

    return FakeChatHosts(otherwise=said)


def act(container: Container, streamed: bool) -> Any:
    """Generate or stream the usual request; answers the response's JSON."""
    service = container.generation_service()
    if streamed:
        return list(service.stream(TENANT, ASKED))[-1].data
    return service.generate(TENANT, ASKED).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("error", ENDS, ids=str)
def test_these_faults_end_the_operation_after_one_call(error: HostError) -> None:
    assert not moves_on(error)
    chat = FakeChatHosts(error, error, otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND], fallback_model_id="llama-3.1-8b-instruct")
        for number, streamed in enumerate((False, True), start=1):
            with pytest.raises(type(error)):
                act(container, streamed)
            assert len(chat.calls) == number
        assert all(entry.error_code == error.code for entry in entries_of(container))


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("error", MOVES_ON, ids=str)
def test_these_faults_move_on_to_the_second_host_which_is_named(
    error: HostError, streamed: bool
) -> None:
    with container_over(only_first_fails(error)) as container:
        configure(container, fallback_hosts=[SECOND])
        answer = act(container, streamed)
        entry = settled_entry(container)
    assert answer["provider"] == answer["metadata"]["servedBy"]["host"] == "openrouter"
    assert (entry.provider, entry.outcome) == ("openrouter", "ok")
    tries = 2 if asks_again(error, streamed=streamed, elsewhere=True) else 1
    hosts = [attempt.host for attempt in entry.attempts]
    assert hosts == ["deepinfra"] * tries + ["openrouter"]
    assert entry.attempts[0].error_code == error.code
    assert entry.tokens_input == sum(attempt.tokens_input for attempt in entry.attempts)
    assert answer["tokensUsed"]["inputTokens"] == entry.tokens_input


def test_each_key_goes_to_its_own_host_alone() -> None:
    chat = only_first_fails(ModelNotServed("gone", status=404))
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND])
        act(container, streamed=False)
    first, second = (seen.target for seen in chat.calls)
    assert first.key is not None
    assert second.key is not None
    assert (first.row.id, first.key.reveal()) == ("deepinfra", API_KEY)
    assert (second.row.id, second.key.reveal()) == ("openrouter", SECOND_KEY)
    assert (first.base_url, second.base_url) == (first.row.base_url, second.row.base_url)


def test_the_order_is_main_host_fallback_hosts_then_fallback_model_on_the_main_host() -> None:
    chat = FakeChatHosts(otherwise=ModelNotServed("gone", status=404))
    other = {"hostingProvider": "together", "apiKey": "k" * 9, "modelId": "llama-3.1-8b-instruct"}
    with container_over(chat) as container:
        configure(
            container, fallback_hosts=[SECOND, other], fallback_model_id="llama-3.1-8b-instruct"
        )
        with pytest.raises(ModelNotServed) as raised:
            act(container, streamed=False)
        entry = settled_entry(container)
    assert raised.value.host == "deepinfra"
    assert [(attempt.host, attempt.model) for attempt in entry.attempts] == [
        ("deepinfra", "llama-3.3-70b-instruct"),
        ("openrouter", "llama-3.3-70b-instruct"),
        ("together", "llama-3.1-8b-instruct"),
        ("deepinfra", "llama-3.1-8b-instruct"),
    ]
    assert (entry.basis, entry.billable) == (Basis.NONE, False)


@pytest.mark.parametrize("opted_in", [False, True])
def test_a_self_hosted_client_never_falls_back_to_a_cloud_unless_it_opted_in(
    opted_in: bool,
) -> None:
    chat = FakeChatHosts(ModelNotServed("gone", status=404), otherwise=post())
    own = {"hostingProvider": "self_hosted", "apiEndpoint": "http://backup.local:9/v1"}
    with container_over(chat) as container:
        configure(
            container,
            hosting_provider="self_hosted",
            api_endpoint="http://llama.local:8080/v1",
            api_key="",
            fallback_hosts=[SECOND, own],
            cloud_fallback=opted_in,
        )
        answer = act(container, streamed=False)
    assert len(chat.calls) == 2
    assert answer["provider"] == ("openrouter" if opted_in else "self_hosted")
    warned = any(
        "no salen de tu servidor" in said for said in answer["metadata"]["contentWarnings"]
    )
    assert warned is not opted_in


# Keys that cannot be used --------------------------------------------------------------------


@pytest.mark.parametrize("streamed", [False, True])
def test_a_missing_key_is_said_before_anything_is_called(streamed: bool) -> None:
    chat = FakeChatHosts(otherwise=post())
    with container_over(chat) as container:
        configure(container, api_key=None)
        with pytest.raises(BadKey) as raised:
            act(container, streamed)
        entry = settled_entry(container)
    assert chat.calls == []
    assert "Falta la API key" in raised.value.user_message
    assert (entry.error_code, entry.basis, entry.attempts) == ("bad_key", Basis.NONE, ())


def test_a_fallback_host_without_its_key_is_left_out() -> None:
    chat = FakeChatHosts(ModelNotServed("gone", status=404), otherwise=post())
    bare = {"hostingProvider": "together"}
    with container_over(chat) as container:
        configure(container, fallback_hosts=[bare, SECOND])
        assert act(container, streamed=False)["provider"] == "openrouter"


def test_a_store_written_under_another_encryption_key_says_so(tmp_path: Any) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as container:
        configure(container)
    chat = FakeChatHosts(otherwise=post())
    with container_over(chat, AI_ENCRYPTION_KEY=OTHER_FERNET_KEY, **store) as container:
        for streamed in (False, True):
            with pytest.raises(SecretUnreadable) as raised:
                act(container, streamed)
            assert "Captúrala de nuevo" in raised.value.user_message
        assert {entry.error_code for entry in entries_of(container)} == {"secret_unreadable"}
    assert chat.calls == []


# What is no host's fault ---------------------------------------------------------------------


def test_an_error_of_our_own_is_booked_as_no_work_of_the_host() -> None:
    def no_dialect(target: HostTarget, call: ChatCall) -> Said:
        raise SettingsError("there is no dialect")

    with container_over(FakeChatHosts(no_dialect)) as container:
        configure(container, fallback_hosts=[SECOND])
        with pytest.raises(SettingsError):
            act(container, streamed=False)
        entry = settled_entry(container)
    assert (entry.basis, entry.attempts, entry.billable) == (Basis.NONE, (), False)


def test_a_bug_in_an_adapter_is_booked_and_comes_out_as_it_is() -> None:
    def bug(target: HostTarget, call: ChatCall) -> Said:
        raise ZeroDivisionError

    with container_over(FakeChatHosts(bug)) as container:
        configure(container)
        with pytest.raises(ZeroDivisionError):
            act(container, streamed=False)
        entry = settled_entry(container)
    assert (entry.outcome, entry.basis) == ("failed", Basis.ESTIMATED)


def test_the_fine_tune_and_the_parameters_of_the_client_are_what_is_sent() -> None:
    chat = FakeChatHosts(otherwise=post())
    with container_over(chat) as container:
        configure(
            container,
            hosting_provider="self_hosted",
            api_endpoint="http://llama.local:8080",
            api_key=None,
            advanced={"fineTuneId": "cafe-azul-v2"},
            parameters={"temperature": 0.1, "systemPrompt": "Habla de tú."},
        )
        act(container, streamed=False)
    (seen,) = chat.calls
    assert (seen.call.model, seen.call.temperature) == ("cafe-azul-v2", 0.1)
    assert (seen.target.key, seen.target.base_url) == (None, "http://llama.local:8080/v1")
    assert "Habla de tú." in seen.call.messages[0].content
    assert seen.call.schema is not None
    assert seen.call.schema.name == "social_post"


def test_an_unknown_word_of_an_adapter_is_shown_as_it_is() -> None:
    assert warning_sentence("something_new") == "something_new"


def test_a_warning_is_said_once_however_often_the_host_gave_it() -> None:
    long = ChatReply(post("Ven. " * 40), FinishReason.STOP, warnings=("dropped_parameter:seed",))
    with container_over(FakeChatHosts(otherwise=long)) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"max_length": 50})
    assert sum("«seed»" in said for said in answer.content_warnings) == 1
