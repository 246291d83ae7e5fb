"""The route of the comparison."""

from __future__ import annotations

import pytest

from llama_marketing.testing.samples import sample_entry
from tests.integration.flask.app import assert_problem, config_path, door, meta_path
from tests.unit.app.samples import TENANT

COMPARE = config_path().replace("/meta", "/compare")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_providers_are_compared(method: str) -> None:
    """With a rating that came over HTTP; keys as in the spec."""
    with door() as opened:
        generation = opened.generate().get_json()["id"]
        feedback = f"{meta_path()}/generations/{generation}/feedback"
        assert opened.http.post(feedback, json={"rating": 5}).status_code == 200
        entry = sample_entry("o1", client_id=TENANT.client_id, provider="openai",
                             timestamp="2026-11-24T12:00:00Z")  # fmt: skip
        opened.container.usage_service().record(TENANT, entry)
        body = opened.http.open(f"{COMPARE}?period=monthly", method=method).get_json()

    assert body["period"] == "2026-11"
    assert {each["provider"] for each in body["providers"]} == {"meta_ai", "openai"}
    assert body["bestForQuality"] == "meta_ai"
    assert body["recommendedProvider"] is None
    assert "OpenAI tiene 0" in body["recommendation"]
    meta = next(each for each in body["providers"] if each["provider"] == "meta_ai")
    assert meta["avgQualityScore"] == 5
    assert set(meta["normalized"]) == {"quality", "speed", "cost", "volume"}
    assert meta["requestCount"] == 1
    assert body["weights"] == {"quality": 40, "cost": 30, "speed": 30}


@pytest.mark.parametrize("query", ["period=x", "from=2026-01-01", "provider=openai"])
def test_a_comparison_that_cannot_be_is_refused(query: str) -> None:
    with door() as opened:
        assert_problem(opened.http.get(f"{COMPARE}?{query}"), 422, "invalid_request")
