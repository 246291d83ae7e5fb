"""Usage as CSV: a line an entry, or a line for each use case, host and model, for an invoice."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final

import attrs

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.money import usd
from llama_marketing.domain.usage.entries import UsageEntry

HIGHEST_MARKUP: Final = Decimal(1000)
_PERCENT: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?")
_RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell may not begin with (OWASP, CSV injection; the wide forms are read alike)."""
_ENTRY_COLUMNS: Final = (
    "timestamp", "day", "id", "clientId", "useCase", "provider", "model", "tokensInput",
    "tokensOutput", "costUsd", "billable", "markupPercent", "priceUsd", "latencyMs", "outcome",
    "errorCode", "basis", "purpose", "adjusts", "qualityRating", "promptVersion", "userId",
)  # fmt: skip
_SUMMARY_COLUMNS: Final = (
    "period", "clientId", "useCase", "provider", "model", "requests", "tokensInput",
    "tokensOutput", "costUsd", "unpricedRequests", "billableCostUsd", "markupPercent", "priceUsd",
)  # fmt: skip


class ExportKind(StrEnum):
    """What a line is."""

    ENTRIES = "entries"
    SUMMARY = "summary"


@attrs.frozen
class Markup:
    """Percent that an agency adds; prices are whole pico-USD, halves rounded up.

    Only what is billable has a price.
    """

    percent: Decimal = Decimal(0)

    @classmethod
    def read(cls, text: str) -> Markup:
        """From 0 to 1,000 with at most four decimals; empty is none. Raises InvalidRequest."""
        plain = _PERCENT.fullmatch(text or "0")
        if plain is None or Decimal(plain[0]) > HIGHEST_MARKUP:
            raise InvalidRequest(
                "markup must be a percentage from 0 to 1000 with at most four decimals",
                user_message="El margen debe ser un porcentaje de 0 a 1000.",
                issues=(("markup", "must be from 0 to 1000, with at most four decimals"),),
            )
        return cls(Decimal(plain[0]))

    def price(self, cost_pico_usd: int) -> int:
        """What is asked for something of this cost, in pico-USD."""
        parts = 10**6
        factor = parts + int(self.percent.scaleb(4))
        return (2 * cost_pico_usd * factor + parts) // (2 * parts)


def read_kind(text: str) -> ExportKind:
    """The kind of that name, entries where it is empty; raises InvalidRequest."""
    try:
        return ExportKind(text or "entries")
    except ValueError:
        raise InvalidRequest(
            "kind must be entries or summary",
            user_message="El tipo de exportación no es válido.",
            issues=(("kind", "must be entries or summary"),),
        ) from None


def entry_lines(entries: Iterable[UsageEntry], markup: Markup) -> Iterator[str]:
    """A header, then a line an entry as they come; holds one entry at a time."""
    yield _line(_ENTRY_COLUMNS)
    for entry in entries:
        yield _line(_entry_cells(entry, markup))


def summary_lines(
    entries: Iterable[UsageEntry], label: str, client_id: str, markup: Markup
) -> Iterator[str]:
    """A header, a line for each use case, host and model, and a total; holds only the sums.

    The total's price is the sum of the lines' prices, and those the sums of the entries' prices.
    """
    groups: dict[tuple[str, str, str], _Group] = {}
    for entry in entries:
        key = (entry.kind, entry.provider, entry.model)
        groups.setdefault(key, _Group()).add(entry, markup)
    yield _line(_SUMMARY_COLUMNS)
    whole = _Group()
    for key in sorted(groups):
        whole.join(groups[key])
        yield _line((label, client_id, *key, *groups[key].cells(markup)))
    yield _line((label, client_id, "TOTAL", "", "", *whole.cells(markup)))


@attrs.define
class _Group:
    requests: int = 0
    tokens_input: int = 0
    tokens_output: int = 0
    cost: int = 0
    unpriced: int = 0
    billable: int = 0
    price: int = 0

    def add(self, entry: UsageEntry, markup: Markup) -> None:
        cost = entry.cost_pico_usd
        self.requests += 0 if entry.adjusts else 1
        self.tokens_input += entry.tokens_input
        self.tokens_output += entry.tokens_output
        self.cost += cost or 0
        self.unpriced += int(cost is None and not entry.adjusts)
        if entry.billable:
            self.billable += cost or 0
            self.price += markup.price(cost or 0)

    def join(self, other: _Group) -> None:
        for name in attrs.fields_dict(_Group):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def cells(self, markup: Markup) -> Sequence[str]:
        counts = (self.requests, self.tokens_input, self.tokens_output)
        return (
            *map(str, counts),
            _money(self.cost),
            str(self.unpriced),
            _money(self.billable),
            f"{markup.percent:f}",
            _money(self.price),
        )


def _entry_cells(entry: UsageEntry, markup: Markup) -> Sequence[str]:
    cost = entry.cost_pico_usd
    price = markup.price(cost) if entry.billable and cost is not None else 0
    return (
        *(entry.timestamp, entry.day, entry.id, entry.client_id, entry.kind),
        *(entry.provider, entry.model, str(entry.tokens_input), str(entry.tokens_output)),
        "" if cost is None else _money(cost),
        "true" if entry.billable else "false",
        f"{markup.percent:f}",
        "" if cost is None else _money(price),
        *(str(entry.latency_ms), entry.outcome.value, entry.error_code, entry.basis.value),
        *(entry.purpose.value, entry.adjusts),
        "" if entry.quality_rating is None else str(entry.quality_rating),
        *(entry.prompt_version, entry.user_id),
    )


def _money(pico: int) -> str:
    return f"{usd(pico):f}"


def _line(cells: Sequence[str]) -> str:
    """One line by RFC 4180, in which no text is a formula."""
    written = _Written()
    csv.writer(written, lineterminator="\r\n").writerow([_safe(cell) for cell in cells])
    return "".join(written.parts)


@attrs.define
class _Written:
    """What ``csv`` writes, kept."""

    parts: list[str] = attrs.Factory(list)

    def write(self, text: str) -> None:
        self.parts.append(text)


def _safe(cell: str) -> str:
    """The text as it is, with an apostrophe before it where a spreadsheet would run it.

    A negative number is no formula.
    """
    if cell.startswith(_RUN_BY_SPREADSHEETS) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell[:1] == "-" and cell[1:].replace(".", "", 1).isdigit()
