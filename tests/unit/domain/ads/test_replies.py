"""What a model is asked to reply with for an ad, and how its reply is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest

from llama_marketing.domain.ads.finish import FieldLimit
from llama_marketing.domain.ads.models import AdField, AdTexts
from llama_marketing.domain.ads.replies import ads_schema, read_ads
from llama_marketing.domain.compliance.measures import Measure


def test_every_text_of_the_schema_is_bounded_and_the_button_closed() -> None:
    limits = {field: FieldLimit(5000, Measure.UTF16) for field in AdField}
    limits[AdField.HEADLINE] = FieldLimit(40, Measure.UTF16)
    schema = ads_schema(limits, ["SHOP_NOW"]).schema
    properties = schema["properties"]
    assert list(properties) == ["primary_text", "headline", "description", "cta"]
    assert [each.get("maxLength") for each in properties.values()] == [2000, 40, 2000, None]
    assert properties["cta"]["enum"] == ["SHOP_NOW"]
    assert schema["required"] == list(properties)
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("found", "ads"),
    [
        ({}, [AdTexts()]),
        ({"primary_text": " uno \r\n", "headline": 7}, [AdTexts(primary_text="uno")]),
        ({"primaryText": "uno", "cta": "X"}, [AdTexts(primary_text="uno", cta="X")]),
        ({"primary_text": None, "primaryText": "dos"}, [AdTexts(primary_text="dos")]),
        ({"ads": []}, [AdTexts()]),
        ({"ads": [7, {"headline": "a"}, {}]}, [AdTexts(headline="a"), AdTexts()]),
        ({"ads": "x", "headline": "b"}, [AdTexts(headline="b")]),
        ({"headline": unicodedata.normalize("NFD", "ñ")}, [AdTexts(headline="ñ")]),
    ],
)
def test_any_object_is_read_as_at_least_one_ad(
    found: Mapping[str, Any], ads: list[AdTexts]
) -> None:
    """In either spelling; what is no text counts as empty."""
    assert list(read_ads(found)) == ads
