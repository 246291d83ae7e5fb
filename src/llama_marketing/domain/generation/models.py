"""The request and the answer of a generation, with the customer's field names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, StrictBool, ValidationInfo, field_validator

from llama_marketing.domain.ads.models import Ad, AdBrief, EditedAd
from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.brand_check import BrandCheck, BrandGuide
from llama_marketing.domain.compliance.models import PlatformCompliance
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.compliance.publishable import Publishable
from llama_marketing.domain.compliance.template_category import TemplateCategory
from llama_marketing.domain.config.models import Count, is_none
from llama_marketing.domain.errors import LlamaMarketingError
from llama_marketing.domain.generation.results.known import read_result
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform, Tone

MAX_PROMPT = 200_000
_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")

SampleText = Annotated[str, Field(max_length=20_000)]
ContextText = Annotated[str, Field(max_length=20_000)]


class GenerationContext(Model):
    """What is known of the client and the piece; all of it is data, never an order."""

    client_name: ContextText | None = None
    industry: ContextText | None = None
    brand_voice: ContextText | None = None
    target_audience: ContextText | None = None
    product: ContextText | None = None
    previous_content: ContextText | None = None
    competitor_refs: tuple[ContextText, ...] = Field(default=(), max_length=20)


class BrandKit(Model):
    """The client's brand kit, as far as text needs it."""

    colors: tuple[Annotated[str, Field(max_length=64)], ...] = Field(default=(), max_length=20)
    fonts: tuple[Annotated[str, Field(max_length=64)], ...] = Field(default=(), max_length=20)
    tone: ContextText | None = None


class GenerationRequest(Model):
    """What to write.

    ``max_length`` is in UTF-16 units of the copy; ``variations`` from 1 to 5. ``client_id`` is
    optional and must equal the tenant's. ``surface`` is one of the platform's surfaces
    (``whatsapp_template_body``), default its usual one. ``month`` (``YYYY-MM``, of this century,
    default the next one) is what a calendar plans, ``samples`` are the texts that a brand voice
    is read off, default the prompt. Raises InvalidRequest for a blank prompt, a lone
    surrogate, an unknown field or a value out of its list.
    """

    use_case: GenerationUseCase
    prompt: str = Field(max_length=MAX_PROMPT)
    client_id: str | None = None
    context: GenerationContext | None = None
    image_url: str | None = Field(default=None, max_length=20_000)
    platform: Platform | None = None
    language: str = "es"
    tone: Tone | None = None
    max_length: Count | None = Field(default=None, ge=1, le=1_000_000)
    variations: Count = Field(default=1, ge=1, le=5)
    brand_kit: BrandKit | None = None
    surface: str | None = Field(default=None, max_length=64)
    month: str | None = None
    samples: tuple[SampleText, ...] = Field(default=(), max_length=20)
    ad: AdBrief | None = None
    bypass_cache: StrictBool = False

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if is_blank(value):
            raise ValueError("must not be blank")
        return value

    @field_validator("month")
    @classmethod
    def _month_of_this_century(cls, value: str | None) -> str | None:
        if value is not None and not _MONTH.fullmatch(value):
            raise ValueError("must be a month such as 2026-12")
        return value

    @field_validator("language")
    @classmethod
    def _language_code(cls, value: str) -> str:
        if not _LANGUAGE.fullmatch(value):
            raise ValueError("must be a language code such as es or es-MX")
        return value


class TokenUsage(Model):
    """Tokens and cost of every call of the operation; the cost is None when unknown."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    estimated_cost_usd: Usd | None = Decimal(0)


class ServedBy(Model):
    """Which host and model really wrote the answer; ``model`` is the id on the host's side."""

    host: str
    model: str


class GenerationMetadata(Model):
    """What is worth knowing about an answer besides its text."""

    finish_reason: FinishReason
    suggested_hashtags: tuple[str, ...] = ()
    suggested_emojis: tuple[str, ...] = ()
    content_warnings: tuple[str, ...] = ()
    platform_compliance: PlatformCompliance | None = Field(default=None, exclude_if=is_none)
    prompt_version: str
    served_by: ServedBy
    downgraded_from: str | None = Field(default=None, exclude_if=is_none)
    cached: bool = False
    publishable: Publishable
    requires_human_review: bool = False
    brand_check: BrandCheck | None = Field(default=None, exclude_if=is_none)
    """How the content keeps to the client's kept voice; None where it has none."""


class GenerationResponse(Model):
    """One finished generation.

    ``content`` is the text a person would paste; ``variations`` all texts when more than one
    was asked for; ``result`` the typed result of the use case. ``partial`` says that something
    asked for is missing or was cut. The flat properties are the spec's Python names.
    """

    id: str
    use_case: GenerationUseCase
    content: str
    variations: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)
    result: SerializeAsAny[Result]
    tokens_used: TokenUsage
    model: str
    provider: str
    latency_ms: int
    partial: bool = False
    metadata: GenerationMetadata

    @field_validator("result", mode="before")
    @classmethod
    def _of_its_use_case(cls, value: object, info: ValidationInfo) -> object:
        use_case = info.data.get("use_case")
        if use_case is None or not isinstance(value, Mapping):
            return value
        return read_result(use_case, value)

    @property
    def finish_reason(self) -> FinishReason:
        """Why the model stopped."""
        return self.metadata.finish_reason

    @property
    def suggested_hashtags(self) -> tuple[str, ...]:
        """Valid hashtags, each once."""
        return self.metadata.suggested_hashtags

    @property
    def suggested_emojis(self) -> tuple[str, ...]:
        """Emojis that fit the copy."""
        return self.metadata.suggested_emojis

    @property
    def content_warnings(self) -> tuple[str, ...]:
        """Spanish sentences about what was dropped, cut or lowered."""
        return self.metadata.content_warnings

    @property
    def platform_compliance(self) -> PlatformCompliance | None:
        """How the copy stands against its platform's limits."""
        return self.metadata.platform_compliance


VariableValue = Annotated[str, Field(max_length=1024)]


class CheckRequest(Model):
    """A text to be judged without a model.

    ``surface`` names one of the platform's surfaces (``whatsapp_template_body``); without it
    the platform's usual one is judged. With ``ad`` the text is the primary text of that ad.

    Of a WhatsApp template: ``variables`` are the values it is sent with, by their names,
    ``counts`` how many buttons of a kind it has, ``category`` what it is declared as.
    ``brand`` None is the client's kept voice.
    """

    text: str = Field(max_length=MAX_PROMPT)
    platform: Platform
    surface: str | None = Field(default=None, max_length=64)
    max_length: Count | None = Field(default=None, ge=1, le=1_000_000)
    client_id: str | None = None
    ad: EditedAd | None = None
    variables: dict[str, VariableValue] = Field(default_factory=dict, max_length=100)
    counts: dict[str, Count] = Field(default_factory=dict, max_length=20)
    category: TemplateCategory | None = None
    brand: BrandGuide | None = None


class CheckResult(Model):
    """The verdict on a text; nothing was called and nothing is booked.

    ``ad`` is there where one was judged: its texts as they are, its findings and its preview.
    """

    platform_compliance: PlatformCompliance
    publishable: Publishable
    ad: Ad | None = Field(default=None, exclude_if=is_none)
    brand_check: BrandCheck | None = Field(default=None, exclude_if=is_none)


EventName = Literal["start", "delta", "usage", "done", "error"]


class StreamEvent:
    """One event of a stream, as it goes out over SSE: a name and its data.

    ``text`` is the copy of a ``delta``, empty for the others. ``model`` is what ``usage`` and
    ``done`` bring, ``error`` what an ``error`` is about.
    """

    __slots__ = ("_fields", "error", "event", "model")

    def __init__(
        self,
        event: EventName,
        fields: dict[str, Any],
        model: Model | None = None,
        error: LlamaMarketingError | None = None,
    ) -> None:
        self.event = event
        self.error = error
        self._fields = fields
        self.model = model

    @property
    def data(self) -> dict[str, Any]:
        """The JSON of the event, in camelCase; ``type`` is the event's name."""
        return self.payload()

    def payload(self, *, camel: bool = True) -> dict[str, Any]:
        """The JSON of the event in either case."""
        data: dict[str, Any] = {"type": self.event, **self._fields}
        if self.model is not None:
            data |= self.model.model_dump(mode="json", by_alias=camel)
        return data

    @property
    def text(self) -> str:
        """The copy that a delta brings."""
        return str(self._fields.get("text", "")) if self.event == "delta" else ""

    def __repr__(self) -> str:
        return f"StreamEvent({self.event!r}, {self.data!r})"
