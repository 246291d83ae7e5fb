"""The evaluation on the real llama.cpp server: a tiny model's figures are poor, but figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing import Container, Settings
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.adapters.llama_cpp.weights import MODEL_ID
from tests.e2e.embedded import TENANT, configured, environment, needs_the_model

pytestmark = [pytest.mark.slow, needs_the_model]


@pytest.mark.story("102.8")
def test_the_embedded_model_is_measured_and_its_operations_are_booked(tmp_path: Path) -> None:
    """Five comments in one call, and one brief."""
    with EmbeddedServer(context=4096, slots=2) as server:
        environ = environment(server, tmp_path)
        configured(server, environ, 512)
        with Container.from_settings(Settings.from_env(environ)) as container:
            report = container.evaluation_service().evaluate(TENANT, 5)
            usage = container.usage_service().summary(TENANT)

    assert (report.moderation.comments, report.copies.briefs) == (5, 1)
    assert (report.faults, report.stopped, report.complete) == ({}, False, False)
    assert {each.model for each in report.served} == {MODEL_ID}
    assert usage.total_requests == 2
    assert usage.total_tokens >= report.tokens_used.total_tokens > 0
