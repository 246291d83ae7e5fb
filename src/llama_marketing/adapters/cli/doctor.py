"""``llama-marketing doctor``: checks whether this machine can do the work."""

from __future__ import annotations

import typer
from rich.text import Text

from llama_marketing.adapters.cli.checkup import FAILED, OK, WARNING, Checkup
from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, reported
from llama_marketing.adapters.cli.options import AnyClient, AnyOrganization, AsJson, Verbose
from llama_marketing.adapters.cli.session import Session, optional_tenant
from llama_marketing.adapters.cli.tables import plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable, waiting

COLOURS = {OK: "green", WARNING: "yellow", FAILED: "red"}


def doctor(
    context: typer.Context,
    organization: AnyOrganization = None,
    client: AnyClient = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Revisa que todo esté listo para trabajar; con un cliente, también su proveedor."""
    with reported(verbose):
        tenant = optional_tenant(organization, client)
    console = output(quiet=as_json)
    with waiting(console, "Revisando..."):
        checks = Checkup(session=Session.of(context), verbose=verbose).run(tenant)
    table = plain_table("Revisión", "Estado", "Detalle")
    for check in checks:
        table.add_row(
            check.name, Text(check.state, style=COLOURS[check.state]), Text(printable(check.detail))
        )
    console.print(table)
    well = all(check.state != FAILED for check in checks)
    if as_json:
        shown = [{"name": c.name, "state": c.state, "detail": c.detail} for c in checks]
        print_json({"ok": well, "checks": shown})
    if not well:
        raise typer.Exit(DOMAIN_ERROR)
