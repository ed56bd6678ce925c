"""What queueing theory knows must come out of the engine within 1 %, at parameters drawn at random."""

from __future__ import annotations

import math
import random

import pytest

from lmi_sim import queueing, traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda, ManagedInstances, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.results import ThrottleReason
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Distribution, Workload, deterministic, exponentially, lognormal

NOTHING = deterministic(0)
WITHIN = 0.01


def environments(count: int, slots: int, vcpus: float = 1.0) -> ManagedInstances:
    """So many environments that stay, and a router that finds any free slot."""
    instance = InstanceShape("model", 1 + math.ceil(count * vcpus), 1.0 + count, "arm64")
    return ManagedInstances(
        instance=instance,
        environment=EnvironmentSize(vcpus, 1.0),
        max_concurrency=slots,
        min_environments=count,
        max_environments=count,
        max_vcpu_count=instance.vcpus,
        min_instances=1,
        router_attempts=count,
        evaluation_period_s=1e9,
        instance_lifetime_s=1e12,
    )


def some_distribution(draw: random.Random, mean_ms: float) -> Distribution:
    """A kind of service time that isn't too wild for 1 %."""
    return draw.choice([deterministic(mean_ms), exponentially(mean_ms), lognormal(mean_ms, draw.uniform(0.3, 1.5))])


@pytest.mark.parametrize("number", range(8))
def test_losses_are_erlang_b(number: int) -> None:
    """Slots without a queue lose what Erlang's formula says, whatever the distribution of the service."""
    draw = random.Random(number)
    count, slots = draw.randrange(1, 7), draw.randrange(1, 25)
    servers = count * slots
    offered = servers * draw.uniform(0.85, 1.5)
    service_ms = draw.uniform(10, 500)
    workload = Workload(cpu=NOTHING, io=some_distribution(draw, service_ms))
    rate = offered / service_ms * 1000
    result = simulate(
        Scenario(traffic.steady(rate, 4e6 / rate), workload, environments(count, slots), number, warm_up_s=2e5 / rate)
    )
    assert result.throttle_share == pytest.approx(queueing.erlang_b(servers, offered), rel=WITHIN)
    busy = result.latency.total_s / result.measured_s
    assert busy == pytest.approx(offered * (1 - queueing.erlang_b(servers, offered)), rel=WITHIN)


@pytest.mark.parametrize("number", range(8))
def test_a_shared_cpu_is_processor_sharing(number: int) -> None:
    """One vCPU without slots to run out of has M/G/1-PS's mean, whatever the distribution."""
    draw = random.Random(100 + number)
    load, cpu_ms = draw.uniform(0.2, 0.8), draw.uniform(1, 50)
    workload = Workload(cpu=some_distribution(draw, cpu_ms), io=NOTHING)
    rate = load / cpu_ms * 1000
    scenario = Scenario(
        traffic.steady(rate, 6e6 / rate), workload, environments(1, 100_000), number, warm_up_s=1e5 / rate
    )
    result = simulate(scenario)
    expected = queueing.processor_sharing_sojourn(rate, cpu_ms / 1000)
    assert result.latency.mean_s == pytest.approx(expected, rel=WITHIN)
    assert result.cpu_s / result.measured_s == pytest.approx(load, rel=WITHIN)


@pytest.mark.parametrize("number", range(6))
def test_a_full_environment_is_a_closed_network(number: int) -> None:
    """Slots that are refilled at once have the throughput of mean value analysis."""
    draw = random.Random(200 + number)
    slots, io_ms, cpu_ms = draw.randrange(2, 33), draw.uniform(20, 300), draw.uniform(2, 30)
    closed = queueing.slots_and_one_cpu(slots, io_ms / 1000, cpu_ms / 1000)
    workload = Workload(cpu=exponentially(cpu_ms), io=exponentially(io_ms))
    rate = 600 * closed.throughput_rps  # a free slot waits a 600th of the time between two completions
    answered = 60_000
    duration_s = answered / closed.throughput_rps
    result = simulate(Scenario(traffic.steady(rate, duration_s), workload, environments(1, slots), number))
    assert result.completed / duration_s == pytest.approx(closed.throughput_rps, rel=WITHIN)
    assert result.cpu_s / duration_s == pytest.approx(closed.cpu_utilisation, rel=WITHIN)


@pytest.mark.parametrize("number", range(8))
def test_littles_law(number: int) -> None:
    """Requests under way are the rate times the latency, under any policy; both are measured apart here."""
    draw = random.Random(300 + number)
    workload = Workload(cpu=exponentially(5), io=some_distribution(draw, draw.uniform(20, 400)), memory_mb=1769)
    rate = draw.uniform(50, 400)
    default = DefaultLambda(account_concurrency=5000)
    policy = draw.choice([environments(4, 200), default, ProvisionedConcurrency(40, default)])
    scenario = Scenario(traffic.steady(rate, 4000), workload, policy, number)
    result = simulate(scenario, log=True)
    under_way = area = last_s = 0.0
    for time_s, kind, _, _ in result.events:
        area += under_way * (time_s - last_s)
        last_s = time_s
        under_way += 1 if kind in (1, 2, 3, 4) else -1 if kind == 8 else 0
    in_system = area / scenario.traffic.duration_s
    assert in_system == pytest.approx(queueing.mean_concurrency(rate, result.latency.mean_s), rel=WITHIN)


@pytest.mark.parametrize("number", range(5))
def test_provisioned_concurrency_spills_over_as_erlang_b(number: int) -> None:
    """What finds no provisioned environment idle is what a loss system loses."""
    draw = random.Random(400 + number)
    kept = draw.randrange(3, 40)
    offered = kept * draw.uniform(0.8, 1.3)
    service_ms = draw.uniform(20, 300)
    workload = Workload(cpu=NOTHING, io=some_distribution(draw, service_ms), memory_mb=1769)
    rate = offered / service_ms * 1000
    policy = ProvisionedConcurrency(kept, DefaultLambda(account_concurrency=10_000))
    result = simulate(Scenario(traffic.steady(rate, 4e6 / rate), workload, policy, number, warm_up_s=2e5 / rate))
    spilled = 1 - result.provisioned_requests / result.requests
    assert spilled == pytest.approx(queueing.erlang_b(kept, offered), rel=WITHIN)
    assert result.throttled[ThrottleReason.REQUEST_RATE] == 0
