"""Random scenarios, each decided by a number."""

from __future__ import annotations

import random

from lmi_sim import traffic
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy, ProvisionedConcurrency
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution, Workload, deterministic, empirical, exponentially, lognormal

SHAPES = [
    InstanceShape("c8g.large", 2, 4.0, "arm64"),
    InstanceShape("c8g.xlarge", 4, 8.0, "arm64"),
    InstanceShape("m8g.2xlarge", 8, 32.0, "arm64"),
]


def distribution(draw: random.Random, mean_ms: float) -> Distribution:
    """One of the kinds, with about the mean."""
    kinds = [
        deterministic(mean_ms),
        exponentially(mean_ms),
        lognormal(mean_ms, draw.uniform(0.2, 3.0)),
        empirical([(0.1, mean_ms / 3), (0.5, mean_ms), (0.9, mean_ms * 2), (0.99, mean_ms * 5)]),
    ]
    return draw.choice(kinds)


def some_traffic(draw: random.Random, requests: float) -> Traffic:
    """One of the shapes, with about so many requests."""
    duration_s = draw.choice([20.0, 200.0, 2000.0])
    rate = requests / duration_s
    arrivals = draw.choice(["poisson", "poisson", "deterministic"])
    shape = draw.randrange(7)
    if shape == 0:
        return traffic.ramp(0.0, 2 * rate, duration_s, arrivals)
    if shape == 1:
        return traffic.step(rate / 2, rate * 1.5, duration_s / 2, duration_s, arrivals)
    if shape == 2:
        return traffic.spike(rate / 2, rate * 4, duration_s / 3, duration_s / 6, duration_s, arrivals)
    if shape == 3:
        return traffic.diurnal(rate / 4, rate * 1.75, duration_s, period_s=duration_s, peak_at_s=duration_s / 2)
    if shape == 4:
        return traffic.bursts(rate / 3, rate * 3, duration_s / 5, duration_s / 12, duration_s, seed=draw.randrange(99))
    if shape == 5:
        return traffic.recorded(sorted(round(draw.uniform(0, duration_s), 1) for _ in range(int(requests))))
    return traffic.steady(rate, duration_s, arrivals)


def some_policy(draw: random.Random, traffic: Traffic) -> Policy:
    """One of the policies, with limits that are met now and then."""
    default = DefaultLambda(
        account_concurrency=draw.choice([12, 60, 1000]),
        burst_environments=draw.choice([3, 30, 1000]),
        environments_per_s=draw.choice([0.0, 0.5, 100.0]),
        requests_per_s_and_concurrency=draw.choice([2, 10]),
        idle_s=draw.choice([0.0, 1.0, 60.0, 600.0]),
        initial_environments=draw.choice([0, 0, 4]),
    )
    kind = draw.randrange(5)
    if kind == 0:
        return default
    if kind == 1:
        asked_at_s = draw.choice([float("-inf"), -60.0, 0.0])
        return ProvisionedConcurrency(draw.randrange(1, default.account_concurrency - 4), default, asked_at_s)
    shape = draw.choice(SHAPES)
    minute = traffic.duration_s / draw.choice([5, 20, 60])
    minimum = draw.randrange(1, 6)
    return ManagedInstances(
        instance=shape,
        environment=EnvironmentSize(*draw.choice([(0.5, 1.0), (1.0, 2.0)])),
        max_concurrency=draw.choice([1, 3, 16, 64]),
        min_environments=minimum,
        max_environments=draw.choice([None, minimum + 2, minimum + 7]),
        initial_environments=draw.choice([None, None, minimum + 2]),
        max_vcpu_count=draw.choice([48, 400]),
        min_instances=draw.choice([1, 3]),
        target_cpu=draw.choice([0.2, 0.5, 0.8]),
        target_slots=draw.choice([0.2, 0.5, 0.8]),
        evaluation_period_s=minute,
        instance_launch_s=draw.choice([0.0, minute, 2.5 * minute]),
        environment_start_s=draw.choice([0.0, minute / 2]),
        scale_in_after_s=draw.choice([0.0, 3 * minute]),
        scale_in_step=draw.choice([0.2, 1.0]),
        empty_instance_s=draw.choice([0.0, 2 * minute]),
        instance_lifetime_s=draw.choice([4 * minute, 1e9, 1e9]),
        router_choices=draw.choice([1, 2]),
        router_attempts=draw.choice([1, 3, 50]),
        cpu_busy_limit=draw.choice([float("inf"), 4.0]),
    )


def some_scenario(number: int, requests: int = 1500) -> Scenario:
    """The scenario that a number decides, with about so many requests."""
    draw = random.Random(number)
    traffic = some_traffic(draw, requests)
    workload = Workload(
        cpu=distribution(draw, draw.choice([0.0, 2.0, 40.0])),
        io=distribution(draw, draw.choice([0.0, 20.0, 300.0])),
        memory_mb=draw.choice([128.0, 512.0, 1769.0, 4096.0]),
        init=distribution(draw, draw.choice([0.0, 250.0, 4000.0])),
        base_memory_mb=draw.choice([0.0, 300.0]),
        memory_mb_per_request=draw.choice([0.0, 0.0, 100.0]),
    )
    return Scenario(
        traffic=traffic,
        workload=workload,
        policy=some_policy(draw, traffic),
        seed=draw.randrange(2**63),
        retries=Retries(draw.choice([1, 1, 3, 8]), base_s=draw.choice([0.05, 1.0])),
        warm_up_s=draw.choice([0.0, traffic.duration_s / 4]),
        interval_s=draw.choice([0.0, 7.0]),
    )
