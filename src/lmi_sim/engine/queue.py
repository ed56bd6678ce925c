"""A queue in front of equal servers, first come first served: the textbook's M/M/c, and G/G/c with it.

It has no environments, no scaler and no throttles. It is what closed forms are known for, and what the engines are
measured against.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from lmi_sim.engine import Engine
from lmi_sim.results import Histogram
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution

__all__ = ["QueueResult", "simulate_queue"]


@dataclass(frozen=True)
class QueueResult:
    """What came out: how many requests, how many waited, sums in s, and the times in the system.

    `end_s` is when the last request left, or when the traffic ended if that was later: all requests are served.
    """

    requests: int
    waited: int
    wait_s: float
    busy_s: float
    end_s: float
    servers: int
    sojourn: Histogram

    @property
    def waiting_share(self) -> float:
        """The share of requests that waited."""
        return self.waited / self.requests if self.requests else 0.0

    @property
    def mean_wait_s(self) -> float:
        """The mean wait."""
        return self.wait_s / self.requests if self.requests else 0.0

    @property
    def mean_sojourn_s(self) -> float:
        """The mean time in the system: the wait and the service."""
        return self.sojourn.total_s / self.requests if self.requests else 0.0

    @property
    def mean_in_system(self) -> float:
        """How many requests waited or were served on average, from 0 s to the end."""
        return self.sojourn.total_s / self.end_s if self.end_s else 0.0

    @property
    def utilisation(self) -> float:
        """The share of the servers' time that was used, from 0 s to the end."""
        return self.busy_s / (self.servers * self.end_s) if self.end_s else 0.0


def simulate_queue(
    traffic: Traffic, service: Distribution, servers: int, *, seed: int = 0, engine: Engine = "fast"
) -> QueueResult:
    """Serve the traffic with so many servers. Raises ValueError for fewer than one.

    Each request is taken by the server that is free first (Kiefer and Wolfowitz 1955).
    """
    if servers < 1:
        raise ValueError(f"servers {servers} must be at least 1")
    run = import_module(f"lmi_sim.engine.{engine}.queue").run
    result: QueueResult = run(traffic, service, servers, seed)
    return result
