"""The storage ports of one store, made and closed together."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from llama_marketing.ports.configs import Configs
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks


@attrs.frozen(kw_only=True)
class Stores:
    """Every storage port over one store, and how to close it."""

    configs: Configs
    books: UsageBooks
    generations: Generations
    close: Callable[[], None] = attrs.field(repr=False)
