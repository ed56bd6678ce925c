"""What the planner is asked: a workload, its traffic and goals, and what it could run on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from lmi_labs.widgets.planner_forms import provisioned_environments
from lmi_sim import prices, runtimes, sizing, traffic
from lmi_sim.billing import HOURS_PER_MONTH
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Retries
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Objective, Pricing, Spec
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, exponentially, lognormal

__all__ = [
    "ACCOUNT_CONCURRENCY",
    "INSTANCE_TYPES",
    "MAX_VCPUS",
    "PURCHASES",
    "RUNTIMES",
    "SHAPES",
    "Bought",
    "Question",
]

ACCOUNT_CONCURRENCY, MAX_VCPUS = 10_000, 10_000
"""The quotas of a planner; AWS's defaults are lower and would hide what traffic costs."""

SHAPES = {"steady": "steady", "diurnal": "a day", "spike": "a spike of ×4"}
"""How the traffic goes over time, and what it is called."""

RUNTIMES = ("python3.13", "python3.14", "nodejs22.x", "nodejs24.x", "java21", "java25", "dotnet8", "dotnet10")
"""The runtimes that managed instances have and whose cold starts were measured."""

INSTANCE_TYPES = {
    "arm64": (
        "c8g.large", "c8g.xlarge", "c8g.2xlarge", "c8g.4xlarge", "m8g.large", "m8g.xlarge", "m8g.2xlarge", "m8g.4xlarge",
        "r8g.large", "r8g.xlarge", "r8g.2xlarge", "r8g.4xlarge",
    ),
    "x86_64": (
        "c7i.large", "c7i.xlarge", "c7i.2xlarge", "c7i.4xlarge", "m7i.large", "m7i.xlarge", "m7i.2xlarge", "m7i.4xlarge",
        "r7i.large", "r7i.xlarge", "r7i.2xlarge", "r7i.4xlarge",
    ),
}  # fmt: skip
"""The instance types offered, by architecture."""

_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
_HOUR_S, _DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True)
class Bought:
    """How instances and default Lambda are bought; the discounts are shares from 0 to 1."""

    label: str
    ec2_discount: Decimal = Decimal(0)
    lambda_discount: Decimal = Decimal(0)


def _plan(years: str, key: str) -> Bought:
    ec2, default = (sizing.constant(f"{what}_discount_percent")[key] for what in ("ec2", "lambda"))
    return Bought(
        f"Savings Plan, {years}: EC2 −{ec2} %, Lambda −{default} %", Decimal(ec2) / 100, Decimal(default) / 100
    )


PURCHASES = {
    "none": Bought("on demand"),
    "compute_sp_1yr": _plan("1 year", "compute_sp_1yr"),
    "compute_sp_3yr": _plan("3 years", "compute_sp_3yr"),
}
"""The ways to buy, with the discounts of AWS's own calculator."""


@dataclass(frozen=True)
class Question:
    """What the controls say. Times are ms of the mean; `rate_rps` is the mean rate, under a spike the one beside it."""

    rate_rps: float = 278.0
    shape: str = "steady"
    cpu_ms: float = 10.0
    io_ms: float = 90.0
    runtime: str = "python3.13"
    memory_mb: float = 1024.0
    instance_type: str = "c8g.xlarge"
    environment_gib: float = 2.0
    max_concurrency: int = 16
    min_environments: int = 3
    purchase: str = "none"
    p99_goal_ms: float = 600.0
    throttle_goal_percent: float = 0.1
    seed: int = 1

    def problem(self) -> str | None:
        """Why this can't be asked, in a sentence; None if it can."""
        try:
            self.spec()
        except (ValueError, LookupError) as exc:
            text = str(exc.args[0])
            return f"{text[0].upper()}{text[1:]}."
        return None

    def traffic(self) -> Traffic:
        """An hour that is steady or has a spike of ten minutes, or a day that comes and goes."""
        if self.shape == "diurnal":
            return traffic.diurnal(self.rate_rps * 0.25, self.rate_rps * 1.75, _DAY_S)
        if self.shape == "spike":
            return traffic.spike(self.rate_rps, self.rate_rps * 4, _HOUR_S / 3, 600.0, _HOUR_S)
        return traffic.steady(self.rate_rps, _HOUR_S)

    @property
    def requests_per_month(self) -> Decimal:
        """How many requests come in a month of 730 hours that repeats the traffic."""
        coming = self.traffic()
        return Decimal(coming.mean_requests) * Decimal(HOURS_PER_MONTH * 3600 / coming.duration_s)

    def spec(self) -> Spec:
        """The question as a spec. Raises ValueError or LookupError, in words, for one that can't be asked."""
        self._check()
        found = prices.instance(self.instance_type)
        coming, bought = self.traffic(), PURCHASES[self.purchase]
        work = Workload(
            cpu=exponentially(self.cpu_ms),
            io=lognormal(self.io_ms, 0.7),
            memory_mb=self.memory_mb,
            init=runtimes.init_time(self.runtime, found.architecture, self.memory_mb),
        )
        default = DefaultLambda(account_concurrency=ACCOUNT_CONCURRENCY)
        return Spec(
            name="planner",
            traffic=coming,
            workload=work,
            runtime=self.runtime,
            architecture=found.architecture,
            policies={
                MANAGED_INSTANCES: self._managed_instances(found),
                DEFAULT_LAMBDA: default,
                PROVISIONED: ProvisionedConcurrency(
                    provisioned_environments(coming.peak_rps, work, default), spill_over=default
                ),
            },
            seed=self.seed,
            retries=Retries(3, base_s=0.2),
            objective=Objective(self.p99_goal_ms, self.throttle_goal_percent),
            pricing=Pricing(
                requests_per_month=self.requests_per_month,
                ec2_discount=bought.ec2_discount,
                lambda_discount=bought.lambda_discount,
            ),
        )

    def _managed_instances(self, found: prices.Instance) -> ManagedInstances:
        ratio = _GIB_PER_VCPU.get(found.instance_type[0])
        if ratio is None:
            raise ValueError(f"managed instances are of the families C, M and R, not {found.instance_type!r}")
        size = EnvironmentSize(self.environment_gib / ratio, self.environment_gib)
        size.check_offered()
        return ManagedInstances(
            instance=InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture),
            environment=size,
            max_concurrency=self.max_concurrency,
            min_environments=self.min_environments,
            max_vcpu_count=MAX_VCPUS,
        )

    def _check(self) -> None:
        _between(0.01, 1e6, "requests a second", self.rate_rps)
        _between(0, 1e6, "CPU ms a request", self.cpu_ms)
        _between(0, 1e6, "waiting ms a request", self.io_ms)
        if not self.cpu_ms + self.io_ms > 0:
            raise ValueError("a request needs some CPU time or some waiting; both are 0 ms")
        _between(128, 10_240, "MB on default Lambda", self.memory_mb)
        _between(2, 32, "GiB of an environment", self.environment_gib)
        _between(1, 1600, "requests at a time", self.max_concurrency)
        _between(1, 15_000, "environments at least", self.min_environments)
        _between(0.001, 1e9, "ms of the p99 goal", self.p99_goal_ms)
        _between(0, 100, "per cent given up", self.throttle_goal_percent)
        for what, value, known in (
            ("shape of traffic", self.shape, SHAPES),
            ("way to buy", self.purchase, PURCHASES),
            ("runtime", self.runtime, RUNTIMES),
        ):
            if value not in known:
                raise ValueError(f"there is no {what} {value!r}; there are {', '.join(known)}")


def _between(least: float, most: float, what: str, value: float) -> None:
    if not (isinstance(value, int | float) and math.isfinite(value) and least <= value <= most):
        raise ValueError(f"the {what} must be from {least:,g} to {most:,.0f}, not {value}")
