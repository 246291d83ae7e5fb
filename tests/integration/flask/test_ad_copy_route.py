"""Ads over HTTP: the customer's names in and out, and what is refused."""

from __future__ import annotations

import json
from typing import Any

from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.integration.flask.app import assert_problem, made_app, meta_path
from tests.unit.app.samples import configure, container_over, settled_entry

ASKED: dict[str, Any] = {
    "useCase": "ad_copy",
    "platform": "instagram",
    "prompt": "Buen Fin en Café Azul",
    "variations": 3,
    "ad": {"objective": "OUTCOME_LEADS", "product": "Café", "landingUrl": "https://cafeazul.mx"},
}
TEXTS = (
    "Café recién tostado en tu oficina cada lunes, sin costo de envío.",
    "El Buen Fin termina el 18 de noviembre: llévate dos bolsas por una.",
    "¿Junta a las ocho? Que el capuchino llegue antes que los clientes.",
)


def ads(_: HostTarget, call: ChatCall) -> Said:
    """An ad with a headline that is too long, different for each variation."""
    number = int(json.loads(call.messages[-1].content)["variante"][0]) - 1
    fields = {
        "primary_text": TEXTS[number],
        "headline": "Regístrate y recibe una degustación gratis en tu oficina",
        "description": "Solo en la Roma",
        "cta": "REGISTER_NOW",
    }
    return json.dumps(fields, ensure_ascii=False)


def test_ads_are_generated_within_their_limits_and_given_in_the_customers_shape() -> None:
    with container_over(FakeChatHosts(otherwise=ads)) as container:
        configure(container)
        _, http = made_app(container)
        answer = http.post(f"{meta_path()}/generate", json=ASKED)
        entry = settled_entry(container)
        record = http.get(f"{meta_path()}/generations/{entry.id}")

    assert answer.status_code == 200 and answer.json is not None
    result = answer.json["result"]["ads"]
    assert [ad["angle"] for ad in result] == ["benefit", "urgency", "social_proof"]
    assert [ad["primaryText"] for ad in result] == list(TEXTS)
    assert {ad["headline"] for ad in result} == {"Regístrate y recibe una degustación…"}
    assert {(ad["cta"], ad["ctaLabel"]) for ad in result} == {("SIGN_UP", "Registrarte")}
    assert result[0]["preview"]["displayUrl"] == "cafeazul.mx"
    assert result[0]["preview"]["placements"][2]["primaryText"].startswith("Café")
    assert answer.json["metadata"]["requiresHumanReview"] is True
    assert answer.json["metadata"]["publishable"]["verdict"] == "review"
    assert entry.use_case == "ad_copy"
    assert len(entry.attempts) == 9
    assert record.json is not None
    assert record.json["response"]["result"] == answer.json["result"]


def test_an_ad_for_a_platform_without_ads_or_with_a_bad_page_is_refused() -> None:
    with container_over() as container:
        configure(container)
        _, http = made_app(container)
        path = f"{meta_path()}/generate"
        elsewhere = http.post(path, json=ASKED | {"platform": "email"})
        page = http.post(path, json=ASKED | {"ad": {"landingUrl": "javascript:x"}})
        unknown = http.post(path, json=ASKED | {"ad": {"budget": 5}})

    for refused in (elsewhere, page, unknown):
        assert_problem(refused, 422, "invalid_request")
