"""The queue, compiled; `lmi_sim.engine.reference.queue` says the rules."""

from __future__ import annotations

import math

import numpy as np

from lmi_sim.engine.fast.arrivals import Source, next_arrival_s, source
from lmi_sim.engine.fast.compiling import compiled
from lmi_sim.engine.fast.numbers import Demand, demand, needed_s
from lmi_sim.engine.fast.tally import bucket
from lmi_sim.engine.queue import QueueResult
from lmi_sim.engine.stopping import Stop
from lmi_sim.random_numbers import Stream
from lmi_sim.results import FINE_BUCKETS, Histogram
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution

__all__ = ["run"]


def run(traffic: Traffic, service: Distribution, servers: int, seed: int) -> QueueResult:
    """Serve the traffic."""
    counts, sums = np.zeros(FINE_BUCKETS, dtype=np.int64), np.zeros(4)
    needed = demand(service, seed, Stream.DEMAND)
    free_at_s = np.zeros(servers)
    requests, waited = _run(source(traffic, seed, Stop()), needed, free_at_s, counts, sums)
    wait_s, busy_s, total_s, largest_s = sums.tolist()
    sojourn = Histogram(counts.tolist(), total_s, largest_s)
    end_s = max(traffic.duration_s, float(free_at_s.max()))
    return QueueResult(requests, waited, wait_s, busy_s, end_s, servers, sojourn)


@compiled
def _run(
    source: Source, service: Demand, free_at_s: np.ndarray, counts: np.ndarray, sums: np.ndarray
) -> tuple[int, int]:
    """Returns how many requests there were and how many waited; `free_at_s` is a heap."""
    servers = free_at_s.size
    requests = waited = 0
    wait_s = busy_s = total_s = largest_s = 0.0
    arrived_s = next_arrival_s(source)
    while arrived_s < math.inf:
        begun_s = max(arrived_s, free_at_s[0])
        served_s = needed_s(service, requests)
        until_s = begun_s + served_s
        place, below = 0, 1
        while below < servers:
            if below + 1 < servers and free_at_s[below + 1] < free_at_s[below]:
                below += 1
            if free_at_s[below] >= until_s:
                break
            free_at_s[place] = free_at_s[below]
            place = below
            below = 2 * place + 1
        free_at_s[place] = until_s
        sojourn_s = until_s - arrived_s
        requests += 1
        waited += begun_s > arrived_s
        wait_s += begun_s - arrived_s
        busy_s += served_s
        total_s += sojourn_s
        largest_s = max(largest_s, sojourn_s)
        counts[bucket(sojourn_s)] += 1
        arrived_s = next_arrival_s(source)
    sums[0], sums[1], sums[2], sums[3] = wait_s, busy_s, total_s, largest_s
    return requests, waited
