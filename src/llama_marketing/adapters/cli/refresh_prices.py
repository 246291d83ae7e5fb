"""``llama-marketing refresh-prices``: our prices beside another source's, for a person to judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from llama_marketing.adapters.cli.failures import report, reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.price_sources import PriceSource, file_prices, packaged_prices
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.catalog.price_refresh import (
    Difference,
    PriceComparison,
    PriceDifference,
    compare_prices,
)
from llama_marketing.domain.money import json_number

BAD_USAGE = 2
HEADINGS = {
    Difference.CHANGED: "Cambiaron",
    Difference.NEW: "Nuevos, sin precio en el catálogo",
    Difference.MISSING: "En el catálogo, pero no en la fuente",
    Difference.UNMATCHED: "En la fuente, pero no en el catálogo",
}
AMOUNTS = {
    "input": "entrada",
    "output": "salida",
    "cached_input": "entrada en caché",
    "cache_write": "escritura de caché",
}


def refresh_prices(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="ARCHIVO",
            help="JSON o TOML con filas host, model, input, output; sin él, genai-prices.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Compara los precios del catálogo con otra fuente; sólo los muestra, no cambia nada."""
    with reported(verbose), Session.of(context).container_without_store() as container:
        service = container.catalog_service()
        catalog, day = service.catalog.catalog(), service.today()
        source = file_prices(file) if file is not None else _packaged(catalog, day)
        compared = compare_prices(catalog, source.seen, source.covered, day)
    rows = compared.rows(day, source.name)
    if as_json:
        print_json(_document(compared, source, day, rows))
        return
    _show(output(), compared, source, rows)


def _packaged(catalog: Catalog, day: date) -> PriceSource:
    try:
        return packaged_prices(catalog, day)
    except ImportError:
        report(
            "missing_extra",
            "Falta el paquete genai-prices. Instálalo con: pip install 'llama-marketing[prices]'; "
            "o da un archivo con --from.",
            "The extra `prices` is not installed: pip install 'llama-marketing[prices]'",
        )
        raise typer.Exit(BAD_USAGE) from None


def _show(console: Console, compared: PriceComparison, source: PriceSource, rows: str) -> None:
    for kind, heading in HEADINGS.items():
        if found := compared.of(kind):
            _table(console, heading, found)
    if not compared.differences:
        console.print("Ningún precio es distinto.")
    note = f"Fuente: {source.name}. Precios iguales: {count(compared.same)}."
    note += " US$ por millón de tokens."
    if compared.uncovered:
        note += f" La fuente no tiene nada de: {', '.join(compared.uncovered)}."
    console.print(printable(note), style="dim", soft_wrap=True)
    if rows:
        console.print("\nPara tu prices.toml, después de revisarlas:\n", style="bold")
        console.print(printable(rows), soft_wrap=True)


def _table(console: Console, heading: str, found: Sequence[PriceDifference]) -> None:
    table = plain_table("Hosting", "Modelo", "Precio")
    for one in found:
        table.add_row(
            Text(printable(one.host)), Text(printable(one.model)), "\n".join(_amounts(one))
        )
    console.print(f"{heading} ({count(len(found))})", style="bold")
    console.print(table)
    console.print()


def _amounts(found: PriceDifference) -> list[str]:
    """Each price with its name; a changed one as old -> new."""
    lines = []
    for name, word in AMOUNTS.items():
        before, seen = getattr(found.before, name, None), getattr(found.seen, name, None)
        if found.kind is Difference.CHANGED:
            if seen is not None and seen != before:
                lines.append(f"{word} {_dollars(before)} -> {_dollars(seen)}")
        elif (amount := before if seen is None else seen) is not None:
            lines.append(f"{word} {_dollars(amount)}")
    return lines or ["por hora"]


def _dollars(amount: Decimal | None) -> str:
    return "-" if amount is None else f"{amount.normalize():f}"


def _document(
    compared: PriceComparison, source: PriceSource, day: date, rows: str
) -> dict[str, Any]:
    lists = {kind.value: [_line(one) for one in compared.of(kind)] for kind in Difference}
    return {
        "source": source.name,
        "day": day.isoformat(),
        "same": compared.same,
        **lists,
        "uncovered": list(compared.uncovered),
        "rows": rows,
    }


def _line(found: PriceDifference) -> dict[str, Any]:
    return {
        "host": found.host,
        "model": found.model,
        "before": _shown(found.before),
        "seen": _shown(found.seen),
    }


def _shown(prices: object) -> dict[str, int | float | None] | None:
    if prices is None:
        return None
    amounts = {
        "input": getattr(prices, "input", None),
        "output": getattr(prices, "output", None),
        "cachedInput": getattr(prices, "cached_input", None),
        "cacheWrite": getattr(prices, "cache_write", None),
    }
    return {name: None if v is None else json_number(v) for name, v in amounts.items()}
