"""Cases of scaling on default Lambda, simulated: bursts, a steady rate, and how often idle environments are missed."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from lmi_sim.cases.inputs import Inputs
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda
from lmi_sim.policies.assumptions import assumption
from lmi_sim.results import EventKind, Result
from lmi_sim.scenario import Scenario
from lmi_sim.traffic import Arrivals, recorded, steady
from lmi_sim.workload import Distribution, Workload, deterministic, exponentially

__all__ = ["bursts", "cold_start_share", "simulated", "steady_rate"]

_UNLIMITED = 1_000_000
"""More environments than any case has; small enough for the engines' counters."""
_MANY_REQUESTS = 50_000
_SETTLE_S = 1.0
_TIE_S = 1e-6
"""An environment is free for the request that arrives as it ends; by so much earlier, rounding can't decide that."""
_ARRIVALS = {"deterministic": "deterministic", "det": "deterministic", "poisson": "poisson"}


def simulated(scenario: Scenario, *, log: bool = False) -> Result:
    """Simulate. Both engines give the same; the compiled one is worth its start only for many requests."""
    many = scenario.traffic.mean_requests > _MANY_REQUESTS
    return simulate(scenario, engine="fast" if many and find_spec("numba") else "reference", log=log)


def bursts(inputs: Inputs) -> dict[str, object]:
    """Bursts of simultaneous requests: `cold` and `throttled` of each, `served` and `throttles` of all.

    `burst` requests come at each of `at_s` and take `duration_s`; nobody tries again. `envs_warm` environments are idle
    before, and the `bucket` is full.
    """
    times_s = inputs.numbers("at_s") if "at_s" in inputs else [0.0]
    sizes = [int(size) for size in inputs.numbers("burst")]
    if len(sizes) == 1:
        sizes *= len(times_s)
    if len(sizes) != len(times_s) or sorted(set(times_s)) != times_s:
        raise ValueError(f"at_s {times_s} must rise, and burst must be one number or one for each of them")
    policy = _limited(inputs)
    warm = inputs.whole("envs_warm", 0)
    if warm > policy.account_concurrency:
        raise ValueError(f"envs_warm {warm} must be at most account_limit {policy.account_concurrency}")
    policy = replace(policy, initial_environments=warm)
    workload = _workload(deterministic(inputs.number("duration_s", 1.0) * 1000), inputs.number("init_s", 0.0))
    arrivals = [time_s for time_s, size in zip(times_s, sizes, strict=True) for _ in range(size)]
    if not arrivals:
        return {"cold": [0] * len(sizes), "throttled": [0] * len(sizes), "served": 0, "throttles": 0}
    events = simulated(Scenario(recorded(arrivals, arrivals[-1] + _SETTLE_S), workload, policy), log=True).events
    counted = {time_s: {EventKind.COLD: 0, EventKind.THROTTLE: 0} for time_s in times_s}
    for time_s, kind, _, _ in events:
        if time_s in counted and kind in counted[time_s]:
            counted[time_s][EventKind(kind)] += 1
    throttled = [count[EventKind.THROTTLE] for count in counted.values()]
    return {
        "cold": [count[EventKind.COLD] for count in counted.values()],
        "throttled": throttled,
        "served": sum(sizes) - sum(throttled),
        "throttles": sum(throttled),
    }


def steady_rate(inputs: Inputs) -> dict[str, object]:
    """A steady rate from a standing start: `cold_starts`, `throttles`, `max_concurrency`.

    Lambda's limits count as far as the inputs give them: without `bucket` and `account_limit` there are none.
    """
    arrivals: Arrivals = "poisson" if inputs.choice("arrivals", _ARRIVALS, "det") == "poisson" else "deterministic"
    traffic = steady(inputs.number("rate_rps"), inputs.number("horizon_s"), arrivals)
    duration_s = max(0.0, inputs.number("duration_s") - _TIE_S)
    workload = _workload(deterministic(duration_s * 1000), inputs.number("init_s", 0.0))
    result = simulated(Scenario(traffic, workload, _unlimited(inputs), seed=inputs.whole("seed", 0)))
    return {
        "cold_starts": result.cold_starts,
        "throttles": sum(result.throttled.values()),
        "max_concurrency": result.most_environments,
        "requests": result.requests,
    }


def cold_start_share(inputs: Inputs) -> dict[str, object]:
    """Poisson arrivals and exponential service: `p_cold`, `mean_servers` (idle ones included), `mean_running`.

    A cold request takes `cold_s` on average, a warm one `warm_s`; idle environments go after `expiration_s`, and the
    one used last is reused first. There are no limits unless the inputs give them.
    """
    warm_s, cold_s = inputs.number("warm_s"), inputs.number("cold_s")
    if cold_s < warm_s:
        raise ValueError(f"cold_s {cold_s:g} includes what a warm request takes and can't be below warm_s {warm_s:g}")
    traffic = steady(inputs.number("lam"), inputs.number("horizon_s"))
    workload = _workload(exponentially(warm_s * 1000), cold_s - warm_s)
    result = simulated(Scenario(traffic, workload, _unlimited(inputs), seed=inputs.whole("seed", 0)))
    return {
        "p_cold": result.cold_starts / result.requests if result.requests else 0.0,
        "mean_servers": result.environment_s / result.measured_s,
        "mean_running": result.latency.total_s / result.measured_s,
        "requests": result.requests,
        "cold_starts": result.cold_starts,
    }


def _workload(service: Distribution, init_s: float) -> Workload:
    """All of the service is waiting, so that the memory setting doesn't stretch it."""
    return Workload(cpu=deterministic(0.0), io=service, init=deterministic(init_s * 1000))


def _limited(inputs: Inputs) -> DefaultLambda:
    return _policy(
        inputs,
        assumption("default_lambda.account_concurrency"),
        assumption("default_lambda.burst_environments"),
    )


def _unlimited(inputs: Inputs) -> DefaultLambda:
    return _policy(inputs, _UNLIMITED, _UNLIMITED)


def _policy(inputs: Inputs, account_concurrency: int, burst_environments: int) -> DefaultLambda:
    return DefaultLambda(
        account_concurrency=inputs.whole("account_limit", account_concurrency),
        burst_environments=inputs.whole("bucket", burst_environments),
        environments_per_s=inputs.number("refill_per_s", assumption("default_lambda.environments_per_s")),
        idle_s=inputs.number("expiration_s", assumption("default_lambda.idle_s")),
    )
