"""``llama-marketing usage``: what a client used in a month, and its quota."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars, percent, quota_sentence
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.quota import QuotaStatus
from llama_marketing.domain.usage.summary import UsageShare, UsageSummary


def usage(
    context: typer.Context,
    organization: Organization,
    client: Client,
    month: Annotated[
        str | None, typer.Option(metavar="AAAA-MM", help="Mes; si falta, el que corre.")
    ] = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Muestra el consumo de un cliente en un mes y cómo va su cuota."""
    with reported(verbose), Session.of(context).container() as container:
        tenant = TenantRef(organization, client)
        service = container.usage_service()
        summary = service.summary(tenant, month=month)
        quota = service.quota_status(tenant)
    if as_json:
        document = summary.model_dump(mode="json", by_alias=True)
        print_json(document | {"quota": quota.model_dump(mode="json", by_alias=True)})
        return
    _show(output(), summary, quota)


def summary_cost(summary: UsageSummary) -> str:
    """What a period cost, and how many operations have no known price."""
    cost = dollars(summary.total_cost_usd)
    if summary.unpriced_requests:
        unpriced = counted(summary.unpriced_requests, "operación", "operaciones")
        cost += f" y {unpriced} sin precio conocido"
    return cost


def _totals(summary: UsageSummary) -> list[tuple[str, str]]:
    return [
        ("Periodo", summary.period),
        ("Operaciones", count(summary.total_requests)),
        ("Tokens", count(summary.total_tokens)),
        ("Costo", summary_cost(summary)),
        ("Validaciones", count(summary.validations.count)),
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
    table = plain_table(heading, "Operaciones", "Tokens", "Costo")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, share in shares.items():
        table.add_row(
            Text(printable(name)), count(share.count), count(share.tokens), dollars(share.cost)
        )
    return table
