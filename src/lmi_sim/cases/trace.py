"""The one public trace of managed instances scaling out under load, simulated.

Source: aws-samples/sample-aws-lambda-managed-instances, examples/fsi/sample-retirement-savings-simulator, README and
template (2026-03). What the inputs don't say stands there: c6i.2xlarge, environments of 2 vCPUs and 4 GB, MaxVCpuCount
48, and a queue whose visibility timeout of 16 minutes is longer than the trace, so that a refused message is not tried
again in it. What the template doesn't say either is assumed here:

- The event source hands the messages over evenly until the equilibrium.
- The scaler looks as often as its first action took.
- A task waits for 0.54 and computes for 0.37 of the time that it takes in the equilibrium. In the closed form that
  makes 4.6 minutes in a full environment of 10 slots on 2 vCPUs, and 2.5 minutes at 74 % with 4 requests; the README
  has 4.6 minutes, and 2.5 minutes at 70 % with 3 to 5.
"""

from __future__ import annotations

from lmi_sim import sizing
from lmi_sim.cases.inputs import Inputs
from lmi_sim.cases.scaling import simulated
from lmi_sim.policies import ManagedInstances
from lmi_sim.policies.placement import EnvironmentSize, InstanceShape
from lmi_sim.results import EventKind, Result
from lmi_sim.scenario import Scenario
from lmi_sim.traffic import steady
from lmi_sim.workload import Workload, deterministic

__all__ = ["CPU_SHARE", "IO_SHARE", "scale_out"]

_INSTANCE = "c6i.2xlarge"
_ENVIRONMENT = EnvironmentSize(vcpus=2, memory_gib=4)
_MAX_VCPU_COUNT = 48
IO_SHARE, CPU_SHARE = 0.54, 0.37
_MINUTE_S = 60.0


def scale_out(inputs: Inputs) -> dict[str, object]:
    """A backlog meets a small fleet: `slots_t0`, then environments, slots and instances after 10 and 15 minutes.

    Those that are starting count, as they are provisioned. `instances_t10` is what the README calls instances there:
    10 with 100 slots, which are environments of 10 slots each, as 48 vCPUs make no more than 6 instances.
    `peak_throttle_per_min` is of the busiest minute.
    """
    size = sizing.instance_size(_INSTANCE)
    slots, environments = inputs.whole("ee_max_conc"), inputs.whole("t0_ee")
    service_ms, equilibrium_s = inputs.number("service_s") * 1000, inputs.number("t_equilibrium_min") * _MINUTE_S
    policy = ManagedInstances(
        instance=InstanceShape(_INSTANCE, int(size.vcpus), float(size.memory_gib), "x86_64"),
        environment=_ENVIRONMENT,
        max_concurrency=slots,
        min_environments=environments,
        max_vcpu_count=inputs.whole("max_vcpu_count", _MAX_VCPU_COUNT),
        evaluation_period_s=inputs.number("t_first_scale_min") * _MINUTE_S,
    )
    traffic = steady(inputs.number("messages") / equilibrium_s, equilibrium_s, "deterministic")
    workload = Workload(cpu=deterministic(service_ms * CPU_SHARE), io=deterministic(service_ms * IO_SHARE))
    result = simulated(Scenario(traffic, workload, policy, interval_s=_MINUTE_S), log=True)
    at_10, at_15 = (_standing(result, minutes * _MINUTE_S) for minutes in (10, 15))
    return {
        "slots_t0": environments * slots,
        "ee_t10": at_10[0],
        "instances_t10": at_10[0],
        "ee_t15": at_15[0],
        "slots_t15": at_15[0] * slots,
        "instances_t15": at_15[1],
        "peak_throttle_per_min": max(result.series.column("throttled")),
    }


def _standing(result: Result, time_s: float) -> tuple[int, int]:
    """How many environments and instances there are at a time, with those that start then."""
    change = {
        EventKind.START: (1, 0),
        EventKind.GONE: (-1, 0),
        EventKind.LAUNCH: (0, 1),
        EventKind.TERMINATE: (0, -1),
    }
    happened = [change[EventKind(kind)] for when, kind, _, _ in result.events if when <= time_s and kind in change]
    return sum(one for one, _ in happened), sum(other for _, other in happened)
