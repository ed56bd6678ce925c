"""The metrics of managed instances: names, dimensions, units, periods, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moto_lmi import facts
from moto_lmi.scaling.observations import Observation, VersionObservation
from moto_lmi.telemetry import metrics
from moto_lmi.telemetry.metrics import MetricWriter
from tests.moto_lmi.plain import Account
from tests.moto_lmi.world import ACCOUNT, REGION, World, client

cloudwatch = client("cloudwatch")
START = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def points(name: str, statistic: str, namespace: str = "AWS/Lambda", **dimensions: str) -> list[float]:
    """The statistic of the five-minute periods of a day, oldest first."""
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 300, "Stat": statistic}}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query],
        StartTime=START - timedelta(hours=12),
        EndTime=START + timedelta(hours=12),
        ScanBy="TimestampAscending",
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def version(**seen: Any) -> VersionObservation:
    """A version of which nothing was seen but what is given."""
    counts = ("environments", "environments_starting", "offered", "invocations", "errors")
    more = ("concurrency_throttles", "cpu_throttles", "memory_throttles", "disk_throttles")
    values: dict[str, Any] = {
        "provider_name": "cp",
        "function_name": "fn",
        "version": "3",
        "concurrency_maximum": 0.0,
        "concurrency_mean": 0.0,
        "concurrency_limit": 16,
        "cpu_percent": 0.0,
        "memory_percent": 0.0,
        "duration_mean_ms": None,
        **dict.fromkeys((*counts, *more), 0),
    }
    return VersionObservation(**{**values, **seen})


def record(*versions: VersionObservation) -> None:
    """Write the metrics of a period with the versions."""
    MetricWriter(ACCOUNT, REGION).record(
        Observation(ACCOUNT, REGION, START, START + timedelta(minutes=5), versions, ())
    )


def test_names_are_those_of_the_facts() -> None:
    """Every metric of the facts is written, and no other."""
    assert set(metrics.PROVIDER) == set(facts.value("metrics.provider")["metrics"])
    assert set(metrics.ENVIRONMENT) == set(facts.value("metrics.environment")["metrics"])
    assert list(metrics.THROTTLES) == facts.value("metrics.throttle_reasons")["metrics"]
    assert set(metrics.INSTANCE) == set(facts.value("metrics.ec2")["metrics"])


@pytest.fixture
def idle(world: World) -> World:
    """A published version without traffic, half an hour after its publication."""
    world.function(provider=world.provider())
    world.publish()
    world.pass_time(1800)
    return world


def listed(name: str, namespace: str = "AWS/Lambda") -> list[dict[str, str]]:
    """The dimensions of the metrics of that name."""
    found = cloudwatch.list_metrics(Namespace=namespace, MetricName=name)["Metrics"]
    return [{item["Name"]: item["Value"] for item in metric["Dimensions"]} for metric in found]


def test_an_idle_fleet_has_metrics(idle: World) -> None:
    """Instances and environments without traffic are seen with utilisation 0, in every period of five minutes."""
    hosts = idle.hosts()
    types = {host["InstanceType"] for host in hosts}
    assert {tuple(item.items()) for item in listed("CPUUtilization")} == {
        (("CapacityProviderName", "cp"), ("InstanceType", kind)) for kind in types
    }
    (environments,) = listed("ExecutionEnvironmentConcurrency")
    assert environments == {"CapacityProviderName": "cp", "FunctionName": "fn", "Resource": "fn:$LATEST.PUBLISHED"}
    now = idle.clock.now()
    window = {"StartTime": now - timedelta(minutes=25), "EndTime": now, "Period": 300}
    provider = [{"Name": "CapacityProviderName", "Value": "cp"}, {"Name": "InstanceType", "Value": types.pop()}]
    cpu = cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda", MetricName="CPUUtilization", Dimensions=provider,
        Statistics=["Average", "SampleCount"], **window,
    )["Datapoints"]  # fmt: skip
    assert len(cpu) >= 4
    assert {(point["Average"], point["SampleCount"], point["Unit"]) for point in cpu} == {(0, len(hosts), "Percent")}
    memory = cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda", MetricName="MemoryAllocated", Dimensions=provider, Statistics=["Sum"], **window
    )["Datapoints"]
    assert {(point["Sum"], point["Unit"]) for point in memory} == {(3 * 2 * 1024**3, "Bytes")}


def test_instances_have_ec2_metrics(idle: World) -> None:
    """Each managed instance has EC2's metrics, by its id."""
    assert {item["InstanceId"] for item in listed("CPUUtilization", "AWS/EC2")} == {
        host["InstanceId"] for host in idle.hosts()
    }


def test_metrics_end_with_the_fleet(idle: World) -> None:
    """Once the last instance is gone no further points come."""
    idle.lambda_.delete_function(FunctionName="fn")
    idle.pass_time(3600)
    before = sum(len(item["Dimensions"]) for item in cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"])
    assert before
    idle.pass_time(4 * 3600)
    assert cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"] == []


def test_throttles_by_reason(account: Account) -> None:
    """For each refused request 1 in its reason's metric and 0 in the others; Throttles counts them all."""
    record(version(environments=2, offered=10, invocations=6, concurrency_throttles=3, cpu_throttles=1))
    own = {"FunctionName": "fn", "Resource": "fn:3"}
    assert points("ConcurrencyThrottles", "Sum", **own) == [3]
    assert points("ConcurrencyThrottles", "SampleCount", **own) == [4]
    assert points("CPUThrottles", "Sum", **own) == [1]
    assert points("MemoryThrottles", "Sum", **own) == [0]
    assert points("Throttles", "Sum", FunctionName="fn") == [4]
    assert points("Throttles", "SampleCount", FunctionName="fn") == [10]
    assert points("Invocations", "Sum", FunctionName="fn") == [6]


def test_environments(account: Account) -> None:
    """Concurrency, its limit and utilisation of a version, by provider, function and resource."""
    record(version(environments=2, concurrency_maximum=7.0, cpu_percent=40.0, memory_percent=25.0))
    own = {"CapacityProviderName": "cp", "FunctionName": "fn", "Resource": "fn:3"}
    assert points("ExecutionEnvironmentConcurrency", "Maximum", **own) == [7]
    assert points("ExecutionEnvironmentConcurrencyLimit", "Maximum", **own) == [16]
    assert points("ExecutionEnvironmentCPUUtilization", "Average", **own) == [40]
    assert points("ExecutionEnvironmentMemoryUtilization", "Average", **own) == [25]


def test_nothing_seen_nothing_written(account: Account) -> None:
    """A version without environments and requests has no points."""
    record(version())
    assert cloudwatch.list_metrics()["Metrics"] == []


def test_requests_without_throttles(account: Account) -> None:
    """Throttles is 0 then, and the metrics by reason aren't there."""
    record(version(environments=1, offered=5, invocations=5, duration_mean_ms=120.0))
    assert points("Throttles", "Sum", FunctionName="fn") == [0]
    assert points("Duration", "Average", FunctionName="fn") == [120]
    assert listed("ConcurrencyThrottles") == []
