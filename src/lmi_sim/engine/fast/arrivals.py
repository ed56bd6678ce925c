"""When requests arrive, compiled; `lmi_sim.engine.reference.requests` says the rule."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lmi_sim.engine.fast.compiling import compiled, inlined
from lmi_sim.engine.fast.numbers import exponential, uniform
from lmi_sim.engine.stopping import Stop
from lmi_sim.random_numbers import Stream, stream_key
from lmi_sim.scenario import Retries
from lmi_sim.traffic import Traffic

__all__ = ["Patience", "Source", "next_arrival_s", "patience", "retry_wait_s", "source"]

_NOW, _RATE, _AMOUNT = range(3)
_NUMBER, _SEGMENT = range(2)


class Source(NamedTuple):
    """Where requests come from: segments as rows of (start s, end s, start rps, end rps), or recorded times.

    When another thread sets `stop`, no more come.
    """

    key: np.uint64
    evenly: bool
    segments: np.ndarray
    times_s: np.ndarray
    at: np.ndarray
    place: np.ndarray
    stop: np.ndarray


def source(traffic: Traffic, seed: int, stop: Stop) -> Source:
    """The traffic as arrays, before its first request."""
    rows = [(item.start_s, item.end_s, item.start_rps, item.end_rps) for item in traffic.segments]
    segments = np.array(rows, dtype=np.float64).reshape(-1, 4)
    key = np.uint64(stream_key(seed, Stream.ARRIVALS))
    times = np.array(traffic.times_s, dtype=np.float64)
    stopped = np.frombuffer(stop.flag, dtype=np.uint8)  # the same memory
    evenly = traffic.arrivals == "deterministic"
    made = Source(key, evenly, segments, times, np.zeros(3), np.array([-1, -1]), stopped)
    if rows:
        made.at[_AMOUNT] = 1.0 if made.evenly else random_amount(made, 0)
    return made


@inlined
def random_amount(source: Source, number: int) -> float:
    """How much traffic lies before request `number` when requests are random."""
    return exponential(uniform(source.key, number))


@inlined
def next_arrival_s(source: Source) -> float:
    """When the next request arrives; infinite after the last."""
    if source.stop[0]:
        return math.inf
    source.place[_NUMBER] += 1
    number = source.place[_NUMBER]
    if source.times_s.size:
        return source.times_s[number] if number < source.times_s.size else math.inf
    if number > 0:
        source.at[_AMOUNT] = 1.0 if source.evenly else random_amount(source, number)
    amount = source.at[_AMOUNT]
    index = source.place[_SEGMENT]
    if index < 0:
        source.place[_SEGMENT] = index = 0
        source.at[_NOW] = source.segments[0, 0]
        source.at[_RATE] = source.segments[0, 2]
    while index < source.segments.shape[0]:
        now = source.at[_NOW]
        rate = source.at[_RATE]
        start, end = source.segments[index, 0], source.segments[index, 1]
        first, last = source.segments[index, 2], source.segments[index, 3]
        room = (rate + last) / 2 * (end - now)
        if amount < room:
            slope = (last - first) / (end - start)
            if slope == 0:
                now += amount / rate
            elif amount > 0:
                now += 2 * amount / (rate + math.sqrt(max(0.0, rate * rate + 2 * slope * amount)))
            source.at[_NOW] = now
            source.at[_RATE] = first + slope * (now - start)
            return now
        amount -= room
        index += 1
        source.place[_SEGMENT] = index
        if index < source.segments.shape[0]:
            source.at[_NOW] = source.segments[index, 0]
            source.at[_RATE] = source.segments[index, 2]
    return math.inf


class Patience(NamedTuple):
    """What callers do after a throttle."""

    key: np.uint64
    attempts: int
    base_s: float
    most_s: float


def patience(retries: Retries, seed: int) -> Patience:
    """The retries as numbers."""
    return Patience(np.uint64(stream_key(seed, Stream.RETRIES)), retries.attempts, retries.base_s, retries.most_s)


@compiled
def retry_wait_s(patience: Patience, number: int, attempts: int) -> float:
    """How long the caller of request `number` waits after so many attempts."""
    longest = min(patience.most_s, patience.base_s * 2.0 ** (attempts - 1))
    return longest * (0.5 + 0.5 * uniform(patience.key, number * 100 + attempts))
