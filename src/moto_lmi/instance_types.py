"""The instance types that moto knows, in the form that placement wants. Loaded when first asked for."""

from __future__ import annotations

from functools import cache

from lmi_sim.policies.placement import InstanceShape, matches

_MIB_PER_GIB = 1024


@cache
def catalogue() -> dict[str, InstanceShape]:
    """Every instance type by its name."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    return {
        name: InstanceShape(
            instance_type=name,
            vcpus=entry["VCpuInfo"]["DefaultVCpus"],
            memory_gib=entry["MemoryInfo"]["SizeInMiB"] / _MIB_PER_GIB,
            architecture=architecture,
            is_metal=bool(entry.get("BareMetal")),
        )
        for name, entry in INSTANCE_TYPES.items()
        for architecture in ("x86_64", "arm64")
        if architecture in entry["ProcessorInfo"]["SupportedArchitectures"]
    }


@cache
def offered_in(region: str) -> dict[str, frozenset[str]]:
    """The names of the instance types that each Availability Zone of the Region offers."""
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    zones: dict[str, set[str]] = {}
    for offering in INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, []):
        zones.setdefault(offering["Location"], set()).add(offering["InstanceType"])
    return {zone: frozenset(names) for zone, names in zones.items()}


@cache
def matching_types(pattern: str) -> frozenset[str]:
    """The names of the instance types that a pattern with `*` names."""
    return frozenset(name for name in catalogue() if matches(name, [pattern]))
