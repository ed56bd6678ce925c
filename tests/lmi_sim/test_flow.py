"""Counting requests instead of following them: held against Erlang's formula and against the simulator."""

from __future__ import annotations

import math

import pytest

from lmi_sim.engine import simulate
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.flow import Flow, Station, advance, filling
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape, drains_first
from lmi_sim.policies.scaling import wakes, with_gpu
from lmi_sim.queueing import closed_network, erlang_b
from lmi_sim.scenario import Scenario
from lmi_sim.traffic import steady
from lmi_sim.workload import Workload, exponentially


def settled(station: Station, environments: int, rate_rps: float) -> Flow:
    """One environment after long enough at a steady rate."""
    flow = Flow(0.0, 0.0, 0.0)
    for _ in range(500):
        flow = advance(filling(station, environments), flow.requests, rate_rps / environments, 5.0)
    return flow


@pytest.mark.parametrize("rate_rps", [15, 21, 27, 60])
def test_slots_alone_lose_what_erlang_says(rate_rps: float) -> None:
    """Three environments of ten slots, all of which the router tries, are thirty servers without a queue."""
    flow = settled(Station(slots=10, vcpus=1, io_s=1.0, cpu_s=0.0), 3, rate_rps)
    assert flow.refused == pytest.approx(erlang_b(30, rate_rps), abs=0.004)
    assert flow.requests * 3 == pytest.approx(rate_rps * (1 - flow.refused), rel=1e-6)


def test_a_full_environment_answers_as_a_closed_network() -> None:
    """Far beyond what it bears, an environment is always full."""
    station = Station(slots=16, vcpus=2, io_s=0.1, cpu_s=0.05)
    flow = settled(station, 1, 4000)
    assert flow.answered_rps == pytest.approx(closed_network(16, 0.1, 0.05, 2).throughput_rps, rel=0.01)
    assert flow.requests == pytest.approx(16, rel=0.01)


@pytest.mark.parametrize(
    ("slots", "vcpus", "io_ms", "cpu_ms", "environments", "rate_rps"),
    [
        (16, 1, 100, 10, 3, 200),
        (16, 1, 100, 10, 3, 350),
        (16, 1, 100, 10, 8, 760),
        (16, 1, 100, 10, 8, 900),
        (10, 2, 100, 100, 30, 400),
        (10, 2, 100, 100, 30, 650),
        (16, 1, 500, 5, 40, 1200),
    ],
)
def test_it_agrees_with_the_simulator(
    slots: int, vcpus: int, io_ms: float, cpu_ms: float, environments: int, rate_rps: float
) -> None:
    """The share refused within two points of a hundred, the latency within eight per cent, with the same router."""
    policy = ManagedInstances(
        InstanceShape("m7i.metal", 64, 256.0, "x86_64"),
        EnvironmentSize(vcpus, 2.0 * vcpus),
        slots,
        min_environments=environments,
        max_environments=environments,
        max_vcpu_count=15_000,
    )
    duration_s = 40_000 / rate_rps
    workload = Workload(cpu=exponentially(cpu_ms), io=exponentially(io_ms))
    result = simulate(Scenario(steady(rate_rps, duration_s), workload, policy, warm_up_s=duration_s / 10))
    flow = settled(Station(slots, vcpus, io_ms / 1000, cpu_ms / 1000), environments, rate_rps)
    assert flow.refused == pytest.approx(sum(result.throttled.values()) / result.requests, abs=0.02)
    latency_s = result.latency.total_s / result.completed
    assert flow.requests / flow.answered_rps == pytest.approx(latency_s, rel=0.08)


def test_no_request_is_lost_in_a_step() -> None:
    """What came, less what was refused and what was answered, is under way, whatever the step."""
    filled = filling(Station(32, 2, 0.2, 0.02), 5)
    requests = 0.0
    for index in range(200):
        seconds = (0.01, 0.5, 5.0, 60.0)[index % 4]
        rate = (10.0, 300.0, 0.0, 90.0, 1e6)[index % 5]
        flow = advance(filled, requests, rate, seconds)
        under_way = requests + seconds * (rate * (1 - flow.refused) - flow.answered_rps)
        assert flow.requests == pytest.approx(under_way, abs=1e-6 * max(1.0, rate * seconds))
        assert 0 <= flow.requests <= 32
        requests = flow.requests


def test_a_large_environment_is_read_off_between_knots() -> None:
    """With a thousand slots the throughput is as near to the closed network as it needs to be."""
    station = Station(slots=1024, vcpus=16, io_s=0.1, cpu_s=0.01)
    flow = settled(station, 4, 4 * 1000)
    assert flow.refused < 1e-3
    assert flow.answered_rps == pytest.approx(1000, rel=1e-3)
    assert flow.requests / flow.answered_rps == pytest.approx(0.11, rel=0.05)


@pytest.mark.parametrize("station", [(0, 1, 1.0, 1.0), (1, 0, 1.0, 1.0), (1, 1, 0.0, 0.0), (1, 1, math.inf, 1.0)])
def test_an_impossible_station_is_refused(station: tuple[int, int, float, float]) -> None:
    """Slots and vCPUs are at least one, and a request needs some time."""
    with pytest.raises(ValueError):
        Station(*station)


def test_the_instance_that_gives_up_an_environment() -> None:
    """The emptiest, so that it becomes free; the fullest while no more instances may become empty."""
    assert drains_first([3, 1, 2], floor=2) == 1
    assert drains_first([3, 1, 2], floor=3) == 0
    assert drains_first([2, 0, 2], floor=1) == 2


def test_a_gpu_counts_by_its_own_target() -> None:
    """At its target a GPU weighs as much as a CPU at its own; the busier of the two counts."""
    assert with_gpu(0.2, 0.5, 0.4, 0.4) == 0.5
    assert with_gpu(0.6, 0.5, 0.4, 0.4) == 0.6


def test_waking_needs_a_request_and_leave() -> None:
    """A version that was scaled to zero wakes by a request; one that was taken out of service does not."""
    assert wakes(0, 1, 0, 5)
    assert not wakes(0, 0, 0, 5)
    assert not wakes(0, 1, 0, 0)
    assert not wakes(1, 1, 0, 5)
