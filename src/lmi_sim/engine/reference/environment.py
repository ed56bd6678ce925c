"""An execution environment of managed instances: its slots, and a CPU that its requests share."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from enum import Enum

from lmi_sim.engine.reference.requests import Request


class State(Enum):
    """What an environment is doing."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


@dataclass(eq=False)
class Instance:
    """An EC2 instance with the environments on it. `replaces` is the instance that it was launched for, if any."""

    number: int
    launched_s: float
    ready_s: float
    replaces: Instance | None = None
    retiring: bool = False
    empty_since_s: float = math.inf
    environments: list[Environment] = field(default_factory=list)

    @property
    def live(self) -> list[Environment]:
        """The environments that take requests or will."""
        return [item for item in self.environments if item.state is not State.DRAINING]


@dataclass(eq=False)
class Environment:
    """Slots for requests, and vCPUs shared evenly by those that compute, each on one vCPU at most.

    `attained_s` is the CPU time that a request which had been computing since the CPU was last idle would have got by
    `since_s`; a request is done when it reaches the value at which it joined plus what it needs.
    """

    number: int
    instance: Instance
    vcpus: float
    state: State
    ready_s: float
    in_flight: int = 0
    computing: list[tuple[float, int, Request]] = field(default_factory=list)
    attained_s: float = 0.0
    since_s: float = 0.0
    busy_vcpu_s: float = 0.0

    @property
    def _speed(self) -> float:
        """How fast each computing request gets on, in vCPUs."""
        count = len(self.computing)
        return 1.0 if count <= self.vcpus else self.vcpus / count

    @property
    def next_done_s(self) -> float:
        """When the next request will have its CPU time; infinite when none computes."""
        if not self.computing:
            return math.inf
        return self.since_s + (self.computing[0][0] - self.attained_s) / self._speed

    def compute(self, now: float, slot: int, request: Request, cpu_s: float) -> None:
        """A request begins to need the CPU."""
        self.pass_to(now)
        if not self.computing:
            self.attained_s = 0.0
        heapq.heappush(self.computing, (self.attained_s + cpu_s, slot, request))

    def pop_done(self, now: float) -> tuple[int, Request]:
        """The request that is done now, with its slot."""
        self._count_busy(now)
        self.attained_s, slot, request = heapq.heappop(self.computing)
        self.since_s = now
        return slot, request

    def pass_to(self, now: float) -> None:
        """Let time pass for those that compute."""
        self._count_busy(now)
        if self.computing:
            self.attained_s += (now - self.since_s) * self._speed
        self.since_s = now

    def take_busy_s(self) -> float:
        """The vCPU-seconds used since this was last asked."""
        busy, self.busy_vcpu_s = self.busy_vcpu_s, 0.0
        return busy

    def _count_busy(self, now: float) -> None:
        self.busy_vcpu_s += min(float(len(self.computing)), self.vcpus) * (now - self.since_s)
