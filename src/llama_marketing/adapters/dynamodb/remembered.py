"""The configurations that this process read or wrote last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.tenant import TenantRef

_MOST: Final = 2000


class RememberedConfigs:
    """The configurations that this process read or wrote last; safe between threads.

    An old one does no harm: who acts on it has its revision confirmed by the store.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[TenantRef, StoredConfig] = OrderedDict()

    def get(self, tenant: TenantRef) -> StoredConfig | None:
        """The last known one, which stays longest from now on."""
        with self._lock:
            stored = self._kept.get(tenant)
            if stored is not None:
                self._kept.move_to_end(tenant)
            return stored

    def id_at(self, tenant: TenantRef, revision: int) -> str | None:
        """The id of the one that is known at a revision."""
        stored = self.get(tenant)
        return stored.config.id if stored and stored.config.revision == revision else None

    def put(self, tenant: TenantRef, stored: StoredConfig) -> None:
        """Remember one; the one that was asked for longest ago makes room."""
        with self._lock:
            self._kept[tenant] = stored
            self._kept.move_to_end(tenant)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, tenant: TenantRef) -> None:
        """Forget a tenant's."""
        with self._lock:
            self._kept.pop(tenant, None)
