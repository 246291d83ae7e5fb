"""How long a copy may be."""

from __future__ import annotations

import attrs

from llama_marketing.domain.compliance.measures import Measure, measure
from llama_marketing.domain.compliance.shorten import shorten


@attrs.frozen
class LengthTarget:
    """How long the copy may be: the surface's hard limit, and the request's own.

    ``max_length`` is in UTF-16 units.
    """

    limit: int
    measure: Measure
    max_length: int | None = None

    def overflow(self, text: str) -> tuple[int, int] | None:
        """(measured, limit) of the first limit the text is over; None when it fits."""
        measured = measure(text, self.measure)
        if measured > self.limit:
            return measured, self.limit
        if self.max_length is not None:
            measured = measure(text, Measure.UTF16)
            if measured > self.max_length:
                return measured, self.max_length
        return None

    def shortened(self, text: str) -> str:
        """The text cut at a safe place so that it fits both."""
        shorter = shorten(text, self.limit, self.measure)
        if self.max_length is None:
            return shorter
        return shorten(shorter, self.max_length, Measure.UTF16)
