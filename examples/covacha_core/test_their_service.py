"""Unit tests of one's own service: the real library over fake hosts, without network or file."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from examples.covacha_core.promotion_service import PromotionService
from llama_marketing import Container, NotConfigured, Refused, Settings, TenantRef
from llama_marketing.testing.hosts import FakeChatHosts

TENANT = TenantRef("org1", "cli1")
ENVIRONMENT = {
    "AI_ENCRYPTION_KEY": "ZmFrZS1mYWtlLWZha2UtZmFrZS1mYWtlLWZha2UtZmE=",
    "LLAMA_MARKETING_STORE": "memory://",
}
REPLY = {"content": "2x1 en capuchinos hasta el viernes.", "hashtags": ["CaféAzul"], "emojis": []}


@pytest.fixture
def hosts() -> FakeChatHosts:
    """The hosts: they answer what they are told, and remember what they were asked."""
    return FakeChatHosts(otherwise=json.dumps(REPLY))


@pytest.fixture
def container(hosts: FakeChatHosts) -> Iterator[Container]:
    """The library over a store in memory, with one configured client."""
    with Container.from_settings(Settings.from_env(ENVIRONMENT), chat=hosts) as container:
        fields = {"enabled": True, "hostingProvider": "groq", "apiKey": "gsk_0123456789abcdef"}
        container.config_service().create(TENANT, fields)
        yield container


@pytest.fixture
def promotions(container: Container) -> PromotionService:
    """The service under test."""
    return PromotionService(container.generation_service())


def test_debe_escribir_el_post_cuando_el_cliente_esta_configurado(
    promotions: PromotionService, container: Container
) -> None:
    """The copy with its hashtags, and one entry in the books in the user's name."""
    post = promotions.write_post(TENANT, "2x1 en capuchinos", "u1")

    assert post.text == "2x1 en capuchinos hasta el viernes.\n\n#CaféAzul"
    assert post.approved
    assert container.usage_service().summary(TENANT).total_requests == 1


def test_debe_propagar_el_rechazo_cuando_el_modelo_se_niega(
    promotions: PromotionService, hosts: FakeChatHosts
) -> None:
    """What the model would not write is an error of the library with a code of its own."""
    hosts.script(Refused("the model would not"))

    with pytest.raises(Refused):
        promotions.write_post(TENANT, "2x1 en capuchinos", "u1")


def test_debe_fallar_sin_llamar_cuando_el_cliente_no_esta_configurado(
    promotions: PromotionService, hosts: FakeChatHosts
) -> None:
    """A client without a configuration costs nothing."""
    with pytest.raises(NotConfigured):
        promotions.write_post(TenantRef("org1", "cli2"), "2x1 en capuchinos", "u1")

    assert hosts.calls == []
