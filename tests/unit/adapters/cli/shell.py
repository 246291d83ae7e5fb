"""Runs the command line in this process, on fake hosts and a store in a file."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import attrs
from typer.testing import CliRunner, Result

from llama_marketing import Container, Settings, TenantRef
from llama_marketing.adapters.cli.main import app
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.testing.hosts import FakeChatHosts, Said, Scripted
from tests.unit.domain.moderation.samples import items_of, verdict
from tests.unit.domain.moderation.samples import reply as verdict_reply

TENANT = TenantRef("org1", "cli1")
OWNER = ("--org", "org1", "--client", "cli1")
CANARY = "tgp_v1_canario-que-nadie-debe-ver-0123456789"
FERNET = base64.urlsafe_b64encode(b"0123456789abcdef0123456789abcdef").decode()
COPY = "Buen Fin en Café Azul: 2x1 en capuchinos. ¿Vienes?"


def reply(content: str = COPY) -> str:
    """A structured reply of a model."""
    return json.dumps({"content": content, "hashtags": ["BuenFin"], "emojis": ["☕"]})


def ad_reply() -> str:
    """A structured reply that is an ad."""
    ad = {"primary_text": COPY, "headline": "Café Azul", "description": "2x1", "cta": "SHOP_NOW"}
    return json.dumps(ad, ensure_ascii=False)


def demo_hosts(*answers: Scripted, post: Scripted | None = None) -> FakeChatHosts:
    """Hosts that answer each step of the demo as it asks; ``answers`` go before that."""

    def fitting(target: HostTarget, call: ChatCall) -> Said:
        asked = () if call.schema is None else call.schema.schema["properties"]
        if "items" in asked:
            items = items_of(call.messages[-1].content)
            return verdict_reply([verdict(item) for item in items])
        if "primary_text" in asked:
            return ad_reply()
        written = reply() if post is None else post
        return written(target, call) if callable(written) else written

    return FakeChatHosts(*answers, otherwise=fitting)


@attrs.define
class FakeServer(EmbeddedServer):
    """An embedded server that never starts a process."""

    stopped: bool = False

    def start(self) -> FakeServer:
        """Pretend to listen."""
        self._address = "127.0.0.1:9"
        return self

    def stop(self) -> None:
        """Remember it."""
        self.stopped = True


@attrs.define
class Shell:
    """A person's terminal: an environment, a folder, and hosts that answer what they are told."""

    folder: Path
    chat: ChatHosts | None = attrs.Factory(lambda: demo_hosts())
    environ: dict[str, str] = attrs.field(init=False)
    servers: list[FakeServer] = attrs.Factory(list)

    def __attrs_post_init__(self) -> None:
        self.environ = {
            "AI_ENCRYPTION_KEY": FERNET,
            "LLAMA_MARKETING_STORE": f"sqlite:///{self.folder / 'store.db'}",
        }

    def run(self, *arguments: str) -> Result:
        """Run one command to its end."""
        session = Session(
            environ=self.environ, make_container=self.container, embedded_server=self._server
        )
        return CliRunner().invoke(app, list(arguments), obj=session)

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        """Run one command with --json; its output is one document."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def container(self, settings: Settings | None = None) -> Container:
        """A container on the fake hosts."""
        chosen = Settings.from_env(self.environ) if settings is None else settings
        return Container.from_settings(chosen, chat=self.chat)

    def configure(self, **fields: Any) -> Shell:
        """Give the client a configuration at a host in the cloud."""
        with self.container() as container:
            container.config_service().create(
                TENANT,
                {"hostingProvider": "deepinfra", "apiKey": CANARY, "enabled": True, **fields},
            )
        return self

    def _server(self) -> FakeServer:
        self.servers.append(FakeServer())
        return self.servers[-1]
