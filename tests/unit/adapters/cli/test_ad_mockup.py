"""Ads drawn with characters."""

from __future__ import annotations

import io
import json

from rich.console import Console

from llama_marketing.adapters.cli.ad_mockup import ad_panel, show_ads
from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.ads.finish import AdFrame, finish_ad
from llama_marketing.domain.ads.models import Ad, AdBrief, AdPreview, AdTexts
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, Shell

TEXTS = AdTexts(
    primary_text="Café garantizado en tu oficina [bold]\x1b[2J",
    headline="Café Azul a tu puerta",
    description="Envío gratis",
    cta="ORDER_NOW",
)


def finished(texts: AdTexts = TEXTS) -> Ad:
    """A whole ad for Facebook."""
    frame = AdFrame(
        surface="facebook_ad",
        rules=PackagedPlatformRules().rules(),
        ad_rules=PackagedAdRules().rules(),
        brief=AdBrief(landing_url="https://www.cafeazul.mx"),
        page_name="Café Azul",
    )
    return finish_ad(texts, "social_proof", frame).ad


def drawn(ad: Ad) -> str:
    """The mock-up as it goes into a pipe."""
    console = Console(file=io.StringIO(), width=80, markup=False)
    console.print(ad_panel(ad, 2))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return] # a StringIO


def test_an_ad_looks_as_it_will() -> None:
    """Who speaks, that it is paid for, the texts as cut, the button, and what was found."""
    shown = drawn(finished())
    assert "Anuncio 2: prueba social" in shown
    assert "Vista aproximada: Facebook, sección de noticias en el celular" in shown
    for part in ("Café Azul · Publicidad", "CAFEAZUL.MX", "imagen 1:1", "[ Pedir ahora ]"):
        assert part in shown
    assert "! El anuncio promete o presume algo" in shown
    assert "Envío gratis" not in shown  # a feed on a phone hides it


def test_nothing_in_an_ad_commands_the_terminal() -> None:
    shown = drawn(finished())
    assert "\x1b" not in shown
    assert "[bold]" in shown


def test_what_is_missing_is_said_and_an_ad_without_placements_is_shown_whole() -> None:
    bare = finished(AdTexts()).model_copy(update={"preview": AdPreview()})
    shown = drawn(bare)
    assert "(sin texto principal)" in shown
    assert "(sin título)" in shown
    whole = finished().model_copy(update={"preview": AdPreview(), "angle": "otro"})
    shown = drawn(whole)
    assert "textos completos" in shown
    assert "Envío gratis" in shown
    assert "Anuncio 2: otro" in shown


def test_every_ad_gets_a_mockup() -> None:
    console = Console(file=io.StringIO(), width=80)
    show_ads(console, (finished(), finished()))
    shown = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert "Anuncio 1" in shown
    assert "Anuncio 2" in shown


def test_generate_shows_the_ads_after_their_texts(shell: Shell) -> None:
    reply = json.dumps(TEXTS.model_dump())
    shell.chat = FakeChatHosts(otherwise=reply)
    asked = ("generate", *OWNER, "--platform", "facebook", "--use-case", "ad_copy", "--no-stream")
    result = shell.configure().run(*asked, "Buen Fin")
    assert result.exit_code == 0, result.output
    assert "Anuncio 1: beneficio" in result.stdout
    assert "Anuncio 2: urgencia" in result.stdout
