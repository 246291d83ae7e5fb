"""Judging a text without a model."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import TENANT, container_over, counter_of, entries_of

LONG = "x" * 1025


def check(**fields: Any) -> Any:
    """Judge a text; needs no configuration, calls nothing, books nothing."""
    chat = FakeChatHosts()
    with container_over(chat) as container:
        result = container.generation_service().check(TENANT, {"text": LONG, **fields})
        assert entries_of(container) == []
        assert counter_of(container).refused == 0
    assert chat.calls == []
    return result


def test_the_usual_surface_of_the_platform_is_judged() -> None:
    compliance = check(platform="whatsapp").platform_compliance
    assert (compliance.character_limit, compliance.is_compliant) == (4096, True)
    assert any("1024" in finding.message for finding in compliance.findings)


def test_a_surface_that_is_named_is_judged() -> None:
    result = check(platform="whatsapp", surface="whatsapp_template_body")
    assert result.platform_compliance.character_limit == 1024
    assert result.platform_compliance.status == "exceeds"
    assert result.publishable.verdict == "no"


def test_a_length_of_ones_own_is_judged_too() -> None:
    findings = check(platform="facebook", max_length=10).platform_compliance.findings
    assert any("10" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"platform": "facebook", "surface": "whatsapp_template_body"}, "surface"),
        ({"platform": "facebook", "surface": "nowhere"}, "surface"),
        ({"platform": "myspace"}, "platform"),
        ({"platform": "facebook", "client_id": "cli2"}, "clientId"),
        ({"platform": "facebook", "text": "\ud800"}, "text"),
        ({"platform": "facebook", "maxLength": 0}, "maxLength"),
        ({"platform": "facebook", "foo": 1}, "foo"),
        ({"text": "x"}, "platform"),
    ],
)
def test_a_wrong_question_names_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        check(**fields)
    assert raised.value.issues[0][0] == field
    assert raised.value.user_message


def test_ones_own_client_id_is_fine() -> None:
    assert check(platform="facebook", client_id="cli1").publishable.verdict == "yes"
