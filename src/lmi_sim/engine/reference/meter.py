"""What is counted while the reference engine runs."""

from __future__ import annotations

import math
from collections import Counter

from lmi_sim.engine.reference.requests import Request
from lmi_sim.results import (
    COARSE,
    COARSE_BUCKETS,
    COLUMNS,
    FINE_BUCKETS,
    Event,
    EventKind,
    Histogram,
    Result,
    Series,
    ThrottleReason,
    bucket,
)
from lmi_sim.scenario import Scenario


class Meter:
    """Counts, the latencies, the series, and how many environments and instances there were for how long."""

    def __init__(self, scenario: Scenario, *, log: bool) -> None:
        self.scenario = scenario
        self.end_s = scenario.traffic.duration_s
        self.events: list[Event] = []
        self._log = log
        self._counts: Counter[str] = Counter()
        self._throttled: Counter[ThrottleReason] = Counter()
        self._fine = [0] * FINE_BUCKETS
        self._total_s = self._largest_s = self._cpu_s = 0.0
        self._rows = [[0.0] * len(COLUMNS) for _ in range(scenario.intervals)]
        self._coarse = [[0] * COARSE_BUCKETS for _ in range(scenario.intervals)]
        self._last_s = 0.0
        self._standing = {"environments_s": 0, "instances_s": 0}
        self._used = {"environments_s": 0.0, "instances_s": 0.0}
        self._most = {"environments_s": 0, "instances_s": 0}

    def event(self, now: float, kind: EventKind, subject: int, detail: int = -1) -> None:
        """Note an event in the log, if there is one."""
        if self._log:
            self.events.append((now, int(kind), subject, int(detail)))

    def arrived(self, request: Request) -> None:
        """A request has arrived for the first time."""
        self._add(request.arrived_s, "arrivals", 1)
        self._counts["requests"] += self._counted(request)

    def cold_start(self, now: float, request: Request) -> None:
        """A request waits for a new environment."""
        self._add(now, "cold_starts", 1)
        self._counts["cold_starts"] += self._counted(request)

    def throttled(self, now: float, request: Request, reason: ThrottleReason) -> None:
        """An attempt was refused."""
        self.event(now, EventKind.THROTTLE, request.number, reason)
        self._add(now, "throttled", 1)
        self._throttled[reason] += self._counted(request)

    def given_up(self, now: float, request: Request) -> None:
        """The last attempt was refused."""
        self.event(now, EventKind.GIVE_UP, request.number, request.attempts)
        self._counts["failed"] += self._counted(request)

    def completed(self, now: float, request: Request, cpu_s: float) -> None:
        """A request has been answered; its latency runs from its first arrival."""
        latency_s = now - request.arrived_s
        self._add(now, "completed", 1)
        self._add(now, "latency_s", latency_s)
        self._add(now, "cpu_s", cpu_s)
        fine = bucket(latency_s)
        self._coarse[self._interval(now)][fine // COARSE] += 1
        if self._counted(request):
            self._counts["completed"] += 1
            self._fine[fine] += 1
            self._total_s += latency_s
            self._largest_s = max(self._largest_s, latency_s)
            self._cpu_s += cpu_s

    def billed(self, request: Request, duration_s: float, init_s: float, *, provisioned: bool) -> None:
        """Default Lambda bills whole milliseconds, rounded up, INIT included."""
        if self._counted(request):
            milliseconds = math.ceil((duration_s + init_s) * 1000 - 1e-6)
            self._counts["provisioned_ms" if provisioned else "billed_ms"] += milliseconds
            self._counts["init_ms"] += math.ceil(init_s * 1000 - 1e-6)
            self._counts["provisioned_requests"] += provisioned

    def standing(self, now: float, environments: int, instances: int) -> None:
        """From now on there are so many environments that can take requests, and so many instances that are paid."""
        self._pass_to(now)
        self._standing = {"environments_s": environments, "instances_s": instances}
        for name, count in self._standing.items():
            self._most[name] = max(self._most[name], count)

    def result(self) -> Result:
        """All of it."""
        self._pass_to(self.end_s)
        counted = ("requests", "completed", "failed", "cold_starts")
        billed = ("billed_ms", "init_ms", "provisioned_requests", "provisioned_ms")
        return Result(
            **{name: self._counts[name] for name in counted + billed},
            throttled={reason: self._throttled[reason] for reason in ThrottleReason},
            latency=Histogram(self._fine, self._total_s, self._largest_s),
            series=Series(self.scenario.interval_s, self.end_s, self._rows, self._coarse),
            measured_s=self.end_s - self.scenario.warm_up_s,
            environment_s=self._used["environments_s"],
            instance_s=self._used["instances_s"],
            cpu_s=self._cpu_s,
            most_environments=self._most["environments_s"],
            most_instances=self._most["instances_s"],
            events=self.events,
        )

    def _counted(self, request: Request) -> bool:
        return request.arrived_s >= self.scenario.warm_up_s

    def _interval(self, now: float) -> int:
        return min(int(now / self.scenario.interval_s), self.scenario.intervals - 1)

    def _add(self, now: float, column: str, amount: float) -> None:
        self._rows[self._interval(now)][COLUMNS.index(column)] += amount

    def _pass_to(self, now: float) -> None:
        """Add up what stood until now, interval by interval."""
        now = min(now, self.end_s)
        while self._last_s < now:
            interval = self._interval(self._last_s)
            border = (
                self.end_s if interval == self.scenario.intervals - 1 else (interval + 1) * self.scenario.interval_s
            )
            until = min(now, border)
            measured = max(0.0, until - max(self._last_s, self.scenario.warm_up_s))
            for name, count in self._standing.items():
                self._rows[interval][COLUMNS.index(name)] += count * (until - self._last_s)
                self._used[name] += count * measured
            self._last_s = until
