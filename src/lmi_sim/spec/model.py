"""What a spec holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lmi_sim.cost import Extras
from lmi_sim.policies import Policy
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload

__all__ = ["DEFAULT_LAMBDA", "MANAGED_INSTANCES", "PROVISIONED", "Objective", "Pricing", "Purchase", "Spec"]

DEFAULT_LAMBDA, PROVISIONED, MANAGED_INSTANCES = "default_lambda", "provisioned_concurrency", "managed_instances"


@dataclass(frozen=True)
class Objective:
    """What must hold: the 99th percentile of the latency, and the share of requests that may be given up."""

    p99_ms: float
    throttle_percent: float = 0.1


@dataclass(frozen=True)
class Purchase:
    """A share of the instance hours that is bought at a discount; both are from 0 to 1."""

    label: str
    share: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Pricing:
    """What is paid. Discounts are shares from 0 to 1; extras are paid on managed instances only.

    `ec2_discount` is the mean over all instance hours; `purchases` says what it is made of, where that is known.
    """

    region: str = "us-east-1"
    requests_per_month: Decimal | None = None
    ec2_discount: Decimal = Decimal(0)
    purchases: tuple[Purchase, ...] = ()
    lambda_discount: Decimal = Decimal(0)
    free_tier: bool = False
    extras: Extras = field(default_factory=Extras)


@dataclass(frozen=True)
class Spec:
    """A workload, its traffic, and the policies that it could run under, by name."""

    name: str
    traffic: Traffic
    workload: Workload
    runtime: str
    architecture: str
    policies: Mapping[str, Policy]
    description: str = ""
    seed: int = 0
    warm_up_s: float = 0.0
    retries: Retries = field(default_factory=Retries)
    objective: Objective | None = None
    pricing: Pricing = field(default_factory=Pricing)

    def scenario(self, policy: str | Policy) -> Scenario:
        """What is simulated for a policy: one of the spec's by name, or another one."""
        return Scenario(
            traffic=self.traffic,
            workload=self.workload,
            policy=self.policies[policy] if isinstance(policy, str) else policy,
            seed=self.seed,
            retries=self.retries,
            warm_up_s=self.warm_up_s,
        )
