"""The simulator beside its peers on the same load, on one core; and what its users wait for."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module

from bench import peers
from bench.measure import Row, median, p95, seconds
from lmi_labs.widgets import planner_drawing
from lmi_labs.widgets.planner_core import answer, refined
from lmi_labs.widgets.planner_question import Question
from lmi_sim import queueing, traffic
from lmi_sim.engine import simulate
from lmi_sim.engine.queue import simulate_queue
from lmi_sim.plan.sweep import run_all
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Workload, deterministic, exponentially, lognormal

_WIDE = InstanceShape("c8g.2xlarge", 8, 16.0, "arm64")
_ROUNDS = 3
_DAY_RPS = 1000


def _slots(rate: float, duration_s: float) -> Scenario:
    """48 slots in three environments, exponential waits of 200 ms: the load of M/M/48 on the whole model."""
    policy = ManagedInstances(_WIDE, EnvironmentSize(2, 4), 16, max_environments=3, router_attempts=3)
    work = Workload(cpu=deterministic(0), io=exponentially(200))
    return Scenario(traffic.steady(rate, duration_s), work, policy)


def _working(rate: float, duration_s: float) -> Scenario:
    """Requests that wait and then share a CPU, on a fleet that scales."""
    policy = ManagedInstances(_WIDE, EnvironmentSize(2, 4), 16, min_environments=20)
    work = Workload(cpu=exponentially(20), io=lognormal(100, 1))
    return Scenario(traffic.steady(rate, duration_s), work, policy)


def _model(requests: int) -> tuple[int, float]:
    result = simulate(_slots(peers.RATE, requests / peers.RATE))
    return result.requests, result.throttle_share


def _with_cpu(requests: int) -> tuple[int, float]:
    result = simulate(_working(1000, requests / 1000))
    return result.requests, result.throttle_share


def _queue(requests: int) -> tuple[int, float]:
    result = simulate_queue(traffic.steady(peers.RATE, requests / peers.RATE), exponentially(200), peers.SERVERS)
    return result.requests, result.waiting_share


def speed() -> Iterator[Row]:
    """Requests a second on one core; rounds alternate, and medians are compared."""
    lost = queueing.erlang_b(peers.SERVERS, peers.RATE * peers.SERVICE_S)
    waits = queueing.erlang_c(peers.SERVERS, peers.RATE * peers.SERVICE_S)
    sides: dict[str, tuple[Callable[[int], tuple[int, float]], int, float | None, str]] = {
        "our model of managed instances": (_model, 3_000_000, lost, "≥ 1.5 M/s"),
        "the same, with CPU sharing and a scaler": (_with_cpu, 2_000_000, None, "≥ 1.5 M/s"),
        "our M/M/c": (_queue, 10_000_000, waits, "≥ 9 M/s"),
        "SimPy": (peers.simpy, 100_000, waits, ""),
        "Ciw": (peers.ciw, 50_000, waits, ""),
        "SimFaaS": (peers.simfaas, 50_000, lost, ""),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    shares: dict[str, float] = {}
    for run, requests, _, _ in sides.values():
        if requests > 1_000_000:
            run(1000)  # compiled, or loaded from disk, before the clock runs
    for _ in range(_ROUNDS):
        for name, (run, requests, _, _) in sides.items():
            began = time.perf_counter()
            done, shares[name] = run(requests)
            rates[name].append(done / (time.perf_counter() - began))
    base = median(rates["SimPy"])
    for name, (_, _, expected, goal) in sides.items():
        rate = median(rates[name])
        check = "" if expected is None else f"{shares[name]:.4f} wait or are lost, {expected:.4f} in closed form"
        promised = f"{goal}, ≥ 18 × SimPy" if "our model" in name else goal
        yield Row(
            f"{name}, M/M/48" if expected else name, f"{rate:,.0f}/s", check, f"{rate / base:.1f} × SimPy", promised
        )


def memory() -> Row:
    """The peak of a process that simulates a million, ten million and a hundred million requests."""
    peaks = []
    for requests in (1_000_000, 10_000_000, 100_000_000):
        run = [sys.executable, "-m", "bench.simulator", "peak", str(requests)]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        peaks.append(json.loads(done.stdout)["mb"])
    shown = ", ".join(f"{peak:.0f}" for peak in peaks)
    return Row("peak memory for 1, 10 and 100 M requests", f"{shown} MB", "", f"{peaks[2] / peaks[0]:.2f} ×", "flat")


def day() -> Row:
    """A virtual day at 1,000 requests a second."""
    took = seconds(lambda: simulate(_working(_DAY_RPS, 86_400)))
    return Row("one day at 1,000 requests a second (86.4 M)", f"{took:.1f} s", "", "", "≤ 60 s")


def sweep() -> Row:
    """2,000 scenarios in one thread and in two."""
    scenarios = [Scenario(**{**vars(_working(500, 50)), "seed": seed}) for seed in range(2000)]
    run_all(scenarios[:10], threads=1)
    times: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(_ROUNDS):
        for threads, seen in times.items():
            seen.append(seconds(lambda threads=threads: run_all(scenarios, threads=threads)))  # type: ignore[misc]
    one, two = median(times[1]), median(times[2])
    return Row(
        "2,000 scenarios of 25,000 requests on 2 cores",
        f"{two:.2f} s",
        f"{one:.2f} s on one",
        f"{one / two:.2f} ×",
        "≥ 1.8 ×",
    )


def first_call() -> Row:
    """The first simulation of a new process, without the imports: the engine and the modules it loads were compiled before."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(1 + _ROUNDS):
        done = subprocess.run(
            [sys.executable, "-m", "bench.simulator", "first"], capture_output=True, text=True, check=True, env=kept
        )
        times.append(json.loads(done.stdout)["s"])
    del times[0]
    return Row("first call after the import, compiled before", f"{median(times):.2f} s", "", "", "≤ 1 s")


def planner() -> Row:
    """Random moves of the planner's controls at a million requests and more."""
    draw = random.Random(1)
    answer(Question())
    times, simulated = [], []
    for _ in range(40):
        question = Question(
            shape=draw.choice(["steady", "spike", "diurnal"]),
            rate_rps=draw.uniform(278, 1000),
            cpu_ms=10 ** draw.uniform(0, 2),
            io_ms=10 ** draw.uniform(0, 2.5),
            max_concurrency=draw.choice([1, 4, 16, 64]),
            instance_type=draw.choice(["c8g.xlarge", "m8g.2xlarge", "c8g.4xlarge"]),
            environment_gib=4.0,
        )
        began = time.perf_counter()
        found = answer(question)
        planner_drawing.draw(found)
        times.append(time.perf_counter() - began)
        simulated.append(found.simulated)
    whole = [seconds(lambda: refined(Question(), engine="fast", stop=lambda: False)) for _ in range(5)]
    return Row(
        f"a move of the planner, first answer from {median([float(count) for count in simulated]):,.0f} requests",
        f"p50 {median(times) * 1000:.0f} ms, p95 {p95(times) * 1000:.0f} ms",
        f"the whole million: {median(whole) * 1000:.0f} ms",
        "",
        "≤ 150 ms",
    )


def rows() -> Iterator[Row]:
    """Every line of this room. What is compared runs on one core; the sweep and the planner have all."""
    everywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if everywhere:
        os.sched_setaffinity(0, {min(everywhere)})
    try:
        yield from speed()
        yield day()
        yield memory()
    finally:
        if everywhere:
            os.sched_setaffinity(0, everywhere)
    yield sweep()
    yield first_call()
    yield planner()


def _child(what: str, *arguments: str) -> None:
    """What is measured in a process of its own."""
    if what == "peak":
        simulate(_working(1000, int(arguments[0]) / 1000))
        print(json.dumps({"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
    else:
        import_module("lmi_sim.engine.fast")
        print(json.dumps({"s": seconds(lambda: simulate(_working(100, 10)))}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
