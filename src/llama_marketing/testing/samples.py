"""Small valid values for tests: holds, entries, settlements, answers, records, configurations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.models import Finding, LimitKind, PlatformCompliance
from llama_marketing.domain.compliance.publishable import judge
from llama_marketing.domain.config.models import MetaAIConfig, StoredConfig
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.generation.models import (
    GenerationMetadata,
    GenerationResponse,
    ServedBy,
    TokenUsage,
)
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.money import usd
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Hold, HoldState, QuotaTerms, Settlement
from llama_marketing.domain.usage.entries import Basis, Outcome, UsageEntry
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform, QuotaUnit

TENANT = TenantRef("org1", "cli1")
MONTH = "2026-02"
DAY = "2026-02-14"
TIMESTAMP = "2026-02-14T18:00:00.000000Z"
EXPIRES_AT = "2026-02-14T18:03:00.000000Z"
AFTERWARDS = "2026-02-14T19:00:00.000000Z"
DIME = 10**11
"""Ten cents in pico-USD."""


def sample_entry(entry_id: str = "gen1", **fields: Any) -> UsageEntry:
    """One operation of ten cents and 200 tokens on 2026-02-14, unless told otherwise."""
    given: dict[str, Any] = {
        "id": entry_id,
        "client_id": TENANT.client_id,
        "timestamp": TIMESTAMP,
        "use_case": GenerationUseCase.SOCIAL_POST,
        "model": "llama-3.3-70b-instruct",
        "provider": "groq",
        "tokens_input": 50,
        "tokens_output": 150,
        "cost_usd": Decimal("0.1"),
        "latency_ms": 900,
        "period": MONTH,
        "day": DAY,
    }
    return UsageEntry(**{**given, **fields})


def sample_amount(cost: int = DIME, tokens: int = 200) -> Amount:
    """What one operation takes: ten cents and 200 tokens unless told otherwise."""
    return Amount(cost=cost, tokens=tokens, generations=1)


def sample_hold(hold_id: str = "gen1", amount: Amount | None = None, **fields: Any) -> Hold:
    """An open hold, and the entry that a sweep would book for it."""
    amount = amount or sample_amount()
    given: dict[str, Any] = {
        "tokens_input": 0,
        "tokens_output": amount.tokens,
        "cost_usd": usd(amount.cost),
        "latency_ms": 0,
        "basis": Basis.UPPER_BOUND,
    }
    upper_bound = sample_entry(hold_id, **{**given, **fields})
    return Hold(id=hold_id, amount=amount, entry=upper_bound, expires_at=EXPIRES_AT)


def sample_settlement(hold: Hold, actual: Amount | None = None, **fields: Any) -> Settlement:
    """How the hold's operation ended: well, and with exactly what was held, unless told."""
    actual = hold.amount if actual is None else actual
    given: dict[str, Any] = {
        "timestamp": hold.entry.timestamp,
        "day": hold.entry.day,
        "period": hold.period,
        "tokens_input": 0,
        "tokens_output": actual.tokens,
        "cost_usd": usd(actual.cost),
    }
    entry = sample_entry(hold.id, **{**given, **fields})
    return Settlement(hold_id=hold.id, entry=entry, actual=actual)


def sample_release(hold: Hold) -> Settlement:
    """The end of an operation for which the host surely did nothing."""
    entry = sample_settlement(hold, NOTHING, outcome=Outcome.FAILED, basis=Basis.NONE).entry
    return Settlement(hold_id=hold.id, entry=entry, actual=NOTHING, state=HoldState.RELEASED)


def sample_rating(stars: int, user_id: str = "u1", entry_id: str = "gen1") -> Rating:
    """What a user thinks of an entry."""
    return Rating(entry_id=entry_id, user_id=user_id, rating=stars)


def dollars(amount: str | None, as_of: str = "2026-02-01T00:00:00.000000Z") -> QuotaTerms:
    """The terms of a quota in US dollars; None is no limit."""
    limit = None if amount is None else int(Decimal(amount) * 10**12)
    return QuotaTerms(limit=limit, unit=QuotaUnit.USD, as_of=as_of)


def sample_record(record_id: str = "gen1", **fields: Any) -> GenerationRecord:
    """A kept generation that expires in March 2026."""
    given: dict[str, Any] = {
        "id": record_id,
        "created_at": TIMESTAMP,
        "expires_at": "2026-03-14T18:00:00.000000Z",
        "user_id": "u1",
        "request": {"use_case": "social_post", "prompt": "Café y pan ☕"},
        "response": {"content": "¡Buen día!", "result": {"hashtags": ["#cafe"]}},
    }
    return GenerationRecord(**{**given, **fields})


def sample_compliance() -> PlatformCompliance:
    """A verdict that found one hashtag too many."""
    finding = Finding(
        rule_id="instagram_hashtags",
        kind=LimitKind.HARD,
        measure="hashtags",
        measured=31,
        limit=30,
        span=(4, 9),
        message="Lleva 31 hashtags; caben 30.",
    )
    return PlatformCompliance(
        platform=Platform.INSTAGRAM,
        character_limit=2200,
        current_length=13,
        is_compliant=False,
        status="warning",
        warnings=(finding.message,),
        findings=(finding,),
        surface="instagram_caption",
    )


def sample_response(generation_id: str = "gen1", **fields: Any) -> GenerationResponse:
    """A whole answer of two variations, with a verdict that found something."""
    compliance = sample_compliance()
    given: dict[str, Any] = {
        "id": generation_id,
        "use_case": GenerationUseCase.SOCIAL_POST,
        "content": "¡Buen día! ☕",
        "variations": ("¡Buen día! ☕", "¿Un café?"),
        "result": SocialPost(content="¡Buen día! ☕", hashtags=("#cafe",), emojis=("☕",)),
        "tokens_used": TokenUsage(input_tokens=50, output_tokens=150, total_tokens=200),
        "model": "llama-3.3-70b-instruct",
        "provider": "groq",
        "latency_ms": 900,
        "metadata": GenerationMetadata(
            finish_reason=FinishReason.STOP,
            suggested_hashtags=("#cafe",),
            platform_compliance=compliance,
            prompt_version="social_post.instagram@1",
            served_by=ServedBy(host="groq", model="llama-3.3-70b-versatile"),
            publishable=judge(compliance, warnings=(), partial=False, requires_human_review=False),
        ),
    }
    return GenerationResponse(**{**given, **fields})


def sample_config(tenant: TenantRef = TENANT, **fields: Any) -> StoredConfig:
    """A client's configuration with a sealed key that opens nothing."""
    given: dict[str, Any] = {
        "id": "conf1",
        "client_id": tenant.client_id,
        "organization_id": tenant.organization_id,
        "enabled": True,
        "hosting_provider": "groq",
        "created_at": "2026-02-01T00:00:00.000000Z",
        "updated_at": "2026-02-01T00:00:00.000000Z",
    }
    return StoredConfig(config=MetaAIConfig(**{**given, **fields}), sealed_key="sealed")
