"""How long to wait, in every dialect that hosts say it in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from llama_marketing.adapters.hosts.dialects.retry_hint import retry_hint

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
LATER = "Sun, 22 Nov 2026 12:00:30 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("120", 120.0),
        ("121", 120.0),
        ("1000000000", 120.0),
        (LATER, 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2099 11:00:00 GMT", 120.0),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30.0),
        ("7.66s", 7.66),
        ("1m0.36s", 60.36),
        ("2m59.56s", 120.0),
        ("1h2m3s", 120.0),
        ("500ms", 0.5),
        ("100us", 0.0001),
        ("100µs", 0.0001),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("٧", None),
        ("7 s", None),
        ("9" * 400, None),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    """A number, a date, a duration as Go writes it; at most 120; garbage is no hint."""
    assert retry_hint({"retry-after": value}, "", NOW) == pytest.approx(seconds)


def test_a_date_counts_from_the_date_of_the_answer() -> None:
    """The host's clock may be wrong."""
    headers = {"retry-after": LATER, "date": "Sun, 22 Nov 2026 12:00:20 GMT"}

    assert retry_hint(headers, "", NOW) == 10.0


@pytest.mark.parametrize(("value", "seconds"), [("1500", 1.5), ("999999", 120.0), ("x", 9.0)])
def test_milliseconds_win_where_they_can_be_read(value: str, seconds: float) -> None:
    """``retry-after-ms`` is the finer one."""
    assert retry_hint({"retry-after-ms": value, "retry-after": "9"}, "", NOW) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit reached. Please try again in 1m0.36s. Visit ...", 60.36),
        ("please try again in 9m38.016s", 120.0),
        ("Try again in 50.597142857s.", 50.597142857),
        ("try again in a while", None),
        ("", None),
    ],
)
def test_prose_is_read_where_no_header_says_it(text: str, seconds: float | None) -> None:
    """As Groq writes it; a header wins."""
    assert retry_hint({}, text, NOW) == seconds
    assert retry_hint({"retry-after": "3"}, text, NOW) == 3.0
    assert retry_hint({"retry-after": "later"}, text, NOW) == seconds
