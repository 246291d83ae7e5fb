"""Answers: the first good draft is the content, and what is missing is said."""

from __future__ import annotations

from decimal import Decimal

from llama_marketing.domain.errors import BadKey
from llama_marketing.domain.generation.accounting import Totals
from llama_marketing.domain.generation.answer import make_answer, token_usage
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.usage.entries import Basis
from tests.unit.domain.generation.samples import plan, request

TOTALS = Totals(100, 20, 3 * 10**9, Basis.REPORTED)


def draft(number: int, content: str, **fields: object) -> Draft:
    """A draft that a host served."""
    made = Draft(number)
    made.result = SocialPost(content=content, hashtags=("#cafe",), emojis=("☕",))
    made.served = plan().attempts[0]
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def answer(*drafts: Draft, variations: int = 1, totals: Totals = TOTALS) -> GenerationResponse:
    """The answer of a request for Instagram."""
    asked = request(variations=variations)
    return make_answer("gen1", plan(asked), drafts, totals, 1234)


def test_one_good_draft_is_the_answer() -> None:
    """With tokens, cost, host, model, version and verdict."""
    made = answer(draft(0, "Un café.", served_model="small-2026"))

    assert (made.id, made.content, made.variations, made.partial) == ("gen1", "Un café.", (), False)
    assert (made.model, made.provider, made.latency_ms) == ("small", "cloud", 1234)
    assert made.tokens_used.total_tokens == 120
    assert made.tokens_used.estimated_cost_usd == Decimal("0.003")
    assert (made.suggested_hashtags, made.suggested_emojis) == (("#cafe",), ("☕",))
    assert made.metadata.prompt_version == "social_post.instagram@3"
    assert made.metadata.served_by.model == "small-2026"
    assert made.metadata.publishable.verdict == "yes"
    assert made.platform_compliance is not None
    assert made.platform_compliance.current_length == 8
    assert made.finish_reason == "stop"


def test_several_variations_stand_in_their_order() -> None:
    """The first one is the content too."""
    made = answer(draft(0, "Uno."), draft(1, "Dos."), variations=2)

    assert (made.content, made.variations, made.partial) == ("Uno.", ("Uno.", "Dos."), False)


def test_what_failed_is_left_out_and_said() -> None:
    """The first good one takes the place of one that failed."""
    made = answer(Draft(0, error=BadKey("x")), draft(1, "Dos.", warnings=["Aviso."]), variations=2)

    assert (made.content, made.variations, made.partial) == ("Dos.", ("Dos.",), True)
    assert made.content_warnings == ("Aviso.", "Se generaron 1 de 2 variaciones.")
    assert made.metadata.publishable.verdict == "review"
    assert made.metadata.served_by.model == "cloud/small"


def test_a_partial_draft_makes_the_answer_partial() -> None:
    """A warning is told once."""
    made = answer(draft(0, "Un caf", partial=True, warnings=["Aviso.", "Aviso."]))

    assert made.partial
    assert made.content_warnings == ("Aviso.",)


def test_an_unknown_cost_stays_unknown() -> None:
    """Null in JSON, never 0."""
    usage = token_usage(Totals(1, 2, None, Basis.REPORTED))

    assert usage.estimated_cost_usd is None
    assert usage.model_dump(mode="json", by_alias=True) == {
        "inputTokens": 1,
        "outputTokens": 2,
        "totalTokens": 3,
        "estimatedCostUsd": None,
    }


def test_a_notice_about_the_call_is_told_and_holds_nothing_back() -> None:
    """A parameter that the host did not take says nothing about the text."""
    made = answer(draft(0, "Un café.", notices=["El proveedor no acepta «seed»."]))

    assert made.content_warnings == ("El proveedor no acepta «seed».",)
    assert made.metadata.publishable.verdict == "yes"


def test_a_warning_about_the_text_asks_for_a_person() -> None:
    """A shortened text is published only after somebody read it."""
    made = answer(draft(0, "Un café.", warnings=["Se recortó."]))

    assert made.metadata.publishable.verdict == "review"
