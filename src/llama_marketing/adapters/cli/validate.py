"""``llama-marketing validate``: try a client's host with a real call."""

from __future__ import annotations

from typing import Annotated

import typer

from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, reported
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts
from llama_marketing.adapters.cli.terminal import output, print_json, waiting
from llama_marketing.app.validation import ValidationOutcome
from llama_marketing.domain.tenant import TenantRef

Provider = Annotated[
    str | None,
    typer.Option(
        "--provider", metavar="ID", help="Prueba la clave guardada de otro proveedor: openai..."
    ),
]


def validate(
    context: typer.Context,
    organization: Organization,
    client: Client,
    provider: Provider = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Prueba la conexión de un cliente con su proveedor; sale con 1 si no funciona."""
    with reported(verbose), Session.of(context).container() as container:
        tenant, console = TenantRef(organization, client), output(quiet=as_json)
        with waiting(console, "Llamando al proveedor..."):
            service = container.config_service()
            if provider is None:
                result = service.validate(tenant)
            else:
                result = service.validate_provider_key(tenant, provider)
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
