"""``llama-marketing validate``: try a client's host with a real call."""

from __future__ import annotations

import typer

from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, reported
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts
from llama_marketing.adapters.cli.terminal import output, print_json, waiting
from llama_marketing.app.validation import ValidationOutcome
from llama_marketing.domain.tenant import TenantRef


def validate(
    context: typer.Context,
    organization: Organization,
    client: Client,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Prueba la conexión de un cliente con su proveedor; sale con 1 si no funciona."""
    with reported(verbose), Session.of(context).container() as container:
        tenant, console = TenantRef(organization, client), output(quiet=as_json)
        with waiting(console, "Llamando al proveedor..."):
            result = container.config_service().validate(tenant)
    if as_json:
        print_json(result.model_dump(mode="json", by_alias=True))
    console.print(
        facts(
            [
                ("Resultado", result.outcome.value),
                ("Mensaje", result.message),
                ("Modelo", result.model or "-"),
                ("Latencia", f"{result.latency_ms} ms"),
            ]
        )
    )
    if result.outcome is not ValidationOutcome.OK:
        raise typer.Exit(DOMAIN_ERROR)
