"""How an operation is entered: by an earlier answer, or by admission."""

from __future__ import annotations

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.cached import AnswersAgain
from llama_marketing.app.generation.operation import Operation
from llama_marketing.domain.errors import (
    InvalidRequest,
    LlamaMarketingError,
    QuotaExceeded,
    RevisionConflict,
    StoreError,
    StoreUnavailable,
)
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.generation.pictures import Picture
from llama_marketing.domain.tenant import TenantRef

MAX_USER_ID = 256
_CONFIG_READS = 6
"""How often a configuration is read before one operation gives up on it."""


def admitted(
    admission: Admission,
    again: AnswersAgain,
    tenant: TenantRef,
    asked: GenerationRequest,
    user_id: str,
    seconds: float,
    picture: Picture | None = None,
) -> Operation | GenerationResponse:
    """The admitted operation, or an earlier answer to an equal request.

    The store may have answered a configuration that this process read before; what it leads
    to counts only once its revision is confirmed, else the configuration is read again.
    """
    for reads in range(_CONFIG_READS):
        fresh = reads > 0
        try:
            prepared = admission.prepare(
                tenant, asked, user_id, seconds, fresh=fresh, picture=picture
            )
            return again.find(prepared) or admission.reserve(prepared)
        except LlamaMarketingError as error:
            if not _may_be_stale(error, fresh=fresh):
                raise
    raise StoreUnavailable(f"the configuration of {tenant} changes faster than it is read")


def checked_user(user_id: object) -> str:
    """The id of who asks; raises InvalidRequest where it cannot be kept."""
    if not isinstance(user_id, str) or len(user_id) > MAX_USER_ID or not _encodes(user_id):
        raise InvalidRequest(
            "user_id must be a text of at most 256 characters",
            user_message="El identificador del usuario no es válido.",
            issues=(("userId", "must be a text of at most 256 characters"),),
        )
    return user_id


def _may_be_stale(error: LlamaMarketingError, *, fresh: bool) -> bool:
    """Whether a refusal may come of a configuration that was read before it changed."""
    if isinstance(error, RevisionConflict):
        return True
    return not fresh and not isinstance(error, QuotaExceeded | StoreError)


def _encodes(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
