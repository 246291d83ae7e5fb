"""``llama-marketing configure``: give a client its configuration, or a key of another provider."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts
from llama_marketing.adapters.cli.terminal import output, print_json, printable
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.credentials import ProviderKey
from llama_marketing.domain.errors import ConfigNotFound, InvalidRequest
from llama_marketing.domain.tenant import TenantRef

Fields = Annotated[
    typer.FileText,
    typer.Argument(
        metavar="ARCHIVO",
        encoding="utf-8",
        help="JSON con los campos, como en PUT .../ai-providers/meta; - es la entrada estándar. "
        "Así ninguna llave queda en el historial de la terminal.",
    ),
]
Provider = Annotated[
    str | None,
    typer.Option("--provider", metavar="ID", help="Guarda la llave de otro proveedor: openai..."),
]


def configure(
    context: typer.Context,
    organization: Organization,
    client: Client,
    fields: Fields,
    provider: Provider = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Crea la configuración de un cliente, o cambia de ella los campos que se dan."""
    with reported(verbose), Session.of(context).container() as container:
        service, tenant = container.config_service(), TenantRef(organization, client)
        given = _read(fields)
        kept: MetaAIConfig | ProviderKey
        if provider is None:
            kept = _saved(service, tenant, given)
        else:
            kept = service.set_provider_key(tenant, provider, given)
        if as_json:
            print_json(kept.model_dump(mode="json", by_alias=True))
            return
        _show(output(), kept)


def _read(fields: typer.FileText) -> dict[str, Any]:
    """The document; what is wrong with it is said without a word of it, as it may hold a key."""
    try:
        document = json.loads(fields.read())
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise InvalidRequest(
            "the fields are no JSON object",
            user_message="Los campos deben ser un objeto JSON.",
        )
    return document


def _saved(service: MetaAIConfigService, tenant: TenantRef, given: dict[str, Any]) -> MetaAIConfig:
    try:
        service.get(tenant)
    except ConfigNotFound:
        return service.create(tenant, given)
    return service.update(tenant, given)


def _show(console: Console, kept: MetaAIConfig | ProviderKey) -> None:
    if isinstance(kept, ProviderKey):
        rows = [("Proveedor", kept.provider), ("Modelo", kept.model or "-")]
    else:
        rows = [
            ("Servidor", kept.hosting_provider),
            ("Modelo", kept.selected_model_id),
            ("Activo", "sí" if kept.enabled else "no"),
        ]
    console.print(facts([*rows, ("API key", kept.api_key or "-")]))
    if isinstance(kept, MetaAIConfig):
        for warning in kept.warnings:
            console.print(printable(warning), style="yellow")
