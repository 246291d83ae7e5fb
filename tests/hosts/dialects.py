"""One speaker for each dialect: what is true of the wire need not be tried on every host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.hosts.anthropic import Anthropic
from tests.hosts.bedrock import Bedrock
from tests.hosts.gemini import Gemini
from tests.hosts.meta_native import MetaNative
from tests.hosts.openai_shaped import Vllm
from tests.hosts.speaker import Speaker

BY_DIALECT: Final[Mapping[str, Speaker]] = {
    "openai": Vllm(),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "meta_native": MetaNative(),
    "bedrock": Bedrock(),
}
