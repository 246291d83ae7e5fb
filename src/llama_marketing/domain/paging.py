"""One page of a list that is read newest first."""

from __future__ import annotations

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.tenant import check_id

LONGEST_PAGE = 100


def check_page(cursor: str, limit: int) -> None:
    """Raise InvalidRequest unless the limit is from 1 to 100 and the cursor is empty or an id."""
    if type(limit) is not int or not 1 <= limit <= LONGEST_PAGE:
        raise InvalidRequest(
            "limit must be from 1 to 100",
            user_message="El límite debe estar entre 1 y 100.",
            issues=(("limit", "must be from 1 to 100"),),
        )
    if cursor:
        check_id("cursor", cursor)
