"""Default Lambda, with or without provisioned concurrency, in the reference engine.

A request goes to a provisioned environment that is idle, else to the idle environment that was used last, else to a
new one. What the platform does by itself is reaping idle environments.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass

from lmi_sim.engine.reference import requests
from lmi_sim.engine.reference.meter import Meter
from lmi_sim.engine.reference.requests import Request, needed_s, retry_wait_s
from lmi_sim.engine.stopping import Stop
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.random_numbers import Stream
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario

_PROVISIONED = -1


def run(scenario: Scenario, *, log: bool = False, stop: Stop) -> Result:
    """Simulate a scenario of default Lambda or provisioned concurrency."""
    return _Function(scenario, log=log).run(stop)


@dataclass(frozen=True)
class _Idle:
    environment: int
    since_s: float


class _Function:
    """A function's environments and what is under way in them."""

    def __init__(self, scenario: Scenario, *, log: bool) -> None:
        self.scenario = scenario
        self.meter = Meter(scenario, log=log)
        policy = scenario.policy
        assert not isinstance(policy, ManagedInstances)
        kept = policy if isinstance(policy, ProvisionedConcurrency) else None
        self.rules: DefaultLambda = policy.spill_over if isinstance(policy, ProvisionedConcurrency) else policy
        self.provisioned = kept.environments if kept else 0
        self.provisioned_from_s = kept.ready_at_s if kept else math.inf
        self.limit = self.rules.account_concurrency - self.provisioned
        self.stretch = self.rules.cpu_stretch(scenario.workload)
        standing = self.rules.initial_environments
        self.idle = deque(_Idle(number, 0.0) for number in range(standing))  # the longest idle stands first
        self.environments = standing  # how many there are, busy and idle
        self.created = standing
        self.busy = self.provisioned_busy = 0
        self.tokens = float(self.rules.burst_environments)
        self.tokens_at_s = 0.0
        self.second, self.in_second = 0, 0
        self.under_way: list[tuple[float, int, int, Request]] = []  # ends at, request, environment
        self.waiting: list[tuple[float, int, Request]] = []  # tries again at, request

    def run(self, stop: Stop) -> Result:
        """From the first request to the last answer, or to a stop."""
        self._stand(0.0)
        arrivals = requests.of(self.scenario, stop)
        coming = next(arrivals, None)
        while coming or self.under_way or self.waiting:
            end_s = self.under_way[0][0] if self.under_way else math.inf
            reap_s = self.idle[0].since_s + self.rules.idle_s if self.idle else math.inf
            again_s = self.waiting[0][0] if self.waiting else math.inf
            arrive_s = coming.arrived_s if coming else math.inf
            now = min(end_s, reap_s, again_s, arrive_s)
            if now == end_s:
                self._end(now)
            elif now == reap_s:
                self._reap(now)
            elif now == again_s:
                self._serve(now, heapq.heappop(self.waiting)[-1])
            else:
                assert coming is not None  # its time is the earliest
                self.meter.arrived(coming)
                self._serve(now, coming)
                coming = next(arrivals, None)
        return self.meter.result()

    def _serve(self, now: float, request: Request) -> None:
        request.attempts += 1
        reason = self._refusal(now)
        if reason:
            self._refuse(now, request, reason)
        elif self._provisioned_idle(now):
            self.provisioned_busy += 1
            self.meter.event(now, EventKind.PROVISIONED, request.number)
            self._begin(now, request, _PROVISIONED, init_s=0.0)
        elif self.busy >= self.limit:
            self._refuse(now, request, ThrottleReason.CONCURRENCY)
        elif self.idle:
            environment = self.idle.pop().environment
            self.meter.event(now, EventKind.WARM, request.number, environment)
            self.busy += 1
            self._begin(now, request, environment, init_s=0.0)
        elif self._take_token(now):
            environment = self.created
            self.created += 1
            self.environments += 1
            self.busy += 1
            self._stand(now)
            self.meter.cold_start(now, request)
            self.meter.event(now, EventKind.COLD, request.number, environment)
            init_s = needed_s(self.scenario.workload.init, self.scenario.seed, Stream.INIT, request.number)
            self._begin(now, request, environment, init_s=init_s)
        else:
            self._refuse(now, request, ThrottleReason.SCALING_RATE)

    def _refusal(self, now: float) -> ThrottleReason | None:
        """The account's requests in each whole second are limited."""
        if int(now) != self.second:
            self.second, self.in_second = int(now), 0
        if self.in_second >= self.rules.requests_per_s_and_concurrency * self.rules.account_concurrency:
            return ThrottleReason.REQUEST_RATE
        self.in_second += 1
        return None

    def _provisioned_idle(self, now: float) -> bool:
        return now >= self.provisioned_from_s and self.provisioned_busy < self.provisioned

    def _take_token(self, now: float) -> bool:
        refilled = self.tokens + (now - self.tokens_at_s) * self.rules.environments_per_s
        self.tokens, self.tokens_at_s = min(refilled, float(self.rules.burst_environments)), now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True

    def _begin(self, now: float, request: Request, environment: int, *, init_s: float) -> None:
        workload, seed = self.scenario.workload, self.scenario.seed
        io_s = needed_s(workload.io, seed, Stream.IO, request.number)
        duration_s = io_s + needed_s(workload.cpu, seed, Stream.CPU, request.number) * self.stretch
        self.meter.billed(request, duration_s, init_s, provisioned=environment == _PROVISIONED)
        heapq.heappush(self.under_way, (now + (init_s + duration_s), request.number, environment, request))

    def _end(self, now: float) -> None:
        _, _, environment, request = heapq.heappop(self.under_way)
        self.meter.event(now, EventKind.COMPLETE, request.number, environment)
        cpu_s = needed_s(self.scenario.workload.cpu, self.scenario.seed, Stream.CPU, request.number)
        self.meter.completed(now, request, cpu_s)
        if environment == _PROVISIONED:
            self.provisioned_busy -= 1
        else:
            self.busy -= 1
            self.idle.append(_Idle(environment, now))

    def _reap(self, now: float) -> None:
        self.meter.event(now, EventKind.EXPIRE, self.idle.popleft().environment)
        self.environments -= 1
        self._stand(now)

    def _refuse(self, now: float, request: Request, reason: ThrottleReason) -> None:
        self.meter.throttled(now, request, reason)
        if request.attempts >= self.scenario.retries.attempts:
            self.meter.given_up(now, request)
        else:
            again_s = now + retry_wait_s(self.scenario.retries, self.scenario.seed, request)
            heapq.heappush(self.waiting, (again_s, request.number, request))

    def _stand(self, now: float) -> None:
        self.meter.standing(now, self.environments + self.provisioned, 0)
