"""What is asked of an ad, and the ad."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from llama_marketing.domain.compliance.models import Finding
from llama_marketing.domain.model import Model

_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?", re.IGNORECASE)

BriefText = Annotated[str, Field(max_length=20_000)]


class AdField(StrEnum):
    """The texts of an ad; the value is the field's name in ``limits.toml``."""

    PRIMARY_TEXT = "primary_text"
    HEADLINE = "headline"
    DESCRIPTION = "description"


class AdBrief(Model):
    """What the ad is for.

    ``objective`` and ``cta`` are a type of Meta's or what a person calls it ("ventas", "Más
    información"). Raises InvalidRequest for a ``landing_url`` that is no web address.
    """

    objective: str | None = Field(default=None, max_length=100)
    product: BriefText | None = None
    audience: BriefText | None = None
    cta: str | None = Field(default=None, max_length=100)
    landing_url: str | None = Field(default=None, max_length=2048)

    @field_validator("landing_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("must be an http or https address")
        return value


class EditedAd(AdBrief):
    """The texts of an ad beside its primary text, as a person edits them, and what it is for."""

    headline: BriefText = ""
    description: BriefText = ""


class AdTexts(Model):
    """What a model wrote for one ad; empty where it wrote nothing."""

    primary_text: str = ""
    headline: str = ""
    description: str = ""
    cta: str = ""

    def text(self, field: AdField) -> str:
        """The text of a field."""
        return str(getattr(self, field.value))


class AdFinding(Finding):
    """One thing worth knowing about an ad; ``span`` is inside the text of ``field``."""

    field: AdField | Literal["landing_url"]


class PlacementPreview(Model):
    """How the ad shows in one place: its texts as cut there, "" where they are not shown."""

    placement: str
    """Meta's ``AdFormat``."""
    name: str
    primary_text: str
    headline: str
    description: str
    truncated: tuple[AdField, ...] = ()
    """The texts that are cut or not shown."""
    ratios: tuple[str, ...] = ()
    """Width to height of the image, such as ``4:5``, the usual one first."""


class AdPreview(Model):
    """What a mock-up of the ad shows; an estimate, as ``label`` says to the reader."""

    label: str = "Vista aproximada"
    sponsored_label: str = "Publicidad"
    page_name: str = "Tu página"
    display_url: str = ""
    cta_label: str = ""
    placements: tuple[PlacementPreview, ...] = ()


class Ad(Model):
    """One ad; once finished, its texts keep their limits.

    ``cta`` is Meta's type and ``cta_label`` how the button reads in Mexico. ``partial`` says that
    a text is missing, perhaps since it could not be shortened.
    """

    angle: str
    headline: str
    primary_text: str
    description: str
    cta: str
    cta_label: str
    partial: bool = False
    findings: tuple[AdFinding, ...] = ()
    preview: AdPreview = AdPreview()

    def text(self, field: AdField) -> str:
        """The text of a field."""
        return str(getattr(self, field.value))
