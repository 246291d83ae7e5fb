"""Doing something with a client's configuration as it is now, not as it was read before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from llama_marketing.domain.errors import (
    LlamaMarketingError,
    QuotaExceeded,
    RevisionConflict,
    StoreError,
    StoreUnavailable,
)
from llama_marketing.domain.tenant import TenantRef

Outcome = TypeVar("Outcome")
_CONFIG_READS = 6
"""How often a configuration is read before one operation gives up on it."""


def with_current_config(tenant: TenantRef, act: Callable[[bool], Outcome]) -> Outcome:
    """What ``act`` answers, called again where a stale configuration may have misled it.

    ``act`` is told whether it must read the configuration afresh. The store may have answered one
    that this process read before; what it leads to counts only once its revision is confirmed.
    Raises what ``act`` raises, StoreUnavailable when the configuration keeps changing.
    """
    for reads in range(_CONFIG_READS):
        fresh = reads > 0
        try:
            return act(fresh)
        except LlamaMarketingError as error:
            if not _may_be_stale(error, fresh=fresh):
                raise
    raise StoreUnavailable(f"the configuration of {tenant} changes faster than it is read")


def _may_be_stale(error: LlamaMarketingError, *, fresh: bool) -> bool:
    """Whether a refusal may come of a configuration that was read before it changed."""
    if isinstance(error, RevisionConflict):
        return True
    return not fresh and not isinstance(error, QuotaExceeded | StoreError)
