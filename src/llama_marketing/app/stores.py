"""The storage ports of one store, made and closed together, and the store's address."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Self
from urllib.parse import unquote

import attrs

from llama_marketing.domain.errors import SettingsError
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.comparisons import Comparisons
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.idempotency import IdempotencyKeys
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.jobs import Jobs
from llama_marketing.ports.moderation_actions import ModerationActions
from llama_marketing.ports.moderation_tallies import ModerationTallies
from llama_marketing.ports.outbox import Outbox
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.ports.saved_versions import SavedVersions
from llama_marketing.ports.usage import UsageBooks

MEMORY = "memory://"
SQLITE = "sqlite:///"
DYNAMODB = "dynamodb://"
_TABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")
_TABLE_OPTIONS = {
    "region": re.compile(r"[a-z]{2,8}(-[a-z0-9]+)+"),
    "endpoint": re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?/?"),
    "index": _TABLE_NAME,
}
_MEANT = {
    "region": "a region of AWS such as us-east-1",
    "endpoint": "http:// or https:// with a host and, at most, a port",
    "index": "an index's name, 3 to 255 of the characters A-Z a-z 0-9 _ . -",
}
_SYNCHRONOUS = {"": False, "synchronous=normal": False, "synchronous=full": True}


@attrs.frozen(kw_only=True)
class Stores:
    """Every storage port over one store, and how to close it."""

    configs: Configs
    books: UsageBooks
    generations: Generations
    idempotency: IdempotencyKeys
    cache: AnswerCache
    provider_keys: ProviderKeys
    moderation_actions: ModerationActions
    jobs: Jobs
    moderation_tallies: ModerationTallies
    job_queue: JobQueue
    outbox: Outbox
    saved_versions: SavedVersions
    comparisons: Comparisons
    close: Callable[[], None] = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class TableAddress:
    """A table on DynamoDB; region and endpoint are the AWS configuration's where empty."""

    table: str
    region: str = ""
    endpoint: str = ""
    index: str = "usage-gsi"


@attrs.frozen
class StoreAddress:
    """What ``LLAMA_MARKETING_STORE`` says: memory, a SQLite file, or a table on DynamoDB."""

    path: str = ""
    full_synchronous: bool = False
    table: TableAddress | None = None

    @property
    def in_memory(self) -> bool:
        """Whether nothing outlives the container."""
        return not self.path and self.table is None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; raises SettingsError."""
        if text == MEMORY:
            return cls()
        if text.startswith(DYNAMODB):
            return cls(table=_table(text.removeprefix(DYNAMODB)))
        path, _, options = text.removeprefix(SQLITE).partition("?")
        usable = path not in ("", ":memory:") and "#" not in path and "\0" not in path
        if not text.startswith(SQLITE) or not usable or options not in _SYNCHRONOUS:
            raise SettingsError(
                "LLAMA_MARKETING_STORE must be memory://, sqlite:///file.db or "
                "sqlite:////folder/file.db, with ?synchronous=full or normal at most, or "
                "dynamodb://table?region=...&endpoint=...&index=..."
            )
        return cls(path, _SYNCHRONOUS[options])


def _table(text: str) -> TableAddress:
    name, _, options = text.partition("?")
    if not _TABLE_NAME.fullmatch(name):
        raise _wrong("the table's name must be 3 to 255 of the characters A-Z a-z 0-9 _ . -")
    said: dict[str, str] = {}
    for option in options.split("&") if options else ():
        key, _, value = option.partition("=")
        if key not in _TABLE_OPTIONS:
            raise _wrong(f"after the ? only {', '.join(_TABLE_OPTIONS)} may stand")
        if key in said or not _TABLE_OPTIONS[key].fullmatch(unquote(value)):
            raise _wrong(f"{key} must be named once, and be {_MEANT[key]}")
        said[key] = unquote(value)
    return TableAddress(table=name, **said)


def _wrong(reason: str) -> SettingsError:
    return SettingsError(f"LLAMA_MARKETING_STORE: {reason}")
