"""Judging a text against the limits of a surface."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from llama_marketing.domain.compliance.emojis import emoji_spans
from llama_marketing.domain.compliance.hashtags import limit_hashtag_spans
from llama_marketing.domain.compliance.links import count_links, link_spans
from llama_marketing.domain.compliance.measures import Measure, measure, prefix_within, utf16
from llama_marketing.domain.compliance.mentions import mention_spans
from llama_marketing.domain.compliance.models import (
    ComplianceStatus,
    Counted,
    Finding,
    LimitKind,
    LimitSpec,
    PlatformCompliance,
    PlatformRules,
)
from llama_marketing.domain.compliance.normalise import is_blank, normalise
from llama_marketing.domain.compliance.safety import safety_findings
from llama_marketing.domain.compliance.spanish_style import spanish_findings
from llama_marketing.domain.compliance.spans import Span
from llama_marketing.domain.compliance.variables import variable_spans
from llama_marketing.domain.compliance.whatsapp_format import formatting_findings, paired_spans
from llama_marketing.domain.compliance.whatsapp_template import template_findings

MAX_LENGTH_RULE = "request.max_length"
_SPANS: dict[Counted, Callable[[str], Sequence[Span]]] = {
    Counted.HASHTAGS: limit_hashtag_spans,
    Counted.MENTIONS: mention_spans,
    Counted.EMOJIS: emoji_spans,
    Counted.LINKS: link_spans,
    Counted.BLANK: lambda text: [(0, len(text))] if is_blank(text) else [],
    Counted.VARIABLES: variable_spans,
    Counted.MARKS: paired_spans,
    Counted.LINE_BREAKS: lambda text: [
        (at, at + 1) for at, char in enumerate(text) if char == "\n"
    ],
}


def check_text(
    text: str,
    surface: str,
    rules: PlatformRules,
    max_length: int | None = None,
    *,
    field: str | None = None,
    language: str = "es",
) -> PlatformCompliance:
    """The verdict on a text of any content; it depends on the normalised text alone.

    ``max_length`` is what the request asked for, in UTF-16 units: beyond it is advice, the
    platform takes the text. ``field`` defaults to the surface's own; style is judged in Spanish
    only. Raises InvalidRequest for an unknown surface or a field without limits.
    """
    copy = normalise(text)
    place = rules.surface(surface)
    hard = rules.hard_limit(surface, field)
    unit = hard.measure or Measure.UTF16
    length = measure(copy, unit)
    exceeds = length > hard.value
    rows = rules.limits(surface, field)
    findings = [
        *_limit_findings(copy, rows, exceeds),
        *_max_length_findings(copy, max_length),
        *formatting_findings(copy, place.formatting),
        *(template_findings(copy) if place.is_template else ()),
        *safety_findings(copy),
        *(spanish_findings(copy) if language.startswith("es") else ()),
    ]
    return PlatformCompliance(
        platform=place.platform,
        character_limit=hard.value,
        current_length=length,
        is_compliant=all(finding.kind is not LimitKind.HARD for finding in findings),
        status=_status(exceeds, findings),
        warnings=tuple(finding.message for finding in findings if finding.affects_status),
        findings=tuple(findings),
        surface=surface,
        field=hard.field,
        measure=unit,
    )


def with_beside(
    copy: PlatformCompliance, beside: Sequence[PlatformCompliance]
) -> PlatformCompliance:
    """The verdict on a copy with those on the lines that are published beside it.

    Limit and length stay the copy's own, so that it alone decides on ``exceeds``.
    """
    return with_findings(copy, [finding for verdict in beside for finding in verdict.findings])


def with_findings(copy: PlatformCompliance, beside: Sequence[Finding]) -> PlatformCompliance:
    """The verdict on a copy with what else was found of it, or of what goes out with it."""
    findings = (*copy.findings, *beside)
    return copy.model_copy(
        update={
            "is_compliant": all(finding.kind is not LimitKind.HARD for finding in findings),
            "status": _status(copy.status == "exceeds", findings),
            "warnings": tuple(finding.message for finding in findings if finding.affects_status),
            "findings": findings,
        }
    )


def check_count(count: int, surface: str, field: str, rules: PlatformRules) -> tuple[Finding, ...]:
    """What is to say of so many things of a kind, such as the buttons of a template.

    Raises InvalidRequest for an unknown surface.
    """
    return tuple(
        _finding(row, count, (0, 0), row.counts)
        for row in rules.limits(surface, field)
        if row.counts is Counted.ITEMS and count > row.value
    )


def _status(exceeds: bool, findings: Sequence[Finding]) -> ComplianceStatus:
    if exceeds:
        return "exceeds"
    return "warning" if any(finding.affects_status for finding in findings) else "ok"


def _limit_findings(text: str, rows: Sequence[LimitSpec], exceeds: bool) -> Iterator[Finding]:
    found = {
        counts: _SPANS[counts](text) for counts in {row.counts for row in rows} & _SPANS.keys()
    }
    for row in rows:
        if row.counts in found:
            yield from _count_finding(text, row, found[row.counts])
        elif row.measure is not None and not (exceeds and row.kind is LimitKind.ADVICE):
            # Beyond the hard limit a word on what would be better says nothing more.
            yield from _length_finding(text, row, row.measure)


def _length_finding(text: str, row: LimitSpec, unit: Measure) -> Iterator[Finding]:
    if len(text) <= row.value and unit in (Measure.GRAPHEMES, Measure.CODEPOINTS):
        return  # Graphemes are never more than code points, and slow to count.
    measured = measure(text, unit)
    if measured > row.value:
        start = prefix_within(text, row.value, unit)
        yield _finding(row, measured, (start, len(text)), unit)


def _count_finding(text: str, row: LimitSpec, spans: Sequence[Span]) -> Iterator[Finding]:
    measured = count_links(text) if row.counts is Counted.LINKS else len(spans)
    if measured > row.value:
        yield _finding(row, measured, (spans[row.value][0], spans[-1][1]), row.counts)


def _finding(row: LimitSpec, measured: int, span: Span, unit: str) -> Finding:
    return Finding(
        rule_id=row.rule_id,
        kind=row.kind,
        measure=unit,
        measured=measured,
        limit=row.value,
        span=span,
        message=row.message.format(measured=measured, limit=row.value, over=measured - row.value),
        affects_status=row.counts_for_status,
    )


def _max_length_findings(text: str, max_length: int | None) -> Iterator[Finding]:
    if max_length is None or (measured := utf16(text)) <= max_length:
        return
    yield Finding(
        rule_id=MAX_LENGTH_RULE,
        kind=LimitKind.ADVICE,
        measure=Measure.UTF16,
        measured=measured,
        limit=max_length,
        span=(prefix_within(text, max_length, Measure.UTF16), len(text)),
        message=f"El texto tiene {measured} caracteres y se pidieron {max_length} como máximo.",
    )
