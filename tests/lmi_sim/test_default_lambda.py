"""What default Lambda and provisioned concurrency do in a simulation: cold starts, limits, reaping, billing."""

from __future__ import annotations

import math

import pytest

from lmi_sim import traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda, Policy, ProvisionedConcurrency
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, deterministic, exponentially

SECOND = Workload(cpu=deterministic(0), io=deterministic(1000), memory_mb=1769, init=deterministic(300))


def run(traffic: Traffic, policy: Policy | None = None, workload: Workload = SECOND) -> Result:
    """A simulation with its events."""
    return simulate(Scenario(traffic, workload, policy or DefaultLambda(), seed=1), log=True)


def test_a_burst_is_served_up_to_the_bucket() -> None:
    """1,000 environments at once, refilled at 100 a second and never above 1,000."""
    bursts = traffic.recorded([time for time in (0.0, 10.0, 20.0) for _ in range(2500)], 30)
    result = run(bursts, DefaultLambda(account_concurrency=10_000), Workload(deterministic(0), deterministic(1000)))
    cold = {0.0: 0, 10.0: 0, 20.0: 0}
    refused = dict(cold)
    for time_s, kind, _, _ in result.events:
        if kind == EventKind.COLD:
            cold[time_s] += 1
        if kind == EventKind.THROTTLE:
            refused[time_s] += 1
    assert list(cold.values()) == [1000, 1000, 500]
    assert list(refused.values()) == [1500, 500, 0]


def test_the_account_limits_concurrency_and_requests_per_second() -> None:
    """Each limit has its own reason."""
    crowd = run(traffic.recorded([0.0] * 1500), DefaultLambda(burst_environments=5000))
    assert crowd.completed == 1000
    assert crowd.throttled[ThrottleReason.CONCURRENCY] == 500
    quick = Workload(cpu=deterministic(0), io=deterministic(1))
    rush = run(traffic.steady(300, 10, "deterministic"), DefaultLambda(account_concurrency=10), quick)
    assert rush.throttled[ThrottleReason.REQUEST_RATE] == pytest.approx(2000, abs=20)
    assert rush.completed == pytest.approx(1000, abs=10)


def test_a_cold_start_takes_the_init_and_a_warm_one_does_not() -> None:
    """The first request waits for INIT; the next one finds its environment."""
    result = run(traffic.recorded([0.0, 5.0], 10))
    assert result.cold_starts == 1
    assert result.latency.largest_s == pytest.approx(1.3)
    assert result.latency.total_s == pytest.approx(1.3 + 1.0)


def test_idle_environments_are_reaped_and_the_newest_is_reused() -> None:
    """Reuse of the newest lets the others grow old."""
    result = run(traffic.recorded([0.0, 0.0, 100.0, 500.0, 650.0], 2000))
    reaped = [event for event in result.events if event[1] == EventKind.EXPIRE]
    assert [event[2] for event in reaped] == [0]
    assert reaped[0][0] == pytest.approx(601.3)
    assert result.cold_starts == 2


def test_durations_are_billed_in_whole_milliseconds_with_init() -> None:
    """12.3 ms and an INIT of 0.5 ms are billed as 13 ms, the warm one as 13 too."""
    short = Workload(cpu=deterministic(12.3), io=deterministic(0), memory_mb=1769, init=deterministic(0.5))
    result = run(traffic.recorded([0.0, 1.0], 2), workload=short)
    assert result.billed_ms == 13 + 13
    assert result.init_ms == 1


def test_less_memory_means_less_cpu() -> None:
    """At 1,769 MB a function has one vCPU; a single-threaded request gets no more than that with more memory."""
    for memory_mb, factor in ((1769, 1.0), (884.5, 2.0), (128, 1769 / 128), (8192, 1.0)):
        workload = Workload(cpu=deterministic(100), io=deterministic(50), memory_mb=memory_mb)
        result = run(traffic.recorded([0.0], 1), workload=workload)
        assert result.latency.largest_s == pytest.approx(0.05 + 0.1 * factor)


def test_provisioned_environments_serve_first_and_have_no_cold_starts() -> None:
    """What exceeds them goes to default Lambda, with cold starts."""
    result = run(traffic.recorded([0.0] * 5, 5), ProvisionedConcurrency(3))
    assert result.provisioned_requests == 3
    assert result.cold_starts == 2
    assert result.provisioned_ms == 3000
    assert result.billed_ms == 2 * 1300


def test_provisioned_environments_cannot_be_used_before_all_are_allocated() -> None:
    """100 at 6,000 a minute, after the minute in which allocation begins, are ready at 61 s."""
    kept = ProvisionedConcurrency(100, requested_at_s=0)
    assert kept.ready_at_s == pytest.approx(61)
    result = run(traffic.steady(10, 120, "deterministic"), kept)
    first = next(event[0] for event in result.events if event[1] == EventKind.PROVISIONED)
    assert first == pytest.approx(61, abs=0.11)
    assert ProvisionedConcurrency(100).ready_at_s == -math.inf


def test_provisioned_concurrency_is_taken_from_the_account() -> None:
    """The unreserved rest is what requests can spill over to."""
    result = run(traffic.recorded([0.0] * 30), ProvisionedConcurrency(6, DefaultLambda(account_concurrency=10)))
    assert result.completed == 10
    with pytest.raises(ValueError, match="environments 10 must be below account_concurrency 10"):
        ProvisionedConcurrency(10, DefaultLambda(account_concurrency=10))


def test_the_warm_up_is_served_but_not_counted() -> None:
    """Cold starts of the beginning disappear from the counts and stay in the series."""
    scenario = Scenario(traffic.steady(50, 600), SECOND, DefaultLambda(), warm_up_s=300)
    result = simulate(scenario)
    assert result.cold_starts < sum(result.series.column("cold_starts"))
    assert result.requests == pytest.approx(50 * 300, rel=0.05)
    assert result.measured_s == 300


def test_more_memory_costs_no_latency_and_less_memory_no_throttles() -> None:
    """A sanity check across policies: the same requests, answered by all."""
    workload = Workload(cpu=exponentially(20), io=exponentially(80), memory_mb=1769)
    results = [
        run(traffic.steady(100, 300), policy, workload) for policy in (DefaultLambda(), ProvisionedConcurrency(50))
    ]
    assert results[0].requests == results[1].requests == results[0].completed


def test_initial_environments_are_warm() -> None:
    """They take requests without a cold start, are reaped like others, and are no more than the account has."""
    result = run(traffic.recorded([0.0] * 5), DefaultLambda(initial_environments=3))
    assert (result.cold_starts, result.most_environments) == (2, 5)
    with pytest.raises(ValueError, match="initial_environments 3 must be at most account_concurrency 2"):
        DefaultLambda(account_concurrency=2, initial_environments=3)
    with pytest.raises(ValueError, match="are more than account_concurrency 5"):
        ProvisionedConcurrency(3, DefaultLambda(account_concurrency=5, initial_environments=3))
