"""How an ad will look, place by place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from llama_marketing.domain.ads.models import AdField, AdPreview, PlacementPreview
from llama_marketing.domain.ads.rules import CallToAction, Placement
from llama_marketing.domain.compliance.measures import Measure, prefix_within

_HOST = re.compile(r"https?://(?:www\.)?([^/?#:]+)", re.IGNORECASE)


def make_preview(
    texts: Mapping[AdField, str],
    call_to_action: CallToAction,
    placements: Iterable[Placement],
    page_name: str = "",
    landing_url: str | None = None,
) -> AdPreview:
    """The data of a mock-up in each of the placements."""
    named = {"page_name": page_name} if page_name else {}
    return AdPreview(
        **named,
        display_url=display_url(landing_url),
        cta_label=call_to_action.label,
        placements=tuple(_shown(texts, placement) for placement in placements),
    )


def display_url(landing_url: str | None) -> str:
    """The domain that an ad shows; empty without an address."""
    found = _HOST.match(landing_url or "")
    return found[1].lower() if found else ""


def _shown(texts: Mapping[AdField, str], placement: Placement) -> PlacementPreview:
    folds = {
        AdField.PRIMARY_TEXT: placement.primary_text,
        AdField.HEADLINE: placement.headline,
        AdField.DESCRIPTION: placement.description,
    }
    shown = {field: _folded(texts[field], fold, placement.ending) for field, fold in folds.items()}
    return PlacementPreview(
        placement=placement.id,
        name=placement.name,
        primary_text=shown[AdField.PRIMARY_TEXT],
        headline=shown[AdField.HEADLINE],
        description=shown[AdField.DESCRIPTION],
        truncated=tuple(field for field in folds if shown[field] != texts[field]),
        ratios=placement.ratios,
    )


def _folded(text: str, fold: int, ending: str) -> str:
    if fold == 0:
        return ""
    end = prefix_within(text, fold, Measure.GRAPHEMES)
    return text if end == len(text) else text[:end].rstrip() + ending
