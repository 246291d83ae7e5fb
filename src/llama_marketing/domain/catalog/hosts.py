"""A host as data: what it is called, where it lives and what its dialect takes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from pydantic import Field

from llama_marketing.domain.model import Model


class ServingStatus(StrEnum):
    """Whether a host, or a model on it, can be used."""

    LIVE = "live"
    RETIRED = "retired"
    DEDICATED = "dedicated"
    """Only on a deployment of one's own at that host."""
    NEVER = "never"
    UNKNOWN = "unknown"


def status_on(status: ServingStatus, retired_on: date | None, day: date) -> ServingStatus:
    """What a status says on a day: a date of retirement decides between live and retired."""
    if retired_on is None or status in (ServingStatus.NEVER, ServingStatus.UNKNOWN):
        return status
    if day >= retired_on:
        return ServingStatus.RETIRED
    return ServingStatus.LIVE if status is ServingStatus.RETIRED else status


class JsonMode(StrEnum):
    """How a host constrains a reply to a schema."""

    JSON_SCHEMA = "json_schema"
    """``response_format: {type: json_schema, json_schema: {name, schema, strict}}``"""
    JSON_OBJECT_SCHEMA = "json_object_schema"
    """``response_format: {type: json_object, schema}``"""
    JSON_OBJECT = "json_object"
    NONE = "none"


class HostRole(StrEnum):
    """What a host is to a client."""

    LLAMA = "llama"
    """Serves Llama; a client can choose it as hosting provider."""
    COMPARATOR = "comparator"
    """Another provider's own models, to compare with."""


class ImageRules(Model):
    """How a host takes images. They always go inline: the only form that all hosts take."""

    most: int = Field(default=0, ge=0)
    """Images in one call; 0 is none at all."""
    max_bytes: int = Field(default=3_000_000, gt=0)
    """Of one image, before base64."""
    most_bytes: int | None = Field(default=None, gt=0)
    """Of all images of one call, before base64; None is no limit but that of each."""
    types: tuple[str, ...] = ("image/jpeg", "image/png")


_SHAPING = {"id", "dialect", "json_mode", "max_temperature", "parameters", "token_field"}


class HostRow(Model):
    """One hosting provider, a row of ``hosts.toml``; every fact has a date and a source."""

    id: str
    role: HostRole = HostRole.LLAMA
    name: str
    description: str
    """Spanish, one sentence."""
    key_hint: str = ""
    """Spanish: what a key of this host looks like and where to get it."""
    docs_url: str = ""
    status: ServingStatus
    retired_on: date | None = None
    base_url: str = ""
    """Empty where the client gives its own endpoint."""
    chat_path: str = "/chat/completions"
    """``{model}`` in it stands for the model's id, percent-encoded."""
    stream_path: str = ""
    """Where a streamed answer is asked for; empty is ``chat_path``."""
    models_path: str = "/models"
    """Empty where the host has no list that a key could be tried on."""
    dialect: str = "openai"
    headers: dict[str, str] = Field(default_factory=dict)
    """Fixed headers of every request, such as a version; never a key."""
    key_required: bool = True
    key_header: str = "authorization"
    """The header that carries the key: ``authorization`` as ``Bearer KEY``, any other alone."""
    signing: Literal["", "aws"] = ""
    """How a request without a key is signed."""
    key_prefixes: tuple[str, ...] = ()
    """Public prefixes that a mask may show."""
    takes_any_model: bool = False
    """Serves every catalog id under the name it is given (self-hosted and generic hosts)."""
    private: bool = False
    """The client's own machine: nothing that goes there leaves its house."""
    token_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    parameters: tuple[str, ...] = ("temperature", "top_p")
    """The sampling parameters the host takes, of temperature, top_p, frequency_penalty,
    presence_penalty, seed; any other is dropped with a warning."""
    max_temperature: float = Field(default=2.0, gt=0)
    json_mode: JsonMode = JsonMode.JSON_SCHEMA
    images: ImageRules = ImageRules()
    greeting_tokens: int = Field(default=5, gt=0)
    """The most tokens of the answer that tries a key; models that think need room for it."""
    stream_usage: bool = True
    """Takes ``stream_options: {include_usage: true}``."""
    as_of: date
    source: str = Field(min_length=1)

    @property
    def base_path(self) -> str:
        """The path of the base URL; ``/v1`` where the client gives its own."""
        if not self.base_url:
            return "/v1"
        _, _, rest = self.base_url.partition("://")
        _, slash, path = rest.partition("/")
        return (slash + path).rstrip("/")

    @cached_property
    def shape(self) -> str:
        """What of the row shapes an answer, as one text."""
        return self.model_dump_json(include=_SHAPING)

    def status_on(self, day: date) -> ServingStatus:
        """The host's status on a day, by its date of retirement."""
        return status_on(self.status, self.retired_on, day)
