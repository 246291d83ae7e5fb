"""How old the catalog's rows are, in a form that can be told in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.catalog.models import Row, Suggestion
from llama_marketing.domain.catalog.offers import Offer
from llama_marketing.domain.costing.prices import PriceRow


@attrs.frozen(kw_only=True)
class StaleCatalog:
    """Rows that nobody looked after for too long, and the oldest of them by file and name."""

    rows: int
    oldest_file: str
    oldest_row: str
    oldest_as_of: date

    @classmethod
    def of(cls, rows: Sequence[Row]) -> StaleCatalog | None:
        """The rows in short, or None where there are none; of equal age the first is named."""
        if not rows:
            return None
        oldest = min(rows, key=lambda row: row.as_of)
        file, name = _place(oldest)
        return cls(rows=len(rows), oldest_file=file, oldest_row=name, oldest_as_of=oldest.as_of)


def _place(row: Row) -> tuple[str, str]:
    """The file that a row stands in, and its key there."""
    match row:
        case HostRow():
            return "hosts.toml", row.id
        case PriceRow():
            return "prices.toml", f"{row.host} {row.model}"
        case ComparatorModelRow():
            return "comparators.toml", f"{row.host} {row.id}"
        case Offer():
            return "models.toml", f"{row.host} {row.model}"
        case Suggestion():
            return "models.toml", row.use_case.value
    return "models.toml", row.id
