"""A scenario: this traffic, of this workload, under this policy."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from lmi_sim.policies import ManagedInstances, Policy
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload

__all__ = ["Retries", "Scenario"]


@dataclass(frozen=True)
class Retries:
    """What callers do after a throttle: up to `attempts` in all, with waits that double from `base_s` up to `most_s`.

    A wait is drawn evenly from its upper half. One attempt means no retries.
    """

    attempts: int = 1
    base_s: float = 1.0
    most_s: float = 60.0

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 100:
            raise ValueError(f"attempts {self.attempts} must be from 1 to 100")
        if not (0 < self.base_s <= self.most_s < math.inf):
            raise ValueError(f"base_s {self.base_s} must be above 0 and at most most_s {self.most_s}")


@dataclass(frozen=True)
class Scenario:
    """What is simulated. The seed decides every random number.

    Requests that arrive before `warm_up_s` are served but not counted. The series has one row for each `interval_s`;
    0 chooses minutes, or as many whole minutes as keep it below 1,500 rows.
    """

    traffic: Traffic
    workload: Workload
    policy: Policy
    seed: int = 0
    retries: Retries = field(default_factory=Retries)
    warm_up_s: float = 0.0
    interval_s: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.warm_up_s < max(self.traffic.duration_s, 1e-9):
            raise ValueError(
                f"warm_up_s {self.warm_up_s} must be at least 0 and below the traffic's {self.traffic.duration_s:g} s"
            )
        if self.interval_s == 0:
            minutes = max(1, math.ceil(self.traffic.duration_s / 60 / 1500))
            object.__setattr__(self, "interval_s", 60.0 * minutes)
        elif not self.interval_s > 0:
            raise ValueError(f"interval_s {self.interval_s} must be above 0")
        if isinstance(self.policy, ManagedInstances):
            self.policy.memory_slots(self.workload)

    @property
    def intervals(self) -> int:
        """How many rows the series has."""
        return max(1, math.ceil(self.traffic.duration_s / self.interval_s))
