"""What a caller may send to create or change a configuration, and how it is merged.

The rules of a merge patch: an object is merged field by field, a list replaces the list, null
clears. A key that is not sent, or sent back as its mask, is kept, unless the origin or the
provider it was typed for changes (C2).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

from llama_marketing.domain.config.masking import is_mask
from llama_marketing.domain.config.models import (
    AdvancedSettings,
    LlamaParameters,
    ModerationSettings,
    UseCaseConfig,
)
from llama_marketing.domain.model import Model
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.vocabulary import QuotaAction, QuotaUnit

MAX_KEY = 4096
_KEY_NAMES = frozenset({"apiKey", "api_key"})
_DEPTH = 4


def conceal(value: object, depth: int = _DEPTH) -> object:
    """Copy a JSON-like value with every API key wrapped, so that no later frame holds one.

    Never raises; what it does not understand it hands on for validation to refuse.
    """
    if depth and isinstance(value, Mapping):
        return {
            name: Secret(item)
            if name in _KEY_NAMES and isinstance(item, str)
            else conceal(item, depth - 1)
            for name, item in value.items()
        }
    if depth and isinstance(value, list | tuple):
        return [conceal(item, depth - 1) for item in value]
    return value


def _typed_key(value: object) -> Secret | None:
    """A key as typed; None where there is none or where it is our own mask."""
    if value is None:
        return None
    if not isinstance(value, Secret):
        raise ValueError("must be a string")
    text = value.reveal()
    usable = len(text) <= MAX_KEY and all("!" <= char <= "~" for char in text)
    kept = not text or is_mask(text)
    del text
    if kept:
        return None
    if not usable:
        raise ValueError("must be at most 4096 visible ASCII characters")
    return value


def _number(value: object) -> object:
    """Refuse booleans and texts where a number is meant."""
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


TypedKey = Annotated[Secret | None, BeforeValidator(_typed_key)]
Number = Annotated[Decimal, BeforeValidator(_number), Field(ge=0)]


class FallbackHostChanges(Model):
    """One fallback host as sent; the key is kept when it is not typed and nothing moved."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    hosting_provider: str = Field(min_length=1, max_length=64)
    api_endpoint: str | None = None
    api_key: TypedKey = Field(default=None, repr=False)
    api_key_masked: str | None = None
    model_id: str | None = None


class ConfigChanges(Model):
    """The fields of POST, PUT and validate; only those that were sent count.

    ``id``, ``createdAt``, ``updatedAt``, ``apiKeyMasked`` and ``warnings`` are taken back from a
    form that was read before, and ignored. ``revision`` is the one that was seen.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: str | None = None
    client_id: str | None = None
    organization_id: str | None = None
    enabled: StrictBool | None = None
    hosting_provider: str | None = Field(default=None, min_length=1, max_length=64)
    api_key: TypedKey = Field(default=None, repr=False)
    api_key_masked: str | None = None
    api_endpoint: str | None = None
    selected_model_id: str | None = None
    fallback_model_id: str | None = None
    parameters: dict[str, Any] | None = None
    use_cases: tuple[UseCaseConfig, ...] | None = None
    quota_monthly: Number | None = None
    quota_unit: QuotaUnit | None = None
    quota_action: QuotaAction | None = None
    quota_alerts: tuple[int, ...] | None = None
    fallback_hosts: tuple[FallbackHostChanges, ...] | None = Field(default=None, max_length=10)
    cloud_fallback: StrictBool | None = None
    deadline_seconds: Annotated[float | None, BeforeValidator(_number)] = None
    moderation: dict[str, Any] | None = None
    advanced: dict[str, Any] | None = None
    revision: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    warnings: tuple[str, ...] | None = None

    def sent(self, name: str) -> bool:
        """Whether a field was sent, also as null."""
        return name in self.model_fields_set


_GROUPS: dict[str, type[Model]] = {
    "parameters": LlamaParameters,
    "moderation": ModerationSettings,
    "advanced": AdvancedSettings,
}
_PLAIN = (
    "selected_model_id",
    "use_cases",
    "quota_unit",
    "quota_action",
    "quota_alerts",
    "cloud_fallback",
    "enabled",
)
_CLEARABLE = ("fallback_model_id", "quota_monthly", "deadline_seconds")


def merge_settings(current: Mapping[str, Any], changes: ConfigChanges) -> dict[str, Any]:
    """The fields of a config after the changes, without hosts and keys.

    ``current`` holds the fields of a MetaAIConfig by their Python names. Raises InvalidRequest
    for a wrong field of a group.
    """
    merged = dict(current)
    for name in _PLAIN:
        if getattr(changes, name) is not None:
            merged[name] = getattr(changes, name)
    for name in _CLEARABLE:
        if changes.sent(name):
            merged[name] = getattr(changes, name)
    for name, model in _GROUPS.items():
        patch = getattr(changes, name)
        if patch is not None:
            merged[name] = _merge_group(model, current.get(name), patch)
    return merged


def _merge_group(model: type[Model], current: Model | None, patch: Mapping[str, Any]) -> Model:
    sent = model.read(patch)
    if current is None:
        return sent
    return current.model_copy(
        update={name: getattr(sent, name) for name in sent.model_fields_set}
    )
