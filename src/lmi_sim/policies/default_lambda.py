"""Default Lambda, and provisioned concurrency on top of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from lmi_sim.policies.assumptions import assumption
from lmi_sim.workload import Workload

__all__ = ["DefaultLambda", "ProvisionedConcurrency"]


@dataclass(frozen=True)
class DefaultLambda:
    """One request per environment; a request that finds none idle waits for a cold start, or is throttled.

    New environments take tokens from a bucket that never holds more than `burst_environments`. Idle ones are reused
    newest first and reaped after `idle_s`. `initial_environments` are idle at the beginning.
    """

    account_concurrency: int = field(default_factory=lambda: assumption("default_lambda.account_concurrency"))
    burst_environments: int = field(default_factory=lambda: assumption("default_lambda.burst_environments"))
    environments_per_s: float = field(default_factory=lambda: assumption("default_lambda.environments_per_s"))
    requests_per_s_and_concurrency: int = field(
        default_factory=lambda: assumption("default_lambda.requests_per_s_and_concurrency")
    )
    idle_s: float = field(default_factory=lambda: float(assumption("default_lambda.idle_s")))
    initial_environments: int = 0

    def __post_init__(self) -> None:
        at_least("account_concurrency", self.account_concurrency, 1)
        at_least("burst_environments", self.burst_environments, 0)
        at_least("environments_per_s", self.environments_per_s, 0)
        at_least("requests_per_s_and_concurrency", self.requests_per_s_and_concurrency, 1)
        at_least("idle_s", self.idle_s, 0)
        at_least("initial_environments", self.initial_environments, 0)
        if self.initial_environments > self.account_concurrency:
            raise ValueError(
                f"initial_environments {self.initial_environments} must be at most account_concurrency "
                f"{self.account_concurrency}"
            )

    def cpu_stretch(self, workload: Workload) -> float:
        """How many times longer CPU time takes than with a whole vCPU: memory sets the share."""
        return max(1.0, float(assumption("default_lambda.memory_mb_per_vcpu")) / workload.memory_mb)


@dataclass(frozen=True)
class ProvisionedConcurrency:
    """`environments` that are kept ready; a request that finds none of them idle spills over to default Lambda.

    They were asked for at `requested_at_s`; none can be used before all are allocated. By default they have been ready
    before the traffic begins.
    """

    environments: int
    spill_over: DefaultLambda = field(default_factory=DefaultLambda)
    requested_at_s: float = -math.inf

    def __post_init__(self) -> None:
        at_least("environments", self.environments, 1)
        if self.spill_over.initial_environments > self.spill_over.account_concurrency - self.environments:
            raise ValueError(
                f"environments {self.environments} and {self.spill_over.initial_environments} initial ones on demand are "
                f"more than account_concurrency {self.spill_over.account_concurrency}"
            )
        if self.environments >= self.spill_over.account_concurrency:
            raise ValueError(
                f"environments {self.environments} must be below account_concurrency "
                f"{self.spill_over.account_concurrency}, which they are taken from"
            )

    @property
    def ready_at_s(self) -> float:
        """When they can be used."""
        rate = assumption("provisioned_concurrency.environments_per_min")
        first = assumption("provisioned_concurrency.first_after_s")
        return float(self.requested_at_s + first + self.environments / rate * 60)


def at_least(name: str, value: float, least: float) -> None:
    """Raise ValueError unless the value is a number of at least `least`; infinity is one."""
    if not value >= least:
        raise ValueError(f"{name} {value} must be a number of at least {least}")
