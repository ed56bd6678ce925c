"""A workload: what one request needs.

First it waits on the network (`io`), then it needs one vCPU (`cpu`); on default Lambda a cold start (`init`) comes
before. All three are distributions, in milliseconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lmi_sim.random_numbers import exponential, inverse_normal

__all__ = ["Distribution", "Workload", "deterministic", "empirical", "exponentially", "lognormal"]

Kind = Literal["deterministic", "exponential", "lognormal", "empirical"]


@dataclass(frozen=True)
class Distribution:
    """A distribution of times.

    `cv`, the coefficient of variation, belongs to the lognormal kind. `quantiles` belong to the empirical kind: pairs
    of a probability, rising from 0 to 1, and a time, with straight lines between them.
    """

    kind: Kind
    mean_ms: float
    cv: float = 0.0
    quantiles: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        for name, value in (("mean_ms", self.mean_ms), ("cv", self.cv)):
            if not (value >= 0 and math.isfinite(value)):
                raise ValueError(f"{name} {value} must be a number of at least 0")
        if (self.kind == "empirical") != bool(self.quantiles):
            raise ValueError("an empirical distribution needs quantiles, and no other kind has them")

    def sample_ms(self, number: float) -> float:
        """The time that a uniform number from 0 to 1 stands for."""
        if self.kind == "exponential":
            return self.mean_ms * exponential(number)
        if self.kind == "lognormal" and self.mean_ms > 0:
            mu, sigma = self.log_parameters
            return math.exp(mu + sigma * inverse_normal(number))
        for (low, low_ms), (high, high_ms) in zip(self.quantiles, self.quantiles[1:], strict=False):
            if number < high:
                return low_ms + (high_ms - low_ms) * ((number - low) / (high - low))
        return self.mean_ms

    @property
    def log_parameters(self) -> tuple[float, float]:
        """The mean and standard deviation of the logarithm, of the lognormal kind."""
        variance = math.log(1 + self.cv**2)
        return math.log(self.mean_ms) - variance / 2, math.sqrt(variance)


def deterministic(value_ms: float) -> Distribution:
    """Always the same time."""
    return Distribution("deterministic", value_ms)


def exponentially(mean_ms: float) -> Distribution:
    """Exponentially distributed, which has a cv of 1."""
    return Distribution("exponential", mean_ms, 1.0)


def lognormal(mean_ms: float, cv: float) -> Distribution:
    """Lognormal with a mean and a coefficient of variation: what latencies of services often look like."""
    return Distribution("lognormal", mean_ms, cv)


def empirical(quantiles: Iterable[tuple[float, float]]) -> Distribution:
    """Measured quantiles: pairs of a probability and a time, with straight lines between; the ends are held flat."""
    pairs = sorted((float(p), float(ms)) for p, ms in quantiles)
    if len(pairs) < 2:
        raise ValueError(f"at least two quantiles are needed, not {len(pairs)}")
    if pairs[0][0] < 0 or pairs[-1][0] > 1 or any(b[0] == a[0] for a, b in itertools.pairwise(pairs)):
        raise ValueError(f"quantiles need different probabilities between 0 and 1: {[p for p, _ in pairs]}")
    if pairs[0][1] < 0 or any(b[1] < a[1] for a, b in itertools.pairwise(pairs)):
        raise ValueError(f"the times of quantiles must be at least 0 and must not fall: {[ms for _, ms in pairs]}")
    if pairs[0][0] > 0:
        pairs.insert(0, (0.0, pairs[0][1]))
    if pairs[-1][0] < 1:
        pairs.append((1.0, pairs[-1][1]))
    mean = math.fsum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(pairs))
    return Distribution("empirical", mean, quantiles=tuple(pairs))


@dataclass(frozen=True)
class Workload:
    """What a function's requests need.

    `memory_mb` is the memory setting on default Lambda, which also sets its share of a vCPU. On managed instances each
    request under way takes `memory_mb_per_request` on top of `base_memory_mb`, which an environment takes once.
    """

    cpu: Distribution
    io: Distribution
    memory_mb: float = 1024.0
    init: Distribution = Distribution("deterministic", 0.0)
    base_memory_mb: float = 0.0
    memory_mb_per_request: float = 0.0

    def __post_init__(self) -> None:
        for name in ("memory_mb", "base_memory_mb", "memory_mb_per_request"):
            value = getattr(self, name)
            if not (value >= 0 and math.isfinite(value)):
                raise ValueError(f"{name} {value} must be a number of at least 0")
        if not self.memory_mb > 0:
            raise ValueError("memory_mb must be above 0")
