"""Answers that are given again: what makes two requests equal, and which answers are kept.

Equal means that everything that shapes the answer is the same, down to the last space of the
prompt; a request that is only similar is never answered from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.models import GenerationResponse, TokenUsage
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp

SCHEME = 1
"""Goes into every key: raised when an older program's answers must no longer be given."""

_NOT_OF_THE_ANSWER = {"bypass_cache", "client_id"}


class CachedAnswer(Model):
    """An answer as it was first given; timestamps are UTC of fixed width.

    It is not given again from the moment of ``expires_at`` on.
    """

    response: GenerationResponse
    created_at: str
    expires_at: str
    version: int = 1

    def again(self, generation_id: str, latency_ms: int) -> GenerationResponse:
        """The answer of an operation that took no host: its own id, marked, for nothing."""
        kept = self.response
        return kept.model_copy(
            update={
                "id": generation_id,
                "latency_ms": latency_ms,
                "tokens_used": TokenUsage(),
                "metadata": kept.metadata.model_copy(update={"cached": True}),
            }
        )


@attrs.frozen
class CacheItem:
    """An answer and the key under which it is kept."""

    key: str
    answer: CachedAnswer


def cache_item(
    key: str, response: GenerationResponse | None, now: datetime, lifetime: timedelta
) -> CacheItem | None:
    """What is kept of an operation that ended with ``response``; None for nothing.

    Only a whole answer that the model ended by itself is worth giving again. ``key`` is empty
    where the client keeps none.
    """
    if not key or response is None or not _is_whole(response):
        return None
    answer = CachedAnswer(
        response=response, created_at=timestamp(now), expires_at=timestamp(now + lifetime)
    )
    return CacheItem(key, answer)


def _is_whole(response: GenerationResponse) -> bool:
    return not response.partial and response.finish_reason is FinishReason.STOP


def cache_key(tenant: TenantRef, plan: Plan) -> str:
    """The SHA-256, in hex, of all that shapes the answer, as canonical JSON.

    The same in every process. The configuration is named by its id and revision: one that was
    deleted and made again starts at the first revision, but under another id.
    """
    brief, length = plan.brief, plan.brief.length
    shaping = {
        "scheme": SCHEME,
        "tenant": [tenant.organization_id, tenant.client_id],
        "config": [plan.config.id, plan.config.revision],
        "request": brief.request.model_dump_json(exclude=_NOT_OF_THE_ANSWER),
        "template": brief.prompt_version,
        "variations": plan.variations,
        "call": plan.call(plan.attempts[0]),
        "attempts": [_place(attempt) for attempt in plan.attempts],
        "surface": brief.surface,
        "rules": [brief.rules.digest, brief.ad_rules.digest],
        "length": [length.limit, length.measure, length.max_length],
        "warnings": plan.warnings,
        # Facts are measured on the file that came, which may differ where what is sent does not.
        "picture": None if brief.picture is None else brief.picture.judged.model_dump_json(),
    }
    # Python writes a float as the shortest text that reads back as the same float.
    text = json.dumps(
        shaping, default=_plain, sort_keys=True, allow_nan=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _place(attempt: PlannedAttempt) -> list[Any]:
    """Where a call goes, and in what it differs from the first one."""
    return [
        attempt.row.shape,
        attempt.base_url,
        attempt.slot,
        attempt.model_id,
        attempt.host_model_id,
        attempt.max_tokens,
        attempt.traits,
    ]


def _plain(value: object) -> object:
    """What JSON has no notion of; raises TypeError for what has no canonical form."""
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, Mapping):
        return dict(value)
    kind = type(value)
    if attrs.has(kind):
        return {field.name: getattr(value, field.name) for field in attrs.fields(kind)}
    raise TypeError(f"a {kind.__name__} has no canonical form")
