"""The queue in the reference engine."""

from __future__ import annotations

import heapq

from lmi_sim.engine.queue import QueueResult
from lmi_sim.engine.reference.requests import arrival_times, needed_s
from lmi_sim.random_numbers import Stream
from lmi_sim.results import FINE_BUCKETS, Histogram, bucket
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution

__all__ = ["run"]


def run(traffic: Traffic, service: Distribution, servers: int, seed: int) -> QueueResult:
    """Serve the traffic."""
    free_at_s = [0.0] * servers
    counts = [0] * FINE_BUCKETS
    requests = waited = 0
    wait_s = busy_s = total_s = largest_s = 0.0
    for number, arrived_s in enumerate(arrival_times(traffic, seed)):
        begun_s = max(arrived_s, free_at_s[0])
        served_s = needed_s(service, seed, Stream.DEMAND, number)
        heapq.heapreplace(free_at_s, begun_s + served_s)
        sojourn_s = begun_s + served_s - arrived_s
        requests += 1
        waited += begun_s > arrived_s
        wait_s += begun_s - arrived_s
        busy_s += served_s
        total_s += sojourn_s
        largest_s = max(largest_s, sojourn_s)
        counts[bucket(sojourn_s)] += 1
    sojourn = Histogram(counts, total_s, largest_s)
    end_s = max(traffic.duration_s, *free_at_s)
    return QueueResult(requests, waited, wait_s, busy_s, end_s, servers, sojourn)
