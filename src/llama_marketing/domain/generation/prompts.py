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
from llama_marketing.domain.generation.models import GenerationRequest
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

    ``system`` and ``safety`` may name ``{platform}``, ``{tone}``, ``{address}``, ``{language}``,
    ``{length}`` and ``{hashtags}``. ``length_target`` is the usual length of the copy in
    characters.
    """

    id: str
    version: int = Field(ge=1)
    use_case: GenerationUseCase
    platform: Platform | None = None
    platform_name: str = ""
    system: str
    safety: str
    """Never blank: a template without its safety rules is refused."""
    length_target: int = Field(ge=20, le=63206)
    max_hashtags: int = Field(default=0, ge=0, le=30)
    max_emojis: int = Field(default=0, ge=0, le=30)
    as_of: date
    source: str

    @field_validator("system", "safety")
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
    own_prompts: tuple[str, ...],
    material: Mapping[str, Any] | None = None,
) -> Prompt:
    """Fill a template for a request.

    ``length`` is how long the copy may be; ``own_prompts`` are the client's own instructions:
    they extend the template and never replace its safety rules, which come last. ``material``
    are further fields of the user turn, their texts neutralised already.
    """
    values = {
        "platform": template.platform_name,
        "tone": _TONES[request.tone or Tone.PROFESSIONAL],
        "address": _address(request),
        "language": _LANGUAGES.get(request.language.split("-")[0], request.language),
        "length": str(length),
        "hashtags": str(template.max_hashtags),
    }
    own = [_substitute(neutralise(text), _VARIABLES) for text in own_prompts]
    parts = [_substitute(template.system, values), *own, _substitute(template.safety, values)]
    said = [part.strip() for part in parts if not is_blank(part)]
    return Prompt(system="\n\n".join(said), fields={**_fields(request), **(material or {})})


def _address(request: GenerationRequest) -> str:
    """How the reader is spoken to in Spanish, as a sentence; another language needs none."""
    if request.language.split("-")[0] != "es":
        return "Háblale directamente a quien lee."
    word = "usted" if request.tone is Tone.FORMAL else "tú"
    return f"Háblale de {word} a quien lee, sin mezclar tú y usted."


def _substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill the named places once; values are never looked at again, unknown names stay."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def _fields(request: GenerationRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {"pedido": neutralise(request.prompt)}
    context = request.context
    data: dict[str, Any] = {}
    if context is not None:
        data = {
            "cliente": context.client_name,
            "industria": context.industry,
            "voz_de_marca": context.brand_voice,
            "audiencia": context.target_audience,
            "producto": context.product,
            "contenido_previo": context.previous_content,
        }
        if context.competitor_refs:
            data["competidores"] = [neutralise(text) for text in context.competitor_refs]
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
