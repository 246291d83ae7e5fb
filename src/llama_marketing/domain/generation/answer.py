"""From finished drafts to the answer."""

from __future__ import annotations

from collections.abc import Sequence

from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import PlatformCompliance, PlatformRules
from llama_marketing.domain.compliance.publishable import judge
from llama_marketing.domain.generation.accounting import Totals
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.models import (
    GenerationMetadata,
    GenerationRequest,
    GenerationResponse,
    ServedBy,
    SocialPost,
    TokenUsage,
)
from llama_marketing.domain.generation.plan import Plan, PlannedAttempt
from llama_marketing.domain.money import usd


def make_answer(
    generation_id: str,
    request: GenerationRequest,
    plan: Plan,
    drafts: Sequence[Draft],
    totals: Totals,
    surface: str,
    rules: PlatformRules,
    latency_ms: int,
) -> GenerationResponse:
    """The answer of an operation; at least one draft must hold a copy.

    The first good draft is the content; the others are variations. What is missing makes the
    answer ``partial`` and is said in its warnings.
    """
    good = [draft for draft in drafts if draft.post is not None and draft.error is None]
    post, served = _written(good[0])
    warnings, partial = _shortcomings(drafts, len(good), plan.variations)
    partial = partial or any(draft.partial for draft in good)
    compliance = check_text(
        post.content, surface, rules, max_length=request.max_length, language=request.language
    )
    return GenerationResponse(
        id=generation_id,
        use_case=request.use_case,
        content=post.content,
        variations=tuple(draft.content for draft in good) if plan.variations > 1 else (),
        result=post,
        tokens_used=token_usage(totals),
        model=served.model_id,
        provider=served.row.id,
        latency_ms=latency_ms,
        partial=partial,
        metadata=_metadata(good[0], plan, drafts, warnings, partial, compliance),
    )


def _written(draft: Draft) -> tuple[SocialPost, PlannedAttempt]:
    assert draft.post is not None, "a good draft has a text"
    assert draft.served is not None, "a good draft was served"
    return draft.post, draft.served


def _shortcomings(drafts: Sequence[Draft], good: int, asked: int) -> tuple[tuple[str, ...], bool]:
    """What is said of the texts, and whether any is missing."""
    warnings = [text for draft in drafts for text in draft.warnings]
    if good < asked:
        warnings.append(f"Se generaron {good} de {asked} variaciones.")
    return tuple(warnings), good < asked


def _metadata(
    first: Draft,
    plan: Plan,
    drafts: Sequence[Draft],
    warnings: tuple[str, ...],
    partial: bool,
    compliance: PlatformCompliance,
) -> GenerationMetadata:
    """What is worth knowing besides the text; each sentence is said once."""
    post, served = _written(first)
    # Only what touches the text holds it back; a lowered parameter does not.
    notices = [*plan.warnings, *(text for draft in drafts for text in draft.notices)]
    return GenerationMetadata(
        finish_reason=first.finish_reason,
        suggested_hashtags=post.hashtags,
        suggested_emojis=post.emojis,
        content_warnings=tuple(dict.fromkeys([*notices, *warnings])),
        platform_compliance=compliance,
        prompt_version=plan.template.name,
        served_by=ServedBy(host=served.row.id, model=first.served_model or served.host_model_id),
        downgraded_from=plan.downgraded_from,
        publishable=judge(
            compliance, warnings=warnings, partial=partial, requires_human_review=False
        ),
    )


def token_usage(totals: Totals) -> TokenUsage:
    """The operation's tokens and cost, as the books have them."""
    return TokenUsage(
        input_tokens=totals.tokens_input,
        output_tokens=totals.tokens_output,
        total_tokens=totals.tokens_input + totals.tokens_output,
        estimated_cost_usd=None if totals.cost is None else usd(totals.cost),
    )
