"""A price of one model at one host, in force from one day to another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd

Price = Annotated[Usd, Field(ge=0, le=1_000_000, decimal_places=6)]
"""US dollars; at most six decimals, so that a token costs a whole number of pico-USD."""


class PriceRow(Model):
    """One row of ``prices.toml``: either a price per token or, on one's own machine, per hour.

    ``input`` and ``output`` are US dollars per million tokens; ``cached_input`` and
    ``cache_write`` are what input tokens read from the host's cache, or written to it, cost where
    the host bills them apart. ``per_hour`` is US dollars per hour of GPU. The row is in force on
    the days ``valid_from <= day < valid_to``.
    """

    host: str
    model: str
    input: Price | None = None
    output: Price | None = None
    cached_input: Price | None = None
    cache_write: Price | None = None
    per_hour: Price | None = None
    valid_from: date
    valid_to: date | None = None
    as_of: date
    """When somebody last looked whether the price still holds."""
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_kind_of_price(self) -> Self:
        needed = (self.input, self.output)
        if self.per_hour is None:
            if None in needed:
                raise ValueError("needs input and output, or per_hour")
        elif (*needed, self.cached_input, self.cache_write) != (None,) * 4:
            raise ValueError("has per_hour beside a price per token")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError("valid_to must be after valid_from")
        return self

    def in_force(self, day: date) -> bool:
        """Whether the row holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def per_million(self) -> Decimal | None:
        """Input and output price added up: the yardstick of cheap and dear; None per hour."""
        if self.input is None or self.output is None:
            return None
        return self.input + self.output
