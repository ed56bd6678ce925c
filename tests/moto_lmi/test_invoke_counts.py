"""Invocations that really run are seen in CloudWatch and by the scaler, on the account's clock."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.awslambda.models import lambda_backends

from moto_lmi import invoking
from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.background import BACKGROUND

from .running import PACKAGE, invoke, loaded, one_environment
from .serving import ServerProcess, state_of
from .test_unattended_http import published
from .world import ACCOUNT, REGION, World, client, managed

FUNCTION = {"FunctionName": "fn"}


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """A published function with one environment for two requests at a time, at the beginning of a period."""
    config = managed(world.provider(), PerExecutionEnvironmentMaxConcurrency=2)
    world.function(CapacityProviderConfig=config, Code={"ZipFile": PACKAGE}, Timeout=30)
    world.publish()
    one_environment(world)
    passed = world.clock.now().timestamp() % 300
    world.pass_time(300 - passed + 10)
    yield world
    invoking.close()


def data(cloudwatch: Any, now: datetime, name: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
    """The values of the periods of the last hour, oldest first."""
    named = [{"Name": key, "Value": value} for key, value in (dimensions or FUNCTION).items()]
    metric = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": named}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": {"Metric": metric, "Period": 300, "Stat": statistic}}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=5),
        ScanBy="TimestampAscending",
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def seen(world: World, name: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
    """The same of the world's account."""
    return data(client("cloudwatch"), world.clock.now(), name, statistic, **dimensions)


def scaling() -> Any:
    """The scaling loop of the default account."""
    backend: LMILambdaBackend = lambda_backends[ACCOUNT][REGION]  # type: ignore[assignment]
    return backend.scaling


def test_invocations_errors_and_durations(fresh: World) -> None:
    """Each counts in the period in which it ended, by function and by version, and never again."""
    for _ in range(3):
        invoke(fresh)
    invoke(fresh, {"do": "fail"})
    invoke(fresh, {"do": "sleep", "s": 0.4})
    fresh.pass_time(900)
    invoke(fresh)
    fresh.pass_time(300)
    assert seen(fresh, "Invocations") == [5, 1]
    assert seen(fresh, "Invocations", FunctionName="fn", Resource="fn:$LATEST.PUBLISHED") == [5, 1]
    assert seen(fresh, "Errors") == [1, 0]
    assert seen(fresh, "Throttles") == [0, 0]
    assert seen(fresh, "Duration", "SampleCount") == [5, 1]
    assert seen(fresh, "Duration")[0] >= 400


def test_throttles_and_concurrency(fresh: World) -> None:
    """A third request beside two is a throttle by concurrency, and the environment had two at a time."""
    once = boto3.Session("testing", "testing", region_name=REGION).client(
        "lambda", config=Config(retries={"total_max_attempts": 1})
    )
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(invoke, fresh, {"do": "sleep", "s": 3}) for _ in range(2)]
        loaded(2)
        with pytest.raises(ClientError, match="TooManyRequestsException"):
            once.invoke(FunctionName="fn")
        assert [each.result() for each in both] == [None, None]
    fresh.pass_time(300)
    assert seen(fresh, "Throttles") == seen(fresh, "ConcurrencyThrottles") == [1]
    assert seen(fresh, "CPUThrottles") == [0]
    environments = {"CapacityProviderName": "cp", "FunctionName": "fn", "Resource": "fn:$LATEST.PUBLISHED"}
    assert seen(fresh, "ExecutionEnvironmentConcurrency", "Maximum", **environments)[-1] == 2


def test_events_count_too(fresh: World) -> None:
    """Nobody waits for them, and they run when time passes."""
    for _ in range(4):
        fresh.lambda_.invoke(FunctionName="fn", InvocationType="Event")
    assert BACKGROUND.settle()
    fresh.pass_time(300)
    assert sum(seen(fresh, "Invocations")) == 4


def test_the_scaler_sees_them(world: World) -> None:
    """Environments whose slots are full get company, and go again when nothing comes any more."""
    world.function(provider=world.provider())
    world.publish(wait=400)
    present = len(scaling().fleet.environments(_uid()))
    limit = world.lambda_.get_function_configuration(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    slots = limit["CapacityProviderConfig"]["LambdaManagedInstancesCapacityProviderConfig"][
        "PerExecutionEnvironmentMaxConcurrency"
    ]
    for _ in range(3):
        counts = {"ended": 6000, "failed": 0, "throttled": 10, "seconds": 60.0 * slots * present, "at_a_time": slots}
        scaling().count(("fn", "$LATEST.PUBLISHED"), **counts)
        world.pass_time(60)
    world.pass_time(120)
    assert len(scaling().fleet.environments(_uid())) > present
    world.pass_time(4 * 3600)
    assert len(scaling().fleet.environments(_uid())) == present
    assert scaling().counted == {}


def test_what_is_gone_is_not_counted(fresh: World) -> None:
    """Invocations of a function that was deleted meanwhile, and those of a reset account, are nobody's."""
    invoke(fresh)
    fresh.lambda_.delete_function(FunctionName="fn")
    fresh.pass_time(600)
    assert scaling().counted == {}


@pytest.mark.slow
def test_counts_survive_a_kill(tmp_path: Path) -> None:
    """What a server has told of is in its journal, and comes out the same when that is played."""
    with ServerProcess("--speed", "0", *state_of(tmp_path)) as server:
        version = published(server, PACKAGE)
        for _ in range(7):
            server.client("lambda").invoke(FunctionName="fn", Qualifier=version, Payload=b"{}")
        server.ask("POST", "/moto-api/lmi/advance?seconds=600")
        before = _counted(server)
        server.kill()
    assert before == [7]
    with ServerProcess("--speed", "0", *state_of(tmp_path)) as server:
        assert _counted(server) == before


def _counted(server: ServerProcess) -> list[float]:
    _, clocks = server.ask("GET", "/moto-api/lmi/clock")
    return data(server.client("cloudwatch"), datetime.fromisoformat(clocks[ACCOUNT]["now"]), "Invocations")


def _uid() -> str:
    return next(workload.uid for workload, _ in scaling().fleet.running())
