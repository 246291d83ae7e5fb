"""The root of the tree."""

from __future__ import annotations

from typing import ClassVar


class LlamaMarketingError(Exception):
    """The root of every error that this library raises on purpose."""

    code: ClassVar[str] = "internal_error"
    default_user_message: ClassVar[str] = "Ocurrió un error inesperado. Intenta de nuevo."

    def __init__(self, message: str = "", *, user_message: str = "") -> None:
        super().__init__(message or self.code)
        self.user_message = user_message or self.default_user_message
