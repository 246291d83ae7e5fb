"""Whether a copy may go out without a person in between."""

from __future__ import annotations

from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.compliance.publishable import judge


def test_a_compliant_copy_may_go_out(rules: PlatformRules) -> None:
    """Advice does not stop it, even where the badge is yellow."""
    assert judge(check_text("Hola", "facebook_post", rules)).model_dump() == {
        "verdict": "yes",
        "reasons": (),
    }
    advised = check_text("Ve a tienda.mx", "instagram_caption", rules)
    assert advised.status == "warning"
    assert judge(advised).verdict == "yes"


def test_a_broken_hard_limit_stops_it(rules: PlatformRules) -> None:
    """Of length or not; what is worth a look as well is told too."""
    long = check_text("a" * 2201 + "<b>", "instagram_caption", rules)
    verdict = judge(long, partial=True)
    assert verdict.verdict == "no"
    assert verdict.reasons[0] == "Excede el límite de Instagram (2200 caracteres): sobran 4."
    assert len(verdict.reasons) == 3
    assert judge(check_text("#ab " * 31, "instagram_caption", rules)).verdict == "no"


def test_a_policy_finding_asks_for_a_person(rules: PlatformRules) -> None:
    verdict = judge(check_text("#ab " * 6, "instagram_caption", rules))
    assert verdict.verdict == "review"
    assert len(verdict.reasons) == 1


def test_an_incomplete_answer_a_warning_or_the_clients_wish_ask_for_a_person(
    rules: PlatformRules,
) -> None:
    fine = check_text("Hola", "facebook_post", rules)
    assert judge(fine, partial=True).reasons == ("Falta una parte de lo que se pidió.",)
    assert judge(fine, ["Se acortó el texto."]).reasons == ("Se acortó el texto.",)
    assert judge(fine, requires_human_review=True).verdict == "review"
    assert judge(None, ["a", "a"]).model_dump() == {"verdict": "review", "reasons": ("a",)}


def test_without_a_platform_there_is_no_limit_to_break() -> None:
    assert judge(None).verdict == "yes"


def test_what_goes_out_beside_the_text_counts_too(rules: PlatformRules) -> None:
    fine = check_text("Hola", "facebook_post", rules)
    beside = check_text("h" * 256, "facebook_ad", rules, field="headline").findings
    assert judge(fine, beside=beside).verdict == "no"
    advised = check_text("h" * 41, "facebook_ad", rules, field="headline").findings
    assert judge(fine, beside=advised).verdict == "yes"
