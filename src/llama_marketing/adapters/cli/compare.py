"""``llama-marketing compare``: a client's providers side by side, and which to choose."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from llama_marketing.adapters.cli.bars import bar
from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, dollars, percent
from llama_marketing.adapters.cli.options import (
    AsJson,
    Client,
    Day,
    First,
    Last,
    Month,
    Organization,
    Period,
    Plot,
    Verbose,
)
from llama_marketing.adapters.cli.plots import draw_radar
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json
from llama_marketing.domain.comparison.models import (
    NAMES,
    ProviderComparison,
    ProviderMetrics,
)
from llama_marketing.domain.tenant import TenantRef

BAR = 8
"""Characters of a whole score, so that a line of the table is one of the terminal."""
RADAR = ("calidad", "velocidad", "costo", "volumen")


def compare(
    context: typer.Context,
    organization: Organization,
    client: Client,
    month: Month = None,
    period: Period = "",
    date: Day = "",
    first_day: First = "",
    last_day: Last = "",
    snapshot: Annotated[
        bool, typer.Option("--snapshot", help="Guarda la del mes; si falta, la del último entero.")
    ] = False,
    plot: Plot = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Compara los proveedores de un cliente: calidad, costo y velocidad."""
    days = {"date": date, "first_day": first_day, "last_day": last_day}
    asked: dict[str, Any] = {"period": period or None, "month": month, **days}
    with reported(verbose), Session.of(context).container() as container:
        service, tenant = container.comparison_service(), TenantRef(organization, client)
        if snapshot:
            told = service.snapshot(tenant, month).comparison
        else:
            told = service.compare(tenant, **asked)
        if plot is not None:
            draw_radar(RADAR, {each.name: _shape(each) for each in told.providers}, plot)
    if as_json:
        print_json(told.model_dump(mode="json", by_alias=True))
        return
    show_comparison(output(), told)


def show_comparison(console: Console, told: ProviderComparison) -> None:
    """The table, who is best at what, and the sentence."""
    if told.providers:
        console.print(comparison_table(told))
        console.print()
        best = (
            ("Mejor calidad", told.best_for_quality),
            ("Más rápido", told.best_for_speed),
            ("Más barato", told.best_for_cost),
        )
        console.print(facts((name, NAMES.get(who, who)) for name, who in best if who))
    console.print(told.recommendation, style="bold")


def comparison_table(told: ProviderComparison) -> Table:
    """One line a provider, the best score first."""
    table = plain_table(
        *("Proveedor", "Operaciones", "Costo", "Latencia", "p95", "Errores", "Calidad"),
        *("Puntaje", ""),
    )
    for each in told.providers:
        score = each.score or Decimal(0)
        table.add_row(
            each.name,
            count(each.request_count),
            dollars(each.total_cost_usd.quantize(Decimal("0.000001"))),
            f"{each.avg_latency_ms:,.0f} ms",
            f"{count(each.p95_latency_ms)} ms",
            percent(each.error_rate),
            _quality(each),
            "-" if each.score is None else f"{score:.1f}",
            bar(Fraction(score) / 100, BAR),
        )
    for column in table.columns[1:8]:
        column.justify = "right"
    return table


def _quality(each: ProviderMetrics) -> str:
    if each.avg_quality_score is None:
        return "-"
    return f"{each.avg_quality_score:.2f} de {count(each.ratings)}"


def _shape(each: ProviderMetrics) -> list[float]:
    parts = each.normalized
    return [float(part or 0) for part in (parts.quality, parts.speed, parts.cost, parts.volume)]
