"""Keeping versions: the same content is kept once, each other one under the next number."""

from __future__ import annotations

from typing import Any

import attrs

from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import InvalidRequest, NotFound, StoreUnavailable
from llama_marketing.domain.paging import check_page
from llama_marketing.domain.saved_versions import SavedVersion, prompt_subject
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.saved_versions import SavedVersions

_TRIES = 10
"""How often a number may be taken by somebody else before one version gives up."""
PROMPT = "prompt"
"""The field of a version's content that holds a prompt's text."""


@attrs.frozen
class VersionPage:
    """Some versions, the newest first; ``next_cursor`` is None on the last page."""

    versions: tuple[SavedVersion, ...]
    next_cursor: str | None


@attrs.frozen(kw_only=True)
class VersionKeeper:
    """Keeps and finds versions. Safe between threads."""

    versions: SavedVersions
    clock: Clock

    def keep(
        self, tenant: TenantRef, subject: str, content: dict[str, Any], user_id: str = ""
    ) -> SavedVersion:
        """The newest version where it has this content already, else a new one.

        Raises StoreUnavailable where others keep taking the next number.
        """
        for _ in range(_TRIES):
            newest = next(iter(self.versions.newest(tenant, subject, limit=1)), None)
            if newest is not None and newest.content == content:
                return newest
            version = SavedVersion(
                subject=subject,
                number=1 if newest is None else newest.number + 1,
                created_at=timestamp(self.clock.now()),
                user_id=user_id,
                content=content,
            )
            if self.versions.add(tenant, version):
                return version
        raise StoreUnavailable(f"{tenant}: the versions of {subject} change too fast")

    def page(self, tenant: TenantRef, subject: str, cursor: str, limit: int) -> VersionPage:
        """``limit`` (1-100) versions, the newest first, after the ``cursor`` of a page before.

        Raises InvalidRequest.
        """
        check_page(cursor, limit)
        found = self.versions.newest(tenant, subject, _number_of(cursor), limit + 1)
        shown = tuple(found[:limit])
        return VersionPage(shown, str(shown[-1].number) if len(found) > limit else None)

    def version(self, tenant: TenantRef, subject: str, number: int) -> SavedVersion:
        """One version; raises NotFound."""
        version = self.versions.get(tenant, subject, number)
        if version is None:
            raise NotFound(f"{tenant} has no version {number} of {subject}")
        return version

    def with_prompts(
        self,
        tenant: TenantRef,
        stored: StoredConfig,
        before: StoredConfig | None = None,
        user_id: str = "",
    ) -> StoredConfig:
        """A configuration that is to be saved, each of its own prompts kept and numbered."""
        numbers: dict[GenerationUseCase, int] = {}
        for settings in stored.config.use_cases:
            use_case, text = settings.use_case, settings.custom_prompt or ""
            if is_blank(text):
                continue
            known = None
            if before is not None and before.config.use_case(use_case).custom_prompt == text:
                known = before.prompt_versions.get(use_case)
            if known is None:
                kept = self.keep(tenant, prompt_subject(use_case), {PROMPT: text}, user_id)
                known = kept.number
            numbers[use_case] = known
        return stored.model_copy(update={"prompt_versions": numbers})


def _number_of(cursor: str) -> int | None:
    if not cursor:
        return None
    if cursor.isascii() and cursor.isdigit() and len(cursor) < 10 and int(cursor):
        return int(cursor)
    raise InvalidRequest(
        "cursor is no version",
        user_message="El cursor no es válido.",
        issues=(("cursor", "must be the nextCursor of the page before"),),
    )
