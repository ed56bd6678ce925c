"""What the times in CloudWatch and Logs requests mean on an account's virtual clock.

A time that is left out is the account's now. A time that is given is one of the virtual clock, with one exception, so that
a notebook that was written for a real account works unchanged: a request that ends at the wall clock's now is meant to
end at the account's now, and moves there as a whole, its beginning too. The wall clock's now is taken for such within five
seconds, and while the account's clock is more than a quarter of an hour away from two minutes before to ten after it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from moto_lmi.clock import clock_for, wall_now

_NOW = timedelta(seconds=5)
_LAST_MS = 253_402_300_799_000
_SAME = timedelta(seconds=10)
_FAR = timedelta(minutes=15)
_NEAR_BEFORE, _NEAR_AFTER = timedelta(minutes=2), timedelta(minutes=10)


def virtual_now(account_id: str) -> datetime:
    """The account's time, UTC."""
    return clock_for(account_id).now()


def shift(account_id: str, end: datetime | None) -> timedelta:
    """By how much the times of a request that ends at `end` are to be moved."""
    if end is None:
        return timedelta(0)
    wall, virtual, until = wall_now(), clock_for(account_id).now(), aware(end)
    away = virtual - wall
    if abs(away) < _SAME or abs(until - virtual) <= abs(until - wall):
        return timedelta(0)
    near = wall - _NEAR_BEFORE <= until <= wall + _NEAR_AFTER if abs(away) > _FAR else abs(until - wall) <= _NOW
    return away if near else timedelta(0)


def meant(account_id: str, start: datetime | None, end: datetime | None) -> tuple[datetime | None, datetime]:
    """The window that a request means by its start and end; an end that is left out is now."""
    move = shift(account_id, end)
    until = virtual_now(account_id) if end is None else aware(end) + move
    return (None if start is None else aware(start) + move), until


def meant_millis(account_id: str, start: int | None, end: int | None) -> tuple[int | None, int | None]:
    """As `meant`, for epoch milliseconds; an end that is left out stays open."""
    move = int(shift(account_id, from_millis(end) if end else None).total_seconds() * 1000)
    return (None if start is None else start + move), (None if end is None else end + move)


def aware(moment: datetime) -> datetime:
    """The moment with its zone; times without one are UTC, as moto has them."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def from_millis(milliseconds: float) -> datetime:
    """The moment of epoch milliseconds, within the years 1970 to 9999."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), _LAST_MS) / 1000, UTC)
