"""Tokens that nobody counted are bounded by bytes."""

from __future__ import annotations

import pytest

from llama_marketing.domain.chat.models import Message, Role
from llama_marketing.domain.costing.estimate import estimated_tokens, input_token_bound


def test_the_bound_is_bytes_and_something_for_each_message_and_call() -> None:
    assert input_token_bound([]) == 64
    assert input_token_bound([Message(Role.USER, "ñu")]) == 3 + 16 + 64
    assert input_token_bound([Message(Role.SYSTEM, "a"), Message(Role.USER, "🎉")]) == 5 + 32 + 64


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("ñññ", 2), ("🎉", 2)]
)
def test_an_estimate_is_a_third_of_the_bytes_rounded_up(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_a_lone_surrogate_is_counted_and_breaks_nothing() -> None:
    assert estimated_tokens("\ud83d") == 1
