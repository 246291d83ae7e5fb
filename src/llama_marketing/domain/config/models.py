"""The configuration of Meta AI for one client, with the customer's field names."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictBool, field_validator, model_validator

from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.model import AS_NUMBER, Model
from llama_marketing.domain.money import NonNegativeUsd
from llama_marketing.domain.vocabulary import GenerationUseCase, QuotaAction, QuotaUnit

MAX_PROMPT = 20_000
MAX_DEADLINE_SECONDS = 600
MAX_CACHE_HOURS = 720
QUOTA_BOUNDS = {
    QuotaUnit.USD: Decimal(1_000_000),
    QuotaUnit.TOKENS: Decimal(10**12),
    QuotaUnit.GENERATIONS: Decimal(10**9),
}

ModelId = Annotated[str, Field(min_length=1, max_length=128)]
PromptText = Annotated[str, Field(max_length=MAX_PROMPT)]
Temperature = Annotated[float, AS_NUMBER, Field(ge=0.0, le=2.0)]
Share = Annotated[float, AS_NUMBER, Field(ge=0.0, le=1.0)]
Count = Annotated[int, AS_NUMBER]


def is_none(value: object) -> bool:
    """Whether an optional field has no value, and so is left out of the JSON."""
    return value is None


class LlamaParameters(Model):
    """How the model samples, and the client's own system prompt."""

    temperature: Temperature = 0.7
    top_p: Share = 0.9
    max_tokens: Count = Field(default=2048, ge=1, le=16384)
    frequency_penalty: Temperature = 0.0
    presence_penalty: Temperature = 0.0
    system_prompt: PromptText = ""
    response_format: Literal["text", "json"] | None = Field(default=None, exclude_if=is_none)
    """Kept for the playground; every use case asks for a structured reply anyway."""


class UseCaseConfig(Model):
    """One use case of a client: on or off, and what differs for it."""

    use_case: GenerationUseCase
    enabled: StrictBool = True
    custom_prompt: PromptText | None = Field(default=None, exclude_if=is_none)
    model_override: ModelId | None = Field(default=None, exclude_if=is_none)
    max_tokens_override: Count | None = Field(default=None, ge=1, le=1_000_000, exclude_if=is_none)


class FallbackHost(Model):
    """Another host of the same client, tried in order; ``api_key`` is the mask of its own key."""

    hosting_provider: str = Field(min_length=1, max_length=64)
    api_endpoint: str = ""
    api_key: str = ""
    api_key_masked: str = ""
    model_id: ModelId | None = Field(default=None, exclude_if=is_none)
    """A catalog id; None is the client's selected model."""


class ModerationSettings(Model):
    """When comment moderation may act by itself."""

    automatic: StrictBool = False
    min_confidence: Share = 0.7
    hide_confidence: Share = 0.85
    crisis_per_hour: Count = Field(default=5, ge=1, le=100_000)
    suggest_delete: StrictBool = False
    """Whether the worst comments are suggested for deletion, not only for hiding."""


class AdvancedSettings(Model):
    """What only some hosts have a notion of."""

    quantization: str | None = Field(default=None, max_length=32, exclude_if=is_none)
    context_window: Count | None = Field(default=None, ge=256, le=100_000_000, exclude_if=is_none)
    """Tokens; a self-hosted server often has less than the model could take."""
    vision_mode: Literal["auto", "quick", "deep"] | None = Field(default=None, exclude_if=is_none)
    fine_tune_id: str | None = Field(default=None, max_length=256, exclude_if=is_none)
    """Sent to a self-hosted or generic host in place of the model's id."""


class MetaAIConfig(Model):
    """Meta AI / Llama for one client.

    ``api_key`` and ``api_key_masked`` are the mask, never the key. ``api_endpoint`` empty is
    the hosting provider's own. ``quota_monthly`` is in ``quota_unit``; None is no limit, 0 is
    nothing allowed. ``deadline_seconds`` None is the operator's default. ``warnings`` are
    Spanish sentences about the choice of host and model; they are worked out when the
    configuration is read and never stored.
    """

    id: str
    client_id: str
    organization_id: str
    enabled: StrictBool = False
    hosting_provider: str = Field(min_length=1, max_length=64)
    api_key: str = ""
    api_key_masked: str = ""
    api_endpoint: str = ""
    selected_model_id: ModelId = "llama-3.3-70b-instruct"
    fallback_model_id: ModelId | None = Field(default="llama-3.1-8b-instruct", exclude_if=is_none)
    parameters: LlamaParameters = LlamaParameters()
    use_cases: tuple[UseCaseConfig, ...] = ()
    quota_monthly: NonNegativeUsd | None = Decimal(50)
    quota_unit: QuotaUnit = QuotaUnit.USD
    quota_action: QuotaAction = QuotaAction.BLOCK
    quota_alerts: tuple[Annotated[Count, Field(ge=1, le=1000)], ...] = Field(
        default=(80, 100), max_length=10
    )
    fallback_hosts: tuple[FallbackHost, ...] = Field(default=(), max_length=10)
    cloud_fallback: StrictBool = False
    """Whether a self-hosted client may fall back to a host in the cloud."""
    deadline_seconds: Annotated[float, AS_NUMBER] | None = Field(
        default=None, gt=0, le=MAX_DEADLINE_SECONDS, exclude_if=is_none
    )
    cache_hours: Count = Field(default=24, ge=0, le=MAX_CACHE_HOURS)
    """How long an equal request gets the same answer; 0 is never."""
    moderation: ModerationSettings = ModerationSettings()
    advanced: AdvancedSettings = AdvancedSettings()
    revision: Count = Field(default=1, ge=1)
    created_at: str = ""
    updated_at: str = ""
    warnings: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)

    @field_validator("use_cases")
    @classmethod
    def _each_once(cls, value: tuple[UseCaseConfig, ...]) -> tuple[UseCaseConfig, ...]:
        if len({item.use_case for item in value}) != len(value):
            raise ValueError("a use case is listed twice")
        return value

    @model_validator(mode="after")
    def _quota_in_its_unit(self) -> Self:
        quota, bound = self.quota_monthly, QUOTA_BOUNDS[self.quota_unit]
        if quota is not None and quota > bound:
            raise ValueError(f"quota_monthly must be at most {bound} {self.quota_unit.value}")
        if (
            quota is not None
            and self.quota_unit is not QuotaUnit.USD
            and quota != quota.to_integral_value()
        ):
            raise ValueError(f"quota_monthly must be a whole number of {self.quota_unit.value}")
        return self

    def use_case(self, use_case: GenerationUseCase) -> UseCaseConfig:
        """The client's settings for a use case; the defaults where it has none."""
        for item in self.use_cases:
            if item.use_case is use_case:
                return item
        return UseCaseConfig(use_case=use_case)


class VoiceInUse(Model):
    """The brand voice that the client writes in: a kept version, in words and as rules."""

    number: Count = Field(ge=1)
    words: str
    guide: BrandGuide = BrandGuide()
    """What every copy is checked against."""


class StoredConfig(Model):
    """A configuration as it is kept: with its keys, each sealed by itself.

    The sealed keys of the fallback hosts stand in the order of ``config.fallback_hosts``; an
    empty string is no key. What a generation needs of the kept versions stands here too, so
    that it is read and confirmed together with the configuration.
    """

    config: MetaAIConfig
    sealed_key: str = Field(default="", repr=False)
    sealed_fallback_keys: tuple[str, ...] = Field(default=(), repr=False)
    prompt_versions: dict[GenerationUseCase, int] = Field(
        default_factory=dict, exclude_if=lambda value: not value
    )
    """The kept versions of the use cases' custom prompts."""
    brand_voice: VoiceInUse | None = Field(default=None, exclude_if=is_none)
    version: int = 1

    def prompt_version(self, use_case: GenerationUseCase) -> int | None:
        """The version of a use case's own prompt; 0 for one not kept, None where it has none."""
        if is_blank(self.config.use_case(use_case).custom_prompt or ""):
            return None
        return self.prompt_versions.get(use_case, 0)

    @model_validator(mode="before")
    @classmethod
    def _no_fallback_model_stays_none(cls, data: Any) -> Any:
        """A stored config leaves an absent fallback model out, which is not the default."""
        config = data.get("config") if isinstance(data, dict) else None
        if isinstance(config, dict) and not config.keys() & {
            "fallback_model_id",
            "fallbackModelId",
        }:
            return {**data, "config": {**config, "fallback_model_id": None}}
        return data
