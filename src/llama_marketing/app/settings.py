"""The operator's settings, read from environment variables."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path

import attrs

from llama_marketing.domain.config.models import MAX_DEADLINE_SECONDS
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.secret import Secret

STARS = "********"
_QUEUE_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9_.-]+)+")
"""Without a user and a password, which ``config`` would show."""


@attrs.frozen
class Variable:
    """One environment variable: its name, what it means, its default, and if it is secret."""

    name: str
    meaning: str
    default: str = ""
    secret: bool = False


ENCRYPTION_KEY = Variable(
    "AI_ENCRYPTION_KEY",
    "Fernet key that seals API keys, or several separated by commas (the first encrypts)",
    secret=True,
)
STORE = Variable(
    "LLAMA_MARKETING_STORE",
    "sqlite:///file.db, sqlite:////folder/file.db, memory:// or "
    "dynamodb://table?region=...&endpoint=...&index=usage-gsi",
    "sqlite:///llama_marketing.db",
)
ALLOWED_ENDPOINTS = Variable(
    "LLAMA_MARKETING_ALLOWED_ENDPOINTS",
    "host:port or CIDR, comma separated, that self-hosted endpoints may name",
)
MEDIA_BUCKETS = Variable(
    "LLAMA_MARKETING_MEDIA_BUCKETS",
    "bucket or bucket/prefix/, comma separated, whose images s3:// URLs may name",
)
DEADLINE = Variable(
    "LLAMA_MARKETING_DEADLINE", "seconds one operation may take in all", "60, streams 120"
)
HOLD_GRACE = Variable(
    "LLAMA_MARKETING_HOLD_GRACE",
    "seconds after the deadline at which an open hold may be swept",
    "60",
)
CATALOG = Variable(
    "LLAMA_MARKETING_CATALOG",
    "folder with override files for models, hosts, prices, limits and prompts",
)
TIMEZONE = Variable("LLAMA_MARKETING_TIMEZONE", "billing zone", "America/Mexico_City")
RETENTION = Variable("LLAMA_MARKETING_RETENTION_DAYS", "days a generation is kept", "90")
JSON_CASE = Variable("LLAMA_MARKETING_JSON_CASE", "camel or snake", "camel")
BILLING_QUEUE = Variable(
    "LLAMA_MARKETING_BILLING_QUEUE",
    "URL of the Amazon SQS queue that `llama-marketing sweep` sends billing events to",
)
QUEUE = Variable(
    "LLAMA_MARKETING_QUEUE",
    "where the parts of moderation jobs wait: inline:// (the store; serve works on them too) or "
    "sqs://queue-url",
    "inline://",
)
TOKEN = Variable("LLAMA_MARKETING_TOKEN", "bearer token of serve", secret=True)

VARIABLES = (
    ENCRYPTION_KEY,
    STORE,
    ALLOWED_ENDPOINTS,
    MEDIA_BUCKETS,
    DEADLINE,
    HOLD_GRACE,
    CATALOG,
    TIMEZONE,
    RETENTION,
    JSON_CASE,
    BILLING_QUEUE,
    QUEUE,
    TOKEN,
)
"""Every variable the library reads."""


def _secrets(text: str) -> tuple[Secret, ...]:
    return tuple(Secret(part.strip()) for part in text.split(",") if part.strip())


@attrs.frozen(kw_only=True)
class Settings:
    """What the operator decides; immutable, and shown without its secrets."""

    encryption_keys: tuple[Secret, ...] = attrs.field(default=(), repr=False)
    store: str = STORE.default
    allowed_endpoints: str = ""
    media_buckets: str = ""
    deadline_seconds: float = 60.0
    stream_deadline_seconds: float = 120.0
    hold_grace_seconds: float = 60.0
    catalog_folder: Path | None = None
    timezone: str = TIMEZONE.default
    retention_days: int = 90
    json_case: str = "camel"
    billing_queue: str = ""
    """Empty: nobody is told of what is billable, and nothing is put aside."""
    job_queue: str = ""
    """The URL of a queue of Amazon SQS; empty: parts of jobs wait in the store."""
    token: Secret | None = attrs.field(default=None, repr=False)

    @property
    def longest_operation_seconds(self) -> float:
        """After how long an operation that has not ended belongs to a dead process."""
        longest = max(MAX_DEADLINE_SECONDS, self.deadline_seconds, self.stream_deadline_seconds)
        return longest + self.hold_grace_seconds

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, require_key: bool = True
    ) -> Settings:
        """Read the settings of an environment (default: the process's own).

        Raises SettingsError, naming the variable and never its value when it is secret; also
        when ``AI_ENCRYPTION_KEY`` is missing, unless ``require_key`` is False.
        """
        env = _Environment(os.environ if environ is None else environ)
        keys = _secrets(env.text(ENCRYPTION_KEY))
        if require_key and not keys:
            raise SettingsError(
                "AI_ENCRYPTION_KEY is not set; it must hold a Fernet key, or several separated "
                "by commas. Make one with: python -c 'from cryptography.fernet import Fernet; "
                "print(Fernet.generate_key().decode())'",
                user_message="Falta la variable AI_ENCRYPTION_KEY en el servidor.",
            )
        folder = env.text(CATALOG)
        token = Secret(env.text(TOKEN))
        return cls(
            encryption_keys=keys,
            store=env.text(STORE) or STORE.default,
            allowed_endpoints=env.text(ALLOWED_ENDPOINTS),
            media_buckets=env.text(MEDIA_BUCKETS),
            deadline_seconds=env.number(DEADLINE, 60.0),
            stream_deadline_seconds=env.number(DEADLINE, 120.0),
            hold_grace_seconds=env.number(HOLD_GRACE, 60.0, least=0.0),
            catalog_folder=_folder(folder) if folder else None,
            timezone=env.text(TIMEZONE) or TIMEZONE.default,
            retention_days=int(env.number(RETENTION, 90.0, least=1.0)),
            json_case=env.choice(JSON_CASE, ("camel", "snake")),
            billing_queue=env.address(BILLING_QUEUE),
            job_queue=env.job_queue(),
            token=token or None,
        )


def shown_settings(environ: Mapping[str, str] | None = None) -> list[tuple[Variable, str]]:
    """Every variable with its present value, or its default; secrets as stars."""
    env = _Environment(os.environ if environ is None else environ)
    shown = []
    for variable in VARIABLES:
        value = env.text(variable)
        shown.append((variable, STARS if value and variable.secret else value or variable.default))
    return shown


@attrs.frozen
class _Environment:
    """Reads variables and refuses what is wrong with them."""

    values: Mapping[str, str] = attrs.field(repr=False)

    def text(self, variable: Variable) -> str:
        return self.values.get(variable.name, "").strip()

    def number(self, variable: Variable, default: float, least: float = 0.001) -> float:
        text = self.text(variable)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or not least <= value <= 86_400:
            raise SettingsError(f"{variable.name} must be a number from {least:g} to 86400")
        return value

    def address(self, variable: Variable) -> str:
        text = self.text(variable)
        if text and not _QUEUE_URL.fullmatch(text):
            raise SettingsError(
                f"{variable.name} must be a queue's URL such as "
                "https://sqs.us-east-1.amazonaws.com/111122223333/billing"
            )
        return text

    def job_queue(self) -> str:
        """A queue's URL, of which ``https://`` may be left out; empty for the store."""
        text = self.text(QUEUE)
        if text in ("", QUEUE.default):
            return ""
        url = text.removeprefix("sqs://")
        url = url if "://" in url else f"https://{url}"
        if not text.startswith("sqs://") or not _QUEUE_URL.fullmatch(url):
            raise SettingsError(
                f"{QUEUE.name} must be inline:// or sqs:// and a queue's URL such as "
                "sqs://sqs.us-east-1.amazonaws.com/111122223333/moderation"
            )
        return url

    def choice(self, variable: Variable, choices: tuple[str, ...]) -> str:
        text = self.text(variable) or variable.default
        if text not in choices:
            raise SettingsError(f"{variable.name} must be one of {', '.join(choices)}")
        return text


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise SettingsError(f"{CATALOG.name}: there is no folder {text!r}")
    return folder
