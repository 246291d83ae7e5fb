"""Other providers' models, to compare Llama with; they stand in no list of Llama models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, field_validator

from llama_marketing.domain.catalog.hosts import ServingStatus, status_on
from llama_marketing.domain.model import Model


class ComparatorModelRow(Model):
    """One row ``[[comparators]]`` of ``comparators.toml``: a model that a comparator host serves.

    Its price stands in ``prices.toml`` under the same host and id.
    """

    host: str = Field(min_length=1, max_length=64)
    id: str = Field(min_length=1, max_length=128)
    """The model's id on the host's side; there is no other."""
    name: str
    default: bool = False
    """Whether it is asked where a client names no model of this host."""
    accepts_sampling: bool = False
    """Takes temperature, top_p, penalties and seed; today's models of all three refuse them."""
    extra_body: dict[str, Any] = Field(default_factory=dict)
    """Laid over the request: the setting with which the model thinks least."""
    least_tokens: int = Field(default=2048, gt=0)
    """The fewest tokens to allow for an answer, since thinking counts inside the same cap."""
    effort: str = ""
    """Spanish: how much the model thinks under ``extra_body``, to be shown below its name."""
    context_window: int = Field(gt=0)
    """Tokens of prompt and answer together."""
    retired_on: date | None = None
    """The first day without the model, also one still to come."""
    as_of: date
    source: str = Field(min_length=1)

    @field_validator("extra_body", mode="after")
    @classmethod
    def _numbers_of_json(cls, value: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = _json_numbers(value)
        return body

    def status_on(self, day: date) -> ServingStatus:
        """Live, or retired from its date on."""
        return status_on(ServingStatus.LIVE, self.retired_on, day)


def _json_numbers(value: Any) -> Any:
    """Data files are read with exact decimals; a request's body has plain numbers."""
    if isinstance(value, dict):
        return {name: _json_numbers(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_numbers(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value
