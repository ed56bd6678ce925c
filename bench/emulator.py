"""The emulator: as fast as moto where both answer, and quick where only it does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import boto3
from moto import mock_aws

import moto_lmi
from bench.measure import ROUNDS, Row, median, p95, seconds
from moto_lmi.clock import reset_clocks
from tests.moto_lmi.world import World

_GOAL = 0.9


def against_moto(transport: str) -> Iterator[Row]:
    """Calls per second beside plain moto's, in this process or over HTTP; median of rounds that alternate."""
    rates: dict[str, dict[str, list[float]]] = {"lmi": {}, "plain": {}}
    for _ in range(ROUNDS):
        for side, seen in rates.items():
            run = [sys.executable, "-m", "bench.worker", side, transport]
            done = subprocess.run(run, capture_output=True, text=True, check=True)
            for name, rate in json.loads(done.stdout.splitlines()[-1]).items():
                seen.setdefault(name, []).append(rate)
    where = "" if transport == "process" else " over HTTP"
    for name in rates["lmi"]:
        ours, theirs = median(rates["lmi"][name]), median(rates["plain"][name])
        yield Row(f"{name}{where}", f"{ours:,.0f}/s", f"{theirs:,.0f}/s", f"{ours / theirs:.2f} ×", f"≥ {_GOAL} ×")


def capacity_providers() -> Iterator[Row]:
    """Creating, getting and listing providers: calls per second and the slowest twentieth."""
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        world = World()
        client = world.lambda_
        calls = {
            "CreateCapacityProvider": lambda n: client.create_capacity_provider(**world.provider_request(f"cp-{n}")),
            "GetCapacityProvider": lambda n: client.get_capacity_provider(CapacityProviderName=f"cp-{n}"),
            "ListCapacityProviders (50 a page)": lambda n: client.list_capacity_providers(),
        }
        for name, call in calls.items():
            times = [seconds(lambda call=call, n=n: call(n)) for n in range(300)]
            yield Row(
                name, f"{1 / median(times):,.0f}/s", "none: moto has no LMI", "", f"p95 {p95(times) * 1000:.1f} ms"
            )


def publishing() -> Iterator[Row]:
    """Wall time of a publication from the call to Active, with three and with three hundred instances."""
    for count in (3, 300):
        times = []
        for _ in range(3):
            moto_lmi.enable(speed=0)
            reset_clocks()
            with mock_aws():
                times.append(_publish(World(), count))
        yield Row(f"publish to Active, {count} instances", f"{median(times) * 1000:,.0f} ms", "none: moto has no LMI")


def _publish(world: World, count: int) -> float:
    arn = world.provider(
        InstanceRequirements={"AllowedInstanceTypes": ["c8i.large"]},
        CapacityProviderScalingConfig={"MaxVCpuCount": 15000},
    )
    world.function(provider=arn)
    target = {"FunctionName": "fn", "Qualifier": "$LATEST.PUBLISHED"}

    def publish() -> None:
        world.publish()
        if count > 3:
            config = {"MinExecutionEnvironments": count}
            world.lambda_.put_function_scaling_config(**target, FunctionScalingConfig=config)
            world.pass_time(90)
        assert world.state() == "Active"

    elapsed = seconds(publish)
    assert len(world.hosts("running")) == count
    return elapsed


def rows() -> Iterator[Row]:
    """Everything about the emulator."""
    boto3.setup_default_session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    yield from against_moto("process")
    yield from against_moto("http")
    yield from capacity_providers()
    yield from publishing()
