"""The configurations of managed instances that a search looks at, the cheapest by closed form first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from lmi_sim import prices, runtimes
from lmi_sim.cost import management_fee_rate
from lmi_sim.plan.fleet import environments_at, instance_hours
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape, eligible
from lmi_sim.spec import MANAGED_INSTANCES, Spec

__all__ = ["Candidate", "candidates"]

RATIOS = (2.0, 4.0, 8.0)
MEMORY_GIB = (2.0, 4.0, 8.0, 16.0)
SHARE_OF_DEFAULT_CONCURRENCY = (1.0, 0.5, 0.25, 0.125)
TARGETS = (0.5, 0.7, 0.85)
MOST_VCPUS = 32  # of an instance type: larger ones cost the same for each vCPU, and three of them are a high floor


@dataclass(frozen=True)
class Candidate:
    """A configuration with the cost of its fleet by closed form, in USD a month without discounts and requests."""

    policy: ManagedInstances
    fleet_usd: Decimal


def candidates(spec: Spec) -> list[Candidate]:
    """Every configuration that can carry the spec, the cheapest fleet first.

    A spec's own configuration, if there is one, is among them, and its assumptions and cap are those of all.
    """
    found = {candidate.policy: candidate for candidate in _all(spec)}
    return sorted(found.values(), key=lambda item: (item.fleet_usd, item.policy.instance.instance_type))


def _all(spec: Spec) -> Iterator[Candidate]:
    own = spec.policies.get(MANAGED_INSTANCES)
    own = own if isinstance(own, ManagedInstances) else None
    if own:
        yield _priced(spec, own)
    for shape in _shapes(spec):
        for ratio in RATIOS:
            for memory_gib in MEMORY_GIB:
                yield from _of_a_size(spec, shape, EnvironmentSize(memory_gib / ratio, memory_gib), own)


def _shapes(spec: Spec) -> list[InstanceShape]:
    """The newest generation of each family and size that is there, and no more than it takes."""
    table = prices.instances(spec.pricing.region)
    shapes = [InstanceShape(item.instance_type, item.vcpus, item.memory_gib, item.architecture) for item in table]
    usable = [
        shape
        for shape in eligible(shapes, spec.architecture)
        if shape.vcpus <= MOST_VCPUS and shape.instance_type.split(".")[0][2:] in ("g", "i", "a")
    ]
    cheapest: dict[tuple[str, int], tuple[Decimal, InstanceShape]] = {}
    for shape in usable:
        key = (shape.instance_type[0], shape.vcpus)
        price = prices.on_demand_usd_per_hour(shape.instance_type, spec.pricing.region)
        # Newer generations do more for each vCPU-hour than their price rises, but how much is not in our data, so
        # prices decide among the three newest.
        if int(shape.instance_type[1]) >= 7 and (key not in cheapest or price < cheapest[key][0]):
            cheapest[key] = (price, shape)
    return [shape for _, shape in cheapest.values()]


def _of_a_size(
    spec: Spec, shape: InstanceShape, size: EnvironmentSize, own: ManagedInstances | None
) -> Iterator[Candidate]:
    if shape.room_for(size) < 1:
        return
    try:
        size.check_offered()
    except ValueError:
        return
    default = runtimes.default_concurrency(spec.runtime, size.vcpus)
    for share in SHARE_OF_DEFAULT_CONCURRENCY:
        for target in TARGETS:
            try:
                base = (
                    replace(own, instance=shape, environment=size, max_environments=None, initial_environments=None)
                    if own
                    else ManagedInstances(shape, size, default)
                )
                concurrency = max(1, int(default * share))
                policy = replace(base, max_concurrency=concurrency, min_environments=3, target_cpu=target)
                policy.memory_slots(spec.workload)
            except ValueError:  # too small for the workload, or more than the cap
                continue
            rates = (0.0, spec.traffic.mean_rps, spec.traffic.peak_rps)
            for minimum in sorted({environments_at(rate, spec.workload, policy) for rate in rates}):
                if minimum <= policy.most_environments:
                    yield _priced(spec, replace(policy, min_environments=minimum))


def _priced(spec: Spec, policy: ManagedInstances) -> Candidate:
    hours = instance_hours(spec.traffic, spec.workload, policy) * 730 * 3600 / spec.traffic.duration_s
    price = prices.on_demand_usd_per_hour(policy.instance.instance_type, spec.pricing.region)
    return Candidate(policy, Decimal(hours) * price * (1 + management_fee_rate()))
