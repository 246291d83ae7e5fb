"""Requests and answers: what is taken, what is refused, and the customer's names."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.history import GenerationPage, GenerationRecord
from llama_marketing.domain.generation.models import (
    CheckRequest,
    GenerationRequest,
    StreamEvent,
    TokenUsage,
)
from tests.unit.domain.generation.samples import request


def test_the_defaults_are_the_customers() -> None:
    """Spanish, one variation, no platform, no tone."""
    made = request()

    assert (made.language, made.variations, made.platform, made.tone) == ("es", 1, None, None)
    assert (made.max_length, made.bypass_cache, made.client_id) == (None, False, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": ""},
        {"prompt": " \n\u200b\u3164"},
        {"prompt": "a\ud800"},
        {"prompt": "x" * 200_001},
        {"prompt": None},
        {"prompt": 5},
        {"useCase": "poem"},
        {"platform": "myspace"},
        {"tone": "sad"},
        {"language": "es\n"},
        {"language": "español"},
        {"language": "ES"},
        {"language": ""},
        {"variations": 0},
        {"variations": 6},
        {"variations": "2"},
        {"variations": True},
        {"variations": 1.5},
        {"maxLength": 0},
        {"maxLength": "100"},
        {"maxLength": True},
        {"bypassCache": "true"},
        {"month": "2026-13"},
        {"month": "2026-1"},
        {"month": "1999-12"},
        {"month": "2026-12\n"},
        {"month": 202612},
        {"samples": "uno"},
        {"samples": ["x"] * 21},
        {"samples": ["x" * 20_001]},
        {"samples": ["a\ud800"]},
        {"surface": "x" * 65},
        {"unknown": 1},
        {"context": {"unknown": 1}},
        {"context": {"brandVoice": "\udfff"}},
        {"context": {"brandVoice": "x" * 20_001}},
        {"context": {"competitorRefs": "uno"}},
        {"context": {"competitorRefs": ["x"] * 21}},
        {"brandKit": {"tone": 5}},
        {"brandKit": {"logo": "x"}},
        {"imageUrl": "x" * 20_001},
    ],
    ids=lambda fields: str(fields)[:40],
)
def test_a_wrong_field_is_refused(fields: dict[str, Any]) -> None:
    """With its path, never with its value."""
    with pytest.raises(InvalidRequest) as caught:
        request(**fields)
    assert caught.value.issues


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "x" * 200_000},
        {"language": "es-MX", "variations": 5, "maxLength": 1},
        {"maxLength": 1_000_000, "variations": 2.0},
        {"platform": "tiktok", "tone": "friendly", "context": None, "brandKit": None},
        {"context": {"clientName": "Café", "competitorRefs": ["uno", "dos"]}},
        {"brand_kit": {"colors": ["#fff"], "fonts": ["Lato"], "tone": "Cálido"}},
        {"month": "2026-12", "surface": "whatsapp_text", "samples": ["Uno", "Dos"]},
    ],
    ids=lambda fields: str(fields)[:40],
)
def test_what_is_within_its_bounds_is_taken(fields: dict[str, Any]) -> None:
    """In either case of the names, and the same again from JSON."""
    made = request(**fields)
    assert GenerationRequest.read(made.model_dump(mode="json", by_alias=True)) == made


def test_a_check_takes_a_text_and_a_platform() -> None:
    """An empty text can be judged too."""
    made = CheckRequest.read({"text": "", "platform": "whatsapp", "surface": "whatsapp_message"})
    assert made.text == ""
    with pytest.raises(InvalidRequest):
        CheckRequest.read({"text": "x" * 200_001, "platform": "whatsapp"})


def test_an_event_has_a_text_only_as_a_delta() -> None:
    """The others carry data."""
    assert StreamEvent("delta", {"text": "Hola"}).text == "Hola"
    assert StreamEvent("done", {"text": "Hola"}).text == ""
    assert (
        repr(StreamEvent("start", {"id": "g"}))
        == "StreamEvent('start', {'type': 'start', 'id': 'g'})"
    )


def test_records_and_pages_are_read_back_the_same() -> None:
    """An older record keeps the shape it was written with."""
    record = GenerationRecord(
        id="g", created_at="a", expires_at="b", request={"prompt": "x", "old": 1}
    )
    page = GenerationPage(items=(record,), next_cursor="g")

    assert GenerationPage.model_validate_json(page.model_dump_json()) == page
    assert record.response is None
    assert TokenUsage().estimated_cost_usd == 0
