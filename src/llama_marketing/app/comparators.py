"""What is asked of a provider before it is called: a host that we know, a model, a key."""

from __future__ import annotations

from datetime import date

from llama_marketing.domain.catalog.hosts import HostRole, HostRow
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.errors import InvalidRequest, NotFound
from llama_marketing.domain.tenant import TenantRef


def comparator_host(catalog: Catalog, provider: str) -> HostRow:
    """The host of another provider; raises InvalidRequest for one that we cannot call."""
    row = catalog.host(provider)
    if row is None or row.role is not HostRole.COMPARATOR:
        raise InvalidRequest(
            f"the catalog has no comparator host {provider!r}",
            user_message="No sabemos llamar a ese proveedor; su clave sí se puede guardar.",
            issues=(("provider", "is no comparator host of the catalog"),),
        )
    return row


def default_model(catalog: Catalog, provider: str, day: date) -> str:
    """The model to ask where none is named; raises InvalidRequest where the catalog has none."""
    row = catalog.default_comparator(provider, day)
    if row is None:
        raise InvalidRequest(
            f"the catalog has no model of {provider}, and none was named",
            user_message="Elige un modelo del proveedor.",
            issues=(("model", "is required for this provider"),),
        )
    return row.id


def no_key(tenant: TenantRef, provider: str) -> NotFound:
    """What is said of a provider that the client has no key of."""
    return NotFound(
        f"{tenant} has no key of {provider}",
        user_message="Este cliente no tiene guardada una API key de ese proveedor.",
    )
