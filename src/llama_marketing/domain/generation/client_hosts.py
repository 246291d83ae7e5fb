"""The hosts that a client's own configuration lets a call go to.

Nothing here leads from the client's own machine to a cloud unless the client opted in.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.config.endpoint import names_private_address
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.errors import HostRetired, InvalidRequest


@attrs.frozen
class ClientHost:
    """A host that the client's configuration names; ``model_id`` is what it asks for there."""

    slot: int
    row: HostRow
    endpoint: str
    model_id: str


def client_hosts(
    config: MetaAIConfig, catalog: Catalog, model: str, moment: datetime
) -> tuple[list[ClientHost], list[str]]:
    """The main host and the usable fallback hosts, and what is said of those left out.

    Raises InvalidRequest for an unknown main host, HostRetired for one that no longer exists.
    """
    main = _host(catalog, config.hosting_provider)
    _refuse_retired(main, config.api_endpoint, moment)
    hosts = [ClientHost(-1, main, config.api_endpoint, model)]
    warnings = []
    for slot, other in enumerate(config.fallback_hosts):
        row = catalog.llama_host(other.hosting_provider)
        if row is None or _is_retired(row, other.api_endpoint, moment):
            continue
        generic = not row.base_url and names_private_address(other.api_endpoint)
        stays = row.private or generic
        if main.private and not stays and not config.cloud_fallback:
            warnings.append(
                f"El proveedor alterno «{row.id}» no se usa: tus datos no salen de tu servidor."
            )
        else:
            hosts.append(ClientHost(slot, row, other.api_endpoint, other.model_id or model))
    return hosts, warnings


def _host(catalog: Catalog, host_id: str) -> HostRow:
    row = catalog.llama_host(host_id)
    if row is None:
        raise InvalidRequest(
            f"hosting provider {host_id} is not known",
            user_message="El proveedor no existe.",
            issues=(("hostingProvider", "not known"),),
        )
    return row


def _refuse_retired(row: HostRow, endpoint: str, moment: datetime) -> None:
    if _is_retired(row, endpoint, moment):
        raise HostRetired(f"host {row.id} was retired on {row.retired_on}", host=row.id)


def _is_retired(row: HostRow, endpoint: str, moment: datetime) -> bool:
    """Whether the host itself is gone; an endpoint of the client's own points elsewhere."""
    return not endpoint and row.status_on(moment.date()) is ServingStatus.RETIRED
