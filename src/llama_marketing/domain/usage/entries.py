"""The usage entry: one row for each operation, with the customer's field names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd, pico_usd, usd
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.vocabulary import GenerationUseCase

MAX_TOKENS = 10**12
MAX_COST_USD = Decimal(10**9)
ADJUSTMENT_PREFIX = "ADJ-"
_YEARS = range(1970, 9999)


class Outcome(StrEnum):
    """How an operation ended."""

    OK = "ok"
    FAILED = "failed"
    REFUSED = "refused"
    """The model would not write it."""
    ABORTED = "aborted"
    """The reader left, or the process stopped."""


class Basis(StrEnum):
    """What an entry's cost rests on."""

    REPORTED = "reported"
    ESTIMATED = "estimated"
    UPPER_BOUND = "upper_bound"
    NONE = "none"
    CACHE = "cache"


class Purpose(StrEnum):
    """Why the operation ran; validations stand outside the quota and outside the totals."""

    GENERATION = "generation"
    VALIDATION = "validation"


class Attempt(Model):
    """One call of one host within an operation, also a failed one."""

    host: str
    model: str
    outcome: Outcome = Outcome.OK
    error_code: str = ""
    tokens_input: int = 0
    tokens_output: int = 0
    basis: Basis = Basis.REPORTED
    cost_pico_usd: int | None = None
    latency_ms: int = 0


class RatingTally(Model):
    """What the users of a rated entry gave it together; ``rating_sum / ratings`` is the mean.

    ``recorded`` is the rating that the entry was booked with, kept so that the same entry is
    still known when it is recorded again.
    """

    rating_sum: int
    ratings: int
    recorded: int | None = None


class UsageEntry(Model):
    """One finished operation of any provider.

    The spec's fields alone are enough to build one. ``timestamp`` is ISO 8601 with ``Z`` and
    is kept in a fixed width, so that text order is time order. ``cost_usd`` None means that
    the price is unknown, 0 is a number. ``period`` and ``day`` are filled in by the books from
    the billing zone. Only an adjustment (``adjusts`` names the hold) may be negative.
    ``quality_rating`` is what the entry's own user, ``user_id``, gave it, and follows a change of
    mind; what all users gave it is in ``rating_tally``.
    """

    id: str = Field(min_length=1, max_length=128)
    client_id: str
    timestamp: str
    use_case: GenerationUseCase | None
    """None only for a validation."""
    model: str = Field(max_length=256)
    provider: str = Field(min_length=1, max_length=64)
    tokens_input: int = Field(default=0, le=MAX_TOKENS)
    tokens_output: int = Field(default=0, le=MAX_TOKENS)
    cost_usd: Usd | None = Field(default=None, le=MAX_COST_USD)
    latency_ms: int = Field(default=0, ge=0, le=MAX_TOKENS)
    quality_rating: int | None = Field(default=None, ge=1, le=5)
    user_id: str = Field(default="", max_length=256)

    outcome: Outcome = Outcome.OK
    basis: Basis = Basis.REPORTED
    billable: bool = True
    purpose: Purpose = Purpose.GENERATION
    period: str = ""
    day: str = ""
    error_code: str = ""
    finish_reason: str = ""
    prompt_version: str = ""
    attempts: tuple[Attempt, ...] = ()
    adjusts: str = ""
    booked: Amount | None = None
    """What it took from the quota's counter; None for an entry outside the quota."""
    rating_tally: RatingTally | None = None
    """Filled in by the books; None until somebody rates the entry after it was booked."""

    @field_validator("timestamp")
    @classmethod
    def _fixed_width(cls, value: str) -> str:
        if not value.endswith("Z"):
            raise ValueError("must be ISO 8601 in UTC and end with Z")
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            # Its own message repeats the caller's text.
            raise ValueError("must be ISO 8601 in UTC and end with Z") from None
        if moment.year not in _YEARS:
            raise ValueError("must lie between the years 1970 and 9998")
        return timestamp(moment)

    @field_validator("cost_usd")
    @classmethod
    def _whole_pico_usd(cls, value: Decimal | None) -> Decimal | None:
        # What is kept must equal what the roll-ups add, which is whole pico-USD.
        exponent = 0 if value is None else value.as_tuple().exponent
        if value is not None and isinstance(exponent, int) and exponent < -12:
            return usd(pico_usd(value))
        return value

    @model_validator(mode="after")
    def _never_negative(self) -> Self:
        if not self.adjusts:
            for name in ("tokens_input", "tokens_output", "cost_usd"):
                value = getattr(self, name)
                if value is not None and value < 0:
                    raise ValueError(f"{name} must not be negative")
        if (self.use_case is None) != (self.purpose is Purpose.VALIDATION):
            raise ValueError("use_case is missing")
        return self

    @property
    def cost_pico_usd(self) -> int | None:
        """The cost in pico-USD, or None when it is unknown."""
        return None if self.cost_usd is None else pico_usd(self.cost_usd)

    @property
    def price_missing(self) -> bool:
        """Whether the cost is unknown because no price row was in force."""
        return self.cost_usd is None

    @property
    def position(self) -> str:
        """Its place among the tenant's entries: ``timestamp#id``."""
        return f"{self.timestamp}#{self.id}"

    @property
    def kind(self) -> str:
        """The use case, or ``validation``: what roll-ups group by."""
        return self.use_case.value if self.use_case is not None else Purpose.VALIDATION.value


def timestamp(moment: datetime) -> str:
    """Write an aware moment in UTC with a fixed width, so that text order is time order."""
    # strftime's %Y is not padded on every platform, isoformat's year is.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
