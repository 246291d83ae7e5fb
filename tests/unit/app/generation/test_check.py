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


def test_an_ad_is_judged_field_by_field_as_it_is() -> None:
    """What a person edits is never cut; longer than is advised is a warning (C22)."""
    edited = {"headline": "h" * 41, "description": "Envío gratis", "cta": "Más información"}
    result = check(platform="facebook", text="Café Azul", ad=edited)
    assert result.platform_compliance.surface == "facebook_ad"
    assert result.ad.headline == "h" * 41
    assert (result.ad.cta, result.ad.cta_label) == ("LEARN_MORE", "Más información")
    assert [(each.rule_id, each.field) for each in result.ad.findings] == [
        ("facebook.ad.headline.advice", "headline")
    ]
    assert result.ad.preview.placements
    assert result.publishable.verdict == "review"
    assert len(result.publishable.reasons) == 1


def test_an_ad_with_a_broken_limit_must_not_go_out() -> None:
    edited = {"headline": "h" * 256, "description": "¿Tienes diabetes?"}
    result = check(platform="instagram", text="Café Azul", ad=edited)
    assert result.publishable.verdict == "no"
    assert result.publishable.reasons[0].startswith("Excede el límite de un título de anuncio")
    assert any("personal" in reason for reason in result.publishable.reasons)
    assert result.platform_compliance.is_compliant


def test_without_an_ad_none_is_answered() -> None:
    assert check(platform="facebook", text="Hola").ad is None


def test_a_platform_without_ads_has_none_to_judge() -> None:
    with pytest.raises(InvalidRequest) as raised:
        check(platform="tiktok", text="Hola", ad={"headline": "a"})
    assert raised.value.issues == (("field", "has no limits"),)
