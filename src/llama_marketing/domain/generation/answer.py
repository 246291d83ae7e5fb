"""From finished drafts to the answer."""

from __future__ import annotations

from collections.abc import Sequence

from llama_marketing.domain.compliance.brand_check import check_brand
from llama_marketing.domain.compliance.check import check_text, with_beside
from llama_marketing.domain.compliance.models import Finding, PlatformCompliance
from llama_marketing.domain.compliance.publishable import judge
from llama_marketing.domain.generation.accounting import Totals
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.models import (
    GenerationMetadata,
    GenerationResponse,
    ServedBy,
    TokenUsage,
)
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.money import usd


def make_answer(
    generation_id: str,
    plan: Plan,
    drafts: Sequence[Draft],
    totals: Totals,
    latency_ms: int,
) -> GenerationResponse:
    """The answer of an operation; at least one draft must hold a result.

    The first good draft is the content; the others are variations. What is missing makes the
    answer ``partial`` and is said in its warnings.
    """
    good = [draft for draft in drafts if draft.result is not None and draft.error is None]
    first, served = _written(good[0])
    warnings, partial = _shortcomings(drafts, len(good), plan.variations)
    partial = partial or any(draft.partial for draft in good)
    result = plan.shape.together([_written(draft)[0] for draft in good])
    return GenerationResponse(
        id=generation_id,
        use_case=plan.shape.use_case,
        content=first.text,
        variations=tuple(draft.content for draft in good) if plan.variations > 1 else (),
        result=result,
        tokens_used=token_usage(totals),
        model=served.model_id,
        provider=served.row.id,
        latency_ms=latency_ms,
        partial=partial,
        metadata=_metadata(good, plan, drafts, warnings, partial),
    )


def _compliance(result: Result, plan: Plan) -> PlatformCompliance | None:
    """How the copy stands against its platform; None where it is meant for none.

    What is found in the lines beside it (a subject) is told too, its spans in those lines.
    """
    if not plan.shape.is_judged:
        return None
    brief, request = plan.brief, plan.brief.request
    language = request.language
    own = check_text(
        result.text, brief.surface, brief.rules, max_length=request.max_length, language=language
    )
    beside = [
        check_text(line, surface, brief.rules, language=language)
        for surface, line in result.lines_beside
    ]
    return with_beside(own, beside)


def _beside(good: Sequence[Draft], plan: Plan) -> list[Finding]:
    """What is found in the other variations, and what the results say of their own texts."""
    results = [_written(draft)[0] for draft in good]
    verdicts = [_compliance(result, plan) for result in results[1:]]
    found = [finding for verdict in verdicts if verdict is not None for finding in verdict.findings]
    return [*found, *(finding for result in results for finding in result.findings)]


def _written(draft: Draft) -> tuple[Result, PlannedAttempt]:
    assert draft.result is not None, "a good draft has a result"
    assert draft.served is not None, "a good draft was served"
    return draft.result, draft.served


def _shortcomings(drafts: Sequence[Draft], good: int, asked: int) -> tuple[tuple[str, ...], bool]:
    """What is said of the texts, and whether any is missing."""
    warnings = [text for draft in drafts for text in draft.warnings]
    if good < asked:
        warnings.append(f"Se generaron {good} de {asked} variaciones.")
    return tuple(warnings), good < asked


def _metadata(
    good: Sequence[Draft],
    plan: Plan,
    drafts: Sequence[Draft],
    warnings: tuple[str, ...],
    partial: bool,
) -> GenerationMetadata:
    """What is worth knowing besides the text; each sentence is said once."""
    first, (result, served) = good[0], _written(good[0])
    compliance, guide = _compliance(result, plan), plan.brief.brand_guide
    # Only what touches the text holds it back; a lowered parameter does not.
    notices = [*plan.warnings, *(text for draft in drafts for text in draft.notices)]
    return GenerationMetadata(
        finish_reason=first.finish_reason,
        suggested_hashtags=result.suggested_hashtags,
        suggested_emojis=result.suggested_emojis,
        content_warnings=tuple(dict.fromkeys([*notices, *warnings])),
        platform_compliance=compliance,
        prompt_version=plan.brief.prompt_version,
        served_by=ServedBy(host=served.row.id, model=first.served_model or served.host_model_id),
        downgraded_from=plan.downgraded_from,
        publishable=judge(
            compliance,
            warnings=warnings,
            partial=partial,
            requires_human_review=result.requires_human_review,
            beside=_beside(good, plan),
        ),
        requires_human_review=result.requires_human_review,
        brand_check=None if guide is None else check_brand(result.text, guide),
    )


def token_usage(totals: Totals) -> TokenUsage:
    """The operation's tokens and cost, as the books have them."""
    return TokenUsage(
        input_tokens=totals.tokens_input,
        output_tokens=totals.tokens_output,
        total_tokens=totals.tokens_input + totals.tokens_output,
        estimated_cost_usd=None if totals.cost is None else usd(totals.cost),
    )
