"""The bundled prompt templates, with the operator's files laid over them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.generation.industry_prompts import IndustryPrompts
from llama_marketing.domain.generation.prompts import PromptTemplate
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform
from llama_marketing.ports.prompts import Prompts

FOLDER = "prompts"
SAFETY = "safety.toml"
INDUSTRIES = "industries.toml"


@attrs.define(slots=False)
class PackagedPrompts(Prompts):
    """Reads ``prompts/<use case>[.<platform>].toml``; an operator's file replaces ours whole.

    Raises SettingsError, with the file's name, for a file that cannot be read, has another id
    than its name says, or leaves the safety rules empty.
    """

    override: Path | None = None

    def template(self, use_case: GenerationUseCase, platform: Platform | None) -> PromptTemplate:
        """The template for the platform, else the use case's general one."""
        names = [f"{use_case.value}.{platform.value}"] if platform is not None else []
        for name in [*names, use_case.value]:
            if name in self._templates:
                return self._templates[name]
        raise SettingsError(f"there is no prompt template for {use_case.value} on {platform}")

    def industries(self) -> Sequence[IndustryPrompts]:
        """The industries of ``industries.toml``, the operator's rows in the place of ours."""
        return self._industries

    @cached_property
    def _industries(self) -> tuple[IndustryPrompts, ...]:
        return tuple(
            _industry(fields)
            for fields in read_rows(INDUSTRIES, "industries", ("id",), self.override)
        )

    @cached_property
    def _templates(self) -> dict[str, PromptTemplate]:
        sources: dict[str, Traversable | Path] = {
            item.name: item
            for item in files(__package__).joinpath("files", FOLDER).iterdir()
            if item.name.endswith(".toml")
        }
        if self.override is not None:
            if not self.override.is_dir():
                raise SettingsError(f"{self.override} is not a folder")
            sources |= {item.name: item for item in (self.override / FOLDER).glob("*.toml")}
        safety = _read(sources.pop(SAFETY)).get("text")
        templates = [_template(source, safety) for _, source in sorted(sources.items())]
        return {template.id: template for template in templates}


def _industry(fields: Mapping[str, Any]) -> IndustryPrompts:
    try:
        return IndustryPrompts.read(fields)
    except InvalidRequest as error:
        raise SettingsError(f"{INDUSTRIES} [[industries]] {fields['id']}: {error}") from error


def _template(source: Traversable | Path, safety: object) -> PromptTemplate:
    failure = ""
    try:
        template = PromptTemplate.read({**_read(source), "safety": safety})
        platform = "" if template.platform is None else f".{template.platform.value}"
        if template.id == f"{template.use_case.value}{platform}" == source.name[: -len(".toml")]:
            return template
        failure = "its name, id, use_case and platform do not belong together"
    except InvalidRequest as error:
        failure = str(error)
    raise SettingsError(f"prompt template {source.name}: {failure}")


def _read(source: Traversable | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"prompt template {source.name} cannot be read: {error}") from None
