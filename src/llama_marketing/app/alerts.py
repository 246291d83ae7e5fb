"""Watching the quotas: each threshold that work crosses is told once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import attrs

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.alerts import alert, crossed
from llama_marketing.domain.usage.books import Counter, QuotaTerms, Reservation, is_near_alert
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.ports.usage import UsageBooks

MOST_WATCHED = 10_000
"""Clients near a threshold at once; of more, the ones longest near are looked at again later."""

_log = logging.getLogger("llama_marketing.quota")


@attrs.frozen(kw_only=True)
class QuotaWatch:
    """Tells of crossed thresholds, whoever marks one in the books; safe between threads.

    Far from every threshold it costs nothing: only once a reservation of a client in this
    process was near one is the counter read when an operation ends, until it is far again. It
    never raises: what the books or the port raise is logged.
    """

    books: UsageBooks
    alerts: QuotaAlerts
    _near: dict[tuple[TenantRef, str], tuple[int, ...]] = attrs.field(factory=dict, init=False)

    def reserved(self, tenant: TenantRef, reservation: Reservation, terms: QuotaTerms) -> None:
        """Take note of an answer of the books; a refusal may itself cross a threshold."""
        counter = reservation.counter
        if counter is None:
            return
        if reservation.near_alert:
            self._near[(tenant, counter.period)] = terms.alerts
            if len(self._near) > MOST_WATCHED:
                # Another thread may drop the same ones.
                for oldest in list(self._near)[:-MOST_WATCHED]:
                    self._near.pop(oldest, None)
        if reservation.near_alert or not reservation.admitted:
            self._tell(tenant, counter, terms.alerts)

    def settled(self, tenant: TenantRef, period: str) -> None:
        """Look at the counter after an operation ended, where it was near a threshold."""
        thresholds = self._near.get((tenant, period))
        if thresholds is None:
            return
        try:
            counter = self.books.counter(tenant, period)
        except Exception as error:  # noqa: BLE001 - the operation is booked and answered
            _note(error)
            return
        if counter is not None:
            self._tell(tenant, counter, thresholds)
            if not is_near_alert(counter, {*thresholds} - {*crossed(counter, thresholds)}):
                self._near.pop((tenant, period), None)

    def _tell(self, tenant: TenantRef, counter: Counter, thresholds: Sequence[int]) -> None:
        reached = crossed(counter, thresholds)
        try:
            fresh = self.books.mark_alerts(tenant, counter.period, reached) if reached else ()
        except Exception as error:  # noqa: BLE001 - the operation is booked and answered
            _note(error)
            return
        for threshold in fresh:
            try:
                self.alerts.crossed(alert(tenant, counter, threshold))
            except Exception as error:  # noqa: BLE001 - a watcher's fault is never the client's
                _note(error)


def _note(error: Exception) -> None:
    # Its message is another library's text, and might repeat what it was given.
    _log.error("quota_alert_failed", extra={"error_type": type(error).__name__})
