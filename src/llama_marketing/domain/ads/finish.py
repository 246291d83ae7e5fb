"""From what a model wrote to an ad within its limits, whatever that was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from llama_marketing.domain.ads.models import (
    Ad,
    AdBrief,
    AdField,
    AdFinding,
    AdTexts,
    EditedAd,
)
from llama_marketing.domain.ads.preview import make_preview
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.measures import Measure, measure
from llama_marketing.domain.compliance.models import Finding, LimitKind, PlatformRules
from llama_marketing.domain.compliance.normalise import is_blank, normalise
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.shorten import shorten

DESTINATION_RULE = "policy.destination"
_NAMES = {
    AdField.PRIMARY_TEXT: "el texto principal",
    AdField.HEADLINE: "el título",
    AdField.DESCRIPTION: "la descripción",
}


@attrs.frozen
class FieldLimit:
    """The most that generated copy takes of a field."""

    limit: int
    measure: Measure

    def overflow(self, text: str) -> int:
        """The text's length where it is over the limit, else 0."""
        measured = measure(text, self.measure)
        return measured if measured > self.limit else 0


@attrs.frozen(kw_only=True)
class AdFrame:
    """What all ads of one request share.

    ``max_length`` is the request's own limit on the primary text, in UTF-16 units.
    """

    surface: str
    rules: PlatformRules
    ad_rules: AdRules
    brief: AdBrief
    max_length: int | None = None
    page_name: str = ""
    language: str = "es"

    def limits(self) -> dict[AdField, FieldLimit]:
        """The limits that generated copy keeps, which are stricter than the platform's."""
        limits = {}
        for field in AdField:
            row = self.rules.target_limit(self.surface, field.value)
            limits[field] = FieldLimit(row.value, row.measure or Measure.UTF16)
        own = limits[AdField.PRIMARY_TEXT]
        if self.max_length is not None and own.measure is Measure.UTF16:
            least = min(own.limit, self.max_length)
            limits[AdField.PRIMARY_TEXT] = attrs.evolve(own, limit=least)
        return limits


@attrs.frozen
class FinishedAd:
    """An ad, and the Spanish sentences on what was done to it or is missing."""

    ad: Ad
    warnings: tuple[str, ...] = ()


def correction_for_ad(texts: AdTexts, frame: AdFrame) -> str:
    """What to tell the model when it is asked again; empty where nothing is wrong.

    At most 200 characters for texts of up to a million.
    """
    missing = [_NAMES[field] for field in AdField if is_blank(texts.text(field))]
    if missing:
        return f"Falta {_listed(missing)}. Responde con todos los campos."
    over = [
        f"{_NAMES[field]} midió {measured} (máximo {limit.limit})"
        for field, limit in frame.limits().items()
        if (measured := limit.overflow(texts.text(field)))
    ]
    if not over:
        return ""
    said = _listed(over)
    return f"{said[0].upper()}{said[1:]} caracteres. Acorta."


def finish_ad(texts: AdTexts, angle: str, frame: AdFrame) -> FinishedAd:
    """The ad once no more is asked: each text within its limit, or ``partial``.

    What Meta's policies may object to is said in the warnings too.
    """
    warnings: list[str] = []
    kept = {
        field.value: _kept(field, texts.text(field), limit, warnings)
        for field, limit in frame.limits().items()
    }
    ad = judge_ad(AdTexts(**kept, cta=texts.cta), angle, frame)
    warnings += [each.message for each in ad.findings if each.kind is LimitKind.POLICY]
    return FinishedAd(ad, tuple(dict.fromkeys(warnings)))


def judge_ad(texts: AdTexts, angle: str, frame: AdFrame) -> Ad:
    """The ad with its texts as they are, however long, and all that is worth knowing of it."""
    written = {field: texts.text(field) for field in AdField}
    brief = frame.brief
    button = frame.ad_rules.call_to_action((brief.cta, texts.cta), brief.objective)
    placements = frame.ad_rules.placements_of(frame.rules.surface(frame.surface).platform)
    return Ad(
        angle=angle,
        **texts.model_dump(exclude={"cta"}),
        cta=button.type,
        cta_label=button.label,
        partial=any(map(is_blank, written.values())),
        findings=tuple(_findings(written, frame)),
        preview=make_preview(written, button, placements, frame.page_name, brief.landing_url),
    )


def edited_ad(
    primary_text: str, edited: EditedAd, surface: str, rules: PlatformRules, ad_rules: AdRules
) -> Ad:
    """An ad as a person edits it: nothing is cut, what exceeds is a finding (C22)."""
    frame = AdFrame(surface=surface, rules=rules, ad_rules=ad_rules, brief=edited)
    texts = AdTexts(
        primary_text=normalise(primary_text),
        headline=normalise(edited.headline),
        description=normalise(edited.description),
    )
    return judge_ad(texts, "", frame)


def _kept(field: AdField, text: str, limit: FieldLimit, warnings: list[str]) -> str:
    """The text within its limit; says so where it had to be cut, or is missing."""
    name = _NAMES[field]
    if is_blank(text):
        warnings.append(f"Falta {name} del anuncio.")
        return ""
    measured = limit.overflow(text)
    if not measured:
        return text
    shorter = shorten(text, limit.limit, limit.measure)
    if is_blank(shorter):
        warnings.append(f"No se pudo acortar {name} del anuncio ({measured} caracteres).")
        return ""
    warnings.append(
        f"{name[0].upper()}{name[1:]} medía {measured} caracteres y se recortó a {limit.limit}."
    )
    return shorter


def _findings(texts: Mapping[AdField, str], frame: AdFrame) -> Iterator[AdFinding]:
    for field, text in texts.items():
        verdict = check_text(
            text, frame.surface, frame.rules, field=field.value, language=frame.language
        )
        for finding in (*verdict.findings, *frame.ad_rules.hints.findings(text)):
            yield _of(finding, field)
    address = frame.brief.landing_url or ""
    if address and not address.lower().startswith("https://"):
        for finding in occurrences(
            DESTINATION_RULE,
            LimitKind.POLICY,
            [(0, len(address))],
            "La página de destino no usa una conexión segura (https).",
        ):
            yield AdFinding(**finding.model_dump(), field="landing_url")


def _of(finding: Finding, field: AdField) -> AdFinding:
    return AdFinding(**finding.model_dump(), field=field)


def _listed(words: Sequence[str]) -> str:
    """Words as a Spanish sentence lists them."""
    return " y ".join(filter(None, (", ".join(words[:-1]), words[-1])))
