"""Planning: what is recommended, why, and what makes a plan impossible."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim import spec
from lmi_sim.plan import Plan, PlanError, plan
from lmi_sim.plan.candidates import candidates
from lmi_sim.plan.fleet import environments_at, instance_hours
from lmi_sim.plan.purchase import best_commitment
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.spec import MANAGED_INSTANCES, Objective

EXAMPLES = Path(__file__).parents[2] / "examples"

SMALL: dict[str, Any] = {
    "name": "Small",
    "warm_up_s": 60,
    "traffic": {"shape": "steady", "rate_rps": 300, "duration_s": 660},
    "workload": {
        "runtime": "python3.13",
        "architecture": "arm64",
        "memory_mb": 2048,
        "memory_mb_per_request": 20,
        "cpu": {"distribution": "exponential", "mean_ms": 10},
        "io": {"distribution": "exponential", "mean_ms": 150},
    },
    "retries": {"attempts": 3},
    "objective": {"p99_ms": 1500},
    "price": {"ec2_discount_percent": 32},
}


def made(**sections: Any) -> Plan:
    """A quick plan for the small spec with other sections."""
    return plan(spec.parse(copy.deepcopy(SMALL) | sections), quick=True)


@pytest.fixture(scope="module")
def small() -> Plan:
    """The plan of the small spec."""
    return made()


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("steady_api", "managed_instances", "steady enough"),
        ("spiky_webhook", "default_lambda", "quiet most of the time"),
        ("cpu_batch", "managed_instances", "the compute family (c"),
    ],
)
def test_the_examples_are_recommended_what_fits_them(name: str, kind: str, words: str) -> None:
    """A steady API, a spiky webhook and a CPU-bound batch, each with its reason in words."""
    found = plan(spec.load(EXAMPLES / f"{name}.toml"), quick=True)
    assert found.recommended.kind == kind
    assert any(words in reason for reason in found.reasons)
    if name == "cpu_batch":
        assert isinstance(found.recommended.policy, ManagedInstances)
        assert found.recommended.policy.instance.instance_type.startswith("c")


def test_what_is_recommended_is_the_cheapest_that_meets_the_goals(small: Plan) -> None:
    """Among all options that are shown."""
    able = [option for option in (*small.options, *small.runners_up) if option.meets(small.objective)]
    assert small.recommended in able
    assert small.recommended.usd == min(option.usd for option in able)
    for option in able:
        assert sum(amount for line, amount in option.bill.items() if line != "total") == pytest.approx(option.usd)


def test_a_looser_objective_never_costs_more(small: Plan) -> None:
    """More freedom can't hurt."""
    tight = plan(replace(small.spec, objective=Objective(900, 0.1)), quick=True)
    assert small.recommended.usd <= tight.recommended.usd
    assert tight.recommended.p99_ms <= 900


def test_a_commitment_never_costs_more_than_none(small: Plan) -> None:
    """Nothing need be committed, and a higher discount helps."""
    totals = [total for _, _, total in small.commitments]
    assert totals == sorted(totals, reverse=True)


def test_the_break_even_is_where_the_curves_cross(small: Plan) -> None:
    """Below it default Lambda costs less, above it managed instances do."""
    assert small.break_even_requests is not None
    for point in small.curve:
        if point.requests < small.break_even_requests * Decimal("0.99"):
            assert point.default_usd < point.managed_usd
    assert small.curve[-1].managed_usd < small.curve[-1].default_usd
    for before, after in pairwise(small.curve):
        assert before.default_usd < after.default_usd
        assert before.managed_usd <= after.managed_usd


def test_candidates_come_in_the_order_of_their_closed_form_and_hold_the_specs_own() -> None:
    """The search walks from the cheapest fleet up."""
    document = copy.deepcopy(SMALL) | {
        "managed_instances": {"instance_type": "m8g.xlarge", "environment_memory_gib": 4, "min_environments": 7}
    }
    this = spec.parse(document)
    found = candidates(this)
    assert len(found) > 500
    assert all(before.fleet_usd <= after.fleet_usd for before, after in pairwise(found))
    assert this.policies[MANAGED_INSTANCES] in {item.policy for item in found}


def test_the_closed_form_is_what_a_simulation_settles_at(small: Plan) -> None:
    """Steady traffic needs the instances that the closed form says, one more or less."""
    managed = small.option(MANAGED_INSTANCES)
    assert managed is not None
    assert isinstance(managed.policy, ManagedInstances)
    hours = instance_hours(small.spec.traffic, small.spec.workload, managed.policy)
    expected = hours * 3600 / small.spec.traffic.duration_s
    assert managed.mean_instances == pytest.approx(expected, abs=1.0)


@given(low=st.floats(0, 5000), more=st.floats(0, 5000))
def test_more_traffic_never_needs_fewer_environments(low: float, more: float) -> None:
    """The closed form is monotone and keeps the bounds."""
    this = spec.parse(SMALL)
    policy = ManagedInstances(InstanceShape("c8g.xlarge", 4, 8.0, "arm64"), EnvironmentSize(1, 2), 16)
    few = environments_at(low, this.workload, policy)
    many = environments_at(low + more, this.workload, policy)
    assert policy.min_environments <= few <= many <= policy.most_environments


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=60), discount=st.integers(0, 72))
def test_the_best_commitment_is_the_cheapest_of_all(sizes: list[int], discount: int) -> None:
    """Against every other number of instances, worked out one by one."""
    share = Decimal(discount) / 100
    best = best_commitment(sizes, share)
    for count in range(max(sizes) + 2):
        beyond = Decimal(sum(max(0, size - count) for size in sizes)) / len(sizes)
        assert best.paid_instances <= count * (1 - share) + beyond + Decimal("1e-9")


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        (
            {"objective": {"p99_ms": 50}},
            r"objective\.p99_ms: 50 can't be met by anything.* take up to \d+ ms on an idle",
        ),
        (
            {
                "default_lambda": {"account_concurrency": 10},
                "workload": SMALL["workload"] | {"memory_mb_per_request": 20000},
            },
            r"objective: none of 0 configurations meets p99_ms 1500",
        ),
    ],
)
def test_an_objective_that_nothing_meets_is_refused(sections: dict[str, Any], sentence: str) -> None:
    """One sentence: the goal, what would be possible, what to change."""
    with pytest.raises(PlanError, match=sentence) as refused:
        made(**sections)
    assert "\n" not in str(refused.value)


def test_a_plan_needs_an_objective() -> None:
    """There is nothing to search for without one."""
    with pytest.raises(PlanError, match="objective is missing"):
        plan(replace(spec.parse(SMALL), objective=None))


def test_environments_are_of_sizes_that_aws_offers() -> None:
    """A search looks at none with less than one vCPU or more than sixteen."""
    found = candidates(spec.parse(SMALL))
    assert found
    assert all(1 <= item.policy.environment.vcpus <= 16 for item in found)
