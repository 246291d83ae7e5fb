"""A post for a social network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema, texts_schema
from llama_marketing.domain.compliance.emojis import clean_emojis
from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.reading import text_of, texts_of
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.vocabulary import GenerationUseCase

HASHTAG_LENGTH = 30
EMOJI_LENGTH = 8


def _schema(brief: Brief, bound: int) -> ReplySchema:
    properties = {
        "content": text_schema(bound),
        "hashtags": texts_schema(brief.template.max_hashtags, HASHTAG_LENGTH),
        "emojis": texts_schema(brief.template.max_emojis, EMOJI_LENGTH),
    }
    return object_schema(brief.request.use_case.value, properties)


def _read(found: Mapping[str, Any], brief: Brief) -> SocialPost:
    template = brief.template
    return SocialPost(
        content=copy_text(text_of(found, "content")),
        hashtags=clean_hashtags(texts_of(found, "hashtags"))[: template.max_hashtags],
        emojis=clean_emojis(texts_of(found, "emojis"))[: template.max_emojis],
    )


SOCIAL_POST = UseCaseShape(
    use_case=GenerationUseCase.SOCIAL_POST, copy_field="content", schema=_schema, read=_read
)
"""The copy first, so that a stream can show it as it arrives."""
