"""A post through Together's API, played by a host on loopback, over the real wire."""

from __future__ import annotations

import json

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from tests.fake_host import FakeHost, as_json, completion_object, models_list, status, usage_of
from tests.integration.flask.app import ASKED, assert_problem, config_path, made_app, meta_path
from tests.unit.app.samples import FERNET_KEY, entries_of, holds_of, post

KEY = "tgp_v1_0123456789abcdefghijKLMN"
MODEL = "meta-llama/Llama-3.3-70B-Instruct-Turbo"


@pytest.mark.story("US-MK-103")
def test_generar_contenido_social_via_together_api_mock() -> None:
    """Configured, validated and asked over HTTP: one entry at what Together reports it took."""
    with FakeHost() as together:
        settings = Settings.from_env(
            {
                "AI_ENCRYPTION_KEY": FERNET_KEY,
                "LLAMA_MARKETING_STORE": "memory://",
                "LLAMA_MARKETING_ALLOWED_ENDPOINTS": together.endpoint,
                "LLAMA_MARKETING_DEADLINE": "10",
            }
        )
        with Container.from_settings(settings) as container:
            _, http = made_app(container)
            config = {
                "hostingProvider": "together",
                "apiKey": KEY,
                "apiEndpoint": together.base_url,
                "enabled": True,
                "fallbackModelId": None,
            }
            assert http.post(config_path(), json=config).status_code == 201
            together.script(
                models_list(MODEL, bare=True),
                as_json(completion_object("Hello!", finish="length") | {"model": MODEL}),
                as_json(completion_object(post(), usage_of(321, 45)) | {"model": MODEL}),
                status(401, data={"error": {"message": "Invalid API key", "type": "x"}}),
            )

            validated = http.post(f"{config_path()}/validate", json={})
            answer = http.post(f"{meta_path()}/generate", json=ASKED)
            again = http.post(f"{meta_path()}/generate", json=ASKED | {"prompt": "Otra"})
            entries = [entry for entry in entries_of(container) if entry.use_case is not None]
            assert holds_of(container) == []

    assert validated.json is not None
    assert (validated.json["outcome"], validated.json["model"]) == ("ok", MODEL)
    assert answer.status_code == 200 and answer.json is not None
    assert answer.json["content"].startswith("Buen Fin")
    assert answer.json["metadata"]["platformCompliance"]["isCompliant"] is True
    assert (answer.json["tokensUsed"]["inputTokens"], answer.json["provider"]) == (321, "together")
    assert_problem(again, 409, "bad_key")
    assert sorted(entry.outcome.value for entry in entries) == ["failed", "ok"]
    listing, greeting, asked, _ = together.requests
    assert (listing.method, listing.path) == ("GET", "/v1/models")
    assert (greeting.json["model"], greeting.json["messages"][-1]["content"]) == (MODEL, "Hello")
    assert asked.path == "/v1/chat/completions"
    assert {request.headers["authorization"] for request in together.requests} == {f"Bearer {KEY}"}
    sent = asked.json
    assert (sent["model"], sent["stream"]) == (MODEL, False)
    assert sent["response_format"]["type"] == "json_schema"
    assert ASKED["prompt"] in json.dumps(sent["messages"], ensure_ascii=False)
