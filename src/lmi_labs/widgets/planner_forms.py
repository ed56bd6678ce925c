"""Closed forms of the planner: what a month costs at other levels of traffic, and how large fleets should be.

A whole curve takes a few milliseconds: the rate over time is looked up once, and levels multiply it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lmi_sim.billing import monthly_bill
from lmi_sim.plan.curve import LEVELS, Assumed
from lmi_sim.plan.fleet import environments_at
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.spec import DEFAULT_LAMBDA, MANAGED_INSTANCES, PROVISIONED, Spec
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload

__all__ = ["KINDS", "Point", "cost_curve", "crossing", "fleet", "provisioned_environments", "rates", "service_s"]

KINDS = (MANAGED_INSTANCES, DEFAULT_LAMBDA, PROVISIONED)
"""The three ways to run a workload, in the order in which they are shown."""

_STEPS = 96  # quarters of an hour of a day
_SPILLED = 0.01  # of the requests at the peak, to on-demand environments


@dataclass(frozen=True)
class Point:
    """What a month with so many requests costs, in USD by kind."""

    requests: Decimal
    usd: Mapping[str, Decimal]


def service_s(workload: Workload, policy: DefaultLambda) -> float:
    """How long a request takes on default Lambda on average, where memory sets the share of a vCPU."""
    return (workload.io.mean_ms + workload.cpu.mean_ms * policy.cpu_stretch(workload)) / 1000


def provisioned_environments(peak_rps: float, workload: Workload, policy: DefaultLambda) -> int:
    """So many environments that at the peak at most 1 % of the requests find none (Erlang B), as far as there may be."""
    offered, most = peak_rps * service_s(workload, policy), policy.account_concurrency - 1
    if offered >= most:
        return most
    count, inverse = 0, 1.0  # one divided by the share that is blocked
    while inverse * _SPILLED < 1 and count < most:
        count += 1
        inverse = 1 + inverse * count / offered
    return count


def rates(traffic: Traffic) -> tuple[float, ...]:
    """The rate of the traffic in requests per second, in the middle of each of 96 equal steps."""
    return tuple(traffic.rate_at((step + 0.5) / _STEPS * traffic.duration_s) for step in range(_STEPS))


def fleet(rates_rps: Sequence[float], workload: Workload, policy: ManagedInstances) -> tuple[int, ...]:
    """How many instances bring both signals to their targets at each rate."""
    floor, each = min(policy.min_instances, policy.min_environments), policy.environments_per_instance
    sizes = {rate: max(floor, -(-environments_at(rate, workload, policy) // each)) for rate in set(rates_rps)}
    return tuple(sizes[rate] for rate in rates_rps)


def cost_curve(spec: Spec, used: Mapping[str, Assumed], rates_rps: Sequence[float]) -> tuple[Point, ...]:
    """Costs of a month at levels of the traffic from a hundredth to sixteen times; `used` is what today's takes.

    What a request is billed for stays; instances and provisioned environments follow the level.
    """
    policies = spec.policies
    managed, default = policies[MANAGED_INSTANCES], policies[DEFAULT_LAMBDA]
    assert isinstance(managed, ManagedInstances)
    assert isinstance(default, DefaultLambda)
    assert spec.pricing.requests_per_month is not None
    # The cap of the fleet and a minimum that fits today's traffic would hide how the cost follows the traffic.
    free = replace(managed, max_vcpu_count=10**7, min_environments=min(3, managed.min_environments))
    points = []
    for level in LEVELS:
        requests = spec.pricing.requests_per_month * Decimal(level)
        this = replace(spec, pricing=replace(spec.pricing, requests_per_month=requests))
        sizes = fleet([rate * level for rate in rates_rps], spec.workload, free)
        kept = provisioned_environments(spec.traffic.peak_rps * level, spec.workload, default)
        measured_s = used[MANAGED_INSTANCES].measured_s
        standing = replace(used[MANAGED_INSTANCES], instance_s=sum(sizes) / len(sizes) * measured_s)
        usd = {
            MANAGED_INSTANCES: monthly_bill(this, free, standing)["total"],
            DEFAULT_LAMBDA: monthly_bill(this, default, used[DEFAULT_LAMBDA])["total"],
            PROVISIONED: monthly_bill(this, ProvisionedConcurrency(kept, default), used[PROVISIONED])["total"],
        }
        points.append(Point(requests, usd))
    return tuple(points)


def crossing(curve: Sequence[Point]) -> Decimal | None:
    """From how many requests on managed instances cost less than default Lambda; None if that isn't on the curve.

    Between two points the lines are straight, so it is exact to a few per cent.
    """
    gaps = [point.usd[MANAGED_INSTANCES] - point.usd[DEFAULT_LAMBDA] for point in curve]
    if gaps[-1] >= 0 or all(gap < 0 for gap in gaps):
        return None
    last = max(index for index, gap in enumerate(gaps) if gap >= 0)
    before, after = curve[last], curve[last + 1]
    share = gaps[last] / (gaps[last] - gaps[last + 1])
    return (before.requests + share * (after.requests - before.requests)).quantize(Decimal(1))
