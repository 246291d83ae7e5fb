"""Brand voices: two who save at once, and answers that go out though nothing could be kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.app.container import Container
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import RevisionConflict, StoreUnavailable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import (
    TENANT,
    configure,
    container_over,
    post,
    settled_entry,
)

HEARD = {
    "summary": "Cálida.",
    "tone": "amigable",
    "traits": [],
    "vocabulary": [],
    "avoid": [],
    "address": "tu",
    "examples": [],
}
ANALYSE = {"use_case": "brand_voice", "prompt": "¡Pásale por tu cafecito!"}


@contextmanager
def configured(reply: object = None) -> Iterator[Container]:
    """A configured client whose model hears one voice."""
    said = json.dumps(HEARD if reply is None else reply)
    with container_over(FakeChatHosts(said, otherwise=post())) as container:
        configure(container)
        yield container


def between(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[TenantRef], None], times: int
) -> list[int]:
    """Let somebody act just before each of the next replacements; answers how often it was."""
    replace, acted = MemoryConfigs.replace, [0]

    def slower(
        self: MemoryConfigs, tenant: TenantRef, stored: StoredConfig, seen_revision: int
    ) -> None:
        if acted[0] < times:
            acted[0] += 1
            act(tenant)
        replace(self, tenant, stored, seen_revision)

    monkeypatch.setattr(MemoryConfigs, "replace", slower)
    return acted


def raised(container: Container) -> Callable[[TenantRef], None]:
    """Somebody who saves the configuration as it is under the next revision."""
    configs = container._wiring.configs()

    def act(tenant: TenantRef) -> None:
        stored = configs.get(tenant)
        config = stored.config.model_copy(update={"revision": stored.config.revision + 1})
        rows = configs.database.tenants[tenant]
        rows.config = stored.model_copy(update={"config": config})

    return act


def test_a_voice_is_used_though_somebody_saves_the_configuration_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with configured() as container:
        acted = between(monkeypatch, raised(container), 3)
        kept = container.brand_voice_service().set(TENANT, {"voice": {"summary": "Seca."}})

        assert (kept.version, acted) == (1, [3])
        assert container.config_service().get(TENANT).revision == 5


def test_a_prompt_is_saved_though_somebody_saves_the_configuration_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with configured() as container:
        acted = between(monkeypatch, raised(container), 3)
        saved = container.prompt_service().set(TENANT, "ad_copy", {"prompt": "Rima."})

        assert (saved.version, acted) == (1, [3])


def test_who_is_never_fast_enough_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with configured() as container:
        between(monkeypatch, raised(container), 1000)
        with pytest.raises(RevisionConflict):
            container.brand_voice_service().set(TENANT, {"voice": {"summary": "Seca."}})
        with pytest.raises(RevisionConflict):
            container.prompt_service().set(TENANT, "ad_copy", {"prompt": "Rima."})
        assert container.brand_voice_service().get(TENANT).voice is None


def test_using_the_voice_in_use_again_changes_nothing() -> None:
    with configured() as container:
        service = container.brand_voice_service()
        first = service.set(TENANT, {"voice": {"summary": "Seca."}})
        revision = container.config_service().get(TENANT).revision

        assert service.set(TENANT, {"voice": {"summary": "Seca."}}) == first
        assert service.set(TENANT, {"version": 1}) == first
        assert container.config_service().get(TENANT).revision == revision


def test_an_analysis_that_cannot_be_kept_is_answered_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unavailable(*_: object) -> None:
        raise StoreUnavailable("the store is gone")

    with configured() as container:
        monkeypatch.setattr(MemoryConfigs, "replace", unavailable)
        answer = container.generation_service().generate(TENANT, ANALYSE)

        assert answer.content == "Cálida."
        assert "La voz no se pudo guardar" in answer.content_warnings[0]
        assert settled_entry(container).id == answer.id
        assert container.brand_voice_service().get(TENANT).voice is None


def test_a_partial_analysis_is_not_used() -> None:
    with configured(HEARD | {"summary": "Cálida. " * 200}) as container:
        answer = container.generation_service().generate(TENANT, ANALYSE | {"max_length": 1})

        assert answer.partial
        assert container.brand_voice_service().get(TENANT).versions == ()


POST = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin"}


def test_each_copy_is_checked_against_the_kept_voice() -> None:
    """103.18: a word that the brand avoids is told, and holds nothing back."""
    voice = {"summary": "Cálida.", "avoid": ["barato"], "address": "usted"}
    with container_over(FakeChatHosts(otherwise=post("Café barato para ti"))) as container:
        configure(container)
        service = container.generation_service()
        before = service.generate(TENANT, POST)
        container.brand_voice_service().set(TENANT, {"voice": voice})
        told = service.generate(TENANT, POST)
        own = service.generate(TENANT, POST | {"context": {"brandVoice": "Seria."}})
        typed = service.check(TENANT, {"text": "Café barato para ti", "platform": "instagram"})
        banned = {"banned": ["café"]}
        sent = service.check(
            TENANT, {"text": "Café para ti", "platform": "instagram", "brand": banned}
        )

    assert before.metadata.brand_check is None
    assert own.metadata.brand_check is None
    assert told.metadata.brand_check is not None
    assert told.metadata.brand_check.verdict == "warnings"
    found = {breach.rule_id for breach in told.metadata.brand_check.breaches}
    assert found == {"brand.avoided_word", "brand.address"}
    assert told.metadata.publishable == before.metadata.publishable
    assert typed.brand_check == told.metadata.brand_check
    assert sent.brand_check is not None and sent.brand_check.verdict == "rejected"
    assert sent.publishable.verdict == "review"
