"""Prompt templates, and how a request fills one.

The system turn holds only what we and the client's configuration wrote. Whatever came with the
request stands in the user turn as JSON strings, neutralised, so that text inside it is data and
never an order. Every call of an operation, re-asks included, carries the request's prompt there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
from pydantic import Field, field_validator

from llama_marketing.domain.chat.models import ImagePart, Message, Role
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.generation.models import GenerationContext, GenerationRequest
from llama_marketing.domain.generation.neutralise import neutralise
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform, Tone

_PLACE = re.compile(r"\{([a-z_]+)\}")
_TONES = {
    Tone.FORMAL: "formal",
    Tone.CASUAL: "casual",
    Tone.CREATIVE: "creativo",
    Tone.PROFESSIONAL: "profesional",
    Tone.FRIENDLY: "amigable",
}
_LANGUAGES = {"es": "español de México", "en": "inglés", "pt": "portugués", "fr": "francés"}
# What a client's own prompt may name; the value itself stays in the user turn, as data.
_VARIABLES = {
    "client_name": "(dato «cliente»)",
    "industry": "(dato «industria»)",
    "brand_voice": "(dato «voz_de_marca»)",
    "products": "(dato «producto»)",
}


class PromptTemplate(Model):
    """One versioned template of a use case on a platform.

    ``system``, ``output`` and ``safety`` may name ``{platform}``, ``{tone}``, ``{address}``,
    ``{language}``, ``{length}`` and ``{hashtags}``. ``length_target`` is the usual length of the
    copy in characters.
    """

    id: str
    version: int = Field(ge=1)
    use_case: GenerationUseCase
    platform: Platform | None = None
    platform_name: str = ""
    system: str
    """What a client's own prompt for the use case takes the place of."""
    output: str
    """What a reply must be, and the rules of this use case; never blank, and never replaced."""
    safety: str
    """Never blank: a template without its safety rules is refused."""
    length_target: int = Field(ge=20, le=63206)
    max_hashtags: int = Field(default=0, ge=0, le=30)
    max_emojis: int = Field(default=0, ge=0, le=30)
    as_of: date
    source: str

    @field_validator("system", "output", "safety")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if is_blank(value):
            raise ValueError("must not be blank")
        return value

    @property
    def name(self) -> str:
        """Id and version, as it goes into the metadata: ``social_post.instagram@1``."""
        return f"{self.id}@{self.version}"


@attrs.frozen
class OwnPrompts:
    """What the client's configuration adds to a template, or puts in the place of its text."""

    general: str = ""
    """Said beside the text of every use case that writes."""
    custom: str = ""
    """Of the use case itself: takes the place of the template's ``system``, of nothing else."""


NO_OWN = OwnPrompts()


@attrs.frozen
class Prompt:
    """A filled template: the system turn, and the fields and pictures of the user turn."""

    system: str
    fields: Mapping[str, Any]
    images: tuple[ImagePart, ...] = ()

    def messages(self, correction: str = "", variation: str = "") -> tuple[Message, ...]:
        """The turns of one call; what differs from the first call is said in the user turn."""
        fields = dict(self.fields)
        if variation:
            fields["variante"] = variation
        if correction:
            fields["correccion"] = correction
        user = json.dumps(fields, ensure_ascii=False)
        return Message(Role.SYSTEM, self.system), Message(Role.USER, user, self.images)


def fill(
    template: PromptTemplate,
    request: GenerationRequest,
    length: int,
    own: OwnPrompts = NO_OWN,
    material: Mapping[str, Any] | None = None,
    brand_voice: str = "",
) -> Prompt:
    """Fill a template for a request.

    ``length`` is how long the copy may be. Whatever the client's own prompts say, what a reply
    must be and the safety rules are said after them, the safety rules last. ``material`` are
    further fields of the user turn, their texts neutralised already; ``brand_voice`` is the one
    that the client keeps, for a request that brings none.
    """
    values = {
        "platform": template.platform_name,
        "tone": _TONES[request.tone or Tone.PROFESSIONAL],
        "address": _address(request),
        "language": _LANGUAGES.get(request.language.split("-")[0], request.language),
        "length": str(length),
        "hashtags": str(template.max_hashtags),
    }
    own_words = _substitute(neutralise(own.custom), values | _VARIABLES).strip()
    output = _substitute(template.output, values).strip()
    task = f"{_substitute(template.system, values).strip()} {output}"
    parts = [
        *([task] if is_blank(own_words) else [own_words, output]),
        _substitute(neutralise(own.general), _VARIABLES),
        _substitute(template.safety, values),
    ]
    said = [part.strip() for part in parts if not is_blank(part)]
    fields = {**_fields(request, brand_voice), **(material or {})}
    return Prompt(system="\n\n".join(said), fields=fields)


def _address(request: GenerationRequest) -> str:
    """How the reader is spoken to in Spanish, as a sentence; another language needs none."""
    if request.language.split("-")[0] != "es":
        return "Háblale directamente a quien lee."
    word = "usted" if request.tone is Tone.FORMAL else "tú"
    return f"Háblale de {word} a quien lee, sin mezclar tú y usted."


def _substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill the named places once; values are never looked at again, unknown names stay."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def _fields(request: GenerationRequest, kept_voice: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"pedido": neutralise(request.prompt)}
    context = request.context or GenerationContext()
    data: dict[str, Any] = {
        "cliente": context.client_name,
        "industria": context.industry,
        "voz_de_marca": context.brand_voice or kept_voice,
        "audiencia": context.target_audience,
        "producto": context.product,
        "contenido_previo": context.previous_content,
        "competidores": [neutralise(text) for text in context.competitor_refs],
    }
    if request.brand_kit is not None:
        data["tono_de_marca"] = request.brand_kit.tone
    known = {
        name: neutralise(value) if isinstance(value, str) else value
        for name, value in data.items()
        if value
    }
    if known:
        fields["datos"] = known
    return fields
