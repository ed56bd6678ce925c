"""How large a fleet must be, in closed form: how a search is ordered before anything is simulated.

With both signals at their targets an environment carries so much CPU work and so many requests; the fleet follows the
rate, in whole instances and not below its floor. Queueing, bursts and the delay of the scaler are left to simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lmi_sim.policies import ManagedInstances
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload

__all__ = ["Need", "environments_at", "instance_hours", "needs"]

_STEPS = 96  # a day in quarters of an hour


@dataclass(frozen=True)
class Need:
    """What a request takes: seconds of a vCPU, and seconds in a slot."""

    cpu_s: float
    slot_s: float


def needs(workload: Workload) -> Need:
    """The means of a workload; a slot is taken for as long as the request waits and computes."""
    cpu_s = workload.cpu.mean_ms / 1000
    return Need(cpu_s, cpu_s + workload.io.mean_ms / 1000)


def environments_at(rate_rps: float, workload: Workload, policy: ManagedInstances) -> int:
    """How many environments bring both signals to their targets at a rate, between minimum and maximum."""
    need = needs(workload)
    slots = min(policy.max_concurrency, policy.memory_slots(workload))
    by_cpu = rate_rps * need.cpu_s / (policy.target_cpu * policy.environment.vcpus)
    by_slots = rate_rps * need.slot_s / (policy.target_slots * slots)
    wanted = math.ceil(max(by_cpu, by_slots) - 1e-9)
    return max(policy.min_environments, min(wanted, policy.most_environments))


def instance_hours(traffic: Traffic, workload: Workload, policy: ManagedInstances) -> float:
    """The hours that instances stand while the traffic lasts, by the rate at 96 moments."""
    floor = min(policy.min_instances, policy.min_environments)
    total = 0
    for step in range(_STEPS):
        rate = traffic.rate_at((step + 0.5) / _STEPS * traffic.duration_s)
        environments = environments_at(rate, workload, policy)
        total += max(floor, -(-environments // policy.environments_per_instance))
    return total / _STEPS * traffic.duration_s / 3600
