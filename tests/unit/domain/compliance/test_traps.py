"""The traps of the platform rules' reference (section 10), seed by seed.

What its row calls right is asserted here in one place; T39, T41 and T45 are about phone numbers,
images and moderation, T40 (guessing a language) is something that is never done: it is an input.
"""

from __future__ import annotations

import json
import unicodedata

import pytest

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.emojis import count_emojis
from llama_marketing.domain.compliance.hashtags import (
    count_hashtags_for_limit,
    extract_hashtags,
)
from llama_marketing.domain.compliance.measures import (
    codepoints,
    graphemes,
    threads,
    utf8_bytes,
    utf16,
)
from llama_marketing.domain.compliance.mentions import count_mentions, mention_spans
from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.compliance.normalise import is_blank, normalise
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.compliance.shorten import shorten
from llama_marketing.domain.compliance.spanish_style import spanish_findings
from llama_marketing.domain.compliance.whatsapp_format import paired_spans
from llama_marketing.domain.compliance.whatsapp_template import parameter_text, template_findings
from llama_marketing.domain.generation.neutralise import neutralise

FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture(scope="module")
def ad_rules() -> AdRules:
    """The facts about ads as they ship."""
    return PackagedAdRules().rules()


def policies(text: str, ad_rules: AdRules) -> set[str]:
    """The policies that a text hints at."""
    return {each.rule_id for each in ad_rules.hints.findings(normalise(text))}


@pytest.mark.parametrize(
    ("surface", "field", "text", "measured", "status"),
    [
        ("instagram_caption", None, "a" * 2199 + "👍", 2201, "exceeds"),
        ("instagram_caption", None, FAMILY * 200, 2200, "ok"),
        ("instagram_ad", "headline", FAMILY * 4, 44, "warning"),
        ("threads_post", None, "a" * 497 + "👍", 501, "exceeds"),
        ("threads_post", None, "a" * 496 + "👍", 500, "ok"),
        ("instagram_caption", None, unicodedata.normalize("NFD", "ñ") * 2200, 2200, "ok"),
        ("instagram_dm", None, "ñ" * 501, 1002, "exceeds"),
        ("instagram_dm", None, "á" * 500, 1000, "ok"),
    ],
)
def test_t1_to_t8_the_platforms_unit_decides(
    rules: PlatformRules, surface: str, field: str | None, text: str, measured: int, status: str
) -> None:
    verdict = check_text(text, surface, rules, field=field)
    assert (verdict.current_length, verdict.status) == (measured, status)


def test_t2_t5_t6_each_unit_has_its_own_number() -> None:
    units = (graphemes, codepoints, utf16, utf8_bytes, threads)
    assert [unit(FAMILY * 200) for unit in units] == [200, 1400, 2200, 5000, 5000]
    assert [unit("❤️") for unit in units] == [1, 2, 2, 6, 6]
    assert [unit("🇲🇽") for unit in units] == [1, 2, 4, 8, 8]


def test_t9_decorative_letters_are_counted_double_and_told() -> None:
    assert utf16("𝗣𝗿𝗼𝗺𝗼") == 10
    assert shadow_of("𝗣𝗿𝗼𝗺𝗼").text == "promo"
    assert [each.rule_id for each in spanish_findings("𝗣𝗿𝗼𝗺𝗼")] == ["style.styled_letters"]


def test_t10_a_lone_surrogate_never_reaches_an_encoder(rules: PlatformRules) -> None:
    text = json.loads('"\\ud83d"')
    assert normalise(text) == "\ufffd"
    found = check_text(text, "facebook_post", rules).findings
    assert [each.rule_id for each in found] == ["safety.damaged"]


def test_t11_t12_line_ends_are_one_and_graphemes_do_not_add_up() -> None:
    assert utf16(normalise("a\r\nb")) == 3
    assert graphemes("🇲") + graphemes("🇽") == 2
    assert graphemes("🇲" + "🇽") == graphemes("\r" + "\n") == 1


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        (FAMILY + " y más", 2, ""),
        ("🇲🇽 viva", 1, ""),
        ("👍🏽 va bien", 2, ""),
        ("Compra aquí: https://tienda.mx/promo?utm=abc ¡hoy!", 30, "Compra aquí…"),
        ("Hola {{1}}", 8, "Hola…"),
        ("Va *en negritas todo* ya", 12, "Va…"),
        ("Ven a #CDMX hoy", 9, "Ven a…"),
        ("con @cafe.azul", 9, "con…"),
    ],
)
def test_t13_to_t17_a_cut_tears_nothing(text: str, limit: int, kept: str) -> None:
    assert shorten(text, limit) == kept


def test_t16_the_ellipsis_is_counted() -> None:
    cut = shorten("palabra " * 20, 125)
    assert utf16(cut) <= 125
    assert cut.endswith("…")


@pytest.mark.parametrize(
    ("text", "tags", "most"),
    [
        (unicodedata.normalize("NFD", "#niño"), ["#niño"], 1),
        ("#2026 #٣ #__", [], 0),
        ("&#39; https://a.mx/#ancla x#y ##doble", [], 0),
        ("#1️⃣", [], 0),
        ("#promo2️⃣", ["#promo2"], 1),
        ("＃promo", [], 1),
    ],
)
def test_t18_to_t22_a_hashtag_is_what_the_platforms_take(
    text: str, tags: list[str], most: int
) -> None:
    assert list(extract_hashtags(normalise(text))) == tags
    assert count_hashtags_for_limit(normalise(text)) == most


def test_t23_an_e_mail_address_is_no_mention() -> None:
    assert count_mentions("hola@mail.mx") == count_mentions("@" + "a" * 31) == 0
    assert mention_spans("@user.") == ((0, 5),)


@pytest.mark.parametrize("text", ["\u200b", "\u3164", "\u2800", "\u2060", "\u00a0", "", " "])
def test_t24_t25_t42_what_nobody_sees_is_no_text(rules: PlatformRules, text: str) -> None:
    assert is_blank(text)
    verdict = check_text(text, "facebook_post", rules)
    assert [each.rule_id for each in verdict.findings] == ["facebook.post.blank"]


def test_t26_t27_emojis_are_sequences() -> None:
    assert count_emojis("a1#*👍") == 1
    assert [count_emojis(each) for each in ("©", "™", "❤")] == [1, 1, 1]


def test_t28_t29_variables_are_ascii_numbers_or_names() -> None:
    for text in ("Hola {{²}}, ya", "Hola {{①}}, ya", "Hola {{٣}}, ya"):
        assert "whatsapp.variable.name" in [each.rule_id for each in template_findings(text)]
    for text in ("{{1}}{{2}}", "{{1}} {{3}}", "Hola {{1}}", "{{nombre}} y {{2}}"):
        assert template_findings(text)


def test_t30_a_value_is_cleaned_before_it_is_measured() -> None:
    assert parameter_text("Hola\n\nmundo\t\tx     y") == "Hola mundo x y"


@pytest.mark.parametrize("text", ["2*3*4", "* no *", "**doble**", "*a\nb*"])
def test_t31_not_every_asterisk_is_bold(text: str) -> None:
    assert paired_spans(text) == ()


@pytest.mark.parametrize("text", ["IMSS e ISSSTE", "¡ÚLTIMAS 3 PIEZAS!", "👍👍", ""])
def test_t32_short_texts_and_acronyms_do_not_shout(ad_rules: AdRules, text: str) -> None:
    assert "policy.excess_caps" not in policies(text, ad_rules)


def test_t33_places_stay_those_of_the_text(ad_rules: AdRules) -> None:
    (finding,) = ad_rules.hints.findings("İß milagroso")
    assert finding.span == (3, 12)


def test_t34_ñ_is_a_letter_of_its_own() -> None:
    assert shadow_of("año").text == "año"


def test_t35_only_a_line_feed_ends_a_line(rules: PlatformRules) -> None:
    """Six lines for Python are one for Meta."""
    text = "a\u2028b\x0bc\x85d\x1ce\u2029f"
    assert normalise(text) == text
    assert check_text(text, "whatsapp_template_body", rules).findings == ()


@pytest.mark.parametrize("text", ["mil\u00adagroso", "m\u200bilagroso", "milаgroso"])
def test_t36_a_disguise_hides_no_word(ad_rules: AdRules, text: str) -> None:
    assert "policy.health_claims" in policies(text, ad_rules)


@pytest.mark.parametrize("text", ["computadora", "disputa", "análisis", "Cuenca"])
def test_t37_a_part_of_a_word_is_no_word(ad_rules: AdRules, text: str) -> None:
    assert policies(text, ad_rules) == set()


def test_t38_invisible_orders_reach_no_model_and_no_reader(rules: PlatformRules) -> None:
    text = "hola\U000e0061\U000e0062"
    assert neutralise(text) == "hola"
    found = check_text(text, "facebook_post", rules).findings
    assert [each.rule_id for each in found] == ["safety.hidden_tags"]


@pytest.mark.parametrize(("length", "status"), [(1, "ok"), (2200, "ok"), (2201, "exceeds")])
def test_t42_the_limit_itself_is_within(rules: PlatformRules, length: int, status: str) -> None:
    assert check_text("a" * length, "instagram_caption", rules).status == status


def test_t43_the_final_text_is_what_counts(rules: PlatformRules) -> None:
    assembled = "a" * 2190 + "\n\n#BuenFin #México"
    assert check_text(assembled, "instagram_caption", rules).status == "exceeds"


def test_t44_a_text_is_measured_decoded() -> None:
    assert utf16(json.loads('"\\ud83d\\udc4d"')) == 2


@pytest.mark.parametrize("text", ["\u0344", "\u0958"])
def test_t46_the_normal_form_may_be_longer(text: str) -> None:
    assert codepoints(normalise(text)) == 2
