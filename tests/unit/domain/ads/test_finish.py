"""From what a model wrote to an ad within its limits."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.ads.finish import AdFrame, correction_for_ad, edited_ad, finish_ad
from llama_marketing.domain.ads.models import AdBrief, AdField, AdTexts, EditedAd
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.models import PlatformRules

FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def frame(ad_rules: AdRules) -> AdFrame:
    """An ad for Instagram that wants to sell."""
    return AdFrame(
        surface="instagram_ad",
        rules=PackagedPlatformRules().rules(),
        ad_rules=ad_rules,
        brief=AdBrief(objective="ventas", landing_url="https://cafeazul.mx"),
    )


def texts(**changes: Any) -> AdTexts:
    """A good ad, with the changed fields."""
    fields = {
        "primary_text": "Café recién tostado en tu oficina cada lunes.",
        "headline": "Café Azul a domicilio",
        "description": "Envío gratis en la Roma",
        "cta": "ORDER_NOW",
    }
    return AdTexts(**(fields | changes))


def changed(frame: AdFrame, **changes: Any) -> AdFrame:
    """The frame with other fields."""
    return attrs.evolve(frame, **changes)


def test_a_good_ad_goes_out_unchanged(frame: AdFrame) -> None:
    finished = finish_ad(texts(), "benefit", frame)
    ad = finished.ad
    assert ad.model_dump(include={"primary_text", "headline", "description", "cta"}) == (
        texts().model_dump()
    )
    assert (ad.angle, ad.cta_label, ad.partial) == ("benefit", "Pedir ahora", False)
    assert finished.warnings == ()
    assert ad.findings == ()
    assert [each.placement for each in ad.preview.placements] == [
        "INSTAGRAM_STANDARD",
        "INSTAGRAM_STORY",
        "INSTAGRAM_REELS",
    ]
    assert correction_for_ad(texts(), frame) == ""


def test_a_field_that_exceeds_is_named_with_its_measure(frame: AdFrame) -> None:
    """Seed T3: four families are 44 units, not 4."""
    long = texts(primary_text="a" * 126, headline=FAMILY * 4, description="d" * 31)
    assert correction_for_ad(long, frame) == (
        "El texto principal midió 126 (máximo 125), el título midió 44 (máximo 40) y "
        "la descripción midió 31 (máximo 30) caracteres. Acorta."
    )
    assert correction_for_ad(texts(description="d" * 31), frame) == (
        "La descripción midió 31 (máximo 30) caracteres. Acorta."
    )


def test_the_limit_itself_is_within(frame: AdFrame) -> None:
    exact = texts(primary_text="a" * 125, headline="b" * 40, description="c" * 30)
    assert correction_for_ad(exact, frame) == ""
    assert finish_ad(exact, "benefit", frame).warnings == ()


def test_a_missing_field_is_asked_for(frame: AdFrame) -> None:
    assert correction_for_ad(texts(headline="", description="\u200b"), frame) == (
        "Falta el título y la descripción. Responde con todos los campos."
    )


def test_what_still_exceeds_is_cut_at_a_word_and_said(frame: AdFrame) -> None:
    finished = finish_ad(texts(headline="El mejor café de altura de toda la sierra"), "x", frame)
    assert finished.ad.headline == "El mejor café de altura de toda la…"
    assert not finished.ad.partial
    assert finished.warnings == ("El título medía 41 caracteres y se recortó a 40.",)


def test_what_cannot_be_cut_or_is_missing_makes_the_ad_partial(frame: AdFrame) -> None:
    address = "https://tienda.mx/" + "a" * 40
    finished = finish_ad(texts(headline=address, description=" "), "x", frame)
    assert (finished.ad.headline, finished.ad.description) == ("", "")
    assert finished.ad.partial
    assert finished.warnings == (
        "No se pudo acortar el título del anuncio (58 caracteres).",
        "Falta la descripción del anuncio.",
    )
    assert [(each.rule_id, each.field) for each in finished.ad.findings] == [
        ("instagram.ad.headline.blank", AdField.HEADLINE)
    ]


def test_the_requests_own_limit_is_one_on_the_primary_text(frame: AdFrame) -> None:
    limits = changed(frame, max_length=20).limits()
    assert [limits[field].limit for field in AdField] == [20, 40, 30]
    assert changed(frame, max_length=500).limits() == frame.limits()


def test_a_limit_in_another_unit_is_not_mixed_with_the_requests(frame: AdFrame) -> None:
    """An operator may measure in bytes."""
    rows = tuple(
        row.model_copy(update={"measure": Measure.UTF8_BYTES})
        if row.rule_id == "instagram.ad.primary_text.advice"
        else row
        for row in frame.rules.rows
    )
    bytes_rules = PlatformRules(surfaces=frame.rules.surfaces, rows=rows)
    limits = changed(frame, rules=bytes_rules, max_length=20).limits()
    assert limits[AdField.PRIMARY_TEXT].limit == 125
    assert limits[AdField.PRIMARY_TEXT].measure is Measure.UTF8_BYTES


def test_the_asked_button_comes_before_the_models(frame: AdFrame) -> None:
    asked = changed(frame, brief=AdBrief(objective="ventas", cta="Más información"))
    assert finish_ad(texts(), "x", asked).ad.cta == "LEARN_MORE"
    assert finish_ad(texts(cta="nada"), "x", frame).ad.cta == "SHOP_NOW"


def test_a_page_without_https_is_a_finding_of_its_own(frame: AdFrame) -> None:
    plain = changed(frame, brief=AdBrief(landing_url="http://cafeazul.mx"))
    finished = finish_ad(texts(), "x", plain)
    (finding,) = finished.ad.findings
    assert (finding.rule_id, finding.field, finding.span) == (
        "policy.destination",
        "landing_url",
        (0, 18),
    )
    assert finished.warnings == (finding.message,)
    assert finish_ad(texts(), "x", changed(frame, brief=AdBrief())).ad.findings == ()


def test_findings_say_which_text_they_are_about(frame: AdFrame) -> None:
    finished = finish_ad(texts(headline="Café garantizado", description="¡Hoy!!!"), "x", frame)
    assert [(each.rule_id, each.field) for each in finished.ad.findings] == [
        ("policy.misleading", AdField.HEADLINE),
        ("policy.excessive_signs", AdField.DESCRIPTION),
    ]
    assert len(finished.warnings) == 1


def test_an_edited_ad_is_judged_as_it_is(frame: AdFrame) -> None:
    """Nothing is cut; a line end is one and an accent composed, as it would be sent."""
    edited = EditedAd(headline="h" * 300, description="a\r\nb", objective="leads")
    ad = edited_ad("n\u0303" * 126, edited, frame.surface, frame.rules, frame.ad_rules)
    assert (ad.primary_text, len(ad.headline), ad.description) == ("ñ" * 126, 300, "a\nb")
    assert (ad.cta, ad.angle, ad.partial) == ("SIGN_UP", "", False)
    assert [(each.rule_id, each.kind) for each in ad.findings] == [
        ("instagram.ad.primary_text.advice", "advice"),
        ("instagram.ad.headline.length", "hard"),
    ]
