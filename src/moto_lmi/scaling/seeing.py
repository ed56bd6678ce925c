"""Makes an observation of a fleet."""

from __future__ import annotations

from datetime import datetime

from moto_lmi.fleet import Fleet
from moto_lmi.hosts import Host, Provider, Workload
from moto_lmi.scaling.observations import InstanceObservation, Observation, VersionObservation

_BYTES_PER_GIB = 1024**3


def see(fleet: Fleet, start: datetime, end: datetime) -> Observation:
    """What the fleet did from `start` to `end`, which is now."""
    running = fleet.running()
    versions = [_version(fleet, workload, provider, end) for workload, provider in running]
    providers = {provider.arn for _, provider in running} | set(fleet.provider_arns())
    instances = [_instance(host) for arn in providers for host in fleet.hosts(arn)]
    return Observation(
        account_id=fleet.account_id,
        region=fleet.region,
        start=start,
        end=end,
        versions=tuple(sorted(versions, key=lambda item: (item.provider_name, item.function_name, item.version))),
        instances=tuple(sorted(instances, key=lambda item: (item.provider_name, item.instance_id))),
    )


def name_in(provider_arn: str) -> str:
    """The name of the capacity provider with the ARN."""
    return provider_arn.rsplit(":", 1)[-1]


def _version(fleet: Fleet, workload: Workload, provider: Provider, end: datetime) -> VersionObservation:
    environments = fleet.serving(workload.uid)
    ready = sum(item.ready <= end for item in environments)
    return VersionObservation(
        provider_name=name_in(provider.arn),
        function_name=workload.function_name,
        version=str(workload.version),
        environments=ready,
        environments_starting=len(environments) - ready,
        concurrency_maximum=0.0,
        concurrency_mean=0.0,
        concurrency_limit=workload.max_concurrency,
        cpu_percent=0.0,
        memory_percent=0.0,
        offered=0,
        invocations=0,
        concurrency_throttles=0,
        cpu_throttles=0,
        memory_throttles=0,
        disk_throttles=0,
        duration_mean_ms=None,
    )


def _instance(host: Host) -> InstanceObservation:
    allocated = sum(item.size.memory_gib for item in host.environments)
    return InstanceObservation(
        provider_name=name_in(host.provider_arn),
        instance_id=host.instance_id,
        instance_type=host.shape.instance_type,
        availability_zone=host.zone,
        environments=len(host.environments),
        vcpus=host.shape.vcpus,
        usable_vcpus=host.shape.usable_vcpus,
        allocated_vcpus=sum(item.size.vcpus for item in host.environments),
        memory_bytes=int(host.shape.memory_gib * _BYTES_PER_GIB),
        usable_memory_bytes=int(host.shape.usable_gib * _BYTES_PER_GIB),
        allocated_memory_bytes=int(allocated * _BYTES_PER_GIB),
        cpu_percent=0.0,
        memory_percent=0.0,
    )
