"""What a model is asked to reply with for an ad, and how its reply is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_marketing.domain.ads.finish import FieldLimit
from llama_marketing.domain.ads.models import AdField, AdTexts
from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema
from llama_marketing.domain.compliance.normalise import normalise, strip_outer_blanks

_SPELLINGS = {
    "primary_text": ("primary_text", "primaryText"),
    "headline": ("headline",),
    "description": ("description",),
    "cta": ("cta",),
}


def ads_schema(limits: Mapping[AdField, FieldLimit], types: Sequence[str]) -> ReplySchema:
    """The schema of one ad; ``types`` are the buttons it may choose from.

    The primary text comes first, so that a stream can show it as it arrives.
    """
    properties: dict[str, Any] = {
        field.value: text_schema(limits[field].limit) for field in AdField
    }
    properties["cta"] = {"type": "string", "enum": list(types)}
    return object_schema("ad_copy", properties)


def read_ads(found: Mapping[str, Any]) -> tuple[AdTexts, ...]:
    """The ads of a reply's object, at least one: itself, or those of its list ``ads``.

    What is no text counts as empty.
    """
    listed = found.get("ads")
    if isinstance(listed, list):
        ads = tuple(_ad(each) for each in listed if isinstance(each, Mapping))
        return ads or (AdTexts(),)
    return (_ad(found),)


def _ad(found: Mapping[str, Any]) -> AdTexts:
    return AdTexts(**{name: _text(found, names) for name, names in _SPELLINGS.items()})


def _text(found: Mapping[str, Any], names: Sequence[str]) -> str:
    texts = (found.get(name) for name in names)
    first = next((text for text in texts if isinstance(text, str)), "")
    return strip_outer_blanks(normalise(first))
