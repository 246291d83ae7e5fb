"""Meta's own retired API: refused by itself, spoken where the operator points it at a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.errors import HostRetired
from tests.fake_host import FakeHost, models_list
from tests.hosts.meta_native import MetaNative
from tests.hosts.speaker import Said
from tests.unit.app.samples import ASKED, TENANT, configure, post, settings

KEY = "LLM|123|CANARY-0123456789"


def test_a_closed_host_is_said_without_a_call_and_without_a_booking() -> None:
    with Container.from_settings(settings()) as container:
        configure(container, hosting_provider="meta_ai", api_key=KEY)
        service = container.generation_service()
        for ask in (service.generate, service.stream):
            with pytest.raises(HostRetired):
                ask(TENANT, ASKED)
        assert container.config_service().validate(TENANT, {}).outcome == "host_retired"
        assert container.usage_service().summary(TENANT).total_requests == 0


@pytest.mark.parametrize("streamed", [False, True])
def test_where_the_operator_points_it_at_a_server_its_own_shape_is_spoken(
    tmp_path: Path, streamed: bool
) -> None:
    speaker, said = MetaNative(), Said(post())
    with FakeHost() as host:
        (tmp_path / "hosts.toml").write_text(
            f'[[hosts]]\nid = "meta_ai"\nbase_url = "http://{host.endpoint}/v1"\n'
        )
        host.script(models_list("Llama-3.3-70B-Instruct"), speaker.whole(Said("Hi")))
        host.otherwise = (
            next(iter(speaker.streams(said).values())) if streamed else speaker.whole(said)
        )
        own = settings(
            LLAMA_MARKETING_CATALOG=str(tmp_path),
            LLAMA_MARKETING_ALLOWED_ENDPOINTS=host.endpoint,
        )
        with Container.from_settings(own) as container:
            configure(container, hosting_provider="meta_ai", api_key=KEY)
            assert container.config_service().validate(TENANT, {}).outcome == "ok"
            service = container.generation_service()
            if streamed:
                done = list(service.stream(TENANT, ASKED))[-1].data
                provider, tokens = done["provider"], done["tokensUsed"]["inputTokens"]
            else:
                answer = service.generate(TENANT, ASKED)
                provider, tokens = answer.provider, answer.tokens_used.input_tokens
    assert (provider, tokens) == ("meta_ai", 20)
    sent = host.requests[-1]
    assert sent.json["model"] == "Llama-3.3-70B-Instruct"
    assert "max_completion_tokens" in sent.json
    assert "max_tokens" not in sent.json
    assert sent.headers["authorization"] == f"Bearer {KEY}"
