"""AWS's sample calculator, against all that it publishes, and where its answers are put right."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.prices import UnknownInstanceType, on_demand_usd_per_hour
from lmi_sim.sizing import (
    Demand,
    InstanceSize,
    calculate,
    constant,
    default_lambda,
    environments_per_instance,
    instance_size,
    managed_instances,
    self_managed,
    size,
)

BASIC = Demand("python", D(100), D(512))
"""The calculator's basic case: its defaults with 100 at a time and 512 MB each."""

# https://github.com/aws-samples/sample-aws-lambda-managed-instances, tools/pricing-calculator/tests/test-cases.json
# (commit be01a7c19ead, 2026-03-19): environments, base instances, instances, EC2, fee, Lambda, self-managed EC2.
PUBLISHED: dict[str, tuple[dict[str, Any], tuple[float, ...]]] = {
    "Basic Calculation": ({}, (25, 9, 14, 1481.9, 222.285, 408.2, 2011.15)),
    "IO-Heavy Workload": ({"workload_type": "io-heavy"}, (13, 5, 8, 846.8, 127.02, 408.2, 1164.35)),
    "CPU-Heavy Workload": ({"workload_type": "cpu-heavy"}, (50, 17, 26, 2752.1, 412.815, 408.2, 3704.75)),
    "High Volume with Compute SP 1yr": (
        {"requests": D(10**7), "savings_plan": "compute_sp_1yr"},
        (25, 9, 14, 1007.692, 222.285, 3592.4, 1367.582),
    ),
    "Compute SP 3yr": (
        {"requests": D(10**7), "savings_plan": "compute_sp_3yr"},
        (25, 9, 14, 518.665, 222.285, 3592.4, 703.9025),
    ),
    "EC2 Packing Efficiency 50%": (
        {"self_managed_packing_percent": D(50)},
        (25, 9, 14, 1481.9, 222.285, 408.2, 2434.55),
    ),
    "EC2 Packing Efficiency 80%": (
        {"self_managed_packing_percent": D(80)},
        (25, 9, 14, 1481.9, 222.285, 408.2, 1481.9),
    ),
    "Low Concurrency (50)": ({"target_concurrency": D(50)}, (13, 5, 8, 846.8, 127.02, 408.2, 1164.35)),
    "High Concurrency (200)": ({"target_concurrency": D(200)}, (50, 17, 26, 2752.1, 412.815, 408.2, 3704.75)),
    "5 AZ Configuration": ({"zones": "5az"}, (25, 9, 14, 1481.9, 222.285, 408.2, 2011.15)),
}

# The same file's comparison of ways to pay, for 14 and 19 instances and a million requests.
WAYS_TO_PAY = {
    "none": (1704.385, 408.2, 2011.15),
    "compute_sp_1yr": (1230.177, 359.24, 1367.582),
    "compute_sp_3yr": (741.15, 359.24, 703.9025),
    "ec2_instance_sp": (1230.177, 408.2, 1367.582),
    "reserved_3yr": (741.15, 408.2, 703.9025),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_case(name: str) -> None:
    """In compatibility mode each of the ten cases comes out as it is published."""
    change, expected = PUBLISHED[name]
    found = calculate(replace(BASIC, **change), compatible=True)
    assert found.sizing.environments_per_instance == 3
    assert (
        found.sizing.environments,
        found.sizing.base_instances,
        found.sizing.instances,
        float(found.managed_instances["ec2"]),
        float(found.managed_instances["fee"]),
        float(found.default_lambda["total"]),
        float(found.self_managed.total_usd),
    ) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("plan", WAYS_TO_PAY)
def test_every_savings_plan(plan: str) -> None:
    """A Compute Savings Plan touches both, the others EC2 alone; the fee and the requests are never discounted."""
    found = calculate(replace(BASIC, savings_plan=plan), compatible=True)
    totals = (found.managed_instances["total"], found.default_lambda["total"], found.self_managed.total_usd)
    assert [float(total) for total in totals] == pytest.approx(WAYS_TO_PAY[plan], rel=1e-12)


def test_the_exact_lambda_price() -> None:
    """30 million GB-seconds on arm64 cost 400.002 USD; the calculator's rounded price makes 408."""
    assert default_lambda(BASIC)["compute"] == D("400.002")
    assert default_lambda(BASIC, compatible=True)["compute"] == D("408")


def test_the_exact_lambda_price_has_tiers_and_whole_milliseconds() -> None:
    """Beyond 7.5 billion GB-seconds arm64 costs less, and 0.5 ms are billed as 1."""
    many = replace(BASIC, requests=D(10**9), duration_s=D(30))
    expected = D("7500000000") * D("0.0000133334") + D("7500000000") * D("0.0000120001")
    assert default_lambda(many)["compute"] == expected
    short = replace(BASIC, duration_s=D("0.0005"))
    assert default_lambda(short)["compute"] == default_lambda(replace(BASIC, duration_s=D("0.001")))["compute"]
    assert default_lambda(short, compatible=True)["compute"] == D("0.0034")


@pytest.mark.parametrize(("name", "hourly"), [("r7g.xlarge", "0.2142"), ("r7g.2xlarge", "0.4284")])
def test_the_exact_instance_price(name: str, hourly: str) -> None:
    """r7g costs what the price list says, unless the calculator's own table is asked for."""
    memory = replace(BASIC, instance_type=name)
    assert managed_instances(memory, 1)["ec2"] == D(hourly) * 730
    assert managed_instances(memory, 1, compatible=True)["ec2"] < D(hourly) * 730
    given_price = replace(memory, usd_per_hour=D("0.5"))
    assert managed_instances(given_price, 2, compatible=True)["fee"] == D("109.5")


def test_the_prices_that_differ_are_those_alone() -> None:
    """The prices that the calculator has wrong are off by less than a tenth of a percent."""
    for name, price in constant("usd_per_hour_that_differ").items():
        assert D(price) != on_demand_usd_per_hour(name)
        assert float(price) == pytest.approx(float(on_demand_usd_per_hour(name)), rel=1e-3)


def test_the_exact_number_of_self_managed_instances() -> None:
    """9 managed instances at 80 % are 12 at 60 %; floating point makes the calculator say 13."""
    assert self_managed(BASIC, 9).instances == 12
    assert self_managed(BASIC, 9, compatible=True).instances == 13
    assert self_managed(BASIC, 14).instances == self_managed(BASIC, 14, compatible=True).instances == 19


def test_step_by_step() -> None:
    """3 GB each on m7g.2xlarge: one at a time by memory, 3,072 MB and 2 vCPUs, 8 at a time by CPU, 3 on an instance."""
    found = size(replace(BASIC, memory_mb_per_request=D(3072), instance_type="m7g.2xlarge", runtime="java"))
    assert (found.concurrency_per_vcpu, found.function_memory_mb, found.vcpus_per_environment) == (1, 3072, 2)
    assert (found.sustainable_per_environment, found.environments, found.environments_per_instance) == (8, 13, 3)
    assert (found.base_instances, found.instances) == (5, 8)


def test_overrides() -> None:
    """What is given is taken: a ratio of 4:1, 32 per vCPU, a memory of 8 GB, 5 environments on an instance."""
    found = size(replace(BASIC, gib_per_vcpu=D(4), concurrency_per_vcpu=32, environments_per_instance=5))
    assert (found.concurrency_per_vcpu, found.function_memory_mb, found.vcpus_per_environment) == (32, 16384, 4)
    assert (found.environments, found.base_instances, found.instances) == (7, 3, 5)
    assert size(replace(BASIC, function_memory_mb=D(8192), instance_type="c7g.4xlarge")).vcpus_per_environment == 4
    assert size(replace(BASIC, function_memory_mb=D(1024))).function_memory_mb == 2048


def test_zones_set_the_least() -> None:
    """A small demand still needs an instance in each zone; the calculator's buffer then comes on top."""
    small = replace(BASIC, target_concurrency=D(1))
    assert [size(replace(small, zones=zones)).instances for zones in ("none", "3az", "5az")] == [2, 5, 8]


def test_an_environment_that_does_not_fit() -> None:
    """The calculator puts one on every instance; here it is refused, with what there is."""
    large = replace(BASIC, memory_mb_per_request=D(16384))
    assert size(large, compatible=True).environments_per_instance == 1
    with pytest.raises(ValueError, match=r"8 vCPUs and 16384 MB does not fit on c7g\.xlarge, which has 3 vCPUs"):
        size(large)


def test_nothing_fits_where_nothing_is_left() -> None:
    """An instance whose only vCPU is kept for the platform holds nothing, in either mode."""
    tiny = replace(BASIC, instance_type="c7g.medium")
    for compatible in (False, True):
        with pytest.raises(ValueError, match="does not fit"):
            size(tiny, compatible=compatible)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"runtime": "pyhton"}, "did you mean python"),
        ({"savings_plan": "compute_sp_2yr"}, "compute_sp_1yr"),
        ({"workload_type": "io_heavy"}, "did you mean io-heavy"),
        ({"zones": "4az"}, "zones '4az'"),
        ({"architecture": "arm"}, "did you mean arm64"),
        ({"target_concurrency": D(0)}, "target_concurrency 0"),
        ({"duration_s": D("NaN")}, "duration_s NaN"),
        ({"usd_per_hour": D(-1)}, "usd_per_hour -1"),
    ],
)
def test_a_demand_that_cannot_be_is_named(change: dict[str, Any], words: str) -> None:
    """The value, the rule and the nearest choice stand in the error."""
    with pytest.raises(ValueError, match=words):
        replace(BASIC, **change)


def test_unrealistic_fleets_and_unknown_types_are_refused() -> None:
    """More than 5,000 instances, and a type without a price."""
    with pytest.raises(ValueError, match="more than 5000"):
        size(replace(BASIC, target_concurrency=D(10**6)))
    with pytest.raises(UnknownInstanceType, match=r"c7g\.xlarge"):
        size(replace(BASIC, instance_type="c7g.xlrage"))


def test_packing_as_in_a_public_trace() -> None:
    """c6i.2xlarge holds three environments of 2 vCPUs and 4 GB (AWS retirement simulator, 2026-03)."""
    assert instance_size("c6i.2xlarge") == InstanceSize(D(8), D(16))
    assert environments_per_instance(instance_size("c6i.2xlarge"), D(2), D(4)) == 3
    kept = {"reserved_vcpus": D(0), "reserved_gib": D(0)}
    assert environments_per_instance(instance_size("c6i.2xlarge"), D(2), D(4), **kept) == 4
    assert environments_per_instance(InstanceSize(D(2), D(4)), D(2), D(4)) == 0


@pytest.mark.parametrize("wrong", [(D(0), D(4)), (D(1), D(0))])
def test_an_environment_needs_something(wrong: tuple[D, D]) -> None:
    """Zero vCPUs or memory would fit any number of times."""
    with pytest.raises(ValueError, match="above 0"):
        environments_per_instance(InstanceSize(D(4), D(8)), *wrong)
    with pytest.raises(ValueError, match="less than nothing"):
        environments_per_instance(InstanceSize(D(4), D(8)), D(1), D(2), reserved_vcpus=D(-1))


@given(st.integers(1, 192), st.integers(1, 768), st.integers(1, 16), st.integers(2, 32))
def test_packing_agrees_with_placement(vcpus: int, memory: int, environment_vcpus: int, environment_gib: int) -> None:
    """The rule here and the simulator's own placement hold the same number."""
    shape = InstanceShape("any", vcpus, float(memory), "arm64")
    placed = shape.room_for(EnvironmentSize(environment_vcpus, environment_gib))
    fitting = environments_per_instance(InstanceSize(D(vcpus), D(memory)), D(environment_vcpus), D(environment_gib))
    assert fitting == placed


@given(
    st.integers(1, 2000),
    st.integers(64, 8192),
    st.sampled_from(["python", "nodejs", "java", "dotnet"]),
    st.sampled_from(["io-heavy", "balanced", "cpu-heavy"]),
    st.sampled_from(["3az", "5az", "none"]),
    st.sampled_from(["c7g.4xlarge", "m8g.8xlarge", "r7i.16xlarge"]),
)
def test_a_sizing_carries_its_demand(
    concurrency: int, memory: int, runtime: str, workload: str, zones: str, instance: str
) -> None:
    """What is sized has room for the concurrency, by the calculator's formula worked out anew, half as much again."""
    per_vcpu = max(1, min({"python": 16, "nodejs": 64, "java": 32, "dotnet": 32}[runtime], 2048 // memory))
    function_mb = max(2048, memory * per_vcpu)
    vcpus = math.ceil(function_mb / 2048)
    at_a_time = {"io-heavy": 8, "balanced": 4, "cpu-heavy": 2}[workload] * vcpus
    has = {"c7g.4xlarge": (16, 32), "m8g.8xlarge": (32, 128), "r7i.16xlarge": (64, 512)}[instance]
    fits = min((has[0] - 1) // vcpus, (has[1] - 1) * 1024 // function_mb)
    least = {"3az": 3, "5az": 5, "none": 1}[zones]
    base = max(least, math.ceil(math.ceil(concurrency / at_a_time) / fits))
    found = size(
        Demand(runtime, D(concurrency), D(memory), instance_type=instance, workload_type=workload, zones=zones)
    )
    assert (found.function_memory_mb, found.environments_per_instance) == (function_mb, fits)
    assert (found.base_instances, found.instances) == (base, math.ceil(base * 1.5))
    assert found.instances * found.environments_per_instance * found.sustainable_per_environment >= concurrency
