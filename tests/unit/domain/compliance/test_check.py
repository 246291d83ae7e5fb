"""Judging a text against the limits of a surface."""

from __future__ import annotations

import unicodedata

import attrs
import pytest

from llama_marketing.domain.compliance.check import MAX_LENGTH_RULE, check_count, check_text
from llama_marketing.domain.compliance.models import Finding, LimitKind, PlatformRules
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import Platform

GOOD_POST = (
    "¡Llegó el Buen Fin a Café Azul! ☕ Del 15 al 18 de noviembre, tu café favorito al 2x1 en "
    "todas nuestras sucursales. ¿Con quién lo vas a compartir? Nos vemos aquí.\n\n#BuenFin"
)


def _finding(text: str, surface: str, rules: PlatformRules, rule_id: str) -> Finding | None:
    findings = check_text(text, surface, rules).findings
    return next((finding for finding in findings if finding.rule_id == rule_id), None)


@pytest.mark.parametrize(
    "surface",
    [
        "facebook_post",
        "instagram_caption",
        "whatsapp_text",
        "whatsapp_template_body",
        "email_body",
        "threads_post",
        "messenger_text",
        "linkedin_post",
        "tiktok_caption",
    ],
)
def test_a_plain_good_spanish_post_is_ok_everywhere(rules: PlatformRules, surface: str) -> None:
    verdict = check_text(GOOD_POST, surface, rules)
    assert verdict.status == "ok"
    assert verdict.is_compliant
    assert verdict.warnings == ()


@pytest.mark.parametrize(
    ("surface", "limit"),
    [
        ("facebook_post", 63206),
        ("instagram_caption", 2200),
        ("whatsapp_text", 4096),
        ("whatsapp_template_body", 1024),
        ("email_body", 65536),
        ("messenger_text", 2000),
        ("threads_post", 500),
    ],
)
def test_the_limit_itself_is_compliant_and_one_more_exceeds(
    rules: PlatformRules, surface: str, limit: int
) -> None:
    at_limit = check_text("a" * limit, surface, rules)
    assert at_limit.is_compliant
    assert at_limit.status != "exceeds"
    assert (at_limit.character_limit, at_limit.current_length) == (limit, limit)
    over = check_text("a" * (limit + 1), surface, rules)
    assert not over.is_compliant
    assert over.status == "exceeds"
    assert str(limit) in over.warnings[0]
    assert over.findings[0].span == (limit, limit + 1)
    assert (over.findings[0].measured, over.findings[0].limit) == (limit + 1, limit)


def test_instagram_at_2200_is_ok_although_some_tools_take_less(rules: PlatformRules) -> None:
    """The finding is there from 2197 on, the status stays ok."""
    for length, told in ((2196, False), (2197, True), (2200, True), (2201, False)):
        finding = _finding("a" * length, "instagram_caption", rules, "instagram.caption.buffer")
        assert (finding is not None) is told
    assert check_text("a" * 2200, "instagram_caption", rules).status == "ok"


def test_an_astral_emoji_counts_two_on_instagram(rules: PlatformRules) -> None:
    """Seed T1."""
    verdict = check_text("a" * 2199 + "👍", "instagram_caption", rules)
    assert (verdict.current_length, verdict.status) == (2201, "exceeds")
    assert verdict.findings[0].span == (2199, 2200)


@pytest.mark.parametrize(("letters", "length", "status"), [(496, 500, "ok"), (497, 501, "exceeds")])
def test_threads_counts_an_emoji_by_its_bytes(
    rules: PlatformRules, letters: int, length: int, status: str
) -> None:
    """Seed T4."""
    verdict = check_text("a" * letters + "👍", "threads_post", rules)
    assert (verdict.current_length, verdict.status) == (length, status)


def test_threads_near_its_limit_tells_the_bytes_without_turning_yellow(
    rules: PlatformRules,
) -> None:
    verdict = check_text("ñ" * 400, "threads_post", rules)
    assert verdict.status == "ok"
    assert [finding.rule_id for finding in verdict.findings] == ["threads.post.bytes"]


def test_instagram_messages_are_counted_in_bytes(rules: PlatformRules) -> None:
    """Seed T8."""
    assert check_text("á" * 500, "instagram_dm", rules).is_compliant
    assert check_text("ñ" * 501, "instagram_dm", rules).current_length == 1002


def test_decomposed_text_is_counted_composed(rules: PlatformRules) -> None:
    """Seed T7."""
    text = unicodedata.normalize("NFD", "ñ") * 2200
    assert check_text(text, "instagram_caption", rules).current_length == 2200


def test_whatsapp_between_template_and_message_names_1024(rules: PlatformRules) -> None:
    verdict = check_text("a" * 1500, "whatsapp_text", rules)
    assert verdict.is_compliant
    assert (verdict.status, verdict.character_limit) == ("warning", 4096)
    (finding,) = verdict.findings
    assert (finding.kind, finding.limit) == (LimitKind.ADVICE, 1024)
    assert "1024" in finding.message
    assert finding.message in verdict.warnings
    assert check_text("a" * 1024, "whatsapp_text", rules).findings == ()


def test_a_marketing_template_beyond_550_or_ten_emojis_may_be_refused(
    rules: PlatformRules,
) -> None:
    long = check_text("a" * 551, "whatsapp_template_body", rules)
    assert (long.is_compliant, long.status) == (True, "warning")
    assert [finding.kind for finding in long.findings] == [LimitKind.POLICY]
    assert check_text("👨‍👩‍👧‍👦" * 10, "whatsapp_template_body", rules).status == "ok"
    many = check_text("👨‍👩‍👧‍👦" * 11, "whatsapp_template_body", rules)
    assert (many.findings[0].measured, many.findings[0].measure) == (11, "emojis")
    assert many.findings[0].span == (70, 77)


@pytest.mark.parametrize(
    ("count", "kinds", "compliant", "status"),
    [
        (5, [], True, "ok"),
        (6, [LimitKind.POLICY], True, "warning"),
        (30, [LimitKind.POLICY], True, "warning"),
        (31, [LimitKind.HARD, LimitKind.POLICY], False, "warning"),
    ],
)
def test_instagram_hashtags_have_an_announced_and_an_enforced_limit(
    rules: PlatformRules, count: int, kinds: list[LimitKind], compliant: bool, status: str
) -> None:
    """A hard breach that is not of length is not compliant, but only length exceeds."""
    verdict = check_text("#ab " * count, "instagram_caption", rules)
    assert [each.kind for each in verdict.findings if each.measure == "hashtags"] == kinds
    assert (verdict.is_compliant, verdict.status) == (compliant, status)


def test_too_many_mentions_and_a_link_are_told_on_instagram(rules: PlatformRules) -> None:
    verdict = check_text("@a @b @c @d en tienda.mx", "instagram_caption", rules)
    assert {finding.rule_id for finding in verdict.findings} == {
        "instagram.caption.mentions_advice",
        "instagram.caption.links",
    }
    assert verdict.is_compliant
    assert not check_text("@ab " * 21, "instagram_caption", rules).is_compliant


def test_threads_takes_five_different_links(rules: PlatformRules) -> None:
    five = " ".join(f"a{number}.mx" for number in range(5))
    assert check_text(f"{five} a0.mx", "threads_post", rules).is_compliant
    assert not check_text(f"{five} a9.mx", "threads_post", rules).is_compliant


def test_a_fold_is_a_finding_that_changes_no_status(rules: PlatformRules) -> None:
    text = "ñ" * 124 + "👍🏽" + "a"
    finding = _finding(text, "instagram_caption", rules, "instagram.caption.fold")
    assert finding is not None
    assert (finding.kind, finding.measured, finding.span) == (LimitKind.FOLD, 126, (126, 127))
    assert check_text(text, "instagram_caption", rules).status == "ok"
    within = "👍🏽" * 125
    assert _finding(within, "instagram_caption", rules, "instagram.caption.fold") is None


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u3164"])
def test_an_empty_text_is_an_error_of_its_own(rules: PlatformRules, text: str) -> None:
    verdict = check_text(text, "facebook_post", rules)
    assert (verdict.is_compliant, verdict.status) == (False, "warning")
    assert verdict.findings[0].rule_id == "facebook.post.blank"


def test_an_ad_field_is_judged_by_its_own_limits(rules: PlatformRules) -> None:
    """40 is advice: Meta takes a longer headline, and a person may write one."""
    ok = check_text("a" * 40, "facebook_ad", rules, field="headline")
    assert (ok.status, ok.field) == ("ok", "headline")
    long = check_text("👨‍👩‍👧‍👦" * 4, "facebook_ad", rules, field="headline")
    assert (long.current_length, long.status, long.is_compliant) == (44, "warning", True)
    assert check_text("a" * 126, "facebook_ad", rules).field == "primary_text"


def test_more_than_was_asked_for_is_advice(rules: PlatformRules) -> None:
    verdict = check_text("a" * 11, "facebook_post", rules, 10)
    (finding,) = verdict.findings
    assert (finding.rule_id, finding.kind) == (MAX_LENGTH_RULE, LimitKind.ADVICE)
    assert (finding.measured, finding.limit, finding.span) == (11, 10, (10, 11))
    assert (verdict.status, verdict.is_compliant) == ("warning", True)
    assert verdict.character_limit == 63206
    assert check_text("a" * 10, "facebook_post", rules, 10).findings == ()


def test_style_is_judged_in_spanish_only(rules: PlatformRules) -> None:
    spanish = check_text("Ven ya!", "facebook_post", rules)
    assert [finding.rule_id for finding in spanish.findings] == ["style.opening_sign"]
    assert (spanish.status, spanish.warnings) == ("ok", ())
    assert check_text("Come now!", "facebook_post", rules, language="en").findings == ()
    assert check_text("Ven ya!", "facebook_post", rules, language="es-MX").findings


def test_markup_in_a_copy_is_a_warning(rules: PlatformRules) -> None:
    verdict = check_text("<script>x</script> **ya**", "facebook_post", rules)
    assert verdict.status == "warning"
    assert [finding.kind for finding in verdict.findings] == [LimitKind.ADVICE, LimitKind.POLICY]
    rich = check_text("**ya**", "email_body", rules)
    assert rich.findings == ()


def test_the_verdict_has_the_customers_names(rules: PlatformRules) -> None:
    shown = check_text("a" * 2201, "instagram_caption", rules).model_dump(
        mode="json", by_alias=True
    )
    assert shown["platform"] == Platform.INSTAGRAM
    assert shown["characterLimit"] == 2200
    assert shown["currentLength"] == 2201
    assert shown["isCompliant"] is False
    assert shown["warnings"] == ["Excede el límite de Instagram (2200 caracteres): sobran 1."]
    assert (shown["surface"], shown["measure"]) == ("instagram_caption", "utf16")
    assert shown["findings"][0] == {
        "ruleId": "instagram.caption.length",
        "kind": "hard",
        "measure": "utf16",
        "measured": 2201,
        "limit": 2200,
        "span": [2200, 2201],
        "message": "Excede el límite de Instagram (2200 caracteres): sobran 1.",
        "affectsStatus": True,
    }


def test_an_unknown_surface_or_field_is_the_callers_fault(rules: PlatformRules) -> None:
    with pytest.raises(InvalidRequest):
        check_text("a", "nowhere", rules)
    with pytest.raises(InvalidRequest):
        check_text("a", "facebook_post", rules, field="headline")


def test_things_that_go_together_are_counted(rules: PlatformRules) -> None:
    """A template takes ten buttons; no text shows how many there are."""
    assert check_count(10, "whatsapp_template_button", "buttons", rules) == ()
    (finding,) = check_count(11, "whatsapp_template_button", "buttons", rules)
    assert (finding.rule_id, finding.measured, finding.limit, finding.span) == (
        "whatsapp.template_button.buttons",
        11,
        10,
        (0, 0),
    )
    assert finding.message == "Tiene 11 botones; el máximo es 10."
    assert check_count(99, "facebook_post", "text", rules) == ()
    with pytest.raises(InvalidRequest):
        check_count(1, "nowhere", "text", rules)


def test_a_count_beside_a_text_says_nothing_of_the_text(rules: PlatformRules) -> None:
    row = next(row for row in rules.rows if row.rule_id == "instagram.caption.media")
    beside = row.model_copy(update={"field": "text", "value": 0})
    with_count = attrs.evolve(rules, rows=(*(each for each in rules.rows if each != row), beside))
    assert check_text("Hola", "instagram_caption", with_count).status == "ok"


def test_lines_that_whatsapp_folds_are_told(rules: PlatformRules) -> None:
    found = check_text("uno\n" * 5 + "seis", "whatsapp_template_body", rules).findings
    assert [(each.rule_id, each.span) for each in found] == [
        ("whatsapp.template_body.fold", (19, 20))
    ]
