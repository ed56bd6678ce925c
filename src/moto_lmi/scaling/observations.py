"""What is seen of an account's capacity providers in one period of five minutes: what metrics are made of.

The emulator's metrics are written from these values and from nothing else. An account's `Scaling` makes one
`Observation` at each full five minutes of virtual time (12:00, 12:05, …) while the account has managed instances, and
hands it to everybody in its `listeners`:

    backend = lambda_backends[account_id][region]
    backend.scaling.listeners.append(telemetry.record)   # a bound method, so that the backend can be pickled

Percentages are from 0 to 100 and means over the period. Environments of a version are taken to share its load evenly,
and the instances' values follow from the environments that are on them at the end of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PERIOD_S = 300.0
"""Seconds of an observation, the period of Lambda's metrics for managed instances."""


@dataclass(frozen=True)
class VersionObservation:
    """A published version of a function in one period.

    `concurrency_maximum` is the most requests that one environment had at a time, `concurrency_limit` what one may
    have (PerExecutionEnvironmentMaxConcurrency). `throttles` is the sum of the four that name their reason.
    `duration_mean_ms` is None in a period without a request that ended.
    """

    provider_name: str
    function_name: str
    version: str
    """`$LATEST.PUBLISHED` or a number."""
    environments: int
    """Ready at the end of the period."""
    environments_starting: int
    concurrency_maximum: float
    concurrency_mean: float
    concurrency_limit: int
    cpu_percent: float
    """Of the environments' vCPUs."""
    memory_percent: float
    """Of the environments' memory; 0 until somebody has said what a request takes."""
    offered: int
    """Requests that came: served, refused or still under way."""
    invocations: int
    """Requests that were let in."""
    errors: int
    """Of those, how many the function failed in. Offered traffic has none; they are of invocations that really ran."""
    concurrency_throttles: int
    cpu_throttles: int
    memory_throttles: int
    disk_throttles: int
    duration_mean_ms: float | None

    @property
    def resource(self) -> str:
        """The value of the metrics' dimension Resource: `function:version`."""
        return f"{self.function_name}:{self.version}"

    @property
    def throttles(self) -> int:
        """Requests that were refused."""
        return self.concurrency_throttles + self.cpu_throttles + self.memory_throttles + self.disk_throttles


@dataclass(frozen=True)
class InstanceObservation:
    """A managed instance in one period, from its launch until it is shut down.

    `usable_*` is what is left for environments beside what the platform keeps, `allocated_*` what environments have
    been given of that; the rest of it is available.
    """

    provider_name: str
    instance_id: str
    instance_type: str
    availability_zone: str
    environments: int
    vcpus: int
    usable_vcpus: float
    allocated_vcpus: float
    memory_bytes: int
    usable_memory_bytes: int
    allocated_memory_bytes: int
    cpu_percent: float
    """Of all its vCPUs."""
    memory_percent: float
    """Of all its memory."""

    @property
    def available_vcpus(self) -> float:
        """What is left for further environments."""
        return self.usable_vcpus - self.allocated_vcpus

    @property
    def available_memory_bytes(self) -> int:
        """What is left for further environments."""
        return self.usable_memory_bytes - self.allocated_memory_bytes


@dataclass(frozen=True)
class Observation:
    """Everything that was seen in the period from `start` to `end` (virtual time, UTC) in one account and Region."""

    account_id: str
    region: str
    start: datetime
    end: datetime
    versions: tuple[VersionObservation, ...]
    """Published versions that have environments or were offered requests, by provider, function and version."""
    instances: tuple[InstanceObservation, ...]
    """Managed instances at `end`, by provider and instance id."""
