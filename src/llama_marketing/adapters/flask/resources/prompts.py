"""The client's own prompts, a use case each."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_limit, read_query
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/prompts/<use_case>"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.prompts, door.present

    def get_prompt(access: Access, use_case: str) -> Response:
        sent = read_query(request, ("cursor", "limit"))
        named, cursor = check_path_id("useCase", use_case), sent.get("cursor", "")
        return present.answer(service.get(access.tenant, named, cursor, read_limit(sent)))

    def set_prompt(access: Access, use_case: str) -> Response:
        named, fields = check_path_id("useCase", use_case), read_object(request)
        return present.answer(service.set(access.tenant, named, fields, access.principal.user_id))

    def preview_prompt(access: Access, use_case: str) -> Response:
        named = check_path_id("useCase", use_case)
        fields = read_object(request, optional=True)
        return present.answer(service.preview(access.tenant, named, fields))

    def restore_prompt(access: Access, use_case: str) -> Response:
        named = check_path_id("useCase", use_case)
        fields = read_object(request, optional=True)
        return present.answer(
            service.restore(access.tenant, named, fields, access.principal.user_id)
        )

    door.route(blueprint, "GET", PATH, Action.PROMPTS_READ, get_prompt)
    door.route(blueprint, "PUT", PATH, Action.PROMPTS_WRITE, set_prompt)
    door.route(blueprint, "POST", f"{PATH}/preview", Action.PROMPTS_READ, preview_prompt)
    door.route(blueprint, "POST", f"{PATH}/restore", Action.PROMPTS_WRITE, restore_prompt)
