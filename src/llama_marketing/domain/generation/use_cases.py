"""What each use case asks a model for: its schema, the field that is the copy, its result.

The schema is built for the request: every text and list carries a bound, so that a small model
ends; the copy is the first property, so that a stream can show it as it arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.compliance.emojis import clean_emojis
from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.models import SocialPost
from llama_marketing.domain.generation.prompts import PromptTemplate
from llama_marketing.domain.generation.reading import text_of, texts_of
from llama_marketing.domain.vocabulary import GenerationUseCase

# llama.cpp refuses grammars with more repetitions than this (seen with its 2026-10 build).
LONGEST_BOUND = 2000
HASHTAG_LENGTH = 30
EMOJI_LENGTH = 8


@attrs.frozen
class UseCaseShape:
    """The structured reply of one use case."""

    use_case: GenerationUseCase
    copy_field: str
    schema: Callable[[PromptTemplate, int], ReplySchema]
    """From the template and the bound of the copy in characters."""
    read: Callable[[Mapping[str, Any], PromptTemplate], SocialPost]


def _social_schema(template: PromptTemplate, bound: int) -> ReplySchema:
    properties: dict[str, Any] = {
        "content": {"type": "string", "minLength": 1, "maxLength": min(bound, LONGEST_BOUND)},
        "hashtags": _texts(template.max_hashtags, HASHTAG_LENGTH),
        "emojis": _texts(template.max_emojis, EMOJI_LENGTH),
    }
    return ReplySchema(
        name="social_post",
        schema={
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    )


def _texts(most: int, length: int) -> dict[str, Any]:
    item = {"type": "string", "minLength": 1, "maxLength": length}
    return {"type": "array", "items": item, "maxItems": most}


def _social_post(found: Mapping[str, Any], template: PromptTemplate) -> SocialPost:
    return SocialPost(
        content=copy_text(text_of(found, "content")),
        hashtags=clean_hashtags(texts_of(found, "hashtags"))[: template.max_hashtags],
        emojis=clean_emojis(texts_of(found, "emojis"))[: template.max_emojis],
    )


SHAPES: Mapping[GenerationUseCase, UseCaseShape] = {
    GenerationUseCase.SOCIAL_POST: UseCaseShape(
        use_case=GenerationUseCase.SOCIAL_POST,
        copy_field="content",
        schema=_social_schema,
        read=_social_post,
    ),
}
"""The use cases that can be generated so far."""


def shape_of(use_case: GenerationUseCase) -> UseCaseShape:
    """The shape of a use case; raises InvalidRequest where it cannot be generated."""
    shape = SHAPES.get(use_case)
    if shape is None:
        raise InvalidRequest(
            f"use case {use_case.value} cannot be generated",
            user_message="Este caso de uso todavía no está disponible.",
            issues=(("useCase", "not available"),),
        )
    return shape
