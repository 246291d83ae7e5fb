"""``llama-marketing usage``: what a client or an organization used in a month, and the quota."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars, percent, quota_sentence
from llama_marketing.adapters.cli.options import AsJson, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.quota import QuotaStatus
from llama_marketing.domain.usage.summary import (
    ClientUsage,
    OrganizationUsage,
    PreviousUsage,
    UsageShare,
    UsageSummary,
)


def usage(
    context: typer.Context,
    organization: Organization,
    client: Annotated[
        str | None, typer.Option("--client", metavar="ID", help="Cliente; si falta, todos.")
    ] = None,
    month: Annotated[
        str | None, typer.Option(metavar="AAAA-MM", help="Mes; si falta, el que corre.")
    ] = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Muestra el consumo de un cliente en un mes y cómo va su cuota, o el de la organización."""
    with reported(verbose), Session.of(context).container() as container:
        service = container.usage_service()
        if client is None:
            _organization(service.organization_summary(organization, month), as_json=as_json)
            return
        tenant = TenantRef(organization, client)
        summary = service.summary(tenant, month=month)
        quota = service.quota_status(tenant)
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


def _previous(previous: PreviousUsage | None) -> list[tuple[str, str]]:
    if previous is None:
        return []
    operations = counted(previous.total_requests, "operación", "operaciones")
    return [("Mes anterior", f"{operations}, {dollars(previous.total_cost_usd)}")]


def _totals(summary: UsageSummary) -> list[tuple[str, str]]:
    return [
        ("Periodo", summary.period),
        ("Operaciones", count(summary.total_requests)),
        ("Tokens", count(summary.total_tokens)),
        ("Costo", summary_cost(summary)),
        ("Validaciones", count(summary.validations.count)),
        *_previous(summary.previous),
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
    for name, share in shares.items():
        table.add_row(
            Text(printable(name)), count(share.count), count(share.tokens), dollars(share.cost)
        )
    return table


def _figures_table(heading: str) -> Table:
    table = plain_table(heading, "Operaciones", "Tokens", "Costo")
    for column in table.columns[1:]:
        column.justify = "right"
    return table
