"""Every speaker, by the row that it speaks for."""

from __future__ import annotations

from collections.abc import Sequence

from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.catalog.hosts import HostRow
from tests.hosts.anthropic import Anthropic
from tests.hosts.bedrock import Bedrock
from tests.hosts.gemini import Gemini
from tests.hosts.meta_native import MetaNative
from tests.hosts.openai_shaped import (
    DeepInfra,
    Fireworks,
    Generic,
    Groq,
    LlamaCpp,
    Ollama,
    OpenAi,
    OpenRouter,
    Together,
    Vllm,
)
from tests.hosts.speaker import Speaker

SPEAKERS: Sequence[Speaker] = (
    Vllm(),
    Ollama(),
    LlamaCpp(),
    DeepInfra(),
    OpenRouter(),
    Generic(),
    Together(),
    Fireworks(),
    Groq(),
    MetaNative(),
    Bedrock(),
    OpenAi(),
    Anthropic(),
    Gemini(),
)


def bundled_rows() -> Sequence[HostRow]:
    """The rows of the bundled ``hosts.toml``."""
    return PackagedCatalog().catalog().hosts


def row_of(speaker: Speaker) -> HostRow | None:
    """The row that a speaker speaks for, None where the catalog does not have it."""
    return next((row for row in bundled_rows() if row.id == speaker.row_id), None)
