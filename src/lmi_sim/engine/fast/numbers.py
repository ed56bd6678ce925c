"""Random numbers and demands, compiled; `lmi_sim.random_numbers` says what they are."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lmi_sim import random_numbers
from lmi_sim.engine.fast.compiling import compiled, inlined
from lmi_sim.random_numbers import GOLDEN, Stream, stream_key
from lmi_sim.workload import Distribution

__all__ = ["Demand", "bits", "demand", "exponential", "needed_s", "uniform"]

exponential = compiled(random_numbers.exponential)
_inverse_normal = compiled(random_numbers.inverse_normal)

_STEP = np.uint64(GOLDEN)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_DETERMINISTIC, _EXPONENTIAL, _LOGNORMAL, _EMPIRICAL = range(4)


@inlined
def bits(key: np.uint64, index: int) -> np.uint64:
    """64 random bits of the stream that begins at `key`."""
    value = key + np.uint64(index + 1) * _STEP
    value = (value ^ (value >> np.uint64(30))) * _FIRST
    value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


@inlined
def uniform(key: np.uint64, index: int) -> float:
    """A number from 0 up to 1, without 1."""
    return np.int64(bits(key, index) >> np.uint64(11)) * 2.0**-53


class Demand(NamedTuple):
    """A distribution and the stream that it is drawn from, as numbers and arrays."""

    key: np.uint64
    kind: int
    mean_ms: float
    mu: float
    sigma: float
    shares: np.ndarray
    times_ms: np.ndarray


def demand(distribution: Distribution, seed: int, stream: Stream) -> Demand:
    """What `needed_s` draws from."""
    kind = ("deterministic", "exponential", "lognormal", "empirical").index(distribution.kind)
    mu = sigma = 0.0
    if distribution.kind == "lognormal":
        if distribution.mean_ms > 0:
            mu, sigma = distribution.log_parameters
        else:
            kind = _DETERMINISTIC
    table = np.array(distribution.quantiles or [(0.0, 0.0)], dtype=np.float64)
    key = np.uint64(stream_key(seed, stream))
    return Demand(key, kind, distribution.mean_ms, mu, sigma, table[:, 0].copy(), table[:, 1].copy())


@inlined
def needed_s(what: Demand, number: int) -> float:
    """How many seconds of it request `number` needs."""
    if what.kind == _DETERMINISTIC:
        return what.mean_ms / 1000
    drawn = uniform(what.key, number)
    if what.kind == _EXPONENTIAL:
        return what.mean_ms * exponential(drawn) / 1000
    if what.kind == _LOGNORMAL:
        return math.exp(what.mu + what.sigma * _inverse_normal(drawn)) / 1000
    high = 1
    while drawn >= what.shares[high]:
        high += 1
    share = (drawn - what.shares[high - 1]) / (what.shares[high] - what.shares[high - 1])
    return (what.times_ms[high - 1] + (what.times_ms[high] - what.times_ms[high - 1]) * share) / 1000
