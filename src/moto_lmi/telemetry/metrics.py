"""The metrics of managed instances, written at the end of each period of five minutes from what was seen in it.

Names, units and dimensions are those of the facts (`metrics.*`). AWS does not say what a single sample is; here each
instance gives one sample a period to the metrics of its provider and type (so that Sum is the total, Average the mean and
SampleCount the number of instances), each version one to those of its execution environments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from moto.cloudwatch.models import cloudwatch_backends

from moto_lmi import facts
from moto_lmi.api.cloudwatch.models import LMICloudWatchBackend
from moto_lmi.api.cloudwatch.series import MetricKey, Sample
from moto_lmi.scaling.observations import InstanceObservation, Observation, VersionObservation

PROVIDER: Mapping[str, Callable[[InstanceObservation], float]] = {
    "CPUUtilization": lambda seen: seen.cpu_percent,
    "MemoryUtilization": lambda seen: seen.memory_percent,
    "vCPUAvailable": lambda seen: seen.available_vcpus,
    "vCPUAllocated": lambda seen: seen.allocated_vcpus,
    "MemoryAvailable": lambda seen: seen.available_memory_bytes,
    "MemoryAllocated": lambda seen: seen.allocated_memory_bytes,
}
ENVIRONMENT: Mapping[str, Callable[[VersionObservation], float]] = {
    "ExecutionEnvironmentConcurrency": lambda seen: seen.concurrency_maximum,
    "ExecutionEnvironmentConcurrencyLimit": lambda seen: seen.concurrency_limit,
    "ExecutionEnvironmentCPUUtilization": lambda seen: seen.cpu_percent,
    "ExecutionEnvironmentMemoryUtilization": lambda seen: seen.memory_percent,
}
THROTTLES: Mapping[str, Callable[[VersionObservation], int]] = {
    "ConcurrencyThrottles": lambda seen: seen.concurrency_throttles,
    "CPUThrottles": lambda seen: seen.cpu_throttles,
    "MemoryThrottles": lambda seen: seen.memory_throttles,
    "DiskThrottles": lambda seen: seen.disk_throttles,
}
INSTANCE: Mapping[str, Callable[[InstanceObservation], float]] = {
    "CPUUtilization": lambda seen: seen.cpu_percent,
    "StatusCheckFailed": lambda seen: 0.0,
    "StatusCheckFailed_Instance": lambda seen: 0.0,
    "StatusCheckFailed_System": lambda seen: 0.0,
}


class MetricWriter:
    """Writes the metrics of one account and Region. It can be pickled."""

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region

    def record(self, seen: Observation) -> None:
        """Write the metrics of the period; their time is its beginning, as on AWS."""
        at = seen.start.timestamp()
        for instance in seen.instances:
            self._of_provider(instance, at)
            self._of_instance(instance, at)
        for version in seen.versions:
            if version.environments or version.offered:
                self._of_environments(version, at)
            if version.offered:
                self._of_requests(version, at)

    def _of_provider(self, seen: InstanceObservation, at: float) -> None:
        units = facts.value("metrics.provider")["metrics"]
        dimensions = (("CapacityProviderName", seen.provider_name), ("InstanceType", seen.instance_type))
        for name, value in PROVIDER.items():
            self._lambda(name, dimensions, Sample.of_value(at, float(value(seen)), unit=units[name]))

    def _of_instance(self, seen: InstanceObservation, at: float) -> None:
        known = facts.value("metrics.ec2")
        for name, value in INSTANCE.items():
            sample = Sample.of_value(at, float(value(seen)), unit=known["metrics"][name])
            self._backend.add(MetricKey(known["namespace"], name, (("InstanceId", seen.instance_id),)), sample)

    def _of_environments(self, seen: VersionObservation, at: float) -> None:
        units = facts.value("metrics.environment")["metrics"]
        dimensions = (
            ("CapacityProviderName", seen.provider_name),
            ("FunctionName", seen.function_name),
            ("Resource", seen.resource),
        )
        for name, value in ENVIRONMENT.items():
            self._lambda(name, dimensions, Sample.of_value(at, float(value(seen)), unit=units[name]))

    def _of_requests(self, seen: VersionObservation, at: float) -> None:
        """Lambda's own metrics, by function and by version: a value for each request."""
        for dimensions in (
            (("FunctionName", seen.function_name),),
            (("FunctionName", seen.function_name), ("Resource", seen.resource)),
        ):
            if seen.invocations:
                self._lambda("Invocations", dimensions, Sample.of_value(at, 1.0, seen.invocations, "Count"))
                self._lambda("Throttles", dimensions, Sample.of_value(at, 0.0, seen.invocations, "Count"))
                for value, weight in ((1.0, seen.errors), (0.0, seen.invocations - seen.errors)):
                    if weight:
                        self._lambda("Errors", dimensions, Sample.of_value(at, value, weight, "Count"))
            if seen.duration_mean_ms is not None and seen.invocations:
                duration = Sample.of_value(at, seen.duration_mean_ms, seen.invocations, "Milliseconds")
                self._lambda("Duration", dimensions, duration)
            if seen.throttles:
                self._lambda("Throttles", dimensions, Sample.of_value(at, 1.0, seen.throttles, "Count"))
                self._by_reason(seen, dimensions, at)

    def _by_reason(self, seen: VersionObservation, dimensions: tuple[tuple[str, str], ...], at: float) -> None:
        """For each refused request 1 in the metric of its reason and 0 in the three others."""
        for name, count in THROTTLES.items():
            own = count(seen)
            for value, weight in ((1.0, own), (0.0, seen.throttles - own)):
                if weight:
                    self._lambda(name, dimensions, Sample.of_value(at, value, weight, "Count"))

    def _lambda(self, name: str, dimensions: tuple[tuple[str, str], ...], sample: Sample) -> None:
        self._backend.add(MetricKey(facts.value("metrics.namespace"), name, dimensions), sample)

    @property
    def _backend(self) -> LMICloudWatchBackend:
        return cast(LMICloudWatchBackend, cloudwatch_backends[self.account_id][self.region])
