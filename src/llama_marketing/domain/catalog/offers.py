"""An offer: that a host serves, served or never served a model, and under which name."""

from __future__ import annotations

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from llama_marketing.domain.catalog.hosts import ServingStatus, status_on
from llama_marketing.domain.model import Model


class Offer(Model):
    """One row ``[[offers]]`` of ``models.toml``: a dated fact about a model at a host."""

    model: str
    host: str
    host_model_id: str = ""
    """The model's name on the host's side; empty where it was never offered."""
    status: ServingStatus
    retired_on: date | None = None
    """The first day without the model, also one still to come; None where nobody said."""
    context_window: int | None = Field(default=None, gt=0)
    """Tokens of prompt and answer at this host, where it differs from the model's or is known."""
    max_output_tokens: int | None = Field(default=None, gt=0)
    note: str = ""
    """Spanish: what a client should know before choosing it."""
    as_of: date
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _named_where_served(self) -> Self:
        if self.status in (ServingStatus.LIVE, ServingStatus.DEDICATED) and not self.host_model_id:
            raise ValueError("needs host_model_id, the model's name at the host")
        return self

    def status_on(self, day: date) -> ServingStatus:
        """The status on a day, by the date of retirement."""
        return status_on(self.status, self.retired_on, day)
