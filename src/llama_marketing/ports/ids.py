"""Port: new ids."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Ids(Protocol):
    """Makes ids; safe between threads."""

    @abstractmethod
    def new(self, moment: datetime) -> str:
        """A new id of the characters ``[A-Za-z0-9_-]``, at most 64 long.

        Ids made for a later millisecond sort after those of an earlier one.
        """
