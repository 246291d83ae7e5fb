"""The result of ad copy."""

from __future__ import annotations

import pytest

from llama_marketing.domain.ads.models import Ad
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.results.ad_copy import AdCopy

BARE = Ad(angle="benefit", headline="", primary_text="", description="", cta="", cta_label="")
FIRST = BARE.model_copy(update={"headline": "Título", "primary_text": "Texto"})


def test_its_text_is_the_first_ads_primary_text_else_its_headline() -> None:
    assert AdCopy(ads=(FIRST, BARE)).text == "Texto"
    assert AdCopy(ads=(FIRST.model_copy(update={"primary_text": ""}),)).text == "Título"
    assert AdCopy(ads=(BARE, FIRST)).text == ""


def test_another_text_is_the_first_ads() -> None:
    changed = AdCopy(ads=(FIRST, BARE)).with_text("Otro")
    assert [ad.primary_text for ad in changed.ads] == ["Otro", ""]
    assert changed.ads[0].headline == "Título"


def test_a_person_looks_at_every_ad_and_there_is_at_least_one() -> None:
    assert AdCopy(ads=(FIRST,)).requires_human_review
    with pytest.raises(InvalidRequest):
        AdCopy(ads=())
