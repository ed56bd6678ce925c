"""When schedule expressions are due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moto_lmi.cron import check, next_due


def due(expression: str, since: str, zone: str = "UTC", anchor: str | None = None) -> str | None:
    """The next time as text."""
    moment = datetime.fromisoformat(since).replace(tzinfo=UTC)
    start = datetime.fromisoformat(anchor).replace(tzinfo=UTC) if anchor else moment
    found = next_due(expression, zone, moment, start)
    return found and found.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("expression", "since", "expected"),
    [
        ("at(2030-01-07T08:00:00)", "2030-01-07T07:59:59", "2030-01-07T08:00"),
        ("at(2030-01-07T08:00:00)", "2030-01-07T08:00:00", None),
        ("rate(5 minutes)", "2030-01-07T08:00:00", "2030-01-07T08:05"),
        ("rate(1 hour)", "2030-01-07T08:00:00", "2030-01-07T09:00"),
        ("rate(7 days)", "2030-01-07T08:00:00", "2030-01-14T08:00"),
        ("cron(0 8 * * ? *)", "2030-01-07T08:00:00", "2030-01-08T08:00"),
        ("cron(0 8 ? * MON-FRI *)", "2030-01-11T08:00:00", "2030-01-14T08:00"),
        ("cron(0/15 * * * ? *)", "2030-01-07T08:01:00", "2030-01-07T08:15"),
        ("cron(15 10 ? * 6L *)", "2030-01-01T00:00:00", "2030-01-25T10:15"),
        ("cron(0 9 ? * 2#1 *)", "2030-01-08T00:00:00", "2030-02-04T09:00"),
        ("cron(0 0 L * ? *)", "2030-02-01T00:00:00", "2030-02-28T00:00"),
        ("cron(0 0 LW 3 ? *)", "2030-01-01T00:00:00", "2030-03-29T00:00"),
        ("cron(0 0 1W 6 ? *)", "2030-05-01T00:00:00", "2030-06-03T00:00"),
        ("cron(30 6,18 1,15 JAN,JUL ? *)", "2030-01-15T18:30:00", "2030-07-01T06:30"),
        ("cron(0 0 29 2 ? *)", "2030-01-01T00:00:00", "2032-02-29T00:00"),
        ("cron(0 0 1 1 ? 2029)", "2030-01-01T00:00:00", None),
        ("cron(0 8 ? * L *)", "2030-01-07T08:00:00", "2030-01-12T08:00"),
    ],
)
def test_the_next_time(expression: str, since: str, expected: str | None) -> None:
    """Each kind of expression, with every sign that its fields may have."""
    assert due(expression, since) == expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2030-01-07T06:00:00", "2030-01-07T07:30"),  # winter: an hour ahead of UTC
        ("2030-07-07T05:00:00", "2030-07-07T06:30"),  # summer: two
    ],
)
def test_a_time_zone_has_its_summer(since: str, expected: str) -> None:
    """Half past eight in Berlin is another time in UTC in winter and in summer."""
    assert due("cron(30 8 * * ? *)", since, "Europe/Berlin") == expected


def test_a_time_that_the_clocks_leave_out_is_left_out() -> None:
    """On 31 March 2030 there is no half past two in Berlin."""
    assert due("cron(30 2 * * ? *)", "2030-03-30T12:00:00", "Europe/Berlin") == "2030-04-01T00:30"


def test_a_time_that_comes_twice_is_taken_once() -> None:
    """On 27 October 2030 half past two comes twice in Berlin."""
    first = due("cron(30 2 * * ? *)", "2030-10-26T12:00:00", "Europe/Berlin")
    assert first == "2030-10-27T00:30"
    assert due("cron(30 2 * * ? *)", "2030-10-27T00:30:00", "Europe/Berlin") == "2030-10-28T01:30"


def test_a_rate_counts_from_its_beginning() -> None:
    """Whenever one asks, the same times come."""
    assert due("rate(10 minutes)", "2030-01-07T08:13:00", anchor="2030-01-07T08:00:00") == "2030-01-07T08:20"


@pytest.mark.parametrize(
    "expression",
    [
        "every minute",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "at(2030-13-01T00:00:00)",
        "cron(0 8 * * *)",
        "cron(0 8 * * * *)",
        "cron(0 8 ? * ? *)",
        "cron(60 8 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 8 ? * FOO *)",
        "cron(0 8 5-2 * ? *)",
        "cron(0 8 ? * 2#6 *)",
    ],
)
def test_what_is_no_expression(expression: str) -> None:
    """It is refused with words that name what is wrong."""
    with pytest.raises(ValueError, match=r"\w"):
        check(expression)


def test_what_is_no_time_zone() -> None:
    """It is named."""
    with pytest.raises(ValueError, match="Europe/Atlantis"):
        check("cron(0 8 * * ? *)", "Europe/Atlantis")
