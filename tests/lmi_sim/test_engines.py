"""The fast engine and the reference engine are written apart and must agree, event by event."""

from __future__ import annotations

import pytest

from lmi_sim.engine import Engine, Stop, Stopped, simulate
from lmi_sim.policies import ManagedInstances
from lmi_sim.results import EventKind, Result, ThrottleReason
from lmi_sim.scenario import Scenario
from tests.lmi_sim.specs import some_scenario

SPECS = 300


def first_difference(ours: Result, theirs: Result) -> str:
    """Where two results part, for the reader of a failed test."""
    for number, (one, other) in enumerate(zip(ours.events, theirs.events, strict=False)):
        if one != other:
            return f"event {number}: {one} and {other}"
    names = [name for name in vars(ours) if getattr(ours, name) != getattr(theirs, name)]
    return f"{len(ours.events)} and {len(theirs.events)} events; they differ in {', '.join(names)}"


@pytest.mark.parametrize("part", range(10))
def test_the_engines_agree_on_random_specs(part: int) -> None:
    """Event logs, counts, sums, histograms and series are equal, number by number."""
    for number in range(part, SPECS, 10):
        scenario = some_scenario(number)
        reference = simulate(scenario, engine="reference", log=True)
        fast = simulate(scenario, engine="fast", log=True)
        assert fast == reference, f"spec {number}: {first_difference(fast, reference)}"


def test_the_random_specs_reach_every_kind_of_event_and_throttle() -> None:
    """Agreement says nothing about what never happens."""
    kinds: set[int] = set()
    reasons: set[ThrottleReason] = set()
    for number in range(SPECS):
        result = simulate(some_scenario(number), log=True)
        kinds |= {event[1] for event in result.events}
        reasons |= {reason for reason, count in result.throttled.items() if count}
    assert kinds == {int(kind) for kind in EventKind}
    assert reasons == set(ThrottleReason)


def test_a_result_does_not_depend_on_the_log() -> None:
    """Keeping events changes nothing else."""
    for number in range(20):
        scenario = some_scenario(number)
        with_log, without = simulate(scenario, log=True), simulate(scenario)
        assert not without.events
        assert with_log.latency == without.latency
        assert with_log.series == without.series


def balance(scenario: Scenario, result: Result) -> None:
    """What must add up in any result."""
    assert result.requests == result.completed + result.failed
    assert sum(result.latency.counts) == result.completed
    if scenario.warm_up_s == 0:
        assert sum(result.series.column("arrivals")) == result.requests
        assert sum(result.series.column("completed")) == result.completed
        assert sum(result.series.column("throttled")) == sum(result.throttled.values())
        assert sum(result.series.column("latency_s")) == pytest.approx(result.latency.total_s)
        assert sum(result.series.column("environments_s")) == pytest.approx(result.environment_s)
        assert sum(result.series.column("instances_s")) == pytest.approx(result.instance_s)
    if isinstance(scenario.policy, ManagedInstances):
        assert result.most_environments <= 2 * scenario.policy.most_environments
        assert result.billed_ms == result.cold_starts == 0
    else:
        assert result.instance_s == 0


@pytest.mark.parametrize("part", range(4))
def test_everything_adds_up(part: int) -> None:
    """Every request is answered or given up, and the series sums to the totals."""
    for number in range(1000 + part, 1400, 4):
        scenario = some_scenario(number, requests=4000)
        balance(scenario, simulate(scenario))


def test_requests_need_the_same_whatever_the_policy() -> None:
    """Policies are compared on the same arrivals and the same work."""
    first, second = some_scenario(3), some_scenario(4)
    other = Scenario(first.traffic, first.workload, second.policy, first.seed)
    mine = Scenario(first.traffic, first.workload, first.policy, first.seed)
    assert simulate(mine).requests == simulate(other).requests
    assert simulate(mine).series.column("arrivals") == simulate(other).series.column("arrivals")


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_a_stop_ends_a_simulation(engine: Engine, seed: int) -> None:
    """No result is given for traffic that was not simulated to its end."""
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        simulate(some_scenario(seed), engine=engine, stop=stop)
