"""The client's configuration of Meta AI."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door, View
from llama_marketing.adapters.flask.reading import check_client, read_object
from llama_marketing.domain.errors import InvalidRequest

PATH = "/organization/<org_id>/clients/<client_id>/ai-providers/meta"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    for method, rule, action, view in (*_resource(door), *_operations(door)):
        door.route(blueprint, method, rule, action, view)


def _resource(door: Door) -> tuple[tuple[str, str, Action, View], ...]:
    """Create, read, change and delete."""
    service, present = door.services.config, door.present

    def create_config(access: Access) -> Response:
        return present.answer(
            service.create(access.tenant, read_object(request), user_id=access.principal.user_id),
            201,
        )

    def get_config(access: Access) -> Response:
        return present.answer(service.get(access.tenant))

    def update_config(access: Access) -> Response:
        fields = with_seen_revision(read_object(request))
        return present.answer(
            service.update(access.tenant, fields, user_id=access.principal.user_id)
        )

    def delete_config(access: Access) -> Response:
        service.delete(access.tenant)
        return Response(status=204)

    return (
        ("POST", PATH, Action.CONFIG_WRITE, create_config),
        ("GET", PATH, Action.CONFIG_READ, get_config),
        ("PUT", PATH, Action.CONFIG_WRITE, update_config),
        ("DELETE", PATH, Action.CONFIG_WRITE, delete_config),
    )


def _operations(door: Door) -> tuple[tuple[str, str, Action, View], ...]:
    """What is done with a configuration besides."""
    service, present = door.services.config, door.present

    def set_enabled(access: Access) -> Response:
        enabled = _only(access, "enabled", bool)
        return present.answer(service.set_enabled(access.tenant, enabled))

    def select_model(access: Access) -> Response:
        model_id = _only(access, "modelId", str, "model_id")
        return present.answer(service.select_model(access.tenant, model_id))

    def validate_config(access: Access) -> Response:
        fields = read_object(request, optional=True)
        return present.answer(service.validate(access.tenant, fields))

    return (
        ("PATCH", f"{PATH}/enabled", Action.CONFIG_WRITE, set_enabled),
        ("POST", f"{PATH}/model", Action.CONFIG_WRITE, select_model),
        ("POST", f"{PATH}/validate", Action.CONFIG_VALIDATE, validate_config),
    )


def with_seen_revision(fields: dict[str, Any]) -> dict[str, Any]:
    """Take the revision that was seen from ``If-Match`` where the body does not say it."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not tag or tag == "*":
        return fields
    if not (tag.isascii() and tag.isdigit() and len(tag) < 19):
        raise InvalidRequest(
            "If-Match is no revision",
            user_message="El encabezado If-Match debe ser un número de revisión.",
            issues=(("If-Match", "must be a revision"),),
        )
    return {"revision": int(tag), **fields}


def _only(access: Access, name: str, kind: type[Any], other_name: str = "") -> Any:
    """The value of the one field that a body may have beside the client's id."""
    fields = check_client(read_object(request), access.tenant)
    given = [key for key in (name, other_name or name) if key in fields]
    if len(fields) != 1 or not given or type(fields[given[0]]) is not kind:
        raise InvalidRequest(
            f"the body must hold {name} alone",
            user_message=f"El cuerpo debe tener solo el campo «{name}».",
            issues=((name, "is required, and nothing else"),),
        )
    return fields[given[0]]
