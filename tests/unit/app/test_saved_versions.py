"""Keeping versions: one number a content, whoever is faster."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.saved_versions import MemorySavedVersions
from llama_marketing.app.saved_versions import VersionKeeper
from llama_marketing.domain.errors import NotFound, StoreUnavailable
from llama_marketing.domain.saved_versions import SavedVersion, prompt_subject
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.races import run_together
from tests.unit.app.samples import TENANT, StandingClock

SUBJECT = prompt_subject(GenerationUseCase.SOCIAL_POST)


class TakenNumbers(MemorySavedVersions):
    """A store in which somebody else takes the next number, as often as it is told."""

    times = 0

    def add(self, tenant: TenantRef, version: SavedVersion) -> bool:
        """Somebody else was faster."""
        if self.times > 0:
            type(self).times -= 1
            other = version.model_copy(update={"content": {"prompt": f"Ajeno {version.number}"}})
            super().add(tenant, other)
        return super().add(tenant, version)


def keeper(versions: MemorySavedVersions | None = None) -> VersionKeeper:
    """A keeper over an empty store."""
    made = versions or MemorySavedVersions(MemoryDatabase())
    return VersionKeeper(versions=made, clock=StandingClock())


def test_the_newest_content_is_kept_once_and_an_older_one_again() -> None:
    made = keeper()
    texts = ("Uno", "Uno", "Dos", "Uno")
    numbers = [made.keep(TENANT, SUBJECT, {"prompt": text}, "ana").number for text in texts]

    assert numbers == [1, 1, 2, 3]
    assert made.version(TENANT, SUBJECT, 2).content == {"prompt": "Dos"}
    with pytest.raises(NotFound, match="no version 4"):
        made.version(TENANT, SUBJECT, 4)


def test_who_finds_a_number_taken_takes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TakenNumbers, "times", 3)
    made = keeper(TakenNumbers(MemoryDatabase()))

    assert made.keep(TENANT, SUBJECT, {"prompt": "Uno"}).number == 4


def test_who_never_gets_a_number_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TakenNumbers, "times", 1000)

    with pytest.raises(StoreUnavailable, match="change too fast"):
        keeper(TakenNumbers(MemoryDatabase())).keep(TENANT, SUBJECT, {"prompt": "Uno"})


def test_versions_that_are_kept_at_once_have_numbers_without_a_gap() -> None:
    made = keeper()

    def keep(number: int) -> Any:
        return lambda: made.keep(TENANT, SUBJECT, {"prompt": f"Texto {number}"})

    run_together([keep(number) for number in range(4)])

    found = made.versions.newest(TENANT, SUBJECT)
    assert [version.number for version in found] == [4, 3, 2, 1]
