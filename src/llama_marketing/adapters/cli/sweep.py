"""``llama-marketing sweep``: book what dead processes left open."""

from __future__ import annotations

import typer

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AnyClient, AnyOrganization, AsJson, Verbose
from llama_marketing.adapters.cli.session import Session, optional_tenant
from llama_marketing.adapters.cli.terminal import output, print_json


def sweep(
    context: typer.Context,
    organization: AnyOrganization = None,
    client: AnyClient = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Cierra las reservas de operaciones que nunca terminaron, de un cliente o de todos."""
    with reported(verbose):
        tenant = optional_tenant(organization, client)
        with Session.of(context).container() as container:
            done = container.usage_service().sweep(tenant)
    if as_json:
        print_json(done.model_dump(mode="json", by_alias=True))
        return
    output().print(f"Reservas cerradas: {count(done.swept)}")
