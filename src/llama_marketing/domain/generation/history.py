"""What is kept of a generation: the request, the answer and what people said of it."""

from __future__ import annotations

from typing import Any

from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Outcome


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


class GenerationPage(Model):
    """One page of the history, newest first; ``next_cursor`` is None on the last one."""

    items: tuple[GenerationRecord, ...]
    next_cursor: str | None = None
