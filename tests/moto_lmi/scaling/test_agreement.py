"""The emulator and the simulator have the same scaler: the same traffic leads both to the same environments."""

from __future__ import annotations

import pytest

from lmi_sim.engine import simulate
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Scenario
from lmi_sim.traffic import Traffic, ramp, step
from lmi_sim.workload import Workload, deterministic, exponentially
from moto_lmi import scaling

from ..world import ACCOUNT, World

WORKLOAD = Workload(cpu=exponentially(20), io=deterministic(200))


@pytest.mark.parametrize(
    "traffic", [step(100, 300, at_s=600, duration_s=2400), ramp(60, 500, 2400)], ids=["step", "ramp"]
)
def test_the_same_traffic_leads_to_the_same_environments(world: World, traffic: Traffic) -> None:
    """In every minute they differ by one or two at most, for the looks at chance; in the end and in all they agree."""
    policy = ManagedInstances(
        InstanceShape("c7i.xlarge", 4, 8.0, "x86_64"), EnvironmentSize(2.0, 4.0), 32, max_vcpu_count=15_000
    )
    simulated = simulate(Scenario(traffic, WORKLOAD, policy, interval_s=60)).series
    arn = world.provider(
        InstanceRequirements={"AllowedInstanceTypes": ["c7i.xlarge"]},
        CapacityProviderScalingConfig={"MaxVCpuCount": 15_000},
    )
    world.function(provider=arn, MemorySize=4096)
    world.publish(wait=120)
    scaling.offer(ACCOUNT, "fn", traffic.segments, {"io_ms": 200, "cpu_ms": 20})
    world.pass_time(2400)
    rows = scaling.report(ACCOUNT, "fn").rows
    expected = [seconds / 60 for seconds in simulated.column("environments_s")]
    assert max(abs(row.environments - mean) for row, mean in zip(rows, expected, strict=True)) <= 2
    mean = sum(expected) / len(expected)
    assert sum(row.environments for row in rows) / len(rows) == pytest.approx(mean, rel=0.08)
    served = sum(simulated.column("completed"))
    assert sum(row.served for row in rows) == pytest.approx(served, rel=0.02)
