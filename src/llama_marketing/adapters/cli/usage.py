"""``llama-marketing usage``: what a client or an organization used, and how the quota stands."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llama_marketing.adapters.cli.bars import arrow, bar, sparkline
from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars, percent, quota_sentence
from llama_marketing.adapters.cli.options import (
    AsJson,
    Day,
    First,
    Last,
    Month,
    Organization,
    Period,
    Plot,
    Verbose,
)
from llama_marketing.adapters.cli.plots import draw_usage
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable, write_lines
from llama_marketing.app.usage import MetaAIUsageService
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.quota import QuotaStatus
from llama_marketing.domain.usage.summary import (
    ClientUsage,
    OrganizationUsage,
    UsageShare,
    UsageSummary,
)

OneClient = Annotated[
    str | None, typer.Option("--client", metavar="ID", help="Cliente; si falta, todos.")
]
Export = Annotated[
    str, typer.Option("--export", metavar="entries|summary", help="Escribe CSV en vez de tablas.")
]
MarkupPercent = Annotated[
    str, typer.Option("--markup", metavar="PORCIENTO", help="Margen que el CSV suma al costo.")
]


def usage(
    context: typer.Context,
    organization: Organization,
    client: OneClient = None,
    month: Month = None,
    period: Period = "",
    date: Day = "",
    first_day: First = "",
    last_day: Last = "",
    export: Export = "",
    markup: MarkupPercent = "",
    plot: Plot = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Muestra el consumo de un cliente y cómo va su cuota, o el de la organización en un mes."""
    days = {"date": date, "first_day": first_day, "last_day": last_day}
    asked: dict[str, Any] = {"period": period or None, "month": month, **days}
    with reported(verbose), Session.of(context).container() as container:
        service = container.usage_service()
        if client is None:
            _organization(service.organization_summary(organization, month), as_json=as_json)
            return
        tenant = TenantRef(organization, client)
        if export:
            lines = service.export_csv(tenant, kind=export, markup=markup, **asked)
            write_lines(lines)
            return
        summary = service.summary(tenant, **asked)
        _client(service, tenant, summary, plot, as_json=as_json)


def _client(
    service: MetaAIUsageService,
    tenant: TenantRef,
    summary: UsageSummary,
    plot: Path | None,
    *,
    as_json: bool,
) -> None:
    quota = service.quota_status(tenant)
    if plot is not None:
        draw_usage(summary, plot)
    if as_json:
        document = summary.model_dump(mode="json", by_alias=True)
        print_json(document | {"quota": quota.model_dump(mode="json", by_alias=True)})
        return
    _show(output(), summary, quota)


def summary_cost(summary: UsageSummary | OrganizationUsage | ClientUsage) -> str:
    """What a period cost, and how many operations have no known price."""
    cost = dollars(summary.total_cost_usd)
    if summary.unpriced_requests:
        unpriced = counted(summary.unpriced_requests, "operación", "operaciones")
        cost += f" y {unpriced} sin precio conocido"
    return cost


def _organization(summary: OrganizationUsage, *, as_json: bool) -> None:
    if as_json:
        print_json(summary.model_dump(mode="json", by_alias=True))
        return
    rows = [
        ("Organización", summary.organization_id),
        ("Periodo", summary.period),
        ("Operaciones", count(summary.total_requests)),
        ("Tokens", count(summary.total_tokens)),
        ("Costo", summary_cost(summary)),
    ]
    console = output()
    console.print(facts(rows))
    if summary.clients:
        console.print()
        table = _figures_table("Cliente")
        for one in summary.clients:
            figures = (count(one.total_requests), count(one.total_tokens), summary_cost(one))
            table.add_row(one.client_id, *figures)
        console.print(table)


def _previous(summary: UsageSummary) -> list[tuple[str, str]]:
    previous = summary.previous
    if previous is None:
        return []
    operations = counted(previous.total_requests, "operación", "operaciones")
    moved = arrow(summary.total_requests, previous.total_requests)
    part = "" if previous.whole else f" en sus primeros {counted(previous.days, 'día', 'días')}"
    told = f"{previous.period}{part}: {operations}, {dollars(previous.total_cost_usd)} ({moved})"
    return [("Antes", told)]


def _projection(summary: UsageSummary) -> list[tuple[str, str]]:
    ahead = summary.projection
    if ahead is None:
        return []
    operations = counted(ahead.total_requests, "operación", "operaciones")
    early = "" if ahead.reliable else "; faltan días para saberlo bien"
    return [("Al cierre", f"{operations}, {dollars(ahead.total_cost_usd)} a este ritmo{early}")]


def _trend(summary: UsageSummary) -> list[tuple[str, str]]:
    days = [day.requests for day in summary.daily_trend]
    return [("Por día", sparkline(days))] if len(days) > 1 else []


def _totals(summary: UsageSummary) -> list[tuple[str, str]]:
    return [
        ("Periodo", summary.period),
        ("Operaciones", count(summary.total_requests)),
        ("Tokens", count(summary.total_tokens)),
        ("Costo", summary_cost(summary)),
        ("Validaciones", count(summary.validations.count)),
        *_previous(summary),
        *_projection(summary),
        *_trend(summary),
    ]


def _show(console: Console, summary: UsageSummary, quota: QuotaStatus) -> None:
    rows = _totals(summary)
    if summary.period == quota.period:
        rows.append(("Cuota", quota_sentence(quota)))
    else:
        rows.append(("Cuota usada", percent(summary.quota_used_percent)))
    console.print(facts(rows))
    for heading, shares in (
        ("Caso de uso", summary.by_use_case),
        ("Modelo", summary.by_model),
        ("Proveedor", summary.by_provider),
    ):
        if shares:
            console.print()
            console.print(_shares(heading, shares))


def _shares(heading: str, shares: dict[str, UsageShare]) -> Table:
    table = _figures_table(heading)
    table.add_column("Tokens en barras")
    most = max(share.tokens for share in shares.values()) or 1
    for name, share in shares.items():
        figures = (count(share.count), count(share.tokens), dollars(share.cost))
        table.add_row(Text(printable(name)), *figures, bar(Fraction(share.tokens, most)))
    return table


def _figures_table(heading: str) -> Table:
    table = plain_table(heading, "Operaciones", "Tokens", "Costo")
    for column in table.columns[1:]:
        column.justify = "right"
    return table
