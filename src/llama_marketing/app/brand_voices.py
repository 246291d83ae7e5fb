"""The clients' brand voices: versioned, and in use until another one is."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs

from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.app.saved_versions import VersionKeeper
from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.config.models import StoredConfig, VoiceInUse
from llama_marketing.domain.errors import ConfigNotFound, RevisionConflict, StoreError
from llama_marketing.domain.generation.brand_voices import (
    BrandVoiceChange,
    KeptBrandVoice,
    VoiceVersion,
    guide_of,
    in_words,
)
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.brand_voice import BrandVoice
from llama_marketing.domain.saved_versions import BRAND_VOICE, SavedVersion
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.ports.configs import Configs

_TRIES = 5
"""How often a voice is put in use again when somebody else saved the configuration meanwhile."""
_NOT_KEPT = "La voz no se pudo guardar; guárdala como la voz de la marca para usarla."


@attrs.frozen(kw_only=True)
class BrandVoiceService:
    """Keeps each client's voice. Safe between threads.

    The one in use stands with the configuration, whose revision it raises: so it is read and
    confirmed together with it, ends with it, and an answer in an older voice is never given
    again. The versions stay. Every method raises ConfigNotFound.
    """

    configs: Configs
    keeper: VersionKeeper

    def get(self, tenant: TenantRef, cursor: str = "", limit: int = 20) -> KeptBrandVoice:
        """The voice in use, and ``limit`` (1-100) versions, the newest first.

        ``cursor`` is the ``next_cursor`` of the page before.
        """
        page = self.keeper.page(tenant, BRAND_VOICE, cursor, limit)
        used = self._stored(tenant).brand_voice
        voice = None
        if used is not None:
            voice = _voice(self.keeper.version(tenant, BRAND_VOICE, used.number))
        return KeptBrandVoice(
            voice=voice,
            version=None if used is None else used.number,
            versions=tuple(
                VoiceVersion(
                    version=version.number,
                    voice=_voice(version),
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
        change: BrandVoiceChange | Mapping[str, Any],
        user_id: str = "",
    ) -> KeptBrandVoice:
        """Use a new voice, a kept version, or none from the next generation on.

        Raises InvalidRequest, NotFound for a version that there is not, and RevisionConflict
        where the configuration keeps changing.
        """
        asked, user = BrandVoiceChange.read(change), check_user_id(user_id)
        check_owner(tenant, asked.client_id)
        self._stored(tenant)
        if asked.voice is not None:
            self.use(tenant, asked.voice, user)
        elif asked.version is not None:
            self._put_in_use(tenant, self.keeper.version(tenant, BRAND_VOICE, asked.version))
        else:
            self._put_in_use(tenant, None)
        return self.get(tenant)

    def use(self, tenant: TenantRef, voice: BrandVoice, user_id: str) -> None:
        """Keep a voice as a version, and use it from now on."""
        content = voice.model_dump(mode="json")
        version = self.keeper.keep(tenant, BRAND_VOICE, content, user_id)
        self._put_in_use(tenant, version)

    def with_voice_kept(
        self, tenant: TenantRef, response: GenerationResponse, user_id: str
    ) -> GenerationResponse:
        """The answer, once the voice that it found, if any, is in use.

        A partial one is not; one that cannot be kept is said in the warnings.
        """
        if not isinstance(response.result, BrandVoice) or response.partial:
            return response
        try:
            self.use(tenant, response.result, user_id)
        except (StoreError, RevisionConflict, ConfigNotFound):
            warnings = (*response.metadata.content_warnings, _NOT_KEPT)
            told = response.metadata.model_copy(update={"content_warnings": warnings})
            return response.model_copy(update={"metadata": told})
        return response

    def guide(self, tenant: TenantRef) -> BrandGuide | None:
        """What texts are checked against; None without a voice or a configuration."""
        stored = self.configs.get(tenant, fresh=False)
        used = None if stored is None else stored.brand_voice
        return None if used is None else used.guide

    def _put_in_use(self, tenant: TenantRef, version: SavedVersion | None) -> None:
        used = None
        if version is not None:
            voice = _voice(version)
            used = VoiceInUse(number=version.number, words=in_words(voice), guide=guide_of(voice))
        for _ in range(_TRIES - 1):
            with suppress(RevisionConflict):
                return self._replace(tenant, used)
        return self._replace(tenant, used)

    def _replace(self, tenant: TenantRef, used: VoiceInUse | None) -> None:
        stored = self._stored(tenant)
        if stored.brand_voice == used:
            return
        seen = stored.config.revision
        config = stored.config.model_copy(update={"revision": seen + 1})
        changed = stored.model_copy(update={"config": config, "brand_voice": used})
        self.configs.replace(tenant, changed, seen)

    def _stored(self, tenant: TenantRef) -> StoredConfig:
        stored = self.configs.get(tenant)
        if stored is None:
            raise ConfigNotFound(f"{tenant} has no configuration")
        return stored


def _voice(version: SavedVersion) -> BrandVoice:
    return BrandVoice.read(version.content)
