"""Judging a text that a person wrote, without a model."""

from __future__ import annotations

from collections.abc import Iterator

from llama_marketing.domain.ads.finish import edited_ad
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.brand_check import BrandGuide, check_brand
from llama_marketing.domain.compliance.check import check_count, check_text, with_findings
from llama_marketing.domain.compliance.models import Counted, Finding, PlatformRules
from llama_marketing.domain.compliance.publishable import judge
from llama_marketing.domain.compliance.surfaces import surface_of
from llama_marketing.domain.compliance.template_category import category_findings
from llama_marketing.domain.compliance.whatsapp_template import filled
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import CheckRequest, CheckResult
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


def check(
    asked: CheckRequest, rules: PlatformRules, ad_rules: AdRules, guide: BrandGuide | None
) -> CheckResult:
    """The verdict; ``guide`` is what the client's brand wants of its texts.

    Raises InvalidRequest for a surface or a counted thing that there is not.
    """
    use_case = GenerationUseCase.AD_COPY if asked.ad is not None else None
    surface = surface_of(rules, asked.platform, asked.surface, use_case)
    compliance = with_findings(
        check_text(asked.text, surface.id, rules, max_length=asked.max_length),
        [
            *_filled_findings(asked, surface.id, rules),
            *_count_findings(asked, surface.id, rules),
            *category_findings(asked.text, asked.category),
        ],
    )
    ad = None
    if asked.ad is not None:
        ad = edited_ad(asked.text, asked.ad, surface.id, rules, ad_rules)
    brand = None if guide is None else check_brand(asked.text, guide)
    beside = [
        *(() if ad is None else ad.findings),
        *(() if brand is None else brand.breaches),
    ]
    return CheckResult(
        platform_compliance=compliance,
        publishable=judge(compliance, requires_human_review=ad is not None, beside=beside),
        ad=ad,
        brand_check=brand,
    )


def _filled_findings(asked: CheckRequest, surface: str, rules: PlatformRules) -> Iterator[Finding]:
    """What is found only once the values stand in the text, as it is sent."""
    if not asked.variables:
        return
    known = {finding.rule_id for finding in check_text(asked.text, surface, rules).findings}
    sent = check_text(filled(asked.text, asked.variables), surface, rules)
    yield from (finding for finding in sent.findings if finding.rule_id not in known)


def _count_findings(asked: CheckRequest, surface: str, rules: PlatformRules) -> Iterator[Finding]:
    for name, count in asked.counts.items():
        yield from check_count(
            count, _counted_at(asked.platform, surface, name, rules), name, rules
        )


def _counted_at(platform: Platform, surface: str, name: str, rules: PlatformRules) -> str:
    """The surface that limits how many there may be: the text's own, or one beside it."""
    places = [surface, *(each.id for each in rules.surfaces if each.platform is platform)]
    for place in places:
        if any(row.counts is Counted.ITEMS for row in rules.limits(place, name)):
            return place
    raise InvalidRequest(
        f"nothing called {name!r} is counted on {platform.value}",
        user_message="Ese elemento no tiene un límite en esa plataforma.",
        issues=(("counts", "names something that is not counted there"),),
    )
