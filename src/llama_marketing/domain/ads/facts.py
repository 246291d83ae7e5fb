"""What every row of data about ads says of itself."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from llama_marketing.domain.model import Model


class AdFact(Model):
    """Where and when a row was read; ``confidence`` as in ``limits.toml``."""

    as_of: date
    source: str = Field(min_length=1)
    confidence: Literal["A", "B", "C", "M"]
    note: str = ""
