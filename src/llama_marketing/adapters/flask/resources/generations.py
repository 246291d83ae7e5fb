"""The history of a client's generations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.presenting import Presenter
from llama_marketing.adapters.flask.query import read_limit, read_query
from llama_marketing.adapters.flask.reading import read_object
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/generations"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.generation, door.present

    def list_generations(access: Access) -> Response:
        sent = read_query(request, ("cursor", "limit"))
        limit = read_limit(sent)
        page = service.history(access.tenant, sent.get("cursor", ""), limit)
        items = [kept_generation(record, present) for record in page.items]
        next_cursor = present.names({"next_cursor": page.next_cursor})
        return present.answer({"items": items, **next_cursor})

    def get_generation(access: Access, generation_id: str) -> Response:
        record = service.generation(access.tenant, check_path_id("generationId", generation_id))
        return present.answer(kept_generation(record, present))

    def review_generation(access: Access, generation_id: str) -> Response:
        known, fields = check_path_id("generationId", generation_id), read_object(request)
        record = service.review(access.tenant, known, fields, access.principal.user_id)
        return present.answer(kept_generation(record, present))

    def delete_generation(access: Access, generation_id: str) -> Response:
        service.delete_generation(access.tenant, check_path_id("generationId", generation_id))
        return Response(status=204)

    one = f"{PATH}/<generation_id>"
    door.route(blueprint, "GET", PATH, Action.GENERATIONS_READ, list_generations)
    door.route(blueprint, "GET", one, Action.GENERATIONS_READ, get_generation)
    door.route(blueprint, "POST", f"{one}/review", Action.GENERATIONS_REVIEW, review_generation)
    door.route(blueprint, "DELETE", one, Action.GENERATIONS_DELETE, delete_generation)


def kept_generation(record: GenerationRecord, present: Presenter) -> dict[str, Any]:
    """A kept generation as JSON; its request and answer are written in the same case."""
    data = present.data(record)
    review = None if record.review is None else present.data(record.review)
    # There also where nobody reviewed or rated it yet.
    said = {"review": review, "reviews": [present.data(each) for each in record.reviews]}
    data |= present.names(
        said | {"ratings": record.ratings, "average_rating": record.average_rating}
    )
    data["request"] = present.data(GenerationRequest.read(record.request))
    if record.response is not None:
        data["response"] = present.data(GenerationResponse.read(record.response))
    return data
