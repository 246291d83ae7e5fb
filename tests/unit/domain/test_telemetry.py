"""Facts for telemetry: what is taken from a call, an entry and an error, and what never is."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from llama_marketing.domain.chat.models import ModelTraits
from llama_marketing.domain.errors import (
    BadKey,
    HostUnreachable,
    LlamaMarketingError,
    QuotaExceeded,
    SecretUnreadable,
    StoreUnavailable,
)
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, known_model
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.testing.samples import sample_entry
from llama_marketing.testing.telemetry import (
    CANARY,
    HOST_MODEL,
    PROMPT,
    STARTED_AT,
    sample_call,
    sample_end,
    sample_planned,
)


def test_a_call_started_as_long_ago_as_it_took() -> None:
    """One reading of the clock is enough."""
    call = sample_call()

    assert call.ended_at - call.started_at == timedelta(milliseconds=900)


@pytest.mark.parametrize(
    ("origin", "address", "port"),
    [
        ("https://api.groq.com:443", "api.groq.com", 443),
        ("http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("http://[::1]:80", "::1", 80),
        ("", "", None),
    ],
)
def test_of_an_origin_address_and_port_are_told(
    origin: str, address: str, port: int | None
) -> None:
    """The scheme goes; a path was never there."""
    call = sample_call(origin=origin)

    assert (call.server_address, call.server_port) == (address, port)


@pytest.mark.parametrize(
    ("asked", "reported", "told"),
    [
        ("gpt-6.2-sol", "gpt-6.2-sol", "gpt-6.2-sol"),
        ("gpt-6.2-sol", "gpt-6.2-sol-2026-11-17", "gpt-6.2-sol-2026-11-17"),
        ("meta-llama/Llama-3.3-70B", "meta-llama/llama-3.3-70b", "meta-llama/llama-3.3-70b"),
        ("llama3.3", "llama3.3:1.0", "llama3.3:1.0"),
        ("gemini-4", "gemini-4@001", "gemini-4@001"),
        ("m", "", ""),
        ("m", "another", ""),
        ("m", f"m-{CANARY}", ""),
        ("m", f"m-2026{CANARY}", ""),
        ("m", "m-20261117202611172026", ""),
        ("m", "m-2026\n", ""),
        ("m", "m-٢٠٢٦", ""),
        ("", CANARY, ""),
    ],
)
def test_of_a_reported_model_only_the_asked_one_is_told(
    asked: str, reported: str, told: str
) -> None:
    """A host can answer with anything, also with the key."""
    assert known_model(asked, reported) == told


def test_a_call_holds_neither_prompt_nor_key_nor_the_hosts_words() -> None:
    """Not in any field: what is not there cannot leak."""
    fault = HostUnreachable(f"{CANARY} {PROMPT}", status=503)
    shown = repr(attrs.asdict(sample_call(fault)))

    assert HOST_MODEL in shown
    assert CANARY not in shown
    assert PROMPT not in shown
    assert "chat" not in {field.name for field in attrs.fields(CallFacts)}


def test_a_failure_brings_its_status_and_a_good_call_none() -> None:
    """A timeout has no status either."""
    assert sample_call(BadKey("", status=401)).status == 401
    assert sample_call(HostUnreachable("")).status is None
    assert sample_call().status is None


def test_a_temperature_that_is_not_sent_is_not_told() -> None:
    """The host's row decides it, and the model's."""
    kept = sample_planned()
    by_host = sample_planned(parameters=("top_p",))
    by_model = attrs.evolve(kept, traits=ModelTraits(accepts_sampling=False))

    told = [sample_call(planned=planned).temperature for planned in (kept, by_host, by_model)]
    assert told == [0.7, None, None]


def test_a_booked_end_has_the_entrys_sums() -> None:
    """But not who asked."""
    end = OperationEnd.of(STARTED_AT, sample_entry(user_id=CANARY, tokens_output=7))

    assert (end.outcome, end.error_code, end.our_fault) == (Outcome.OK, "", False)
    assert (end.host, end.tokens_output, end.cost_pico_usd) == ("groq", 7, 10**11)
    assert CANARY not in repr(end)
    assert OperationEnd.of(STARTED_AT, sample_entry(cost_usd=None)).cost_pico_usd is None


@pytest.mark.parametrize(
    ("error", "outcome", "code", "ours"),
    [
        (HostUnreachable("x"), Outcome.FAILED, "host_unreachable", False),
        (QuotaExceeded("x"), Outcome.FAILED, "quota_exceeded", False),
        (StoreUnavailable("x"), Outcome.FAILED, "store_unavailable", True),
        (SecretUnreadable("x"), Outcome.FAILED, "secret_unreadable", True),
        (LlamaMarketingError("x"), Outcome.FAILED, "internal_error", False),
        (ZeroDivisionError("x"), Outcome.FAILED, "internal_error", True),
        (GeneratorExit(), Outcome.ABORTED, "", False),
        (None, Outcome.ABORTED, "", False),
    ],
)
def test_an_end_without_an_entry_is_judged_by_its_error(
    error: BaseException | None, outcome: Outcome, code: str, ours: bool
) -> None:
    """The store may be what failed."""
    end = OperationEnd.of(STARTED_AT, None, error)

    assert (end.outcome, end.error_code, end.our_fault) == (outcome, code, ours)
    assert (end.basis, end.cost_pico_usd) == (Basis.NONE, None)


def test_a_booked_failure_of_ours_has_a_code_too() -> None:
    """The books keep none for an error that is not the library's."""
    end = sample_end(ZeroDivisionError(), error_code="")

    assert (end.outcome, end.error_code, end.our_fault) == (Outcome.FAILED, "internal_error", True)
