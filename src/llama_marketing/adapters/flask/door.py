"""The door that every route goes through: request id, access, idempotency, errors, logs."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import attrs
from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, Authorize, grant
from llama_marketing.adapters.flask.idempotent import Idempotent
from llama_marketing.adapters.flask.presenting import Presenter
from llama_marketing.adapters.flask.problems import problem
from llama_marketing.adapters.flask.reading import MAX_JSON
from llama_marketing.adapters.flask.streaming import StreamGate
from llama_marketing.app.services import Services
from llama_marketing.app.telemetry import CALLER_REQUEST_ID
from llama_marketing.domain.errors import LlamaMarketingError

REQUEST_ID = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_ENVIRON_KEY = "llama_marketing.request_id"
_log = logging.getLogger("llama_marketing.http")

View = Callable[..., Response]


@attrs.frozen(kw_only=True)
class Door:
    """What the routes share. A view gets its Access first, then the path's other arguments."""

    services: Services
    authorize: Authorize
    present: Presenter
    gate: StreamGate
    idempotent: Idempotent

    def route(
        self,
        blueprint: Blueprint,
        method: str,
        rule: str,
        action: Action,
        view: View,
        *,
        limit: int = MAX_JSON,
    ) -> None:
        """Register a view behind the door; ``limit`` is the most bytes that its body may have."""

        @wraps(view)
        def entered(**arguments: Any) -> Response:
            return self._answer(action, view, arguments, limit)

        endpoint = f"{method.lower()}_{view.__name__}"
        # An automatic OPTIONS would answer without asking anybody.
        blueprint.add_url_rule(
            rule, endpoint, entered, methods=[method], provide_automatic_options=False
        )

    def _answer(
        self, action: Action, view: View, arguments: dict[str, Any], limit: int
    ) -> Response:
        started = time.monotonic()
        request_id = current_request_id()
        organization_id = arguments.pop("org_id", None)
        client_id = arguments.pop("client_id", None)
        try:
            access = grant(self.authorize, request, action, organization_id, client_id)
            answer = partial(_seen, view, access, arguments, request_id)
            response = self.idempotent.answer(request, access, answer, limit)
        except LlamaMarketingError as error:
            response = problem(error, request_id)
        except Exception as error:  # noqa: BLE001 - the door answers whatever happens
            # A bug of ours: the log has it whole, the answer nothing of it.
            _log.error("request %s failed: %s", request_id, type(error).__name__, exc_info=True)
            response = problem(LlamaMarketingError(), request_id)
        _log.info(
            "%s %s -> %s in %d ms (request %s)",
            request.method,
            request.url_rule,
            response.status_code,
            round((time.monotonic() - started) * 1000),
            request_id,
            extra={"request_id": request_id, "action": str(action)},
        )
        return finish(response, request_id)


def _seen(view: View, access: Access, arguments: dict[str, Any], request_id: str) -> Response:
    """The view's answer; what it refuses is an answer too, and may be repeated."""
    known = CALLER_REQUEST_ID.set(request_id)
    try:
        return view(access, **arguments)
    except LlamaMarketingError as error:
        return problem(error, request_id)
    finally:
        # The thread's next work may come from elsewhere.
        CALLER_REQUEST_ID.reset(known)


def finish(response: Response, request_id: str) -> Response:
    """Give an answer the headers that all of ours carry."""
    response.headers[REQUEST_ID] = request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def current_request_id() -> str:
    """The caller's request id when it has a harmless form, else a new one."""
    # Not in flask.g: an app context that a test holds open outlives one request.
    known = request.environ.get(_ENVIRON_KEY)
    if known is None:
        sent = request.headers.get(REQUEST_ID, "")
        known = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        request.environ[_ENVIRON_KEY] = known
    return str(known)
