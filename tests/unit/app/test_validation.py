"""Validating: one word for what came of it, one completion, one entry outside the quota."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.validation import ValidationOutcome
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage, ServedModel
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    InvalidRequest,
    ModelNotServed,
    NoCredit,
    Refused,
    SettingsError,
    Truncated,
)
from llama_marketing.domain.usage.entries import Basis, Outcome, Purpose
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    API_KEY,
    MONTH,
    OTHER,
    OTHER_FERNET_KEY,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    priced_catalog,
)

LIST = ServedModel("m")
BOTH = [
    (BadKey("401", status=401), "bad_key"),
    (NoCredit("402", status=402), "no_credit"),
    (ModelNotServed("404", status=404), "model_not_served"),
    (ModelNotServed("400 model_not_found", status=400), "model_not_served"),
    (HostRateLimited("429", status=429), "rate_limited"),
    (HostRetired("410", status=410), "host_retired"),
    (HostUnreachable("no line"), "unreachable"),
    (HostUnreachable("500", status=500), "unreachable"),
    (BadPayload("HTML", status=200), "unreachable"),
    (Truncated("cut", status=200), "unreachable"),
    (DeadlineExceeded("silent"), "unreachable"),
    (Refused("content filter", status=200), "unreachable"),
]


@pytest.mark.parametrize(
    ("error", "outcome"), [*BOTH, (BadKey("403", status=403), "bad_key")], ids=str
)
def test_a_fault_of_the_list_is_the_outcome_and_no_completion_is_made(
    error: HostError, outcome: str
) -> None:
    chat = FakeChatHosts(served=(error,))
    with container_over(chat) as container:
        configure(container)
        result = container.config_service().validate(TENANT)
        (entry,) = entries_of(container)
    assert (result.outcome, result.model, chat.calls) == (outcome, "", [])
    assert result.message.endswith(".")
    assert (entry.outcome, entry.error_code, entry.purpose) == (
        Outcome.FAILED,
        error.code,
        Purpose.VALIDATION,
    )
    assert (entry.tokens_input, entry.basis, entry.attempts) == (0, Basis.NONE, ())


@pytest.mark.parametrize(
    ("error", "outcome"), [*BOTH, (BadKey("403", status=403), "unreachable")], ids=str
)
def test_a_fault_of_the_completion_is_the_outcome_and_it_is_not_repeated(
    error: HostError, outcome: str
) -> None:
    chat = FakeChatHosts(error, served=(LIST,))
    with container_over(chat) as container:
        configure(container)
        result = container.config_service().validate(TENANT)
        (entry,) = entries_of(container)
    assert (result.outcome, len(chat.calls), len(chat.models_calls)) == (outcome, 1, 1)
    assert (entry.outcome, entry.error_code) == (Outcome.FAILED, error.code)
    assert (entry.tokens_input > 0) is (error.work != "none")
    assert not entry.billable


def test_a_working_host_answers_its_own_model_id_and_how_long_it_took() -> None:
    clock = StandingClock()

    def slow(*_: object) -> ChatReply:
        clock.go_on(0.25)
        return ChatReply("Hel", FinishReason.LENGTH, model="served-by-host")

    chat = FakeChatHosts(slow, served=(LIST,))
    with container_over(chat, clock) as container:
        configure(container)
        result = container.config_service().validate(TENANT)
    assert (result.outcome, result.model, result.latency_ms) == ("ok", "served-by-host", 250)
    assert result.model_dump(by_alias=True).keys() == {"outcome", "latencyMs", "model", "message"}
    (seen,) = chat.calls
    assert (seen.call.max_tokens, seen.streamed) == (5, False)
    assert [message.content for message in seen.call.messages] == ["Hello"]
    assert seen.target.key is not None
    assert seen.target.key.reveal() == API_KEY


def test_a_validation_is_booked_outside_quota_and_totals(tmp_path: Path) -> None:
    used = ChatReply("Hi", FinishReason.STOP, usage=ReportedUsage(10, 5))
    with container_over(FakeChatHosts(used), **priced_catalog(tmp_path / "c")) as container:
        configure(container, quota_monthly=0)
        assert container.config_service().validate(TENANT).outcome is ValidationOutcome.OK
        (entry,) = entries_of(container)
        counter = counter_of(container)
        summary = container.usage_service().summary(TENANT, "monthly")
        assert holds_of(container) == []
        assert_books_agree(books_of(container), TENANT, MONTH)
    assert (entry.purpose, entry.use_case, entry.booked) == (Purpose.VALIDATION, None, None)
    assert (entry.tokens_input, entry.tokens_output) == (10, 5)
    assert entry.cost_usd == Decimal("0.000012")
    assert (entry.basis, entry.billable, len(entry.attempts)) == (Basis.REPORTED, True, 1)
    assert (entry.day, entry.provider) == ("2026-11-24", "deepinfra")
    assert (counter.settled.tokens, counter.refused) == (0, 0)
    assert summary.total_requests == 0


def test_a_completion_without_usage_is_booked_by_an_estimate() -> None:
    chat = FakeChatHosts(ChatReply("Hello there", FinishReason.STOP))
    with container_over(chat) as container:
        configure(container)
        container.config_service().validate(TENANT)
        (entry,) = entries_of(container)
    assert entry.basis is Basis.ESTIMATED
    assert entry.tokens_input > 0


def test_a_host_without_a_list_is_tried_by_the_completion_alone(tmp_path: Path) -> None:
    """Then nothing shows that a 403 is not the key's."""
    (tmp_path / "hosts.toml").write_text('[[hosts]]\nid = "deepinfra"\nmodels_path = ""\n')
    for answer, outcome in (
        (ChatReply("Hi", FinishReason.STOP), "ok"),
        (BadKey("403", status=403), "bad_key"),
        (BadKey("401", status=401), "bad_key"),
    ):
        chat = FakeChatHosts(answer)
        with container_over(chat, LLAMA_MARKETING_CATALOG=str(tmp_path)) as container:
            configure(container)
            result = container.config_service().validate(TENANT)
        assert (result.outcome, len(chat.calls), chat.models_calls) == (outcome, 1, [])


def test_the_room_for_the_greeting_is_the_hosts(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").write_text('[[hosts]]\nid = "deepinfra"\ngreeting_tokens = 77\n')
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat, LLAMA_MARKETING_CATALOG=str(tmp_path)) as container:
        configure(container)
        container.config_service().validate(TENANT)
    assert chat.calls[0].call.max_tokens == 77


@pytest.mark.parametrize(
    ("said", "served", "model"),
    [
        ("", (ServedModel("smol.gguf"),), "smol.gguf"),
        ("own-name", (ServedModel("smol.gguf"),), "own-name"),
        ("", (ServedModel("a"), ServedModel("b")), ""),
        ("", (), ""),
    ],
)
def test_the_model_is_what_the_host_says_it_is(
    said: str, served: tuple[ServedModel, ...], model: str
) -> None:
    """A server of one model is asked by the catalog's id all the same."""
    chat = FakeChatHosts(ChatReply("Hi", FinishReason.STOP, model=said), served=served)
    with container_over(chat) as container:
        configure(container, hosting_provider="self_hosted", api_endpoint="http://a.local:1")
        result = container.config_service().validate(TENANT)
    assert (result.outcome, result.model) == ("ok", model)
    assert chat.calls[0].call.model == "llama-3.3-70b-instruct"


def test_a_model_that_the_operator_took_out_is_refused_without_a_call(tmp_path: Path) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    mine = tmp_path / "catalog"
    mine.mkdir()
    (mine / "models.toml").write_text(
        '[[models]]\nid = "mine"\nname = "Mine"\nfamily = "x"\nparameter_count = "1B"\n'
        'context_window = 8192\ncapabilities = ["text"]\nas_of = 2026-11-24\nsource = "x"\n'
    )
    with container_over(**store, LLAMA_MARKETING_CATALOG=str(mine)) as container:
        configure(container, selected_model_id="mine")
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat, **store) as container:
        with pytest.raises(InvalidRequest, match="not in the catalog"):
            container.config_service().validate(TENANT)
        assert (chat.models_calls, entries_of(container)) == ([], [])


# What is tried -------------------------------------------------------------------------------


def tried(chat: FakeChatHosts) -> tuple[str, str, str | None]:
    """Host, base URL and key of the list and of the completion, which must be the same."""
    (seen,), (listed,) = chat.calls, chat.models_calls
    assert listed == seen.target
    key = None if listed.key is None else listed.key.reveal()
    return listed.row.id, listed.base_url, key


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, ("self_hosted", "http://a.local:1/v1", "stored-key")),
        (None, ("self_hosted", "http://a.local:1/v1", "stored-key")),
        ({"apiKey": "typed-key"}, ("self_hosted", "http://a.local:1/v1", "typed-key")),
        (
            {"apiKey": "********", "apiEndpoint": "http://a.local:1/other"},
            ("self_hosted", "http://a.local:1/other", "stored-key"),
        ),
        (
            {"apiEndpoint": "http://evil.local:1/v1"},
            ("self_hosted", "http://evil.local:1/v1", None),
        ),
        (
            {"apiEndpoint": "http://evil.local:1/v1", "apiKey": "********"},
            ("self_hosted", "http://evil.local:1/v1", None),
        ),
        (
            {"apiEndpoint": "http://evil.local:1/v1", "apiKey": "typed-key"},
            ("self_hosted", "http://evil.local:1/v1", "typed-key"),
        ),
        ({"hostingProvider": "groq"}, ("groq", "https://api.groq.com/openai/v1", None)),
        (
            {"hostingProvider": "openai_compatible", "apiEndpoint": "http://a.local:1/v1"},
            ("openai_compatible", "http://a.local:1/v1", None),
        ),
    ],
)
def test_a_form_is_laid_over_what_is_stored_and_a_key_never_goes_to_another_origin(
    form: dict[str, Any] | None, expected: tuple[str, str, str | None]
) -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        made = configure(
            container,
            hosting_provider="self_hosted",
            api_endpoint="http://a.local:1",
            api_key="stored-key",
        )
        result = container.config_service().validate(TENANT, form)
        assert container.config_service().get(TENANT) == made
    assert result.outcome is ValidationOutcome.OK
    assert tried(chat) == expected


def test_a_form_stands_alone_where_nothing_is_stored() -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        service = container.config_service()
        form = {"hostingProvider": "deepinfra", "apiKey": API_KEY}
        assert service.validate(OTHER, form).outcome is ValidationOutcome.OK
        with pytest.raises(InvalidRequest):
            service.validate(OTHER, {"hostingProvider": "nobody"})
        with pytest.raises(InvalidRequest):
            service.validate(OTHER, form | {"selectedModelId": "gpt-4"})
        assert container._wiring.configs().get(OTHER) is None
    assert tried(chat) == ("deepinfra", "https://api.deepinfra.com/v1/openai", API_KEY)


def test_the_selected_model_is_tried_by_the_hosts_name_for_it() -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        configure(container, hosting_provider="groq")
        service = container.config_service()
        service.validate(TENANT)
        own = {"hostingProvider": "self_hosted", "apiEndpoint": "http://a.local"}
        service.validate(TENANT, own)
        service.validate(TENANT, own | {"advanced": {"fineTuneId": "mine-v2"}})
    assert [seen.call.model for seen in chat.calls] == [
        "llama-3.3-70b-versatile",
        "llama-3.3-70b-instruct",
        "mine-v2",
    ]


@pytest.mark.parametrize(("stored", "seconds"), [(None, 60), (9, 9)])
def test_the_deadline_covers_list_and_completion(stored: float | None, seconds: float) -> None:
    chat, clock = FakeChatHosts(served=(LIST,)), StandingClock()
    with container_over(chat, clock) as container:
        configure(container, deadline_seconds=stored)
        container.config_service().validate(TENANT)
    assert chat.calls[0].deadline.expires_at == clock.monotonic() + seconds


# What is not tried ---------------------------------------------------------------------------


def test_a_retired_host_is_said_without_a_call_or_an_entry() -> None:
    chat = FakeChatHosts()
    with container_over(chat) as container:
        configure(container, hosting_provider="meta_ai")
        result = container.config_service().validate(TENANT)
        assert entries_of(container) == []
    assert (result.outcome, result.latency_ms) == ("host_retired", 0)
    assert (chat.calls, chat.models_calls) == ([], [])


def test_a_retired_host_with_an_endpoint_of_ones_own_is_tried() -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        configure(container, hosting_provider="meta_ai", api_endpoint="https://gateway.example/v1")
        assert container.config_service().validate(TENANT).outcome is ValidationOutcome.OK


def test_blocked_and_unreachable_share_one_sentence() -> None:
    results = []
    for error in (BlockedEndpoint("literal"), HostUnreachable("refused"), DeadlineExceeded("?")):
        with container_over(FakeChatHosts(served=(error,))) as container:
            configure(container)
            results.append(container.config_service().validate(TENANT))
            entries = entries_of(container)
            assert len(entries) == (0 if isinstance(error, BlockedEndpoint) else 1)
    assert [result.outcome for result in results] == [
        "blocked_endpoint",
        "unreachable",
        "unreachable",
    ]
    assert results[0].latency_ms == 0
    assert len({result.message for result in results}) == 1


def test_a_key_that_cannot_be_opened_is_a_bad_key_that_is_never_sent(tmp_path: Path) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as container:
        configure(container)
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat, AI_ENCRYPTION_KEY=OTHER_FERNET_KEY, **store) as container:
        result = container.config_service().validate(TENANT)
        assert result.outcome is ValidationOutcome.BAD_KEY
        assert "Captúrala de nuevo" in result.message
        assert (chat.calls, entries_of(container)) == ([], [])
        typed = container.config_service().validate(TENANT, {"apiKey": API_KEY})
        assert typed.outcome is ValidationOutcome.OK


def test_a_host_that_this_version_cannot_speak_to_is_unreachable() -> None:
    def no_dialect(*_: object) -> str:
        raise SettingsError("there is no dialect")

    with container_over(FakeChatHosts(no_dialect)) as container:
        configure(container, hosting_provider="bedrock")
        assert container.config_service().validate(TENANT).outcome == "unreachable"
        assert entries_of(container) == []
