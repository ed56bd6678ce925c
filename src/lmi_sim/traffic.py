"""Traffic: how many requests come, and when.

A rate over time is a chain of linear segments, and requests come along it at random (Poisson) or evenly. Bursts
switch the rate between two levels at random times (a Markov-modulated Poisson process). Instead of a rate, the exact
times of a log can be replayed. Times are seconds of virtual time from 0, rates are requests per second.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from lmi_sim.random_numbers import Stream, exponential, uniform

__all__ = [
    "Segment",
    "Traffic",
    "bursts",
    "diurnal",
    "ramp",
    "read_csv",
    "recorded",
    "spike",
    "steady",
    "step",
]

Arrivals = Literal["poisson", "deterministic"]

_DIURNAL_STEPS = 288  # five-minute pieces of a day: the largest error of the rate is 0.02 % of the swing


@dataclass(frozen=True)
class Segment:
    """A stretch of time in which the rate goes linearly from `start_rps` to `end_rps`."""

    start_s: float
    end_s: float
    start_rps: float
    end_rps: float

    def __post_init__(self) -> None:
        _finite(start_s=self.start_s, end_s=self.end_s, start_rps=self.start_rps, end_rps=self.end_rps)
        if self.end_s <= self.start_s:
            raise ValueError(f"a segment must end after it begins, not from {self.start_s:g} s to {self.end_s:g} s")

    @property
    def requests(self) -> float:
        """How many requests come in it on average."""
        return (self.start_rps + self.end_rps) / 2 * (self.end_s - self.start_s)


@dataclass(frozen=True)
class Traffic:
    """Either segments with the way requests come along them, or the times of recorded requests."""

    segments: tuple[Segment, ...] = ()
    arrivals: Arrivals = "poisson"
    times_s: tuple[float, ...] = ()
    end_s: float = 0.0

    def __post_init__(self) -> None:
        if bool(self.segments) == bool(self.times_s):
            raise ValueError("traffic needs either segments or recorded times")
        for before, after in zip(self.segments, self.segments[1:], strict=False):
            if after.start_s != before.end_s:
                raise ValueError(f"there is a gap in the traffic between {before.end_s:g} s and {after.start_s:g} s")
        if any(after < before for before, after in zip(self.times_s, self.times_s[1:], strict=False)):
            raise ValueError("recorded times must not go back")
        if self.times_s and self.times_s[0] < 0:
            raise ValueError(f"recorded times begin at 0 s or later, not at {self.times_s[0]:g} s")
        if self.segments and self.segments[0].start_s != 0:
            raise ValueError(f"traffic begins at 0 s, not at {self.segments[0].start_s:g} s")
        if self.segments:
            object.__setattr__(self, "end_s", self.segments[-1].end_s)
        elif self.end_s < self.times_s[-1]:
            object.__setattr__(self, "end_s", self.times_s[-1])

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.end_s

    @property
    def mean_requests(self) -> float:
        """How many requests come on average."""
        return math.fsum(segment.requests for segment in self.segments) if self.segments else float(len(self.times_s))

    @property
    def mean_rps(self) -> float:
        """Requests per second on average."""
        return self.mean_requests / self.end_s if self.end_s else 0.0

    @property
    def peak_rps(self) -> float:
        """The highest rate of the segments; of recorded times, the busiest whole second."""
        if self.segments:
            return max(max(segment.start_rps, segment.end_rps) for segment in self.segments)
        counts: dict[int, int] = {}
        for time_s in self.times_s:
            counts[int(time_s)] = counts.get(int(time_s), 0) + 1
        return float(max(counts.values()))

    def rate_at(self, time_s: float) -> float:
        """The rate at a time, in requests per second; of recorded times, the mean of all."""
        for segment in self.segments:
            if time_s < segment.end_s:
                share = (time_s - segment.start_s) / (segment.end_s - segment.start_s)
                return segment.start_rps + share * (segment.end_rps - segment.start_rps)
        return self.segments[-1].end_rps if self.segments else self.mean_rps

    def window(self, start_s: float, end_s: float) -> Traffic:
        """What comes between two times, as traffic that begins at 0. Raises ValueError when nothing lies between."""
        if self.times_s:
            return Traffic(
                times_s=tuple(time - start_s for time in self.times_s if start_s <= time < end_s), end_s=end_s - start_s
            )
        pieces = []
        for segment in self.segments:
            first, last = max(segment.start_s, start_s), min(segment.end_s, end_s)
            if first < last:
                slope = (segment.end_rps - segment.start_rps) / (segment.end_s - segment.start_s)
                rates = [segment.start_rps + slope * (time - segment.start_s) for time in (first, last)]
                pieces.append(Segment(first - start_s, last - start_s, max(0.0, rates[0]), max(0.0, rates[1])))
        return Traffic(tuple(pieces), self.arrivals)

    def scaled(self, factor: float) -> Traffic:
        """The same shape with every rate multiplied. Raises ValueError for recorded times, which have no rate."""
        _finite(factor=factor)
        if self.times_s:
            raise ValueError("recorded times can't be scaled: record rates instead, as start_s,rate_rps")
        pieces = (Segment(s.start_s, s.end_s, s.start_rps * factor, s.end_rps * factor) for s in self.segments)
        return Traffic(tuple(pieces), self.arrivals)


def steady(rate_rps: float, duration_s: float, arrivals: Arrivals = "poisson") -> Traffic:
    """The same rate all the time."""
    return Traffic((Segment(0.0, duration_s, rate_rps, rate_rps),), arrivals)


def ramp(start_rps: float, end_rps: float, duration_s: float, arrivals: Arrivals = "poisson") -> Traffic:
    """A rate that goes linearly from one level to another."""
    return Traffic((Segment(0.0, duration_s, start_rps, end_rps),), arrivals)


def step(
    before_rps: float, after_rps: float, at_s: float, duration_s: float, arrivals: Arrivals = "poisson"
) -> Traffic:
    """One rate until `at_s`, another one from there."""
    return _levels([(0.0, before_rps), (at_s, after_rps)], duration_s, arrivals)


def spike(
    base_rps: float, peak_rps: float, at_s: float, length_s: float, duration_s: float, arrivals: Arrivals = "poisson"
) -> Traffic:
    """A rate that jumps to a peak at `at_s` and falls back after `length_s`."""
    levels = [(0.0, base_rps), (at_s, peak_rps), (at_s + length_s, base_rps)]
    return _levels(levels, duration_s, arrivals)


def diurnal(
    low_rps: float,
    high_rps: float,
    duration_s: float,
    *,
    period_s: float = 86_400.0,
    peak_at_s: float = 43_200.0,
    arrivals: Arrivals = "poisson",
) -> Traffic:
    """A sine wave between two rates, highest at `peak_at_s` of each period, in linear pieces of 1/288 of a period."""
    _finite(low_rps=low_rps, high_rps=high_rps, duration_s=duration_s, period_s=period_s)
    if period_s <= 0 or duration_s <= 0:
        raise ValueError(f"period_s {period_s:g} and duration_s {duration_s:g} must be above 0")
    if high_rps < low_rps:
        raise ValueError(f"high_rps {high_rps:g} must be at least low_rps {low_rps:g}")
    width = period_s / _DIURNAL_STEPS
    count = max(1, round(duration_s / width))
    knots = [duration_s * index / count for index in range(count + 1)]
    middle, swing = (low_rps + high_rps) / 2, (high_rps - low_rps) / 2
    rates = [middle + swing * math.cos(2 * math.pi * (knot - peak_at_s) / period_s) for knot in knots]
    rates = [min(max(rate, low_rps), high_rps) for rate in rates]
    pieces = zip(knots, knots[1:], rates, rates[1:], strict=False)
    return Traffic(tuple(Segment(*piece) for piece in pieces), arrivals)


def bursts(
    calm_rps: float, burst_rps: float, mean_calm_s: float, mean_burst_s: float, duration_s: float, *, seed: int = 0
) -> Traffic:
    """A rate that switches between calm and burst after exponentially distributed times: a two-state MMPP.

    The switching times follow from the seed, so that every policy meets the same bursts.
    """
    if not (mean_calm_s > 0 and mean_burst_s > 0):
        raise ValueError(f"mean_calm_s {mean_calm_s:g} and mean_burst_s {mean_burst_s:g} must be above 0")
    levels, now_s, index = [], 0.0, 0
    while now_s < duration_s:
        rate, mean_s = ((calm_rps, mean_calm_s), (burst_rps, mean_burst_s))[index % 2]
        levels.append((now_s, rate))
        now_s += exponential(uniform(seed, Stream.BURSTS, index)) * mean_s
        index += 1
    return _levels(levels, duration_s, "poisson")


def recorded(times_s: Iterable[float], duration_s: float = 0.0) -> Traffic:
    """The exact times of recorded requests, in seconds from the beginning, in order."""
    times = tuple(float(time_s) for time_s in times_s)
    _finite(**{f"times_s[{index}]": time_s for index, time_s in enumerate(times) if not time_s >= 0})
    return Traffic(times_s=times, end_s=duration_s)


def read_csv(lines: Iterable[str], arrivals: Arrivals = "poisson") -> Traffic:
    """Traffic from a CSV with a header: `time_s` (one request a row) or `start_s,rate_rps` (a rate until the next row).

    The last rate holds as long as the one before it. Raises ValueError with the line's number.
    """
    rows = csv.DictReader(lines)
    columns = set(rows.fieldnames or ())
    if "time_s" in columns:
        return recorded(value for _, value in _column(rows, "time_s"))
    if not {"start_s", "rate_rps"} <= columns:
        found = ", ".join(rows.fieldnames or ()) or "nothing"
        raise ValueError(f"line 1: the header must be time_s, or start_s,rate_rps; it has {found}")
    levels: list[tuple[float, float]] = []
    for number, row in enumerate(rows, start=2):
        level = (_number(row["start_s"], "start_s", number), _number(row["rate_rps"], "rate_rps", number))
        if levels and level[0] <= levels[-1][0]:
            raise ValueError(f"line {number}: start_s {level[0]:g} must be above {levels[-1][0]:g}, the row before")
        levels.append(level)
    if len(levels) < 2:
        raise ValueError(f"line {len(levels) + 1}: at least two rows of rates are needed, to know how long one holds")
    if levels[0][0] != 0:
        raise ValueError(f"line 2: start_s must begin at 0, not at {levels[0][0]:g}")
    return _levels(levels, 2 * levels[-1][0] - levels[-2][0], arrivals)


def _levels(levels: Sequence[tuple[float, float]], duration_s: float, arrivals: Arrivals) -> Traffic:
    inside = [level for level in levels if level[0] < duration_s]
    if len(inside) < len(levels) and arrivals == "poisson" and not inside:
        raise ValueError(f"duration_s {duration_s:g} must be above 0")
    ends = [start for start, _ in inside[1:]] + [duration_s]
    pieces = [Segment(start, end, rate, rate) for (start, rate), end in zip(inside, ends, strict=True) if end > start]
    return Traffic(tuple(pieces), arrivals)


def _column(rows: csv.DictReader[str], name: str) -> Iterable[tuple[int, float]]:
    for number, row in enumerate(rows, start=2):
        yield number, _number(row[name], name, number)


def _number(value: str | None, name: str, line: int) -> float:
    try:
        number = float(value or "")
    except ValueError:
        raise ValueError(f"line {line}: {name} {value!r} is not a number") from None
    if not (number >= 0 and math.isfinite(number)):
        raise ValueError(f"line {line}: {name} {value} must be a number of at least 0")
    return number


def _finite(**values: float) -> None:
    for name, value in values.items():
        if not (value >= 0 and math.isfinite(value)):
            raise ValueError(f"{name} {value} must be a number of at least 0")
