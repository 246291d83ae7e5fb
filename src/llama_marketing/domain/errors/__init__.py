"""Every error that the library raises, as one tree.

::

    LlamaMarketingError
    ├── InvalidRequest              the caller's input is wrong (also a ValueError)
    │   ├── IdempotencyMismatch     the same id came again with another content
    │   └── UnreadableRequest       it is no JSON, or names no possible id
    ├── TooLarge · UnsupportedMedia · MethodNotAllowed · Unauthorized · Forbidden
    ├── NotFound                    unknown, or another tenant's
    │   └── ConfigNotFound
    ├── StateConflict               the client's own state forbids it
    │   ├── ConfigExists
    │   ├── RevisionConflict
    │   ├── NotConfigured
    │   ├── Disabled
    │   ├── UseCaseDisabled
    │   └── IdempotencyRunning
    ├── QuotaExceeded               the client's quota of the period is used up
    ├── HostError                   the model's host is at fault
    │   ├── BadKey · NoCredit · ModelNotServed · HostRetired
    │   ├── HostRateLimited · HostUnreachable · BlockedEndpoint
    │   ├── BadPayload · Truncated · BadOutput · Refused
    │   └── DeadlineExceeded
    ├── StoreError                  the store is at fault
    │   ├── StoreUnavailable
    │   └── StoreIncompatible
    ├── SecretError                 a sealed key cannot be opened
    │   ├── SecretUnreadable
    │   └── SecretBindingError
    ├── SettingsError               the operator's settings are wrong
    └── Overloaded                  no place is free

``code`` is stable and machine readable, ``user_message`` a whole Spanish sentence fit to
show, ``str(error)`` English with the ids needed to act. None of them carries a key or a
prompt. Every class can be built from its English message alone, so errors can be pickled.
"""

from __future__ import annotations

from llama_marketing.domain.errors.hosts import (
    BadKey,
    BadOutput,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Refused,
    Truncated,
)
from llama_marketing.domain.errors.operation import (
    Overloaded,
    SecretBindingError,
    SecretError,
    SecretUnreadable,
    SettingsError,
    StoreError,
    StoreIncompatible,
    StoreUnavailable,
)
from llama_marketing.domain.errors.requests import (
    Forbidden,
    IdempotencyMismatch,
    InvalidRequest,
    MethodNotAllowed,
    TooLarge,
    Unauthorized,
    UnreadableRequest,
    UnsupportedMedia,
)
from llama_marketing.domain.errors.root import (
    LlamaMarketingError,
)
from llama_marketing.domain.errors.state import (
    ConfigExists,
    ConfigNotFound,
    Disabled,
    IdempotencyRunning,
    NotConfigured,
    NotFound,
    QuotaExceeded,
    RevisionConflict,
    StateConflict,
    UseCaseDisabled,
)

__all__ = [
    "BadKey",
    "BadOutput",
    "BadPayload",
    "BlockedEndpoint",
    "ConfigExists",
    "ConfigNotFound",
    "DeadlineExceeded",
    "Disabled",
    "Forbidden",
    "HostError",
    "HostRateLimited",
    "HostRetired",
    "HostUnreachable",
    "HostWork",
    "IdempotencyMismatch",
    "IdempotencyRunning",
    "InvalidRequest",
    "LlamaMarketingError",
    "MethodNotAllowed",
    "ModelNotServed",
    "NoCredit",
    "NotConfigured",
    "NotFound",
    "Overloaded",
    "QuotaExceeded",
    "Refused",
    "RevisionConflict",
    "SecretBindingError",
    "SecretError",
    "SecretUnreadable",
    "SettingsError",
    "StateConflict",
    "StoreError",
    "StoreIncompatible",
    "StoreUnavailable",
    "TooLarge",
    "Truncated",
    "Unauthorized",
    "UnreadableRequest",
    "UnsupportedMedia",
    "UseCaseDisabled",
]
