"""The vocabulary between use cases and hosts: frozen values with the spec's defaults."""

from __future__ import annotations

import attrs
import pytest

from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    FinishReason,
    HostTarget,
    Message,
    ReportedUsage,
    Role,
    ServedModel,
)
from llama_marketing.domain.secret import Secret
from tests.unit.domain.catalog.samples import host


def test_a_call_has_the_customers_defaults() -> None:
    """Requirement 101.16."""
    call = ChatCall(model="m", messages=(Message(Role.USER, "Hola"),), max_tokens=5)

    assert (call.temperature, call.top_p) == (0.7, 0.9)
    assert (call.frequency_penalty, call.presence_penalty) == (0.0, 0.0)
    assert (call.schema, call.seed) == (None, None)


def test_unknown_usage_is_none_and_not_zero() -> None:
    """Zero is a number that a host reported."""
    assert ChatReply("x", FinishReason.STOP).usage is None
    assert ChatDelta().usage is None
    assert ReportedUsage(0, 0).cached_tokens == 0
    assert ServedModel("m").context_window is None


def test_values_cannot_be_changed_and_a_target_hides_its_key() -> None:
    """A target goes through many frames."""
    target = HostTarget(row=host("cloud"), base_url="https://h/v1", key=Secret("gsk_canary"))

    assert "canary" not in repr(target)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        target.base_url = "https://other"  # type: ignore[misc]  # what a type checker sees too
