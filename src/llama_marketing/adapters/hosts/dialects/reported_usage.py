"""Reads the tokens that a host reports, and believes only what can be true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.domain.chat.models import ReportedUsage

MAX_TOKENS: Final = 1_000_000_000
"""More than this in one call is no count."""


def believable_usage(usage: object) -> ReportedUsage | None:
    """Read an OpenAI-shaped ``usage`` object; None where it cannot be believed.

    0 is a number and stays 0. What is negative, fractional, text, a truth value, absurd, or
    a total under the sum of its parts makes the whole report unknown. Cached tokens that are
    none, or more than the input, count as 0: they could only lower the price. Those written to
    the cache are dearer, so they are cut to what is left of the input.
    """
    if not isinstance(usage, Mapping):
        return None
    tokens_in = count_of(usage.get("prompt_tokens"))
    tokens_out = count_of(usage.get("completion_tokens"))
    if tokens_in is None or tokens_out is None:
        return None
    if usage.get("total_tokens") is not None:
        total = count_of(usage["total_tokens"])
        if total is None or total < tokens_in + tokens_out:
            return None
    cached = count_of(_detail(usage, "cached_tokens")) or 0
    cached = cached if cached <= tokens_in else 0
    written = count_of(_detail(usage, "cache_write_tokens")) or 0
    return ReportedUsage(tokens_in, tokens_out, cached, min(written, tokens_in - cached))


def _detail(usage: Mapping[str, Any], name: str) -> object:
    """A part of the prompt's tokens: among the details, else beside the counts."""
    details = usage.get("prompt_tokens_details")
    if isinstance(details, Mapping) and details.get(name) is not None:
        return details[name]
    return usage.get(name)


def count_of(value: object) -> int | None:
    """A number of tokens, None where the value is no such number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_TOKENS else None


def count_or_zero(value: object) -> int | None:
    """A number of tokens, 0 where the host says nothing, None for what is no such number."""
    return 0 if value is None else count_of(value)
