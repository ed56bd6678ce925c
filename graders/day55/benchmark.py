"""Task 55.11: a benchmark of managed instances against default Lambda, written by the learner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from graders.calling import called, is_number, not_a_function
from graders.day55.anchors import BENCHMARK
from graders.reading import shown
from lmi_labs import traffic
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from lmi_sim.policies import DefaultLambda, ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Workload, deterministic, exponentially

SIDES = ("default", "managed")
MEMBERS = ("p99_ms", "refused_percent", "cold_starts", "usd_per_month")
SEED, WARM_UP_S = 55, 300.0
USD_PER_HOUR = 0.15952
HOURS = 730
DEFAULT = DefaultLambda()
MANAGED = ManagedInstances(
    InstanceShape("c8g.xlarge", vcpus=4, memory_gib=8.0, architecture="arm64"),
    EnvironmentSize(vcpus=1, memory_gib=2),
    max_concurrency=16,
)
Case = tuple[Traffic, Workload]


def case(shape: Traffic, cpu_ms: float, io_ms: float) -> Case:
    """Traffic and a workload as the lab's."""
    return shape, Workload(cpu=exponentially(cpu_ms), io=exponentially(io_ms), memory_mb=1769, init=deterministic(400))


STEADY = case(traffic.steady(150, 1200), 20, 80)
SPIKY = case(traffic.spike(20, 120, at_s=600, length_s=120, duration_s=1200), 20, 80)


@lru_cache(maxsize=16)
def _results(given: Case, seed: int, warm_up_s: float) -> tuple[Any, Any]:
    from lmi_sim.engine import simulate
    from lmi_sim.scenario import Scenario

    shape, work = given
    default = simulate(Scenario(shape, work, DEFAULT, seed=seed, warm_up_s=warm_up_s))
    return default, simulate(Scenario(shape, work, MANAGED, seed=seed, warm_up_s=warm_up_s))


def right_rows(given: Case, *, seed: int = SEED, warm_up_s: float = WARM_UP_S) -> dict[str, dict[str, float]]:
    """What the benchmark of the task gives."""
    rows = {}
    for name, result in zip(SIDES, _results(given, seed, warm_up_s), strict=True):
        months = HOURS * 3600 / result.measured_s
        requests = result.completed * months * 0.2e-6
        compute = result.billed_ms / 1000 * given[1].memory_mb / 1024 * months * 0.0000133334
        instances = result.instance_s / 3600 * months * USD_PER_HOUR * 1.15
        rows[name] = {
            "p99_ms": 1000 * result.latency.quantile_s(0.99),
            "refused_percent": 100 * result.throttle_share,
            "cold_starts": result.cold_starts,
            "usd_per_month": requests + (compute if name == "default" else instances),
        }
    return rows


@task(
    "55.11",
    title="A benchmark of your own",
    points=8,
    syllabus=("55.5", "55.4"),
    answers=("benchmark", "steady_choice", "spiky_choice"),
    docs=BENCHMARK,
)
def check_benchmark(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The function on steady and on spiky traffic, and what follows from it."""
    function: Any = answers["benchmark"]
    problem = not_a_function(function, "benchmark", "benchmark(shape, work)")
    for given in (STEADY, SPIKY):
        problem = problem or judge_benchmark(function, given)
    problem = problem or _judge_choices(answers["steady_choice"], answers["spiky_choice"])
    return problem or passed(
        "The same requests, the same seed, the warm-up left out, tails instead of means, and both bills for a month."
    )


def judge_benchmark(function: Any, given: Case) -> Verdict | None:
    """What is wrong with the rows that the function gives; None when nothing is."""
    right = right_rows(given)
    outcome = called(function, *given)

    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(
            f"benchmark-{idea}", message, expected=shown(expected), found=shown(found), next_step=step, credit=credit
        )

    if outcome.error is not None:
        return wrong(
            "raises",
            "It raises an exception.",
            "two rows",
            outcome.error_text,
            "Try benchmark(traffic.steady(60, 1200), WORK).",
        )
    rows = outcome.value
    if (
        type(rows) is not dict
        or set(rows) != set(SIDES)
        or any(type(rows[side]) is not dict or set(rows[side]) != set(MEMBERS) for side in SIDES)
    ):
        return wrong("form", "The result is not a dict of two rows with four members each.", f"{SIDES} with {MEMBERS}", rows,
                     "Return {\"default\": {…}, \"managed\": {…}}.", 0.0)  # fmt: skip
    if not all(is_number(rows[side][name]) for side in SIDES for name in MEMBERS):
        return wrong("numbers", "A member is no number.", "numbers", rows, "Return floats.", 0.0)
    if _same(rows, right):
        return None
    if _same(rows, {"default": right["managed"], "managed": right["default"]}):
        return wrong(
            "exchanged",
            "The two sides are exchanged.",
            right,
            rows,
            "DEFAULT is default Lambda, MANAGED the instances.",
        )
    others = (
        ("cold-beginning", right_rows(given, warm_up_s=0.0), "The warm-up is in it: the cold starts of a fresh deployment, which a month has once.", "warm_up_s=300."),
        ("other-seed", {side: {**right_rows(given, seed=seed)[side]} for seed in (0,) for side in SIDES}, "Another seed is other traffic: yours can't be compared with anybody's.", "seed=55 for both."),
        ("two-seeds", {"default": right["default"], "managed": right_rows(given, seed=56)["managed"]}, "The two sides met different requests.", "The same seed for both."),
    )  # fmt: skip
    for idea, other, message, step in others:
        if _same(rows, other):
            return wrong(idea, message, right, rows, step)
    return _judge_member(given, rows, right, wrong)


def _same(rows: Mapping[str, Mapping[str, float]], other: Mapping[str, Mapping[str, float]]) -> bool:
    return all(_near(rows[side][name], other[side][name]) for side in SIDES for name in MEMBERS)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.0005 * abs(other) + 1e-6


def _judge_member(
    given: Case, rows: Any, right: Mapping[str, Mapping[str, float]], wrong: Callable[..., Verdict]
) -> Verdict:
    default, managed = _results(given, SEED, WARM_UP_S)
    hours = {"default": default.measured_s / 3600, "managed": managed.measured_s / 3600}
    for side, result in zip(SIDES, (default, managed), strict=True):
        months = HOURS / hours[side]
        per_request = result.completed * months * 0.2e-6
        fee = result.instance_s / 3600 * months * USD_PER_HOUR * 0.15
        usd = right[side]["usd_per_month"]
        ideas = (
            ("p99_ms", right[side]["p99_ms"] / 1000, "seconds", "p99_ms is in milliseconds.", "Multiply by 1,000."),
            ("p99_ms", 1000 * result.latency.mean_s, "mean", "This is the mean. It hides the requests that somebody waited for.", "latency.quantile_s(0.99)"),
            ("p99_ms", 1000 * result.latency.quantile_s(0.5), "median", "This is the median: half of all requests are slower.", "latency.quantile_s(0.99)"),
            ("p99_ms", 1000 * result.latency.largest_s, "maximum", "This is the slowest single request.", "latency.quantile_s(0.99)"),
            ("refused_percent", right[side]["refused_percent"] / 100, "fraction", "refused_percent is in per cent.", "Multiply by 100."),
            ("refused_percent", float(result.failed), "count", "This counts requests; the share is wanted.", "100 * throttle_share"),
            ("usd_per_month", usd / months, "not-a-month", "That is what the simulated minutes cost, not a month.", "Multiply by 730 × 3,600 / measured_s."),
            ("usd_per_month", usd - per_request, "no-requests", "The charge for requests is missing.", "0.20 US dollars for a million, on both sides."),
            ("usd_per_month", usd - fee if side == "managed" else -1.0, "no-fee", "The management fee is missing.", "Multiply the price by 1.15."),
            ("cold_starts", float(result.requests), "requests", "That is the number of requests.", "result.cold_starts"),
        )  # fmt: skip
        for name in MEMBERS:
            if _near(rows[side][name], right[side][name]):
                continue
            for member, number, idea, message, step in ideas:
                if member == name and _near(rows[side][name], number):
                    return wrong(idea, message, right[side], rows[side], step)
            return wrong(f"other-{name.replace('_', '-')}", f"{name} of {side!r} is another number.", right[side], rows[side],
                         "Compare with the lines above the task.")  # fmt: skip
    raise AssertionError("rows that differ differ in a member")


def _judge_choices(steady: object, spiky: object) -> Verdict | None:
    for name, value, given in (("steady_choice", steady, STEADY), ("spiky_choice", spiky, SPIKY)):
        rows = right_rows(given)
        right = min(SIDES, key=lambda side: rows[side]["usd_per_month"])
        if value not in SIDES or type(value) is not str:
            return refused("choice-form", f"{name} is one of {SIDES}.", expected="a side of the benchmark", found=shown(value),
                           next_step="Which of the two costs less?", credit=0.7)  # fmt: skip
        if value != right:
            return refused("choice-" + name.partition("_")[0], f"{name}: your own benchmark says otherwise. The other side costs less a month.",
                           expected="the side that costs less", found=shown(value), next_step="Compare usd_per_month.", credit=0.7)  # fmt: skip
    return None
