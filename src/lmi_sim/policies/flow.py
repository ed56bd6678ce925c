"""How a version's environments fill when requests are counted and not followed one by one.

The simulator follows every request; the emulator has days of traffic to pass in seconds, and counts. Both have the same
router and scaler. Here a request waits on the network and then needs one vCPU, which it shares with the others in its
environment; it is refused when the environments that the router would try are full.

    Station     an environment: its slots, its vCPUs and what a request needs
    Filling     a number of such environments in balance: for each mean number of requests in an environment, what
                share of new ones is refused and how many are answered
    advance     one step in time, in which requests come at a rate

A single environment is a closed network of a delay and a processor-sharing station, exact for any distribution of the
times. Several are taken as one with all their slots, over which the router spreads requests evenly: exact as long as it
tries all of them, and near to what two choices with a few attempts do beyond that (`tests/lmi_sim/test_flow.py` holds
it against the simulator). The loss of Poisson arrivals then follows from the balance of arrivals and answers; where
only slots count that is Erlang's formula.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from lmi_sim.queueing import closed_network

__all__ = ["Filling", "Flow", "Station", "advance", "filling"]

_MOST_STATES = 768  # of the balance; more environments than that fill as evenly as it needs
_MOST_TOGETHER = 16
_EXACT_SLOTS = 96  # beyond, the throughput of a closed network is read off between knots
_OVERLOADS = (0.9, 0.95, 0.98, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.35, 1.6, 2.0, 3.0, 6.0, 20.0)
_LIGHTEST = 1e-6


@dataclass(frozen=True)
class Station:
    """An environment: `slots` requests at a time, each waiting `io_s` and needing `cpu_s` of the shared `vcpus`."""

    slots: int
    vcpus: int
    io_s: float
    cpu_s: float

    def __post_init__(self) -> None:
        if self.slots < 1 or self.vcpus < 1:
            raise ValueError(f"slots {self.slots} and vcpus {self.vcpus} must be at least 1")
        if not (self.io_s >= 0 and self.cpu_s >= 0 and 0 < self.io_s + self.cpu_s < math.inf):
            raise ValueError(f"a request needs some time: io_s {self.io_s:g}, cpu_s {self.cpu_s:g}")

    def computing(self, requests: int) -> float:
        """How many of so many requests in the environment want the CPU, on average."""
        network = closed_network(requests, self.io_s, self.cpu_s, self.vcpus)
        return network.throughput_rps * network.mean_cpu_residence_s


@dataclass(frozen=True)
class Filling:
    """Environments in balance. The columns belong together, by the rising mean number of `requests` in one of them."""

    requests: tuple[float, ...]
    refused: tuple[float, ...]
    """Share of new requests, from 0 to 1."""
    answered_rps: tuple[float, ...]
    """By one environment."""


class Flow(NamedTuple):
    """One step of one environment: requests in it at the end, the share of new ones refused, answers per second."""

    requests: float
    refused: float
    answered_rps: float


def filling(station: Station, environments: int) -> Filling:
    """So many environments of the kind in balance."""
    together = max(1, min(environments, _MOST_TOGETHER, _MOST_STATES // station.slots))
    return _filling(station, together)


@lru_cache(maxsize=512)
def _filling(station: Station, together: int) -> Filling:
    rates = _rates(station)
    states = together * station.slots
    leaving = [together * _between(rates, count / together) for count in range(1, states + 1)]
    logs = [math.log(rate) for rate in leaving]
    most = leaving[-1]
    arriving = {rate for rate in leaving[:: max(1, states // 64)] if rate < most} | {most * x for x in _OVERLOADS}
    rows = [(0.0, 0.0, 0.0)]
    for arrival in sorted(arriving | {leaving[0] * _LIGHTEST, leaving[0] / 4}):
        rows.append(_balance(math.log(arrival), logs, arrival, together))
    rows.append((float(station.slots), 1.0, most / together))
    kept = [rows[0]]
    for row in rows[1:]:
        if row[0] > kept[-1][0]:
            kept.append((row[0], max(row[1], kept[-1][1]), max(row[2], kept[-1][2])))
    requests, refused, answered = zip(*kept, strict=True)
    return Filling(requests, refused, answered)


def _rates(station: Station) -> list[float]:
    """What an environment with 0, 1, 2 … requests answers per second."""
    count = station.slots
    if count <= _EXACT_SLOTS:
        knots = list(range(1, count + 1))
    else:
        knots = sorted({round(count ** (index / _EXACT_SLOTS)) for index in range(_EXACT_SLOTS + 1)})
    known = [0.0] + [closed_network(k, station.io_s, station.cpu_s, station.vcpus).throughput_rps for k in knots]
    knots.insert(0, 0)
    rates, place = [], 0
    for requests in range(count + 1):
        while knots[place + 1 if place + 1 < len(knots) else place] < requests:
            place += 1
        low, high = knots[place], knots[min(place + 1, len(knots) - 1)]
        share = (requests - low) / (high - low) if high > low else 0.0
        rates.append(known[place] + share * (known[min(place + 1, len(known) - 1)] - known[place]))
    return rates


def _between(rates: list[float], requests: float) -> float:
    low = min(int(requests), len(rates) - 2)
    return rates[low] + (requests - low) * (rates[low + 1] - rates[low])


def _balance(log_arrival: float, logs: list[float], arrival: float, together: int) -> tuple[float, float, float]:
    """Mean requests in one environment, share refused and answers per second of one, for Poisson arrivals."""
    weights = list(accumulate((log_arrival - log for log in logs), initial=0.0))
    most = max(weights)
    likely = [math.exp(weight - most) for weight in weights]
    total = math.fsum(likely)
    mean = math.fsum(count * weight for count, weight in enumerate(likely)) / total
    refused = likely[-1] / total
    return mean / together, refused, arrival * (1 - refused) / together


def advance(filled: Filling, requests: float, arriving_rps: float, seconds: float) -> Flow:
    """One environment after a step in which requests come to it at a rate; `requests` are in it at the beginning.

    An implicit step: arrivals less refusals less answers are just what the number of requests has grown by, and a long
    step ends in balance.
    """
    counts, refused, answered = filled.requests, filled.refused, filled.answered_rps

    def surplus(index: int) -> float:
        return counts[index] - requests - seconds * (arriving_rps * (1 - refused[index]) - answered[index])

    if surplus(0) >= 0:
        return Flow(0.0, 0.0, arriving_rps + requests / seconds)
    low, high = 0, len(counts) - 1
    if surplus(high) < 0:  # fewer environments than before: what is too much for them
        return Flow(counts[high], 1.0, answered[high])
    while high - low > 1:
        middle = (low + high) // 2
        if surplus(middle) < 0:
            low = middle
        else:
            high = middle
    before, after = surplus(low), surplus(high)
    share = -before / (after - before)
    return Flow(
        counts[low] + share * (counts[high] - counts[low]),
        refused[low] + share * (refused[high] - refused[low]),
        answered[low] + share * (answered[high] - answered[low]),
    )


def at(filled: Filling, requests: float) -> Flow:
    """One environment in balance with so many requests in it on average."""
    high = min(max(1, bisect_left(filled.requests, requests)), len(filled.requests) - 1)
    low = high - 1
    share = (requests - filled.requests[low]) / (filled.requests[high] - filled.requests[low])
    return Flow(
        requests,
        filled.refused[low] + share * (filled.refused[high] - filled.refused[low]),
        filled.answered_rps[low] + share * (filled.answered_rps[high] - filled.answered_rps[low]),
    )
