"""Random numbers that depend only on a seed, a stream and an index.

The n-th request draws the same demand whatever else happens, so that policies are compared on the same traffic and
two engines agree number by number. The generator is SplitMix64 (Steele, Lea, Flood 2014) used as a hash of a counter.
"""

from __future__ import annotations

import math
from enum import IntEnum

__all__ = ["GOLDEN", "Stream", "bits", "exponential", "inverse_normal", "stream_key", "uniform"]

_MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, SplitMix64's step."""


class Stream(IntEnum):
    """What a number is drawn for."""

    ARRIVALS = 1
    CPU = 2
    IO = 3
    INIT = 4
    ROUTER = 5
    BURSTS = 6
    RETRIES = 7
    DEMAND = 8


def _mixed(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def stream_key(seed: int, stream: int) -> int:
    """Where a stream begins, 64 bits."""
    return _mixed((_mixed(seed & _MASK) + stream * GOLDEN) & _MASK)


def bits(seed: int, stream: int, index: int) -> int:
    """64 random bits."""
    return _mixed((stream_key(seed, stream) + (index + 1) * GOLDEN) & _MASK)


def uniform(seed: int, stream: int, index: int) -> float:
    """A number from 0 up to 1, without 1, in steps of 2^-53."""
    return (bits(seed, stream, index) >> 11) * 2.0**-53


def exponential(number: float) -> float:
    """The exponential variable of mean 1 that a uniform number stands for."""
    return -math.log(1.0 - number)


def inverse_normal(number: float) -> float:
    """The standard normal variable that a uniform number stands for (Acklam's approximation, relative error 1.2e-9).

    Plain arithmetic on floats, so that it can be compiled as it stands.
    """
    p = max(number, 2.0**-54)
    if p < 0.02425 or p > 0.97575:
        tail = p if p < 0.5 else 1.0 - p
        q = math.sqrt(-2.0 * math.log(tail))
        top = ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e00) * q
                - 2.549732539343734e00) * q + 4.374664141464968e00) * q + 2.938163982698783e00  # fmt: skip
        below = (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e00) * q
                 + 3.754408661907416e00) * q + 1.0  # fmt: skip
        return top / below if p < 0.5 else -top / below
    q = p - 0.5
    r = q * q
    top = ((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
            + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239e00  # fmt: skip
    below = ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
              + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0  # fmt: skip
    return top * q / below
