"""Who asks and what for: the question that every route puts to the caller's ``authorize``."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum

import attrs
from flask import Request
from werkzeug.exceptions import HTTPException

from llama_marketing.domain.errors import (
    Forbidden,
    InvalidRequest,
    Unauthorized,
    UnreadableRequest,
)
from llama_marketing.domain.tenant import TenantRef, check_id

_log = logging.getLogger("llama_marketing.http")


class Action(StrEnum):
    """What a route is about to do."""

    CATALOG_READ = "catalog.read"
    CONFIG_READ = "config.read"
    CONFIG_WRITE = "config.write"
    CONFIG_VALIDATE = "config.validate"
    GENERATE = "generation.create"
    CHECK = "generation.check"
    GENERATIONS_READ = "generation.read"
    GENERATIONS_DELETE = "generation.delete"
    MODERATE = "comments.moderate"
    MODERATION_READ = "comments.read"
    MODERATION_RESOLVE = "comments.resolve"
    GENERATIONS_REVIEW = "generation.review"
    GENERATIONS_RATE = "generation.rate"
    PROMPTS_READ = "prompts.read"
    PROMPTS_WRITE = "prompts.write"
    BRAND_VOICE_READ = "brand_voice.read"
    BRAND_VOICE_WRITE = "brand_voice.write"
    USAGE_READ = "usage.read"


@attrs.frozen
class Principal:
    """Who asks, as the caller's ``authorize`` knows it; the user id goes into the books."""

    user_id: str


Authorize = Callable[[Request, Action, str | None, str | None], Principal | None]
"""``authorize(request, action, organization_id, client_id)``: a Principal, or no access.

The ids are those of the path, checked for their form; None where the path has none. None means
that nobody is known (401). It may raise Unauthorized or Forbidden, or abort with 401 or 403; any
other exception is taken for a refusal (403).
"""


@attrs.frozen
class Access:
    """One granted question."""

    principal: Principal
    organization_id: str | None
    client_id: str | None

    @property
    def tenant(self) -> TenantRef:
        """The client of the path; only on routes that have one."""
        return TenantRef(self.organization_id or "", self.client_id or "")


def grant(
    authorize: Authorize,
    request: Request,
    action: Action,
    organization_id: str | None,
    client_id: str | None,
) -> Access:
    """Ask; raises InvalidRequest for ids of the wrong form, Unauthorized and Forbidden."""
    for name, value in (("orgId", organization_id), ("clientId", client_id)):
        if value is not None:
            check_path_id(name, value)
    principal = _ask(authorize, request, action, organization_id, client_id)
    if not isinstance(principal, Principal):
        raise Unauthorized(f"nobody is known for {action}")
    return Access(principal, organization_id, client_id)


def check_path_id(name: str, value: str) -> str:
    """Answer an id of the path; raises UnreadableRequest when it has the wrong form."""
    try:
        return check_id(name, value)
    except InvalidRequest as error:
        raise UnreadableRequest(
            str(error), user_message=error.user_message, issues=error.issues
        ) from None


def _ask(
    authorize: Authorize,
    request: Request,
    action: Action,
    organization_id: str | None,
    client_id: str | None,
) -> Principal | None:
    try:
        return authorize(request, action, organization_id, client_id)
    except (Unauthorized, Forbidden):
        raise
    except HTTPException as error:
        refusal: Unauthorized | Forbidden = Forbidden(f"{action} is refused")
        status = error.code if error.response is None else error.response.status_code
        if status == 401:
            refusal = Unauthorized(f"nobody is known for {action}")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong while asking, the door stays shut
        # Without its text and frames, which may hold the caller's token.
        _log.warning("authorize raised %s, taken for a refusal", type(error).__name__)
        refusal = Forbidden(f"{action} is refused")
    raise refusal
