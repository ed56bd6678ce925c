"""When requests arrive, what each needs, and how long a caller waits before trying again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lmi_sim.engine.stopping import Stop
from lmi_sim.random_numbers import Stream, exponential, uniform
from lmi_sim.scenario import Retries, Scenario
from lmi_sim.traffic import Traffic
from lmi_sim.workload import Distribution

__all__ = ["Request", "arrival_times", "needed_s", "retry_wait_s"]


@dataclass(eq=False)
class Request:
    """One request on its way."""

    number: int
    arrived_s: float
    attempts: int = 0


def arrival_times(traffic: Traffic, seed: int) -> Iterator[float]:
    """The times in s at which requests arrive.

    Between two requests lies a unit of requests (or, at random, an exponentially distributed amount of them); it is
    used up along the rate, which goes linearly in each segment.
    """
    if traffic.times_s:
        yield from traffic.times_s
        return
    number = 0
    amount = _amount(traffic, seed, number)
    for segment in traffic.segments:
        now, rate = segment.start_s, segment.start_rps
        slope = (segment.end_rps - segment.start_rps) / (segment.end_s - segment.start_s)
        while True:
            room = (rate + segment.end_rps) / 2 * (segment.end_s - now)
            if amount >= room:
                amount -= room
                break
            if slope == 0:
                now += amount / rate
            elif amount > 0:
                now += 2 * amount / (rate + math.sqrt(max(0.0, rate * rate + 2 * slope * amount)))
            yield now
            rate = segment.start_rps + slope * (now - segment.start_s)
            number += 1
            amount = _amount(traffic, seed, number)


def _amount(traffic: Traffic, seed: int, number: int) -> float:
    return 1.0 if traffic.arrivals == "deterministic" else exponential(uniform(seed, Stream.ARRIVALS, number))


def needed_s(distribution: Distribution, seed: int, stream: Stream, number: int) -> float:
    """How many seconds of something request `number` needs."""
    return distribution.sample_ms(uniform(seed, stream, number)) / 1000


def retry_wait_s(retries: Retries, seed: int, request: Request) -> float:
    """How long a caller waits after attempt `request.attempts` was refused."""
    longest = min(retries.most_s, retries.base_s * 2.0 ** (request.attempts - 1))
    return longest * (0.5 + 0.5 * uniform(seed, Stream.RETRIES, request.number * 100 + request.attempts))


def of(scenario: Scenario, stop: Stop) -> Iterator[Request]:
    """The requests of a scenario in the order of arrival, until a stop."""
    for number, time_s in enumerate(arrival_times(scenario.traffic, scenario.seed)):
        if stop.is_set:
            return
        yield Request(number, time_s)
