"""Places in a text: half-open ranges of code points."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
"""(start, end) in code points of the normalised text, ``end`` not included."""


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same places, sorted, with those that overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def inside(position: int, merged: Sequence[Span]) -> bool:
    """Whether a cut at ``position`` would tear one of the spans, which :func:`merge` gave."""
    index = bisect_right(merged, (position,)) - 1
    return index >= 0 and merged[index][0] < position < merged[index][1]


def overlaps(span: Span, merged: Sequence[Span]) -> bool:
    """Whether ``span`` shares a character with one of the spans, which :func:`merge` gave."""
    index = bisect_right(merged, (span[1],)) - 1
    return index >= 0 and merged[index][0] < span[1] and span[0] < merged[index][1]
