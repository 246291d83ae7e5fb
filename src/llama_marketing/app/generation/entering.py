"""How an operation is entered: by an earlier answer, or by admission."""

from __future__ import annotations

from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.cached import AnswersAgain
from llama_marketing.app.generation.current_config import with_current_config
from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.generation.prepared import KnownOperation
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.generation.pictures import Picture
from llama_marketing.domain.tenant import TenantRef


def admitted(
    admission: Admission,
    again: AnswersAgain,
    tenant: TenantRef,
    asked: GenerationRequest,
    user_id: str,
    seconds: float,
    picture: Picture | None = None,
    known: KnownOperation | None = None,
) -> Operation | GenerationResponse:
    """The admitted operation, or an earlier answer to an equal request; both under a known id."""

    def enter(fresh: bool) -> Operation | GenerationResponse:
        prepared = admission.prepare(tenant, asked, user_id, seconds, fresh=fresh, picture=picture)
        return again.find(prepared, known) or admission.reserve(prepared, known)

    return with_current_config(tenant, enter)
