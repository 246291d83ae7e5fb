"""What a caller may send to create or change a configuration, and how it is merged.

The rules of a merge patch: an object is merged field by field, a list replaces the list, null
clears, which brings the default back. Two things cannot be cleared: the hosting provider, and
the key. A key that is not sent, or sent back as its mask, is kept, unless the origin or the
provider it was typed for changes (C2).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, StrictBool, field_validator

from llama_marketing.domain.config.masking import is_mask
from llama_marketing.domain.config.models import (
    AdvancedSettings,
    Count,
    LlamaParameters,
    ModerationSettings,
    UseCaseConfig,
)
from llama_marketing.domain.model import AS_NUMBER, Model
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.vocabulary import QuotaAction, QuotaUnit

MAX_KEY = 4096
_KEY_NAMES = frozenset({"apiKey", "api_key"})
_DEPTH = 4


def conceal(value: object, depth: int = _DEPTH) -> object:
    """Copy a JSON-like value with every API key wrapped, so that no later frame holds one.

    Never raises; what it does not understand it hands on for validation to refuse. A value that
    went through here before stays as it is.
    """
    if depth and isinstance(value, Mapping):
        return {
            name: _concealed_key(item) if name in _KEY_NAMES else conceal(item, depth - 1)
            for name, item in value.items()
        }
    if depth and isinstance(value, list | tuple):
        return [conceal(item, depth - 1) for item in value]
    return value


def _concealed_key(item: object) -> object:
    # What is no text may still hold a key; False is what validation refuses in its place.
    if item is None or isinstance(item, Secret):
        return item
    return Secret(item) if isinstance(item, str) else False


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


TypedKey = Annotated[Secret | None, BeforeValidator(_typed_key)]
Number = Annotated[Decimal, AS_NUMBER, Field(ge=0)]


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
    quota_alerts: tuple[Count, ...] | None = None
    fallback_hosts: tuple[FallbackHostChanges, ...] | None = Field(default=None, max_length=10)
    cloud_fallback: StrictBool | None = None
    deadline_seconds: Annotated[float, AS_NUMBER] | None = None
    cache_hours: Count | None = None
    moderation: dict[str, Any] | None = None
    advanced: dict[str, Any] | None = None
    revision: Count | None = None
    created_at: str | None = None
    updated_at: str | None = None
    warnings: tuple[str, ...] | None = None

    @field_validator("fallback_hosts", mode="before")
    @classmethod
    def _null_is_none_of_them(cls, value: object) -> object:
        return () if value is None else value

    def sent(self, name: str) -> bool:
        """Whether a field was sent, also as null."""
        return name in self.model_fields_set


_GROUPS: dict[str, type[Model]] = {
    "parameters": LlamaParameters,
    "moderation": ModerationSettings,
    "advanced": AdvancedSettings,
}
_SETTINGS = (
    "enabled",
    "selected_model_id",
    "fallback_model_id",
    "use_cases",
    "quota_monthly",
    "quota_unit",
    "quota_action",
    "quota_alerts",
    "cloud_fallback",
    "deadline_seconds",
    "cache_hours",
)
_NULL_IS_A_VALUE = ("fallback_model_id", "quota_monthly", "deadline_seconds")


def merge_settings(current: Mapping[str, Any], changes: ConfigChanges) -> dict[str, Any]:
    """The fields of a config after the changes, without hosts and keys.

    ``current`` holds the fields of a MetaAIConfig by their Python names; what is cleared is left
    out of the answer. Raises InvalidRequest for a wrong field of a group.
    """
    merged = dict(current)
    for name in (*_SETTINGS, *_GROUPS):
        value = getattr(changes, name)
        if not changes.sent(name):
            continue
        if value is None and name not in _NULL_IS_A_VALUE:
            merged.pop(name, None)
        elif name in _GROUPS:
            merged[name] = _merge_group(_GROUPS[name], current.get(name), value)
        else:
            merged[name] = value
    return merged


def _merge_group(model: type[Model], current: Model | None, patch: Mapping[str, Any]) -> Model:
    names = {field.alias: name for name, field in model.model_fields.items()}
    names |= {name: name for name in model.model_fields}
    cleared = [names[key] for key, value in patch.items() if value is None and key in names]
    sent = model.read(
        {key: value for key, value in patch.items() if value is not None or key not in names}
    )
    defaults = model()
    update = {name: getattr(defaults, name) for name in cleared}
    update |= {name: getattr(sent, name) for name in sent.model_fields_set}
    return (current or defaults).model_copy(update=update)
