"""Two engines that run the same scenario to the same result.

`reference` is plain Python without any dependency: slow, and written to be read. `fast` is compiled by numba. Both
follow the rules below to the letter, so their event logs agree number by number.

- Requests are numbered from 0 as they arrive. What a request needs follows from the seed and its number alone.
- At the same moment: CPU work ends, then waiting on the network (the lowest slot or environment first), then what the
  platform does (see each policy), then a request arrives.
- The clock stops when no request is to come, under way, or waiting to be tried again.
"""

from __future__ import annotations

from importlib import import_module
from typing import Literal

from lmi_sim.engine.stopping import Stop, Stopped
from lmi_sim.results import Result
from lmi_sim.scenario import Scenario

__all__ = ["Engine", "Stop", "Stopped", "simulate"]

Engine = Literal["fast", "reference"]


def simulate(scenario: Scenario, *, engine: Engine = "fast", log: bool = False, stop: Stop | None = None) -> Result:
    """Run a scenario. With `log` the result also holds every event, which takes memory for each request.

    The fast engine needs numba and compiles itself once (a few seconds, kept on disk). Raises Stopped when another thread
    set `stop`.
    """
    run = import_module(f"lmi_sim.engine.{engine}").run
    stop = stop or Stop()
    result: Result = run(scenario, log=log, stop=stop)
    if stop.is_set:
        raise Stopped
    return result
