"""Bounds and estimates of tokens that no host has counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

_PER_MESSAGE = 16
"""Role markers and separators of one turn; Llama's template takes five."""
_PER_CALL = 64
"""Begin and end markers, the template's own date lines, the opening of the answer."""
_BYTES_PER_TOKEN = 3
PER_IMAGE = 6_500
"""Llama 3.2 cuts a picture into four tiles of about 1,600 tokens (estimated; no host says it)."""


class Turn(Protocol):
    """What has words to count, such as a chat message."""

    @property
    def content(self) -> str:
        """The words."""

    @property
    def images(self) -> Sequence[object]:
        """The pictures."""


def input_token_bound(messages: Iterable[Turn]) -> int:
    """A number of input tokens that the messages surely do not exceed.

    A byte-level tokenizer, which every Llama has, never makes more tokens than there are
    UTF-8 bytes.
    """
    return _PER_CALL + sum(
        _size(message.content) + image_tokens(message) + _PER_MESSAGE for message in messages
    )


def image_tokens(message: Turn) -> int:
    """How many tokens the pictures of a turn surely do not exceed."""
    return PER_IMAGE * len(message.images)


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, rounded up, for hosts that report no usage.

    Spanish text has between three and four bytes a token with Llama 3's vocabulary, so this
    leans to the high side.
    """
    return -(-_size(text) // _BYTES_PER_TOKEN)


def _size(text: str) -> int:
    # A lone surrogate has no UTF-8; a model's text may hold one, and it must still be counted.
    return len(text.encode("utf-8", "surrogatepass"))
