"""What a fleet is made of: hosts with environments on them, and what it knows of versions and providers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from moto.moto_api._internal import mock_random

from lmi_sim.policies.placement import EnvironmentSize, InstanceShape, free_room
from moto_lmi.clock import Event


class Workload(Protocol):
    """A published function version, as the fleet sees it."""

    @property
    def uid(self) -> str:
        """Tells one publication from the next."""

    @property
    def function_name(self) -> str:
        """The function's name."""

    @property
    def version(self) -> str | int:
        """`$LATEST.PUBLISHED` or a number."""

    @property
    def minimum(self) -> int:
        """Fewest environments."""

    @property
    def maximum(self) -> int | None:
        """Most environments, None for no limit."""

    @property
    def memory_mib(self) -> int:
        """Memory of an environment."""

    @property
    def vcpus(self) -> float:
        """vCPUs of an environment."""

    @property
    def max_concurrency(self) -> int:
        """Requests that an environment may have at a time."""

    @property
    def ephemeral_storage(self) -> int:
        """MB of /tmp of an environment."""

    @property
    def has_accelerator(self) -> bool:
        """Whether it wants a GPU."""

    @property
    def architecture(self) -> str:
        """x86_64 or arm64."""

    def placed(self) -> None:
        """The environments that the version needs are up."""

    def placement_failed(self, code: str, reason: str) -> None:
        """They can't be brought up; `code` is one of the service model's state reason codes."""

    def resized(self) -> None:
        """The scaling config that was asked for is in effect."""


class Provider(Protocol):
    """A capacity provider, as the fleet sees it."""

    @property
    def arn(self) -> str:
        """The ARN."""

    @property
    def subnet_ids(self) -> list[str]:
        """Where instances go."""

    @property
    def security_group_ids(self) -> list[str]:
        """Groups of their interfaces."""

    @property
    def architecture(self) -> str:
        """x86_64 or arm64."""

    @property
    def allowed_instance_types(self) -> list[str]:
        """Patterns, empty for all."""

    @property
    def excluded_instance_types(self) -> list[str]:
        """Patterns."""

    @property
    def kms_key_arn(self) -> str | None:
        """Key of the data volume, None for the AWS-managed one."""

    @property
    def operator_role_arn(self) -> str:
        """The role that launches."""

    @property
    def max_vcpu_count(self) -> int:
        """The cap."""

    @property
    def target_cpu_percent(self) -> float | None:
        """The CPU target of Manual scaling; None in Auto, whose target is not published."""

    @property
    def target_gpu_percent(self) -> float | None:
        """The GPU target of Manual scaling; None for the default."""

    @property
    def propagated_tags(self) -> dict[str, str]:
        """Tags for what is launched."""


class Watcher(Protocol):
    """Who wants to know what happens in a fleet."""

    def fleet_will_change(self) -> None:
        """Environments or instances are about to come or go; called before they do."""

    def host_rotated(self, host: Host, successor: Host) -> None:
        """One instance has taken another's place at the end of its life."""


class Recorder(Protocol):
    """Who writes down what happens to instances."""

    def instance_event(self, event: str, provider_arn: str, host: Host | None, reason: str = "") -> None:
        """Launching, Launched, LaunchFailed (with the reason and no host), Terminating or Terminated."""


@dataclass(eq=False)
class Environment:
    """One execution environment: whose it is, what it takes, from when on it takes requests, and its id.

    One that `replaces` another, on an instance that is being rotated out, counts only from then on.
    """

    workload_uid: str
    size: EnvironmentSize
    ready: datetime
    replaces: Environment | None = None
    uid: str = field(default_factory=lambda: str(mock_random.uuid4()))


@dataclass(eq=False)
class Host:
    """One managed instance with the environments on it."""

    instance_id: str
    provider_arn: str
    shape: InstanceShape
    zone: str
    subnet_id: str
    launched: datetime
    ready: datetime
    """From when on environments can be started on it."""
    environments: list[Environment] = field(default_factory=list)
    draining: Event | None = None
    """The call that will shut the host down, while it is empty."""
    rotation: Event | None = None
    """The call that will replace the host at the end of its life."""
    is_retiring: bool = False
    """Whether another host has been launched to replace it."""

    def room_for(self, size: EnvironmentSize) -> int:
        """How many more environments of the size fit; none on a host that is being replaced."""
        if self.is_retiring:
            return 0
        return free_room(self.shape, [item.size for item in self.environments], size)

    def count(self, uid: str) -> int:
        """How many environments of the workload are on the host."""
        return sum(item.workload_uid == uid for item in self.environments)
