"""Writes with ``X-Idempotency-Key``: the same request again gets the first answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

import attrs
from flask import Request, Response

from llama_marketing.adapters.flask.access import Access
from llama_marketing.adapters.flask.reading import prefers_stream, read_body
from llama_marketing.adapters.flask.streaming import SseBody
from llama_marketing.app.idempotency import Claim, IdempotencyService
from llama_marketing.domain.errors import StoreError
from llama_marketing.domain.idempotency import KeptAnswer

HEADER = "X-Idempotency-Key"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
TRY_AGAIN = frozenset({400, 401, 403, 413, 415, 500, 503})
"""Answers after which the same request is tried for real the next time."""

_log = logging.getLogger("llama_marketing.http")


@attrs.frozen
class Idempotent:
    """Answers a keyed write once, and repeats that answer for 48 hours."""

    service: IdempotencyService

    def answer(
        self, request: Request, access: Access, view: Callable[[], Response], limit: int
    ) -> Response:
        """The view's answer, or the one that its first call gave; ``limit`` is the body's.

        Raises InvalidRequest for an unusable key, IdempotencyMismatch and IdempotencyRunning.
        """
        key = request.headers.get(HEADER)
        if key is None or request.method not in WRITES or access.client_id is None:
            return view()
        claim = self.service.claim(access.tenant, key, _whole(request, limit))
        if isinstance(claim, KeptAnswer):
            return Response(claim.body, status=claim.status, content_type=claim.media_type or None)
        try:
            response = view()
        except BaseException:
            self._end(claim, 500, "", None)
            raise
        self._keep(claim, response)
        return response

    def _keep(self, claim: Claim, response: Response) -> None:
        status = response.status_code
        media_type = response.headers.get("Content-Type", "")
        if isinstance(response.response, SseBody):
            response.response.record(lambda frames: self._end(claim, status, media_type, frames))
        else:
            text = None if status in TRY_AGAIN else response.get_data(as_text=True)
            self._end(claim, status, media_type, text)

    def _end(self, claim: Claim, status: int, media_type: str, text: str | None) -> None:
        """Keep the answer, or give the key back where there is none to repeat."""
        try:
            if text is None:
                self.service.free(claim)
            else:
                self.service.keep(claim, status, media_type, text)
        except StoreError as error:
            # The work is done and booked: its answer goes out although it cannot be repeated.
            _log.error("an answer could not be kept under its idempotency key: %s", error.code)


def _whole(request: Request, limit: int) -> bytes:
    """Everything that makes the request what it is."""
    form = "stream" if prefers_stream(request) else "json"
    seen = request.headers.get("If-Match", "")
    head = f"{request.method} {request.full_path}\n{form}\n{seen}\n"
    return head.encode(errors="surrogatepass") + _content(request, limit)


def _content(request: Request, limit: int) -> bytes:
    """The body; a form without its boundary, which a client chooses anew each time it sends it."""
    body = read_body(request, limit)
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        return body
    return body.replace(b"--" + boundary.encode(errors="replace"), b"--")
