"""The limits as data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.models import (
    Counted,
    LimitKind,
    LimitSpec,
    PlatformRules,
    Surface,
    SurfaceId,
)
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


def limit(**changes: Any) -> LimitSpec:
    """A limit on length, with the changed fields."""
    fields: dict[str, Any] = {
        "rule_id": "post.length",
        "surface": "post",
        "kind": "hard",
        "measure": "utf16",
        "value": 10,
        "message": "Excede {limit}.",
        "as_of": date(2026, 11, 22),
        "source": "test",
        "confidence": "C",
    }
    return LimitSpec(**(fields | changes))


def post(**changes: Any) -> Surface:
    """The default surface of Facebook, with the changed fields."""
    fields: dict[str, Any] = {
        "id": "post",
        "platform": "facebook",
        "name": "la publicación",
        "default": True,
    }
    return Surface(**(fields | changes))


def test_every_platform_has_a_surface_and_every_named_surface_exists(
    rules: PlatformRules,
) -> None:
    for platform in Platform:
        assert rules.surface_for(platform).platform is platform
    for surface_id in SurfaceId:
        assert rules.hard_limit(surface_id).value > 0


@pytest.mark.parametrize(
    ("platform", "use_case", "surface"),
    [
        (Platform.FACEBOOK, None, "facebook_post"),
        (Platform.FACEBOOK, GenerationUseCase.SOCIAL_POST, "facebook_post"),
        (Platform.FACEBOOK, GenerationUseCase.AD_COPY, "facebook_ad"),
        (Platform.INSTAGRAM, GenerationUseCase.AD_COPY, "instagram_ad"),
        (Platform.WHATSAPP, GenerationUseCase.WHATSAPP_MESSAGE, "whatsapp_text"),
        (Platform.EMAIL, GenerationUseCase.EMAIL_COPY, "email_body"),
        ("threads", "social_post", "threads_post"),
    ],
)
def test_a_platform_and_use_case_have_a_surface(
    rules: PlatformRules, platform: Platform, use_case: GenerationUseCase | None, surface: str
) -> None:
    assert rules.surface_for(platform, use_case).id == surface


@pytest.mark.parametrize(
    ("surface", "field", "value", "unit"),
    [
        ("facebook_post", None, 63206, Measure.UTF16),
        ("instagram_caption", None, 2200, Measure.UTF16),
        ("whatsapp_text", None, 4096, Measure.UTF16),
        ("whatsapp_template_body", None, 1024, Measure.UTF16),
        ("instagram_dm", None, 1000, Measure.UTF8_BYTES),
        ("threads_post", None, 500, Measure.THREADS),
        ("messenger_text", None, 2000, Measure.UTF16),
        ("email_body", None, 65536, Measure.UTF16),
        ("instagram_ad", "headline", 255, Measure.UTF16),
    ],
)
def test_the_documented_hard_limits_ship(
    rules: PlatformRules, surface: str, field: str | None, value: int, unit: Measure
) -> None:
    row = rules.hard_limit(surface, field)
    assert (row.value, row.measure) == (value, unit)


@pytest.mark.parametrize(
    ("surface", "field", "value"),
    [
        ("facebook_ad", "primary_text", 125),
        ("facebook_ad", None, 125),
        ("facebook_ad", "headline", 40),
        ("instagram_ad", "description", 30),
        ("facebook_post", None, 63206),
        ("whatsapp_template_body", None, 550),
        ("email_subject", None, 50),
    ],
)
def test_generated_copy_aims_at_the_smallest_limit_that_is_no_fold(
    rules: PlatformRules, surface: str, field: str | None, value: int
) -> None:
    assert rules.target_limit(surface, field).value == value


def test_an_unknown_surface_platform_or_field_is_the_callers_fault() -> None:
    rules = PlatformRules(surfaces=(post(),), rows=(limit(),))
    assert rules.limits("post", "other") == ()
    for call in (
        lambda: rules.surface("nowhere"),
        lambda: rules.limits("nowhere"),
        lambda: rules.hard_limit("post", "other"),
        lambda: rules.surface_for(Platform.EMAIL),
    ):
        with pytest.raises(InvalidRequest):
            call()


@pytest.mark.parametrize(
    ("surfaces", "rows", "message"),
    [
        ((post(), post(default=False)), (limit(),), "surface post is there twice"),
        ((post(), post(id="page")), (limit(), limit(surface="page", rule_id="b")), "default"),
        ((post(default=False),), (limit(),), "no surface is the default of facebook"),
        ((post(),), (limit(), limit()), "rule post.length is there twice"),
        ((post(),), (limit(surface="page"),), "there is no surface page"),
        ((post(),), (limit(field="title"),), "text has no limit"),
        ((post(),), (limit(kind="advice"),), "one hard limit on length is needed, there are 0"),
        ((post(),), (limit(), limit(rule_id="b")), "there are 2"),
    ],
)
def test_limits_that_do_not_fit_together_are_refused(
    surfaces: tuple[Surface, ...], rows: tuple[LimitSpec, ...], message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message):
        PlatformRules(surfaces=surfaces, rows=rows)


@pytest.mark.parametrize(
    "changes",
    [
        {"measure": None},
        {"counts": "links"},
        {"value": -1},
        {"message": "{nombre}"},
        {"message": "{0}"},
        {"message": "{limit"},
        {"message": "{limit:x$}"},
        {"message": "{limit.a}"},
        {"message": ""},
        {"kind": "maybe"},
        {"confidence": "Z"},
        {"rule_id": "Mal Id"},
        {"source": ""},
    ],
)
def test_a_limit_that_cannot_be_right_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        limit(**changes)


def test_a_fold_never_counts_for_the_status() -> None:
    assert limit().counts_for_status
    assert not limit(affects_status=False).counts_for_status
    assert not limit(kind=LimitKind.FOLD, affects_status=True).counts_for_status


def test_a_count_has_no_unit_of_length() -> None:
    assert limit(counts=Counted.HASHTAGS, measure=None).measure is None


def test_every_bundled_limit_says_when_it_was_looked_at_and_where(rules: PlatformRules) -> None:
    for row in rules.rows:
        assert row.source
        assert row.as_of.year >= 2026
        assert row.message.format(measured=1, limit=1, over=1)
