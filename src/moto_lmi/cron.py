"""Schedule expressions of EventBridge Scheduler: when they are due next.

    at(2027-01-31T08:00:00)             once
    rate(5 minutes)                     every five minutes
    cron(0 8 ? * MON-FRI *)             minutes, hours, day of month, month, day of week, year

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. A local time that a change of the
clocks leaves out is left out, one that comes twice is taken the first time.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

_FORM = re.compile(r"(at|rate|cron)\((.*)\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_YEARS = (1970, 2199)
_LONGEST_SEARCH_DAYS = 366 * 8 + 2  # from one 29 February to the next, across a century

DayTest = Callable[[date], bool]


@dataclass(frozen=True)
class Cron:
    """The fields of a cron expression, as values that match and a test of the day."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    days: str
    weekdays: str

    def matches(self, day: date) -> bool:
        """Whether the expression is due on the day at some time."""
        if day.month not in self.months or day.year not in self.years:
            return False
        return _is_day(self.days, day) if self.weekdays == "?" else _is_weekday(self.weekdays, day)


def next_due(expression: str, zone: str, since: datetime, anchor: datetime) -> datetime | None:
    """The first time after `since` at which the expression is due, None when there is none (any more).

    A rate counts from `anchor`. Raises ValueError for an expression or a time zone that can't be read.
    """
    kind, content = _parts(expression)
    local = _zone(zone)
    if kind == "at":
        moment = _once(content).replace(tzinfo=local)
        return moment.astimezone(UTC) if moment > since else None
    if kind == "rate":
        seconds = _rate_s(content)
        passed = max(0.0, (since - anchor).total_seconds())
        return anchor + timedelta(seconds=(passed // seconds + 1) * seconds)
    cron = read_cron(content)
    start = since.astimezone(local)
    for offset in range(_LONGEST_SEARCH_DAYS):
        day = start.date() + timedelta(days=offset)
        if not cron.matches(day):
            continue
        for hour in cron.hours:
            for minute in cron.minutes:
                moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=local).astimezone(UTC)
                kept = moment.astimezone(local)
                if moment > since and (kept.hour, kept.minute) == (hour, minute):
                    return moment
    return None


def check(expression: str, zone: str = "UTC") -> None:
    """Raise ValueError for an expression or a time zone that can't be read."""
    now = datetime(2000, 1, 1, tzinfo=UTC)
    next_due(expression, zone, now, now)


def is_once(expression: str) -> bool:
    """Whether the expression is of the kind that is due one time."""
    return expression.startswith("at(")


def _parts(expression: str) -> tuple[str, str]:
    match = _FORM.fullmatch(expression.strip())
    if match is None:
        raise ValueError(f"{expression!r} is neither at(…), rate(…) nor cron(…)")
    return match[1], match[2].strip()


def _zone(name: str) -> tzinfo:
    if name in ("UTC", ""):
        return UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise ValueError(f"there is no time zone {name!r}") from exc


def _once(content: str) -> datetime:
    try:
        return datetime.strptime(content, "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the caller knows the zone
    except ValueError as exc:
        raise ValueError(f"{content!r} is no yyyy-mm-ddThh:mm:ss") from exc


def _rate_s(content: str) -> int:
    match = re.fullmatch(r"(\d+) (minute|hour|day)(s?)", content)
    if match is None or int(match[1]) < 1 or (match[1] == "1") == bool(match[3]):
        raise ValueError(f"{content!r} is no rate such as '1 minute' or '5 minutes'")
    return int(match[1]) * _UNITS[match[2]]


@lru_cache(maxsize=256)
def read_cron(content: str) -> Cron:
    """The expression between the brackets. Raises ValueError that names the field."""
    fields = content.split()
    if len(fields) != 6:
        raise ValueError(
            f"{content!r} has {len(fields)} fields; minutes hours day-of-month month day-of-week year are six"
        )
    minutes, hours, days, months, weekdays, years = (field.upper() for field in fields)
    if (days == "?") == (weekdays == "?"):
        raise ValueError(f"{content!r} needs ? in one of day-of-month and day-of-week, and only in one")
    cron = Cron(
        tuple(sorted(_values(minutes, 0, 59))),
        tuple(sorted(_values(hours, 0, 23))),
        frozenset(_values(months, 1, 12, _MONTHS)),
        frozenset(_values(years, *_YEARS)),
        days,
        weekdays,
    )
    _is_day(days, date(2000, 1, 1)) if weekdays == "?" else _is_weekday(weekdays, date(2000, 1, 1))
    return cron


def _values(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    """The numbers that a field with `*`, `,`, `-` and `/` stands for."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        every = _number(step, 1, high) if step else 1
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (_number(end, low, high, names) for end in span.split("-", 1))
        else:
            first = _number(span, low, high, names)
            last = high if step else first
        if last < first:
            raise ValueError(f"{part!r} ends before it begins")
        found.update(range(first, last + 1, every))
    return found


def _number(text: str, low: int, high: int, names: dict[str, int] | None = None) -> int:
    if names and text in names:
        return names[text]
    if not text.isdigit() or not low <= int(text) <= high:
        raise ValueError(f"{text!r} must be from {low} to {high}")
    return int(text)


def _is_day(field: str, day: date) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    if field == "L":
        return day.day == last
    if field.endswith("W"):
        wanted = last if field == "LW" else _number(field[:-1], 1, 31)
        return wanted <= last and day.day == _nearest_weekday(day.year, day.month, wanted, last)
    return day.day in _values(field, 1, 31)


def _nearest_weekday(year: int, month: int, wanted: int, last: int) -> int:
    weekday = date(year, month, wanted).weekday()
    if weekday == calendar.SATURDAY:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == calendar.SUNDAY:
        return wanted + 1 if wanted < last else wanted - 2
    return wanted


def _is_weekday(field: str, day: date) -> bool:
    number = day.isoweekday() % 7 + 1  # 1 is Sunday
    if "#" in field:
        wanted, which = field.split("#", 1)
        return number == _number(wanted, 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == _number(which, 1, 5)
    if field.endswith("L") and field != "L":
        last = calendar.monthrange(day.year, day.month)[1]
        return number == _number(field[:-1], 1, 7, _DAYS) and day.day + 7 > last
    return number in (_values("SAT" if field == "L" else field, 1, 7, _DAYS))
