"""When managed instances scale: the rule that the simulator and the emulator share.

AWS says which signals count (CPU utilisation and multi-concurrency saturation), that scaling is asynchronous, that
traffic may double within five minutes, and that scale-in is slow. The rule here is a model of that: target tracking on
both signals, and a patient scale-in. Every number in it is an assumption that can be changed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Decision", "decide", "wakes", "with_gpu"]

_TOLERANCE = 0.1  # within a tenth of the target nothing changes, as target tracking needs to be calm


class Decision(NamedTuple):
    """How many execution environments there should be, and since when the signals are low (s; below 0: they aren't)."""

    environments: int
    low_since_s: float


def decide(
    now_s: float,
    ready: int,
    starting: int,
    cpu_utilisation: float,
    slot_saturation: float,
    low_since_s: float,
    target_cpu: float,
    target_slots: float,
    minimum: int,
    maximum: int,
    scale_in_after_s: float,
    scale_in_step: float,
) -> Decision:
    """What the scaler wants, from what the ready environments did since it last looked. Shares are from 0 to 1.

    Out: as many as bring the busier signal to its target, at once. In: only when both signals have been low for a
    while and nothing is starting, and then at most a share of the environments at a time.

    Plain arithmetic on numbers, so that the fast engine compiles it as it stands.
    """
    total = ready + starting
    load = max(cpu_utilisation / target_cpu, slot_saturation / target_slots)
    wanted = total
    if load > 1.0 + _TOLERANCE:
        low_since_s = -1.0
        wanted = max(total, math.ceil(ready * load))
    elif load < 1.0 - _TOLERANCE and starting == 0:
        if low_since_s < 0.0:
            low_since_s = now_s
        if now_s - low_since_s >= scale_in_after_s:
            at_once = max(1, math.floor(ready * scale_in_step))
            wanted = max(total - at_once, math.ceil(ready * load))
    else:
        low_since_s = -1.0
    return Decision(max(minimum, min(wanted, maximum)), low_since_s)


def with_gpu(cpu_utilisation: float, target_cpu: float, gpu_utilisation: float, target_gpu: float) -> float:
    """The CPU utilisation that `decide` should see so that a GPU counts too: the busier of the two, each by its target.

    Out when one of them is above its target, in when all are below, as the developer guide has it for GPU functions.
    """
    return max(cpu_utilisation, gpu_utilisation / target_gpu * target_cpu)


def wakes(environments: int, arrived: float, minimum: int, maximum: int) -> bool:
    """Whether a version that was scaled to zero gets an environment: requests came, and one is allowed.

    Not so with a maximum of 0, which takes a version out of service.
    """
    return environments == 0 and arrived > 0 and minimum == 0 < maximum
