"""Cases of sizing: what fits on an instance, how many slots there are, and AWS's sample calculator."""

from __future__ import annotations

from decimal import Decimal

from lmi_sim import sizing
from lmi_sim.cases.costs import architecture
from lmi_sim.cases.inputs import Inputs

__all__ = ["calculator", "packing", "slots"]


def packing(inputs: Inputs) -> dict[str, object]:
    """How many environments fit on an instance beside what is kept for the platform: `ee_per_instance`."""
    if "vcpus" in inputs:
        instance = sizing.InstanceSize(inputs.decimal("vcpus"), inputs.decimal("mem_gb"))
    else:
        instance = sizing.instance_size(inputs.word("instance"), inputs.word("region", "us-east-1"))
    fitting = sizing.environments_per_instance(
        instance,
        inputs.decimal("ee_vcpu"),
        inputs.decimal("ee_gb"),
        reserved_vcpus=_maybe(inputs, "os_vcpu"),
        reserved_gib=_maybe(inputs, "os_gb"),
    )
    return {"ee_per_instance": fitting}


def slots(inputs: Inputs) -> dict[str, object]:
    """How many requests run at a time: `ee`, `slots`."""
    environments = inputs.whole("ee") if "ee" in inputs else inputs.whole("instances") * inputs.whole("ee_per_instance")
    return {"ee": environments, "slots": environments * inputs.whole("max_concurrency")}


def calculator(inputs: Inputs) -> dict[str, object]:
    """What AWS's sample calculator answers, and with `_exact_rate` what it would with the right prices and counts.

    `std` is default Lambda, `ec2` the self-managed instances that it compares with.
    """
    demand = _demand(inputs)
    found = sizing.calculate(demand, compatible=True)
    instances = found.sizing.instances
    exact = sizing.managed_instances(demand, instances)
    return {
        "concurrency_per_vcpu": found.sizing.concurrency_per_vcpu,
        "function_memory_mb": found.sizing.function_memory_mb,
        "vcpus_per_env": found.sizing.vcpus_per_environment,
        "sustainable_concurrency_per_env": found.sizing.sustainable_per_environment,
        "environments_needed": found.sizing.environments,
        "envs_per_instance": found.sizing.environments_per_instance,
        "base_instances": found.sizing.base_instances,
        "instances": instances,
        "lmi_requests": float(found.managed_instances["requests"]),
        "lmi_ec2": float(found.managed_instances["ec2"]),
        "lmi_fee": float(found.managed_instances["fee"]),
        "lmi_total": float(found.managed_instances["total"]),
        "lmi_total_exact_rate": float(exact["total"]),
        "std_total_calculator": float(found.default_lambda["total"]),
        "std_total_exact_rate": float(sizing.default_lambda(demand)["total"]),
        "ec2_instances": found.self_managed.instances,
        "ec2_total": float(found.self_managed.total_usd),
        "ec2_total_exact_rate": float(sizing.self_managed(demand, instances).total_usd),
    }


def _demand(inputs: Inputs) -> sizing.Demand:
    """The calculator's own names and defaults; `multiConcurrencyOverride` is read by nothing there either."""
    return sizing.Demand(
        runtime=inputs.word("runtime"),
        target_concurrency=inputs.decimal("targetConcurrency"),
        memory_mb_per_request=inputs.decimal("memoryPerExec"),
        requests=inputs.decimal("requestsPerMonth", 1_000_000),
        duration_s=inputs.decimal("durationSec", 60),
        instance_type=inputs.word("instanceType", "c7g.xlarge"),
        architecture=architecture(inputs) if "arch" in inputs else "arm64",
        savings_plan=inputs.word("savingsPlan", "none"),
        workload_type=inputs.word("workloadType", "balanced"),
        zones=inputs.word("azConfig", "3az"),
        gib_per_vcpu=_maybe(inputs, "memVcpuRatio"),
        concurrency_per_vcpu=inputs.whole("maxConcurrencyOverride", 0) or None,
        function_memory_mb=_maybe(inputs, "functionMemoryOverride") or None,
        environments_per_instance=inputs.whole("envsPerInstanceOverride", 0) or None,
        self_managed_packing_percent=_maybe(inputs, "ec2PackingEfficiency") or None,
        usd_per_hour=_maybe(inputs, "od_hourly"),
    )


def _maybe(inputs: Inputs, name: str) -> Decimal | None:
    return inputs.decimal(name) if name in inputs else None
