"""Whatever a model writes, ads keep their limits or say that they are partial."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.ads.finish import AdFrame, correction_for_ad, finish_ad
from llama_marketing.domain.ads.models import Ad, AdBrief, AdField, AdTexts
from llama_marketing.domain.ads.replies import read_ads
from llama_marketing.domain.compliance.measures import measure
from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.compliance.normalise import is_blank, normalise
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.generation.reading import read_object

RULES = PackagedPlatformRules().rules()
AD_RULES = PackagedAdRules().rules()
TYPES = {row.type for row in AD_RULES.calls_to_action}
PIECES = [
    "Compra hoy ", "¡Oferta! ", "👨‍👩‍👧‍👦", "🇲🇽", "ñ", "a\u0301", "#BuenFin ", "@cafe.azul ",
    "{{1}}", "https://tienda.mx/promo?utm=abc ", "*negritas* ", "palabrasinfin" * 9, "\n", " ",
    "…", "\u200b", "\ud83d", "", "¿Tienes diabetes? ", "antes y después ", "100% garantizado ",
    "<b>", "𝗣𝗿𝗼𝗺𝗼", "\u202e", "p.u.t.o ", "!!!", "раypal ", "\r\n", "```", '"', "\\", "}",
]  # fmt: skip
FRAMES = [
    AdFrame(
        surface=surface,
        rules=RULES,
        ad_rules=AD_RULES,
        brief=AdBrief(objective=objective, landing_url=address),
        max_length=most,
    )
    for surface in ("facebook_ad", "instagram_ad")
    for objective, address, most in (
        ("ventas", "http://tienda.mx", None),
        ("nada de eso", None, 60),
        (None, "https://tienda.mx", 1),
    )
]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join)


def assert_within_limits(ad: Ad, frame: AdFrame) -> None:
    """Each text fits; what is missing is flagged; the button is Meta's; spans are inside."""
    for field, limit in frame.limits().items():
        text = ad.text(field)
        assert measure(text, limit.measure) <= limit.limit
        assert ad.partial or not is_blank(text)
        assert text == normalise(text)
    assert ad.cta in TYPES
    assert ad.cta_label == ad.preview.cta_label
    for finding in ad.findings:
        text = ad.text(finding.field) if isinstance(finding.field, AdField) else "http://tienda.mx"
        assert 0 <= finding.span[0] <= finding.span[1] <= len(text)
        assert finding.kind is not LimitKind.HARD or ad.partial


def hostile_reply(chance: random.Random) -> Any:
    """What an adversary may reply: always too much, or not what was asked for."""
    wrong: list[Any] = [None, 7, [], {}, True, "", " \u200b "]
    found: dict[str, Any] = {}
    for name in ("primary_text", "headline", "description", "cta", "angle", "x"):
        if chance.random() < 0.9:
            text = "".join(chance.choices(PIECES, k=chance.randrange(1, 40)))
            found[name] = chance.choice(wrong) if chance.random() < 0.1 else text
    several = chance.random() < 0.1
    return {"ads": [found, chance.choice(wrong), found]} if several else found


@pytest.mark.parametrize("tenth", range(10))
def test_ten_thousand_hostile_replies_give_ads_within_limits_or_flagged(tenth: int) -> None:
    """A tenth of them; through the reader of replies, as they would arrive, cut off or not."""
    chance = random.Random(tenth)
    flagged = 0
    for _ in range(1000):
        reply = json.dumps(hostile_reply(chance))
        if chance.random() < 0.1:
            reply = reply[: chance.randrange(len(reply))]
        frame = chance.choice(FRAMES)
        for texts in read_ads(read_object(reply) or {}):
            assert len(correction_for_ad(texts, frame)) <= 200
            ad = finish_ad(texts, "benefit", frame).ad
            assert_within_limits(ad, frame)
            flagged += ad.partial
    assert 0 < flagged < 2000


@given(TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(FRAMES))
def test_any_texts_give_an_ad_within_limits_or_flagged(
    primary_text: str, headline: str, description: str, cta: str, frame: AdFrame
) -> None:
    (texts,) = read_ads(
        {"primary_text": primary_text, "headline": headline, "description": description, "cta": cta}
    )
    finished = finish_ad(texts, "benefit", frame)
    assert_within_limits(finished.ad, frame)
    if not correction_for_ad(texts, frame):
        assert finished.ad.text(AdField.PRIMARY_TEXT) == texts.primary_text
        assert not finished.ad.partial


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(FRAMES))
def test_finishing_a_finished_ad_changes_nothing(
    primary_text: str, headline: str, description: str, frame: AdFrame
) -> None:
    (texts,) = read_ads(
        {"primary_text": primary_text, "headline": headline, "description": description}
    )
    once = finish_ad(texts, "benefit", frame).ad
    again = AdTexts(
        primary_text=once.primary_text,
        headline=once.headline,
        description=once.description,
        cta=once.cta,
    )
    assert finish_ad(again, "benefit", frame).ad == once


@given(TEXTS)
def test_the_shadow_knows_where_each_of_its_characters_came_from(text: str) -> None:
    text = normalise(text)
    shadow = shadow_of(text)
    places = [shadow.span(at, at + 1) for at in range(len(shadow.text))]
    assert places == sorted(places)
    assert all(end == start + 1 <= len(text) for start, end in places)


@pytest.mark.parametrize(
    "piece",
    [
        "a", "a ", "p.", "p*", "*", "tu ", "gratis ", "solo hoy ", "diabetes ", "tu diabetes ", "!",
        "gana $1", "👍", "A", "aа", "1", "[", "antes y ", "\u200b", "ñ", "clic ", "baja 1", "9,",
    ],
)  # fmt: skip
def test_the_work_of_the_policy_hints_grows_with_the_text_and_not_with_its_square(
    piece: str,
) -> None:
    """Nothing is timed: a pattern whose work grows with the square takes minutes here."""
    text = (piece * 60_000)[:60_000]
    for finding in AD_RULES.hints.findings(text):
        assert 0 <= finding.span[0] < finding.span[1] <= len(text)
