"""A client's keys of other providers than Llama's hosts: OpenAI, Anthropic, Gemini, any other."""

from __future__ import annotations

import re
from typing import Annotated

import attrs
from pydantic import ConfigDict, Field

from llama_marketing.domain.config.changes import TypedKey
from llama_marketing.domain.config.models import Count
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.secret import Secret

RESERVED = frozenset({"meta", "meta_ai", "compare", "playground", "usage"})
"""Words that stand in the same place of a path and mean something else."""
_PROVIDER = re.compile(r"[a-z][a-z0-9_]{0,63}")

ProviderModelId = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
"""A model's id on the provider's side, visible ASCII; the set is open."""


def check_provider(provider: object) -> str:
    """Answer a provider's id; raises InvalidRequest for another form or a reserved word.

    The set is open: ``[a-z][a-z0-9_]{0,63}``.
    """
    if isinstance(provider, str) and _PROVIDER.fullmatch(provider) and provider not in RESERVED:
        return str(provider)
    raise InvalidRequest(
        "a provider is named [a-z][a-z0-9_]{0,63}, and by none of the reserved words",
        user_message="El identificador del proveedor no es válido.",
        issues=(("provider", "must match [a-z][a-z0-9_]{0,63} and be no reserved word"),),
    )


@attrs.frozen
class ProviderSecret:
    """A key that can be used now; ``model`` is empty where the client chose none."""

    provider: str
    key: Secret
    model: str = ""


class ProviderKey(Model):
    """A kept key as it is shown; ``api_key`` and ``api_key_masked`` are the mask.

    ``model`` None is the catalog's own choice for the provider.
    """

    provider: str
    api_key: str
    api_key_masked: str
    model: str | None
    updated_at: str
    revision: int


class StoredProviderKey(Model):
    """A key as it is kept: sealed for its tenant, its provider and the provider's origin."""

    provider: str
    sealed_key: str = Field(min_length=1, repr=False)
    mask: str
    model: str | None = None
    updated_at: str
    revision: Count = Field(default=1, ge=1)
    version: int = 1

    def shown(self) -> ProviderKey:
        """What a person may see of it."""
        return ProviderKey(
            provider=self.provider,
            api_key=self.mask,
            api_key_masked=self.mask,
            model=self.model,
            updated_at=self.updated_at,
            revision=self.revision,
        )


class ProviderKeyChanges(Model):
    """The fields of PUT and validate; only those that were sent count.

    A key of the shape of our mask counts as not sent. ``model`` null goes back to the catalog's
    choice. ``apiKeyMasked`` and ``updatedAt`` are taken back from a form that was read before,
    and ignored; ``revision`` is the one that was seen.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    provider: str | None = None
    client_id: str | None = None
    organization_id: str | None = None
    api_key: TypedKey = Field(default=None, repr=False)
    api_key_masked: str | None = None
    model: ProviderModelId | None = None
    updated_at: str | None = None
    revision: Count | None = None

    def sent(self, name: str) -> bool:
        """Whether a field was sent, also as null."""
        return name in self.model_fields_set
