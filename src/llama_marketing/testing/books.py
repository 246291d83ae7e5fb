"""The contract of the port ``UsageBooks``, as tests for any adapter."""

from __future__ import annotations

from llama_marketing.testing.books_alerts import AlertsContract
from llama_marketing.testing.books_configs import ConfirmedConfigsContract
from llama_marketing.testing.books_entries import EntriesContract
from llama_marketing.testing.books_organizations import OrganizationsContract
from llama_marketing.testing.books_ratings import RatingsContract
from llama_marketing.testing.books_reservations import ReservationsContract
from llama_marketing.testing.books_settlements import SettlementsContract


class UsageBooksContract(
    ReservationsContract,
    SettlementsContract,
    EntriesContract,
    AlertsContract,
    ConfirmedConfigsContract,
    OrganizationsContract,
    RatingsContract,
):
    """Derive a class whose name starts with Test and say how empty books are made."""
