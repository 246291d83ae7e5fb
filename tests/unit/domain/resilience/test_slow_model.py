"""Which models are larger than the one that is suggested."""

from __future__ import annotations

import pytest

from llama_marketing.domain.resilience.slow_model import ADVICE, is_large


@pytest.mark.parametrize("count", ["70B", "11B", "405B", "109B (17B activos)", "8.1B"])
def test_a_larger_model_is_large(count: str) -> None:
    assert is_large(count)


@pytest.mark.parametrize("count", ["8B", "3B", "1B", "0.135B", "", "desconocido", "135M"])
def test_a_small_or_unknown_one_is_not(count: str) -> None:
    assert not is_large(count)


def test_the_advice_names_a_model_that_is_not_large() -> None:
    assert "8B" in ADVICE
