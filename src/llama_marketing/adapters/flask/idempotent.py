"""Writes with ``X-Idempotency-Key``: the same request again gets the first answer."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from flask import Request, Response

from llama_marketing.adapters.flask.access import Access
from llama_marketing.adapters.flask.reading import read_body
from llama_marketing.adapters.flask.streaming import SseBody
from llama_marketing.app.idempotency import Claim, IdempotencyService
from llama_marketing.domain.idempotency import KeptAnswer

HEADER = "X-Idempotency-Key"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
TRY_AGAIN = frozenset({400, 401, 403, 413, 415, 500, 503})
"""Answers after which the same request is tried for real the next time."""


@attrs.frozen
class Idempotent:
    """Answers a keyed write once, and repeats that answer for 48 hours."""

    service: IdempotencyService

    def answer(self, request: Request, access: Access, view: Callable[[], Response]) -> Response:
        """The view's answer, or the one that its first call gave.

        Raises InvalidRequest for an unusable key, IdempotencyMismatch and IdempotencyRunning.
        """
        key = request.headers.get(HEADER)
        if key is None or request.method not in WRITES or access.client_id is None:
            return view()
        accepted = request.headers.get("Accept", "")
        head = f"{request.method} {request.full_path}\n{accepted}\n".encode()
        claim = self.service.claim(access.tenant, key, head + read_body(request))
        if isinstance(claim, KeptAnswer):
            return Response(claim.body, status=claim.status, content_type=claim.media_type)
        try:
            response = view()
        except BaseException:
            self.service.free(claim)
            raise
        self._keep(claim, response)
        return response

    def _keep(self, claim: Claim, response: Response) -> None:
        status = response.status_code
        media_type = response.headers.get("Content-Type", "")
        if isinstance(response.response, SseBody):
            response.response.record(
                lambda frames: self._keep_text(claim, status, media_type, frames)
            )
        else:
            text = None if status in TRY_AGAIN else response.get_data(as_text=True)
            self._keep_text(claim, status, media_type, text)

    def _keep_text(self, claim: Claim, status: int, media_type: str, text: str | None) -> None:
        if text is None:
            self.service.free(claim)
        else:
            self.service.keep(claim, status, media_type, text)
