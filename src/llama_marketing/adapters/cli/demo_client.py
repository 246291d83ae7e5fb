"""The demo's client: where it is kept, and its configuration on the embedded model."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from llama_marketing.adapters.cli.session import throwaway_key
from llama_marketing.adapters.llama_cpp.catalog import write_catalog
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.adapters.llama_cpp.weights import MODEL_ID
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.settings import (
    ALLOWED_ENDPOINTS,
    BILLING_QUEUE,
    CATALOG,
    ENCRYPTION_KEY,
    STORE,
    Settings,
)
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.errors import ConfigNotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.quota import QuotaStatus

TENANT = TenantRef("demo-org", "demo-client")
QUOTA = 50_000
"""Tokens a month; as much again is added whenever earlier runs left less than ROOM."""
ROOM = 15_000
MAX_TOKENS = 300
DEADLINE_SECONDS = 300


def demo_settings(environ: Mapping[str, str], server: EmbeddedServer, folder: Path) -> Settings:
    """The environment's settings, with what the demo needs laid over them.

    ``folder`` takes the catalog with the embedded model. Raises SettingsError.
    """
    own = {
        ENCRYPTION_KEY.name: environ.get(ENCRYPTION_KEY.name, "").strip()
        or throwaway_key().reveal(),
        BILLING_QUEUE.name: "",
        STORE.name: environ.get(STORE.name, "").strip() or own_store(),
        ALLOWED_ENDPOINTS.name: server.address,
        CATALOG.name: str(write_catalog(folder)),
    }
    return Settings.from_env({**environ, **own})


def own_store() -> str:
    """A file of the demo's own in the user's folder; in a temporary one where that is read-only."""
    folder = Path(typer.get_app_dir("llama-marketing"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        folder = Path(tempfile.mkdtemp(prefix="llama-marketing-"))
    return f"sqlite:///{folder.absolute() / 'demo.db'}"


def configure(
    service: MetaAIConfigService, server: EmbeddedServer, quota: QuotaStatus
) -> tuple[MetaAIConfig, bool]:
    """Create the client's configuration, or bring an earlier run's up to date.

    An earlier key was sealed with a key that nobody kept, for a port that is gone, so it is
    typed again. Answers the configuration and whether it was there before.
    """
    fields = _fields(server, quota)
    try:
        service.get(TENANT)
    except ConfigNotFound:
        return service.create(TENANT, fields), False
    return service.update(TENANT, fields), True


def _fields(server: EmbeddedServer, quota: QuotaStatus) -> dict[str, Any]:
    allowed = QUOTA
    used = int(quota.settled + quota.reserved) if quota.unit.value == "tokens" else 0
    while allowed - used < ROOM:
        allowed += QUOTA
    return {
        "enabled": True,
        "hostingProvider": "self_hosted",
        "apiEndpoint": server.endpoint,
        "apiKey": server.key.reveal(),
        "selectedModelId": MODEL_ID,
        "fallbackModelId": None,
        "fallbackHosts": [],
        "useCases": [],
        "parameters": {"maxTokens": MAX_TOKENS},
        "advanced": {"contextWindow": server.context},
        "quotaMonthly": allowed,
        "quotaUnit": "tokens",
        "deadlineSeconds": DEADLINE_SECONDS,
    }
