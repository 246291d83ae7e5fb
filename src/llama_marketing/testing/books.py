"""The contract of the port ``UsageBooks``, as tests for any adapter."""

from __future__ import annotations

from llama_marketing.testing.books_entries import EntriesContract
from llama_marketing.testing.books_reservations import ReservationsContract
from llama_marketing.testing.books_settlements import SettlementsContract


class UsageBooksContract(ReservationsContract, SettlementsContract, EntriesContract):
    """Derive a class whose name starts with Test and say how empty books are made."""
