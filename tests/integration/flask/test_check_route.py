"""The route that judges a text without a model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.flask.app import assert_problem, door, meta_path

CHECK = f"{meta_path()}/check"


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"text": "Hola", "platform": "instagram"}, "ok"),
        ({"text": "x" * 2201, "platform": "instagram", "clientId": "cli1"}, "exceeds"),
        ({"text": "Hola", "platform": "whatsapp", "surface": "whatsapp_template_body"}, "ok"),
        ({"text": "Hola", "platform": "instagram", "max_length": 3}, "ok"),
    ],
)
def test_post_judges_a_text(body: dict[str, Any], verdict: str) -> None:
    """No host is asked, nothing booked, and no configuration is needed."""
    with door(configured=False) as opened:
        answer = opened.http.post(CHECK, json=body)

        assert answer.status_code == 200 and answer.json is not None
        assert set(answer.json) == {"platformCompliance", "publishable"}
        if "max_length" not in body:
            assert answer.json["platformCompliance"]["status"] == verdict
        assert opened.host_calls == 0
        assert opened.everything() == {}


def test_snake_case_goes_out() -> None:
    """As everywhere."""
    with door(configured=False, json_case="snake") as opened:
        body = opened.http.post(CHECK, json={"text": "Hola", "platform": "facebook"}).json

        assert body is not None
        assert body["platform_compliance"]["is_compliant"] is True


def test_another_client_s_id_is_refused() -> None:
    """The body's client is the path's."""
    with door(configured=False) as opened:
        body = {"text": "Hola", "platform": "facebook", "clientId": "cli2"}
        assert_problem(opened.http.post(CHECK, json=body), 422, "invalid_request")


def test_an_ad_is_judged_with_its_preview() -> None:
    """The text is its primary text; the other fields stand in ``ad``."""
    body = {
        "text": "Café recién tostado",
        "platform": "instagram",
        "ad": {"headline": "Café Azul", "objective": "ventas", "landingUrl": "https://cafe.mx"},
    }
    with door(configured=False) as opened:
        answer = opened.http.post(CHECK, json=body)

        assert answer.status_code == 200 and answer.json is not None
        ad = answer.json["ad"]
        assert (ad["primaryText"], ad["headline"]) == ("Café recién tostado", "Café Azul")
        assert (ad["ctaLabel"], ad["preview"]["displayUrl"]) == ("Comprar", "cafe.mx")
        assert answer.json["publishable"]["verdict"] == "review"
        assert opened.everything() == {}
