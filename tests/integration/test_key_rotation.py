"""Keys are sealed anew while clients generate: in one store, by another process's container."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.errors import SecretUnreadable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.hosts import FakeChatHosts
from tests.dynamodb_local import LocalDynamo
from tests.unit.app.samples import ASKED, configure, post, settings

OLD, NEW = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"o", b"n"))
TENANTS = [TenantRef("org1", f"cli{number}") for number in range(12)]

pytestmark = pytest.mark.slow


def answer(target: HostTarget, call: ChatCall) -> str:
    """A post that ends with the key it was asked with."""
    assert target.key is not None
    return post(f"Buen Fin. {target.key.reveal()[3:].split('-')[0]}")


@attrs.frozen
class Place:
    """A store, opened by one container a process."""

    address: str
    session: Any = None

    def opened(self, *keys: str) -> Container:
        """A container that knows these encryption keys, the newest first."""
        own = settings(AI_ENCRYPTION_KEY=",".join(keys), LLAMA_MARKETING_STORE=self.address)
        chat = FakeChatHosts(otherwise=answer)
        return Container.from_settings(own, chat=chat, aws_session=self.session)


@pytest.fixture(params=["sqlite", "dynamodb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A store in which each tenant has two keys under the old encryption key."""
    made = Place(f"sqlite:///{tmp_path / 'store.db'}")
    if request.param == "dynamodb":
        server: LocalDynamo = request.getfixturevalue("dynamodb_local")
        made = Place(server.address(server.new_table()), server.session)
    with made.opened(OLD) as container:
        for tenant in TENANTS:
            configure(container, tenant, api_key=f"di-{tenant.client_id}-0123456789abcdef")
            key = {"apiKey": f"sk-{tenant.client_id}-0123456789abcdef"}
            container.config_service().set_provider_key(tenant, "openai", key)
    return made


def generated(container: Container, tenant: TenantRef) -> bool:
    """Whether the tenant's own key went out, and its other one opens too."""
    content = container.generation_service().generate(tenant, ASKED).content
    other = container._wiring.credentials().key(tenant, "openai")
    assert other is not None
    named = f"-{tenant.client_id}-"
    return content.endswith(f" {tenant.client_id}") and named in other.key.reveal()


def test_no_generation_fails_while_the_keys_are_rotated(place: Place) -> None:
    """And afterwards the newest key alone is enough; before, it was not."""
    over, started = threading.Event(), threading.Barrier(3)

    def generate() -> list[bool]:
        done: list[bool] = []
        with place.opened(OLD, NEW) as container:
            started.wait(30)
            while not over.is_set() or len(done) < len(TENANTS):
                done.append(generated(container, TENANTS[len(done) % len(TENANTS)]))
        return done

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(generate) for _ in range(2)]
        with place.opened(NEW, OLD) as container:
            started.wait(30)
            try:
                report = container.key_rotation().rotate()
            finally:
                over.set()
        readings = [reader.result() for reader in readers]

    assert (report.resealed, report.changed, report.unreadable) == (2 * len(TENANTS), 0, ())
    assert all(all(done) and len(done) >= len(TENANTS) for done in readings)
    with place.opened(NEW) as container:
        assert all(generated(container, tenant) for tenant in TENANTS)
        assert container.key_rotation().rotate().current == 2 * len(TENANTS)


def test_without_a_rotation_the_newest_key_alone_opens_nothing(place: Place) -> None:
    """The control; the rotation lists every key that it cannot open."""
    with place.opened(NEW) as container:
        with pytest.raises(SecretUnreadable):
            generated(container, TENANTS[0])
        report = container.key_rotation().rotate()

    assert (report.resealed, len(report.unreadable)) == (0, 2 * len(TENANTS))
    assert {key.provider for key in report.unreadable} == {"deepinfra", "openai"}
