"""Findings about what stands in a text, apart from the limits."""

from __future__ import annotations

from collections.abc import Sequence

from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.spans import Span


def occurrences(
    rule_id: str,
    kind: LimitKind,
    spans: Sequence[Span],
    message: str,
    *,
    affects_status: bool = True,
) -> list[Finding]:
    """One finding for all the places, its span the first; none where there is no place.

    One for all, since a hostile text may hold tens of thousands.
    """
    if not spans:
        return []
    return [
        Finding(
            rule_id=rule_id,
            kind=kind,
            measure="occurrences",
            measured=len(spans),
            limit=0,
            span=spans[0],
            message=message,
            affects_status=affects_status,
        )
    ]
