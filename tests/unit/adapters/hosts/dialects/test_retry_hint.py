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
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 99999999999999999999:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +99999999999999999999", None),
        (", ,", None),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    """A number, a date, a duration as Go writes it; at most 120; garbage is no hint."""
    assert retry_hint({"retry-after": value}, "", NOW) == pytest.approx(seconds)


def test_a_hostile_date_of_the_answer_is_none() -> None:
    """Then our own clock counts."""
    headers = {"retry-after": LATER, "date": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}

    assert retry_hint(headers, "", NOW) == 30.0


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


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [
        ("38s", 38.0),
        ("45.837906927s", 45.837906927),
        ("0s", 0.0),
        ("3600s", 120.0),
        ("", None),
        ("38", None),
        ("soon", None),
        ("-5s", None),
    ],
)
def test_a_delay_of_the_error_is_read(delay: str, seconds: float | None) -> None:
    """As Google writes it; before the prose, after the headers."""
    assert retry_hint({}, "", NOW, delay) == seconds
    assert retry_hint({"retry-after": "3"}, "", NOW, delay) == 3.0
    read = 9.0 if seconds is None else seconds
    assert retry_hint({}, "try again in 9s", NOW, delay) == read


@pytest.mark.parametrize(
    ("left", "reset", "seconds"),
    [
        ("0", "7.66s", 7.66),
        ("0", "2m59.56s", 120.0),
        (" 0 ", " 5s ", 5.0),
        ("0.0", "5s", 5.0),
        ("1", "7.66s", None),
        ("", "7.66s", None),
        ("none", "7.66s", None),
        ("-1", "7.66s", None),
        # A bare number is seconds for one host and a moment for another.
        ("0", "7", None),
        ("0", "", None),
        ("0", "2026-11-22T12:00:30Z", None),
    ],
)
def test_a_reset_is_a_hint_only_where_nothing_is_left(
    left: str, reset: str, seconds: float | None
) -> None:
    """Groq sends both on every answer."""
    headers = {"x-ratelimit-remaining-tokens": left, "x-ratelimit-reset-tokens": reset}

    assert retry_hint(headers, "", NOW) == seconds
    assert retry_hint({**headers, "retry-after": "3"}, "", NOW) == 3.0
    assert retry_hint(headers, "try again in 4s", NOW) == 4.0


def test_of_several_limits_that_are_used_up_the_latest_reset_counts() -> None:
    """Before that the other one still refuses; a limit with something left has no say."""
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "20s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "8s",
        "x-ratelimit-remaining-images": "4",
        "x-ratelimit-reset-images": "1s",
        "x-ratelimit-reset-audio": "2s",
    }

    assert retry_hint(headers, "", NOW) == 20.0


def test_anthropic_s_resets_are_no_hint() -> None:
    """Without ``retry-after`` the month's cap is reached, and waiting does not help."""
    headers = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": "2026-11-22T12:00:30Z",
    }

    assert retry_hint(headers, "", NOW) is None
