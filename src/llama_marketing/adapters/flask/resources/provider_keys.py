"""The client's keys of other providers."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.reading import read_object
from llama_marketing.adapters.flask.resources.config import with_seen_revision
from llama_marketing.domain.credentials import RESERVED, check_provider
from llama_marketing.domain.errors import InvalidRequest, NotFound, UnreadableRequest

ALL = "/organization/<org_id>/clients/<client_id>/ai-providers"
ONE = f"{ALL}/<provider>"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes; other resources' own words in the place of a provider go before."""
    service, present = door.services.config, door.present

    def list_provider_keys(access: Access) -> Response:
        return present.answer({"providers": service.provider_keys(access.tenant)})

    def set_provider_key(access: Access, provider: str) -> Response:
        named, fields = _provider(provider), with_seen_revision(read_object(request))
        return present.answer(service.set_provider_key(access.tenant, named, fields))

    def get_provider_key(access: Access, provider: str) -> Response:
        return present.answer(service.provider_key(access.tenant, _provider(provider)))

    def delete_provider_key(access: Access, provider: str) -> Response:
        service.delete_provider_key(access.tenant, _provider(provider))
        return Response(status=204)

    def validate_provider_key(access: Access, provider: str) -> Response:
        named, fields = _provider(provider), read_object(request, optional=True)
        return present.answer(service.validate_provider_key(access.tenant, named, fields))

    door.route(blueprint, "GET", ALL, Action.CONFIG_READ, list_provider_keys)
    door.route(blueprint, "PUT", ONE, Action.CONFIG_WRITE, set_provider_key)
    door.route(blueprint, "GET", ONE, Action.CONFIG_READ, get_provider_key)
    door.route(blueprint, "DELETE", ONE, Action.CONFIG_WRITE, delete_provider_key)
    door.route(blueprint, "POST", f"{ONE}/validate", Action.CONFIG_VALIDATE, validate_provider_key)


def _provider(text: str) -> str:
    """The provider of the path; raises NotFound for a reserved word, UnreadableRequest."""
    if text in RESERVED:
        raise NotFound("there is no such path")
    try:
        return check_provider(text)
    except InvalidRequest as error:
        raise UnreadableRequest(
            str(error), user_message=error.user_message, issues=error.issues
        ) from None
