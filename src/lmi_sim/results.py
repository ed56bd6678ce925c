"""What a simulation gives: counts, a histogram of latencies, a time series, and what will be billed.

The histogram keeps 128 buckets for each doubling of the time, as HDR histograms do: a quantile is off by less than
0.8 %, and the memory doesn't grow with the requests.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate

__all__ = [
    "COARSE_BUCKETS",
    "COLUMNS",
    "FINE_BUCKETS",
    "Event",
    "EventKind",
    "Histogram",
    "Result",
    "Series",
    "ThrottleReason",
    "bucket",
    "bucket_value_s",
]

_SUB = 128
FINE_BUCKETS = (41 - 7) * _SUB
"""From 1 microsecond to more than 12 days."""
COARSE = 8
COARSE_BUCKETS = FINE_BUCKETS // COARSE
"""The series keeps 16 buckets for each doubling."""


def bucket(latency_s: float) -> int:
    """The number of the fine bucket that a latency falls into."""
    micros = int(latency_s * 1e6)
    if micros < 2 * _SUB:
        return micros
    shift = micros.bit_length() - 8
    return min(shift * _SUB + (micros >> shift), FINE_BUCKETS - 1)


def bucket_value_s(number: int) -> float:
    """The latency in the middle of a fine bucket."""
    if number < 2 * _SUB:
        return (number + 0.5) / 1e6
    shift = number // _SUB - 1
    return ((number - shift * _SUB) + 0.5) * (1 << shift) / 1e6


class ThrottleReason(IntEnum):
    """Why a request was refused with 429."""

    CONCURRENCY = 1
    CPU = 2
    MEMORY = 3
    SCALING_RATE = 4
    REQUEST_RATE = 5


class EventKind(IntEnum):
    """What happened; the subject and the detail of an event are numbers of the things named."""

    WARM = 1  # request, environment
    COLD = 2  # request, environment
    PROVISIONED = 3  # request, -1
    ADMIT = 4  # request, environment
    THROTTLE = 5  # request, reason
    GIVE_UP = 6  # request, attempts
    IO_DONE = 7  # request, environment
    COMPLETE = 8  # request, environment
    EXPIRE = 9  # environment, -1
    DECIDE = 10  # environments, environments wanted
    LAUNCH = 11  # instance, -1
    START = 12  # environment, instance
    READY = 13  # environment, instance
    DRAIN = 14  # environment, instance
    GONE = 15  # environment, instance
    TERMINATE = 16  # instance, -1


Event = tuple[float, int, int, int]
"""(time in s, kind, subject, detail)"""

COLUMNS = ("arrivals", "completed", "throttled", "cold_starts", "latency_s", "cpu_s", "environments_s", "instances_s")
"""The columns of the series: counts, and sums in seconds, per interval."""


@dataclass(frozen=True)
class Histogram:
    """Latencies: how many, their sum, the largest, and the counts in fine or coarse buckets."""

    counts: Sequence[int]
    total_s: float = 0.0
    largest_s: float = 0.0

    @property
    def count(self) -> int:
        """How many latencies there are."""
        return int(sum(self.counts))

    @property
    def mean_s(self) -> float:
        """The mean; 0 when there is none."""
        return self.total_s / self.count if self.count else 0.0

    def quantile_s(self, share: float) -> float:
        """The latency that a share (0 to 1) of the requests does not exceed; 0 when there is none."""
        if not 0 <= share <= 1:
            raise ValueError(f"a quantile's share must be from 0 to 1, not {share}")
        sums = list(accumulate(self.counts))
        if not sums[-1]:
            return self.largest_s
        number = bisect_left(sums, max(share * sums[-1], 0.5))  # the first bucket that holds anything, for a share of 0
        width = FINE_BUCKETS // len(self.counts)
        middle = bucket_value_s(number * width + width // 2)
        return min(middle, self.largest_s) if self.largest_s else middle


@dataclass(frozen=True)
class Series:
    """One row for each interval: `rows[i]` holds the COLUMNS, `latencies[i]` the counts in coarse buckets.

    The last interval may be shorter than the others: it ends at `end_s`.
    """

    interval_s: float
    end_s: float
    rows: Sequence[Sequence[float]]
    latencies: Sequence[Sequence[int]]

    def column(self, name: str) -> list[float]:
        """One of the COLUMNS over time."""
        index = COLUMNS.index(name)
        return [float(row[index]) for row in self.rows]

    def mean_column(self, name: str) -> list[float]:
        """A column of sums or counts as the mean per second: of `environments_s`, how many there were."""
        last_s = self.end_s - (len(self.rows) - 1) * self.interval_s
        widths = [self.interval_s] * (len(self.rows) - 1) + [last_s]
        return [value / width if width > 0 else 0.0 for value, width in zip(self.column(name), widths, strict=True)]

    def quantile_s(self, share: float) -> list[float]:
        """A quantile of the latency in each interval, of the requests that completed in it."""
        return [Histogram(counts).quantile_s(share) for counts in self.latencies]


@dataclass(frozen=True)
class Result:
    """What came out. Counts are of requests that arrived after the warm-up; times of use are from there to the end.

    `requests` arrived; each was `completed` or, after its last attempt, `failed`. `throttled` counts refused attempts
    by reason. `billed_ms` are the milliseconds that default Lambda bills, each request rounded up and INIT included;
    those of provisioned environments stand in `provisioned_ms`.
    """

    requests: int
    completed: int
    failed: int
    throttled: dict[ThrottleReason, int]
    cold_starts: int
    latency: Histogram
    series: Series
    measured_s: float
    billed_ms: int = 0
    init_ms: int = 0
    provisioned_requests: int = 0
    provisioned_ms: int = 0
    environment_s: float = 0.0
    instance_s: float = 0.0
    cpu_s: float = 0.0
    most_environments: int = 0
    most_instances: int = 0
    events: Sequence[Event] = ()

    @property
    def throttle_share(self) -> float:
        """The share of requests that were given up after throttles."""
        return self.failed / self.requests if self.requests else 0.0
