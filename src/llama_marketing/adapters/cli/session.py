"""What the commands work with: the environment, and how a container is opened."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping

import attrs
import typer

from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef


def throwaway_key() -> Secret:
    """A Fernet key that nobody keeps."""
    return Secret(base64.urlsafe_b64encode(os.urandom(32)).decode())


@attrs.frozen(kw_only=True)
class Session:
    """One call of the command line; a caller may bring its own as typer's ``obj``."""

    environ: Mapping[str, str] = attrs.field(factory=lambda: os.environ, repr=False)
    make_container: Callable[[Settings], Container] = Container.from_settings
    embedded_server: Callable[[], EmbeddedServer] = EmbeddedServer

    @classmethod
    def of(cls, context: typer.Context) -> Session:
        """The session of a command."""
        session = context.find_root().obj
        return session if isinstance(session, cls) else cls()

    def container(self) -> Container:
        """The container of the environment's settings; raises as ``from_settings`` does."""
        return self.make_container(Settings.from_env(self.environ))

    def container_without_store(self) -> Container:
        """A container for what needs neither a key nor a store, such as the catalog."""
        settings = Settings.from_env(self.environ, require_key=False)
        return self.make_container(
            attrs.evolve(
                settings,
                encryption_keys=(throwaway_key(),),
                store="memory://",
                billing_queue="",
                job_queue="",
            )
        )


def optional_tenant(organization: str | None, client: str | None) -> TenantRef | None:
    """The tenant of two options that go together; raises typer's BadParameter for only one."""
    if (organization is None) != (client is None):
        raise typer.BadParameter("--org y --client van juntos.")
    if organization is None or client is None:
        return None
    return TenantRef(organization, client)
