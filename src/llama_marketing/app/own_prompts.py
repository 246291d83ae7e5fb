"""The clients' own prompts: versioned, shown before they are used, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs

from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.saved_versions import PROMPT, VersionKeeper
from llama_marketing.domain.config.models import StoredConfig, UseCaseConfig
from llama_marketing.domain.errors import (
    ConfigNotFound,
    NotFound,
    RevisionConflict,
)
from llama_marketing.domain.generation.industry_prompts import IndustryList, industry_prompt
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.own_prompts import (
    OwnPrompt,
    PreviewRequest,
    PromptChange,
    PromptPreview,
    PromptRestore,
    PromptVersion,
)
from llama_marketing.domain.generation.plan import prompt_of
from llama_marketing.domain.generation.use_cases.offered import shape_of
from llama_marketing.domain.moderation.shape import COMMENT_MODERATION
from llama_marketing.domain.saved_versions import prompt_subject
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.prompts import Prompts

_TRIES = 5
"""How often one prompt is saved again when somebody else saved the configuration meanwhile."""
_SAMPLE = "Presenta el producto estrella de la marca."
_SAMPLE_COMMENTS = '[{"id": "a1b2c", "text": "Muchas gracias, excelente servicio"}]'


@attrs.frozen(kw_only=True)
class OwnPromptService:
    """Shows, changes and tries the prompts of a client's configuration. Safe between threads.

    The one in use is the ``customPrompt`` of the configuration, so it is kept, read and
    confirmed with it. Every method raises NotFound for what is no use case, and ConfigNotFound.
    """

    configs: Configs
    config_service: MetaAIConfigService
    admission: Admission
    keeper: VersionKeeper
    prompts: Prompts
    clock: Clock

    def get(self, tenant: TenantRef, use_case: str, cursor: str = "", limit: int = 20) -> OwnPrompt:
        """The prompt in use, and ``limit`` (1-100) versions, the newest first.

        ``cursor`` is the ``next_cursor`` of the page before.
        """
        kind = _use_case(use_case)
        page = self.keeper.page(tenant, prompt_subject(kind), cursor, limit)
        stored = self._stored(tenant)
        number = stored.prompt_version(kind)
        return OwnPrompt(
            use_case=kind,
            prompt=None if number is None else stored.config.use_case(kind).custom_prompt,
            version=number or None,
            versions=tuple(
                PromptVersion(
                    version=version.number,
                    prompt=str(version.content[PROMPT]),
                    created_at=version.created_at,
                    user_id=version.user_id,
                )
                for version in page.versions
            ),
            next_cursor=page.next_cursor,
        )

    def set(
        self,
        tenant: TenantRef,
        use_case: str,
        change: PromptChange | Mapping[str, Any],
        user_id: str = "",
    ) -> OwnPrompt:
        """Put a prompt in the place of the template's text, as a new version.

        What a reply must be, the safety rules and the rule on data stay. ``industry`` instead of
        ``prompt`` takes that industry's text. Raises InvalidRequest.
        """
        kind, asked = _use_case(use_case), PromptChange.read(change)
        check_owner(tenant, asked.client_id)
        return self._use(tenant, kind, self._text(kind, asked.prompt, asked.industry), user_id)

    def industries(self) -> IndustryList:
        """What ``set`` and ``preview`` take by the name of an ``industry``."""
        return IndustryList(industries=tuple(self.prompts.industries()))

    def restore(
        self,
        tenant: TenantRef,
        use_case: str,
        restored: PromptRestore | Mapping[str, Any],
        user_id: str = "",
    ) -> OwnPrompt:
        """Use the template again, or the text of a kept version, which becomes the newest.

        Raises NotFound for a version that there is not.
        """
        kind, asked = _use_case(use_case), PromptRestore.read(restored)
        check_owner(tenant, asked.client_id)
        if asked.version is None:
            return self._use(tenant, kind, None, user_id)
        version = self.keeper.version(tenant, prompt_subject(kind), asked.version)
        return self._use(tenant, kind, str(version.content[PROMPT]), user_id)

    def preview(
        self, tenant: TenantRef, use_case: str, asked: PreviewRequest | Mapping[str, Any]
    ) -> PromptPreview:
        """Both turns as they would be sent; calls no host and books nothing.

        Raises InvalidRequest for a request that could not be generated.
        """
        kind, wanted = _use_case(use_case), PreviewRequest.read(asked)
        check_owner(tenant, wanted.client_id)
        moderates = kind is GenerationUseCase.COMMENT_MODERATION
        sample = {"prompt": _SAMPLE_COMMENTS if moderates else _SAMPLE}
        request = GenerationRequest.read({**sample, **wanted.request, "use_case": kind})
        check_owner(tenant, request.client_id)
        stored = self._stored(tenant)
        draft = self._text(kind, wanted.prompt, wanted.industry)
        if draft is not None:
            stored = _with_draft(stored, kind, draft)
        shape = COMMENT_MODERATION if moderates else shape_of(kind)
        brief = self.admission.brief(tenant, request, shape, self.clock.now(), stored)
        system, user = prompt_of(shape, brief, stored.config).messages()
        return PromptPreview(
            use_case=kind,
            prompt_version=brief.prompt_version,
            system=system.content,
            user=user.content,
        )

    def _text(
        self, kind: GenerationUseCase, prompt: str | None, industry: str | None
    ) -> str | None:
        """The text that was sent, else the industry's; raises NotFound."""
        if prompt is not None or industry is None:
            return prompt
        return industry_prompt(self.prompts.industries(), industry, kind)

    def _use(
        self, tenant: TenantRef, kind: GenerationUseCase, prompt: str | None, user_id: str
    ) -> OwnPrompt:
        user = check_user_id(user_id)
        for _ in range(_TRIES - 1):
            with suppress(RevisionConflict):
                return self._save(tenant, kind, prompt, user)
        return self._save(tenant, kind, prompt, user)

    def _save(
        self, tenant: TenantRef, kind: GenerationUseCase, prompt: str | None, user_id: str
    ) -> OwnPrompt:
        config = self._stored(tenant).config
        settings = _changed(config.use_cases, kind, prompt)
        fields = {
            "use_cases": [each.model_dump() for each in settings],
            "revision": config.revision,
        }
        self.config_service.update(tenant, fields, user_id=user_id)
        return self.get(tenant, kind.value)

    def _stored(self, tenant: TenantRef) -> StoredConfig:
        stored = self.configs.get(tenant)
        if stored is None:
            raise ConfigNotFound(f"{tenant} has no configuration")
        return stored


def _use_case(name: str) -> GenerationUseCase:
    try:
        return GenerationUseCase(name)
    except ValueError:
        raise NotFound("there is no such use case") from None


def _changed(
    settings: tuple[UseCaseConfig, ...], kind: GenerationUseCase, prompt: str | None
) -> tuple[UseCaseConfig, ...]:
    """The settings of all use cases with another prompt for one; their order stays."""
    known = [each.use_case for each in settings]
    every = settings if kind in known else (*settings, UseCaseConfig(use_case=kind))
    return tuple(
        each.model_copy(update={"custom_prompt": prompt}) if each.use_case is kind else each
        for each in every
    )


def _with_draft(stored: StoredConfig, kind: GenerationUseCase, prompt: str) -> StoredConfig:
    """The configuration with a prompt that is not saved; one that is in use has its number."""
    if stored.config.use_case(kind).custom_prompt == prompt:
        return stored
    settings = _changed(stored.config.use_cases, kind, prompt)
    numbers = {name: n for name, n in stored.prompt_versions.items() if name is not kind}
    config = stored.config.model_copy(update={"use_cases": settings})
    return stored.model_copy(update={"config": config, "prompt_versions": numbers})
