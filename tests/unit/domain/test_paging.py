"""What may be asked of a page."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.paging import check_page


@pytest.mark.parametrize("limit", [1, 100])
@pytest.mark.parametrize("cursor", ["", "gen1"])
def test_a_page_of_one_to_a_hundred_behind_an_id_is_a_page(cursor: str, limit: int) -> None:
    check_page(cursor, limit)


@pytest.mark.parametrize(
    ("cursor", "limit", "field"),
    [("", 0, "limit"), ("", 101, "limit"), ("", True, "limit"), ("", "20", "limit"),
     ("a b", 20, "cursor")],
)  # fmt: skip
def test_what_is_wrong_is_named(cursor: str, limit: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_page(cursor, limit)
    assert [name for name, _ in caught.value.issues] == [field]
