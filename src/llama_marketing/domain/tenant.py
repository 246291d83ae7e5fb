"""Whose data it is: an organization and one of its clients."""

from __future__ import annotations

import re

import attrs

from llama_marketing.domain.errors import InvalidRequest

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@attrs.frozen(slots=True)
class TenantRef:
    """One client of one organization; the only thing that storage keys are built from.

    Both ids match ``[A-Za-z0-9_-]{1,64}`` as a whole, so two tenants can never build the
    same key. Raises InvalidRequest otherwise.
    """

    organization_id: str
    client_id: str

    def __attrs_post_init__(self) -> None:
        check_id("organization_id", self.organization_id)
        check_id("client_id", self.client_id)

    def __str__(self) -> str:
        return f"{self.organization_id}/{self.client_id}"


def check_owner(
    tenant: TenantRef, client_id: str | None, organization_id: str | None = None
) -> None:
    """Raise InvalidRequest when ids that came inside of a request are not the tenant's."""
    for name, sent, owned in (
        ("clientId", client_id, tenant.client_id),
        ("organizationId", organization_id, tenant.organization_id),
    ):
        if sent is not None and sent != owned:
            raise InvalidRequest(
                f"{name} is not the tenant's",
                user_message="La solicitud es de otro cliente.",
                issues=((name, "must equal the tenant's"),),
            )


def check_id(name: str, value: object) -> str:
    """Answer the id, or raise InvalidRequest when it is not ``[A-Za-z0-9_-]{1,64}``."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return str(value)
    raise InvalidRequest(
        f"{name} must match [A-Za-z0-9_-]{{1,64}}",
        user_message=f"El identificador «{name}» no es válido.",
        issues=((name, "must match [A-Za-z0-9_-]{1,64}"),),
    )
