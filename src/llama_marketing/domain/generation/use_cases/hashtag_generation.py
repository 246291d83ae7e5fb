"""Hashtags for a subject, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, texts_schema
from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.reading import texts_of
from llama_marketing.domain.generation.results.hashtag_set import HashtagSet
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.use_cases.shape import Mended, UseCaseShape, no_correction
from llama_marketing.domain.generation.use_cases.social_post import HASHTAG_LENGTH
from llama_marketing.domain.vocabulary import GenerationUseCase

MOST_WORDS = 6
"""Words of a suggestion that can be one hashtag."""
_BETWEEN = regex.compile(r"[^\p{L}\p{M}\p{Nd}_]+")


def _schema(brief: Brief, _: int) -> ReplySchema:
    hashtags = texts_schema(brief.template.max_hashtags, HASHTAG_LENGTH) | {"minItems": 1}
    return object_schema("hashtag_generation", {"hashtags": hashtags})


def _read(found: Mapping[str, Any], brief: Brief) -> HashtagSet:
    hashtags = clean_hashtags(map(_one_word, texts_of(found, "hashtags")))
    return HashtagSet(hashtags=hashtags[: brief.template.max_hashtags])


def _one_word(said: str) -> str:
    """A suggestion as one word, ``¡Buen Fin!`` as ``BuenFin``: small models write phrases.

    A phrase of too many words is a sentence, and becomes nothing.
    """
    words = _BETWEEN.sub(" ", said).split()
    if len(words) < 2:
        return "".join(words)
    return "".join(word[0].upper() + word[1:] for word in words) if len(words) <= MOST_WORDS else ""


def _material(brief: Brief) -> Mapping[str, Any]:
    platform = brief.request.platform
    return {} if platform is None else {"plataforma": platform.value}


def _mend(result: Result, brief: Brief) -> Mended:
    """The first hashtags that fit; a hashtag is never cut."""
    hashtags = result.suggested_hashtags
    fitting = list(hashtags)
    while fitting and brief.length.overflow(" ".join(fitting)) is not None:
        fitting.pop()
    if len(fitting) == len(hashtags):
        return Mended(result)
    left_out = len(hashtags) - len(fitting)
    warning = f"Se omitieron {left_out} de {len(hashtags)} hashtags, que no caben."
    return Mended(HashtagSet(hashtags=tuple(fitting)), (warning,), partial=not fitting)


HASHTAG_GENERATION = UseCaseShape(
    use_case=GenerationUseCase.HASHTAG_GENERATION,
    schema=_schema,
    read=_read,
    material=_material,
    correction=no_correction,
    mend=_mend,
)
"""A stream brings the hashtags whole, since a list is no copy that grows."""
