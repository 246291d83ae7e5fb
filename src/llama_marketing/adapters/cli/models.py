"""``llama-marketing models``: the catalog of models."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars
from llama_marketing.adapters.cli.options import AsJson, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.domain.catalog.filters import ModelFilter, ModelSort
from llama_marketing.domain.catalog.models import CostBand, LlamaModel
from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.vocabulary import LlamaCapability

MILLION = 1_000_000
BANDS = {
    CostBand.LOW: "bajo",
    CostBand.MEDIUM: "medio",
    CostBand.HIGH: "alto",
    CostBand.UNKNOWN: "sin precio",
}
CAPABILITIES = {
    LlamaCapability.TEXT: "texto",
    LlamaCapability.VISION: "imágenes",
    LlamaCapability.CODE: "código",
    LlamaCapability.MULTILINGUAL: "idiomas",
    LlamaCapability.FUNCTION_CALLING: "funciones",
}


def models(
    context: typer.Context,
    family: Annotated[str | None, typer.Option(help="Familia, como llama-3.3.")] = None,
    capability: Annotated[LlamaCapability | None, typer.Option(help="Qué debe saber.")] = None,
    cost_band: Annotated[CostBand | None, typer.Option(help="Banda de costo.")] = None,
    host: Annotated[str | None, typer.Option(help="Proveedor de hosting.")] = None,
    live_only: Annotated[
        bool, typer.Option("--live-only", help="Sólo los que hoy se pueden contratar.")
    ] = False,
    sort: Annotated[ModelSort, typer.Option(help="Orden.")] = ModelSort.RECOMMENDED,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Muestra los modelos del catálogo; no necesita cliente ni llave."""
    chosen = ModelFilter(
        family=family,
        capability=capability,
        cost=cost_band,
        host=host,
        live_only=live_only,
        sort=sort,
    )
    with reported(verbose), Session.of(context).container_without_store() as container:
        found = container.catalog_service().models(chosen)
        if as_json:
            shown = [model.model_dump(mode="json", by_alias=True) for model in found]
            print_json({"models": shown})
            return
        console = output()
        _show(console, found)
        _show_age(console, StaleCatalog.of(container.catalog_service().stale()))


def _show_age(console: Console, stale: StaleCatalog | None) -> None:
    if stale is None:
        return
    rows = counted(stale.rows, "fila del catálogo lleva", "filas del catálogo llevan")
    oldest = f"{stale.oldest_file}, {stale.oldest_row}, {stale.oldest_as_of.isoformat()}"
    note = f"{rows} más de 90 días sin revisión; la más antigua: {oldest}."
    console.print(printable(note), style="yellow")


def _show(console: Console, found: tuple[LlamaModel, ...]) -> None:
    if not found:
        console.print("Ningún modelo cumple con el filtro.")
        return
    everywhere = set.intersection(*(set(model.supported_providers) for model in found))
    if len(found) == 1:
        everywhere = set()
    table = plain_table("Modelo", "Ventana", "Precio", "Sabe de", "Hosting")
    table.columns[1].justify = "right"
    for column in table.columns[:3]:
        column.no_wrap = True
    for model in found:
        hosts = [host for host in model.supported_providers if host not in everywhere]
        price = _price(model.cost_per_1m_input, model.cost_per_1m_output)
        table.add_row(
            Text(printable(model.id), style="bold" if model.recommended else ""),
            _window(model.context_window),
            f"{price}\n{BANDS[model.cost_band]}",
            "\n".join(CAPABILITIES[capability] for capability in model.capabilities),
            Text(printable("\n".join(hosts)) or "-"),
            end_section=True,
        )
    console.print(table)
    note = "Ventana en tokens. Precio en US$ por millón de tokens, de entrada/de salida."
    if everywhere:
        note += f" Todos, además, en {', '.join(sorted(everywhere))}."
    console.print(printable(note), style="dim")


def _window(tokens: int) -> str:
    return count(tokens) if tokens < MILLION else f"{tokens / MILLION:g}M"


def _price(cost_input: Decimal | None, cost_output: Decimal | None) -> str:
    if cost_input is None or cost_output is None:
        return "-"
    return f"{dollars(cost_input)}/{dollars(cost_output)}".replace("US$", "")
