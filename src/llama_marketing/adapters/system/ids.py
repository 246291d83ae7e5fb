"""Ids that sort by time."""

from __future__ import annotations

from datetime import datetime

import attrs
from ulid import ULID

from llama_marketing.ports.ids import Ids


@attrs.frozen
class UlidIds(Ids):
    """Makes ULIDs: 26 characters, the first ten are the millisecond."""

    def new(self, moment: datetime) -> str:
        """A new ULID of the moment."""
        return str(ULID.from_datetime(moment))
