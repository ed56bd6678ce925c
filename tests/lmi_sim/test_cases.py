"""Worked cases: those that are published, each within its tolerance, and others of every kind worked out by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmi_sim.cases import run
from lmi_sim.cases.inputs import Inputs
from lmi_sim.cases.table import SHAPES
from lmi_sim.cases.trace import CPU_SHARE, IO_SHARE
from lmi_sim.cases.words import in_numbers
from lmi_sim.queueing import closed_network

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "economics_cases.json").read_text("utf-8"))["cases"]
_LONG_S = 100_000


def as_parameter(case: dict[str, Any]) -> Any:
    """A case under its id; what simulates a very long time is slow."""
    slow = case["inputs"].get("horizon_s", 0) > _LONG_S
    return pytest.param(case, id=case["id"], marks=[pytest.mark.slow] if slow else [])


def answers(**inputs: object) -> dict[str, Any]:
    """The answers to inputs alone."""
    return run({"inputs": inputs})


class Poisoned(Mapping[str, object]):
    """A case of which nothing but the inputs may be touched."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.inputs = case["inputs"]

    def __getitem__(self, key: str) -> object:
        """Refuse every other key."""
        assert key == "inputs", f"{key} was read"
        return self.inputs

    def __iter__(self) -> Iterator[str]:
        """Refuse to list the keys."""
        raise AssertionError("the case was listed")

    def __len__(self) -> int:
        """Refuse to count the keys."""
        raise AssertionError("the case was counted")


@pytest.mark.parametrize("case", [as_parameter(case) for case in CASES])
def test_a_case_within_its_tolerance(case: dict[str, Any]) -> None:
    """Everything that a case expects is answered, from its inputs alone, as near as its tolerance says."""
    found = run(Poisoned(case))
    tolerance = case["tolerance"]
    for name, expected in case["expected"].items():
        assert found[name] == pytest.approx(expected, rel=tolerance.get("rel", 0), abs=tolerance.get("abs", 0)), name


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_one_model_answers_a_case(case: dict[str, Any]) -> None:
    """Exactly one row of the table fits, so that the order of the rows decides nothing."""
    inputs = Inputs.of(in_numbers(case["inputs"]))
    model, names = inputs.word("model", "").lower(), set(inputs.values)
    fitting = [
        shape.title
        for shape in SHAPES
        if model in map(str.lower, shape.models) and not shape.missing(names) and not shape.unknown(names)
    ]
    assert len(fitting) == 1, fitting


def test_what_is_answered_are_plain_numbers() -> None:
    """Answers go into JSON as they are: no Decimal in them."""
    for inputs in (case["inputs"] for case in CASES if case["category"] != "scaling"):
        json.dumps(run({"inputs": inputs}))


def close(value: float) -> Any:
    """As good as equal."""
    return pytest.approx(value, rel=1e-9)


def test_default_lambda_worked_by_hand() -> None:
    """5 million requests of 200 ms and 512 MB are 500,000 GB-seconds."""
    each = {"model": "lambda", "requests": 5e6, "duration_ms": 200, "memory_mb": 512}
    found = answers(arch="x86_64", **each)
    assert (found["compute"], found["requests"], found["total"]) == (close(8.33335), close(1.0), close(9.33335))
    assert answers(arch="arm64", **each)["compute"] == close(6.6667)
    assert answers(**each) == found, "the architecture is x86_64 when it isn't given, as in CreateFunction"
    free = answers(arch="arm", free_tier=True, **each)
    assert (free["compute"], free["requests"]) == (close(1.33334), close(0.8))
    free = answers(arch="arm", free_tier_compute_only=True, **each)
    assert (free["compute"], free["requests"]) == (close(1.33334), close(1.0))
    assert answers(arch="x86", discount=0.12, **each)["compute"] == close(8.33335 * 0.88)
    assert answers(arch="x86", **(each | {"requests": 100, "free_tier": True}))["total"] == 0


def test_what_comes_on_top_of_default_lambda() -> None:
    """INIT, event polling and streaming are lines of their own, or a part of compute that is named."""
    found = answers(
        model="lambda",
        arch="arm64",
        requests=1_000_000,
        duration_ms=99.2,
        memory_mb=2048,
        cold_fraction=0.02,
        init_ms=500,
        epu_hours=10,
        epu_price=0.2,
        streamed_billable_gb=100,
        stream_price=0.01,
        ephemeral_mb=2560,
        ephemeral_price=1e-6,
    )
    assert found["init_part"] == close(20_000 * 1.33334e-5)
    assert found["compute"] == close(220_000 * 1.33334e-5)
    assert found["wrong_if_not_rounded"] == close((198_400 + 20_000) * 1.33334e-5)
    assert (found["epu"], found["streaming"]) == (close(2), close(1))
    assert found["ephemeral"] == close(1e6 * 0.1 * 2 * 1e-6)
    assert found["total"] == close(found["compute"] + 0.2 + 2 + 1 + 0.2)
    in_all = {"total_seconds": 1e5, "memory_mb": 128, "ephemeral_mb": 1536, "ephemeral_price": 1e-6}
    assert answers(**in_all)["ephemeral"] == close(0.1)
    assert answers(**(in_all | {"ephemeral_mb": 512}))["ephemeral"] == 0


def test_total_seconds_and_gb_seconds_say_the_same() -> None:
    """A million seconds at 1,536 MB are 1.5 million GB-seconds."""
    one = answers(model="lambda", arch="x86", requests=10, total_seconds=1e6, memory_mb=1536)
    assert one == answers(model="lambda", arch="x86", requests=10, gb_seconds=1.5e6)


def test_provisioned_concurrency_worked_by_hand() -> None:
    """10 kept for 62 minutes are billed for 65; nothing spills over."""
    found = answers(
        model="provisioned", arch="arm64", memory_mb=2048, pc=10, pc_hours=62 / 60, pc_requests=1e6, pc_duration_ms=50
    )
    assert found["pc"] == close(10 * 65 * 60 * 2 * 3.3334e-6)
    assert found["pc_duration"] == close(100_000 * 7.7778e-6)
    assert (found["od_duration"], found["requests"]) == (0, close(0.2))
    assert answers(pc=1, pd=2, od=4)["utilisation"] == close(0.5)
    assert answers(model="provisioned_breakeven", arch="arm64")["utilisation"] == close(3.3334 / (13.3334 - 7.7778))


def test_managed_instances_worked_by_hand() -> None:
    """Three c8g.xlarge for a month are 401.75 USD with the fee; a discount leaves the fee."""
    fleet = {"model": "lmi", "instance": "c8g.xlarge", "instances": 3}
    assert answers(**fleet)["total"] == close(0.15952 * 2190 * 1.15)
    found = answers(requests=1e7, discount=0.32, duration_ms=200, **fleet)
    assert found["requests"] == close(2)
    assert found["ec2"] == close(0.15952 * 2190 * 0.68)
    assert found["fee"] == close(0.15952 * 2190 * 0.15)
    assert found["effective_multiplier"] == close(0.83)
    given_prices = answers(od_hourly=2, discounted_hourly=0.5, instance_hours=10, fee_rate=0.1)
    assert (given_prices["ec2"], given_prices["fee"]) == (close(5), close(2))
    assert "effective_multiplier" not in answers(od_hourly=2, instance_hours=0)
    assert answers(model="lmi_fee", instance="m7g.large")["fee_hourly"] == close(0.0816 * 0.15)


def test_break_even_worked_by_hand() -> None:
    """One instance-hour at 1 USD is 1.15 with the fee; 1 GB-second on x86 is 0.0000166667."""
    found = answers(
        lmi={"od_hourly": 1, "instance_hours": 1}, lam={"arch": "x86", "memory_mb": 1024, "duration_ms": 1000}
    )
    assert (found["lmi_fixed"], found["breakeven_requests"]) == (close(1.15), close(1.15 / 1.66667e-5))
    half = answers(
        lmi={"od_hourly": 1, "instance_hours": 1, "discount": 0.65}, lam={"memory_mb": 1024, "duration_ms": 1000}
    )
    assert half["breakeven_requests"] == close(0.5 / 1.66667e-5)


def test_the_sample_calculator_worked_by_hand() -> None:
    """A price of one's own, another type, another plan: 9 r7g.xlarge, and 13 self-managed where 12 would do."""
    demand = {"runtime": "java", "targetConcurrency": 64, "memoryPerExec": 256, "instanceType": "r7g.xlarge"}
    found = answers(**demand, arch="x86", savingsPlan="reserved_3yr", requestsPerMonth=2e6, durationSec=1)
    assert (found["environments_needed"], found["envs_per_instance"]) == (16, 3)
    assert (found["base_instances"], found["instances"], found["ec2_instances"]) == (6, 9, 13)
    assert found["lmi_total"] == close(9 * 730 * 0.2140 * 0.5 + 0.4)
    assert found["lmi_total_exact_rate"] == close(9 * 730 * 0.2142 * 0.5 + 0.4)
    assert found["ec2_total_exact_rate"] == close(12 * 730 * 0.2142 * 0.35)
    assert found["std_total_exact_rate"] == close(500_000 * 1.66667e-5 + 0.4)
    assert found["std_total_calculator"] == close(500_000 * 1.68e-5 + 0.4)
    assert answers(**demand, od_hourly=1)["lmi_fee"] == close(9 * 730 * 0.15)


def test_sizing_worked_by_hand() -> None:
    """m8g.4xlarge has 15 vCPUs and 63 GB for environments; nothing is kept when the inputs say so."""
    assert answers(instance="m8g.4xlarge", ee_vcpu=2, ee_gb=8)["ee_per_instance"] == 7
    assert answers(vcpus=16, mem_gb=64, ee_vcpu=1, ee_gb=8)["ee_per_instance"] == 7
    assert answers(vcpus=16, mem_gb=64, ee_vcpu=1, ee_gb=8, os_vcpu=0, os_gb=0)["ee_per_instance"] == 8
    assert answers(vcpus=2, mem_gb=4, ee_vcpu=2, ee_gb=4)["ee_per_instance"] == 0
    assert answers(ee=7, max_concurrency=64)["slots"] == 448
    assert answers(instances=4, ee_per_instance=3, max_concurrency=10)["slots"] == 120


def test_queues_worked_by_hand() -> None:
    """Two servers at one erlang wait with 1/3 and lose 1/5; one at half load doubles the time."""
    found = answers(model="M/M/c FIFO", lam=1, S=1, c=2)
    assert (found["p_wait"], found["mean_wait_s"], found["util"]) == (close(1 / 3), close(1 / 3), close(0.5))
    assert (found["mean_in_system"], found["mean_in_queue"]) == (close(4 / 3), close(1 / 3))
    assert answers(model="M/M/2", lam=1, S=1) == found
    lost = answers(model="M/M/c/c", lam=2, S=0.5, c=2)
    assert (lost["p_block"], lost["mean_busy"], lost["util"]) == (close(0.2), close(0.8), close(0.4))
    assert answers(model="M/G/2/2", lam=2, S=0.5, dist="lognormal", cv=3) == lost
    assert answers(model="Erlang B", offered=1, c=2) == lost
    assert answers(model="M/M/1", lam=50, S=0.01)["mean_sojourn_s"] == close(0.02)
    assert answers(model="M/D/1", lam=50, S=0.01)["mean_wait_s"] == close(0.005)
    for dist, cv, wait in (("exp", 1, 0.01), ("deterministic", 0, 0.005), ("lognormal", 2, 0.025)):
        assert answers(model="M/G/1 FIFO", lam=50, S=0.01, dist=dist, cv=cv)["mean_wait_s"] == close(wait)
    assert answers(model="M/G/1", lam=50, S=0.01, cv=2)["mean_wait_s"] == close(0.025)
    for dist in ("exp", "deterministic", "lognormal"):
        shared = answers(model="M/G/1-PS", lam=50, S=0.01, dist=dist, job_x_s=0.1)
        assert (shared["mean_sojourn_s"], shared["slowdown"]) == (close(0.02), close(2))
        assert (shared["mean_sojourn_given_x"], shared["mean_in_system"]) == (close(0.2), close(1))


@pytest.mark.parametrize(
    ("model", "like"),
    [
        ("M/M/5 (FIFO)", "M/M/5"),
        ("m/m/5-fcfs", "M/M/5"),
        ("M/D/5/5", "M/M/5/5"),
        ("M/M/5/5 loss", "M/M/5/5"),
        ("M/G/1 FCFS", "M/G/1"),
        ("M/G/1/PS", "M/G/1-PS"),
        ("M/G/1 PS", "M/G/1-PS"),
        ("M/D/1-FCFS", "M/D/1"),
    ],
)
def test_a_model_has_several_spellings(model: str, like: str) -> None:
    """Blanks, hyphens, brackets and FCFS make no difference."""
    more = {"dist": "lognormal", "cv": 2} if "G" in like else {}
    assert answers(model=model, lam=0.9, S=1, **more) == answers(model=like, lam=0.9, S=1, **more)


def test_of_a_service_time_only_its_variation_counts() -> None:
    """A distribution without a name of its own here needs its coefficient of variation, and gives the same."""
    wait = answers(model="M/G/1", lam=6, S=0.1, dist="lognormal", cv=2)
    assert answers(model="M/G/1", lam=6, S=0.1, dist="hyperexp", cv=2) == wait
    with pytest.raises(ValueError, match="a general distribution needs its coefficient of variation"):
        answers(model="M/G/1", lam=6, S=0.1, dist="gamma")


def test_littles_law_in_three_directions() -> None:
    """Of rate, latency and concurrency any two give the third."""
    assert answers(lam=20, mean_latency_s=0.5)["mean_concurrency"] == close(10)
    assert answers(lam=20, mean_concurrency=10)["mean_latency_s"] == close(0.5)
    assert answers(mean_concurrency=10, mean_latency_s=0.5)["lam"] == close(20)


@pytest.mark.parametrize(
    ("words", "rps"),
    [
        ("one EE 2 vCPU always saturated: 2 slots, det IO 300 ms then det CPU 100 ms PS", 5),
        ("three EEs 1 vCPU always saturated: 1 slot, exp IO 0.1 s then exp CPU 0.1 s PS", 15),
        ("one EE 1 vCPU always saturated: 64 slots, exp IO 0 s then exp CPU 0.02 s PS", 50),
        ("16 slots, 200 ms of IO, then exponential 10 ms CPU FIFO", 70.79665268007341),
    ],
)
def test_a_closed_network_in_words(words: str, rps: float) -> None:
    """Counts in digits or words, times in seconds or milliseconds, before or after what takes them."""
    assert answers(model=words)["throughput_rps"] == close(rps)


def test_a_closed_network_in_numbers() -> None:
    """The same in numbers; vCPUs are those of all environments, one each when they aren't given."""
    in_words = answers(model="two EEs 2 vCPU always saturated: 16 slots, exp IO 0.2 s then exp CPU 0.1 s PS")
    assert in_words == answers(slots=16, io_s=0.2, cpu_s=0.1, ee=2, vcpu=4)
    assert in_words["max_rps"] == close(40)
    assert in_words["throughput_rps"] == close(40 * in_words["cpu_util"])
    assert answers(max_concurrency=2, io_s=0.3, cpu_s=0.1, ee=3, vcpu=6)["throughput_rps"] == close(15)
    assert answers(max_concurrency=2, io_s=0.3, cpu_s=0.1, ee=3, ee_vcpu=2)["throughput_rps"] == close(15)


def test_saturation_worked_by_hand() -> None:
    """Slots, vCPUs, and whichever is tighter."""
    assert answers(vcpu=8, cpu_s=0.05)["max_rps"] == close(160)
    assert answers(ee=16, max_concurrency=10, service_s=2.5, cpu_s=0)["max_rps"] == close(64)
    assert answers(ee=3, max_concurrency=16, service_s=0.5, cpu_s=0.02, vcpu=3)["max_rps"] == close(96)
    assert answers(ee=3, max_concurrency=16, service_s=0.5, cpu_s=0.05)["max_rps"] == close(60)
    assert answers(ee=3, ee_vcpu=2, cpu_s=0.05)["max_rps"] == close(120)
    assert answers(slots=100, service_s=0.25)["max_rps"] == close(400)


@pytest.mark.parametrize(
    ("inputs", "cold", "throttled"),
    [
        ({"burst": 700, "envs_warm": 300, "bucket": 200, "account_limit": 1000}, [200], [200]),
        ({"burst": 700, "envs_warm": 300, "bucket": 1000, "account_limit": 600}, [300], [100]),
        ({"burst": 700, "envs_warm": 500, "bucket": 200, "account_limit": 500}, [0], [200]),
        ({"burst": 700, "envs_warm": 500, "bucket": 0, "account_limit": 1000}, [0], [200]),
        ({"burst": 700, "envs_warm": 500, "bucket": 50, "refill_per_s": 0}, [50], [150]),
        ({"burst": 2500, "envs_warm": 2200, "bucket": 1000, "account_limit": 5000}, [300], [0]),
        ({"burst": 500, "at_s": [0, 2], "duration_s": 1, "bucket": 300, "refill_per_s": 50}, [300, 100], [200, 100]),
        ({"burst": 500, "at_s": [0, 2], "duration_s": 3, "bucket": 300, "refill_per_s": 50}, [300, 100], [200, 400]),
        ({"burst": [100, 50], "at_s": [0, 700], "duration_s": 1}, [100, 50], [0, 0]),
        ({"burst": 0}, [0], [0]),
    ],
)
def test_bursts_worked_by_hand(inputs: dict[str, Any], cold: list[int], throttled: list[int]) -> None:
    """Warm environments first, then tokens, never more than the account allows; idle ones go after ten minutes."""
    found = answers(**inputs)
    assert (found["cold"], found["throttled"]) == (cold, throttled)
    assert found["throttles"] == sum(throttled)


@settings(deadline=None, max_examples=50)  # each example is a simulation
@given(st.integers(1, 400), st.integers(0, 300), st.integers(1, 300), st.integers(1, 500))
def test_one_burst_by_its_formula(burst: int, warm: int, bucket: int, limit: int) -> None:
    """What is served: the burst, what is warm and the bucket together, or the account's limit, whichever is least."""
    found = answers(burst=burst, envs_warm=min(warm, limit), bucket=bucket, account_limit=limit)
    assert found["served"] == min(burst, min(warm, limit) + bucket, limit)
    assert found["served"] + found["throttles"] == burst


@pytest.mark.parametrize(("rate", "duration", "init"), [(40, 1.5, 0.5), (100, 0.5, 0), (7, 3, 0), (250, 0.1, 0.02)])
def test_a_steady_rate_by_its_formula(rate: float, duration: float, init: float) -> None:
    """Until the first environments are free, each request needs a new one; from then on none does."""
    found = answers(arrivals="deterministic", rate_rps=rate, duration_s=duration, init_s=init, horizon_s=30)
    assert found["cold_starts"] == pytest.approx(rate * (duration + init), abs=1)
    assert found["max_concurrency"] == found["cold_starts"]
    assert found["throttles"] == 0
    limited = answers(rate_rps=rate, duration_s=duration, horizon_s=30, account_limit=10)
    assert limited["cold_starts"] == 10
    assert limited["throttles"] > 0


def test_cold_starts_at_the_two_ends() -> None:
    """With environments that go at once every request is cold; with such that stay, only the first ones are."""
    gone = answers(lam=2, warm_s=1, cold_s=1.5, expiration_s=0, horizon_s=20_000)
    assert gone["p_cold"] == 1
    assert gone["mean_servers"] == pytest.approx(3, rel=0.03)
    kept = answers(lam=2, warm_s=1, cold_s=1.5, expiration_s=1e9, horizon_s=20_000)
    assert kept["cold_starts"] < 20
    assert kept["mean_running"] == pytest.approx(2, rel=0.03)
    assert kept["mean_servers"] > kept["mean_running"]


def test_how_long_a_task_takes_in_the_public_trace() -> None:
    """Alone with three others 2.5 minutes, in a full environment 4.6, as the trace says."""
    service_s = {slots: 150 * IO_SHARE + _residence_s(slots) for slots in (4, 10)}
    assert service_s == {4: pytest.approx(2.5 * 60, rel=0.02), 10: pytest.approx(4.6 * 60, rel=0.02)}


def _residence_s(slots: int) -> float:
    return closed_network(slots, 150 * IO_SHARE, 150 * CPU_SHARE, 2).mean_cpu_residence_s


def test_a_backlog_that_the_fleet_holds_does_not_scale() -> None:
    """Few messages for ten environments: nothing is throttled and no instance comes."""
    found = answers(t0_ee=10, ee_max_conc=20, messages=60, service_s=60, t_first_scale_min=5, t_equilibrium_min=15)
    assert (found["slots_t0"], found["ee_t15"], found["peak_throttle_per_min"]) == (200, 10, 0)
    tight = answers(
        t0_ee=3,
        ee_max_conc=10,
        messages=9000,
        service_s=150,
        t_first_scale_min=2,
        t_equilibrium_min=15,
        max_vcpu_count=24,
    )
    assert (tight["ee_t15"], tight["instances_t15"]) == (9, 3), "24 vCPUs are three instances of three environments"


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"model": "lamda", "requests": 1}, "model 'lamda' is not known; did you mean 'lambda'"),
        ({"model": "M/M/c/K", "c": 2, "lam": 1, "S": 1}, "did you mean 'M/M/c"),
        ({"model": "quantum"}, "there are lambda, provisioned"),
        (
            {"model": "lambda", "requests": 1, "duration_ms": 1, "memory": 1},
            "no input 'memory'; did you mean 'memory_mb'",
        ),
        ({"model": "lambda", "requests": 1, "memory_mb": 128}, "needs gb_seconds or memory_mb and total_seconds or"),
        ({"model": "lmi", "instance_hours": 1}, "needs instance or od_hourly"),
        ({"lam": 1, "mean_latency": 1}, "did you mean 'mean_latency_s'"),
        ({"lmi": {"instances": 3, "od_hourli": 1}, "lam": {"duration_ms": 1, "memory_mb": 1}}, "'lmi.od_hourly'"),
        ({"model": "lambda", "gb_seconds": "1"}, "gb_seconds '1' must be a number"),
        ({"model": "lambda", "gb_seconds": True}, "gb_seconds True must be a number"),
        ({"model": "lambda", "gb_seconds": -1}, "gb_seconds -1 must be a number of at least 0"),
        ({"model": "lambda", "gb_seconds": float("nan")}, "gb_seconds nan"),
        ({"model": "lambda", "gb_seconds": 1, "free_tier": 1}, "free_tier 1 must be true or false"),
        ({"model": "lambda", "gb_seconds": 1, "arch": "arm46"}, "arch 'arm46' is not known; did you mean 'arm64'"),
        ({"model": "lambda", "gb_seconds": 1, "epu_hours": 1}, "epu_hours needs epu_price"),
        ({"model": "lambda", "gb_seconds": 1, "ephemeral_mb": 1, "ephemeral_price": 1}, "for how long"),
        ({"model": 7}, "model 7 must be a word"),
        ({"model": "lmi", "od_hourly": 1, "instance_hours": 1, "discount": 2}, "discount 2 must be between 0 and 1"),
        ({"pc": 1, "pd": 4, "od": 4}, "no break-even"),
        ({"runtime": "ruby", "targetConcurrency": 1, "memoryPerExec": 1}, "runtime 'ruby' must be one of nodejs"),
        ({"ee": 2.5, "max_concurrency": 1}, "ee 2.5 must be a whole number"),
        ({"model": "M/M/4", "lam": 10, "S": 1}, "needs more than 4 servers"),
        ({"model": "M/M/4/8", "lam": 1, "S": 1}, "places to wait"),
        ({"model": "M/G/4", "lam": 1, "S": 1, "cv": 2}, "has no closed form"),
        ({"model": "M/M/c", "c": 1, "lam": 1, "S": 0.1, "dist": "lognormal"}, "M/M/c has exponential service"),
        ({"model": "M/M/c", "c": 1, "lam": 1, "S": 0.1, "cv": 2}, "of 1, not 2"),
        ({"model": "M/D/1", "lam": 1, "S": 0.1, "dist": "exp"}, "M/D/1 has deterministic service"),
        ({"model": "M/G/1", "lam": 1, "S": 0.1}, "needs dist or cv"),
        ({"model": "M/G/1", "lam": 1, "S": 0.1, "dist": "lognormal"}, "needs its coefficient of variation"),
        ({"model": "M/G/1", "lam": 1, "S": 0.1, "dist": "logn"}, "did you mean 'lognormal'"),
        ({"model": "one EE, many slots, IO 1 s, CPU 1 s"}, "how many slots"),
        ({"model": "16 slots, IO 1 s"}, "how long CPU takes"),
        ({"model": "16 slots, IO 1 s, CPU 1 s FIFO"}, "needs exponential CPU times"),
        ({"slots": 4, "io_s": 1, "cpu_s": 1, "ee": 2, "vcpu": 3}, "vcpu 3 must be a multiple"),
        ({"max_concurrency": 4, "service_s": 1, "cpu_s": 2}, "cpu_s 2 is a part of service_s 1"),
        ({"vcpu": 1, "cpu_s": 0}, "nothing limits"),
        ({"ee": 4, "vcpu": 2, "cpu_s": 0.1}, "vcpu 2 is the total"),
        ({"lam": 0, "mean_concurrency": 1}, "lam must be above 0"),
        ({"burst": [1, 2], "at_s": [0, 1, 2]}, "one number or one for each"),
        ({"burst": 1, "at_s": [1, 0]}, "must rise"),
        ({"burst": 1, "envs_warm": 2, "account_limit": 1}, "envs_warm 2 must be at most account_limit 1"),
        ({"lam": 1, "warm_s": 2, "cold_s": 1, "expiration_s": 1, "horizon_s": 1}, "can't be below warm_s 2"),
    ],
)
def test_a_case_that_cannot_be_is_named(inputs: dict[str, Any], words: str) -> None:
    """The value, the rule and the nearest choice stand in the error."""
    with pytest.raises(ValueError, match=words):
        run({"inputs": inputs})


@pytest.mark.parametrize("case", [{}, {"inputs": None}, {"inputs": [1]}], ids=["empty", "none", "list"])
def test_a_case_needs_inputs(case: Mapping[str, object]) -> None:
    """Without a mapping of inputs there is nothing to run."""
    with pytest.raises(ValueError, match="a case needs inputs"):
        run(case)


def test_an_unknown_instance_type_is_named() -> None:
    """What has no price raises LookupError with a near name."""
    with pytest.raises(LookupError, match=r"c8g\.xlarge"):
        answers(model="lmi", instance="c8g.xlrage", instance_hours=1)


def test_none_is_the_same_as_nothing() -> None:
    """An input that is null counts as absent."""
    assert answers(model="lmi", instance="c8g.xlarge", od_hourly=None, instances=1) == answers(
        model="lmi", instance="c8g.xlarge", instances=1
    )


def test_the_browser_can_import_it() -> None:
    """Neither numpy nor numba is loaded by importing the cases and running one."""
    code = (
        "import sys; from lmi_sim.cases import run; run({'inputs': {'burst': 5}}); "
        "sys.exit(bool({'numpy', 'numba'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
