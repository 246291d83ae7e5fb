"""Who asked, as the books will name them."""

from __future__ import annotations

from llama_marketing.domain.errors import InvalidRequest

MAX_USER_ID = 256


def check_user_id(user_id: object) -> str:
    """Answer the user id, or raise InvalidRequest unless it is a text of at most 256 characters."""
    if not isinstance(user_id, str) or len(user_id) > MAX_USER_ID or not _encodes(user_id):
        raise InvalidRequest(
            "user_id must be a text of at most 256 characters",
            user_message="El identificador del usuario no es válido.",
            issues=(("userId", "must be a text of at most 256 characters"),),
        )
    return user_id


def _encodes(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
