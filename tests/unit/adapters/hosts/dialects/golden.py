"""All golden cases. A new dialect brings its own file and takes two lines here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from llama_marketing.adapters.hosts.dialects.anthropic import AnthropicDialect
from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.gemini import GeminiDialect
from llama_marketing.adapters.hosts.dialects.meta_native import MetaNativeDialect
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from tests.unit.adapters.hosts.dialects import (
    golden_anthropic,
    golden_gemini,
    golden_meta_native,
    golden_openai,
)
from tests.unit.adapters.hosts.dialects.golden_case import Case

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def now() -> datetime:
    """The moment at which every case happens."""
    return NOW


DIALECTS: Mapping[str, Dialect] = {
    "openai": OpenAiDialect(now),
    "anthropic": AnthropicDialect(now),
    "gemini": GeminiDialect(now),
    "meta_native": MetaNativeDialect(now),
}

GOLDEN: list[Case] = [
    *golden_openai.CASES,
    *golden_anthropic.CASES,
    *golden_gemini.CASES,
    *golden_meta_native.CASES,
]
