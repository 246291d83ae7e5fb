"""What is kept of a generation: the request, the answer and what people said of it."""

from __future__ import annotations

from typing import Any

from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Outcome, UsageEntry


class GenerationRecord(Model):
    """One kept generation; ``created_at`` and ``expires_at`` are UTC timestamps of fixed width.

    ``request`` and ``response`` are the JSON shapes (snake_case) of GenerationRequest and
    GenerationResponse, so that an older record stays readable; ``response`` is None where the
    operation failed.
    """

    id: str
    created_at: str
    expires_at: str
    user_id: str = ""
    outcome: Outcome = Outcome.OK
    error_code: str = ""
    prompt_version: str = ""
    request: dict[str, Any]
    response: dict[str, Any] | None = None
    version: int = 1


def record_of(
    entry: UsageEntry,
    request: GenerationRequest,
    response: GenerationResponse | None,
    expires_at: str,
) -> GenerationRecord:
    """What is kept of the operation that ``entry`` books; no response where it failed."""
    return GenerationRecord(
        id=entry.id,
        created_at=entry.timestamp,
        expires_at=expires_at,
        user_id=entry.user_id,
        outcome=entry.outcome,
        error_code=entry.error_code,
        prompt_version=entry.prompt_version,
        request=request.model_dump(mode="json", exclude_none=True),
        response=None if response is None else response.model_dump(mode="json"),
    )


class GenerationPage(Model):
    """One page of the history, newest first; ``next_cursor`` is None on the last one."""

    items: tuple[GenerationRecord, ...]
    next_cursor: str | None = None
