"""Whether a copy may go out without a person in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from llama_marketing.domain.compliance.models import Finding, LimitKind, PlatformCompliance
from llama_marketing.domain.model import Model


class Publishable(Model):
    """``yes``, ``review`` (a person should look first) or ``no``, with Spanish reasons."""

    verdict: Literal["yes", "review", "no"]
    reasons: tuple[str, ...] = ()


def judge(
    compliance: PlatformCompliance | None,
    warnings: Sequence[str] = (),
    partial: bool = False,
    requires_human_review: bool = False,
    beside: Sequence[Finding] = (),
) -> Publishable:
    """The verdict on one generation; None for ``compliance`` where no platform was named.

    ``no`` when a hard limit is broken. ``review`` for a policy finding, a warning about the
    content, an incomplete answer, or where the client wants a person to look. Advice is none
    of these. ``beside`` are findings on texts that go out with it.
    """
    findings = (*(compliance.findings if compliance else ()), *beside)
    hard = [finding.message for finding in findings if finding.kind is LimitKind.HARD]
    review = [finding.message for finding in findings if finding.kind is LimitKind.POLICY]
    review += warnings
    if partial:
        review.append("Falta una parte de lo que se pidió.")
    if requires_human_review:
        review.append("Este contenido requiere la revisión de una persona.")
    reasons = tuple(dict.fromkeys((*hard, *review)))
    if hard:
        return Publishable(verdict="no", reasons=reasons)
    return Publishable(verdict="review" if review else "yes", reasons=reasons)
