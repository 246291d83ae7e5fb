"""The rule that tells a crisis: too many negative comments within an hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(hours=1)


def is_crisis(negatives: Iterable[datetime], per_hour: int) -> bool:
    """Whether more than ``per_hour`` negative comments fall into any hour, wherever it starts."""
    moments = sorted(negatives)
    return any(
        last - first < WINDOW for first, last in zip(moments, moments[per_hour:], strict=False)
    )
