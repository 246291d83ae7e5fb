"""TenantRef: two tenants can never build the same key."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.tenant import TenantRef, check_id


@pytest.mark.parametrize(
    "wrong", ["", "a\n", "a#b", "a b", "ñ", "a" * 65, "../x", "１", "a\x00", None, 7, b"a", ["a"]]
)
def test_an_id_that_is_not_plain_is_refused(wrong: object) -> None:
    """As a whole: a trailing line end is a character too. The value is not repeated."""
    for build in (
        lambda: TenantRef(wrong, "cli1"),  # type: ignore[arg-type]  # what a caller may do
        lambda: TenantRef("org1", wrong),  # type: ignore[arg-type]  # what a caller may do
        lambda: check_id("cursor", wrong),
    ):
        with pytest.raises(InvalidRequest) as caught:
            build()
        assert str(caught.value).endswith("must match [A-Za-z0-9_-]{1,64}")


@pytest.mark.parametrize("right", ["a", "A-Z_09", "x" * 64, "-", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])
def test_a_plain_id_is_taken(right: str) -> None:
    """Up to 64 characters."""
    assert check_id("id", right) == right
    assert str(TenantRef(right, "c")) == f"{right}/c"


def test_tenants_are_values() -> None:
    """Equal ids are the same tenant; the order of the two ids counts."""
    assert TenantRef("a", "b") == TenantRef("a", "b")
    assert len({TenantRef("a", "b"), TenantRef("a", "b"), TenantRef("b", "a")}) == 2
