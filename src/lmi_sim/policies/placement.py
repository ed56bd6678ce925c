"""Which instance type a function version gets, and how its execution environments are laid on instances.

AWS doesn't publish the rule. This is a model; its parameters stand in `facts.toml` beside this file, with the
observations that they rest on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from lmi_sim.policies.assumptions import assumption

_TYPE_NAME = re.compile(r"(?P<class>[a-z]+)(?P<generation>\d+)(?P<options>[a-z-]*)\.(?P<size>[a-z0-9-]+)")
_EPSILON = 1e-9


@dataclass(frozen=True)
class EnvironmentSize:
    """What one execution environment takes of an instance."""

    vcpus: float
    memory_gib: float

    def __post_init__(self) -> None:
        if self.vcpus <= 0 or self.memory_gib <= 0:
            raise ValueError(
                f"an environment needs vCPUs and memory above 0, not {self.vcpus} and {self.memory_gib} GiB"
            )

    @property
    def gib_per_vcpu(self) -> float:
        """The memory-to-vCPU ratio."""
        return self.memory_gib / self.vcpus

    def check_offered(self) -> None:
        """Raise ValueError for a size that AWS doesn't offer: its vCPUs follow from memory and ratio, and have limits."""
        least, most = assumption("placement.environment_vcpus")
        if not least <= self.vcpus <= most:
            ratio = self.gib_per_vcpu
            nearest = least * ratio if self.vcpus < least else most * ratio
            raise ValueError(
                f"an environment of {self.memory_gib:g} GiB at {ratio:g} GiB for each vCPU has {self.vcpus:g} vCPUs; it "
                f"must have {least} to {most}, which is {nearest:g} GiB at {'least' if self.vcpus < least else 'most'}"
            )


@dataclass(frozen=True)
class InstanceShape:
    """An instance type as far as placement is concerned."""

    instance_type: str
    vcpus: int
    memory_gib: float
    architecture: str
    is_metal: bool = False

    @property
    def usable_vcpus(self) -> float:
        """vCPUs that are left for environments."""
        return float(max(0, self.vcpus - assumption("placement.reserved_vcpus")))

    @property
    def usable_gib(self) -> float:
        """Memory that is left for environments."""
        return float(max(0.0, self.memory_gib - assumption("placement.reserved_gib")))

    def room_for(self, size: EnvironmentSize) -> int:
        """How many environments of the size an empty instance holds."""
        return free_room(self, (), size)


def free_room(shape: InstanceShape, placed: Iterable[EnvironmentSize], size: EnvironmentSize) -> int:
    """How many more environments of the size fit beside those that are placed on an instance already."""
    taken = list(placed)
    vcpus = shape.usable_vcpus - sum(item.vcpus for item in taken)
    memory = shape.usable_gib - sum(item.memory_gib for item in taken)
    return max(0, int(min(vcpus / size.vcpus, memory / size.memory_gib) + _EPSILON))


def matches(instance_type: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns, in which `*` stands for anything, names the instance type."""
    return any(fnmatchcase(instance_type, pattern) for pattern in patterns)


def eligible(
    shapes: Iterable[InstanceShape], architecture: str, allowed: Sequence[str] = (), excluded: Sequence[str] = ()
) -> list[InstanceShape]:
    """The types that a capacity provider may use: C, M and R from .large up, of its architecture, by its lists.

    Bare metal is used only when an allowed type names it without a wildcard.
    """
    families = set(assumption("placement.family_by_gib_per_vcpu").values())
    found = []
    for shape in shapes:
        name = _TYPE_NAME.fullmatch(shape.instance_type)
        if name is None or name["class"] not in families or shape.architecture != architecture:
            continue
        if shape.vcpus < assumption("placement.smallest_vcpus") or (
            shape.is_metal and shape.instance_type not in allowed
        ):
            continue
        if (allowed and not matches(shape.instance_type, allowed)) or matches(shape.instance_type, excluded):
            continue
        found.append(shape)
    return found


def choose_shape(candidates: Iterable[InstanceShape], size: EnvironmentSize) -> InstanceShape | None:
    """The instance type for environments of the size among the candidates, None if none holds a single one.

    The host that is aimed at has four times the environment's vCPUs; the family follows the memory ratio, and the
    newest generation without extras goes first. With few candidates the nearest to that is taken.
    """
    fitting = [shape for shape in candidates if shape.room_for(size) >= 1]
    return min(fitting, key=lambda shape: _preference(shape, size), default=None)


def _preference(shape: InstanceShape, size: EnvironmentSize) -> tuple[Any, ...]:
    name = _TYPE_NAME.fullmatch(shape.instance_type)
    assert name is not None  # `eligible` has sorted out what has no such name
    target = assumption("placement.host_vcpus_per_environment_vcpu") * size.vcpus
    families = assumption("placement.family_by_gib_per_vcpu")
    nearest = min(families, key=lambda ratio: abs(float(ratio) - size.gib_per_vcpu))
    maker = {"g": 0, "i": 0, "a": 1}.get(name["options"][:1], 2)
    return (
        name["class"] != families[nearest],
        shape.vcpus < target,
        abs(shape.vcpus - target),
        -int(name["generation"]),
        len(name["options"]),
        maker,
        shape.instance_type,
    )


def drains_first(environments: Sequence[int], floor: int) -> int:
    """The index of the instance that gives up an environment next, given how many each has of a version (0 counts not).

    The emptiest one, so that instances become free; the fullest when no more than `floor` instances have any, so that
    these stay. The later one of several.
    """
    having = [index for index, count in enumerate(environments) if count]
    sign = 1 if len(having) > floor else -1
    return min(having, key=lambda index: (sign * environments[index], -index))


def spread(zones: Sequence[str], taken: Sequence[str]) -> list[str]:
    """The zones in the order in which the next instance should go: the one with the fewest of `taken` first."""
    return sorted(zones, key=lambda zone: (taken.count(zone), zones.index(zone)))
