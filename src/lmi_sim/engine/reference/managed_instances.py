"""Managed instances in the reference engine: the router, the scaler, and the instances that come and go.

What the platform does, in this order at the same moment: environments become ready, empty instances are terminated,
the scaler looks. A request that finds no free slot in the environments that the router tries is refused.
"""

from __future__ import annotations

import heapq
import math

from lmi_sim.engine.reference import requests
from lmi_sim.engine.reference.environment import Environment, State
from lmi_sim.engine.reference.fleet import Fleet
from lmi_sim.engine.reference.meter import Meter
from lmi_sim.engine.reference.requests import Request, needed_s, retry_wait_s
from lmi_sim.engine.stopping import Stop
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.routing import tried
from lmi_sim.policies.scaling import decide
from lmi_sim.random_numbers import Stream, bits
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario


def run(scenario: Scenario, *, log: bool = False, stop: Stop) -> Result:
    """Simulate a scenario of managed instances."""
    return _Version(scenario, log=log).run(stop)


class _Version:
    """A published version: its environments and what is under way in them."""

    def __init__(self, scenario: Scenario, *, log: bool) -> None:
        assert isinstance(scenario.policy, ManagedInstances)
        self.scenario = scenario
        self.policy = scenario.policy
        self.meter = Meter(scenario, log=log)
        self.fleet = Fleet(self.policy, self.meter)
        self.memory_slots = self.policy.memory_slots(scenario.workload)
        self.routed = 0
        self.free_slots: list[int] = []
        self.slots = 0
        self.pending: list[tuple[float, int, Request, Environment | None]] = []  # on the network, or to try again
        self.in_flight = 0
        self.in_flight_s = self.slot_s = self.last_s = 0.0  # sums since the scaler last looked
        self.look_s = self.policy.evaluation_period_s
        self.low_since_s = -1.0

    def run(self, stop: Stop) -> Result:
        """From the first request to the last answer, or to a stop."""
        self.fleet.begin()
        arrivals = requests.of(self.scenario, stop)
        coming = next(arrivals, None)
        while coming or self.pending or self.in_flight:
            busiest = min(self.fleet.environments, key=lambda item: (item.next_done_s, item.number), default=None)
            compute_s = busiest.next_done_s if busiest else math.inf
            pending_s = self.pending[0][0] if self.pending else math.inf
            platform_s = min(self.fleet.next_s, self.look_s)
            arrive_s = coming.arrived_s if coming else math.inf
            now = min(compute_s, pending_s, platform_s, arrive_s)
            if busiest and now == compute_s:
                self._computed(now, busiest)
            elif now == pending_s:
                self._pending_over(now)
            elif now == self.fleet.next_s:
                self._count_slots(now)
                self.fleet.act(now)
            elif now == self.look_s:
                self._look(now)
            else:
                assert coming is not None  # its time is the earliest
                self.meter.arrived(coming)
                self._take_slot(now, coming)
                coming = next(arrivals, None)
        return self.meter.result()

    def _take_slot(self, now: float, request: Request) -> None:
        if not self.free_slots:
            self.free_slots.append(self.slots)
            self.slots += 1
        self._route(now, self.free_slots.pop(), request)

    def _route(self, now: float, slot: int, request: Request) -> None:
        request.attempts += 1
        environment, reason = self._choose()
        if environment:
            self._admit(now, slot, request, environment)
            return
        self.meter.throttled(now, request, reason)
        if request.attempts >= self.scenario.retries.attempts:
            self.meter.given_up(now, request)
            self.free_slots.append(slot)
        else:
            again_s = now + retry_wait_s(self.scenario.retries, self.scenario.seed, request)
            heapq.heappush(self.pending, (again_s, slot, request, None))

    def _choose(self) -> tuple[Environment | None, ThrottleReason]:
        """The less busy of two ready environments picked at random, or one of the next in line that has room."""
        ready = self.fleet.ready
        reason = ThrottleReason.CONCURRENCY
        if not ready:
            return None, reason
        number = bits(self.scenario.seed, Stream.ROUTER, self.routed)
        self.routed += 1
        in_flight = [environment.in_flight for environment in ready]
        for place in tried(in_flight, number, self.policy.router_choices, self.policy.router_attempts):
            environment = ready[place]
            if environment.in_flight >= self.policy.max_concurrency:
                reason = ThrottleReason.CONCURRENCY
            elif environment.in_flight >= self.memory_slots:
                reason = ThrottleReason.MEMORY
            elif len(environment.computing) >= self.policy.cpu_busy_limit * environment.vcpus:
                reason = ThrottleReason.CPU
            else:
                return environment, reason
        return None, reason

    def _admit(self, now: float, slot: int, request: Request, environment: Environment) -> None:
        self._count_slots(now)
        self.in_flight += 1
        environment.in_flight += 1
        self.meter.event(now, EventKind.ADMIT, request.number, environment.number)
        io_s = needed_s(self.scenario.workload.io, self.scenario.seed, Stream.IO, request.number)
        if io_s > 0:
            heapq.heappush(self.pending, (now + io_s, slot, request, environment))
        else:
            self._compute(now, slot, request, environment)

    def _pending_over(self, now: float) -> None:
        _, slot, request, environment = heapq.heappop(self.pending)
        if environment is None:
            self._route(now, slot, request)
        else:
            self.meter.event(now, EventKind.IO_DONE, request.number, environment.number)
            self._compute(now, slot, request, environment)

    def _compute(self, now: float, slot: int, request: Request, environment: Environment) -> None:
        cpu_s = self._cpu_s(request)
        if cpu_s > 0:
            environment.compute(now, slot, request, cpu_s)
        else:
            self._complete(now, slot, request, environment)

    def _computed(self, now: float, environment: Environment) -> None:
        slot, request = environment.pop_done(now)
        self._complete(now, slot, request, environment)

    def _complete(self, now: float, slot: int, request: Request, environment: Environment) -> None:
        self._count_slots(now)
        self.in_flight -= 1
        environment.in_flight -= 1
        self.free_slots.append(slot)
        self.meter.event(now, EventKind.COMPLETE, request.number, environment.number)
        self.meter.completed(now, request, self._cpu_s(request))
        if environment.state is State.DRAINING and environment.in_flight == 0:
            self.fleet.remove(now, environment)

    def _cpu_s(self, request: Request) -> float:
        return needed_s(self.scenario.workload.cpu, self.scenario.seed, Stream.CPU, request.number)

    def _count_slots(self, now: float) -> None:
        """Add up, since the scaler last looked, the slots in use and the slots that there were."""
        passed = now - self.last_s
        self.in_flight_s += self.in_flight * passed
        self.slot_s += len(self.fleet.ready) * min(self.policy.max_concurrency, self.memory_slots) * passed
        self.last_s = now

    def _look(self, now: float) -> None:
        """The scaler looks at what happened since it last did, and decides."""
        self._count_slots(now)
        busy_s = 0.0
        for environment in self.fleet.environments:
            environment.pass_to(now)
            busy_s += environment.take_busy_s()
        vcpu_s = self.slot_s / min(self.policy.max_concurrency, self.memory_slots) * self.policy.environment.vcpus
        decision = decide(
            now,
            len(self.fleet.ready),
            self.fleet.starting,
            busy_s / vcpu_s if vcpu_s > 0 else 0.0,
            self.in_flight_s / self.slot_s if self.slot_s > 0 else 0.0,
            self.low_since_s,
            self.policy.target_cpu,
            self.policy.target_slots,
            self.policy.min_environments,
            self.policy.most_environments,
            self.policy.scale_in_after_s,
            self.policy.scale_in_step,
        )
        self.low_since_s = decision.low_since_s
        self.in_flight_s = self.slot_s = 0.0
        self.look_s = now + self.policy.evaluation_period_s
        self.fleet.scale_to(now, decision.environments)
        self.fleet.rotate(now)
