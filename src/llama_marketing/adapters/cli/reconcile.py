"""``llama-marketing reconcile``: add up the books again and tell what does not agree."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.text import Text

from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, report, reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AnyClient, AnyOrganization, AsJson, Verbose
from llama_marketing.adapters.cli.session import Session, optional_tenant
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import (
    error_output,
    output,
    print_json,
    printable,
    waiting,
)
from llama_marketing.app.reconciling import ReconcileReport
from llama_marketing.domain.usage.reconcile import Difference


def reconcile(
    context: typer.Context,
    organization: AnyOrganization = None,
    client: AnyClient = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Vuelve a sumar los libros, de un cliente o de todos, y dice qué no cuadra (salida 1)."""
    with reported(verbose):
        tenant = optional_tenant(organization, client)
        with (
            Session.of(context).container() as container,
            waiting(error_output(), "Sumando los libros"),
        ):
            found = container.usage_service().reconcile(tenant)
    if as_json:
        print_json(found.model_dump(mode="json", by_alias=True))
    else:
        _show(output(), found)
    if found.differences:
        raise typer.Exit(DOMAIN_ERROR)


def _show(console: Console, found: ReconcileReport) -> None:
    console.print(f"Clientes: {count(found.tenants)}")
    console.print(f"Meses: {count(found.periods)}")
    console.print(f"Diferencias: {count(len(found.differences))}")
    if found.differences:
        _show_differences(error_output(), found.differences)


def _show_differences(console: Console, found: tuple[Difference, ...]) -> None:
    report("books_differ", "Los libros no cuadran con sus movimientos.")
    table = plain_table("Organización", "Cliente", "Mes", "Cifra", "Guardado", "Suma")
    for column in table.columns[4:]:
        column.justify = "right"
    for one in found:
        words = (one.organization_id, one.client_id, one.period, one.what)
        table.add_row(
            *(Text(printable(word)) for word in words), count(one.kept), count(one.summed)
        )
    console.print(table)
