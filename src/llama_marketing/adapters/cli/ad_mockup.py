"""Ads as a person would meet them, drawn with characters."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from llama_marketing.adapters.cli.terminal import printable
from llama_marketing.domain.ads.models import Ad, PlacementPreview

ANGLES = {
    "benefit": "beneficio",
    "urgency": "urgencia",
    "social_proof": "prueba social",
    "question": "pregunta",
}
WIDTH = 76


def show_ads(console: Console, ads: tuple[Ad, ...]) -> None:
    """A mock-up of every ad in the placement that most people see, with what was found."""
    for number, ad in enumerate(ads, 1):
        console.print()
        console.print(ad_panel(ad, number))


def ad_panel(ad: Ad, number: int) -> Panel:
    """The mock-up of one ad; an ad without placements shows its whole texts."""
    placement = ad.preview.placements[0] if ad.preview.placements else _everything(ad)
    angle = ANGLES.get(ad.angle, ad.angle)
    return Panel(
        Group(*_lines(ad, placement)),
        box=box.ROUNDED,
        width=WIDTH,
        title=f"Anuncio {number}: {angle}",
        subtitle=f"{ad.preview.label}: {placement.name}",
    )


def _lines(ad: Ad, placement: PlacementPreview) -> Iterator[RenderableType]:
    preview = ad.preview
    yield _text(f"{preview.page_name} · {preview.sponsored_label}", "bold")
    yield _text(placement.primary_text or "(sin texto principal)")
    yield Rule(f"imagen {placement.ratios[0]}" if placement.ratios else "imagen", style="dim")
    if preview.display_url:
        yield _text(preview.display_url.upper(), "dim")
    yield _text(placement.headline or "(sin título)", "bold")
    if placement.description:
        yield _text(placement.description)
    yield _text(f"[ {ad.cta_label} ]", "reverse")
    for finding in ad.findings:
        if finding.affects_status:
            yield _text(f"! {finding.message}", "yellow")


def _text(text: str, style: str = "") -> Text:
    return Text(printable(text), style=style)


def _everything(ad: Ad) -> PlacementPreview:
    return PlacementPreview(
        placement="",
        name="textos completos",
        primary_text=ad.primary_text,
        headline=ad.headline,
        description=ad.description,
    )
