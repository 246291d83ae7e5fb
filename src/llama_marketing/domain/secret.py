"""An API key that no repr, pickle or error can show."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A key in memory; only ``reveal()`` gives it out, where it is put on the wire or sealed."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The key itself; call it only in the expression that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(********)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled or copied")
