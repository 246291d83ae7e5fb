"""Vocabulary: the customer's words, letter by letter."""

from __future__ import annotations

from llama_marketing.domain import vocabulary as words


def test_the_words_are_the_customers() -> None:
    """They stand in requests and in stored rows, so none may change."""
    assert [list(map(str, kind)) for kind in (words.GenerationUseCase, words.Platform)] == [
        [
            *("social_post", "ad_copy", "email_copy", "whatsapp_message", "image_analysis"),
            *("comment_moderation", "hashtag_generation", "content_calendar", "brand_voice"),
        ],
        [
            *("facebook", "instagram", "whatsapp", "email"),
            *("messenger", "threads", "tiktok", "linkedin"),
        ],
    ]
    assert list(map(str, words.Tone)) == [
        "formal", "casual", "creative", "professional", "friendly",
    ]  # fmt: skip
    assert list(map(str, words.QuotaUnit)) == ["usd", "tokens", "generations"]
    assert list(map(str, words.QuotaAction)) == ["block", "downgrade", "notify"]
    assert list(map(str, words.LlamaModelFamily)) == [
        "llama-3.1", "llama-3.2", "llama-3.3", "llama-4",
    ]  # fmt: skip
    assert {"meta_ai", "together", "fireworks", "groq", "self_hosted", "openai_compatible"} <= set(
        words.LlamaHostingProvider
    )
