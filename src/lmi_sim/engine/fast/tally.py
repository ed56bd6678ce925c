"""What is counted while the fast engine runs; `lmi_sim.engine.reference.meter` says the rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lmi_sim.engine.fast.compiling import compiled, inlined
from lmi_sim.results import (
    COARSE,
    COARSE_BUCKETS,
    COLUMNS,
    FINE_BUCKETS,
    Event,
    Histogram,
    Result,
    Series,
    ThrottleReason,
)
from lmi_sim.scenario import Scenario

REQUESTS, COMPLETED, FAILED, COLD_STARTS, BILLED, INIT, PROVISIONED, PROVISIONED_MS, THROTTLED = range(9)
_REASONS = THROTTLED + 1  # the first reason is number 1, so the counts lie one further
_ARRIVALS, _DONE, _REFUSED, _COLD, _LATENCY, _CPU, _ENVIRONMENTS, _INSTANCES = range(len(COLUMNS))
_TOTAL, _LARGEST, _CPU_SUM, _LAST, _USED_ENVIRONMENTS, _USED_INSTANCES = range(6)
_NOW_ENVIRONMENTS, _NOW_INSTANCES, _MOST_ENVIRONMENTS, _MOST_INSTANCES = range(4)
_TOP = FINE_BUCKETS - 1


class Tally(NamedTuple):
    """Counts and sums as arrays."""

    warm_up_s: float
    end_s: float
    interval_s: float
    counts: np.ndarray
    sums: np.ndarray
    standing: np.ndarray
    fine: np.ndarray
    rows: np.ndarray
    coarse: np.ndarray


def tally(scenario: Scenario) -> Tally:
    """An empty tally."""
    return Tally(
        warm_up_s=float(scenario.warm_up_s),
        end_s=float(scenario.traffic.duration_s),
        interval_s=float(scenario.interval_s),
        counts=np.zeros(_REASONS + len(ThrottleReason), dtype=np.int64),
        sums=np.zeros(6),
        standing=np.zeros(4, dtype=np.int64),
        fine=np.zeros(FINE_BUCKETS, dtype=np.int64),
        rows=np.zeros((scenario.intervals, len(COLUMNS))),
        coarse=np.zeros((scenario.intervals, COARSE_BUCKETS), dtype=np.int32),
    )


def result(scenario: Scenario, tally: Tally, events: Sequence[Event]) -> Result:
    """What the tally says, as the reference engine says it."""
    stand(tally, tally.end_s, 0, 0)
    counts, sums = tally.counts.tolist(), tally.sums.tolist()
    return Result(
        requests=counts[REQUESTS],
        completed=counts[COMPLETED],
        failed=counts[FAILED],
        throttled={reason: counts[THROTTLED + reason] for reason in ThrottleReason},
        cold_starts=counts[COLD_STARTS],
        latency=Histogram(tally.fine.tolist(), sums[_TOTAL], sums[_LARGEST]),
        series=Series(scenario.interval_s, tally.end_s, tally.rows.tolist(), tally.coarse.tolist()),
        measured_s=tally.end_s - tally.warm_up_s,
        billed_ms=counts[BILLED],
        init_ms=counts[INIT],
        provisioned_requests=counts[PROVISIONED],
        provisioned_ms=counts[PROVISIONED_MS],
        environment_s=sums[_USED_ENVIRONMENTS],
        instance_s=sums[_USED_INSTANCES],
        cpu_s=sums[_CPU_SUM],
        most_environments=int(tally.standing[_MOST_ENVIRONMENTS]),
        most_instances=int(tally.standing[_MOST_INSTANCES]),
        events=events,
    )


@inlined
def _interval(tally: Tally, now: float) -> int:
    return min(int(now / tally.interval_s), tally.rows.shape[0] - 1)


@inlined
def arrived(tally: Tally, now: float) -> None:
    """A request has arrived for the first time."""
    tally.rows[_interval(tally, now), _ARRIVALS] += 1
    if now >= tally.warm_up_s:
        tally.counts[REQUESTS] += 1


@compiled
def cold_start(tally: Tally, now: float, arrived_s: float) -> None:
    """A request waits for a new environment."""
    tally.rows[_interval(tally, now), _COLD] += 1
    if arrived_s >= tally.warm_up_s:
        tally.counts[COLD_STARTS] += 1


@compiled
def throttled(tally: Tally, now: float, arrived_s: float, reason: int) -> None:
    """An attempt was refused."""
    tally.rows[_interval(tally, now), _REFUSED] += 1
    if arrived_s >= tally.warm_up_s:
        tally.counts[THROTTLED + reason] += 1


@compiled
def given_up(tally: Tally, arrived_s: float) -> None:
    """The last attempt was refused."""
    if arrived_s >= tally.warm_up_s:
        tally.counts[FAILED] += 1


@inlined
def bucket(latency_s: float) -> int:
    """The number of the fine bucket that a latency falls into."""
    micros = int(latency_s * 1e6)
    if micros < 256:
        return micros
    shift = math.frexp(float(micros))[1] - 8
    return min(shift * 128 + (micros >> shift), _TOP)


@inlined
def completed(tally: Tally, now: float, arrived_s: float, cpu_s: float) -> None:
    """A request has been answered."""
    latency_s = now - arrived_s
    fine = bucket(latency_s)
    interval = _interval(tally, now)
    tally.rows[interval, _DONE] += 1
    tally.rows[interval, _LATENCY] += latency_s
    tally.rows[interval, _CPU] += cpu_s
    tally.coarse[interval, fine // COARSE] += 1
    if arrived_s >= tally.warm_up_s:
        tally.counts[COMPLETED] += 1
        tally.fine[fine] += 1
        tally.sums[_TOTAL] += latency_s
        tally.sums[_LARGEST] = max(tally.sums[_LARGEST], latency_s)
        tally.sums[_CPU_SUM] += cpu_s


@inlined
def billed(tally: Tally, arrived_s: float, duration_s: float, init_s: float, provisioned: bool) -> None:
    """Default Lambda bills whole milliseconds."""
    if arrived_s >= tally.warm_up_s:
        tally.counts[PROVISIONED_MS if provisioned else BILLED] += math.ceil((duration_s + init_s) * 1000 - 1e-6)
        tally.counts[INIT] += math.ceil(init_s * 1000 - 1e-6)
        tally.counts[PROVISIONED] += provisioned


@compiled
def stand(tally: Tally, now: float, environments: int, instances: int) -> None:
    """From now on there are so many environments and instances; what stood until now is added up."""
    now_until = min(now, tally.end_s)
    while tally.sums[_LAST] < now_until:
        interval = _interval(tally, tally.sums[_LAST])
        border = tally.end_s if interval == tally.rows.shape[0] - 1 else (interval + 1) * tally.interval_s
        until = min(now_until, border)
        measured = max(0.0, until - max(tally.sums[_LAST], tally.warm_up_s))
        passed = until - tally.sums[_LAST]
        tally.rows[interval, _ENVIRONMENTS] += tally.standing[_NOW_ENVIRONMENTS] * passed
        tally.rows[interval, _INSTANCES] += tally.standing[_NOW_INSTANCES] * passed
        tally.sums[_USED_ENVIRONMENTS] += tally.standing[_NOW_ENVIRONMENTS] * measured
        tally.sums[_USED_INSTANCES] += tally.standing[_NOW_INSTANCES] * measured
        tally.sums[_LAST] = until
    tally.standing[_NOW_ENVIRONMENTS] = environments
    tally.standing[_NOW_INSTANCES] = instances
    tally.standing[_MOST_ENVIRONMENTS] = max(tally.standing[_MOST_ENVIRONMENTS], environments)
    tally.standing[_MOST_INSTANCES] = max(tally.standing[_MOST_INSTANCES], instances)
