"""What managed instances do in a simulation: headroom, throttles, the scaler, instances, limits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim import traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.policies.scaling import decide
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, deterministic, exponentially
from moto_lmi.facts import all_facts

SHAPE = InstanceShape("c8g.xlarge", 4, 8.0, "arm64")
WAITING = Workload(cpu=exponentially(2), io=exponentially(198))


def policy(**changes: Any) -> ManagedInstances:
    """A version with 1 vCPU and 2 GiB an environment, three of which fit on an instance."""
    return ManagedInstances(
        **{"instance": SHAPE, "environment": EnvironmentSize(1, 2), "max_concurrency": 16} | changes
    )


def run(traffic: Traffic, workload: Workload = WAITING, **changes: Any) -> Result:
    """A simulation of the version, with its events."""
    return simulate(Scenario(traffic, workload, policy(**changes), seed=1), log=True)


def times(result: Result, kind: EventKind) -> list[float]:
    """When events of a kind happened."""
    return [event[0] for event in result.events if event[1] == kind]


@pytest.mark.parametrize(("factor", "throttles"), [(1.5, False), (2.0, False), (6.0, True)])
def test_traffic_may_double_within_five_minutes(factor: float, throttles: bool) -> None:
    """The headroom that AWS documents: half is kept free, so a doubling is carried before the scaler has acted."""
    settled = traffic.Segment(0, 1800, 400, 400)
    rising = traffic.Segment(1800, 2100, 400, 400 * factor)
    after = traffic.Segment(2100, 2400, 400 * factor, 400 * factor)
    result = simulate(Scenario(Traffic((settled, rising, after)), WAITING, policy(), warm_up_s=900, seed=5))
    assert (result.throttle_share > 0.001) is throttles


def test_a_sudden_tripling_throttles_and_then_the_scaler_has_caught_up() -> None:
    """Scaling is asynchronous: 429 first, more environments minutes later."""
    result = run(traffic.step(100, 400, 600, 1500))
    refused = result.series.column("throttled")
    assert sum(refused[:10]) == 0
    assert refused[10] > 1000
    assert sum(refused[14:]) == 0
    assert max(result.series.mean_column("environments_s")) > 8


def test_environments_come_after_the_launch_and_the_start() -> None:
    """A new instance takes its launch and the environment's start; one on an instance with room only the start."""
    result = run(traffic.step(100, 400, 60, 400), min_instances=1)
    launched = times(result, EventKind.LAUNCH)[1]
    started = times(result, EventKind.START)[3]
    ready = times(result, EventKind.READY)[3]
    assert launched == started == 120
    assert ready == 120 + 40 + 48
    with_room = run(traffic.step(100, 400, 60, 400), min_instances=3)
    assert times(with_room, EventKind.READY)[3] == 120 + 48


def test_the_first_environments_are_spread_over_three_instances() -> None:
    """Three instances by default, and no more than there are environments."""
    assert run(traffic.steady(1, 60)).most_instances == 3
    assert run(traffic.steady(1, 60), min_environments=2).most_instances == 2
    assert run(traffic.steady(1, 60), min_environments=12).most_instances == 4


def test_scale_in_is_slow_and_keeps_the_spread() -> None:
    """After the rush environments go a few at a time, and the floor of instances stays."""
    result = run(traffic.spike(100, 900, 300, 900, 4000))
    environments = result.series.mean_column("environments_s")
    peak = max(environments)
    assert peak > 15
    down = [before - after for before, after in pairwise(environments[20:])]
    assert max(down) <= peak * 0.2 + 1
    assert environments[-1] == pytest.approx(3, abs=2)
    assert result.series.mean_column("instances_s")[-1] == 3


def test_an_empty_instance_is_paid_until_it_is_terminated() -> None:
    """Minutes pass between the last environment and the end of the instance."""
    result = run(traffic.spike(100, 900, 300, 900, 4000))
    gone = [event for event in result.events if event[1] == EventKind.GONE]
    ended = [event for event in result.events if event[1] == EventKind.TERMINATE]
    assert ended
    for time_s, _, instance, _ in ended:
        last = max(event[0] for event in gone if event[3] == instance and event[0] <= time_s)
        assert time_s == last + 250


def test_the_cap_counts_whole_instances() -> None:
    """With a cap of 17 vCPUs four instances of 4 vCPUs may run, and what is above their slots is refused."""
    result = run(traffic.steady(2000, 900), max_vcpu_count=17)
    assert result.most_instances == 4
    assert result.most_environments == 12
    assert result.throttled[ThrottleReason.CONCURRENCY] > 0


def test_a_cap_below_the_minimum_is_refused() -> None:
    """The error names what the minimum needs."""
    with pytest.raises(ValueError, match=r"max_vcpu_count 4 holds 1 c8g.xlarge with 3 .* needs 8"):
        policy(max_vcpu_count=4, min_environments=4)


def test_min_0_needs_max_0() -> None:
    """AWS accepts a minimum of 0 only to deactivate a version; everything is throttled then."""
    with pytest.raises(ValueError, match="min_environments 0 deactivates"):
        policy(min_environments=0)
    result = run(traffic.steady(10, 60), min_environments=0, max_environments=0)
    assert result.completed == result.most_instances == 0
    assert result.failed == result.requests > 0


def test_memory_limits_what_slots_allow() -> None:
    """Two requests of 900 MB fit beside 200 MB in 2 GiB, whatever the number of slots; the reason says memory."""
    hungry = replace(WAITING, memory_mb_per_request=900, base_memory_mb=200)
    assert policy().memory_slots(hungry) == 2
    result = run(traffic.steady(60, 120), hungry, max_environments=3)
    assert result.throttled[ThrottleReason.MEMORY] > 0
    assert result.throttled[ThrottleReason.CONCURRENCY] == 0
    with pytest.raises(ValueError, match="no memory for one request"):
        simulate(Scenario(traffic.steady(1, 9), replace(WAITING, memory_mb_per_request=4000), policy()))


def test_cpu_is_a_reason_only_when_a_limit_is_assumed() -> None:
    """From when AWS refuses for CPU isn't known, so nothing is refused for it unless a limit is set."""
    computing = Workload(cpu=exponentially(100), io=deterministic(0))
    free = run(traffic.steady(40, 120), computing, max_environments=3, max_concurrency=64)
    bound = run(traffic.steady(40, 120), computing, max_environments=3, max_concurrency=64, cpu_busy_limit=8)
    assert free.throttled[ThrottleReason.CPU] == 0
    assert bound.throttled[ThrottleReason.CPU] > 0
    assert bound.latency.quantile_s(0.99) < free.latency.quantile_s(0.99)


def test_cpu_bound_requests_slow_each_other_down() -> None:
    """More concurrent requests on one vCPU take longer each, and no more get done."""
    computing = Workload(cpu=deterministic(50), io=deterministic(0))
    few = run(traffic.steady(100, 200), computing, max_environments=3, max_concurrency=2)
    many = run(traffic.steady(100, 200), computing, max_environments=3, max_concurrency=32)
    assert many.latency.mean_s > 4 * few.latency.mean_s
    assert many.completed == pytest.approx(60 * 200, rel=0.03)


def test_callers_that_try_again_get_through_later() -> None:
    """With retries a burst becomes latency instead of failures."""
    burst = traffic.spike(20, 2000, 60, 1, 300)
    once = run(burst)
    again = simulate(Scenario(burst, WAITING, policy(), seed=1, retries=Retries(8, base_s=0.2)))
    assert once.failed > 500
    assert again.failed == 0
    assert again.latency.largest_s > once.latency.largest_s


def test_an_instance_is_replaced_at_the_end_of_its_life_without_losing_capacity() -> None:
    """The new instance serves before the old one drains; nothing is refused."""
    result = run(traffic.steady(60, 3600), instance_lifetime_s=900)
    assert len(times(result, EventKind.TERMINATE)) >= 6
    assert min(result.series.mean_column("environments_s")) >= 3
    assert result.failed == 0


@given(
    ready=st.integers(0, 400),
    starting=st.integers(0, 50),
    cpu=st.floats(0, 1),
    slots=st.floats(0, 1),
    low_s=st.one_of(st.just(-1.0), st.floats(0, 1000)),
    minimum=st.integers(0, 20),
    more=st.integers(0, 500),
)
def test_the_scaler_keeps_its_bounds_and_its_patience(
    ready: int, starting: int, cpu: float, slots: float, low_s: float, minimum: int, more: int
) -> None:
    """It stays between minimum and maximum, adds only above a target, and takes away only after a while below."""
    decision = decide(1000, ready, starting, cpu, slots, low_s, 0.5, 0.5, minimum, minimum + more, 300, 0.2)
    total = ready + starting
    assert minimum <= decision.environments <= minimum + more
    load = max(cpu, slots) / 0.5
    if minimum <= total <= minimum + more:
        if decision.environments > total:
            assert load > 1
        if decision.environments < total:
            assert load < 1
            assert starting == 0
            assert low_s >= 0
            assert 1000 - low_s >= 300
            assert total - decision.environments <= max(1, ready * 0.2)


def test_defaults_are_those_of_the_emulator() -> None:
    """A default that AWS documents is the same in the simulator and in the emulator."""
    facts = all_facts()
    assert policy().max_vcpu_count == facts["defaults.max_vcpu_count"].value
    assert policy().min_environments == facts["defaults.min_execution_environments"].value
