"""Ads against the real llama.cpp server: structure and limits, whatever the content."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing import AdCopy, Container, Settings
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.domain.compliance.measures import utf16
from tests.e2e.embedded import TENANT, configured, environment, needs_the_model

pytestmark = [pytest.mark.slow, needs_the_model]


@pytest.mark.story("US-MK-104")
def test_ads_of_the_embedded_model_keep_their_structure_and_their_limits(tmp_path: Path) -> None:
    """Two of them on two angles, with a button of Meta's each."""
    asked = {
        "use_case": "ad_copy",
        "platform": "facebook",
        "prompt": "Buen Fin en Café Azul: 2x1 en capuchinos",
        "ad": {"objective": "ventas", "landingUrl": "https://cafeazul.mx"},
    }
    with EmbeddedServer(context=4096, slots=2) as server:
        environ = environment(server, tmp_path)
        configured(server, environ, 300)
        with Container.from_settings(Settings.from_env(environ)) as container:
            answer = container.generation_service().generate(TENANT, asked)

    assert isinstance(answer.result, AdCopy)
    assert [ad.angle for ad in answer.result.ads] == ["benefit", "urgency"]
    for ad in answer.result.ads:
        assert 0 < utf16(ad.primary_text) <= 125
        assert utf16(ad.headline) <= 40
        assert utf16(ad.description) <= 30
        assert ad.cta_label
        assert ad.preview.placements
    assert answer.metadata.requires_human_review
