"""Who asked: any text that the books can hold."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.app.generation.callers import MAX_USER_ID, check_user_id
from llama_marketing.domain.errors import InvalidRequest


@pytest.mark.parametrize("user", ["", "ana@cafeazul.mx", "Ñandú ☕", "x" * MAX_USER_ID])
def test_a_text_names_the_user(user: str) -> None:
    assert check_user_id(user) == user


@pytest.mark.parametrize("user", [None, 5, b"ana", "x" * (MAX_USER_ID + 1), "\ud800"])
def test_anything_else_is_refused(user: Any) -> None:
    with pytest.raises(InvalidRequest, match="user_id"):
        check_user_id(user)
