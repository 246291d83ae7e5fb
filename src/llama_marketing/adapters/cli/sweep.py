"""``llama-marketing sweep``: book what dead processes left open, send what is to be billed."""

from __future__ import annotations

from typing import Any

import typer

from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, report, reported
from llama_marketing.adapters.cli.figures import count
from llama_marketing.adapters.cli.options import AnyClient, AnyOrganization, AsJson, Verbose
from llama_marketing.adapters.cli.session import Session, optional_tenant
from llama_marketing.adapters.cli.terminal import output, print_json
from llama_marketing.app.billing import DrainReport
from llama_marketing.app.usage import SweepReport


def sweep(
    context: typer.Context,
    organization: AnyOrganization = None,
    client: AnyClient = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Cierra las reservas de operaciones que nunca terminaron, de un cliente o de todos.

    Para todos también envía los cobros que esperan, si LLAMA_MARKETING_BILLING_QUEUE dice adónde.
    """
    billed: DrainReport | None = None
    with reported(verbose):
        tenant = optional_tenant(organization, client)
        with Session.of(context).container() as container:
            relay = container.billing_relay()
            try:
                done = container.usage_service().sweep(tenant)
            finally:
                # A hold that cannot be swept keeps no invoice waiting.
                if tenant is None and relay.has_hub:
                    billed = relay.drain()
    _show(done, billed, as_json=as_json)
    if billed is not None and not billed.complete:
        report(
            "billing_events_waiting",
            "La cola de cobros no aceptó todo; lo demás sigue esperando. Repite el comando.",
        )
        raise typer.Exit(DOMAIN_ERROR)


def _show(done: SweepReport, billed: DrainReport | None, *, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = done.model_dump(mode="json", by_alias=True)
        if billed is not None:
            said["billing"] = billed.model_dump(mode="json", by_alias=True)
        print_json(said)
        return
    output().print(f"Reservas cerradas: {count(done.swept)}")
    if billed is not None:
        output().print(f"Cobros enviados: {count(billed.published)}")
