"""One function under one traffic, on default Lambda and on managed instances: what became of each request.

It is the simulator that answers, request by request, with its reference engine; the same in every world.
"""

from __future__ import annotations

from functools import cache

from lmi_sim import traffic
from lmi_sim.engine import simulate
from lmi_sim.policies import DefaultLambda, ManagedInstances, Policy
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.prices import instance
from lmi_sim.random_numbers import Stream, uniform
from lmi_sim.results import EventKind
from lmi_sim.scenario import Scenario
from lmi_sim.workload import Workload, exponentially, lognormal

__all__ = ["SLOTS", "TRAFFIC", "Request", "runs"]

Request = dict[str, float]
"""`arrived_s`, `init_ms`, `duration_ms` and `status`."""

TRAFFIC = traffic.spike(base_rps=4, peak_rps=60, at_s=300, length_s=40, duration_s=600)
"""Ten minutes of four requests a second, with 40 seconds of sixty in the middle."""
SLOTS = 8
"""PerExecutionEnvironmentMaxConcurrency of the version on managed instances."""

_WORK = Workload(cpu=exponentially(20), io=lognormal(380, 0.25), memory_mb=1024, init=lognormal(900, 0.2))
_SEED = 51
_ADMITTED = frozenset({EventKind.WARM, EventKind.COLD, EventKind.ADMIT})


def runs() -> dict[str, list[Request]]:
    """What became of every request, `default` and `managed`, in the order in which they came; fresh lists each time."""
    return {kind: [dict(request) for request in _simulated(kind)] for kind in ("default", "managed")}


def _policy(kind: str) -> Policy:
    if kind == "default":
        return DefaultLambda()
    found = instance("c8g.large")
    shape = InstanceShape(found.instance_type, found.vcpus, found.memory_gib, found.architecture)
    return ManagedInstances(shape, EnvironmentSize(vcpus=1, memory_gib=2), max_concurrency=SLOTS)


@cache
def _simulated(kind: str) -> tuple[Request, ...]:
    scenario = Scenario(TRAFFIC, _WORK, _policy(kind), seed=_SEED)
    requests: dict[int, Request] = {}
    for time_s, event, subject, _ in simulate(scenario, engine="reference", log=True).events:
        if event in _ADMITTED:
            requests[subject] = {"arrived_s": time_s, "init_ms": _init_ms(subject) if event == EventKind.COLD else 0.0}
        elif event == EventKind.COMPLETE:
            one = requests[subject]
            one["duration_ms"] = (time_s - one["arrived_s"]) * 1000 - one["init_ms"]
            one["status"] = 200
        elif event == EventKind.GIVE_UP:
            requests[subject] = {"arrived_s": time_s, "init_ms": 0.0, "duration_ms": 0.0, "status": 429}
    return tuple({name: _rounded(value) for name, value in requests[number].items()} for number in sorted(requests))


def _init_ms(number: int) -> float:
    return _WORK.init.sample_ms(uniform(_SEED, Stream.INIT, number))


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else round(value, 3)
