"""Looking at a moderation job, and at the sums of all moderations."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query
from llama_marketing.adapters.flask.resources.moderation import PATH


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.moderation, door.present

    def get_moderation_job(access: Access, job_id: str) -> Response:
        sent = read_query(request, ("cursor",))
        known = check_path_id("jobId", job_id)
        return present.answer(service.job(access.tenant, known, sent.get("cursor", "")))

    def get_moderation_summary(access: Access) -> Response:
        sent = read_query(request, ("month", "from", "to"))
        days = sent.get("from") or None, sent.get("to") or None
        return present.answer(service.summary(access.tenant, sent.get("month") or None, *days))

    job, summary = f"{PATH}/moderation-jobs/<job_id>", f"{PATH}/moderation-summary"
    door.route(blueprint, "GET", job, Action.MODERATION_READ, get_moderation_job)
    door.route(blueprint, "GET", summary, Action.MODERATION_READ, get_moderation_summary)
