"""How an ad will look."""

from __future__ import annotations

import pytest

from llama_marketing.domain.ads.models import AdField
from llama_marketing.domain.ads.preview import display_url, make_preview
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.vocabulary import Platform

FAMILY = "👨‍👩‍👧‍👦"


def test_each_placement_shows_its_own_cut(ad_rules: AdRules) -> None:
    """Feeds cut a long text, reels sooner; a description is not shown everywhere."""
    texts = {
        AdField.PRIMARY_TEXT: "a" * 125,
        AdField.HEADLINE: "b" * 30,
        AdField.DESCRIPTION: "c" * 20,
    }
    preview = make_preview(
        texts, ad_rules.call_to_action([], "ventas"), ad_rules.placements_of(Platform.FACEBOOK)
    )
    shown = {each.placement: each for each in preview.placements}
    feed = shown["MOBILE_FEED_STANDARD"]
    assert feed.primary_text == "a" * 125
    assert feed.headline == "b" * 27 + "… Ver más"
    assert feed.description == ""
    assert feed.truncated == (AdField.HEADLINE, AdField.DESCRIPTION)
    assert feed.ratios == ("1:1", "4:5")
    reels = shown["FACEBOOK_REELS_MOBILE"]
    assert (reels.primary_text, reels.headline) == ("a" * 72 + "…", "b" * 10 + "…")
    assert shown["MARKETPLACE_MOBILE"].truncated == ()
    assert preview.cta_label == "Comprar"
    assert (preview.label, preview.sponsored_label) == ("Vista aproximada", "Publicidad")
    assert preview.page_name == "Tu página"


def test_a_cut_is_made_between_characters_and_leaves_no_blank(ad_rules: AdRules) -> None:
    texts = {
        AdField.PRIMARY_TEXT: FAMILY * 80,
        AdField.HEADLINE: "nueve 890 y más",
        AdField.DESCRIPTION: "",
    }
    preview = make_preview(
        texts,
        ad_rules.call_to_action([], None),
        [each for each in ad_rules.placements if each.id == "INSTAGRAM_REELS"],
        page_name="Café Azul",
        landing_url="https://WWW.CafeAzul.mx:443/x",
    )
    (reels,) = preview.placements
    assert reels.primary_text == FAMILY * 72 + "…"
    assert reels.headline == "nueve 890…"
    assert (preview.page_name, preview.display_url) == ("Café Azul", "cafeazul.mx")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://tienda.mx/promo?utm=abc", "tienda.mx"),
        ("http://www.a.com.mx", "a.com.mx"),
        ("https://b.mx#c", "b.mx"),
        (None, ""),
        ("nada", ""),
    ],
)
def test_an_ad_shows_the_domain_of_its_page(address: str | None, shown: str) -> None:
    assert display_url(address) == shown
