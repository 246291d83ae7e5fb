"""Port: doing several things at once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Parallel(Protocol):
    """Runs a function over items, perhaps in worker threads."""

    @abstractmethod
    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Sequence[Result]:
        """The results in the items' order; returns when all are done, raises the first error."""
