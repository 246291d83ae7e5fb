"""Comments and requests: what is refused, and what a result says in Spanish."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.moderation.models import (
    LONGEST_COMMENT,
    Comment,
    CommentLabel,
    ModerationRequest,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_labels_are_said_in_spanish() -> None:
    assert [(label.value, label.text) for label in CommentLabel] == [
        ("positive", "positivo"),
        ("neutral", "neutral"),
        ("negative", "negativo"),
        ("spam", "spam"),
        ("offensive", "ofensivo"),
    ]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-28T06:30:00-06:00", datetime(2026, 11, 28, 12, 30, tzinfo=UTC)),
        ("2026-11-28T06:30:00+0000", datetime(2026, 11, 28, 6, 30, tzinfo=UTC)),
        ("2026-11-28T06:30:00Z", datetime(2026, 11, 28, 6, 30, tzinfo=UTC)),
        ("2026-11-28T06:30:00", datetime(2026, 11, 28, 6, 30, tzinfo=UTC)),
        (None, NOW),
    ],
)
def test_a_comment_was_written_when_it_says_else_now(written: str | None, moment: datetime) -> None:
    """As Meta's API writes it, too; without an offset it is UTC."""
    assert Comment(id="c", text="Hola", created_at=written).written_at(NOW) == moment


@pytest.mark.parametrize("written", ["ayer", "", "2026-13-01", "0001-01-01T00:00:00+14:00", 5])
def test_what_is_no_moment_is_refused(written: Any) -> None:
    with pytest.raises(InvalidRequest, match="createdAt"):
        Comment.read({"id": "c", "text": "Hola", "createdAt": written})


@pytest.mark.parametrize(
    "comment",
    [
        {"id": "c"},
        {"text": "Hola"},
        {"id": "c", "text": ""},
        {"id": "c", "text": " \u200b\n"},
        {"id": "c", "text": None},
        {"id": "c", "text": 5},
        {"id": "c", "text": "x" * (LONGEST_COMMENT + 1)},
        {"id": "c", "text": "\ud800"},
        {"id": "", "text": "Hola"},
        {"id": " ", "text": "Hola"},
        {"id": 5, "text": "Hola"},
        {"id": "x" * 257, "text": "Hola"},
        {"id": "c", "text": "Hola", "author": "Ana"},
        "Hola",
    ],
)
def test_a_comment_that_cannot_be_judged_is_refused(comment: Any) -> None:
    with pytest.raises(InvalidRequest):
        ModerationRequest.read({"comments": [comment]})


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"comments": []},
        {"comments": None},
        {"comments": {"id": "c", "text": "Hola"}},
        {"comments": [{"id": "c", "text": "Hola"}], "async": "true"},
        {"comments": [{"id": "c", "text": "Hola"}], "unknown": 1},
        {"comments": [{"id": "c", "text": "Hola"}, {"id": "c", "text": "Adiós"}]},
    ],
)
def test_a_request_without_comments_or_with_an_id_twice_is_refused(request_: Any) -> None:
    with pytest.raises(InvalidRequest):
        ModerationRequest.read(request_)


def test_a_request_keeps_its_comments_in_order() -> None:
    asked = ModerationRequest.read(
        {
            "comments": [
                {"id": "17895_2", "text": "x" * LONGEST_COMMENT, "created_at": "2026-11-28"},
                {"id": "b", "text": "☕"},
            ],
            "async": True,
            "clientId": "cli1",
        }
    )

    assert [comment.id for comment in asked.comments] == ["17895_2", "b"]
    assert (asked.as_job, asked.client_id) == (True, "cli1")
