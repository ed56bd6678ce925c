"""Makes an observation of a fleet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from moto_lmi.fleet import Fleet
from moto_lmi.hosts import Host, Provider, Workload
from moto_lmi.scaling.observations import InstanceObservation, Observation, VersionObservation
from moto_lmi.scaling.tally import Tally
from moto_lmi.scaling.traffic import Demand

_BYTES_PER_GIB = 1024**3


def see(
    fleet: Fleet,
    start: datetime,
    end: datetime,
    tallies: Mapping[tuple[str, str], Tally],
    demands: Mapping[tuple[str, str], Demand],
) -> Observation:
    """What the fleet did from `start` to `end`, which is now, with what was counted of each version's requests."""
    versions, used = [], {}
    for workload, provider in fleet.running():
        key = (workload.function_name, str(workload.version))
        tally = tallies.get(key, Tally())
        seen = _version(fleet, workload, provider, end, tally, demands.get(key))
        versions.append(seen)
        serving = fleet.serving(workload.uid)
        used.update(dict.fromkeys((item.workload_uid for item in serving), (seen.cpu_percent, seen.memory_percent)))
    instances = [_instance(host, used) for arn in fleet.provider_arns() for host in fleet.hosts(arn)]
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


def _version(
    fleet: Fleet, workload: Workload, provider: Provider, end: datetime, tally: Tally, demand: Demand | None
) -> VersionObservation:
    environments = fleet.serving(workload.uid)
    ready = sum(item.ready <= end for item in environments)
    memory_mb = demand.base_memory_mb + demand.memory_mb * tally.mean_in_environment if demand and ready else 0.0
    return VersionObservation(
        provider_name=name_in(provider.arn),
        function_name=workload.function_name,
        version=str(workload.version),
        environments=ready,
        environments_starting=len(environments) - ready,
        concurrency_maximum=tally.fullest,
        concurrency_mean=tally.mean_in_environment,
        concurrency_limit=workload.max_concurrency,
        cpu_percent=100 * tally.cpu_utilisation,
        memory_percent=min(100.0, 100 * memory_mb / workload.memory_mib),
        offered=round(tally.offered),
        invocations=round(tally.admitted),
        errors=round(tally.failed),
        concurrency_throttles=round(tally.throttled["concurrency"]),
        cpu_throttles=round(tally.throttled["cpu"]),
        memory_throttles=round(tally.throttled["memory"]),
        disk_throttles=round(tally.throttled["disk"]),
        duration_mean_ms=None if tally.mean_latency_s is None else 1000 * tally.mean_latency_s,
    )


def _instance(host: Host, used: Mapping[str, tuple[float, float]]) -> InstanceObservation:
    """An instance; `used` has the per cent of CPU and memory that the environments of a publication use."""
    allocated = sum(item.size.memory_gib for item in host.environments)
    shares = [(item.size, *used.get(item.workload_uid, (0.0, 0.0))) for item in host.environments]
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
        cpu_percent=sum(size.vcpus * cpu for size, cpu, _ in shares) / host.shape.vcpus,
        memory_percent=sum(size.memory_gib * memory for size, _, memory in shares) / host.shape.memory_gib,
    )
