"""Managed instances: execution environments with several slots each, on instances, scaled asynchronously."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from lmi_sim.policies.assumptions import assumption
from lmi_sim.policies.default_lambda import at_least
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.workload import Workload

__all__ = ["ManagedInstances"]


def _assumed(key: str, *, per_cent: bool = False) -> float:
    return float(assumption(key)) / (100 if per_cent else 1)


@dataclass(frozen=True)
class ManagedInstances:
    """A published version on a capacity provider of one instance type.

    `max_concurrency` is PerExecutionEnvironmentMaxConcurrency. `initial_environments` stand ready at the beginning, the
    minimum if it is not set. `target_cpu` and `target_slots` are shares from 0 to 1.
    `cpu_busy_limit`, if it is set, refuses requests where so many per vCPU want the CPU already; AWS says that CPU is a
    reason for throttles, but not from when. The rest is described in `facts.toml`.
    """

    instance: InstanceShape
    environment: EnvironmentSize
    max_concurrency: int
    min_environments: int = field(default_factory=lambda: assumption("scaling_model.minimum_environments"))
    max_environments: int | None = None
    initial_environments: int | None = None
    max_vcpu_count: int = field(default_factory=lambda: assumption("scaling_model.max_vcpu_count"))
    min_instances: int = field(default_factory=lambda: assumption("scaling_model.minimum_instances"))
    target_cpu: float = field(default_factory=lambda: _assumed("scaling_model.target_cpu_percent", per_cent=True))
    target_slots: float = field(default_factory=lambda: _assumed("scaling_model.target_slots_percent", per_cent=True))
    evaluation_period_s: float = field(default_factory=lambda: _assumed("scaling_model.evaluation_period_s"))
    instance_launch_s: float = field(default_factory=lambda: _assumed("scaling_model.instance_launch_s"))
    environment_start_s: float = field(default_factory=lambda: _assumed("scaling_model.environment_start_s"))
    scale_in_after_s: float = field(default_factory=lambda: _assumed("scaling_model.scale_in_after_s"))
    scale_in_step: float = field(default_factory=lambda: _assumed("scaling_model.scale_in_step_percent", per_cent=True))
    empty_instance_s: float = field(default_factory=lambda: _assumed("scaling_model.empty_instance_s"))
    instance_lifetime_s: float = field(default_factory=lambda: _assumed("scaling_model.instance_lifetime_s"))
    router_choices: int = field(default_factory=lambda: assumption("router.choices"))
    router_attempts: int = field(default_factory=lambda: assumption("router.attempts"))
    cpu_busy_limit: float = math.inf

    def __post_init__(self) -> None:
        at_least("max_concurrency", self.max_concurrency, 1)
        at_least("min_environments", self.min_environments, 0)
        at_least("min_instances", self.min_instances, 1)
        at_least("router_attempts", self.router_attempts, 1)
        at_least("cpu_busy_limit", self.cpu_busy_limit, 1)
        for name in ("target_cpu", "target_slots", "scale_in_step"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} {getattr(self, name)} must be above 0 and at most 1")
        for name in ("instance_launch_s", "environment_start_s", "scale_in_after_s", "empty_instance_s"):
            at_least(name, getattr(self, name), 0)
        if not (self.evaluation_period_s > 0 and self.instance_lifetime_s > 0):
            raise ValueError("evaluation_period_s and instance_lifetime_s must be above 0")
        if self.router_choices not in (1, 2):
            raise ValueError(f"router_choices {self.router_choices} must be 1 or 2")
        if self.max_environments is not None and self.max_environments < self.min_environments:
            raise ValueError(
                f"max_environments {self.max_environments} must be at least min_environments {self.min_environments}"
            )
        if not self.min_environments <= self.first_environments:
            raise ValueError(
                f"initial_environments {self.initial_environments} must be at least min_environments {self.min_environments}"
            )
        if self.min_environments == 0 and self.max_environments != 0:
            raise ValueError(
                f"min_environments 0 deactivates the version and needs max_environments 0, not {self.max_environments}"
            )
        if self.environments_per_instance < 1:
            raise ValueError(
                f"an environment of {self.environment.vcpus:g} vCPUs and {self.environment.memory_gib:g} GiB does not "
                f"fit on {self.instance.instance_type}, which has {self.instance.usable_vcpus:g} vCPUs and "
                f"{self.instance.usable_gib:g} GiB left for environments"
            )
        if self.most_environments < self.first_environments:
            instances = -(-self.first_environments // self.environments_per_instance)
            raise ValueError(
                f"max_vcpu_count {self.max_vcpu_count} holds {self.most_instances} {self.instance.instance_type} with "
                f"{self.most_environments} environments, fewer than the {self.first_environments} to begin with; it needs "
                f"{instances * self.instance.vcpus}"
            )

    @property
    def environments_per_instance(self) -> int:
        """How many environments an instance holds."""
        return self.instance.room_for(self.environment)

    @property
    def most_instances(self) -> int:
        """How many instances the vCPU cap allows; it counts whole instances."""
        return self.max_vcpu_count // self.instance.vcpus

    @property
    def most_environments(self) -> int:
        """How many environments there can ever be."""
        room = self.most_instances * self.environments_per_instance
        return room if self.max_environments is None else min(room, self.max_environments)

    @property
    def initial_instances(self) -> int:
        """How many instances the first environments stand on: spread for resilience, or as many as they need."""
        needed = -(-self.first_environments // self.environments_per_instance)
        return min(max(needed, min(self.min_instances, self.first_environments)), self.most_instances)

    @property
    def first_environments(self) -> int:
        """How many environments stand ready at the beginning."""
        return self.min_environments if self.initial_environments is None else self.initial_environments

    def memory_slots(self, workload: Workload) -> int:
        """How many requests an environment's memory holds at a time.

        Raises ValueError when not even one fits.
        """
        free_mb = self.environment.memory_gib * 1024 - workload.base_memory_mb
        if free_mb < workload.memory_mb_per_request or free_mb <= 0:
            raise ValueError(
                f"an environment of {self.environment.memory_gib:g} GiB has no memory for one request: "
                f"base_memory_mb {workload.base_memory_mb:g} + memory_mb_per_request {workload.memory_mb_per_request:g}"
            )
        if workload.memory_mb_per_request == 0:
            return self.max_concurrency
        return int(free_mb / workload.memory_mb_per_request + 1e-9)
