"""Masks: eight stars, a public prefix, and of a long key its last four characters."""

from __future__ import annotations

import pytest

from llama_marketing.domain.config.masking import is_mask, mask

PREFIXES = ("gsk_", "sk-", "sk-or-", "own-public-prefix_")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("", ""),
        ("x", "********"),
        ("a" * 19, "********"),
        ("a" * 16 + "wxyz", "********wxyz"),
        ("gsk_" + "a" * 11 + "wxyz", "gsk_********"),
        ("gsk_" + "a" * 12 + "wxyz", "gsk_********wxyz"),
        ("gsk_" + "a" * 500 + "wxyz", "gsk_********wxyz"),
        ("sk-or-v1-" + "a" * 40 + "wxyz", "sk-or-********wxyz"),
        ("GSK_" + "a" * 40 + "wxyz", "********wxyz"),
        ("own-public-prefix_1234567", "own-public-prefix_********"),
        ("own-public-prefix_12345678", "own-public-prefix_********5678"),
        ("gsk_", "gsk_********"),
        ("*" * 30, "************"),
    ],
)
def test_a_mask_shows_little_and_not_the_length(key: str, shown: str) -> None:
    """The longest public prefix counts, letter by letter."""
    assert mask(key, PREFIXES) == shown
    assert is_mask(shown) == bool(key)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("********", True),
        ("gsk_********abcd", True),
        ("a-prefix-of-an-operator-that-is-long_********", True),
        ("********abcde", False),
        ("*******", False),
        ("*" * 12, True),
        ("*" * 13, False),
        ("gsk_abc", False),
        ("", False),
    ],
)
def test_only_the_shape_of_our_masks_is_a_mask(text: str, masked: bool) -> None:
    """Whatever the prefix."""
    assert is_mask(text) is masked
