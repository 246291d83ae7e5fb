"""Every text use case against the real llama.cpp server: structure, whatever the content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llama_marketing import Container, Settings
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.results.known import RESULTS
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.e2e.embedded import TENANT, configured, environment, needs_the_model

MAX_TOKENS = 500
PROMPT = "Buen Fin en Café Azul: 2x1 en capuchinos"
ASKED: list[dict[str, Any]] = [
    {"use_case": "email_copy", "max_length": 200},
    {"use_case": "whatsapp_message", "max_length": 140, "surface": "whatsapp_template_body"},
    {"use_case": "hashtag_generation", "platform": "instagram"},
    {"use_case": "content_calendar", "month": "2027-02", "max_length": 80},
    {"use_case": "brand_voice", "samples": ["¡Pásale por tu cafecito!"], "max_length": 140},
]

pytestmark = [pytest.mark.slow, needs_the_model]


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container whose client is configured on a server of their own."""
    folder: Path = tmp_path_factory.mktemp("use_cases")
    with EmbeddedServer(context=4096, slots=2) as server:
        environ = environment(server, folder)
        configured(server, environ, MAX_TOKENS)
        with Container.from_settings(Settings.from_env(environ)) as opened:
            yield opened


@pytest.mark.story("103.11")
@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: str(asked["use_case"]))
def test_a_use_case_answers_its_typed_result(container: Container, asked: dict[str, Any]) -> None:
    """Under the schema's constraints; booked once by the server's own figures."""
    answer = container.generation_service().generate(TENANT, {**asked, "prompt": PROMPT})

    assert type(answer.result) is RESULTS[GenerationUseCase(asked["use_case"])]
    assert answer.content.strip() == answer.content != ""
    assert answer.finish_reason in (FinishReason.STOP, FinishReason.LENGTH)
    assert (answer.platform_compliance is None) == (
        asked["use_case"] in ("content_calendar", "brand_voice")
    )
    entry = container.usage_service().entry(TENANT, answer.id)
    assert (entry.basis, entry.outcome) == (Basis.REPORTED, Outcome.OK)
    if isinstance(answer.result, ContentCalendar):
        assert {one.date[:7] for one in answer.result.entries} == {"2027-02"}
        assert all(len(one.copy) <= 80 for one in answer.result.entries)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: str(asked["use_case"]))
def test_a_stream_of_a_use_case_brings_its_text_and_one_end(
    container: Container, asked: dict[str, Any]
) -> None:
    """A copy in pieces, a list or a month in one; never JSON."""
    request = {**asked, "prompt": PROMPT, "bypass_cache": True}
    with container.generation_service().stream(TENANT, request) as stream:
        events = list(stream)
    deltas = [event.text for event in events if event.event == "delta"]
    if asked["use_case"] == "hashtag_generation" and events[-1].event == "error":
        # A stream asks once, and so small a model does not always write words.
        assert events[-1].data["code"] == "bad_output"
        return

    assert [event.event for event in events][-2:] == ["usage", "done"], events[-1]
    assert deltas
    assert not "".join(deltas).lstrip().startswith("{")
    if asked["use_case"] in ("hashtag_generation", "content_calendar"):
        assert len(deltas) == 1
