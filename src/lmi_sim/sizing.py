"""How many instances a workload needs, as AWS's own sample calculator reckons, and what it compares them with.

Source: aws-samples/sample-aws-lambda-managed-instances, tools/pricing-calculator. Its constants stand in `sizing.toml`.

    function memory       max(2 GB, memory per execution × executions that fit in the memory of a vCPU)
    environments          target concurrency ÷ (100 % ÷ CPU per execution × vCPUs of an environment), rounded up
    per instance          what fits beside the 1 vCPU and 1 GB that are kept for the platform
    instances             environments ÷ per instance, rounded up, times 1.5, at least one for each zone

The target concurrency is taken as it is given, not from requests and duration. With `compatible=True` the functions
answer as the calculator does, defects included; otherwise they put right that it

- scales Lambda's price of 128 MB, rounded to ten places, and knows no tiers and no rounding to milliseconds;
- has three prices of r7g that aren't those of the price list;
- counts one self-managed instance too many when floating point makes 9 × (0.8 / 0.6) more than 12;
- takes one environment to fit where none does.
"""

from __future__ import annotations

import csv
import math
import tomllib
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lmi_sim.cost import Bill, Invocations, default_lambda_bill, managed_instances_bill
from lmi_sim.policies.assumptions import assumption
from lmi_sim.prices import on_demand_usd_per_hour, price_source

__all__ = [
    "Calculation",
    "Demand",
    "InstanceSize",
    "SelfManaged",
    "Sizing",
    "calculate",
    "constant",
    "default_lambda",
    "environments_per_instance",
    "instance_size",
    "managed_instances",
    "self_managed",
    "size",
]

_MB_PER_GB = 1024


@cache
def _constants() -> dict[str, Any]:
    document = tomllib.loads(files(__package__).joinpath("sizing.toml").read_text(encoding="utf-8"))
    constants: dict[str, Any] = document["calculator"]
    return constants


def constant(name: str) -> Any:
    """One of the calculator's constants. Raises KeyError for an unknown one."""
    return _constants()[name]["value"]


class InstanceSize(NamedTuple):
    """What an instance type has."""

    vcpus: Decimal
    memory_gib: Decimal


@cache
def _instance_sizes(region: str) -> dict[str, InstanceSize]:
    text = files("lmi_sim.prices").joinpath(price_source(region).file).read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["instance_type"]: InstanceSize(Decimal(row["vcpus"]), Decimal(row["memory_gib"])) for row in rows}


def instance_size(instance_type: str, region: str = "us-east-1") -> InstanceSize:
    """The vCPUs and the memory (GiB) of an instance type. Raises UnknownRegion or UnknownInstanceType."""
    on_demand_usd_per_hour(instance_type, region)  # it raises for an unknown one, in words that name a near one
    return _instance_sizes(region)[instance_type]


def environments_per_instance(
    instance: InstanceSize,
    environment_vcpus: Decimal,
    environment_gib: Decimal,
    *,
    reserved_vcpus: Decimal | None = None,
    reserved_gib: Decimal | None = None,
) -> int:
    """How many environments fit on an instance beside what the platform keeps (1 vCPU and 1 GiB unless given); maybe 0.

    Raises ValueError for an environment without vCPUs or memory and for a negative reserve.
    """
    if environment_vcpus <= 0 or environment_gib <= 0:
        raise ValueError(
            f"an environment needs vCPUs and memory above 0, not {environment_vcpus} and {environment_gib} GiB"
        )
    kept_vcpus = Decimal(assumption("placement.reserved_vcpus")) if reserved_vcpus is None else reserved_vcpus
    kept_gib = Decimal(assumption("placement.reserved_gib")) if reserved_gib is None else reserved_gib
    if kept_vcpus < 0 or kept_gib < 0:
        raise ValueError(f"the platform can't keep less than nothing: {kept_vcpus} vCPUs and {kept_gib} GiB")
    room = min((instance.vcpus - kept_vcpus) / environment_vcpus, (instance.memory_gib - kept_gib) / environment_gib)
    return max(0, _down(room))


@dataclass(frozen=True)
class Demand:
    """What the calculator asks for.

    `zones` is "3az", "5az" or "none"; `savings_plan` and `workload_type` are named in `sizing.toml`. What is None is
    reckoned. `function_memory_mb` below 2 GB is ignored, as the calculator does. `usd_per_hour` replaces the price list.
    """

    runtime: str
    target_concurrency: Decimal
    memory_mb_per_request: Decimal
    requests: Decimal = Decimal(1_000_000)
    duration_s: Decimal = Decimal(60)
    instance_type: str = "c7g.xlarge"
    architecture: str = "arm64"
    savings_plan: str = "none"
    workload_type: str = "balanced"
    zones: str = "3az"
    gib_per_vcpu: Decimal | None = None
    concurrency_per_vcpu: int | None = None
    function_memory_mb: Decimal | None = None
    environments_per_instance: int | None = None
    self_managed_packing_percent: Decimal | None = None
    usd_per_hour: Decimal | None = None

    def __post_init__(self) -> None:
        _known("runtime", self.runtime, constant("runtime_concurrency_per_vcpu"))
        _known("savings_plan", self.savings_plan, constant("ec2_discount_percent"))
        _known("workload_type", self.workload_type, constant("cpu_percent_by_workload"))
        _known("zones", self.zones, constant("minimum_instances_by_zones"))
        _known("architecture", self.architecture, constant("usd_per_ms_of_128_mb"))
        for name in ("target_concurrency", "memory_mb_per_request", "requests", "duration_s"):
            _above_zero(name, getattr(self, name))
        for name in (
            "gib_per_vcpu",
            "concurrency_per_vcpu",
            "function_memory_mb",
            "environments_per_instance",
            "self_managed_packing_percent",
            "usd_per_hour",
        ):
            if getattr(self, name) is not None:
                _above_zero(name, getattr(self, name))


@dataclass(frozen=True)
class Sizing:
    """Step by step, from what one vCPU carries to the number of instances."""

    concurrency_per_vcpu: int
    function_memory_mb: int
    vcpus_per_environment: int
    sustainable_per_environment: int
    environments: int
    environments_per_instance: int
    base_instances: int
    instances: int


def size(demand: Demand, *, compatible: bool = False) -> Sizing:
    """How many instances the demand needs.

    Raises ValueError when no environment fits on the instance (the calculator takes one to fit unless the platform
    leaves nothing at all), or when more than 5,000 would be needed.
    """
    ratio_mb = (demand.gib_per_vcpu or Decimal(constant("gib_per_vcpu"))) * _MB_PER_GB
    limit = constant("runtime_concurrency_per_vcpu")[demand.runtime]
    by_memory = _down(ratio_mb / demand.memory_mb_per_request)
    per_vcpu = demand.concurrency_per_vcpu or max(1, min(limit, by_memory))
    smallest = Decimal(constant("smallest_function_mb"))
    memory_mb = _up(max(smallest, demand.memory_mb_per_request * per_vcpu))
    if demand.function_memory_mb is not None and demand.function_memory_mb >= smallest:
        memory_mb = _up(demand.function_memory_mb)
    vcpus = _up(memory_mb / ratio_mb)
    at_a_time = min(_down(100 / Decimal(constant("cpu_percent_by_workload")[demand.workload_type])), limit)
    environments = _up(demand.target_concurrency / (at_a_time * vcpus))
    fitting = demand.environments_per_instance or _fitting(demand, memory_mb, vcpus, compatible)
    least = constant("minimum_instances_by_zones")[demand.zones]
    base = max(least, -(-environments // fitting))
    instances = max(least, _up(base * Decimal(constant("scaling_buffer"))))
    if instances > constant("most_instances"):
        raise ValueError(f"{instances} instances are more than {constant('most_instances')}; take a larger type")
    return Sizing(per_vcpu, memory_mb, vcpus, at_a_time * vcpus, environments, fitting, base, instances)


def _fitting(demand: Demand, memory_mb: int, vcpus: int, compatible: bool) -> int:
    instance = instance_size(demand.instance_type)
    fitting = environments_per_instance(instance, Decimal(vcpus), Decimal(memory_mb) / _MB_PER_GB)
    kept_vcpus, kept_gib = assumption("placement.reserved_vcpus"), assumption("placement.reserved_gib")
    if compatible and instance.vcpus > kept_vcpus and instance.memory_gib > kept_gib:
        return max(1, fitting)
    if fitting < 1:
        raise ValueError(
            f"an environment of {vcpus} vCPUs and {memory_mb} MB does not fit on {demand.instance_type}, which has "
            f"{instance.vcpus - kept_vcpus} vCPUs and {instance.memory_gib - kept_gib} GiB left for environments"
        )
    return fitting


def managed_instances(demand: Demand, instances: int, *, compatible: bool = False) -> Bill:
    """A month of so many instances under the demand's Savings Plan: `requests`, `ec2`, `fee`, `total`."""
    return managed_instances_bill(
        instance_hours=Decimal(instances * constant("hours_per_month")),
        on_demand_usd_per_hour=_usd_per_hour(demand, compatible),
        requests=demand.requests,
        discount=_discount("ec2_discount_percent", demand),
    )


def default_lambda(demand: Demand, *, compatible: bool = False) -> Bill:
    """The same requests on default Lambda, each with its own memory: `compute`, `requests`, `total`. No free tier."""
    each = Invocations(demand.requests, demand.duration_s * 1000, demand.memory_mb_per_request)
    bill = default_lambda_bill(each.gb_seconds, demand.requests, demand.architecture)
    compute = bill["compute"]
    if compatible:
        rate = Decimal(constant("usd_per_ms_of_128_mb")[demand.architecture])
        compute = demand.requests * demand.duration_s * 1000 * rate * demand.memory_mb_per_request / 128
    compute *= 1 - _discount("lambda_discount_percent", demand)
    return {"compute": compute, "requests": bill["requests"], "total": compute + bill["requests"]}


class SelfManaged(NamedTuple):
    """The EC2 instances that would do the same without Lambda, less tightly packed, and their month."""

    instances: int
    total_usd: Decimal


def self_managed(demand: Demand, instances: int, *, compatible: bool = False) -> SelfManaged:
    """So many managed instances as self-managed ones, at the packing that the calculator assumes for both."""
    packing = demand.self_managed_packing_percent or Decimal(constant("self_managed_packing_percent"))
    managed = constant("managed_packing_percent")
    count = (
        math.ceil(instances * (managed / 100 / (float(packing) / 100)))
        if compatible
        else _up(instances * managed / packing)
    )
    hours = Decimal(count * constant("hours_per_month"))
    price = _usd_per_hour(demand, compatible) * (1 - _discount("ec2_discount_percent", demand))
    return SelfManaged(count, hours * price)


@dataclass(frozen=True)
class Calculation:
    """All that the calculator prints: the sizing and the three ways to pay for it."""

    sizing: Sizing
    managed_instances: Bill
    default_lambda: Bill
    self_managed: SelfManaged


def calculate(demand: Demand, *, compatible: bool = False) -> Calculation:
    """The whole calculation. Raises as `size` does."""
    sizing = size(demand, compatible=compatible)
    return Calculation(
        sizing,
        managed_instances(demand, sizing.instances, compatible=compatible),
        default_lambda(demand, compatible=compatible),
        self_managed(demand, sizing.instances, compatible=compatible),
    )


def _usd_per_hour(demand: Demand, compatible: bool) -> Decimal:
    if demand.usd_per_hour is not None:
        return demand.usd_per_hour
    differing = constant("usd_per_hour_that_differ")
    if compatible and demand.instance_type in differing:
        return Decimal(differing[demand.instance_type])
    return on_demand_usd_per_hour(demand.instance_type)


def _discount(table: str, demand: Demand) -> Decimal:
    return Decimal(constant(table)[demand.savings_plan]) / 100


def _up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def _down(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))


def _known(name: str, value: str, choices: dict[str, Any]) -> None:
    if value not in choices:
        near = get_close_matches(str(value), choices, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"{name} {value!r} must be one of {', '.join(choices)}{hint}")


def _above_zero(name: str, value: Decimal | int) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} {value} must be a number above 0")
