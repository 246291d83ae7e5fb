"""By which surface a text is judged."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.compliance.surfaces import surface_of
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


def test_a_named_surface_must_be_of_the_platform(rules: PlatformRules) -> None:
    """Without a name it is the one by which such a text is judged."""
    assert surface_of(rules, Platform.WHATSAPP, "whatsapp_template_body").id == (
        "whatsapp_template_body"
    )
    for none in (None, ""):
        assert surface_of(rules, Platform.WHATSAPP, none).id == "whatsapp_text"
    assert surface_of(rules, Platform.FACEBOOK, None, GenerationUseCase.AD_COPY).id == "facebook_ad"
    with pytest.raises(InvalidRequest) as caught:
        surface_of(rules, Platform.EMAIL, "whatsapp_text")
    assert caught.value.issues == (("surface", "is of another platform"),)


def test_a_named_surface_must_be_one_of_the_use_case(rules: PlatformRules) -> None:
    """Ads have fields that a post has not; a post may be judged as whatever is named."""
    with pytest.raises(InvalidRequest, match="facebook_post is not for ad_copy") as caught:
        surface_of(rules, Platform.FACEBOOK, "facebook_post", GenerationUseCase.AD_COPY)
    assert caught.value.issues == (("surface", "is of another use case"),)
    ad = surface_of(rules, Platform.FACEBOOK, "facebook_ad", GenerationUseCase.AD_COPY)
    assert ad.id == "facebook_ad"
    template = "whatsapp_template_body"
    asked = surface_of(rules, Platform.WHATSAPP, template, GenerationUseCase.WHATSAPP_MESSAGE)
    assert asked.id == template
