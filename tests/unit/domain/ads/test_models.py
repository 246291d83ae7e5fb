"""What is asked of an ad."""

from __future__ import annotations

import pytest

from llama_marketing.domain.ads.models import Ad, AdBrief, AdField, AdTexts
from llama_marketing.domain.errors import InvalidRequest


@pytest.mark.parametrize(
    "address", [None, "https://a.mx", "http://A.MX/x?y=1#z", "HTTPS://localhost:8080/a b"[:24]]
)
def test_a_landing_page_is_a_web_address_or_nothing(address: str | None) -> None:
    assert AdBrief(landing_url=address).landing_url == address


@pytest.mark.parametrize("address", ["", "a.mx", "ftp://a.mx", "https:///x", "https://a b.mx"])
def test_anything_else_is_refused_by_its_field(address: str) -> None:
    with pytest.raises(InvalidRequest, match="landing"):
        AdBrief(landing_url=address)


def test_a_text_is_asked_for_by_its_field() -> None:
    texts = AdTexts(primary_text="uno", headline="dos", description="tres")
    assert [texts.text(field) for field in AdField] == ["uno", "dos", "tres"]
    ad = Ad(angle="", cta="", cta_label="", primary_text="1", headline="2", description="3")
    assert [ad.text(field) for field in AdField] == ["1", "2", "3"]
